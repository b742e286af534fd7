"""optimizers.py -- Keras 3's update formulas, written out plainly over float64 tensors.

State is one dictionary a parameter. Order within a step: clip, decay, update. The step counter t starts at 1.
"""
import math

import torch

import netref


def number(text):
    return math.prod(float(p) if i == 0 else 1 / float(p) for i, p in enumerate(text.split("/")))


# ---- learning rate of step s, from 0

def rate(word, s, total):
    name, positional, named = (word, [], {}) if word[0].isdigit() else netref.call(word)
    if word[0].isdigit():
        return number(word)
    base = positional[0]
    warmup = named.get("warmup", 0)
    if s < warmup:
        low, high = (base, named["warmup_target"]) if "warmup_target" in named else (0, base)
        return low + (high - low) * s / warmup
    s -= warmup
    if name == "constant":
        return base
    if name == "step":
        return base * named["rate"] ** math.floor(s / named["steps"])
    if name == "exponential":
        quotient = s / named["steps"]
        return base * named["rate"] ** (math.floor(quotient) if named.get("staircase") else quotient)
    steps = named.get("steps", total - warmup)
    alpha = named.get("alpha", 0)
    base = named.get("warmup_target", base)
    return base * ((1 - alpha) * 0.5 * (1 + math.cos(math.pi * min(s, steps) / steps)) + alpha)


# ---- one parameter, one step: w, g, state st, learning rate lr, step t, options o

def sgd(w, g, st, lr, t, o):
    mu = o.get("momentum", 0.0)
    if mu == 0:
        return w - lr * g
    st["m"] = mu * st.get("m", 0) - lr * g
    return w + (mu * st["m"] - lr * g if o.get("nesterov") else st["m"])


def moments(g, st, b1, b2):
    st["m"] = b1 * st.get("m", 0) + (1 - b1) * g
    st["v"] = b2 * st.get("v", 0) + (1 - b2) * g * g
    return st["m"], st["v"]


def adam(w, g, st, lr, t, o):
    b1, b2, eps = o.get("beta_1", 0.9), o.get("beta_2", 0.999), o.get("epsilon", 1e-7)
    m, v = moments(g, st, b1, b2)
    if o.get("amsgrad"):
        v = st["u"] = torch.maximum(st.get("u", torch.zeros_like(v)), v)
    return w - lr * math.sqrt(1 - b2**t) / (1 - b1**t) * m / (torch.sqrt(v) + eps)


def adamw(w, g, st, lr, t, o):
    return adam(w - w * o.get("weight_decay", 4e-3) * lr, g, st, lr, t, o)


def rmsprop(w, g, st, lr, t, o):
    rho, eps, mu = o.get("rho", 0.9), o.get("epsilon", 1e-7), o.get("momentum", 0.0)
    st["v"] = rho * st.get("v", 0) + (1 - rho) * g * g
    inside = st["v"] + eps
    if o.get("centered"):
        st["a"] = rho * st.get("a", 0) + (1 - rho) * g
        inside = inside - st["a"] ** 2
    step = lr * g / torch.sqrt(inside)
    if mu == 0:
        return w - step
    st["m"] = mu * st.get("m", 0) + step
    return w - st["m"]


def adagrad(w, g, st, lr, t, o):
    st["a"] = st.get("a", o.get("initial_accumulator_value", 0.1)) + g * g
    return w - lr * g / torch.sqrt(st["a"] + o.get("epsilon", 1e-7))


def nadam(w, g, st, lr, t, o):
    b1, b2, eps = o.get("beta_1", 0.9), o.get("beta_2", 0.999), o.get("epsilon", 1e-7)
    u = b1 * (1 - 0.5 * 0.96**t)
    u_next = b1 * (1 - 0.5 * 0.96 ** (t + 1))
    product = st["u"] = st.get("u", 1.0) * u
    m, v = moments(g, st, b1, b2)
    m_hat = u_next * m / (1 - product * u_next) + (1 - u) * g / (1 - product)
    return w - lr * m_hat / (torch.sqrt(v / (1 - b2**t)) + eps)


def adamax(w, g, st, lr, t, o):
    b1, b2, eps = o.get("beta_1", 0.9), o.get("beta_2", 0.999), o.get("epsilon", 1e-7)
    st["m"] = b1 * st.get("m", 0) + (1 - b1) * g
    st["u"] = torch.maximum(b2 * st.get("u", torch.zeros_like(g)), g.abs())
    return w - lr / (1 - b1**t) * st["m"] / (st["u"] + eps)


