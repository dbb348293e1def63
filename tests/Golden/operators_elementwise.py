#!/usr/bin/env python3
"""One number from one. See operator_cases.py."""
import torch
from operator_cases import make


def cases(normal):
    return {
        "exp": (torch.exp, [normal(3, 4)]),
        "tanh": (torch.tanh, [normal(3, 4)]),
    }


if __name__ == "__main__":
    make(__file__, 42, cases)
