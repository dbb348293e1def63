#!/usr/bin/env python3
"""Activations, pools, shapes, products and norms of rows. See layer_cases.py."""
import torch
from torch import nn
from layer_cases import make


class RmsNorm(nn.Module):
    """PyTorch has it from 2.4 on."""
    def __init__(self, channels, epsilon):
        super().__init__()
        self.weight, self.epsilon = nn.Parameter(torch.ones(channels)), epsilon

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon) * self.weight


class Hardsigmoid(nn.Module):
    """PyTorch's own multiplies its gradient with 1/6 in single precision."""
    def forward(self, x):
        return (x + 3).clamp(0, 6) / 6


def cases(normal):
    def activation(module, *shape):
        return module, [3 * normal(*(shape or (2, 5, 4)))]

    image, sequence = (2, 3, 6, 8), (2, 3, 9)
    indices = torch.tensor([[1, 3, 1], [0, 2, 3]])
    return {
        "relu": activation(nn.ReLU()),
        "relu6": activation(nn.ReLU6()),
        "leaky_relu": activation(nn.LeakyReLU()),
        "leaky_relu_slope": activation(nn.LeakyReLU(0.3)),
        "prelu": activation(nn.PReLU()),
        "prelu_channels": activation(nn.PReLU(5)),
        "elu": activation(nn.ELU()),
        "elu_alpha": activation(nn.ELU(0.7)),
        "celu": activation(nn.CELU()),
        # PyTorch takes 1/alpha in single precision: 0.5 loses nothing.
        "celu_alpha": activation(nn.CELU(0.5)),
        "selu": activation(nn.SELU()),
        "sigmoid": activation(nn.Sigmoid()),
        "log_sigmoid": activation(nn.LogSigmoid()),
        "tanh": activation(nn.Tanh()),
        "hardtanh": activation(nn.Hardtanh()),
        "hardtanh_limits": activation(nn.Hardtanh(-2, 0.5)),
        "hardsigmoid": activation(Hardsigmoid()),
        "softsign": activation(nn.Softsign()),
        "gelu": activation(nn.GELU()),
        "gelu_tanh": activation(nn.GELU(approximate="tanh")),
        "silu": activation(nn.SiLU()),
        "softplus": activation(nn.Softplus(threshold=1000)),
        "softplus_beta": activation(nn.Softplus(2.5, threshold=1000)),
        "mish": activation(nn.Mish()),
        "hardswish": activation(nn.Hardswish()),
        "glu": activation(nn.GLU()),
        "glu_axis": activation(nn.GLU(1), 3, 4, 2),
        "softmax": activation(nn.Softmax(-1)),
        "softmax_axis": activation(nn.Softmax(1)),
        "log_softmax": activation(nn.LogSoftmax(-1)),
        "log_softmax_axis": activation(nn.LogSoftmax(0)),
        "identity": (nn.Identity(), [normal(2, 3)]),
        "flatten": (nn.Flatten(), [normal(2, 3, 2, 2)]),
        "flatten_some": (nn.Flatten(0, -2), [normal(2, 3, 2, 2)]),
        "unflatten": (nn.Unflatten(1, (2, 3)), [normal(2, 6, 2)]),
        "zero_pad2d": (nn.ZeroPad2d((1, 2, 0, 3)), [normal(2, 1, 3, 2)]),
        "zero_pad1d": (nn.ConstantPad1d((1, 2), 0.0), [normal(2, 1, 3)]),
        "upsample_nearest": (nn.Upsample(scale_factor=2), [normal(2, 2, 3, 2)]),
        "upsample_bilinear": (nn.Upsample(size=(5, 3), mode="bilinear"), [normal(2, 2, 3, 2)]),
        "upsample_aligned": (nn.Upsample(size=(5, 3), mode="bilinear", align_corners=True), [normal(2, 2, 3, 2)]),
        "max_pool1d": (nn.MaxPool1d(2), [normal(*sequence)]),
        "max_pool1d_padded": (nn.MaxPool1d(3, 2, 1), [normal(*sequence)]),
        "max_pool2d": (nn.MaxPool2d(2), [normal(*image)]),
        "max_pool2d_oblong": (nn.MaxPool2d((2, 3), (1, 2), (1, 0)), [normal(*image)]),
        "avg_pool1d": (nn.AvgPool1d(2), [normal(*sequence)]),
        "avg_pool1d_padded": (nn.AvgPool1d(3, 2, 1), [normal(*sequence)]),
        "avg_pool2d": (nn.AvgPool2d(2), [normal(*image)]),
        "avg_pool2d_oblong": (nn.AvgPool2d((2, 3), (1, 2), (1, 0)), [normal(*image)]),
        "adaptive_avg_pool1d": (nn.AdaptiveAvgPool1d(4), [normal(*sequence)]),
        "adaptive_avg_pool2d": (nn.AdaptiveAvgPool2d((1, 3)), [normal(*image)]),
        "adaptive_max_pool1d": (nn.AdaptiveMaxPool1d(4), [normal(*sequence)]),
        "adaptive_max_pool2d": (nn.AdaptiveMaxPool2d((2, 3)), [normal(*image)]),
        "linear": (nn.Linear(4, 3), [normal(2, 3, 4)]),
        "linear_without_bias": (nn.Linear(4, 3, bias=False), [normal(2, 3, 4)]),
        "dropout_evaluating": (nn.Dropout(0.5).eval(), [normal(2, 3)]),
        "sequential": (nn.Sequential(nn.Linear(4, 5), nn.GELU(), nn.Linear(5, 4)), [normal(2, 3, 4)]),
        "layer_norm": (nn.LayerNorm(4), [normal(2, 3, 4)]),
        "layer_norm_epsilon": (nn.LayerNorm(4, eps=0.3), [normal(2, 3, 4)]),
        "rms_norm": (RmsNorm(4, 1e-6), [normal(2, 3, 4)]),
        "rms_norm_epsilon": (RmsNorm(4, 0.3), [normal(2, 3, 4)]),
        "embedding": (nn.Embedding(4, 3), [], lambda module: module(indices)),
    }


if __name__ == "__main__":
    make(__file__, 51, cases)