def lion(w, g, st, lr, t, o):
    b1, b2 = o.get("beta_1", 0.9), o.get("beta_2", 0.99)
    m = st.get("m", 0)
    st["m"] = b2 * m + (1 - b2) * g
    return w - lr * torch.sign(b1 * m + (1 - b1) * g)


def adadelta(w, g, st, lr, t, o):
    rho, eps = o.get("rho", 0.95), o.get("epsilon", 1e-7)
    st["a"] = rho * st.get("a", 0) + (1 - rho) * g * g
    d = st.get("d", torch.zeros_like(g))
    step = torch.sqrt(d + eps) * g / torch.sqrt(st["a"] + eps)
    st["d"] = rho * d + (1 - rho) * step * step
    return w - lr * step


def ftrl(w, g, st, lr, t, o):
    l1, l2 = o.get("l1_regularization_strength", 0), o.get("l2_regularization_strength", 0) + o.get("beta", 0) / (2 * lr)
    a, power = st.get("a", o.get("initial_accumulator_value", 0.1)), -o.get("learning_rate_power", -0.5)
    st["a"] = a + g * g
    st["z"] = (st.get("z", 0) + g + 2 * o.get("l2_shrinkage_regularization_strength", 0) * w
               - (st["a"] ** power - a**power) / lr * w)
    return (st["z"].clamp(-l1, l1) - st["z"]) / (st["a"] ** power / lr + 2 * l2)


def lamb(w, g, st, lr, t, o):
    b1, b2, eps = o.get("beta_1", 0.9), o.get("beta_2", 0.999), o.get("epsilon", 1e-7)
    m, v = moments(g, st, b1, b2)
    u = m / (1 - b1**t) / (torch.sqrt(v / (1 - b2**t)) + eps)
    a, b = w.norm(), u.norm()
    return w - (a / b if a > 0 and b > 0 else 1) * lr * u


def adafactor(w, g, st, lr, t, o):
    rms = lambda x: torch.sqrt(torch.mean(x * x))
    rate = min(lr, 1 / math.sqrt(t)) if o.get("relative_step", 1) else lr
    alpha = max(o.get("epsilon_2", 1e-3), rms(w).item()) * rate
    old, squares = 1 - t ** o.get("beta_2_decay", -0.8), g * g + o.get("epsilon_1", 1e-30)
    if w.dim() >= 2:
        r = st["r"] = old * st.get("r", 0) + (1 - old) * squares.mean(-1)
        c = st["c"] = old * st.get("c", 0) + (1 - old) * squares.mean(-2)
        v = (r / r.mean(-1, keepdim=True)).unsqueeze(-1) * c.unsqueeze(-2)
    else:
        v = st["v"] = old * st.get("v", 0) + (1 - old) * squares
    u = g / torch.sqrt(v)
    return w - alpha * u / max(1, (rms(u) / o.get("clip_threshold", 1)).item())


def muon(w, g, st, lr, t, o):
    """weight_decay is done by update(); the name of a parameter that adamw moves is in o["adamw"]."""
    if w.dim() != 2 or st.get("adamw"):
        names = {"beta_1": "adam_beta_1", "beta_2": "adam_beta_2", "epsilon": "epsilon"}
        ours = {k: o[n] for k, n in names.items() if n in o}
        return adam(w - w * o.get("adam_weight_decay", 4e-3) * lr, g, st, lr * o.get("adam_lr_ratio", 1), t, ours)
    w = w - w * o.get("weight_decay", 4e-3) * lr
    mu = o.get("momentum", 0.95)
    st["m"] = mu * st.get("m", 0) + g
    x = g + mu * st["m"] if o.get("nesterov", 1) else st["m"]
    turned = x.shape[0] > x.shape[1]
    x = x.T if turned else x
    x = x / (x.norm() + 1e-7)
    for _ in range(int(o.get("ns_steps", 5))):
        a = x @ x.T
        x = o.get("muon_a", 3.4445) * x + (o.get("muon_b", -4.775) * a + o.get("muon_c", 2.0315) * a @ a) @ x
    x = x.T if turned else x
    return w - lr * x * math.sqrt(max(x.shape)) * o.get("rms_rate", 0.2)


