#!/usr/bin/env python3
"""Images under affine maps of their plane, by PyTorch's affine_grid and grid_sample.

Install on Debian:  apt-get install -y python3-torch
Run:                python3 data_affine.py [folder]
"""
import math, os, sys
import torch
import torch.nn.functional as F
from safetensors_writer import write

SEED, CHANNELS, HEIGHT, WIDTH = 91, 2, 5, 7
# Turn in radians, lean, stretch of x and of y, move of x and of y in pixels.
MAPS = [(0, 0, 1, 1, 0, 0), (0.3, 0, 1, 1, 0, 0), (0, 0.4, 1, 1, 0, 0), (0, 0, 1.3, 0.7, 0, 0), (0, 0, 1, 1, 1.25, -0.6),
        (-0.5, 0.2, 0.9, 1.2, 0.5, 1.5), (2.5, -0.3, 1.6, 1.4, -2.2, 0.1)]


def moved(image, turn, lean, x, y, right, down):
    """The map's matrix is turn · lean · stretch; affine_grid wants its inverse, in units of half the image."""
    turns = torch.tensor([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]], dtype=torch.float64)
    leans = torch.tensor([[1, lean], [0, 1]], dtype=torch.float64)
    stretches = torch.diag(torch.tensor([x, y], dtype=torch.float64))
    back = torch.linalg.inv(turns @ leans @ stretches)
    half = torch.tensor([WIDTH / 2, HEIGHT / 2], dtype=torch.float64)
    offset = -(back @ torch.tensor([right, down], dtype=torch.float64)) / half
    theta = torch.cat([back * half / half[:, None], offset[:, None]], 1)
    grid = F.affine_grid(theta[None], [1, CHANNELS, HEIGHT, WIDTH], align_corners=False)
    return F.grid_sample(image[None], grid, mode="bilinear", padding_mode="zeros", align_corners=False)[0]


image = torch.randn(CHANNELS, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(SEED), dtype=torch.float64)
tensors = {"image": image, "maps": torch.tensor(MAPS, dtype=torch.float64)}
tensors.update({f"moved.{i}": moved(image, *map) for i, map in enumerate(MAPS)})
folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
write(os.path.join(folder, "data_affine.safetensors"), tensors,
      {"script": "data_affine.py", "seed": repr(SEED), "pytorch": torch.__version__})
