#!/usr/bin/python3
"""make_fixtures.py -- what PyTorch, in float64, says about the networks of gradients/ and train/.

    make_fixtures.py [NAME...]        needs numpy and PyTorch; running the tests needs neither

For gradients/NAME.net writes gradients/NAME/: x.npy y.npy w.npz (one batch and the weights), p.npy (outputs) and g.npz (the loss
and a gradient a parameter). A comment `# fixture: n=5 seed=3` in the .net sets the batch. A parameter of more than 4,000 elements
is stored as a sample: NAME@index, NAME@value, NAME@norm (Euclidean) and NAME@max.

For train/NAME.net writes train/NAME.npz, the weights after 100 steps from train/w0.npz on train/x.npy, train/y.npy; the
optimisers are Keras 3's formulas, in optimizers.py.
"""
import os
import re
import sys
import zlib

import numpy as np
import torch

import netref
import optimizers

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = 2000
torch.set_num_threads(1)


def quantized(rng, shape, scale):
    """Uniform in +-scale in 32 steps: a large kernel that compresses well."""
    return ((rng.integers(-16, 16, shape) + 0.5) / 16 * scale).astype(np.float32)


def maker(rng, dtype):
    def make(name, shape, fan):
        scale = (3.0 / fan) ** 0.5
        large = np.prod(shape) > 4000
        w = quantized(rng, shape, scale) if large else (rng.uniform(-scale, scale, shape)).astype(np.float32)
        return torch.tensor(w, dtype=dtype, requires_grad=True)
    return make


def targets(loss, y, rng):
    n, size = y.shape[0], tuple(y.shape)
    if loss.startswith("sparse"):
        return rng.integers(0, size[-1], n).astype(np.int32)
    if loss == "categorical_crossentropy":
        t = rng.uniform(0.1, 1, size)
        return (t / t.sum(-1, keepdims=True)).astype(np.float32)
    if loss == "binary_crossentropy":
        return rng.integers(0, 2, size).astype(np.float32)
    return (1.5 * rng.standard_normal(size)).astype(np.float32)


def evaluate(text, x, seed, y, dtype):
    """Loss, output and gradients; y None: made here, from the shape of the output."""
    rng = np.random.default_rng(seed)
    net = netref.Net(text, maker(rng, dtype))
    xt = torch.tensor(x, dtype=dtype)
    if y is None:
        y = targets(net.setting("loss")[0][0], net.forward(xt), rng)
    t = torch.tensor(y, dtype=torch.int64 if y.dtype == np.int32 else dtype)
    loss, p = net.loss(xt, t)
    loss.backward()
    return net, y, loss.item(), p.detach().numpy(), {k: v.grad.numpy() for k, v in net.params.items()}


def agree(a, b, rtol):
    return all(np.abs(a[k] - b[k]).max() <= rtol * np.abs(a[k]).max() for k in a)


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
    m = re.search(r"# fixture: (.*)", text)
    setting = dict(w.split("=") for w in m.group(1).split()) if m else {}
    n = int(setting.get("n", 5))
    name = os.path.basename(path)[:-4]
    first = int(setting.get("seed", zlib.crc32(name.encode()) % 1000))
    # a seed where float32 sees the same side of every kink and the same maximum of every window
    for seed in range(first, first + 50):
        rng = np.random.default_rng(seed)
        shape = netref.Net(text, None).input
        x = rng.standard_normal([n] + shape).astype(np.float32)
        net, y, loss, p, grads = evaluate(text, x, seed, None, torch.float64)
        if agree(grads, evaluate(text, x, seed, y, torch.float32)[4], 2e-5):
            break
    else:
        sys.exit(f"{path}: float32 never agrees with float64")
    if not all(np.abs(g).max() > 1e-9 for g in grads.values()):
        print(f"{path}: a gradient is zero", file=sys.stderr)
    d = path[:-4]
    os.makedirs(d, exist_ok=True)
    np.save(d + "/x.npy", x)
    np.save(d + "/y.npy", y)
    np.save(d + "/p.npy", p.astype(np.float32))
    np.savez_compressed(d + "/w.npz", **{k: v.detach().numpy().astype(np.float32) for k, v in net.params.items()})
    np.savez_compressed(d + "/g.npz", loss=np.float64(loss), **sampled(grads, rng))
    print(f"{name}: seed {seed}, loss {loss:.6g}, {sum(v.numel() for v in net.params.values())} parameters")


def train(path):
    text = open(path).read()
    base = os.path.dirname(path)
    w0 = np.load(base + "/w0.npz")
    x, y = np.load(base + "/x.npy"), np.load(base + "/y.npy")
    net = netref.Net(text, lambda name, shape, fan: torch.tensor(w0[name], dtype=torch.float64, requires_grad=True))
    net.forward(torch.tensor(x[:1], dtype=torch.float64))
    last = optimizers.run(net, torch.tensor(x, dtype=torch.float64), torch.tensor(y), steps=100)
    np.savez_compressed(path[:-4] + ".npz", **{k: v.detach().numpy() for k, v in net.params.items()})
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


def main():
    only = sys.argv[1:]
    os.chdir(HERE)
    if not only:
        dataset("train")
    for folder, run in (("gradients", gradients), ("train", train)):
        for f in sorted(os.listdir(folder)):
            if f.endswith(".net") and (not only or f[:-4] in only):
                run(os.path.join(folder, f))


main()
