#!/usr/bin/env python3
"""Norms of channels. See operator_cases.py."""
import torch
import torch.nn.functional as F
from operator_cases import make


def batch_norm(x, weight, bias):
    return F.batch_norm(x, None, None, weight, bias, training=True)


def evaluate(x, weight, bias):
    mean = torch.arange(x.shape[1], dtype=x.dtype) * 0.25
    return F.batch_norm(x, mean, mean + 0.5, weight, bias, training=False)


def cases(normal):
    return {
        "batch_norm": (batch_norm, [normal(3, 2, 5), normal(2), normal(2)]),
        "batch_norm_images": (batch_norm, [normal(2, 3, 4, 5), normal(3), normal(3)]),
        "batch_norm_matrix": (batch_norm, [normal(6, 3), normal(3), normal(3)]),
        "batch_norm_evaluation": (evaluate, [normal(3, 2, 5), normal(2), normal(2)]),
        "group_norm": (lambda x, w, b: F.group_norm(x, 2, w, b), [normal(3, 4, 5), normal(4), normal(4)]),
        "group_norm_images": (lambda x, w, b: F.group_norm(x, 3, w, b), [normal(2, 6, 3, 2), normal(6), normal(6)]),
        "instance_norm": (lambda x, w, b: F.instance_norm(x, weight=w, bias=b), [normal(3, 2, 5), normal(2), normal(2)]),
        "instance_norm_plain": (lambda x: F.instance_norm(x), [normal(2, 3, 4, 5)]),
    }


if __name__ == "__main__":
    make(__file__, 45, cases)
