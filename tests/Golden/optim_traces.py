#!/usr/bin/env python3
"""Ten steps of every optimizer on a small regression: the parameters after each step. Once with all gradients, and once with gaps: one
parameter is frozen for the first steps, and another has no gradient now and then (optim_gaps.safetensors).

Install on Debian:  apt-get install -y python3-torch
Run:                python3 optim_traces.py [folder]

What PyTorch 1.13 has, it computes. Lion, Adafactor, LAMB and Muon are written out here in numpy from their papers' formulas; only their
gradients come from PyTorch. So is NAdam: PyTorch 1.13 multiplies the last factor into its product of momenta twice, against its own
documentation and the paper.
"""
import os, sys
import numpy as np
import torch
from safetensors_writer import write

SEED, STEPS = 61, 10

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
generator = torch.Generator().manual_seed(SEED)


def normal(*shape):
    return torch.randn(shape, generator=generator)


# A wide matrix, a vector and a tall matrix.
x, target = normal(8, 4), normal(8, 5)
start = {"weight": normal(3, 4), "bias": normal(3), "head": normal(5, 3)}


def loss_of(p):
    return ((torch.tanh(x @ p["weight"].t() + p["bias"]) @ p["head"].t() - target) ** 2).mean() * 4


# In which steps a parameter has a gradient.
WHOLE = {name: set(range(STEPS)) for name in start}
GAPS = {"weight": set(range(4, STEPS)), "bias": {0, 1, 4, 5, 7, 8, 9}, "head": set(range(STEPS))}


def torch_trace(make, active):
    p = {name: value.clone().requires_grad_() for name, value in start.items()}
    optimizer = make(list(p.values()))

    def closure():
        optimizer.zero_grad()
        loss = loss_of(p)
        loss.backward()
        for name, value in p.items():
            if step not in active[name]:
                value.grad = None
        return loss

    for step in range(STEPS):
        optimizer.step(closure)
        yield {name: value.detach().clone() for name, value in p.items()}


def gradients(p):
    leaves = {name: torch.from_numpy(value.copy()).requires_grad_() for name, value in p.items()}
    loss_of(leaves).backward()
    return {name: leaf.grad.numpy() for name, leaf in leaves.items()}


def numpy_trace(update, active):
    """update(t, state, parameter, gradient) gives the new parameter; t counts its steps, and state is a dictionary, empty at first."""
    p = {name: value.numpy().copy() for name, value in start.items()}
    states, counts = {name: {} for name in p}, dict.fromkeys(p, 0)
    for step in range(STEPS):
        g = gradients(p)
        for name in [name for name in p if step in active[name]]:
            counts[name] += 1
            p[name] = update(counts[name], states[name], p[name], g[name])
        yield {name: torch.from_numpy(value.copy()) for name, value in p.items()}


def nadam(lr=2e-3, b1=0.9, b2=0.999, eps=1e-8, decay=0.0, psi=4e-3):
    """Dozat 2016, algorithm 2, with an L2 penalty."""
    def mu(t):
        return b1 * (1 - 0.5 * 0.96 ** (t * psi))

    def update(t, state, p, g):
        g = g + decay * p
        state["m"] = b1 * state.get("m", 0) + (1 - b1) * g
        state["v"] = b2 * state.get("v", 0) + (1 - b2) * g * g
        momenta = [mu(i) for i in range(1, t + 2)]
        m = mu(t + 1) * state["m"] / (1 - np.prod(momenta)) + (1 - mu(t)) * g / (1 - np.prod(momenta[:-1]))
        return p - lr * m / (np.sqrt(state["v"] / (1 - b2 ** t)) + eps)
    return update


def lion(lr=1e-4, b1=0.9, b2=0.99, decay=0.0):
    """Chen et al. 2023, arXiv:2302.06675, algorithm 2."""
    def update(t, state, p, g):
        m = state.get("m", np.zeros_like(p))
        c = b1 * m + (1 - b1) * g
        state["m"] = b2 * m + (1 - b2) * g
        return p - lr * (np.sign(c) + decay * p)
    return update


def adafactor(lr=1e-2, beta2_decay=-0.8, eps1=1e-30, eps2=1e-3, clip=1.0, decay=0.0):
    """Shazeer and Stern 2018, arXiv:1804.04235, algorithms 4 and 5, with sums as printed there."""
    def rms(a):
        return np.sqrt(np.mean(a * a))

    def update(t, state, p, g):
        alpha = max(eps2, rms(p)) * min(lr, 1 / np.sqrt(t))
        b2 = 1 - float(t) ** beta2_decay
        squares = g * g + eps1
        if p.ndim == 2:
            state["r"] = b2 * state.get("r", 0) + (1 - b2) * squares.sum(axis=1)
            state["c"] = b2 * state.get("c", 0) + (1 - b2) * squares.sum(axis=0)
            v = np.outer(state["r"], state["c"]) / state["r"].sum()
        else:
            v = state["v"] = b2 * state.get("v", 0) + (1 - b2) * squares
        u = g / np.sqrt(v)
        u = u / max(1.0, rms(u) / clip)
        return p - lr * decay * p - alpha * u
    return update


def lamb(lr=1e-3, b1=0.9, b2=0.999, eps=1e-6, decay=0.01):
    """You et al. 2020, arXiv:1904.00962, algorithm 2."""
    def update(t, state, p, g):
        state["m"] = b1 * state.get("m", 0) + (1 - b1) * g
        state["v"] = b2 * state.get("v", 0) + (1 - b2) * g * g
        r = (state["m"] / (1 - b1 ** t)) / (np.sqrt(state["v"] / (1 - b2 ** t)) + eps)
        u = r + decay * p
        return p - lr * np.linalg.norm(p) / np.linalg.norm(u) * u
    return update


