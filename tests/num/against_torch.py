#!/usr/bin/python3
"""against_torch.py -- random networks against PyTorch itself, where it is installed:
against_torch.py [N [SEED [TARGET]]]

Each network of randnet is compiled, and `gradients` and `predict` of one batch are compared with float64, as run.sh
compares the committed fixtures. Prints the seeds that fail; status 1 when there are any. Run from the root of the tree.
"""
import os
import shlex
import subprocess
import sys
import tempfile

import numpy as np

import fixture

BUILD = os.environ.get("BUILD", "build")
CC = os.environ.get("CC", "cc")
MARCH = {"native": ["-march=native"], "generic": []}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def difference(a, b):
    """The largest error, as a part of the largest element of b."""
    if a.shape != b.shape:
        return np.inf
    e = np.abs(a - b).max() / max(np.abs(b).max(), 1e-30)
    return e if np.isfinite(e) else np.inf


def build(text, target, d):
    with open(d + "/net.net", "w") as f:
        f.write(text)
    run(BUILD + "/cnnc", "--target=" + target, "-o", d + "/net.c", d + "/net.net")
    flags = shlex.split(run(BUILD + "/cnnc", "--cflags", "--libs"))
    run(CC, "-std=c11", "-O1", *MARCH.get(target, ["-march=" + target]), "-o", d + "/net", d + "/net.c", *flags)


def check(text, seed, target, d):
    """'' or what is wrong."""
    build(text, target, d)
    made = fixture.make(text, [1, 2, 5, 17, 35][seed % 5], seed)
    if made is None:
        return ""
    x, y, w, p, loss, grads = made
    np.save(d + "/x.npy", x)
    np.save(d + "/y.npy", y)
    np.savez(d + "/w.npz", **w)
    run(d + "/net", "gradients", "--weights", d + "/w.npz", "--input", d + "/x.npy", "--target", d + "/y.npy",
        "-o", d + "/g.npz")
    run(d + "/net", "predict", "--weights", d + "/w.npz", "--input", d + "/x.npy", "-o", d + "/p.npy")
    g = np.load(d + "/g.npz")
    wrong = [f"{k}: {e:.3g}" for k, e in ((k, difference(g[k], v)) for k, v in grads.items()) if e > 2e-4]
    wrong += [f"loss: {g['loss']} not {loss}"] if difference(g["loss"], np.float64(loss)) > 1e-5 else []
    wrong += ["predictions"] if difference(np.load(d + "/p.npy"), p) > 2e-5 else []
    return ", ".join(wrong)


def main():
    count, first = (int(a) for a in (sys.argv[1:3] + ["20", "1"][len(sys.argv) - 1:])[:2])
    target = sys.argv[3] if len(sys.argv) > 3 else "native"
    failed = 0
    with tempfile.TemporaryDirectory() as d:
        run(CC, "-std=c11", "-O1", "-o", d + "/randnet", os.path.join(os.path.dirname(__file__), "randnet.c"))
        for seed in range(first, first + count):
            text = run(d + "/randnet", str(seed))
            try:
                wrong = check(text, seed, target, d)
            except subprocess.CalledProcessError as e:
                wrong = f"{' '.join(e.cmd)}\n{e.stderr[:2000]}"
            if wrong:
                failed += 1
                print(f"randnet {seed}: {wrong}", flush=True)
    print(f"{count - failed} of {count} agree")
    return failed > 0


sys.exit(main())
