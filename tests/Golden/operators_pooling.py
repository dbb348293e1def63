#!/usr/bin/env python3
"""Pools and resizing. See operator_cases.py."""
import torch.nn.functional as F
from operator_cases import make


def cases(normal):
    image, padded, oblong, small, odd = (2, 2, 4, 6), (1, 2, 7, 6), (2, 5, 7), (2, 2, 3, 4), (1, 2, 3, 5)
    return {
        "max_pool2d": (lambda x: F.max_pool2d(x, 2), [normal(*image)]),
        "max_pool2d_padded": (lambda x: F.max_pool2d(x, 3, 2, 1), [normal(*padded)]),
        "max_pool2d_oblong": (lambda x: F.max_pool2d(x, (2, 3), (1, 2), (1, 0)), [normal(*oblong)]),
        "max_pool1d": (lambda x: F.max_pool1d(x, 2), [normal(2, 2, 6)]),
        "max_pool1d_padded": (lambda x: F.max_pool1d(x, 3, 2, 1), [normal(2, 7)]),
        "avg_pool2d": (lambda x: F.avg_pool2d(x, 2), [normal(*image)]),
        "avg_pool2d_padded": (lambda x: F.avg_pool2d(x, 3, 2, 1), [normal(*padded)]),
        "avg_pool2d_oblong": (lambda x: F.avg_pool2d(x, (2, 3), (1, 2), (1, 0)), [normal(*oblong)]),
        "avg_pool1d": (lambda x: F.avg_pool1d(x, 2), [normal(2, 2, 6)]),
        "avg_pool1d_padded": (lambda x: F.avg_pool1d(x, 3, 2, 1), [normal(2, 7)]),
        "adaptive_avg_pool2d": (lambda x: F.adaptive_avg_pool2d(x, (2, 3)), [normal(2, 2, 5, 7)]),
        "adaptive_avg_pool2d_one": (lambda x: F.adaptive_avg_pool2d(x, 1), [normal(2, 3, 5, 7)]),
        "adaptive_avg_pool1d": (lambda x: F.adaptive_avg_pool1d(x, 3), [normal(2, 2, 7)]),
        "adaptive_max_pool2d": (lambda x: F.adaptive_max_pool2d(x, (2, 3)), [normal(2, 2, 5, 7)]),
        "adaptive_max_pool1d": (lambda x: F.adaptive_max_pool1d(x, 3), [normal(2, 2, 7)]),
        "upsample_nearest2d": (lambda x: F.interpolate(x, (6, 8), mode="nearest"), [normal(*small)]),
        "upsample_nearest2d_odd": (lambda x: F.interpolate(x, (7, 3), mode="nearest"), [normal(*odd)]),
        "upsample_bilinear2d": (lambda x: F.interpolate(x, (6, 8), mode="bilinear"), [normal(*small)]),
        "upsample_bilinear2d_odd": (lambda x: F.interpolate(x, (7, 3), mode="bilinear"), [normal(*odd)]),
        "upsample_bilinear2d_aligned": (lambda x: F.interpolate(x, (5, 9), mode="bilinear", align_corners=True), [normal(1, 2, 3, 4)]),
    }


if __name__ == "__main__":
    make(__file__, 44, cases)
