#!/usr/bin/env python3
"""Losses. See operator_cases.py."""
import torch
import torch.nn.functional as F
from operator_cases import make


def cases(normal):
    weights = torch.tensor([0.5, 2, 1, 1.5], dtype=torch.float64)
    signs = torch.tensor([[1.0, -1, -1, 1], [1, 1, -1, -1]], dtype=torch.float64)
    everything = dict(weight=weights, ignore_index=2, label_smoothing=0.2)

    def classes(*targets, **options):
        return lambda x: F.cross_entropy(x, torch.tensor(targets), **options)

    def ctc(targets, lengths, target_lengths, **options):
        return lambda x: F.ctc_loss(torch.log_softmax(x, -1), torch.tensor(targets), torch.tensor(lengths), torch.tensor(target_lengths), **options)

    return {
        "class_cross_entropy": (classes(1, 4, 0), [normal(3, 5)]),
        "class_cross_entropy_smoothing": (classes(1, 4, 0, label_smoothing=0.1), [normal(3, 5)]),
        "class_cross_entropy_ignore": (classes(1, -100, 0, -100), [normal(4, 5)]),
        "class_cross_entropy_weights": (classes(1, 3, 0, weight=weights), [normal(3, 4)]),
        "class_cross_entropy_everything": (classes(1, 3, 2, 0, 1, **everything), [normal(5, 4)]),
        "class_cross_entropy_everything_sum": (classes(1, 3, 2, 0, 1, reduction="sum", **everything), [normal(5, 4)]),
        "class_cross_entropy_everything_none": (classes(1, 3, 2, 0, 1, reduction="none", **everything), [normal(5, 4)]),
        "nll": (lambda x: F.nll_loss(x, torch.tensor([1, 4, 0])), [normal(3, 5)]),
        "nll_everything": (lambda x: F.nll_loss(x, torch.tensor([1, 3, 2, 0]), weight=weights, ignore_index=2), [normal(4, 4)]),
        "info_nce": (lambda q, k: F.cross_entropy(q @ k.T / 0.5, torch.arange(3)), [normal(3, 4), normal(3, 4)]),
        "mse": (F.mse_loss, [normal(3, 4), normal(3, 4)]),
        "l1": (F.l1_loss, [normal(3, 4), normal(3, 4)]),
        "smooth_l1": (lambda x, t: F.smooth_l1_loss(x, t, beta=0.72), [normal(3, 4), normal(3, 4)]),
        "bce": (lambda x, t: F.binary_cross_entropy_with_logits(x, t), [normal(3, 4), normal(3, 4)]),
        "bce_weight": (lambda x, t: F.binary_cross_entropy_with_logits(x, t, pos_weight=weights), [normal(3, 4), normal(3, 4)]),
        "kl": (F.kl_div, [normal(3, 4), normal(3, 4).abs()]),
        "hinge": (lambda x, t: torch.clamp(0.93 - t * x, min=0).mean(), [normal(3, 4), normal(3, 4)]),
        "hinge_embedding": (lambda x: F.hinge_embedding_loss(x, signs, margin=0.97), [normal(2, 4)]),
        "ctc": (ctc([[1, 2, 2], [3, 3, 1]], [6, 5], [2, 3]), [normal(6, 2, 4)]),
        "ctc_sum": (ctc([[0, 1, 1], [2, 2, 0]], [6, 5], [2, 3], blank=3, reduction="sum"), [normal(6, 2, 4)]),
        "ctc_zero_infinity": (ctc([[1, 1, 2], [3, 3, 3]], [3, 3], [2, 3], zero_infinity=True), [normal(3, 2, 4)]),
    }


if __name__ == "__main__":
    make(__file__, 44, cases)
