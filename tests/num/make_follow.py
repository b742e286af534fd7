#!/usr/bin/env python3
"""make_follow.py -- what Keras 3 makes of train/follow.net: train/follow/w0.npz and train/follow.npz, the weights before
and behind all steps.

    build/oracles/bin/python tests/num/make_follow.py        after `make oracles`
"""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "train")
NAMES = ["dense.kernel", "dense.bias", "dense_1.kernel", "dense_1.bias"]
BATCH, EPOCHS, RATE, MOMENTUM, EVERY = 12, 20, 0.05, 0.9, 7


def network():
    layers = keras.layers
    return keras.Sequential([layers.Input((6,)), layers.Dense(8, "tanh"), layers.Dense(3, "softmax")])


def weights(models):
    return {f"{name}.{k}": w for name, m in models.items() for k, w in zip(NAMES, m.get_weights())}


def main():
    x, y, w = (np.load(f"{HERE}/{f}") for f in ("x.npy", "y.npy", "w0.npz"))
    models = {name: network() for name in ("student", "teacher", "target")}
    for i, m in enumerate(models.values()):
        m.set_weights([w[k] * (1 + i / 4) for k in NAMES])
    student, teacher, target = models.values()
    os.makedirs(HERE + "/follow", exist_ok=True)
    np.savez_compressed(HERE + "/follow/w0.npz", **weights(models))
    optimizer = keras.optimizers.SGD(RATE, momentum=0.9)

    def update(loss):
        with tf.GradientTape() as tape:
            value = loss()
        optimizer.apply(tape.gradient(value, student.trainable_weights), student.trainable_weights)

    step = 0
    for _ in range(EPOCHS):
        for first in range(0, len(x), BATCH):
            step += 1
            rows, classes = x[first:first + BATCH], y[first:first + BATCH]
            answers = teacher(rows)
            update(lambda: keras.losses.MeanSquaredError()(answers, student(rows)))
            for a, b in zip(teacher.weights, student.weights):
                a.assign(MOMENTUM * a + (1 - MOMENTUM) * b)
            update(lambda: keras.losses.SparseCategoricalCrossentropy()(classes, student(rows)))
            if step % EVERY == 0:
                target.set_weights(student.get_weights())
    np.savez_compressed(HERE + "/follow.npz", **weights(models))


main()
