#!/usr/bin/env python3
"""Writes picture_files.h: small .jpeg files by Pillow, and what Pillow makes of them. The tests need no Pillow."""
import io
from PIL import Image, ImageOps
from fixture import header

WIDTH, HEIGHT, ORIENTATION = 32, 16, 0x112
CORNERS = [(200, 30, 40), (20, 180, 60), (40, 50, 220), (230, 220, 30)]


def quarters(mode="RGB"):
    m = Image.new("RGB", (WIDTH, HEIGHT))
    for i, colour in enumerate(CORNERS):
        x, y = i % 2 * WIDTH // 2, i // 2 * HEIGHT // 2
        m.paste(colour, (x, y, x + WIDTH // 2, y + HEIGHT // 2))
    return m.convert(mode)


def saved(m, **options):
    f = io.BytesIO()
    m.save(f, "JPEG", quality=95, subsampling=0, **options)
    return f.getvalue()


def exif(orientation):
    e = Image.Exif()
    e[0x10F] = "camera"  # something in front of it
    e[ORIENTATION] = orientation
    return e.tobytes()


def array(name, data):
    return f"static const unsigned char {name}[] = {{" + ", ".join(map(str, data)) + "};"


def corners(m):
    w, h = m.size
    return [m.getpixel((x, y)) for y in (h // 4, h * 3 // 4) for x in (w // 4, w * 3 // 4)]


def case(data):
    m = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    numbers = ", ".join(str(v) for c in corners(m) for v in c)
    return f"{{{m.size[0]}, {m.size[1]}, {{{numbers}}}}}"


def main():
    lines = ["/* picture_files.h -- written by make_pictures.py: .jpeg files, and the middles of their quarters in\n"
             " * Pillow. */",
             "/* clang-format off */",
             "struct jpeg_case {\n    int width, height;\n    unsigned char quarters[12];\n};"]
    files = [saved(quarters(), exif=exif(i)) for i in range(1, 9)]
    lines.append(array("jpeg_turned", files[0]))
    places = {i for f in files[1:] for i in range(len(f)) if f[i] != files[0][i]}
    assert len(places) == 1 and len({len(f) for f in files}) == 1
    lines.append(f"enum {{ JPEG_ORIENTATION = {places.pop()} }}; /* the byte that tells it */")
    lines.append("static const struct jpeg_case jpeg_upright[] = {" + ", ".join(case(f) for f in files) + "};")
    printed = saved(quarters("CMYK"))
    lines.append(array("jpeg_cmyk", printed))
    lines.append(f"static const struct jpeg_case jpeg_printed = {case(printed)};")
    with header("picture_files.h") as f:
        print("\n".join(lines), file=f)


main()
