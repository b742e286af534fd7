#!/usr/bin/python3
"""make_fixtures.py -- what PyTorch, in float64, says about the networks of gradients/, ports/ and train/.

    make_fixtures.py [NAME...]        needs numpy and PyTorch; running the tests needs neither

For gradients/NAME.net writes gradients/NAME/: x.npy y.npy w.npz (one batch and the weights), p.npy (outputs) and g.npz (the
loss and a gradient a parameter). A comment `# fixture: n=5` in the .net sets the batch. A parameter of more than 4,000
elements is stored as a sample: NAME@index, NAME@value, NAME@norm (Euclidean) and NAME@max.

For ports/NAME.net, a network with several inputs or outputs, it writes the same, but xy.npz, and p.npz of several outputs.

For train/NAME.net writes train/NAME.npz, the weights after 100 steps from train/w0.npz on train/x.npy, train/y.npy; the
optimisers are Keras 3's formulas, in optimizers.py. A network with other parameters than those of train/w0.npz starts
from train/NAME/w0.npz, which is written too. Those whose .net says `# fixture: make_follow.py` are that program's.
"""
import os
import re
import sys
import zlib

import numpy as np
import torch

import fixture
import netref
import optimizers

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = 2000


def sampled(grads, rng):
    out = {}
    for name, g in grads.items():
        if g.size <= 4000:
            out[name] = g.astype(np.float32)
            continue
        index = np.sort(rng.choice(g.size, SAMPLE, replace=False)).astype(np.int32)
        out[name + "@index"] = index
        out[name + "@value"] = g.reshape(-1)[index].astype(np.float32)
        out[name + "@norm"] = np.float64(np.linalg.norm(g))
        out[name + "@max"] = np.float64(np.abs(g).max())
    return out


def gradients(path):
    text = open(path).read()
    m = re.search(r"# fixture: n=(\d+)", text)
    name = os.path.basename(path)[:-4]
    made = fixture.make(text, int(m.group(1)), zlib.crc32(name.encode()) % 1000)
    if made is None:
        sys.exit(f"{path}: float32 never agrees with float64")
    x, y, w, p, loss, grads = made
    if not all(np.abs(g).max() > 1e-9 for k, g in grads.items() if ".moving_" not in k):
        print(f"{path}: a gradient is zero", file=sys.stderr)
    d = path[:-4]
    os.makedirs(d, exist_ok=True)
    if isinstance(x, dict):
        np.savez_compressed(d + "/xy.npz", **x, **y)
        p = p if len(p) > 1 else p.popitem()[1]
    else:
        np.save(d + "/x.npy", x)
        np.save(d + "/y.npy", y)
    if isinstance(p, dict):
        np.savez_compressed(d + "/p.npz", **p)
    else:
        np.save(d + "/p.npy", p)
    np.savez_compressed(d + "/w.npz", **w)
    np.savez_compressed(d + "/g.npz", loss=np.float64(loss), **sampled(grads, np.random.default_rng(1)))
    print(f"{name}: loss {loss:.6g}, {sum(v.size for v in w.values())} parameters")


def train(path):
    text = open(path).read()
    base = os.path.dirname(path)
    w0 = dict(np.load(base + "/w0.npz"))
    x, y = np.load(base + "/x.npy"), np.load(base + "/y.npy")
    rng, known = np.random.default_rng(3), set(w0)

    def make(name, shape, fan):
        if name not in w0 and name.endswith(("kernel", "vector_u")):
            w0[name] = rng.uniform(-0.5, 0.5, shape).astype(np.float32)
        elif name not in w0:
            w0[name] = np.full(shape, name.endswith(("gamma", "variance")), np.float32)
        elif list(w0[name].shape) != list(shape):
            w0[name] = rng.uniform(-0.5, 0.5, shape).astype(np.float32)
        return torch.tensor(w0[name], dtype=torch.float64, requires_grad=True)

    net = netref.Net(text, make)
    net.training = False
    net.forward(torch.tensor(x[:1], dtype=torch.float64))
    net.training = True
    if set(w0) != known:
        os.makedirs(path[:-4], exist_ok=True)
        np.savez(path[:-4] + "/w0.npz", **{k: w0[k] for k in net.params | net.running})
    net.balanced = torch.tensor(len(y) / (3 * np.bincount(y)))
    last = optimizers.run(net, torch.tensor(x, dtype=torch.float64), torch.tensor(y), steps=100)
    np.savez_compressed(path[:-4] + ".npz", **{k: v.detach().numpy() for k, v in (net.params | net.running).items()})
    print(f"{os.path.basename(path)}: loss {last:.6g}")


def dataset(base):
    """Thirty-six points of six numbers in three noisy classes, and the first weights of a 6-8-3 network."""
    rng = np.random.default_rng(2)
    y = (np.arange(36) % 3).astype(np.int32)
    x = (rng.standard_normal((36, 6)) + np.eye(3, 6)[y] * 1.5).astype(np.float32)
    np.save(base + "/x.npy", x)
    np.save(base + "/y.npy", y)
    w = {"dense.kernel": (6, 8), "dense.bias": (8,), "dense_1.kernel": (8, 3), "dense_1.bias": (3,)}
    np.savez(base + "/w0.npz", **{k: rng.uniform(-0.5, 0.5, s).astype(np.float32) for k, s in w.items()})


def is_made_here(path):
    return not re.search(r"# fixture: \w+\.py", open(path).read())


def main():
    only = sys.argv[1:]
    os.chdir(HERE)
    if not only:
        dataset("train")
    for folder, run in (("gradients", gradients), ("ports", gradients), ("train", train)):
        for f in sorted(os.listdir(folder)):
            path = os.path.join(folder, f)
            if f.endswith(".net") and (not only or f[:-4] in only) and is_made_here(path):
                run(path)


main()
