"""What the scripts layers_*.py share: runs each layer in PyTorch and writes its state, inputs, results and gradients to one file.

Install on Debian:  apt-get install -y python3-torch
Run:                python3 layers_<family>.py [folder]
"""
import os, sys
import torch
from safetensors_writer import write


def flat(result):
    """All numbers of a tensor, or of tensors in tuples and lists, in one row; a single tensor keeps its shape."""
    if torch.is_tensor(result):
        return result
    return torch.cat([flat(part).reshape(-1) for part in result])


def make(script, seed, cases_of):
    """Writes <script>.safetensors. cases_of(normal) gives {name: (module, [inputs])} or {name: (module, [inputs], run)};
    normal(*shape) draws float64 numbers, and run(module, *inputs) calls the module where that is not all there is to it.

    For each case: the module's state before the call (state.<name>; drawn at random), its inputs x0, x1, ..., its result y, a random
    weighting r of the result, the gradients dx0, dx1, ... and d.<name> of the sum of r·y, and the buffers after the call (after.<name>).
    """
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    tensors = {}
    for name, (module, inputs, *run) in cases_of(normal).items():
        module = module.double()
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(normal(*parameter.shape) * 0.5)
            for key, buffer in module.named_buffers():
                if key in module.state_dict() and buffer.is_floating_point():
                    buffer.copy_(normal(*buffer.shape).abs() + 0.5 if key.endswith("var") else normal(*buffer.shape))
        tensors |= {f"{name}.state.{key}": value.clone() for key, value in module.state_dict().items()}
        inputs = [x.detach().clone().requires_grad_() for x in inputs]
        y = flat(run[0](module, *inputs) if run else module(*inputs))
        tensors[f"{name}.y"] = y
        tensors[f"{name}.r"] = r = normal(*y.shape)
        (r * y).sum().backward()
        for i, x in enumerate(inputs):
            tensors[f"{name}.x{i}"] = x
            tensors[f"{name}.dx{i}"] = x.grad
        tensors |= {f"{name}.d.{key}": parameter.grad for key, parameter in module.named_parameters()}
        tensors |= {f"{name}.after.{key}": buffer for key, buffer in module.named_buffers() if key in module.state_dict()}
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(script))
    name = os.path.splitext(os.path.basename(script))[0]
    write(os.path.join(folder, f"{name}.safetensors"), tensors,
          {"script": f"{name}.py", "seed": repr(seed), "pytorch": torch.__version__})
