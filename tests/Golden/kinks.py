#!/usr/bin/env python3
"""Gradients where there are two slopes to choose from, or several elements that could have it. See operator_cases.py."""
import torch
import torch.nn.functional as F
from operator_cases import make


def cases(normal):
    def at(*points):
        return [torch.tensor(points, dtype=torch.float64)]

    signs, zeros, ones = torch.tensor([-1.0, -1, 1, 1], dtype=torch.float64), torch.zeros(4, dtype=torch.float64), torch.ones(4, dtype=torch.float64)
    tied = torch.tensor([[1.0, 3, 3, 2], [2, 2, 2, 2], [-1, -1, -4, -1]], dtype=torch.float64)
    image = torch.tensor([[[[1.0, 1, 2, 2], [1, 0, 2, 2], [3, 3, -1, -1], [0, 3, -1, -1]]]], dtype=torch.float64)
    return {
        "relu": (F.relu, at(-1, 0, 1)),
        "relu6": (F.relu6, at(-1, 0, 3, 6, 7)),
        "hardtanh": (F.hardtanh, at(-2, -1, 0, 1, 2)),
        "hardsigmoid": (F.hardsigmoid, at(-4, -3, 0, 3, 4)),
        "hardswish": (F.hardswish, at(-4, -3, 0, 3, 4)),
        "leaky_relu": (lambda x: F.leaky_relu(x, 0.25), at(-1, 0, 1)),
        "prelu": (F.prelu, at(-1, 0, 1) + at(0.25)),
        "elu": (lambda x: F.elu(x, 0.5), at(-1, 0, 1)),
        "celu": (lambda x: F.celu(x, 0.5), at(-1, 0, 1)),
        "selu": (F.selu, at(-1, 0, 1)),
        "softsign": (F.softsign, at(-1, 0, 1)),
        "abs": (torch.abs, at(-1, 0, 1)),
        "clamp": (lambda x: x.clamp(-1, 1), at(-2, -1, 0, 1, 2)),
        "clamp_low": (lambda x: x.clamp(min=0), at(-1, 0, 1)),
        "maximum": (torch.maximum, at(1, 2, 3) + at(2, 2, 2)),
        "minimum": (torch.minimum, at(1, 2, 3) + at(2, 2, 2)),
        "maximum_broadcast": (torch.maximum, at(1, 2, 2) + [torch.tensor(2.0, dtype=torch.float64)]),
        "amax": (lambda x: torch.amax(x, 1), [tied]),
        "amin": (lambda x: torch.amin(x, 1), [tied]),
        "max_all": (torch.max, [tied]),
        "max_chosen": (lambda x: torch.max(x, 1)[0], [tied]),
        "sort": (lambda x: torch.sort(x, dim=1, stable=True)[0], [tied]),
        "sort_descending": (lambda x: torch.sort(x, dim=1, descending=True, stable=True)[0], [tied]),
        "norm_1": (lambda x: torch.linalg.vector_norm(x, 1), at(0, 1, -2)),
        "norm_2": (lambda x: torch.linalg.vector_norm(x, 2), at(0, 0, 0)),
        "norm_3": (lambda x: torch.linalg.vector_norm(x, 3), at(0, 0, 0)),
        "norm_3_some": (lambda x: torch.linalg.vector_norm(x, 3), at(0, 1, -2)),
        "norm_infinity": (lambda x: torch.linalg.vector_norm(x, float("inf")), at(2, -2, 1)),
        "norm_infinity_zero": (lambda x: torch.linalg.vector_norm(x, float("inf")), at(0, 0)),
        "standard_deviation": (torch.std, at(5, 5, 5)),
        "pow_2": (lambda x: x ** 2, at(-1, 0, 1)),
        "pow_0": (lambda x: x ** 0, at(-1, 0, 1)),
        "pow_of_0": (lambda x: torch.zeros(2, dtype=torch.float64) ** x, at(0, 2)),
        "l1_loss": (lambda x: F.l1_loss(x, zeros[:3], reduction="none"), at(-1, 0, 1)),
        "smooth_l1_loss": (lambda x: F.smooth_l1_loss(x, zeros, reduction="none", beta=0.5), at(-0.5, 0, 0.5, 1)),
        "smooth_l1_loss_0": (lambda x: F.smooth_l1_loss(x, zeros[:3], reduction="none", beta=0), at(-1, 0, 1)),
        "hinge_embedding_loss": (lambda x: F.hinge_embedding_loss(x, signs, reduction="none"), at(1, 0.5, 1, 0)),
        "hinge_loss": (lambda x: torch.clamp(1 - ones * x, min=0), at(0, 1, 2, 1)),
        "max_pool1d": (lambda x: F.max_pool1d(x, 2), [image[0, :, 0]]),
        "max_pool2d": (lambda x: F.max_pool2d(x, 2), [image]),
        "max_pool2d_overlapping": (lambda x: F.max_pool2d(x, 3, 1), [image]),
        "adaptive_max_pool1d": (lambda x: F.adaptive_max_pool1d(x, 2), [image[0, :, 0]]),
        "adaptive_max_pool2d": (lambda x: F.adaptive_max_pool2d(x, 2), [image]),
        "embedding_bag_max": (
            lambda x: F.embedding_bag(torch.tensor([0, 1, 2, 1]), x, torch.tensor([0, 2]), mode="max"), [tied]),
    }


if __name__ == "__main__":
    make(__file__, 48, cases)
