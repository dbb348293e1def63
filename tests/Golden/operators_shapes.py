#!/usr/bin/env python3
"""Reductions, products, rows, and numbers in other places. See operator_cases.py."""
import torch
import torch.nn.functional as F
from operator_cases import make


def cases(normal):
    def index(shape, *numbers):
        return torch.tensor(numbers).reshape(shape)

    result = {}
    for name, f in {"sum": torch.sum, "mean": torch.mean, "max": torch.amax, "min": torch.amin}.items():
        result |= {
            f"{name}_all": (lambda x, f=f: f(x, (0, 1, 2)), [normal(2, 3, 4)]),
            name: (lambda x, f=f: f(x, 1), [normal(2, 3, 4)]),
            f"{name}_two": (lambda x, f=f: f(x, (0, -1), keepdim=True), [normal(2, 3, 4)]),
        }
    return result | {
        "matmul": (torch.matmul, [normal(2, 3), normal(3, 4)]),
        "matmul_batches": (torch.matmul, [normal(2, 2, 3), normal(2, 3, 4)]),
        "linear": (F.linear, [normal(2, 3, 5), normal(4, 5), normal(4)]),
        "softmax": (lambda x: x.softmax(-1), [3 * normal(4, 7)]),
        "softmax_first": (lambda x: x.softmax(0), [3 * normal(4, 7)]),
        "logsoftmax": (lambda x: x.log_softmax(-1), [3 * normal(4, 7)]),
        "logsoftmax_first": (lambda x: x.log_softmax(0), [3 * normal(4, 7)]),
        "layer_norm": (lambda x, w, b: F.layer_norm(x, (9,), w, b, 1e-5), [2 * normal(2, 3, 9) + 1, normal(9), normal(9)]),
        "layer_norm_epsilon": (lambda x, w: F.layer_norm(x, (9,), w, None, 0.5), [2 * normal(2, 3, 9) + 1, normal(9)]),
        "rms_norm": (lambda x, w: x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * w, [2 * normal(2, 3, 9) + 1, normal(9)]),
        "index": (lambda x: x[1:-1, -2, :3], [normal(4, 5, 6)]),
        "index_steps": (lambda x: x[1::2, ::3], [normal(7, 5)]),
        "index_backwards": (lambda x: x.flip(0)[::2, 1:4].flip(1), [normal(7, 5)]),
        "stack": (lambda a, b, c: torch.stack([a, b, c]), [normal(2, 3), normal(2, 3), normal(2, 3)]),
        "pad": (lambda x: F.pad(x, (0, 1, 1, 2), value=3.0), [normal(2, 3, 2)]),
        "flip": (lambda x: x.flip(1), [normal(2, 3, 4)]),
        "flip_two": (lambda x: x.flip(0, -1), [normal(2, 3, 2)]),
        "roll": (lambda x: x.roll(2, -1), [normal(2, 5)]),
        "roll_back": (lambda x: x.roll(-1, 0), [normal(4, 2)]),
        "tril": (torch.tril, [normal(4, 4)]),
        "tril_above": (lambda x: x.tril(1), [normal(2, 3, 5)]),
        "tril_below": (lambda x: x.tril(-1), [normal(5, 3)]),
        "triu": (torch.triu, [normal(4, 4)]),
        "triu_above": (lambda x: x.triu(1), [normal(2, 3, 5)]),
        "triu_below": (lambda x: x.triu(-1), [normal(5, 3)]),
        "gather": (lambda x: x.gather(-1, index((2, 3), 3, 0, 3, 1, 2, 1)), [normal(2, 4)]),
        "gather_middle": (lambda x: x.gather(1, index((2, 2, 2), 0, 2, 2, 1, 1, 0, 1, 1)), [normal(2, 3, 2)]),
        "scatter_add": (lambda x, s: x.scatter_add(-1, index((2, 3), 3, 0, 3, 1, 2, 1), s), [normal(2, 4), normal(2, 3)]),
        "scatter_add_first": (lambda x, s: x.scatter_add(0, index((4, 2), 2, 0, 0, 2, 2, 1, 2, 1), s), [normal(3, 2), normal(4, 2)]),
        "index_select": (lambda x: x.index_select(0, torch.tensor([2, 0, 2])), [normal(4, 3)]),
        "index_select_middle": (lambda x: x.index_select(1, torch.tensor([2, 1])), [normal(2, 3, 4)]),
        "embedding": (lambda w: F.embedding(index((2, 2), 1, 3, 1, 0), w), [normal(4, 3)]),
        "argmax": (lambda x: x.argmax(-1), [normal(3, 7)]),
        "argmin": (lambda x: x.argmin(-1), [normal(3, 7)]),
    }


if __name__ == "__main__":
    make(__file__, 43, cases)
