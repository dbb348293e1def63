#!/usr/bin/env python3
"""Makes operators_golden.safetensors: PyTorch's values and gradients of the operators that look at rows, and of their products.

Install on Debian:  apt-get install -y python3-torch
Run:                python3 operators_golden.py [folder]

For each operator: its inputs, its result y, a random weighting r of the result, and the gradients of Σ r·y, all in float64.
"""
import math, os, sys
import torch
import torch.nn.functional as F
from safetensors_writer import write

SEED = 42


def attention(q, k, v):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1 + k.shape[-2] - q.shape[-2])
    return scores.masked_fill(future, float("-inf")).softmax(-1) @ v


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(SEED)

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    indices = torch.randint(7, (3, 5), generator=generator)
    cases = {
        "softmax": (lambda x: x.softmax(-1), [3 * normal(4, 7)]),
        "softmax_axis0": (lambda x: x.softmax(0), [3 * normal(4, 7)]),
        "log_softmax": (lambda x: x.log_softmax(-1), [3 * normal(4, 7)]),
        "layer_norm": (lambda x, w, b: F.layer_norm(x, (9,), w, b, 1e-5), [2 * normal(2, 3, 9) + 1, normal(9), normal(9)]),
        "gelu": (F.gelu, [torch.cat([2 * normal(20), torch.tensor([-9.0, -5.0, 0.0, 5.0, 9.0], dtype=torch.float64)])]),
        "silu": (F.silu, [torch.cat([2 * normal(20), torch.tensor([-90.0, -9.0, 0.0, 9.0, 90.0], dtype=torch.float64)])]),
        "rms_norm": (lambda x, w: x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * w, [2 * normal(2, 3, 9) + 1, normal(9)]),
        "cross_entropy": (lambda x: F.cross_entropy(x.flatten(0, 1), indices.flatten()), [3 * normal(3, 5, 7)]),
        "embedding": (lambda w: F.embedding(indices, w), [normal(7, 4)]),
        "attention": (attention, [normal(2, 2, 5, 4), normal(2, 2, 5, 4), normal(2, 2, 5, 4)]),
        "attention_earlier_keys": (attention, [normal(1, 2, 3, 4), normal(1, 2, 6, 4), normal(1, 2, 6, 4)]),
        "linear": (F.linear, [normal(2, 3, 5), normal(4, 5), normal(4)]),
    }
    tensors = {"indices": indices}
    for name, (function, inputs) in cases.items():
        inputs = [x.requires_grad_() for x in inputs]
        y = function(*inputs)
        r = normal(*y.shape)
        (r * y).sum().backward()
        tensors[f"{name}.y"], tensors[f"{name}.r"] = y, r
        for i, x in enumerate(inputs):
            tensors[f"{name}.x{i}"], tensors[f"{name}.dx{i}"] = x, x.grad
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    write(os.path.join(folder, "operators_golden.safetensors"), tensors,
          {"script": "operators_golden.py", "seed": repr(SEED), "pytorch": torch.__version__})


if __name__ == "__main__":
    main()
