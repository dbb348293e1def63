#!/usr/bin/env python3
"""Fifty steps of PyTorch's learning rate schedules, and of its reduction on plateaus.

Install on Debian:  apt-get install -y python3-torch
Run:                python3 optim_schedules.py [folder]
"""
import os, sys, warnings
import torch
from torch.optim import lr_scheduler as lr
from safetensors_writer import write

SEED, STEPS = 62, 50
warnings.filterwarnings("ignore")  # no optimizer steps here


def rates(start, make, *metrics):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], start)
    schedule = make(optimizer)
    result = []
    for step in range(STEPS):
        result.append(optimizer.param_groups[0]["lr"])
        schedule.step(*(metric[step] for metric in metrics))
    return torch.tensor(result, dtype=torch.float64)


loss = torch.rand(STEPS, generator=torch.Generator().manual_seed(SEED), dtype=torch.float64)
loss = loss + 3 * 0.9 ** torch.arange(STEPS)
tensors = {
    "loss": loss,
    "step": rates(0.5, lambda o: lr.StepLR(o, 7, 0.3)),
    "multi_step": rates(0.5, lambda o: lr.MultiStepLR(o, [3, 10, 31], 0.2)),
    "exponential": rates(0.5, lambda o: lr.ExponentialLR(o, 0.95)),
    "polynomial": rates(0.5, lambda o: lr.PolynomialLR(o, 40, 2.5)),
    "linear": rates(0.5, lambda o: lr.LinearLR(o, 0.25, 0.75, 30)),
    "cosine": rates(0.5, lambda o: lr.CosineAnnealingLR(o, 49, 0.01)),
    "cosine_restarts": rates(0.5, lambda o: lr.CosineAnnealingWarmRestarts(o, 9, 1, 0.01)),
    "cosine_restarts_growing": rates(0.5, lambda o: lr.CosineAnnealingWarmRestarts(o, 5, 2, 0.01)),
    "one_cycle": rates(0.5, lambda o: lr.OneCycleLR(o, 0.5, 51)),
    "one_cycle_late": rates(0.5, lambda o: lr.OneCycleLR(o, 0.5, 51, pct_start=0.71, div_factor=10, final_div_factor=100)),
    "sequential": rates(0.5, lambda o: lr.SequentialLR(
        o, [lr.ExponentialLR(o, 0.9), lr.StepLR(o, 4, 0.5), lr.ExponentialLR(o, 0.8)], [12, 30])),
    "chained": rates(0.5, lambda o: lr.ChainedScheduler([lr.ConstantLR(o, 0.1, 8), lr.ExponentialLR(o, 0.9)])),
    "plateau": rates(0.5, lambda o: lr.ReduceLROnPlateau(o, factor=0.5, patience=2), loss),
    "plateau_cooling": rates(
        0.5, lambda o: lr.ReduceLROnPlateau(o, factor=0.3, patience=1, threshold=0.1, cooldown=3, min_lr=0.02), loss),
    "plateau_high": rates(0.5, lambda o: lr.ReduceLROnPlateau(o, "max", factor=0.5, patience=3, threshold=0.01), -loss + 10),
}
folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
write(os.path.join(folder, "optim_schedules.safetensors"), tensors,
      {"script": "optim_schedules.py", "seed": repr(SEED), "pytorch": torch.__version__})
