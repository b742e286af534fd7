#!/usr/bin/env python3
"""Writes numpy_types.h: arrays of every type, order and endianness as NumPy saves them. The tests need no NumPy."""
import io
import numpy
from fixture import header

SHAPE = (2, 3, 4)
KINDS = ["?", "i1", "u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8",
         "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]
REFUSED = {"complex": numpy.zeros(2, "<c8"), "object": numpy.array([None, 1], object), "string": numpy.array(["a"]),
           "bytes": numpy.array([b"a"]), "date": numpy.zeros(1, "<M8[s]"), "structured": numpy.zeros(1, "f4,i4")}
HALVES = [0, -0.0, 1, -2, 65504, 2.0**-24, 2.0**-14, 0.333251953125, numpy.inf, -numpy.inf]


def saved(a):
    f = io.BytesIO()
    numpy.save(f, a)
    return f.getvalue()


def values(kind):
    """Both ends of what the type has, and numbers that tell the axes apart."""
    a = numpy.arange(24).reshape(SHAPE) * 5
    if kind == "?":
        return (a % 3 == 0).astype(kind)
    t = numpy.dtype(kind)
    out = a.astype(kind)
    if t.kind in "iu":
        out[0, 0, 1] = min(numpy.iinfo(t).max, 2**53)
        out[1, 2, 2] = max(numpy.iinfo(t).min, -(2**53))
    else:
        out[0, 0, 1] = -0.5
    return out


def array(name, data):
    return f"static const unsigned char {name}[] = {{" + ", ".join(map(str, data)) + "};"


def main():
    lines = ["/* numpy_types.h -- written by make_numpy.py: what NumPy saves, and what it means. */",
             "/* clang-format off */"]
    cases = []
    for kind in KINDS:
        for order in "CF":
            a = values(kind)
            name = "npy_" + kind.replace("<", "little_").replace(">", "big_").replace("?", "bool") + order.lower()
            lines.append(array(name, saved(numpy.asarray(a, order=order))))
            numbers = ", ".join(repr(float(v)) for v in a.flatten())
            cases.append(f'    {{"{kind} {order}", {name}, sizeof {name}, {{{numbers}}}}},')
    lines += ["static const struct {\n    const char *name;\n    const unsigned char *bytes;\n    size_t n;\n"
              "    double values[24];\n} npy_cases[] = {", *cases, "};"]
    lines.append(array("npy_halves", saved(numpy.array(HALVES, "<f2"))))
    lines.append(array("npy_largest", saved(numpy.array([1, 2**64 - 1], "<u8"))))
    for name, a in REFUSED.items():
        lines.append(array("npy_" + name, saved(a)))
    f = io.BytesIO()
    numpy.savez_compressed(f, x=numpy.asfortranarray(values(">f4")), y=values("<f2"))
    lines.append(array("npz_mixed", f.getvalue()))
    with header("numpy_types.h") as out:
        print("\n".join(lines), file=out)


main()
