#!/usr/bin/env python3
"""Elements in order, and running sums. See operator_cases.py."""
import torch
from operator_cases import make


def cases(normal):
    return {
        "sort": (lambda x: x.sort(stable=True)[0], [normal(3, 5)]),
        "sort_descending": (lambda x: x.sort(stable=True, descending=True)[0], [normal(3, 5)]),
        "sort_axis": (lambda x: x.sort(0)[0], [normal(5, 2, 3)]),
        "argsort": (lambda x: x.argsort(), [normal(3, 5)]),
        "topk": (lambda x: x.topk(2)[0], [normal(3, 5)]),
        "topk_smallest": (lambda x: x.topk(3, dim=0, largest=False)[0], [normal(5, 3)]),
        "cumsum": (lambda x: x.cumsum(-1), [normal(3, 5)]),
        "cumsum_axis": (lambda x: x.cumsum(0), [normal(4, 2, 3)]),
    }


if __name__ == "__main__":
    make(__file__, 43, cases)
