"""keras_step.py THREADS SECONDS|-STEPS <canonical .net -- the training step of the same network in Keras 3, Adam, on the
backend that KERAS_BACKEND names.

A step is one compiled function of weights, state and images, without what `fit` does around it: jax.jit of Keras'
stateless calls with donated buffers; of TensorFlow the faster of tf.function with XLA and without. Reads what
`cnnc --emit=net` prints; knows the layers of bench/nets and examples/mnist.net. Random inputs; the median of the steps
that SECONDS have.
"""
import os
import sys
import time

from net_text import BATCHES, median, pair, statements

THREADS, SECONDS = int(sys.argv[1]), float(sys.argv[2])
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_NUM_INTRAOP_THREADS=str(THREADS), TF_NUM_INTEROP_THREADS="1")
os.environ["XLA_FLAGS"] = "" if THREADS > 1 else "--xla_cpu_multi_thread_eigen=false"

import keras  # noqa: E402  the backend reads the environment when it is imported
import numpy as np  # noqa: E402
from keras import layers as kl  # noqa: E402

RATES = {"learning_rate": 1e-3, "epsilon": 1e-7}


class Draw(kl.Layer):
    """Sampling."""
    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, x):
        mean, log_variance = x
        return mean + keras.ops.exp(log_variance / 2) * keras.random.normal(keras.ops.shape(mean), seed=self.seeds)


def kernel(make, said, filters=True):
    """A convolution: its size, and what its keywords say."""
    bare, keyed = [w for w in said.bare if w != "same"], said.keyed
    numbers = [w for w in bare if w[0].isdigit()]
    rank1 = make in (kl.Conv1D,)
    size = (lambda word: int(word)) if rank1 else (lambda word: tuple(pair(word)))
    options = {"padding": "same" if "same" in said.bare or keyed.get("padding") == "same" else "valid",
               "use_bias": keyed.get("use_bias") != "no"}
    if "stride" in keyed:
        options["strides"] = size(keyed["stride"])
    if "dilation" in keyed:
        options["dilation_rate"] = size(keyed["dilation"])
    for word in ("groups", "depth_multiplier"):
        if word in keyed:
            options[word] = int(keyed[word])
    arguments = ([int(numbers[0])] if filters else []) + [size(numbers[1 if filters else 0])]
    return make(*arguments, **options)


def pool(make, said):
    stride = tuple(pair(said.keyed["stride"])) if "stride" in said.keyed else None
    return make(tuple(pair(said.bare[0])), stride, "same" if "same" in said.bare else "valid")


def sizes(said):
    return tuple(int(n) for n in said.bare[0].split("x"))


LAYERS = {
    "BatchNorm": lambda said, rank: kl.BatchNormalization(epsilon=float(said.keyed.get("epsilon", "1e-3"))),
    "Conv1D": lambda said, rank: kernel(kl.Conv1D, said),
    "Conv2D": lambda said, rank: kernel(kl.Conv2D, said),
    "Conv2DTranspose": lambda said, rank: kernel(kl.Conv2DTranspose, said),
    "DepthwiseConv2D": lambda said, rank: kernel(kl.DepthwiseConv2D, said, filters=False),
    "MaxPool": lambda said, rank: pool(kl.MaxPooling2D, said),
    "AvgPool": lambda said, rank: pool(kl.AveragePooling2D, said),
    "GlobalAvgPool": lambda said, rank: (kl.GlobalAveragePooling2D if rank == 4 else kl.GlobalAveragePooling1D)(),
    "Dense": lambda said, rank: kl.Dense(int(said.bare[0])),
    "Dropout": lambda said, rank: kl.Dropout(float(said.bare[0])),
    "Reshape": lambda said, rank: kl.Reshape(sizes(said)),
    "Flatten": lambda said, rank: kl.Flatten(),
    "Identity": lambda said, rank: kl.Identity(),
    "Sampling": lambda said, rank: Draw(),
    "Concatenate": lambda said, rank: kl.Concatenate(),
    "Add": lambda said, rank: kl.Add(),
}
ACTIVATIONS = ("relu", "sigmoid", "tanh", "elu", "gelu", "silu", "softmax")


