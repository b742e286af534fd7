#!/usr/bin/env python3
"""Writes resize_fixture.h: what PyTorch's antialiased bilinear interpolation makes of a small picture. The tests need
no PyTorch."""
import torch
from fixture import header

HEIGHT, WIDTH, CHANNELS = 11, 7, 3
SIZES = [(11, 7), (4, 3), (5, 7), (22, 14), (13, 5), (1, 1), (3, 20)]


def main():
    torch.manual_seed(1)
    picture = torch.randint(0, 256, (HEIGHT, WIDTH, CHANNELS))
    lines = [
        "/* resize_fixture.h -- written by make_resize.py: a picture, and PyTorch's interpolate(mode=\"bilinear\",\n"
        " * antialias=True) of it. */",
        "/* clang-format off */",
        f"enum {{ RESIZE_HEIGHT = {HEIGHT}, RESIZE_WIDTH = {WIDTH}, RESIZE_CHANNELS = {CHANNELS} }};",
        "static const unsigned char resize_picture[] = {" + ", ".join(map(str, picture.flatten().tolist())) + "};",
    ]
    x = picture.permute(2, 0, 1)[None].double()
    for i, size in enumerate(SIZES):
        y = torch.nn.functional.interpolate(x, size=size, mode="bilinear", antialias=True, align_corners=False)
        values = ", ".join(f"{v:.4f}" for v in y[0].permute(1, 2, 0).flatten().tolist())
        lines.append(f"static const double resize_{i}[] = {{{values}}};")
    lines.append("static const struct {\n    int height, width;\n    const double *expected;\n} resize_cases[] = {")
    lines += [f"    {{{h}, {w}, resize_{i}}}," for i, (h, w) in enumerate(SIZES)]
    lines.append("};")
    with header("resize_fixture.h") as f:
        print("\n".join(lines), file=f)


main()
