#!/usr/bin/env python3
"""One training step of a small GPT in PyTorch: the peer of MiniStack's training step.

Install on Debian:  apt-get install -y python3-torch libopenblas0-pthread
Alone:              /usr/bin/python3 torch_gpt_step.py --threads 2 --shape nano
For the benchmark:  --weights FILE.safetensors loads MiniStack's start values and batch; --serve then answers each line
                    {"seconds"} with {"us": [...]}, after a first line with the parameter count and the first loss.
For the memory:     --steps N takes N steps and prints the peak working set in bytes.

The model is the pre-norm GPT-2 block without biases, as nanoGPT trains it: token + position embedding, causal attention,
exact GELU, an MLP of width 4C, a tied output head, cross-entropy, gradient clipping at 1.0 and AdamW.
"""
import argparse
import json
import math
import struct
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

SHAPES = {  # layers, heads, channels, batch, context, vocabulary
    "tiny": (1, 2, 32, 2, 16, 65),
    "nano": (4, 4, 128, 12, 64, 65),
    "baby": (6, 6, 384, 16, 256, 65),
}


class LayerNorm(nn.Module):
    """nn.LayerNorm of PyTorch 1.13 cannot be without a bias."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, None, 1e-5)


class Block(nn.Module):
    def __init__(self, heads, channels):
        super().__init__()
        self.heads = heads
        self.ln_1 = LayerNorm(channels)
        self.attn = nn.ModuleDict({"c_attn": nn.Linear(channels, 3 * channels, bias=False),
                                   "c_proj": nn.Linear(channels, channels, bias=False)})
        self.ln_2 = LayerNorm(channels)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(channels, 4 * channels, bias=False),
                                  "c_proj": nn.Linear(4 * channels, channels, bias=False)})

    def forward(self, x, mask):
        b, t, c = x.shape
        q, k, v = (z.view(b, t, self.heads, c // self.heads).transpose(1, 2)
                   for z in self.attn["c_attn"](self.ln_1(x)).split(c, dim=2))
        if hasattr(F, "scaled_dot_product_attention"):
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = (q @ k.transpose(-2, -1)) / math.sqrt(q.shape[-1])
            y = scores.masked_fill(mask[:t, :t], float("-inf")).softmax(-1) @ v
        x = x + self.attn["c_proj"](y.transpose(1, 2).reshape(b, t, c))
        return x + self.mlp["c_proj"](F.gelu(self.mlp["c_fc"](self.ln_2(x))))


class Gpt(nn.Module):
    """Names are GPT-2's, as MiniStack's are."""

    def __init__(self, layers, heads, channels, context, vocabulary):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, channels)
        self.wpe = nn.Embedding(context, channels)
        self.h = nn.ModuleList(Block(heads, channels) for _ in range(layers))
        self.ln_f = LayerNorm(channels)
        self.register_buffer("mask", torch.ones(context, context, dtype=torch.bool).triu(1), persistent=False)

    def forward(self, ids, targets):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1], device=ids.device))
        for block in self.h:
            x = block(x, self.mask)
        logits = self.ln_f(x) @ self.wte.weight.T
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def read_safetensors(path):
    """Eight bytes of header length, a JSON header, the numbers."""
    dtypes = {"F32": torch.float32, "I64": torch.int64}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(data[begin:end], dtype=dtypes[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def peak_bytes():
    """Peak working set. (getrusage's would include that of the process that started this one.)"""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--device", default="cpu", help="cpu or cuda; on a GPU, F32 is F32: TF32 is off")
    p.add_argument("--shape", choices=SHAPES, default="nano")
    p.add_argument("--seconds", type=float, default=8)
    p.add_argument("--weights", help="start values, ids and targets, as safetensors")
    p.add_argument("--steps", type=int, help="take these steps and print the peak working set")
    p.add_argument("--serve", action="store_true")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(1337)
    layers, heads, channels, batch, context, vocabulary = SHAPES[a.shape]
    model = Gpt(layers, heads, channels, context, vocabulary)
    ids = torch.randint(vocabulary, (batch, context))
    targets = torch.randint(vocabulary, (batch, context))
    if a.weights:
        tensors = read_safetensors(a.weights)
        ids, targets = tensors.pop("ids"), tensors.pop("targets")
        model.load_state_dict(tensors)
    model, ids, targets = model.to(a.device), ids.to(a.device), targets.to(a.device)
    fused = {"fused": True} if a.device == "cuda" else {}  # PyTorch's fastest way on a GPU
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1, **fused)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = model(ids, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        value = loss.item()
        if a.device == "cuda":
            torch.cuda.synchronize()
        return value

    def timed(seconds, least):
        times, end = [], time.perf_counter() + seconds
        while len(times) < least or time.perf_counter() < end:
            start = time.perf_counter()
            step()
            times.append((time.perf_counter() - start) * 1e6)
        return times

    peer = "pytorch " + torch.__version__
    if a.steps:
        for _ in range(a.steps):
            step()
        print(json.dumps({"peer": peer, "peak_bytes": peak_bytes()}))
    elif a.serve:
        print(json.dumps({"peer": peer, "threads": torch.get_num_threads(),
                          "parameters": sum(p.numel() for p in model.parameters()), "loss": step()}), flush=True)
        for line in sys.stdin:
            print(json.dumps({"us": timed(json.loads(line)["seconds"], least=1)}), flush=True)
    else:
        times = sorted(timed(a.seconds, least=4)[1:])
        print(json.dumps({"peer": peer, "shape": a.shape, "threads": a.threads, "min_ms": round(times[0] / 1e3, 2),
                          "median_ms": round(times[len(times) // 2] / 1e3, 2),
                          "tokens_per_s": round(batch * context / times[0] * 1e6)}))


if __name__ == "__main__":
    main()
