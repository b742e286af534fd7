"""netref.py -- an independent reading of a .net file: just enough of the language, evaluated by PyTorch.

Nothing here is shared with cnnc. It understands the layers and options that the fixtures use, with Keras' meaning:
NHWC, `same` padding with the odd row at the end, average pooling over the elements that exist, penalties not divided
by the batch.
"""
import re

import numpy as np
import torch
import torch.nn.functional as F


class Stmt:
    def __init__(self, label, name, args, body):
        self.label, self.name, self.body = label, name, body
        self.args = [a for a in args if not a.startswith("from=")]
        self.reads = [w.strip() for a in args if a.startswith("from=") for w in a[5:].strip("[]").split(",")]


def split_words(line):
    """Words at blanks, where a parenthesis keeps its blanks."""
    words, depth, word = [], 0, ""
    for ch in line:
        depth += (ch in "([") - (ch in ")]")
        if ch in " \t" and depth == 0:
            if word:
                words.append(word)
            word = ""
        else:
            word += ch
    return words + ([word] if word else [])


def parse(text):
    """The statements of a file; sections keep theirs in .body."""
    stack = [[]]
    for line in text.replace("\\\n", " ").split("\n"):
        line = line.split("#")[0].strip()
        if not line:
            continue
        if line == "}":
            stack.pop()
            continue
        words = split_words(line)
        opens = words[-1] == "{"
        if opens:
            words.pop()
        label = words.pop(0)[:-1] if words[0].endswith(":") else None
        stmt = Stmt(label, words[0], words[1:], [] if opens else None)
        stack[-1].append(stmt)
        if opens:
            stack.append(stmt.body)
    return stack[0]


def call(word):
    """'l1_l2(l1=1e-5, l2=1e-4)' -> name, positional, named."""
    m = re.fullmatch(r"(\w+)(?:\((.*)\))?", word)
    positional, named = [], {}
    if m.group(1) == "expr":
        return "expr", [], {}
    for part in filter(None, (p.strip() for p in (m.group(2) or "").split(","))):
        key, _, value = part.rpartition("=")
        value = value if value in ("rows", "columns") else float(value)
        if key:
            named[key] = value
        else:
            positional.append(value)
    return m.group(1), positional, named


def options(stmt):
    """Positional and bare words, and a dictionary of the key=value ones."""
    words, named = [], {}
    for a in stmt.args:
        m = re.match(r"([a-z_0-9]+)=(.*)$", a)
        if m and "(" not in m.group(1):
            named[m.group(1)] = m.group(2)
        else:
            words.append(a)
    return words, named


def dims(word, rank):
    d = [int(x) for x in word.split("x")]
    return d * rank if len(d) == 1 else d


def sparsemax(x):
    """By sorting, as in the paper."""
    z, _ = torch.sort(x, -1, descending=True)
    k = torch.arange(1, x.shape[-1] + 1, dtype=x.dtype)
    count = (1 + k * z > torch.cumsum(z, -1)).sum(-1, keepdim=True)
    tau = (torch.cumsum(z, -1).gather(-1, count - 1) - 1) / count
    return torch.clamp(x - tau, min=0)


# ---- activations: the word, its parameter's default as a word and as a layer

ACTIVATIONS = {
    "linear": lambda x, a: x,
    "relu": lambda x, a: F.relu(x),
    "leaky_relu": lambda x, a: F.leaky_relu(x, a),
    "elu": lambda x, a: torch.where(x > 0, x, a * torch.expm1(torch.clamp(x, max=0))),
    "sigmoid": lambda x, a: torch.sigmoid(x),
    "tanh": lambda x, a: torch.tanh(x),
    "gelu": lambda x, a: 0.5 * x * (1 + torch.erf(x / 2**0.5)),
    "silu": lambda x, a: x * torch.sigmoid(x),
    "softplus": lambda x, a: torch.log1p(torch.exp(-x.abs())) + torch.clamp(x, min=0),
    "softmax": lambda x, a: torch.softmax(x, -1),
    "celu": lambda x, a: F.celu(x, a),
    "selu": lambda x, a: F.selu(x),
    "exponential": lambda x, a: torch.exp(x),
    "hard_shrink": lambda x, a: F.hardshrink(x, a),
    "soft_shrink": lambda x, a: F.softshrink(x, a),
    "tanh_shrink": lambda x, a: F.tanhshrink(x),
    "hard_sigmoid": lambda x, a: F.hardsigmoid(x),
    "hard_silu": lambda x, a: F.hardswish(x),
    "hard_tanh": lambda x, a: F.hardtanh(x),
    "relu6": lambda x, a: F.relu6(x),
    "log_sigmoid": lambda x, a: F.logsigmoid(x),
    "mish": lambda x, a: F.mish(x),
    "softsign": lambda x, a: F.softsign(x),
    "sparse_plus": lambda x, a: torch.where(x <= -1, 0, torch.where(x < 1, (x + 1) ** 2 / 4, x)),
    "sparse_sigmoid": lambda x, a: torch.where(x <= -1, 0, torch.where(x < 1, (x + 1) / 2, 1)),
    "squareplus": lambda x, a: (x + torch.sqrt(x * x + a)) / 2,
    "log_softmax": lambda x, a: torch.log_softmax(x, -1),
    "sparsemax": lambda x, a: sparsemax(x),
}
ALPHA_WORD = {"leaky_relu": 0.2, "elu": 1.0, "celu": 1.0, "hard_shrink": 0.5, "soft_shrink": 0.5, "squareplus": 4.0}
ALPHA_LAYER = {**ALPHA_WORD, "leaky_relu": 0.3}
ACTIVATION_LAYERS = {
    "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "Sigmoid": "sigmoid", "Tanh": "tanh", "GELU": "gelu",
    "SiLU": "silu", "Softplus": "softplus", "Softmax": "softmax", "Linear": "linear", "CELU": "celu", "SELU": "selu",
    "Exponential": "exponential", "HardShrink": "hard_shrink", "SoftShrink": "soft_shrink", "TanhShrink": "tanh_shrink",
    "HardSigmoid": "hard_sigmoid", "HardSiLU": "hard_silu", "HardTanh": "hard_tanh", "ReLU6": "relu6",
    "LogSigmoid": "log_sigmoid", "Mish": "mish", "Softsign": "softsign", "SparsePlus": "sparse_plus",
    "SparseSigmoid": "sparse_sigmoid", "Squareplus": "squareplus", "LogSoftmax": "log_softmax", "Sparsemax": "sparsemax",
}