OPTIMIZERS = {"lamb": lamb, "adafactor": adafactor, "muon": muon, "adamax": adamax, "lion": lion, "adadelta": adadelta, "ftrl": ftrl, "sgd": sgd, "adam": adam, "adamw": adamw, "rmsprop": rmsprop, "adagrad": adagrad, "nadam": nadam}
DEFAULT_LR = {"sgd": "0.01"}


def clip(grads, o):
    if "clipvalue" in o:
        return [torch.clamp(g, -o["clipvalue"], o["clipvalue"]) for g in grads]
    if "clipnorm" in o:
        return [g * min(1, o["clipnorm"] / max(g.norm().item(), 1e-300)) for g in grads]
    if "global_clipnorm" in o:
        norm = math.sqrt(sum((g * g).sum().item() for g in grads))
        return [g * min(1, o["global_clipnorm"] / norm) for g in grads]
    return grads


def update(net, name, state, grads, lr, t, o):
    for (key, w), g in zip(list(net.params.items()), grads):
        w = w.detach()
        if "exclude_layers" in o and o["exclude_layers"] in key:
            state[key]["adamw"] = True
        if name not in ("adamw", "muon"):
            w = w - w * o.get("weight_decay", 0) * lr
        net.params[key] = OPTIMIZERS[name](w, g, state[key], lr, t, o).requires_grad_()


def constrained(word, w):
    """max_norm(1, axis=1): Keras' defaults, one axis."""
    name, positional, named = netref.call(word)
    if name == "non_neg":
        return w * (w >= 0)
    names = {"max_norm": ("max_value", "axis"), "min_max_norm": ("min_value", "max_value", "rate", "axis")}.get(name, ("axis",))
    o = {"max_norm": {"max_value": 2}, "min_max_norm": {"max_value": 1}, "unit_norm": {"min_value": 1, "max_value": 1}}[name]
    o = {"min_value": 0, "rate": 1, "axis": 0} | o | dict(zip(names, positional)) | named
    norm = (w * w).sum(int(o["axis"]), keepdim=True).sqrt()
    wanted = o["rate"] * norm.clamp(o["min_value"], o["max_value"]) + (1 - o["rate"]) * norm
    return w * (wanted / (norm + 1e-7))


def constrain(net, words):
    for key, word in words.items():
        net.params[key] = constrained(word, net.params[key].detach()).requires_grad_()


def run_average(net, average, t, o):
    """After step t, from 0, of updates."""
    momentum = o.get("ema_momentum", 0.99) if t > 0 else 0
    for key, w in net.params.items():
        average[key] = momentum * average.get(key, 0) + (1 - momentum) * w.detach()
        if "ema_overwrite_frequency" in o and (t + 1) % o["ema_overwrite_frequency"] == 0:
            net.params[key] = average[key].clone().requires_grad_()


def run(net, x, y, steps):
    """Trains in order, without shuffling, with a last batch that may be short; returns the last loss."""
    words, named = net.setting("optimizer")
    batch = int(net.setting("epochs")[1].get("batch", 32))
    lr = named.pop("lr", DEFAULT_LR.get(words[0], "0.001"))
    o = {k: 1.0 if v == "yes" else 0.0 if v == "no" else v if k == "exclude_layers" else number(v) for k, v in named.items()}
    o.update({w: 1.0 for w in words[1:]})
    state, kept, average = {k: {} for k in net.params}, None, {}
    batches = int(o.get("gradient_accumulation_steps", 1))
    row, constraints = 0, net.constraints()
    for s in range(steps):
        net.normalize_spectra()
        params = list(net.params.values())
        loss, _ = net.loss(x[row:row + batch], y[row:row + batch])
        grads = torch.autograd.grad(loss, params)
        kept = grads if s % batches == 0 else [a + g for a, g in zip(kept, grads)]
        if (s + 1) % batches == 0:
            update(net, words[0], state, clip([g / batches for g in kept], o), rate(lr, s // batches, steps // batches),
                   s // batches + 1, o)
        if o.get("use_ema"):
            run_average(net, average, s // batches, o)
        constrain(net, constraints)
        row = row + batch if row + batch < len(x) else 0
    if o.get("use_ema"):
        net.params = average
    return loss.item()
