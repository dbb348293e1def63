#!/usr/bin/env python3
"""Convolutions, norms of channels, and bags of embeddings. See layer_cases.py."""
import torch
from torch import nn
from layer_cases import make


def three_calls(module, x):
    return [module(x), module(2 * x + 1), module(x * x)]


def cases(normal):
    image, sequence = (2, 4, 6, 5), (2, 4, 8)
    indices, offsets = torch.tensor([1, 4, 1, 0, 3, 2]), torch.tensor([0, 2, 2, 5])
    rows = torch.tensor([[1, 4, 1], [0, 3, 2]])
    options = dict(stride=2, padding=1, dilation=2, groups=2)
    return {
        "conv1d": (nn.Conv1d(4, 6, 3), [normal(*sequence)]),
        "conv1d_options": (nn.Conv1d(4, 6, 3, bias=False, **options), [normal(*sequence)]),
        "conv2d": (nn.Conv2d(4, 3, 3), [normal(*image)]),
        "conv2d_options": (nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(2, 1), dilation=(1, 2), groups=2), [normal(*image)]),
        "conv2d_without_bias": (nn.Conv2d(4, 3, (1, 3), bias=False), [normal(*image)]),
        "conv_transpose1d": (nn.ConvTranspose1d(4, 6, 3), [normal(*sequence)]),
        "conv_transpose1d_options": (nn.ConvTranspose1d(4, 6, 3, output_padding=1, bias=False, **options), [normal(*sequence)]),
        "conv_transpose2d": (nn.ConvTranspose2d(4, 3, 3), [normal(2, 4, 3, 2)]),
        "conv_transpose2d_options": (
            nn.ConvTranspose2d(4, 6, (3, 2), stride=(2, 3), padding=(1, 0), output_padding=(1, 2), groups=2, dilation=(2, 1)), [normal(2, 4, 3, 2)]),
        "batch_norm1d": (nn.BatchNorm1d(3), [normal(5, 3)], three_calls),
        "batch_norm1d_sequences": (nn.BatchNorm1d(3, eps=0.1, momentum=0.3), [normal(2, 3, 4)], three_calls),
        "batch_norm2d": (nn.BatchNorm2d(3), [normal(2, 3, 2, 3)], three_calls),
        "batch_norm_average": (nn.BatchNorm1d(3, momentum=None), [normal(5, 3)], three_calls),
        "batch_norm_plain": (nn.BatchNorm1d(3, affine=False), [normal(5, 3)], three_calls),
        "batch_norm_without_statistics": (nn.BatchNorm1d(3, track_running_stats=False), [normal(5, 3)], three_calls),
        "batch_norm_without_statistics_evaluating": (nn.BatchNorm1d(3, track_running_stats=False).eval(), [normal(5, 3)]),
        "batch_norm_evaluating": (nn.BatchNorm2d(3).eval(), [normal(2, 3, 2, 3)]),
        "group_norm": (nn.GroupNorm(2, 4), [normal(2, 4, 3)]),
        "group_norm_plain": (nn.GroupNorm(4, 4, eps=0.1, affine=False), [normal(2, 4, 3, 2)]),
        "instance_norm1d": (nn.InstanceNorm1d(4), [normal(2, 4, 3)]),
        "instance_norm2d_affine": (nn.InstanceNorm2d(4, eps=0.1, affine=True), [normal(2, 4, 3, 2)]),
        "embedding_bag_mean": (nn.EmbeddingBag(5, 3), [], lambda module: module(indices, offsets)),
        "embedding_bag_max": (nn.EmbeddingBag(5, 3, mode="max"), [], lambda module: module(rows)),
        "embedding_bag_weights": (nn.EmbeddingBag(5, 3, mode="sum"), [normal(6)], lambda module, w: module(indices, offsets, per_sample_weights=w)),
    }


if __name__ == "__main__":
    make(__file__, 52, cases)
