"""onnx_image.py prepare WEIGHTS FOLDER <canonical .net -- FOLDER/weights.safetensors, network.onnx and torch.pt of it.
onnx_image.py compare FOLDER NAME SECONDS -- one image by FOLDER/infer.so, which --emit=infer wrote for the model NAME
with FOLDER/weights.bin, by ONNX Runtime and by PyTorch, in turns, on one thread each. Prints the largest difference of
the outputs and the medians in us.

Knows the layers that torch_step.py knows. The statistics of norms are drawn, so that folding them matters.
"""
import ctypes
import json
import sys
import time

import numpy as np
import torch
import torch.nn as nn

from net_text import statements
from torch_step import Graph, Network

TURNS = 40  # the time is divided into


def tensor_of(a):
    """Debian's PyTorch does not know every NumPy that stands beside ONNX Runtime, so bytes go between them."""
    return torch.frombuffer(bytearray(a.tobytes()), dtype=torch.float32).reshape(a.shape)


def array_of(tensor):
    tensor = tensor.detach().contiguous()
    data = ctypes.string_at(tensor.data_ptr(), 4 * tensor.numel())
    return np.frombuffer(data, np.float32).reshape(tuple(tensor.shape))


def read(path):
    with open(path, "rb") as f:
        size = int.from_bytes(f.read(8), "little")
        header, data = json.loads(f.read(size)), f.read()
    return {name: np.frombuffer(data[slice(*t["data_offsets"])], np.float32).reshape(t["shape"])
            for name, t in header.items() if name != "__metadata__"}


def write(path, arrays):
    header, at = {}, 0
    for name, a in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(a.shape), "data_offsets": [at, at + a.nbytes]}
        at += a.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text)
        for a in arrays.values():
            f.write(a.tobytes())


def network_of(lines):
    network, shape = Network(), None
    for said in statements(lines):
        network.statement(said)
        shape = list(network.shape) if said.name == "Input" else shape
        if "softmax" in (*said.bare, said.keyed.get("activation")):
            network.add(nn.Softmax(-1))
    return network, shape


def load(layers, arrays):
    """Keras numbers the layers of a class."""
    seen = {}
    for layer in layers:
        kind = {nn.Conv2d: "conv2d", nn.Linear: "dense", nn.BatchNorm2d: "batch_normalization"}.get(type(layer))
        if not kind:
            continue
        number = seen[kind] = seen.get(kind, -1) + 1
        name = f"{kind}_{number}" if number else kind
        get = lambda part: tensor_of(arrays[f"{name}.{part}"])
        with torch.no_grad():
            if kind == "batch_normalization":
                for ours, theirs in (("gamma", "weight"), ("beta", "bias"), ("moving_mean", "running_mean"),
                                     ("moving_variance", "running_var")):
                    getattr(layer, theirs).copy_(get(ours))
                continue
            kernel = get("kernel")
            layer.weight.copy_(kernel.permute(3, 2, 0, 1) if kind == "conv2d" else kernel.T)
            if layer.bias is not None:
                layer.bias.copy_(get("bias"))


