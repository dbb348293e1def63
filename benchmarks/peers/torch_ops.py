#!/usr/bin/env python3
"""Single operators in PyTorch: the peer of MiniStack's CPU kernels.

Install on Debian:  apt-get install -y python3-torch libopenblas0-pthread
Alone:              OPENBLAS_NUM_THREADS=2 OMP_NUM_THREADS=2 /usr/bin/python3 torch_ops.py --threads 2
                    prints one JSON object for every row of ROWS.
For the benchmark:  with --serve it reads rows to run from its input, one JSON object a line, {"op", "shape", "seconds"}, and
                    answers each with {"us": [...]}: the times of all calls, in microseconds. So both sides can take turns.

An operator is a function of a shape that returns (prepare, work): prepare runs before each call and is not timed.
"""
import argparse
import functools
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

ELEMENTS = 4 * 1024 * 1024
ROWS_SHAPE = (4096, 1024)
TABLE, GATHERED, WIDTH = 8192, 16384, 256

MATMULS = [(64, 64, 64), (128, 128, 128), (256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048),
           (768, 128, 384), (768, 128, 512), (768, 512, 128), (768, 128, 65), (4096, 384, 1536), (256, 768, 2304),
           (1, 768, 3072), (1, 4096, 4096), (8, 4096, 4096)]

CONVOLUTIONS = ["16x32x28x64x3x1x1", "16x3x224x64x7x2x3", "16x64x56x64x3x1x1", "16x64x56x128x3x2x1", "16x64x56x128x1x2x0",
                "16x128x28x128x3x1x1", "16x256x14x256x3x1x1", "16x512x7x512x3x1x1"]

DEVICE = "cpu"


def randn(*shape, **options):
    return torch.randn(*shape, device=DEVICE, **options)


def randint(*arguments):
    return torch.randint(*arguments, device=DEVICE)


def synchronize():
    """Before the clock is read: a GPU works later than it is asked to."""
    if DEVICE == "cuda":
        torch.cuda.synchronize()


def sizes(shape):
    return [int(size) for size in shape.split("x")]


def forward(work):
    """An operator that is measured without gradients."""
    def run():
        with torch.no_grad():
            return work()
    return None, run


def backward(make):
    """The gradient alone: the forward pass of every call is made before the clock starts."""
    state = {}

    def prepare():
        y, inputs, dy = make()
        state["work"] = lambda: torch.autograd.grad(y, inputs, dy)

    return prepare, lambda: state["work"]()


def matmul(shape, transpose_a=False, transpose_b=False):
    *batch, m, k, n = sizes(shape)
    a = randn(*batch, *((k, m) if transpose_a else (m, k)))
    b = randn(*batch, *((n, k) if transpose_b else (k, n)))
    a, b = (a.transpose(-1, -2) if transpose_a else a), (b.transpose(-1, -2) if transpose_b else b)
    return forward(lambda: a @ b)


def unary(function):
    def make(shape):
        x = randn(ELEMENTS)
        return forward(lambda: function(x))

    def make_backward(shape):
        x, dy = randn(ELEMENTS, requires_grad=True), randn(ELEMENTS)
        return backward(lambda: (function(x), [x], dy))

    return make, make_backward


def rows(function, weights=0):
    """A function of a matrix of rows and of some weights of one row each."""
    def make(shape):
        x = randn(*ROWS_SHAPE)
        extra = [randn(ROWS_SHAPE[1]) for _ in range(weights)]
        return forward(lambda: function(x, *extra))

    def make_backward(shape):
        x = randn(*ROWS_SHAPE, requires_grad=True)
        extra = [randn(ROWS_SHAPE[1], requires_grad=True) for _ in range(weights)]
        with torch.no_grad():
            dy = torch.randn_like(function(x, *extra))
        return backward(lambda: (function(x, *extra), [x, *extra], dy))

    return make, make_backward


def rms_norm(x, weight):
    """PyTorch 1.13 has no RMSNorm: this is what its users write."""
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * weight


def cross_entropy():
    targets = functools.cache(lambda: randint(ROWS_SHAPE[1], (ROWS_SHAPE[0],)))  # on the device that is known later
    return rows(lambda x: F.cross_entropy(x, targets()))


