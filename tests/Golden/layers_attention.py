#!/usr/bin/env python3
"""Attention, and what transformers are made of. See layer_cases.py."""
import torch
import torch.nn.functional as F
from torch import nn
from layer_cases import make


def rotary(x, first=0, theta=10_000):
    """As in Llama's code: x·cos + rotate_half(x)·sin over [..., time, d]."""
    time, d = x.shape[-2:]
    angles = torch.arange(first, first + time, dtype=torch.float64)[:, None] * theta ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    angles = torch.cat((angles, angles), -1)
    return x * angles.cos() + torch.cat((-x[..., d // 2:], x[..., :d // 2]), -1) * angles.sin()


class Rotary(nn.Module):
    def forward(self, x):
        return rotary(x)


class GroupedQueryAttention(nn.Module):
    """A plain form of Llama's attention, without its cache."""
    def __init__(self, channels, heads, key_heads, d, bias=False, turn=True, window=None):
        super().__init__()
        self.heads, self.key_heads, self.d, self.turn, self.window = heads, key_heads, d, turn, window
        self.q_proj = nn.Linear(channels, heads * d, bias=bias)
        self.k_proj = nn.Linear(channels, key_heads * d, bias=bias)
        self.v_proj = nn.Linear(channels, key_heads * d, bias=bias)
        self.o_proj = nn.Linear(heads * d, channels, bias=False)

    def forward(self, x):
        def by_head(y, heads):
            return y.reshape(*y.shape[:2], heads, self.d).transpose(1, 2)

        q, k, v = by_head(self.q_proj(x), self.heads), by_head(self.k_proj(x), self.key_heads), by_head(self.v_proj(x), self.key_heads)
        if self.turn:
            q, k = rotary(q), rotary(k)
        group = self.heads // self.key_heads
        scores = q @ k.repeat_interleave(group, 1).transpose(-2, -1) / self.d ** 0.5
        distance = torch.arange(x.shape[1])[:, None] - torch.arange(x.shape[1])
        scores = scores.masked_fill((distance < 0) | (distance >= (self.window or x.shape[1])), float("-inf"))
        y = scores.softmax(-1) @ v.repeat_interleave(group, 1)
        return self.o_proj(y.transpose(1, 2).reshape(*x.shape[:2], -1))


class SwiGlu(nn.Module):
    def __init__(self, channels, hidden, bias=False):
        super().__init__()
        self.gate_proj = nn.Linear(channels, hidden, bias=bias)
        self.up_proj = nn.Linear(channels, hidden, bias=bias)
        self.down_proj = nn.Linear(hidden, channels, bias=bias)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class MixtureOfExperts(nn.Module):
    """Every expert computes for every token here; shares of 0 take away what was not chosen."""
    def __init__(self, channels, experts, chosen, normalize):
        super().__init__()
        self.gate = nn.Linear(channels, experts, bias=False)
        self.experts = nn.ModuleList(SwiGlu(channels, 5) for _ in range(experts))
        self.chosen, self.normalize = chosen, normalize

    def forward(self, x):
        p = self.gate(x.reshape(-1, x.shape[-1])).softmax(-1)
        top, indices = p.topk(self.chosen)
        if self.normalize:
            top = top / top.sum(-1, keepdim=True)
        shares = torch.zeros_like(p).scatter(-1, indices, top).reshape(*x.shape[:-1], -1)
        y = sum(shares[..., i:i + 1] * expert(x) for i, expert in enumerate(self.experts))
        fractions = F.one_hot(indices, len(self.experts)).to(x.dtype).sum((0, 1)) / indices.numel()
        return y, len(self.experts) * (fractions * p.mean(0)).sum()


def cases(normal):
    def attention(*args, **options):
        return nn.MultiheadAttention(*args, batch_first=True, **options)

    def encoder(**options):
        return nn.TransformerEncoderLayer(4, 2, dim_feedforward=6, dropout=0, batch_first=True, **options)

    hidden = torch.tensor([[False, True, False], [True, False, False], [False, False, True]])
    padding = torch.tensor([[False, False, True], [False, False, False]])
    causal = torch.ones(3, 3, dtype=torch.bool).triu(1)
    x, y, z = (2, 3, 4), (2, 5, 4), (2, 5, 3)
    return {
        "attention_self": (attention(4, 2), [normal(*x)], lambda m, x: m(x, x, x)[0]),
        "attention_without_bias": (attention(4, 2, bias=False), [normal(*x)], lambda m, x: m(x, x, x)[0]),
        "attention_causal": (attention(4, 2), [normal(*x)], lambda m, x: m(x, x, x, attn_mask=causal)[0]),
        "attention_mask": (attention(4, 2), [normal(*x)], lambda m, x: m(x, x, x, attn_mask=hidden)[0]),
        "attention_padding": (attention(4, 2), [normal(*x)], lambda m, x: m(x, x, x, key_padding_mask=padding)[0]),
        "attention_cross": (attention(4, 2), [normal(*x), normal(*y)], lambda m, x, y: m(x, y, y)[0]),
        "attention_three": (attention(4, 2), [normal(*x), normal(*y), normal(*y)], lambda m, x, y, z: m(x, y, z)[0]),
        "attention_other_channels": (attention(4, 2, kdim=4, vdim=3), [normal(*x), normal(*y), normal(*z)], lambda m, x, y, z: m(x, y, z)[0]),
        "grouped": (GroupedQueryAttention(8, 4, 2, 2, turn=False), [normal(2, 3, 8)]),
        "grouped_rotary": (GroupedQueryAttention(8, 4, 2, 4, bias=True), [normal(2, 5, 8)]),
        "grouped_window": (GroupedQueryAttention(8, 2, 1, 4, window=2), [normal(2, 5, 8)]),
        "rotary": (Rotary(), [normal(2, 3, 6)]),
        "swiglu": (SwiGlu(4, 5), [normal(2, 3, 4)]),
        "swiglu_bias": (SwiGlu(4, 5, bias=True), [normal(2, 3, 4)]),
        "encoder": (encoder(), [normal(*x)]),
        "encoder_gelu": (encoder(activation="gelu"), [normal(*x)]),
        "encoder_norm_first": (encoder(norm_first=True, activation="gelu", layer_norm_eps=0.1), [normal(*x)]),
        "encoder_padding": (encoder(), [normal(*x)], lambda m, x: m(x, src_key_padding_mask=padding)),
        "experts": (MixtureOfExperts(4, 4, 2, True), [normal(2, 5, 4)]),
        "experts_switch": (MixtureOfExperts(4, 3, 1, False), [normal(7, 4)]),
    }


if __name__ == "__main__":
    make(__file__, 53, cases)
