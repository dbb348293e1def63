#!/usr/bin/env python3
"""One number from one, or from two. See operator_cases.py."""
import torch
import torch.nn.functional as F
from operator_cases import make


def cases(normal):
    def small():
        return 0.9 * torch.tanh(normal(3, 4))

    def positive():
        return 0.5 + normal(3, 4).abs()

    unary = {
        "negate": torch.neg, "abs": torch.abs, "sign": lambda x: torch.sign(x).detach(), "exp": torch.exp, "sin": torch.sin, "cos": torch.cos,
        "atan": torch.atan, "sinh": torch.sinh, "cosh": torch.cosh, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "erf": torch.erf,
        "floor": lambda x: torch.floor(x).detach(), "ceiling": lambda x: torch.ceil(x).detach(), "round": lambda x: torch.round(x).detach(),
        "relu": F.relu,
        "clamp": lambda x: torch.clamp(x, -0.51, 1.01),
        "masked_fill": lambda x: x.masked_fill(torch.tensor([True, False, True, False]), 2.0),
    }
    result = {name: (f, [2 * normal(3, 4)]) for name, f in unary.items()}
    far = torch.tensor([-90.0, -9.0, -5.0, 0.0, 5.0, 9.0, 90.0], dtype=torch.float64)
    result |= {"gelu": (F.gelu, [torch.cat([2 * normal(20), far])]), "silu": (F.silu, [torch.cat([2 * normal(20), far])])}
    result |= {name: (f, [small()]) for name, f in {"tan": torch.tan, "asin": torch.asin, "acos": torch.acos}.items()}
    result |= {name: (f, [positive()]) for name, f in {"log": torch.log, "sqrt": torch.sqrt}.items()}
    result |= {name: (f, [normal(3, 4), normal(3, 4)]) for name, f in {
        "add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "maximum": torch.maximum, "minimum": torch.minimum,
        "where": lambda a, b: torch.where(torch.tensor([True, False, True, True]), a, b),
    }.items()}
    result |= {name: (f, [positive(), positive()]) for name, f in {"divide": torch.div, "pow": torch.pow}.items()}
    result |= {name: (f, [normal(3, 4).round(), normal(4).round()]) for name, f in {
        "equal": torch.eq, "notequal": torch.ne, "less": torch.lt, "lessorequal": torch.le, "greater": torch.gt, "greaterorequal": torch.ge,
    }.items()}
    return result


if __name__ == "__main__":
    make(__file__, 42, cases)
