#!/usr/bin/env python3
"""Convolutions. See operator_cases.py."""
import torch.nn.functional as F
from operator_cases import make


def cases(normal):
    def conv(function, shapes, **options):
        return lambda *inputs: function(*inputs, **options), [normal(*shape) for shape in shapes]

    return {
        "conv2d": conv(F.conv2d, [(2, 3, 5, 4), (4, 3, 3, 2), (4,)]),
        "conv2d_without_bias": conv(F.conv2d, [(1, 2, 4, 4), (3, 2, 3, 3)]),
        "conv2d_stride": conv(F.conv2d, [(2, 2, 7, 6), (3, 2, 3, 3), (3,)], stride=(2, 3)),
        "conv2d_padding": conv(F.conv2d, [(1, 2, 4, 3), (2, 2, 3, 3), (2,)], padding=(1, 2)),
        "conv2d_dilation": conv(F.conv2d, [(1, 2, 7, 6), (2, 2, 3, 2), (2,)], dilation=(2, 3)),
        "conv2d_groups": conv(F.conv2d, [(1, 4, 4, 4), (6, 2, 3, 3), (6,)], groups=2),
        "conv2d_depthwise": conv(F.conv2d, [(1, 3, 4, 4), (6, 1, 3, 3), (6,)], padding=1, groups=3),
        "conv2d_asymmetric": conv(F.conv2d, [(1, 2, 4, 6), (3, 2, 1, 5), (3,)], padding=(0, 2)),
        "conv2d_all": conv(F.conv2d, [(1, 4, 8, 7), (4, 2, 3, 2), (4,)], stride=(2, 1), padding=(3, 1), dilation=(2, 3), groups=2),
        "conv2d_pointwise": conv(F.conv2d, [(2, 3, 4, 4), (2, 3, 1, 1), (2,)], stride=2),
        "conv_transpose2d": conv(F.conv_transpose2d, [(2, 3, 4, 3), (3, 2, 3, 2), (2,)]),
        "conv_transpose2d_without_bias": conv(F.conv_transpose2d, [(1, 2, 3, 3), (2, 3, 2, 2)]),
        "conv_transpose2d_stride": conv(F.conv_transpose2d, [(1, 2, 3, 2), (2, 3, 3, 3), (3,)], stride=(2, 3)),
        "conv_transpose2d_padding": conv(F.conv_transpose2d, [(1, 2, 4, 5), (2, 2, 3, 3), (2,)], padding=(1, 2)),
        "conv_transpose2d_output_padding": conv(F.conv_transpose2d, [(1, 2, 3, 3), (2, 2, 3, 3), (2,)], stride=3, output_padding=(1, 2)),
        "conv_transpose2d_dilation": conv(F.conv_transpose2d, [(1, 2, 3, 3), (2, 2, 3, 2), (2,)], dilation=(2, 3)),
        "conv_transpose2d_groups": conv(F.conv_transpose2d, [(1, 4, 3, 3), (4, 3, 2, 2), (6,)], groups=2),
        "conv_transpose2d_depthwise": conv(F.conv_transpose2d, [(1, 3, 3, 4), (3, 1, 3, 3), (3,)], stride=2, groups=3),
        "conv_transpose2d_all": conv(F.conv_transpose2d, [(1, 4, 3, 4), (4, 2, 3, 2), (4,)],
                                     stride=(2, 3), padding=(1, 2), output_padding=(2, 1), dilation=(3, 2), groups=2),
        "conv1d": conv(F.conv1d, [(2, 3, 9), (4, 3, 3), (4,)]),
        "conv1d_all": conv(F.conv1d, [(2, 4, 11), (4, 2, 3), (4,)], stride=2, padding=3, dilation=2, groups=2),
        "conv_transpose1d": conv(F.conv_transpose1d, [(2, 3, 5), (3, 2, 3), (2,)]),
        "conv_transpose1d_all": conv(F.conv_transpose1d, [(2, 4, 5), (4, 2, 3), (4,)],
                                     stride=3, padding=2, output_padding=1, dilation=2, groups=2),
    }


if __name__ == "__main__":
    make(__file__, 44, cases)
