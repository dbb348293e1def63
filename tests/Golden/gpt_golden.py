#!/usr/bin/env python3
"""Makes gpt_golden.safetensors: what PyTorch's losses and weights are after 20 steps of training a small GPT.

Install on Debian:  apt-get install -y python3-torch
Run:                python3 gpt_golden.py [folder]

Everything is computed in float64, so that the numbers are the same on every machine to about 1e-12 and a float32
implementation is compared with the truth, not with another rounding. Two runs from the same float32 start values:

adamw   no biases; AdamW, betas 0.9 and 0.99, decay 0.1 on matrices only, gradient norm clipped at 1.0, learning rate
        from a cosine with warm-up
sgd     biases; SGD with momentum 0.9

Biases are not trained with AdamW: the gradient of a key's bias is exactly 0, and AdamW would turn its rounding errors
into steps of full size.
"""
import math, os, sys
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors_writer import write

SEED = 1337
LAYERS, HEADS, CHANNELS, CONTEXT, BATCH, VOCABULARY, STEPS = 2, 2, 32, 16, 4, 31, 20
PEAK, MINIMUM, WARM_UP, HORIZON, SGD_RATE = 1e-2, 1e-3, 5, 18, 0.1


class Attention(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.c_attn = nn.Linear(CHANNELS, 3 * CHANNELS, bias=bias)
        self.c_proj = nn.Linear(CHANNELS, CHANNELS, bias=bias)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (z.view(b, t, HEADS, c // HEADS).transpose(1, 2) for z in self.c_attn(x).split(c, dim=2))
        scores = q @ k.transpose(-2, -1) / math.sqrt(c // HEADS)
        future = torch.ones(t, t, dtype=torch.bool).triu(1)
        y = scores.masked_fill(future, float("-inf")).softmax(-1) @ v
        return self.c_proj(y.transpose(1, 2).reshape(b, t, c))


class Mlp(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.c_fc = nn.Linear(CHANNELS, 4 * CHANNELS, bias=bias)
        self.c_proj = nn.Linear(4 * CHANNELS, CHANNELS, bias=bias)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x)))


class Norm(nn.Module):
    """nn.LayerNorm with an optional bias, which PyTorch 1.13 does not have."""

    def __init__(self, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(CHANNELS))
        self.bias = nn.Parameter(torch.zeros(CHANNELS)) if bias else None

    def forward(self, x):
        return F.layer_norm(x, (CHANNELS,), self.weight, self.bias, 1e-5)


class Block(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.ln_1, self.attn, self.ln_2, self.mlp = Norm(bias), Attention(bias), Norm(bias), Mlp(bias)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Gpt(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(VOCABULARY, CHANNELS), nn.Embedding(CONTEXT, CHANNELS)
        self.h = nn.ModuleList(Block(bias) for _ in range(LAYERS))
        self.ln_f = Norm(bias)

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T


def start_values(generator):
    """Matrices are normal with deviation 0.08; norms near 1 and biases near 0, but not exactly there."""
    values = {}
    for name, parameter in Gpt(bias=True).named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        values[name] = 0.08 * noise if parameter.dim() == 2 else (1 if name.endswith("weight") else 0) + 0.05 * noise
    return values


def rate(step):
    if step < WARM_UP:
        return PEAK * (step + 1) / (WARM_UP + 1)
    if step >= HORIZON:
        return MINIMUM
    return MINIMUM + 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / (HORIZON - WARM_UP))) * (PEAK - MINIMUM)


def train(kind, start, tokens):
    model = Gpt(bias=kind == "sgd").double()
    model.load_state_dict({name: start[name].double() for name, _ in model.named_parameters()})
    if kind == "adamw":
        groups = [
            {"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": 0.1},
            {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW(groups, lr=PEAK, betas=(0.9, 0.99), eps=1e-8)
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=SGD_RATE, momentum=0.9)
    losses = []
    for step in range(STEPS):
        inputs, targets = tokens[step, :, :-1], tokens[step, :, 1:]
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
        loss.backward()
        if kind == "adamw":
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for group in optimizer.param_groups:
                group["lr"] = rate(step)
        optimizer.step()
        losses.append(loss.item())
    result = {f"{kind}.losses": torch.tensor(losses, dtype=torch.float64)}
    result.update({f"{kind}.final.{name}": p.float() for name, p in model.named_parameters()})
    return result


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(SEED)
    start = start_values(generator)
    # A text that can be learned: each token follows from the one before, with one in four drawn anew.
    tokens = torch.randint(VOCABULARY, (STEPS, BATCH, CONTEXT + 1), generator=generator)
    for i in range(1, CONTEXT + 1):
        again = torch.rand(STEPS, BATCH, generator=generator) < 0.75
        tokens[:, :, i] = torch.where(again, (tokens[:, :, i - 1] * 3 + 1) % VOCABULARY, tokens[:, :, i])
    tensors = {"tokens": tokens.int()}
    tensors.update({f"start.{name}": value for name, value in start.items()})
    for kind in ("adamw", "sgd"):
        tensors.update(train(kind, start, tokens))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    settings = dict(layers=LAYERS, heads=HEADS, channels=CHANNELS, context=CONTEXT, vocabulary=VOCABULARY, steps=STEPS,
                    peak=PEAK, minimum=MINIMUM, warm_up=WARM_UP, horizon=HORIZON, sgd_rate=SGD_RATE, seed=SEED)
    write(os.path.join(folder, "gpt_golden.safetensors"), tensors,
          {**{name: repr(value) for name, value in settings.items()}, "script": "gpt_golden.py", "pytorch": torch.__version__})


if __name__ == "__main__":
    main()
