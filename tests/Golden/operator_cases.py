"""What the scripts operators_*.py share: runs each case in PyTorch and writes inputs, results and gradients to one file.

Install on Debian:  apt-get install -y python3-torch
Run:                python3 operators_<family>.py [folder]
"""
import os, sys
import torch
from safetensors_writer import write


def make(script, seed, cases_of):
    """Writes <script>.safetensors. cases_of(normal) gives {name: (function, [inputs])}; normal(*shape) draws float64 numbers.

    For each case: its inputs x0, x1, ..., its result y, and, where y depends differentiably on them, a random weighting r of the
    result and the gradients dx0, dx1, ... of the sum of r·y.
    """
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    tensors = {}
    for name, (function, inputs) in cases_of(normal).items():
        inputs = [x.detach().clone().requires_grad_() for x in inputs]
        y = function(*inputs)
        tensors[f"{name}.y"] = y
        if y.requires_grad:
            tensors[f"{name}.r"] = r = normal(*y.shape)
            (r * y).sum().backward()
        for i, x in enumerate(inputs):
            tensors[f"{name}.x{i}"] = x
            if y.requires_grad:
                tensors[f"{name}.dx{i}"] = x.grad if x.grad is not None else torch.zeros_like(x)
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(script))
    name = os.path.splitext(os.path.basename(script))[0]
    write(os.path.join(folder, f"{name}.safetensors"), tensors,
          {"script": f"{name}.py", "seed": repr(seed), "pytorch": torch.__version__})
