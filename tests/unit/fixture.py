"""How the make_*.py of this folder write their headers: beside themselves, in lines of at most 120 columns."""
import contextlib
import io
import os
import re
import sys

WIDTH = 120


def wrapped(line):
    """Breaks a line behind commas that stand in no string."""
    rest, lines = line, []
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    while len(rest) > WIDTH:
        at = max(m.end() for m in re.finditer(r'"[^"]*"|, ', rest[:WIDTH + 1]) if m.group() == ", ")
        lines.append(rest[:at - 1])
        rest = indent + rest[at:]
    return "\n".join(lines + [rest])


@contextlib.contextmanager
def header(name):
    """What is printed into this file becomes the header."""
    f = io.StringIO()
    yield f
    folder = os.path.dirname(os.path.abspath(sys.argv[0]))
    with open(os.path.join(folder, name), "w") as out:
        out.write("".join(wrapped(line) + "\n" for line in f.getvalue().splitlines()))
