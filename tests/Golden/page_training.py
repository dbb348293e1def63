#!/usr/bin/env python3
"""PyTorch's side of docs/from-pytorch.md: optimizers, training and what surrounds it. The page shows what stands between the marks.

Install on Debian:  apt-get install -y python3-torch
Run:                python3 page_training.py [folder]
"""
import os, tempfile
import torch
from torch import nn
from page_cases import check_names, finish, fresh, keep, x, y

path = os.path.join(tempfile.mkdtemp(), "checkpoint.pt")
model = fresh()

# <memory>
total = 0.0
for step in range(3):
    loss = ((model(x) - y) ** 2).mean()
    total += loss.item()        # adding loss itself would keep every graph alive
last = model(x).detach()
# </memory>
keep("memory", total, last)
model = nn.Sequential(fresh(), nn.Dropout(0.5))

# <modes>
model.eval()
with torch.no_grad():
    output = model(x)
model.train()
# </modes>
keep("modes", output, float(model[1].training))
model = fresh()

# <step>
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for step in range(3):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
# </step>
keep("step", loss, model(x))
model = fresh()

# <groups>
optimizer = torch.optim.AdamW([
    {"params": [p for p in model.parameters() if p.ndim > 1]},
    {"params": [p for p in model.parameters() if p.ndim == 1], "lr": 1e-3, "weight_decay": 0.0},
], lr=1e-2, weight_decay=0.1)
# </groups>
for step in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
keep("groups", model(x), *model.parameters())
model = fresh()

# <schedules>
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10, eta_min=0.01)
for step in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    schedule.step()
# </schedules>
keep("schedules", model(x), schedule.get_last_lr())
model = fresh()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

# <clipping>
nn.functional.mse_loss(model(x), y).backward()
norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
optimizer.step()
# </clipping>
keep("clipping", norm, model(x))
model = fresh()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

# <accumulation>
optimizer.zero_grad()
for part, target in zip(x.chunk(2), y.chunk(2)):
    (nn.functional.mse_loss(model(part), target) / 2).backward()
optimizer.step()
# </accumulation>
keep("accumulation", model(x))
model = fresh()
device = "cuda" if torch.cuda.is_available() else "cpu"
model, x, y = model.to(device), x.to(device), y.to(device)

# <mixed>
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
scaler = torch.cuda.amp.GradScaler(enabled=device == "cuda")
losses = []
for step in range(20):
    optimizer.zero_grad()
    with torch.autocast(device, dtype=torch.bfloat16):
        loss = nn.functional.mse_loss(model(x).float(), y)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
    losses.append(loss.item())
# </mixed>
x, y = x.cpu(), y.cpu()
keep("mixed", float(losses[-1] < losses[0] / 2))  # rounding to bfloat16 differs from machine to machine
model, other = fresh(), fresh()
optimizer, other_optimizer = (torch.optim.SGD(m.parameters(), 0.1, 0.9) for m in (model, other))
nn.functional.mse_loss(model(x), y).backward()
optimizer.step()

# <checkpoints>
torch.save({"step": 1, "model": model.state_dict(), "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state()}, path)
saved = torch.load(path)
other.load_state_dict(saved["model"])
other_optimizer.load_state_dict(saved["optimizer"])
torch.set_rng_state(saved["rng"])
# </checkpoints>
other_optimizer.zero_grad()
nn.functional.mse_loss(other(x), y).backward()
other_optimizer.step()
keep("checkpoints", saved["step"], other(x))
model, steps = fresh(), 6
batches, optimizer = [(x, y)] * steps, torch.optim.SGD(model.parameters(), 0.1)

# <loop>
for step, (inputs, targets) in enumerate(batches):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(inputs), targets)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if (step + 1) % 3 == 0:
        model.eval()
        with torch.no_grad():
            validation = nn.functional.mse_loss(model(x), y)
        model.train()
        print(f"step {step + 1}/{steps}: validation loss {validation:.4f}")
# </loop>
keep("loop", validation, model(x))

# <summary>
count = sum(p.numel() for p in model.parameters())
# torchinfo.summary(model, input_size=(4, 3)), a package of its own
# </summary>
keep("summary", count)

# <anomalies>
w = torch.tensor([-1.0], requires_grad=True)
try:
    with torch.autograd.detect_anomaly():
        w.sqrt().sum().backward()
except RuntimeError as error:
    message = str(error)  # Function 'SqrtBackward0' returned nan values in its 0th output.
# </anomalies>
assert message == "Function 'SqrtBackward0' returned nan values in its 0th output.", message

# <profiler>
with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
    model(x)
table = profile.key_averages().table(sort_by="self_cpu_time_total")
profile.export_chrome_trace(path)
# </profiler>

# <random>
torch.manual_seed(1)
noise = torch.randn(2, 3)
state = torch.get_rng_state()
dice = torch.rand(3)
torch.set_rng_state(state)
again = torch.rand(3)
# </random>
keep("random", float(torch.equal(dice, again)))

check_names()
finish(__file__)
