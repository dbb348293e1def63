#!/usr/bin/env python3
"""Attention, bags and rotary positions. See operator_cases.py."""
import math
import torch
import torch.nn.functional as F
from operator_cases import make

NO = -math.inf


def attention(q, k, v, scale=None, bias=0.0):
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    return torch.softmax(q @ k.transpose(-2, -1) * scale + bias, -1) @ v


def rotary(x, first=0, interleaved=False, theta=10_000):
    """As in Llama's (halves) and GPT-J's (interleaved) code: x·cos + rotate(x)·sin."""
    time, d = x.shape[-2:]
    angles = torch.arange(first, first + time, dtype=torch.float64)[:, None] * theta ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    if interleaved:
        angles = angles.repeat_interleave(2, -1)
        turned = torch.stack((-x[..., 1::2], x[..., ::2]), -1).flatten(-2)
    else:
        angles = torch.cat((angles, angles), -1)
        turned = torch.cat((-x[..., d // 2:], x[..., :d // 2]), -1)
    return x * angles.cos() + turned * angles.sin()


def cases(normal):
    def three(k_heads=2):
        return [normal(2, 4 if k_heads != 2 else 2, 3, 4), normal(2, 2, 3, 4), normal(2, 2, 3, 5)]

    causal = torch.full((3, 3), NO, dtype=torch.float64).triu(1)
    mask = torch.tensor([[0, NO, 0], [NO, 0, 0], [0, 0, 0]], dtype=torch.float64)
    added = torch.tensor([[0.5, -1, 0], [2, 0.1, NO], [-0.5, NO, 1]], dtype=torch.float64)
    window = torch.tensor([[0, NO, NO], [0, 0, NO], [NO, 0, 0]], dtype=torch.float64)
    distance = torch.arange(3)[:, None] - torch.arange(3)
    alibi = -distance.abs() * torch.tensor([2.0 ** -4, 2.0 ** -8], dtype=torch.float64)[:, None, None] + causal
    indices, offsets = torch.tensor([1, 4, 1, 0, 3, 2]), torch.tensor([0, 2, 2, 5])

    def bag(mode):
        return lambda x: F.embedding_bag(indices, x, offsets, mode=mode)

    def parts(x):
        q, k, v = x.reshape(2, 3, 3, 2, 2).permute(2, 0, 3, 1, 4)
        return attention(q, k, v, bias=causal).transpose(1, 2).reshape(2, 3, 4)

    return {
        "attention_causal": (lambda q, k, v: attention(q, k, v, bias=causal), three()),
        "attention_all": (attention, [normal(1, 2, 3, 4), normal(1, 2, 5, 4), normal(1, 2, 5, 4)]),
        "attention_grouped": (lambda q, k, v: attention(q, k.repeat_interleave(2, 1), v.repeat_interleave(2, 1), bias=causal), three(4)),
        "attention_scale": (lambda q, k, v: attention(q, k, v, scale=0.3, bias=causal), three()),
        "attention_mask": (lambda q, k, v: attention(q, k, v, bias=mask), three()),
        "attention_bias": (lambda q, k, v: attention(q, k, v, bias=added + causal), three()),
        "attention_window": (lambda q, k, v: attention(q, k, v, bias=window), three()),
        "attention_alibi": (lambda q, k, v: attention(q, k, v, bias=alibi), three()),
        "self_attention": (parts, [normal(2, 3, 12)]),
        "bag_mean": (bag("mean"), [normal(5, 3)]),
        "bag_sum": (bag("sum"), [normal(5, 3)]),
        "bag_max": (bag("max"), [normal(5, 3)]),
        "bag_weights": (lambda x, w: F.embedding_bag(indices, x, offsets, mode="sum", per_sample_weights=w), [normal(5, 3), normal(6)]),
        "rotary_halves": (rotary, [normal(2, 3, 8)]),
        "rotary_interleaved": (lambda x: rotary(x, interleaved=True), [normal(2, 3, 8)]),
        "rotary_later": (lambda x: rotary(x, first=2), [normal(3, 6)]),
    }


if __name__ == "__main__":
    make(__file__, 45, cases)