def adamw(t, state, p, g, lr, b1, b2, eps):
    state["m"] = b1 * state.get("m", 0) + (1 - b1) * g
    state["v"] = b2 * state.get("v", 0) + (1 - b2) * g * g
    return p - lr * (state["m"] / (1 - b1 ** t)) / (np.sqrt(state["v"] / (1 - b2 ** t)) + eps)


def muon(lr=0.02, momentum=0.95, nesterov=True, decay=0.0, adamw_lr=3e-4, hidden=True):
    """Jordan et al. 2024, with AdamW for what is no hidden matrix."""
    def newton_schulz(g):
        a, b, c = 3.4445, -4.7750, 2.0315
        y = g / (np.linalg.norm(g) + 1e-7)
        if g.shape[0] > g.shape[1]:
            y = y.T
        for _ in range(5):
            s = y @ y.T
            y = a * y + (b * s + c * s @ s) @ y
        return y.T if g.shape[0] > g.shape[1] else y

    def update(t, state, p, g):
        if p.ndim != 2 or not hidden:
            return adamw(t, state, p, g, adamw_lr, 0.9, 0.95, 1e-8)
        state["b"] = momentum * state.get("b", 0) + g
        o = newton_schulz(g + momentum * state["b"] if nesterov else state["b"])
        return p - lr * decay * p - lr * np.sqrt(max(1, p.shape[0] / p.shape[1])) * o
    return update


optim = torch.optim
TORCH = {
    "sgd": lambda p: optim.SGD(p, 0.01),
    "sgd.momentum": lambda p: optim.SGD(p, 0.01, momentum=0.9),
    "sgd.nesterov": lambda p: optim.SGD(p, 0.01, momentum=0.9, nesterov=True, weight_decay=0.1),
    "sgd.dampening": lambda p: optim.SGD(p, 0.01, momentum=0.9, dampening=0.3, weight_decay=0.1),
    "adagrad": lambda p: optim.Adagrad(p, 0.1),
    "adagrad.decay": lambda p: optim.Adagrad(p, 0.1, lr_decay=0.05, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-6),
    "rmsprop": lambda p: optim.RMSprop(p, 0.01),
    "rmsprop.momentum": lambda p: optim.RMSprop(p, 0.01, alpha=0.9, momentum=0.8, weight_decay=0.1),
    "rmsprop.centered": lambda p: optim.RMSprop(p, 0.01, alpha=0.9, centered=True, eps=1e-3),
    "rmsprop.all": lambda p: optim.RMSprop(p, 0.01, alpha=0.9, centered=True, eps=1e-3, momentum=0.5, weight_decay=0.1),
    "adam": lambda p: optim.Adam(p, 0.05),
    "adam.decay": lambda p: optim.Adam(p, 0.05, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1),
    "adam.amsgrad": lambda p: optim.Adam(p, 0.05, betas=(0.8, 0.5), weight_decay=0.1, amsgrad=True),
    "adamw": lambda p: optim.AdamW(p, 0.05, weight_decay=0),
    "adamw.decay": lambda p: optim.AdamW(p, 0.05, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1),
    "radam": lambda p: optim.RAdam(p, 0.05),
    "radam.decay": lambda p: optim.RAdam(p, 0.05, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1),
    "lbfgs": lambda p: optim.LBFGS(p, 0.05, max_iter=3),
    "lbfgs.short": lambda p: optim.LBFGS(p, 0.1, max_iter=3, history_size=2),
    "lbfgs.wolfe": lambda p: optim.LBFGS(p, 1, max_iter=2, line_search_fn="strong_wolfe"),
    "lbfgs.wolfe_short": lambda p: optim.LBFGS(p, 3, max_iter=2, history_size=3, line_search_fn="strong_wolfe"),
}
NUMPY = {
    "nadam": nadam(lr=0.05),
    "nadam.decay": nadam(lr=0.05, b1=0.8, b2=0.9, eps=1e-4, decay=0.1, psi=0.1),
    "lion": lion(lr=0.01),
    "lion.decay": lion(lr=0.02, b1=0.8, b2=0.95, decay=0.1),
    "adafactor": adafactor(),
    "adafactor.decay": adafactor(lr=0.5, beta2_decay=-0.5, eps2=0.9, clip=0.7, decay=0.1),
    "lamb": lamb(lr=0.05),
    "lamb.decay": lamb(lr=0.02, b1=0.8, b2=0.9, eps=1e-4, decay=0.3),
    "muon": muon(),
    "muon.decay": muon(lr=0.1, momentum=0.8, nesterov=False, decay=0.1, adamw_lr=0.02),
    "muon.adamw": muon(lr=0.1, adamw_lr=0.05, hidden=False),
}

folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
for file, active in [("optim_traces", WHOLE), ("optim_gaps", GAPS)]:
    tensors = {"x": x, "target": target, **{f"start.{name}": value for name, value in start.items()}}
    for case, trace in [*((case, torch_trace(make, active)) for case, make in TORCH.items()),
                        *((case, numpy_trace(update, active)) for case, update in NUMPY.items())]:
        steps = list(trace)
        for name in start:
            tensors[f"{case}/{name}"] = torch.stack([step[name] for step in steps])
    write(os.path.join(folder, file + ".safetensors"), tensors,
          {"script": "optim_traces.py", "seed": repr(SEED), "pytorch": torch.__version__})
