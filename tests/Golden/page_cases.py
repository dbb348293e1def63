"""What the scripts of docs/from-pytorch.md share: a model with plain start weights, a little data, and the numbers to keep."""
import os, re, sys
import torch
from torch import nn, optim
from torch.nn import functional as F
from torch.optim import lr_scheduler
from safetensors_writer import write

x = torch.linspace(-1, 1, 12).reshape(4, 3)
y = x.sum(1, keepdim=True)
numbers = {}


def start(module):
    """Every parameter from -0.5 to 0.5 in even steps."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.linspace(-0.5, 0.5, parameter.numel()).reshape(parameter.shape))
    return module


def fresh():
    return start(nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)))


def keep(name, *values):
    """Notes the numbers that both sides compute, as one row."""
    numbers[name] = torch.cat([torch.as_tensor(value).detach().to(torch.float64).flatten() for value in values])


def save_file(tensors, path):
    """Stands for safetensors.torch.save_file: the same format, without the package."""
    write(path, tensors, {})


def check_names():
    """Every name in the first column of the page's tables exists, except those that say which newer PyTorch has them."""
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "..", "..", "docs", "from-pytorch.md"), encoding="utf-8") as page:
        cells = [line.split("|")[1] for line in page if line.startswith("| `")]
    names = [name for cell in cells if "PyTorch" not in cell for name in re.findall("`([^`]+)`", cell)]
    assert len(names) > 80, len(names)
    for name in names:
        eval(name, {"torch": torch, "nn": nn, "F": F, "optim": optim, "lr_scheduler": lr_scheduler})


def finish(script):
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(script))
    name = os.path.splitext(os.path.basename(script))[0]
    write(os.path.join(folder, f"{name}.safetensors"), numbers, {"script": f"{name}.py", "pytorch": torch.__version__})