def write_onnx(path, network, shape):
    import onnx
    from onnx import helper, numpy_helper
    nodes, weights, values, padding = [], [], {0: "x"}, {}

    def weight(name, tensor):
        weights.append(numpy_helper.from_array(array_of(tensor), name))
        return name

    def window(layer, number):
        two = lambda n: list(n) if isinstance(n, (tuple, list)) else [n, n]
        top, left = two(layer.padding)
        pads = padding.get(number, [top, left, top, left])
        return {"kernel_shape": two(layer.kernel_size), "strides": two(layer.stride), "pads": pads}

    for i, (layer, read_from) in enumerate(zip(network.layers, network.reads)):
        inputs, out, kind, extra = [values[r] for r in read_from], f"v{i + 1}", type(layer), {}
        values[i + 1] = out
        if isinstance(layer, nn.modules.padding._ConstantPadNd):
            left, right, top, bottom = layer.padding
            values[i + 1], padding[i + 1] = inputs[0], [top, left, bottom, right]
            continue
        if kind is nn.Conv2d:
            extra = dict(window(layer, read_from[0]), dilations=list(layer.dilation), group=layer.groups)
            inputs.append(weight(f"w{i}", layer.weight))
            if layer.bias is not None:
                inputs.append(weight(f"b{i}", layer.bias))
        elif kind is nn.BatchNorm2d:
            extra = {"epsilon": layer.eps}
            for part in ("weight", "bias", "running_mean", "running_var"):
                inputs.append(weight(f"{part}{i}", getattr(layer, part)))
        elif kind is nn.Linear:
            extra = {"transB": 1}
            inputs += [weight(f"w{i}", layer.weight), weight(f"b{i}", layer.bias)]
        elif kind is nn.MaxPool2d:
            extra = window(layer, read_from[0])
        elif kind is nn.Softmax:
            extra = {"axis": -1}
        word = {nn.Conv2d: "Conv", nn.BatchNorm2d: "BatchNormalization", nn.Linear: "Gemm", nn.MaxPool2d: "MaxPool",
                nn.ReLU: "Relu", nn.Flatten: "Flatten", nn.AdaptiveAvgPool2d: "GlobalAveragePool",
                nn.Softmax: "Softmax"}.get(kind, "Add")
        nodes.append(helper.make_node(word, inputs, [out], **extra))
    place = lambda name, dims: helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, dims)
    graph = helper.make_graph(nodes, "network", [place("x", [1] + shape[-1:] + shape[:-1])],
                              [place(values[len(network.layers)], [1] + network.shape)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, path)


def prepare(weights, folder):
    network, shape = network_of(sys.stdin)
    arrays, draw = read(weights), np.random.default_rng(1)
    for name, a in arrays.items():
        low, high = {"gamma": (0.7, 1.3), "moving_variance": (0.5, 1.5), "beta": (-0.3, 0.3),
                     "moving_mean": (-0.3, 0.3), "bias": (-0.3, 0.3)}.get(name.split(".")[-1], (None, None))
        if low is not None:
            arrays[name] = draw.uniform(low, high, a.shape).astype(np.float32)
    write(f"{folder}/weights.safetensors", arrays)
    load(network.layers, arrays)
    write_onnx(f"{folder}/network.onnx", network, shape)
    torch.save((Graph(network.layers, network.reads).eval(), shape), f"{folder}/torch.pt")


def aligned(a, scratch):
    """The bytes at an address for vectors; `scratch` keeps them alive."""
    room = np.zeros(a.nbytes + 64, np.uint8)
    scratch.append(room)
    start = -room.ctypes.data % 64
    room[start:start + a.nbytes] = a.view(np.uint8).ravel()
    return ctypes.c_void_p(room.ctypes.data + start)


def compare(folder, name, seconds):
    import onnxruntime
    torch.set_num_threads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(f"{folder}/network.onnx", options, ["CPUExecutionProvider"])
    model, shape = torch.load(f"{folder}/torch.pt")
    model = model.to(memory_format=torch.channels_last)
    x = np.random.default_rng(2).random([1] + shape, np.float32)
    planes = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    theirs = session.run(None, {"x": planes})[0]
    ours = np.zeros_like(theirs)
    infer, alive = getattr(ctypes.CDLL(f"{folder}/infer.so"), f"{name}_infer_with"), []
    weights = aligned(np.fromfile(f"{folder}/weights.bin", np.uint8), alive)
    place = aligned(x, alive), ours.ctypes.data_as(ctypes.c_void_p)
    image = tensor_of(planes).contiguous(memory_format=torch.channels_last)

    def run_torch():
        with torch.inference_mode():
            return model(image)

    calls = {"ours": lambda: infer(weights, *place, None),
             "onnx": lambda: session.run(None, {"x": planes}), "torch": run_torch}
    times = {name: [] for name in calls}
    for _ in range(TURNS):
        for name, call in calls.items():
            begin = time.perf_counter()
            while not times[name] or time.perf_counter() - begin < seconds / TURNS / len(calls):
                start = time.perf_counter()
                call()
                times[name].append(time.perf_counter() - start)
    worst = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
    print(f"{worst:.2g}", *[f"{np.median(t) * 1e6:.1f}" for t in times.values()], onnxruntime.__version__)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(*sys.argv[2:])
    else:
        compare(*sys.argv[2:4], float(sys.argv[4]))