def shape_axis(named):
    """Keras' axis: 0 is the batch."""
    return int(named.get("axis", "-1"))


# layers whose arguments are more than one number: from x and the options

ACTIVATION_FORMS = {
    "ReLU": lambda x, o: torch.where(x >= float(o.get("max_value", "inf")), float(o.get("max_value", "inf")),
                                     torch.where(x >= float(o.get("threshold", 0)), x,
                                                 float(o.get("negative_slope", 0)) * (x - float(o.get("threshold", 0))))),
    "GELU": lambda x, o: F.gelu(x, approximate="tanh" if o.get("approximate") == "yes" else "none"),
    "Softmax": lambda x, o: torch.softmax(x, shape_axis(o)),
    "LogSoftmax": lambda x, o: torch.log_softmax(x, shape_axis(o)),
    "GLU": lambda x, o: F.glu(x, shape_axis(o)),
    "Threshold": lambda x, o: F.threshold(x, float(o["threshold"]), float(o["default_value"])),
}


FUNCTIONS = {
    "abs": torch.abs, "sin": torch.sin, "cos": torch.cos, "exp": torch.exp, "log": torch.log, "log1p": torch.log1p,
    "sqrt": torch.sqrt, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "erf": torch.erf, "pow": torch.pow,
    "max": lambda a, b=None, axis=None: over(torch.amax, a, axis) if b is None else torch.maximum(torch.as_tensor(a, dtype=b.dtype), b),
    "min": lambda a, b=None, axis=None: over(torch.amin, a, axis) if b is None else torch.minimum(torch.as_tensor(a, dtype=b.dtype), b),
    "sum": lambda x, axis=None: over(torch.sum, x, axis), "mean": lambda x, axis=None: over(torch.mean, x, axis),
    "var": lambda x, axis=None: over(torch.var, x, axis, unbiased=False),
    "std": lambda x, axis=None: over(torch.std, x, axis, unbiased=False),
    "norm": lambda x, axis=None: over(torch.sum, x * x, axis).sqrt(),
    "logsumexp": lambda x, axis=None: over(torch.logsumexp, x, axis),
    "prod": lambda x, axis: torch.prod(x, axis, keepdim=True),
    "clip": lambda x, a, b: torch.clamp(x, a, b), "where": torch.where, "square": torch.square,
}


def over(reduce, x, axis, **more):
    """Over axes of an image, which stay with the size 1; over all of them without `axis`."""
    return reduce(x, list(range(1, x.dim())) if axis is None else axis, keepdim=True, **more)


def formula(word, *x):
    """expr(a, b: a * b), in what C and Python share."""
    names, body = re.fullmatch(r"expr\((.*?):(.*)\)", word).groups()
    return eval(body, {**FUNCTIONS, **dict(zip((n.strip() for n in names.split(",")), x))})


def activate(x, word):
    if word.startswith("expr("):
        return formula(word, x)
    name, positional, named = call(word)
    alpha = (positional + list(named.values()) + [ALPHA_WORD.get(name, 0)])[0]
    return ACTIVATIONS[name](x, alpha)


# ---- regularizers

def orthogonal(w, factor=0.01, mode="rows"):
    """Keras' mean over pairs, written pair by pair."""
    rows = F.normalize(w if mode == "rows" else w.T, dim=1)
    a, b = torch.triu_indices(len(rows), len(rows), offset=1)
    return factor * (rows[a] * rows[b]).sum(1).abs().mean()


def penalty(word, w):
    name, positional, named = call(word)
    if name == "orthogonal":
        return orthogonal(w, *positional, **named)
    if name == "l1":
        l1, l2 = (positional + list(named.values()) + [0.01])[0], 0.0
    elif name == "l2":
        l1, l2 = 0.0, (positional + list(named.values()) + [0.01])[0]
    else:
        l1 = positional[0] if positional else named.get("l1", 0.01)
        l2 = positional[1] if len(positional) > 1 else named.get("l2", 0.01)
    return l1 * w.abs().sum() + l2 * (w * w).sum()


# ---- planes: x is NHWC everywhere

def to_torch(x):
    return x.permute(0, 3, 1, 2)


def to_keras(x):
    return x.permute(0, 2, 3, 1)


