"""net_text.py -- reads what `cnnc --emit=net` prints, for torch_step.py and keras_step.py."""
import re
from collections import namedtuple

BATCHES = 64  # that images are picked from, as many as runtime/bench/bench.c makes up

# `label: Name bare... key=word... {`; sources: the labels of from=; of a closing brace the name is '}'
Statement = namedtuple("Statement", "label name bare keyed sources opens")


def pair(word):
    numbers = [int(n) for n in word.split("x")]
    return numbers if len(numbers) == 2 else numbers * 2


def statements(lines):
    for line in lines:
        label, text = re.match(r"(?:([A-Za-z_0-9]+):\s)?\s*(.*)", line.strip()).groups()
        if not text or not (text[0].isalpha() or text == "}"):
            continue
        words = re.sub(r", *", ",", text.rstrip(" {")).split()
        keyed = dict(w.split("=", 1) for w in words[1:] if "=" in w)
        if "bias" in keyed:
            keyed["use_bias"] = keyed["bias"]
        sources = [word for word in keyed.get("from", "").strip("[]").split(",") if word]
        yield Statement(label, words[0], [w for w in words[1:] if "=" not in w], keyed, sources, text.endswith("{"))


def median(times):
    """Of what remains when the first tenth, the warm-up, is left out."""
    times = sorted(times[len(times) // 10:])
    return times[len(times) // 2]
