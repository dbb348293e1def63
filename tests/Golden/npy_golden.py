"""Writes small .npy and .npz files with NumPy; tests/Formats.Tests/Npy reads them. Usage: npy_golden.py [folder]"""
import sys
from pathlib import Path

import numpy

DTYPES = ["f4", "f8", "f2", "i8", "i4", "u1", "?"]


def numbers(dtype, shape):
    """0, 3, 6, … as dtype, halved and moved below zero where the dtype allows; every other one true for booleans."""
    values = numpy.arange(numpy.prod(shape, dtype=int)).reshape(shape)
    if dtype == "?":
        return values % 2 == 0
    return (values * 3 if dtype == "u1" else values * 3 - 7).astype(dtype) / (numpy.array(2, dtype) if "f" in dtype else 1)


def write(folder):
    arrays = {}
    for dtype in DTYPES:
        name = dtype.replace("?", "b1")
        little = numbers(dtype, (2, 3, 2)).astype(dtype)
        arrays[name] = little
        numpy.save(folder / f"{name}.npy", little)
        numpy.save(folder / f"{name}_fortran.npy", numpy.asfortranarray(little))
        if little.itemsize > 1:
            numpy.save(folder / f"{name}_big.npy", little.astype(">" + dtype))
    with open(folder / "version2.npy", "wb") as file:
        numpy.lib.format.write_array(file, arrays["f4"], version=(2, 0))
    with open(folder / "version3.npy", "wb") as file:
        numpy.lib.format.write_array(file, numpy.asfortranarray(arrays["i8"].astype(">i8")), version=(3, 0))
    numpy.save(folder / "scalar.npy", numpy.array(-2.5, "f4"))
    numpy.save(folder / "empty.npy", numpy.zeros((3, 0, 2), "i4"))
    numpy.savez(folder / "arrays.npz", **arrays)
    numpy.savez_compressed(folder / "compressed.npz", **{"h.0/π": arrays["f8"], "zeros": numpy.zeros((50, 40), "f4")})
    with open(folder / "object.npy", "wb") as file:
        numpy.save(file, numpy.array([{"a": 1}], dtype=object), allow_pickle=True)
    numpy.save(folder / "complex.npy", numpy.array([1 + 2j], "c8"))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "npy")