def embedding():
    indices = functools.cache(lambda: randint(TABLE, (GATHERED,)))

    def make(shape):
        table = randn(TABLE, WIDTH)
        return forward(lambda: F.embedding(indices(), table))

    def make_backward(shape):
        table, dy = randn(TABLE, WIDTH, requires_grad=True), randn(GATHERED, WIDTH)
        return backward(lambda: (F.embedding(indices(), table), [table], dy))

    return make, make_backward


def attention(shape):
    """Causal attention as it is composed of operators: heads x time x size, forward and backward."""
    heads, context, size = sizes(shape)
    q, k, v = (randn(1, heads, context, size, requires_grad=True) for _ in range(3))
    dy = randn(1, heads, context, size)
    hidden = torch.ones(context, context, dtype=torch.bool, device=DEVICE).triu(1)

    def work():
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(size)
        y = scores.masked_fill(hidden, float("-inf")).softmax(-1) @ v
        return torch.autograd.grad(y, [q, k, v], dy)

    return None, work


def convolution(gradient=None):
    """Batch x channels x size x outputs x kernel x stride x padding; gradient 0 is that of the input, 1 that of the weight."""
    def make(shape):
        batch, channels, size, outputs, kernel, stride, padding = sizes(shape)
        x, w = randn(batch, channels, size, size), randn(outputs, channels, kernel, kernel)
        if gradient is None:
            return forward(lambda: F.conv2d(x, w, None, stride, padding))
        dy = torch.randn_like(F.conv2d(x, w, None, stride, padding))
        wanted = [gradient == 0, gradient == 1, False]
        return forward(lambda: torch.ops.aten.convolution_backward(
            dy, x, w, None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, wanted))

    return make


def add(shape):
    x, y = randn(ELEMENTS), randn(ELEMENTS)
    return forward(lambda: x + y)


def of_shape(function, weights=0):
    """A function of a tensor of the row's shape, and of so many weights of one number a channel (axis 1)."""
    def make(shape):
        x = randn(*sizes(shape))
        extra = [randn(x.shape[1]) for _ in range(weights)]
        return forward(lambda: function(x, *extra))

    def make_backward(shape):
        x = randn(*sizes(shape), requires_grad=True)
        extra = [randn(x.shape[1], requires_grad=True) for _ in range(weights)]
        with torch.no_grad():
            dy = torch.randn_like(function(x, *extra))
        return backward(lambda: (function(x, *extra), [x, *extra], dy))

    return make, make_backward


def batch_norm(x, weight, bias):
    """In training, as a layer calls it: the running statistics change too."""
    mean, variance = torch.zeros_like(weight), torch.ones_like(weight)
    return F.batch_norm(x, mean, variance, weight, bias, training=True)


OPS = {
    "matmul": matmul,
    "matmul a·bᵀ": lambda shape: matmul(shape, transpose_b=True),
    "matmul aᵀ·b": lambda shape: matmul(shape, transpose_a=True),
    "matmul aᵀ·bᵀ": lambda shape: matmul(shape, transpose_a=True, transpose_b=True),
    "add": add,
    "transpose-copy": rows(lambda x: x.t().contiguous())[0],
    "attention": attention,
    "conv": convolution(),
    "conv input gradient": convolution(gradient=0),
    "conv weight gradient": convolution(gradient=1),
}
for name, pair in {
    "exp": unary(torch.exp), "tanh": unary(torch.tanh), "gelu": unary(F.gelu), "silu": unary(F.silu),
    "sum": unary(torch.sum), "sum-axis0": rows(lambda x: x.sum(0)), "sum-axis1": rows(lambda x: x.sum(1)),
    "softmax": rows(lambda x: x.softmax(-1)),
    "layernorm": rows(lambda x, w, b: F.layer_norm(x, (ROWS_SHAPE[1],), w, b), weights=2),
    "rmsnorm": rows(rms_norm, weights=1),
    "cross-entropy": cross_entropy(),
    "embedding": embedding(),
    "sort": of_shape(lambda x: x.sort()[0]),
    "topk 10": of_shape(lambda x: x.topk(10)[0]),
    "cumsum": of_shape(lambda x: x.cumsum(-1)),
    "cumsum-axis0": of_shape(lambda x: x.cumsum(0)),
    "max-pool 2": of_shape(lambda x: F.max_pool2d(x, 2)),
    "max-pool 3/2": of_shape(lambda x: F.max_pool2d(x, 3, 2, 1)),
    "avg-pool 2": of_shape(lambda x: F.avg_pool2d(x, 2)),
    "avg-pool 3/2": of_shape(lambda x: F.avg_pool2d(x, 3, 2, 1)),
    "adaptive-avg 1": of_shape(lambda x: F.adaptive_avg_pool2d(x, 1)),
    "batch-norm": of_shape(batch_norm, weights=2),
    "group-norm 8": of_shape(lambda x, w, b: F.group_norm(x, 8, w, b), weights=2),
    "nearest 2": of_shape(lambda x: F.interpolate(x, scale_factor=2, mode="nearest")),
    "bilinear 2": of_shape(lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)),
}.items():
    OPS[name], OPS[name + " backward"] = pair

