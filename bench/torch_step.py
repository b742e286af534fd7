"""torch_step.py THREADS SECONDS|-STEPS [FILE] <canonical .net -- the training step of the same network in PyTorch, Adam,
in the faster of its two layouts. Started by mpirun with a FILE, its processes divide each batch among them
(DistributedDataParallel over gloo) and meet at FILE, which must not be there yet.

Reads what `cnnc --emit=net` prints; knows the layers of bench/nets and examples/mnist.net. Random inputs; the median of
the steps that SECONDS have, half of them a layout.
"""
import copy
import os
import sys
import time

import torch
import torch.nn as nn

from net_text import BATCHES, median, pair, statements

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "elu": nn.ELU, "gelu": nn.GELU, "silu": nn.SiLU}


def same_padding(size, kernel, stride, dilation):
    out = -(-size // stride)
    total = max((out - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return total // 2, total - total // 2


class Draw(nn.Module):
    """Sampling."""
    def forward(self, mean, log_variance):
        return mean + torch.exp(log_variance / 2) * torch.randn_like(mean)


class Add(nn.Module):
    def forward(self, a, b):
        return a + b


class Concat(nn.Module):
    def forward(self, *x):
        return torch.cat(x, 1)


class Graph(nn.Module):
    """Layers, with the numbers of the values that each reads; value 0 is the input, value i + 1 what layer i made."""
    def __init__(self, layers, reads):
        super().__init__()
        self.layers, self.reads = nn.ModuleList(layers), reads
        self.last = {i: number for number, read in enumerate(reads) for i in read}

    def forward(self, x):
        values = {0: x}
        for number, (layer, read) in enumerate(zip(self.layers, self.reads)):
            y = layer(*[values[i] for i in read])
            for i in set(read):
                if self.last[i] == number:
                    del values[i]
            values[number + 1] = y
        return y


class Network:
    def __init__(self):
        self.layers, self.reads, self.shape, self.batch = [], [], None, 32
        self.at, self.labels, self.blocks, self.loss = 0, {}, [], "sparse_categorical_crossentropy"

    def add(self, layer, *reads):
        self.layers.append(layer)
        self.reads.append(reads or (self.at,))
        self.at = len(self.layers)

    def go_to(self, place):
        self.at, self.shape = place[0], list(place[1])

    def open_block(self, name):
        self.blocks.append({"name": name, "from": (self.at, list(self.shape)), "ends": []})

    def close_block(self):
        block = self.blocks.pop()
        here = (self.at, list(self.shape))
        if block["name"] == "path":
            self.blocks[-1]["ends"].append(here)
            self.go_to(block["from"])
        elif block["name"] == "residual":
            self.go_to(block["from"])
            if self.shape != here[1]:  # a 1x1 convolution makes the shapes equal
                stride = -(-self.shape[0] // here[1][0])
                self.convolution([str(here[1][2]), "1x1"], {"stride": str(stride)}, 1)
            self.add(Add(), here[0], self.at)
        elif block["name"] == "concat":
            self.join(block["ends"])

    def join(self, ends):
        self.add(Concat(), *[at for at, _ in ends])
        self.shape = ends[0][1][:-1] + [sum(shape[-1] for _, shape in ends)]

    def transposed(self, bare, keyed):
        filters, kernel, stride = int(bare[0]), pair(bare[1]), pair(keyed.get("stride", "1"))
        height, width, channels = self.shape
        same = "same" in bare
        out = [n * stride[i] if same else (n - 1) * stride[i] + max(kernel[i], stride[i])
               for i, n in enumerate((height, width))]
        self.add(nn.ConvTranspose2d(channels, filters, kernel, stride, bias=keyed.get("use_bias") != "no"))
        if same and kernel != stride:
            self.add(nn.ZeroPad2d([0, out[1] - ((width - 1) * stride[1] + kernel[1]),
                                   0, out[0] - ((height - 1) * stride[0] + kernel[0])]))
        self.shape = out + [filters]

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

    def statement(self, said):
        name, bare, keyed = said.name, said.bare, said.keyed
        sources = [self.labels[word] for word in said.sources]
        if sources:
            self.go_to(sources[0])
        if said.opens and self.shape:
            self.open_block(name)
        elif name == "}" and self.blocks:
            self.close_block()
        elif name == "Input":
            self.shape = [int(n) for n in bare[0].split("x")]
        elif name == "BatchNorm":
            channels = self.shape[-1]
            norm = {3: nn.BatchNorm2d}.get(len(self.shape), nn.BatchNorm1d)
            self.add(norm(channels, eps=float(keyed.get("epsilon", "1e-3")), momentum=0.01))
        elif name in ("Conv2DTranspose", "ConvTranspose"):
            self.transposed(bare, keyed)
        elif name == "Concatenate":
            self.join(sources)
        elif name == "Add":
            self.add(Add(), *[at for at, _ in sources])
        elif name == "Sampling":
            self.add(Draw(), *[at for at, _ in sources])
        elif name == "Reshape":
            height, width, channels = self.shape = [int(n) for n in bare[0].split("x")]
            self.add(nn.Unflatten(1, (channels, height, width)))
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
            stride = pair(keyed["stride"]) if "stride" in keyed else kernel
            size = self.shape[:2]
            if "same" in bare:
                sides = [same_padding(size[i], kernel[i], stride[i], 1) for i in (1, 0)]
                self.add(nn.ConstantPad2d(sides[0] + sides[1], -float("inf") if name == "MaxPool" else 0))
                size = [size[0] + sum(sides[1]), size[1] + sum(sides[0])]
            self.add((nn.MaxPool2d if name == "MaxPool" else nn.AvgPool2d)(kernel, stride))
            self.shape = [(size[i] - kernel[i]) // stride[i] + 1 for i in (0, 1)] + self.shape[2:]
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
        elif name == "loss":
            self.loss = bare[0]
        elif name == "epochs":
            self.batch = int(keyed.get("batch", "32"))
        for word in bare[1:] + [keyed.get("activation", "")]:
            if word in ACTIVATIONS:
                self.add(ACTIVATIONS[word]())
        if said.label:
            self.labels[said.label] = (self.at, list(self.shape))


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(0)
    torch.set_flush_denormal(True)
    network = Network()
    for said in statements(sys.stdin):
        network.statement(said)
        if said.name == "Input":
            shape = list(network.shape)
    layouts = [torch.contiguous_format] + ([torch.channels_last] if len(shape) == 3 else [])
    if len(sys.argv) > 3:
        rank, ranks = (int(os.environ["OMPI_COMM_WORLD_" + name]) for name in ("RANK", "SIZE"))
        torch.distributed.init_process_group("gloo", init_method="file://" + sys.argv[3], rank=rank, world_size=ranks)
        network.batch //= ranks
    medians = [median_step(network, shape, layout, float(sys.argv[2]) / len(layouts)) for layout in layouts]
    if len(sys.argv) > 3 and rank:
        return
    print(f"PyTorch {torch.__version__} step {min(medians) * 1e6:.1f} us median")


def go_on(steps, seconds, passed):
    """Whether another step is timed. All processes do as many steps as the first one."""
    more = steps < (10 if seconds > 0 else -seconds) or (seconds > 0 and passed < seconds)
    if torch.distributed.is_initialized():
        word = torch.tensor([float(more)])
        torch.distributed.broadcast(word, 0)
        more = word.item() > 0
    return more


def median_step(network, shape, layout, seconds):
    """Seconds of a step with fresh weights; images are picked from a set, as a data loader does."""
    model = copy.deepcopy(Graph(network.layers, network.reads)).to(memory_format=layout)
    images = torch.rand(BATCHES * network.batch, *(shape[-1:] + shape[:-1]))
    if len(shape) == 3:
        images = images.contiguous(memory_format=layout)
    if network.loss == "binary_crossentropy":
        labels = torch.rand(BATCHES * network.batch, *(network.shape[-1:] + network.shape[:-1])).round()
        loss = nn.BCELoss()
    else:
        labels = torch.randint(0, network.shape[0], (BATCHES * network.batch,))
        loss = nn.CrossEntropyLoss()
    if torch.distributed.is_initialized():
        model = nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    times = []
    begin = time.perf_counter()
    while go_on(len(times), seconds, time.perf_counter() - begin):
        start = time.perf_counter()
        rows = torch.randint(0, BATCHES * network.batch, (network.batch,))
        optimizer.zero_grad(set_to_none=True)
        loss(model(images[rows]), labels[rows]).backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    return median(times)


if __name__ == "__main__":
    main()
