"""torch_step.py THREADS <canonical .net -- the training step of the same network in PyTorch, Adam, in the faster of its two layouts.

Reads what `cnnc --emit=net` prints; knows the layers of bench/nets and examples/mnist.net. Times like step.c: random inputs,
the median of the steps.
"""
import copy
import re
import sys
import time

import torch
import torch.nn as nn

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "elu": nn.ELU, "gelu": nn.GELU, "silu": nn.SiLU}


def pair(word):
    numbers = [int(n) for n in word.split("x")]
    return numbers if len(numbers) == 2 else numbers * 2


def options(words):
    keyed = dict(w.split("=", 1) for w in words if "=" in w)
    bare = [w for w in words if "=" not in w]
    return bare, keyed


def same_padding(size, kernel, stride, dilation):
    out = -(-size // stride)
    total = max((out - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return total // 2, total - total // 2


class Network:
    def __init__(self):
        self.layers, self.shape, self.batch = [], None, 32

    def add(self, layer):
        self.layers.append(layer)

    def convolution(self, bare, keyed):
        filters, kernel = int(bare[0]), pair(bare[1])
        stride, dilation = pair(keyed.get("stride", "1")), pair(keyed.get("dilation", "1"))
        height, width, channels = self.shape
        if "same" in bare or keyed.get("padding") == "same":
            top, bottom = same_padding(height, kernel[0], stride[0], dilation[0])
            left, right = same_padding(width, kernel[1], stride[1], dilation[1])
            if (top, left) == (bottom, right):
                padding = (top, left)
            else:
                self.add(nn.ZeroPad2d((left, right, top, bottom)))
                padding = (0, 0)
            out = [-(-height // stride[0]), -(-width // stride[1])]
        else:
            padding = (0, 0)
            out = [(n - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1 for i, n in enumerate((height, width))]
        groups = int(keyed.get("groups", "1"))
        self.add(nn.Conv2d(channels, filters, kernel, stride, padding, dilation, groups, keyed.get("bias") != "no"))
        self.shape = out + [filters]

    def statement(self, line):
        words = line.split()
        name, (bare, keyed) = words[0], options(words[1:])
        if name == "Input":
            self.shape = [int(n) for n in bare[0].split("x")]
        elif name == "Conv2D":
            self.convolution(bare, keyed)
        elif name in ("MaxPool", "AvgPool"):
            kernel = pair(bare[0])
            self.add((nn.MaxPool2d if name == "MaxPool" else nn.AvgPool2d)(kernel))
            self.shape = [self.shape[0] // kernel[0], self.shape[1] // kernel[1], self.shape[2]]
        elif name == "Flatten":
            self.add(nn.Flatten())
            size = 1
            for n in self.shape:
                size *= n
            self.shape = [size]
        elif name == "Dense":
            self.add(nn.Linear(self.shape[0], int(bare[0])))
            self.shape = [int(bare[0])]
        elif name == "Dropout":
            self.add(nn.Dropout(float(bare[0])))
        elif name.lower() in ACTIVATIONS:
            self.add(ACTIVATIONS[name.lower()]())
        elif name == "epochs":
            self.batch = int(keyed.get("batch", "32"))
        for word in bare[1:] + [keyed.get("activation", "")]:
            if word in ACTIVATIONS:
                self.add(ACTIVATIONS[word]())


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(0)
    torch.set_flush_denormal(True)
    network = Network()
    for line in sys.stdin:
        line = re.sub(r"^[a-z_0-9]+:\s*", "", line.strip())
        if line and line[0].isalpha():
            network.statement(line)
            if network.shape and line.startswith("Input"):
                shape = list(network.shape)
    medians = [median_step(network, shape, layout) for layout in (torch.contiguous_format, torch.channels_last)]
    print(f"PyTorch {torch.__version__} step {min(medians) * 1e6:.1f} us median")


def median_step(network, shape, layout):
    """Seconds of a step with fresh weights; images are picked from a set, as a data loader does."""
    model = copy.deepcopy(nn.Sequential(*network.layers)).to(memory_format=layout)
    images = torch.rand(16 * network.batch, *([shape[2], shape[0], shape[1]] if len(shape) == 3 else shape))
    if len(shape) == 3:
        images = images.contiguous(memory_format=layout)
    labels = torch.randint(0, network.shape[0], (16 * network.batch,))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    loss = nn.CrossEntropyLoss()
    times = []
    for _ in range(200):
        start = time.perf_counter()
        rows = torch.randint(0, 16 * network.batch, (network.batch,))
        optimizer.zero_grad(set_to_none=True)
        loss(model(images[rows]), labels[rows]).backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    times = sorted(times[20:])
    return times[len(times) // 2]


if __name__ == "__main__":
    main()