IMAGES, FEATURES, VECTORS = "16x64x112x112", "16x64x56x56", "4096x1000"
SHAPES = {op + direction: shapes for op, shapes in {
    "sort": [VECTORS, "1x1048576"], "topk 10": [VECTORS], "cumsum": [VECTORS], "cumsum-axis0": [VECTORS],
    "max-pool 2": [IMAGES], "max-pool 3/2": [IMAGES], "avg-pool 2": [IMAGES], "avg-pool 3/2": [IMAGES],
    "adaptive-avg 1": ["16x512x7x7"], "batch-norm": [FEATURES], "group-norm 8": [FEATURES],
    "nearest 2": [FEATURES], "bilinear 2": [FEATURES],
}.items() for direction in ("", " backward")}

ROWS = [("matmul", "x".join(map(str, shape))) for shape in MATMULS] + [
    (op, "4Mi") for op in OPS if not op.startswith(("matmul", "conv")) and op != "attention" and op not in SHAPES] + [
    ("attention", f"8x{context}x64") for context in (256, 512, 1024, 2048)] + [
    (op, shape) for op, shapes in SHAPES.items() for shape in shapes] + [
    (op, shape) for op in OPS if op.startswith("conv") for shape in CONVOLUTIONS]


def timed(prepare, work, seconds, least, repeats=1):
    """Microseconds of each call until the time is over, after one that is not counted; with repeats, of so many calls in a row, on average."""
    times, end = [], time.perf_counter() + seconds
    while len(times) <= least or time.perf_counter() < end:
        if prepare:
            prepare()
        synchronize()
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        synchronize()
        times.append((time.perf_counter() - start) * 1e6 / repeats)
    return times[1:]


def serve():
    cases = {}
    print(json.dumps({"peer": "pytorch " + torch.__version__, "threads": torch.get_num_threads(),
                      "device": torch.cuda.get_device_name() if DEVICE == "cuda" else DEVICE}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        key = (request["op"], request["shape"])
        if key not in cases:
            cases.clear()  # one case at a time: their operands are large
            torch.manual_seed(7)
            cases[key] = OPS[key[0]](key[1])
        print(json.dumps({"us": timed(*cases[key], request["seconds"], least=2, repeats=request.get("repeats", 1))}), flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--device", default="cpu", help="cpu or cuda; on a GPU, F32 is F32: TF32 is off")
    p.add_argument("--seconds", type=float, default=1.0, help="for each row")
    p.add_argument("--serve", action="store_true")
    a = p.parse_args()
    global DEVICE
    DEVICE = a.device
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.set_num_threads(a.threads)
    torch.manual_seed(7)
    if a.serve:
        serve()
        return
    for op, shape in ROWS:
        times = sorted(timed(*OPS[op](shape), a.seconds, least=5))
        print(json.dumps({"peer": "pytorch " + torch.__version__, "op": op, "shape": shape, "threads": a.threads,
                          "min_us": round(times[0], 1), "median_us": round(times[len(times) // 2], 1)}), flush=True)


if __name__ == "__main__":
    main()
