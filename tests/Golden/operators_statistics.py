#!/usr/bin/env python3
"""Log-sum-exp, variance, norms and Einstein's sum. See operator_cases.py."""
import torch
from operator_cases import make


def cases(normal):
    def einsum(equation, *shapes):
        return (lambda *x: torch.einsum(equation, *x), [normal(*shape) for shape in shapes])

    def norm(p, x, dim):
        return torch.linalg.vector_norm(x, ord=p, dim=dim)

    return {
        "log_sum_exp": (lambda x: torch.logsumexp(x, dim=(0, 1, 2)), [normal(2, 3, 4)]),
        "log_sum_exp_axis": (lambda x: torch.logsumexp(x, dim=0), [normal(5, 7)]),
        "log_sum_exp_kept": (lambda x: torch.logsumexp(x, dim=(0, 2), keepdim=True), [normal(3, 4, 5)]),
        "variance": (torch.var, [normal(2, 3, 4)]),
        "variance_axis": (lambda x: torch.var(x, dim=0), [normal(5, 7)]),
        "variance_kept": (lambda x: torch.var(x, dim=(0, 2), keepdim=True), [normal(3, 4, 5)]),
        "variance_biased": (lambda x: torch.var(x, dim=1, unbiased=False), [normal(3, 5)]),
        "standard_deviation": (torch.std, [normal(2, 3, 4)]),
        "standard_deviation_axis": (lambda x: torch.std(x, dim=0), [normal(5, 7)]),
        "standard_deviation_kept": (lambda x: torch.std(x, dim=(0, 2), keepdim=True), [normal(3, 4, 5)]),
        "norm_2": (torch.linalg.vector_norm, [normal(3, 4)]),
        "norm_1": (lambda x: norm(1, x, 1), [normal(3, 5)]),
        "norm_3": (lambda x: norm(3, x, 1), [normal(3, 5)]),
        "norm_1_5": (lambda x: norm(1.5, x, 0), [normal(3, 5)]),
        "norm_infinity": (lambda x: norm(float("inf"), x, 1), [normal(3, 5)]),
        "outer": (torch.outer, [normal(3), normal(4)]),
        "einsum_matmul": einsum("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
        "einsum_implicit": einsum("ij,jk", (3, 4), (4, 5)),
        "einsum_diagonal": einsum("ii->i", (4, 4)),
        "einsum_trace": einsum("ii", (4, 4)),
        "einsum_sum": einsum("ij->", (3, 4)),
        "einsum_ellipsis": einsum("...ij,...jk->...ik", (2, 1, 3, 4), (3, 4, 2)),
        "einsum_three": einsum("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
        "einsum_attention": einsum("bhid,bhjd->bhij", (2, 2, 3, 5), (2, 2, 4, 5)),
        "einsum_size_1": einsum("ij,j->i", (3, 1), (4,)),
    }


if __name__ == "__main__":
    make(__file__, 43, cases)
