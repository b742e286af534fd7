"""fixture.py -- one batch of a network in float64: inputs, weights, outputs, loss and gradients."""
import numpy as np
import torch

import netref

torch.set_num_threads(1)


def quantized(rng, shape, scale):
    """Uniform in +-scale in 32 steps: a large kernel that compresses well."""
    return ((rng.integers(-16, 16, shape) + 0.5) / 16 * scale).astype(np.float32)


def maker(rng, dtype):
    def make(name, shape, fan):
        if fan is None:  # a running mean or variance
            return torch.tensor(rng.uniform(0.5, 1.5, shape).astype(np.float32) - name.endswith("mean"), dtype=dtype)
        scale = (3.0 / fan) ** 0.5
        large = np.prod(shape) > 4000
        w = quantized(rng, shape, scale) if large else (rng.uniform(-scale, scale, shape)).astype(np.float32)
        return torch.tensor(w, dtype=dtype, requires_grad=True)
    return make


def targets(loss, y, rng):
    n, size = y.shape[0], tuple(y.shape)
    if loss.startswith("sparse") or "generalized" in loss:
        return rng.integers(0, size[-1], size[:-1]).astype(np.int32)
    if loss == "circle":
        return rng.integers(0, 1 + n // 3, n).astype(np.int32) * 100
    if loss == "categorical_hinge":
        return np.eye(size[-1])[rng.integers(0, size[-1], size[:-1])].astype(np.float32)
    if loss.startswith("categorical") or loss == "kl_divergence":
        t = rng.uniform(0.1, 1, size)
        return (t / t.sum(-1, keepdims=True)).astype(np.float32)
    if loss.startswith("binary") or loss in ("hinge", "squared_hinge", "dice", "tversky"):
        return rng.integers(0, 2, size).astype(np.float32)
    if loss in ("poisson", "msle"):
        return rng.integers(0, 5, size).astype(np.float32)
    return (1.5 * rng.standard_normal(size)).astype(np.float32)


def each(function, arrays):
    """For the array, or each array of a network with ports."""
    return {k: function(v) for k, v in arrays.items()} if isinstance(arrays, dict) else function(arrays)


def drawn_targets(net, y, rng):
    if net.has_ports:
        losses = {named["on"]: words[0] for words, named in map(netref.options, net.train.body) if "on" in named}
        return {label: targets(losses[label], y[label], rng) for label in net.outputs}
    words, named = net.setting("loss")
    y = targets(words[0], y, rng)
    if "ignore_class" in named:
        y[rng.random(y.shape) < 0.3] = int(named["ignore_class"])
    return y


def evaluate(text, x, seed, y, dtype):
    """Loss, output and gradients; y None: made here, from the shape of the output."""
    rng = np.random.default_rng(seed)
    net = netref.Net(text, maker(rng, dtype))
    xt = each(lambda a: torch.tensor(a, dtype=dtype), x)
    net.training = False
    if y is None:
        y = drawn_targets(net, net.forward(xt), rng)
    net.forward(xt)  # makes all parameters
    net.training, first = True, dict(net.running)
    t = each(lambda a: torch.tensor(a, dtype=torch.int64 if a.dtype == np.int32 else dtype), y)
    loss, p = net.loss(xt, t)
    loss.backward()
    if net.running:  # what the network answers afterwards is made with the running statistics as they were
        net.training, net.running = False, first
        p = net.forward(xt)
    grads = {k: np.zeros_like(v.detach().numpy()) if k in net.frozen else v.grad.numpy() for k, v in net.params.items()}
    return net, y, loss.item(), each(lambda a: a.detach().numpy(), p), grads | {k: np.zeros(v.shape) for k, v in net.running.items()}


def agree(a, b, rtol):
    return all(np.abs(a[k] - b[k]).max() <= rtol * np.abs(a[k]).max() for k in a)


def make(text, n, first):
    """x, y, weights, outputs, loss, gradients of a batch of n; None when no seed will do."""
    net = netref.Net(text, None)
    shapes = net.inputs if net.has_ports else net.input
    # a seed where float32 sees the same side of every kink and the same maximum of every window
    for seed in range(first, first + 50):
        rng = np.random.default_rng(seed)
        x = each(lambda shape: rng.standard_normal([n] + shape).astype(np.float32), shapes)
        net, y, loss, p, grads = evaluate(text, x, seed, None, torch.float64)
        if agree(grads, evaluate(text, x, seed, y, torch.float32)[4], 2e-5):
            weights = {k: v.detach().numpy().astype(np.float32) for k, v in (net.params | net.running).items()}
            return x, y, weights, each(lambda a: a.astype(np.float32), p), loss, grads
    return None