class Reader:
    """Makes a Keras model of statements."""
    def __init__(self):
        self.first, self.here, self.labels, self.blocks = None, None, {}, []
        self.batch, self.loss = 32, "sparse_categorical_crossentropy"

    def close_block(self):
        name, start, ends = self.blocks.pop()
        if name == "path":
            self.blocks[-1][2].append(self.here)
            self.here = start
        elif name == "concat":
            self.here = kl.Concatenate()(ends)
        elif name == "residual":
            if start.shape != self.here.shape:  # a 1x1 convolution makes the shapes equal
                stride = -(-start.shape[1] // self.here.shape[1])
                start = kl.Conv2D(self.here.shape[-1], 1, strides=stride)(start)
            self.here = kl.Add()([self.here, start])

    def layer(self, said):
        sources = [self.labels[label] for label in said.sources] or [self.here]
        read = sources if len(sources) > 1 else sources[0]
        if said.name.lower() in ACTIVATIONS:
            self.here = kl.Activation(said.name.lower())(read)
        else:
            self.here = LAYERS[said.name](said, len(sources[0].shape))(read)
        for word in said.bare + [said.keyed.get("activation", "")]:
            if word in ACTIVATIONS:
                self.here = kl.Activation(word)(self.here)

    def statement(self, said):
        if said.name == "Input":
            self.first = self.here = keras.Input(sizes(said))
        elif said.opens and self.here is not None:
            self.blocks.append((said.name, self.here, []))
        elif said.name == "}" and self.blocks:
            self.close_block()
        elif said.name == "loss":
            self.loss = said.bare[0]
        elif said.name == "epochs":
            self.batch = int(said.keyed.get("batch", "32"))
        elif said.name in LAYERS or said.name.lower() in ACTIVATIONS:
            self.layer(said)
        if said.label:
            self.labels[said.label] = self.here


def tensorflow_step(model, loss, optimizer, xla):
    import tensorflow as tf

    @tf.function(jit_compile=xla)
    def step(x, y):
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
        optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)
        return value

    return lambda x, y: step(x, y).numpy()


def jax_step(model, loss, optimizer):
    import jax

    def value_of(weights, rest, x, y):
        out, rest = model.stateless_call(weights, rest, x, training=True)
        return loss(y, out), rest

    @jax.jit
    def whole(state, x, y):
        weights, rest, kept = state
        (value, rest), gradients = jax.value_and_grad(value_of, has_aux=True)(weights, rest, x, y)
        weights, kept = optimizer.stateless_apply(kept, gradients, weights)
        return value, (weights, rest, kept)

    once = jax.jit(whole, donate_argnums=0)
    state = [v.value for v in model.trainable_variables], [v.value for v in model.non_trainable_variables], \
        [v.value for v in optimizer.variables]

    def step(x, y):
        nonlocal state
        value, state = once(state, x, y)
        jax.block_until_ready(state)
        return value

    return step


def median_step(reader, make, seconds):
    model = keras.Model(reader.first, reader.here)
    optimizer = keras.optimizers.Adam(**RATES)
    optimizer.build(model.trainable_variables)
    draw = np.random.default_rng(1)
    images = draw.random((BATCHES * reader.batch,) + reader.first.shape[1:], dtype=np.float32)
    if reader.loss == "binary_crossentropy":
        loss = keras.losses.BinaryCrossentropy()
        labels = draw.integers(0, 2, (BATCHES * reader.batch,) + reader.here.shape[1:]).astype(np.float32)
    else:
        loss = keras.losses.SparseCategoricalCrossentropy()
        labels = draw.integers(0, reader.here.shape[-1], BATCHES * reader.batch).astype(np.int32)
    step = make(model, loss, optimizer)
    step(images[:reader.batch], labels[:reader.batch])  # compiles
    times, begin = [], time.perf_counter()
    while len(times) < (10 if seconds > 0 else -seconds) or (seconds > 0 and time.perf_counter() - begin < seconds):
        start = time.perf_counter()
        rows = draw.integers(0, BATCHES * reader.batch, reader.batch)
        step(images[rows], labels[rows])
        times.append(time.perf_counter() - start)
    return median(times)


def main():
    reader = Reader()
    for said in statements(sys.stdin):
        reader.statement(said)
    backend = keras.backend.backend()
    if backend == "jax":
        ways = [jax_step]
    else:
        ways = [lambda *all_of_it, xla=xla: tensorflow_step(*all_of_it, xla) for xla in (False, True)]
    best = min(median_step(reader, way, SECONDS / len(ways)) for way in ways)
    print(f"Keras {keras.__version__} {backend} step {best * 1e6:.1f} us median")


if __name__ == "__main__":
    main()
