"""torch_step.py THREADS SECONDS|-STEPS <canonical .net -- the training step of the same network in PyTorch, Adam, in
the faster of its two layouts.

Reads what `cnnc --emit=net` prints; knows the layers of bench/nets and examples/mnist.net. Random inputs; the median of
the steps that SECONDS have, half of them a layout.
"""
import copy
import re
import sys
import time

import torch
import torch.nn as nn

BATCHES = 64  # that images are picked from, as many as runtime/bench/bench.c makes up
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

    def sequence(self, bare, keyed):
        """Conv1D: an image of height 1."""
        kernel, stride, dilation = int(bare[1]), int(keyed.get("stride", "1")), int(keyed.get("dilation", "1"))
        length, channels = self.shape
        padding = (0, 0)
        if "same" in bare or keyed.get("padding") == "same":
            padding = same_padding(length, kernel, stride, dilation)
            self.add(nn.ConstantPad1d(padding, 0))
        groups = int(keyed.get("groups", "1"))
        self.add(nn.Conv1d(channels, int(bare[0]), kernel, stride, 0, dilation, groups, keyed.get("use_bias") != "no"))
        self.shape = [(length + sum(padding) - dilation * (kernel - 1) - 1) // stride + 1, int(bare[0])]

    def convolution(self, bare, keyed, groups):
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
        self.add(nn.Conv2d(channels, filters, kernel, stride, padding, dilation, groups, keyed.get("use_bias") != "no"))
        self.shape = out + [filters]

    def statement(self, line):
        words = line.split()
        name, (bare, keyed) = words[0], options(words[1:])
        if name == "Input":
            self.shape = [int(n) for n in bare[0].split("x")]
        elif name == "Conv2D":
            self.convolution(bare, keyed, int(keyed.get("groups", "1")))
        elif name == "DepthwiseConv2D":
            channels = self.shape[2]
            self.convolution([str(channels * int(keyed.get("depth_multiplier", "1")))] + bare, keyed, channels)
        elif name == "Conv1D":
            self.sequence(bare, keyed)
        elif name == "GlobalAvgPool":
            self.add((nn.AdaptiveAvgPool2d if len(self.shape) == 3 else nn.AdaptiveAvgPool1d)(1))
            self.add(nn.Flatten())
            self.shape = self.shape[-1:]
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
    layouts = [torch.contiguous_format] + ([torch.channels_last] if len(shape) == 3 else [])
    medians = [median_step(network, shape, layout, float(sys.argv[2]) / len(layouts)) for layout in layouts]
    print(f"PyTorch {torch.__version__} step {min(medians) * 1e6:.1f} us median")


def median_step(network, shape, layout, seconds):
    """Seconds of a step with fresh weights; images are picked from a set, as a data loader does."""
    model = copy.deepcopy(nn.Sequential(*network.layers)).to(memory_format=layout)
    images = torch.rand(BATCHES * network.batch, *(shape[-1:] + shape[:-1]))
    if len(shape) == 3:
        images = images.contiguous(memory_format=layout)
    labels = torch.randint(0, network.shape[0], (BATCHES * network.batch,))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    loss = nn.CrossEntropyLoss()
    times = []
    begin = time.perf_counter()
    while len(times) < (10 if seconds > 0 else -seconds) or (seconds > 0 and time.perf_counter() - begin < seconds):
        start = time.perf_counter()
        rows = torch.randint(0, BATCHES * network.batch, (network.batch,))
        optimizer.zero_grad(set_to_none=True)
        loss(model(images[rows]), labels[rows]).backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    times = sorted(times[len(times) // 10:])
    return times[len(times) // 2]


if __name__ == "__main__":
    main()
