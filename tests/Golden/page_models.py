#!/usr/bin/env python3
"""PyTorch's side of docs/from-pytorch.md: tensors, gradients and modules. The page shows what stands between the marks.

Install on Debian:  apt-get install -y python3-torch
Run:                python3 page_models.py [folder]
"""
import os, tempfile
import torch
from torch import nn
from page_cases import finish, fresh, keep, numbers, save_file, start, x, y

rows = x

# <tensors>
a = torch.tensor([[1.0, 2.0], [3.0, 4.0]])  # float32
n = torch.arange(2)                         # int64
c = a + n                                   # float32: n is converted
half = torch.zeros(2, dtype=torch.bfloat16)
# </tensors>
keep("tensors", c, half)

# <indexing>
x = torch.arange(24).reshape(4, 6)
last = x[1:-1, -1]
even = x[:, ::2]
added = x[..., None, 0]
picked = x[torch.tensor([3, 1])]
x[0, :2] = 0
# </indexing>
keep("indexing", last, even, added, picked, x)

# <broadcasting>
table = torch.ones(4, 1) * torch.arange(3.0) + 1
share = table / table.sum(dim=1, keepdim=True)
# </broadcasting>
keep("broadcasting", table, share)

# <autograd>
w = torch.tensor([2.0], requires_grad=True)
error = w * 3 - 1
(error * error).sum().backward()
slope = w.grad
# </autograd>
keep("autograd", slope)

# <constants>
with torch.no_grad():
    tripled = w * 3
stopped = (w * 3).detach()
# </constants>
keep("constants", tripled, stopped)

# <twice>
x = torch.tensor([1.0, 2.0], requires_grad=True)
z = (x * x * x).sum()
first, = torch.autograd.grad(z, x, create_graph=True)
second, = torch.autograd.grad(first.sum(), x)
hessian = torch.autograd.functional.hessian(lambda v: (v * v * v).sum(), x)
# </twice>
keep("twice", first, second, hessian)

x = rows


# <module>
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3, 8)
        self.fc2 = nn.Linear(8, 1)

    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(x)))
# </module>


keep("module", start(Net())(x))

# <containers>
model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
blocks = nn.ModuleList([nn.Linear(3, 3) for _ in range(2)])
heads = nn.ModuleDict({"mean": nn.Linear(3, 1), "scale": nn.Linear(3, 1)})
h = x
for block in blocks:
    h = block(h)
mean = heads["mean"](h)
# </containers>
start(model), start(blocks), start(heads)
keep("containers", model(x), heads["mean"](blocks[1](blocks[0](x))))


# <buffers>
class Centered(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))

    def forward(self, x):
        self.mean = x.mean(0)
        return x - self.mean
# </buffers>


centered = Centered()
keep("buffers", centered(x), centered.state_dict()["mean"])
model = fresh()

# <hooks>
handle = model[0].register_forward_hook(lambda module, inputs, output: output * 2)
doubled = model(x)
handle.remove()
plain = model(x)
# </hooks>
keep("hooks", doubled, plain)

# <freezing>
for name, parameter in model.named_parameters():
    if name.startswith("0."):
        parameter.requires_grad_(False)
# </freezing>
keep("freezing", [float(p.requires_grad) for p in model.parameters()])
model, other = fresh(), nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))

# <state>
state = model.state_dict()
other.load_state_dict(state)            # strict: every name, every shape
state["old.bias"] = state.pop("2.bias")
report = other.load_state_dict(state, strict=False)
print(report.missing_keys, report.unexpected_keys)
# </state>
keep("state", other(x), len(report.missing_keys), len(report.unexpected_keys))
layer = nn.Linear(3, 2)

# <init>
nn.init.xavier_uniform_(layer.weight)
nn.init.zeros_(layer.bias)
# </init>
keep("init", layer.bias, float(layer.weight.abs().max() <= (6 / 5) ** 0.5))
model = fresh()

# <devices>
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
model = model.to(device)
output = model(x.to(device))
# </devices>
keep("devices", output)

# <layouts>
layers = {
    "linear": nn.Linear(3, 2),                     # [out, in]
    "conv": nn.Conv2d(4, 6, 3, groups=2),          # [out, in / groups, height, width]
    "back": nn.ConvTranspose2d(4, 6, 3, groups=2), # [in, out / groups, height, width]
    "lstm": nn.LSTM(3, 5),                         # gates i, f, g, o: [4 * hidden, in]
    "attention": nn.MultiheadAttention(8, 2),      # q, k, v: [3 * channels, channels]
}
# </layouts>
keep("layouts", *[torch.tensor(p.shape) for layer in layers.values() for p in layer.parameters()])
path = os.path.join(tempfile.mkdtemp(), "model.safetensors")

# <exchange>
save_file(model.state_dict(), path)  # from safetensors.torch
# </exchange>
for name, tensor in model.state_dict().items():
    numbers[f"exchange.{name}"] = tensor.clone()
keep("exchange", model(x))

finish(__file__)