def pad_same(n, k, s, d):
    """Rows before and behind, for an output of ceil(n / s)."""
    out = -(-n // s)
    total = max(0, (out - 1) * s + d * (k - 1) + 1 - n)
    return total // 2, total - total // 2


def pads(x, k, s, d, same):
    """In the order of F.pad: left, right, top, bottom."""
    if not same:
        return [0, 0, 0, 0]
    t, b = pad_same(x.shape[1], k[0], s[0], d[0])
    l, r = pad_same(x.shape[2], k[1], s[1], d[1])
    return [l, r, t, b]


def convolve(x, kernel, words, named):
    """Keras' kernel, [kh, kw, in, out], with the padding, strides, dilation and groups that the statement says."""
    k = list(kernel.shape[:2])
    stride, dilation = dims(named.get("stride", "1"), 2), dims(named.get("dilation", "1"), 2)
    same = "same" in words or named.get("padding") == "same"
    x = F.pad(to_torch(x), pads(x, k, stride, dilation, same))
    return to_keras(F.conv2d(x, kernel.permute(3, 2, 0, 1).contiguous(), None, stride, 0, dilation,
                            int(named.get("groups", "1"))))


def sides(s, x):
    """Of a cropping or a padding: two numbers for each axis between batch and channels."""
    word, rank = (s.args or ["1"])[0], x.dim() - 2
    if word.startswith("[["):
        return [[int(n) for n in re.findall(r"\d+", pair)] for pair in re.findall(r"\[[^\[\]]*\]", word)]
    d = [int(n) for n in word.split("x")]
    return [d] if rank == 1 and len(d) == 2 else [[n, n] for n in (d * rank if len(d) == 1 else d)]


class Net:
    """Layers as functions of x; parameters are made by `make` when first met and are Keras' in name and layout."""

    def __init__(self, text, make):
        self.stmts = parse(text)
        self.make, self.params, self.counts = make, {}, {}
        self.frozen = set()
        self.running, self.training = {}, True  # statistics, and whether they are taken of the batch
        self.inputs, self.penalties, self.names, self.values = {}, [], {}, {}
        self.spectra = {}  # by the vector's name: its kernel, and how many iterations
        self.labelled, self.held = {}, 0  # layers by label; how many frozen parts a layer is in
        self.train = next((s for s in self.stmts if s.name == "train"), None)
        self.layers = [s for s in self.stmts if s.name not in ("model", "data", "train", "Input", "output")]
        self.outputs = next((s.args for s in self.stmts if s.name == "output"), [self.layers[-1].label])
        for s in self.stmts:
            if s.name == "Input":
                self.inputs[s.label] = dims(s.args[0], 1)
        self.input = next(iter(self.inputs.values()))
        self.has_ports = len(self.inputs) > 1 or len(self.outputs) > 1

    def name(self, s, made=None):
        """The name of a layer, the same each time; made: that of a layer that the statement makes without saying so."""
        key = (id(s), made)
        if key not in self.names:
            self.names[key] = s.label if s.label and (not made or made == "Add") else self.numbered(made or s.name)
        return self.names[key]

    def numbered(self, kind):
        base = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind.replace("InstanceNorm", "GroupNorm").replace("Norm", "Normalization"))
        base = re.sub(r"([a-z])([A-Z])", r"\1_\2", base).lower()
        k = self.counts.get(base, 0)
        self.counts[base] = k + 1
        return base if k == 0 else f"{base}_{k}"

    def param(self, name, shape, fan):
        if name not in self.params:
            self.params[name] = self.make(name, shape, fan)
        return self.params[name]

    def statistic(self, name, shape):
        if name not in self.running:
            self.running[name] = self.make(name, shape, None).detach()
        return self.running[name]

    def setting(self, name):
        """Words and options of a line of the train section."""
        for s in self.train.body if self.train else []:
            if s.name == name:
                return options(s)
        return [], {}

    def constraints(self):
        """The constraint of each parameter that has one, by its name."""
        return {f"{self.name(s)}.{key[:-len('_constraint')]}": word for s in self.layers
                for key, word in options(s)[1].items() if key.endswith("_constraint")}

    def forward(self, x):
        """The output for the input; of a network with ports, both are dictionaries."""
        self.penalties = []
        self.values.update(x if self.has_ports else dict.fromkeys(self.inputs, x))
        y = self.run(self.layers, x)
        return {label: self.values[label] for label in self.outputs} if self.has_ports else y

    def run(self, stmts, x):
        for s in stmts:
            self.labelled[s.label] = s
            x = self.values[s.label] = self.maybe_frozen(s, self.step, s, x)
        return x

    def maybe_frozen(self, s, step, *args):
        """Makes the step; where the statement is frozen, all parameters that it makes are kept as they are."""
        before, frozen = set(self.params), "frozen" in s.args
        self.held += frozen
        y = step(*args)
        self.held -= frozen
        self.frozen |= set(self.params) - before if frozen else set()
        return y

    def step(self, s, x):
        """One statement; those that read one layer get its output, the others a list."""
        if s.name.startswith("@"):  # the layer of that label once more
            x, s = self.values[s.reads[0]] if s.reads else x, self.labelled[s.name[1:]]
            before = list(self.penalties)
            y = getattr(self, "layer_" + s.name, self.layer_activation)(self.name(s), s, x)
            self.penalties = before  # those of its parameters count once
            return y
        inputs = [self.values[word] for word in s.reads] if s.reads else [x]
        if hasattr(self, "merge_" + s.name):
            self.name(s)
            return getattr(self, "merge_" + s.name)(s, inputs)
        if s.name == "Lambda":
            self.name(s)
            return formula(s.args[0], *inputs)
        if s.name in MERGES:
            self.name(s)
            return MERGES[s.name](inputs)
        if s.name in ("residual", "concat", "SpectralNorm"):
            return getattr(self, "structure_" + s.name)(s, inputs[0])
        return getattr(self, "layer_" + s.name, self.layer_activation)(self.name(s), s, inputs[0])

    def structure_residual(self, s, x):
        y = self.run(s.body, x)
        if y.shape != x.shape and x.dim() == 2:
            x = self.layer_Dense(self.name(s, "Dense"), Stmt(None, "Dense", [str(y.shape[1])], None), x)
        elif y.shape != x.shape:
            stride = "x".join(str(-(-a // b)) for a, b in zip(x.shape[1:3], y.shape[1:3]))
            words = [str(y.shape[3]), "1x1", "stride=" + stride]
            x = self.layer_Conv2D(self.name(s, "Conv2D"), Stmt(None, "Conv2D", words, None), x)
        self.name(s, "Add")
        return y + x

    def structure_SpectralNorm(self, s, x):
        y, inner = self.run(s.body, x), self.name(s.body[0])
        name = self.name(s) + ".vector_u"
        self.statistic(name, [1, self.params[inner + ".kernel"].shape[-1]])
        self.spectra[name] = inner + ".kernel", int((s.args or ["1"])[0])
        return y

    def normalize_spectra(self):
        """In front of a step: kernels are divided by their largest singular values, as the power method knows them."""
        for name, (kernel, iterations) in self.spectra.items():
            w = self.params[kernel].detach()
            matrix, u = w.reshape(-1, w.shape[-1]), self.running[name]
            for _ in range(iterations):
                v = F.normalize(u @ matrix.T)
                u = F.normalize(v @ matrix)
            self.running[name] = u
            self.params[kernel] = (w / (v @ matrix @ u.T)).requires_grad_()

    def structure_concat(self, s, x):
        parts = [self.maybe_frozen(path, self.run, path.body or [], x) for path in s.body]
        self.name(s, "Concatenate")
        return torch.cat(parts, -1)

    def loss(self, x, target):
        y = self.forward(x)
        if not self.has_ports:
            return self.compared(y, target, *self.setting("loss")) + sum(self.penalties), y
        total = 0
        for s in (s for s in self.train.body if s.name == "loss"):
            words, named = options(s)
            label = named.pop("on", self.outputs[0])
            total = total + float(named.pop("weight", "1")) * self.compared(y[label], target[label], words, named)
        return total + sum(self.penalties), y

    def compared(self, y, target, words, named):
        if words[0].startswith("expr("):
            return formula(words[0], target, y).mean()
        p = y
        if named.get("from_logits") == "yes":
            p = torch.sigmoid(y) if words[0].startswith("binary") else torch.softmax(y, -1)
        if "label_smoothing" in named:
            smooth = float(named["label_smoothing"])
            if words[0].startswith("sparse"):
                words, target = ["categorical_crossentropy"], F.one_hot(target, y.shape[-1]).to(y.dtype)
            target = target * (1 - smooth) + smooth / (2 if words[0].startswith("binary") else y.shape[-1])
            p = p if words[0].startswith("binary") else p / p.sum(-1, keepdim=True)
        if "class_weight" in named:
            return self.weighted(p, target, named["class_weight"])
        extra = {k: float(named[k]) for k in LOSS_NUMBERS if k in named}
        if "apply_class_balancing" in words:
            extra["balanced"] = True
        if "axis" in named:
            extra["axis"] = int(named["axis"])
        return LOSSES[words[0]](p, target, **extra)

    def weighted(self, p, target, weights):
        """Sparse cross-entropy times the weight of each answer's class, over the number of answers."""
        if weights == "balanced":
            w = self.balanced
        else:
            w = torch.tensor([float(v) for v in weights.strip("[]").split(",")], dtype=p.dtype)
        return (rows_of_sparse(p, target) * w[target.long()]).mean()

    # one method a layer

    def finish(self, name, words, named, y, kernel, out):
        """Bias, activation, penalties of Conv2D and Dense."""
        if named.get("bias", named.get("use_bias", "yes")) in ("yes", "true"):
            bias = self.param(name + ".bias", [out], 10)
            y = y + bias
            if "bias_regularizer" in named:
                self.penalties.append(penalty(named["bias_regularizer"], bias))
        word = named.get("activation", next((w for w in words if call(w)[0] in ACTIVATIONS or w.startswith("expr(")), "linear"))
        y = activate(y, word)
        for key, of in (("kernel_regularizer", kernel), ("activity_regularizer", y)):
            if key in named:
                self.penalties.append(penalty(named[key], of))
        for key in ("l1", "l2"):
            if key in named:
                self.penalties.append(penalty(f"{key}({named[key]})", kernel))
        return y

    def layer_Conv2D(self, name, s, x):
        words, named = options(s)
        out = int(words.pop(0))
        k = dims(words.pop(0), 2)
        cin = x.shape[3] // int(named.get("groups", "1"))
        kernel = self.param(name + ".kernel", k + [cin, out], k[0] * k[1] * cin)
        return self.finish(name, words[0:], named, convolve(x, kernel, words, named), kernel, out)

    def layer_Conv1D(self, name, s, x):
        words, named = options(s)
        out = int(words.pop(0))
        k = int(words.pop(0))
        cin = x.shape[2] // int(named.get("groups", "1"))
        kernel = self.param(name + ".kernel", [k, cin, out], k * cin)
        stride, dilation = int(named.get("stride", "1")), int(named.get("dilation", "1"))
        before, behind = 0, 0
        if "same" in words:
            before, behind = pad_same(x.shape[1], k, stride, dilation)
        elif "causal" in words:
            before = dilation * (k - 1)
        y = F.conv1d(F.pad(x.permute(0, 2, 1), (before, behind)), kernel.permute(2, 1, 0).contiguous(), None, stride, 0,
                     dilation, int(named.get("groups", "1")))
        return self.finish(name, words, named, y.permute(0, 2, 1), kernel, out)

    def layer_Conv3D(self, name, s, x):
        words, named = options(s)
        out = int(words.pop(0))
        k = dims(words.pop(0), 3)
        groups = int(named.get("groups", "1"))
        kernel = self.param(name + ".kernel", k + [x.shape[4] // groups, out], np.prod(k) * x.shape[4] // groups)
        stride, dilation = dims(named.get("stride", "1"), 3), dims(named.get("dilation", "1"), 3)
        around = []
        for axis in (2, 1, 0):
            both = "same" in words
            around += pad_same(x.shape[axis + 1], k[axis], stride[axis], dilation[axis]) if both else (0, 0)
        y = F.conv3d(F.pad(x.movedim(-1, 1), around), kernel.permute(4, 3, 0, 1, 2).contiguous(), None, stride, 0,
                     dilation, groups)
        return self.finish(name, words, named, y.movedim(1, -1), kernel, out)

    def transposed(self, name, s, x):
        """A transposed convolution of any rank, as Keras' JAX backend does it: the input with zeros between its
        elements, padded, and convolved with the flipped kernel."""
        words, named = options(s)
        out, rank = int(words.pop(0)), x.dim() - 2
        k = dims(words.pop(0), rank)
        stride = dims(named.get("strides", named.get("stride", "1")), rank)
        dilation, groups = dims(named.get("dilation", "1"), rank), int(named.get("groups", "1"))
        more = dims(named["output_padding"], rank) if "output_padding" in named else [None] * rank
        kernel = self.param(name + ".kernel", k + [out // groups, x.shape[-1]], np.prod(k) * x.shape[-1] // groups)
        spread = torch.zeros([x.shape[0]] + [(n - 1) * q + 1 for n, q in zip(x.shape[1:-1], stride)] + [x.shape[-1]],
                             dtype=x.dtype)
        spread[tuple([slice(None)] + [slice(None, None, q) for q in stride])] = x
        around = []
        for axis in reversed(range(rank)):
            span = (k[axis] - 1) * dilation[axis] + 1
            if "same" not in words:
                m = max(span, stride[axis]) - span if more[axis] is None else more[axis]
                around += [span - 1, span - 1 + m]
            else:
                both = stride[axis] + span - 2 if more[axis] is None else span + span % 2 - 2 + more[axis]
                left = min(both // 2 + both % 2, span - 1)
                around += [left, both - left]
        conv = [F.conv1d, F.conv2d, F.conv3d][rank - 1]
        axes = list(range(rank))
        flipped = kernel.flip(axes).permute(*[rank + 1, rank] + axes)  # [in, out / groups, ...]
        per = x.shape[-1] // groups
        parts = [conv(F.pad(spread.movedim(-1, 1)[:, g * per:(g + 1) * per], around),
                      flipped[g * per:(g + 1) * per].transpose(0, 1).contiguous(), None, 1, 0, dilation)
                 for g in range(groups)]
        return self.finish(name, words, named, torch.cat(parts, 1).movedim(1, -1), kernel, out)

    layer_Conv1DTranspose = layer_Conv2DTranspose = layer_Conv3DTranspose = transposed

    def depthwise(self, name, k, words, named, x):
        """One channel of the input and one of its filters at a time."""
        filters = int(named.get("depth_multiplier", "1"))
        kernel = self.param(name, k + [x.shape[3], filters], k[0] * k[1])
        planes = [convolve(x[..., c:c + 1], kernel[:, :, c:c + 1, m:m + 1], words, named)
                  for c in range(x.shape[3]) for m in range(filters)]
        return torch.cat(planes, -1), kernel

    def layer_DepthwiseConv2D(self, name, s, x):
        words, named = options(s)
        y, kernel = self.depthwise(name + ".kernel", dims(words.pop(0), 2), words, named, x)
        if "depthwise_regularizer" in named:
            named["kernel_regularizer"] = named.pop("depthwise_regularizer")
        return self.finish(name, words, named, y, kernel, y.shape[3])

    def layer_SeparableConv2D(self, name, s, x):
        words, named = options(s)
        out = int(words.pop(0))
        y, channels = self.depthwise(name + ".depthwise_kernel", dims(words.pop(0), 2), words, named, x)
        mixture = self.param(name + ".pointwise_kernel", [1, 1, y.shape[3], out], y.shape[3])
        for key, of in (("depthwise_regularizer", channels), ("pointwise_regularizer", mixture)):
            if key in named:
                self.penalties.append(penalty(named[key], of))
        for key in ("l1", "l2"):
            if key in named:
                self.penalties.append(penalty(f"{key}({named[key]})", channels))
        return self.finish(name, words, named, y @ mixture[0, 0], mixture, out)

    def lengthwise(self, layer, name, s, x):
        """A layer of a sequence by the one of images of one row: files leave out the axis of 1 of its kernels."""
        wide = Stmt(s.label, s.name, ["1x" + a if a.isdigit() else re.sub(r"(stride|dilation)=", r"\1=1x", a)
                                      for a in s.args[len(s.args) and layer == self.layer_SeparableConv2D:]], None)
        if layer == self.layer_SeparableConv2D:
            wide.args.insert(0, s.args[0])
        k = int(wide.args[layer == self.layer_SeparableConv2D][2:])
        if "causal" in s.args:
            x = F.pad(x, (0, 0, (k - 1) * int(options(s)[1].get("dilation", "1")), 0))
        make = self.param

        def flat(parameter, shape, fan):
            return make(parameter, shape[1:] if len(shape) > 1 else shape, fan)[(None,) * (len(shape) > 1)]

        self.param = flat
        y = layer(name, wide, x.unsqueeze(1)).squeeze(1)
        self.param = make
        return y

    def layer_DepthwiseConv1D(self, name, s, x):
        return self.lengthwise(self.layer_DepthwiseConv2D, name, s, x)

    def layer_SeparableConv1D(self, name, s, x):
        return self.lengthwise(self.layer_SeparableConv2D, name, s, x)

    def layer_ActivityRegularization(self, name, s, x):
        words, named = options(s)
        l1, l2 = ([float(v) for v in words] + [0, 0])[:2]
        l1, l2 = float(named.get("l1", l1)), float(named.get("l2", l2))
        self.penalties.append(l1 * x.abs().sum() + l2 * (x * x).sum())
        return x

    def layer_Dense(self, name, s, x):
        words, named = options(s)
        out = int(words.pop(0))
        kernel = self.param(name + ".kernel", [x.shape[-1], out], x.shape[-1])
        return self.finish(name, words, named, x @ kernel, kernel, out)

    def pool(self, s, x):
        words, named = options(s)
        k = dims(words.pop(0) if words and words[0][0].isdigit() else named.get("size", "2"), 2)
        stride = dims(named["stride"], 2) if "stride" in named else k
        same = "same" in words or named.get("padding") == "same"
        return k, stride, pads(x, k, stride, [1, 1], same)

    def sequence(self, layer, name, s, x):
        """A pooling of [n, length, channels], by the one that takes planes."""
        wide = Stmt(s.label, s.name, ["1x" + a if a.isdigit() else a.replace("stride=", "stride=1x") for a in s.args],
                    None)
        return layer(name, wide, x.unsqueeze(1)).squeeze(1)

    def volume_pool(self, s, x, largest):
        """The windows of a volume as one more axis: NaN stands for the elements beyond the edge."""
        words, named = options(s)
        k = dims(words.pop(0) if words and words[0][0].isdigit() else "2", 3)
        stride = dims(named["stride"], 3) if "stride" in named else k
        pad = [pad_same(n, a, b, 1) if "same" in words else (0, 0) for n, a, b in zip(x.shape[1:4], k, stride)]
        y = F.pad(x, [0, 0] + [v for p in reversed(pad) for v in p], value=float("nan"))
        for axis in range(3):
            y = y.unfold(axis + 1, k[axis], stride[axis])
        y = y.flatten(5)
        if largest:
            return torch.where(y.isnan(), torch.full_like(y, -np.inf), y).amax(-1)
        return torch.where(y.isnan(), torch.zeros_like(y), y).sum(-1) / (~y.isnan()).sum(-1)

    def layer_MaxPool(self, name, s, x):
        if x.dim() == 5:
            return self.volume_pool(s, x, True)
        if x.dim() == 3:
            return self.sequence(self.layer_MaxPool, name, s, x)
        k, stride, p = self.pool(s, x)
        return to_keras(F.max_pool2d(F.pad(to_torch(x), p, value=-np.inf), k, stride))

    def layer_AvgPool(self, name, s, x):
        if x.dim() == 5:
            return self.volume_pool(s, x, False)
        if x.dim() == 3:
            return self.sequence(self.layer_AvgPool, name, s, x)
        k, stride, p = self.pool(s, x)
        area = k[0] * k[1]
        total = F.avg_pool2d(F.pad(to_torch(x), p), k, stride) * area
        count = F.avg_pool2d(F.pad(torch.ones_like(to_torch(x)), p), k, stride) * area
        return to_keras(total / count)

    def adaptive(self, s, x, reduce):
        """Window i of n over m elements begins at floor(i m / n) and ends at ceil((i + 1) m / n)."""
        sizes = dims(s.args[0], x.dim() - 2)
        for axis, n in enumerate(sizes, 1):
            m = x.shape[axis]
            parts = [reduce(x.narrow(axis, i * m // n, -(-(i + 1) * m // n) - i * m // n), axis) for i in range(n)]
            x = torch.cat(parts, axis)
        return x

    def layer_AdaptiveAvgPool(self, name, s, x):
        return self.adaptive(s, x, lambda v, axis: v.mean(axis, keepdim=True))

    def layer_AdaptiveMaxPool(self, name, s, x):
        return self.adaptive(s, x, lambda v, axis: v.amax(axis, keepdim=True))

    def layer_GlobalAvgPool(self, name, s, x):
        return x.flatten(1, -2).mean(1)

    def layer_GlobalMaxPool(self, name, s, x):
        return x.flatten(1, -2).amax(1)

    def layer_ZeroPadding(self, name, s, x):
        around = [n for pair in reversed(sides(s, x)) for n in pair]
        return F.pad(x, [0, 0] + around)

    layer_ZeroPadding1D = layer_ZeroPadding2D = layer_ZeroPadding3D = layer_ZeroPadding

    def layer_Cropping(self, name, s, x):
        for axis, (before, behind) in enumerate(sides(s, x), 1):
            x = x.narrow(axis, before, x.shape[axis] - before - behind)
        return x

    layer_Cropping1D = layer_Cropping2D = layer_Cropping3D = layer_Cropping

    def resized(self, x, height, width, mode):
        return F.interpolate(x.movedim(-1, 1), (height, width), mode=mode).movedim(1, -1)

    def layer_Resizing(self, name, s, x):
        return self.resized(x, int(s.args[0]), int(s.args[1]), "nearest-exact" if "nearest" in s.args else "bilinear")

    def layer_CenterCrop(self, name, s, x):
        for axis, size in ((1, int(s.args[0])), (2, int(s.args[1]))):
            x = x.narrow(axis, (x.shape[axis] - size) // 2, size)
        return x

    def layer_UpSampling(self, name, s, x):
        if "bilinear" in s.args:
            h, w = dims(s.args[0], 2)
            return self.resized(x, x.shape[1] * h, x.shape[2] * w, "bilinear")
        for axis, times in enumerate(dims(options(s)[0][0], x.dim() - 2), 1):
            x = x.repeat_interleave(times, axis)
        return x

    layer_UpSampling1D = layer_UpSampling2D = layer_UpSampling3D = layer_UpSampling

    def layer_DepthToSpace(self, name, s, x):
        b = int(s.args[0])
        n, h, w, c = x.shape
        return x.reshape(n, h, w, b, b, c // b**2).permute(0, 1, 3, 2, 4, 5).reshape(n, h * b, w * b, c // b**2)

    def layer_SpaceToDepth(self, name, s, x):
        b = int(s.args[0])
        n, h, w, c = x.shape
        return x.reshape(n, h // b, b, w // b, b, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h // b, w // b, c * b**2)

    def layer_ChannelShuffle(self, name, s, x):
        return x.unflatten(-1, (int(s.args[0]), -1)).transpose(-1, -2).flatten(-2)

    def layer_Reshape(self, name, s, x):
        return x.reshape([x.shape[0]] + [int(n) for word in s.args for n in word.split("x")])

    def layer_Slice(self, name, s, x):
        words, named = options(s)
        axis, step = int(named.get("axis", "-1")), int(named.get("step", "1"))
        start, stop = [int(w) for w in words] + [None] * (2 - len(words))
        kept = list(range(x.shape[axis]))[slice(start, stop, step)]
        return x.index_select(axis, torch.tensor(kept))

    def layer_Permute(self, name, s, x):
        return x.permute([0] + [int(n) for n in s.args])

    def layer_EinsumDense(self, name, s, x):
        words, named = options(s)
        equation = words.pop(0).strip('"')
        source, kernel_axes, target = re.fullmatch(r"(.*),(.*)->(.*)", equation).groups()
        size = dict(zip(reversed(source.replace("...", "")), reversed(x.shape))) if source.startswith("...") else \
            dict(zip(source, x.shape))
        said = [int(n) for n in re.findall(r"-?\d+", named["output_shape"])]
        size.update({a: n for a, n in zip(target.replace("...", "")[-len(said):], said) if n > 0})
        kernel = self.param(name + ".kernel", [size[a] for a in kernel_axes], 8)
        y = torch.einsum(equation, x, kernel)
        if "bias_axes" in named:
            axes = named["bias_axes"].strip('"')
            behind = target[min(target.index(a) for a in axes):]
            bias = self.param(name + ".bias", [size[a] if a in axes else 1 for a in behind], 10)
            y = y + bias
            if "bias_regularizer" in named:
                self.penalties.append(penalty(named["bias_regularizer"], bias))
        return self.finish(name, words, {**named, "bias": "no"}, y, kernel, None)

    def layer_RepeatVector(self, name, s, x):
        return x[:, None].repeat(1, int(s.args[0]), 1)

    def merge_Concatenate(self, s, inputs):
        words, named = options(s)
        return torch.cat(inputs, int((words + [named.get("axis", "-1")])[0]))

    def merge_Dot(self, s, inputs):
        """Keras' batch_dot: what is left of the first, then what is left of the second."""
        words, named = options(s)
        axes = [int(n) for n in (words * 2)[:2] if re.fullmatch(r"-?\d+", n)]
        a, b = inputs
        axes = [axis % t.dim() for axis, t in zip(axes, inputs)]
        if "normalize" in words or named.get("normalize") == "yes":
            a, b = (t * torch.clamp(1 / t.square().sum(axis, keepdim=True).sqrt(), max=1e7)
                    for t, axis in zip((a, b), axes))
        one, two = "abcdef"[:a.dim() - 1], "ghijkl"[:b.dim() - 1]
        two = two[:axes[1] - 1] + one[axes[0] - 1] + two[axes[1]:]
        left = (one + two).replace(one[axes[0] - 1], "")
        y = torch.einsum(f"z{one},z{two}->z{left}", a, b)
        return y if left else y[:, None]

    def layer_PReLU(self, name, s, x):
        words, named = options(s)
        shape = list(x.shape[1:])
        for axis in re.findall(r"\d+", named.get("shared_axes", "")):
            shape[int(axis) - 1] = 1
        alpha = self.param(name + ".alpha", shape, 4)
        return torch.where(x > 0, x, alpha * x)

    def scale_and_shift(self, name, named, y, shape):
        for which, word in (("gamma", "scale"), ("beta", "center")):
            if named.get(word, "yes") == "no":
                continue
            w = self.param(f"{name}.{which}", shape, 3)
            y = y * w if which == "gamma" else y + w
            if which + "_regularizer" in named:
                self.penalties.append(penalty(named[which + "_regularizer"], w))
        return y

    def axes(self, named):
        return [int(a) for a in re.findall(r"-?\d+", named.get("axis", "-1"))]

    def axes_last(layer):
        """A layer that sees the axes of its argument `axis` behind the others."""

        def run(self, name, s, x):
            inner = sorted(a % x.dim() for a in self.axes(options(s)[1]))
            order = [i for i in range(x.dim()) if i not in inner] + inner
            last = f"axis={list(range(-len(inner), 0))}"
            seen = Stmt(s.label, s.name, [a for a in s.args if not a.startswith("axis=")] + [last], s.body)
            y = layer(self, name, seen, x.permute(order))
            return y.permute([order.index(i) for i in range(x.dim())])

        return run

    @axes_last
    def layer_BatchNorm(self, name, s, x):
        _, named = options(s)
        c, axes = x.shape[-1], list(range(x.dim() - 1))
        mean = self.statistic(name + ".moving_mean", [c])
        variance = self.statistic(name + ".moving_variance", [c])
        if self.training and not self.held and named.get("trainable", "yes") == "yes":
            momentum = float(named.get("momentum", "0.99"))
            m, v = x.mean(axes), x.var(axes, unbiased=False)
            self.running[name + ".moving_mean"] = mean * momentum + m.detach() * (1 - momentum)
            self.running[name + ".moving_variance"] = variance * momentum + v.detach() * (1 - momentum)
            mean, variance = m, v
        y = (x - mean) / torch.sqrt(variance + float(named.get("epsilon", "0.001")))
        y = self.scale_and_shift(name, named, y, [c])
        if named.get("trainable") == "no":
            self.frozen |= {name + ".gamma", name + ".beta"}
        return y

    @axes_last
    def layer_LayerNorm(self, name, s, x):
        _, named = options(s)
        axes = self.axes(named)
        v = x.var(axes, keepdim=True, unbiased=False)
        rms = named.get("rms_scaling") == "yes"
        y = (x if rms else x - x.mean(axes, keepdim=True)) / torch.sqrt(v + float(named.get("epsilon", "0.001")))
        if rms:
            named["center"], named["scale"] = "no", "yes"
        return self.scale_and_shift(name, named, y, [x.shape[a] for a in axes])

    @axes_last
    def layer_RMSNorm(self, name, s, x):
        _, named = options(s)
        axes = self.axes(named)
        y = x / torch.sqrt((x * x).mean(axes, keepdim=True) + float(named.get("epsilon", "1e-6")))
        scale = self.param(name + ".scale", [x.shape[a] for a in axes], 3)
        if "scale_regularizer" in named:
            self.penalties.append(penalty(named["scale_regularizer"], scale))
        return y * scale

    def layer_UnitNorm(self, name, s, x):
        _, named = options(s)
        return x / torch.sqrt((x * x).sum(self.axes(named), keepdim=True))

    @axes_last
    def layer_GroupNorm(self, name, s, x):
        words, named = options(s)
        c = x.shape[-1]
        groups = int(words[0] if words else named.get("groups", "32"))
        apart = x.reshape(x.shape[0], -1, c if groups == -1 else groups, 1 if groups == -1 else c // groups)
        m, v = apart.mean([1, 3], keepdim=True), apart.var([1, 3], keepdim=True, unbiased=False)
        y = ((apart - m) / torch.sqrt(v + float(named.get("epsilon", "0.001")))).reshape(x.shape)
        return self.scale_and_shift(name, named, y, [c])

    def layer_InstanceNorm(self, name, s, x):
        return self.layer_GroupNorm(name, Stmt(s.label, s.name, s.args + ["groups=-1"], None), x)

    def layer_Flatten(self, name, s, x):
        return x.reshape(x.shape[0], -1)

    def layer_Dropout(self, name, s, x):
        return x

    layer_SpatialDropout = layer_AlphaDropout = layer_GaussianDropout = layer_GaussianNoise = layer_Dropout

    def layer_activation(self, name, s, x):
        word = ACTIVATION_LAYERS.get(s.name)
        if s.name == "Activation":
            return activate(x, s.args[0])
        words, named = options(s)
        if s.name in ACTIVATION_FORMS and named:
            return ACTIVATION_FORMS[s.name](x, named)
        if s.name == "GLU":
            return F.glu(x, -1)
        alpha = [float(v) for v in words + list(named.values())] + [ALPHA_LAYER.get(word, 0)]
        return ACTIVATIONS[word](x, alpha[0])


# ---- layers that read several

def merged(operation):
    def merge(inputs):
        y = inputs[0]
        for x in inputs[1:]:
            y = operation(y, x)
        return y
    return merge


MERGES = {
    "Add": merged(torch.add),
    "Subtract": merged(torch.sub),
    "Multiply": merged(torch.mul),
    "Average": lambda inputs: merged(torch.add)(inputs) / len(inputs),
    "Maximum": merged(torch.maximum),
    "Minimum": merged(torch.minimum),
}


# ---- losses: the mean over the batch, Keras' names

LOSS_NUMBERS = ("delta", "q", "gamma", "margin", "alpha", "beta", "ignore_class")
EPS = 1e-7


def huber(y, t, delta=1.0):
    e = (y - t).abs()
    return torch.where(e <= delta, 0.5 * e * e, delta * e - 0.5 * delta * delta).mean()


def rows_of_sparse(y, t):
    return -torch.log(y.gather(-1, t.long().unsqueeze(-1)).squeeze(-1))


def sparse(y, t, ignore_class=None):
    if ignore_class is None:
        return rows_of_sparse(y, t).mean()
    counts = t != int(ignore_class)
    return rows_of_sparse(y[counts], t[counts]).mean()


def generalized_cross_entropy(y, t, q=0.5):
    return ((1 - y.gather(-1, t.long().unsqueeze(-1)).squeeze(-1) ** q) / q).mean()


def categorical(y, t):
    return -(t * torch.log(y)).sum(-1).mean()


def binary(y, t):
    return -(t * torch.log(y) + (1 - t) * torch.log(1 - y))


def binary_focal(y, t, alpha=0.25, gamma=2.0, balanced=False):
    of_truth = t * y + (1 - t) * (1 - y)
    weight = t * alpha + (1 - t) * (1 - alpha) if balanced else 1
    return (weight * (1 - of_truth) ** gamma * binary(y, t)).mean()


def categorical_focal(y, t, alpha=0.25, gamma=2.0):
    q = (y / y.sum(-1, keepdim=True)).clamp(EPS, 1 - EPS)
    return (alpha * (1 - q) ** gamma * -t * torch.log(q)).sum(-1).mean()


def hinges(y, t):
    if ((t == 0) | (t == 1)).all():
        t = 2 * t - 1
    return (1 - t * y).clamp(min=0)


def categorical_hinge(y, t):
    return ((((1 - t) * y).amax(-1) - (t * y).sum(-1)) + 1).clamp(min=0).mean()


def log_cosh(y, t):
    return (y - t + F.softplus(-2 * (y - t)) - np.log(2)).mean()


def kl_divergence(y, t):
    y, t = y.clamp(EPS, 1), t.clamp(EPS, 1)
    return (t * torch.log(t / y)).sum(-1).mean()


def cosine(y, t):
    return -(F.normalize(y, dim=-1) * F.normalize(t, dim=-1)).sum(-1).mean()


def tversky(y, t, alpha=0.5, beta=0.5):
    """Of the whole batch."""
    both = (y * t).sum()
    return 1 - both / (both + alpha * ((1 - y) * t).sum() + beta * (y * (1 - t)).sum() + EPS)


def dice(y, t, axis=None):
    """Of the whole batch, or the mean over what the axes leave."""
    both, all_of = (y * t).sum(axis), y.sum(axis) + t.sum(axis)
    return (1 - 2 * both / (all_of + EPS)).mean()


def circle(y, t, gamma=80, margin=0.4):
    """Of the whole batch: each image against all others, the mean over those that have both kinds of others."""
    far = (1 - y @ y.T).clamp(min=0)
    others = t[:, None] != t[None, :]
    alike = ~others & ~torch.eye(len(t), dtype=torch.bool)
    levels = gamma * (far**2 - margin**2), gamma * (1 + margin - far).clamp(min=0) * (1 - margin - far)
    sums = [torch.logsumexp(e.masked_fill(~m, -torch.inf), 1) for e, m in zip(levels, (alike, others))]
    counts = alike.any(1) & others.any(1)
    return F.softplus((sums[0] + sums[1])[counts]).mean()


LOSSES = {
    "circle": circle,
    "sparse_categorical_crossentropy": sparse,
    "categorical_crossentropy": categorical,
    "categorical_generalized_cross_entropy": generalized_cross_entropy,
    "categorical_focal_crossentropy": categorical_focal,
    "binary_crossentropy": lambda y, t: binary(y, t).mean(),
    "binary_focal_crossentropy": binary_focal,
    "mse": lambda y, t: ((y - t) ** 2).mean(),
    "mae": lambda y, t: (y - t).abs().mean(),
    "mape": lambda y, t: 100 * ((y - t) / t.abs().clamp(min=EPS)).abs().mean(),
    "msle": lambda y, t: ((torch.log(y.clamp(min=EPS) + 1) - torch.log(t.clamp(min=EPS) + 1)) ** 2).mean(),
    "poisson": lambda y, t: (y - t * torch.log(y + EPS)).mean(),
    "huber": huber,
    "log_cosh": log_cosh,
    "hinge": lambda y, t: hinges(y, t).mean(),
    "squared_hinge": lambda y, t: (hinges(y, t) ** 2).mean(),
    "categorical_hinge": categorical_hinge,
    "kl_divergence": kl_divergence,
    "cosine_similarity": cosine,
    "dice": dice,
    "tversky": tversky,
}
