"""make_fixtures.py -- what Keras makes of one image by layers that warp and colour at random, where the least and the
most that they draw are equal: NAME.npz. Wants Keras (`make oracles`), whose backend does not matter; run it in its
folder.

Behind the layer stands a Dense with weights of 0, so a step of sgd makes the weights what the layer gave.
"""
import keras
import numpy as np

L = keras.layers
SHAPE = (1, 9, 7, 2)
CASES = {
    "rotation": L.RandomRotation((0.1, 0.1)),
    "rotation_constant": L.RandomRotation((0.25, 0.25), fill_mode="constant", fill_value=0.5),
    "translation": L.RandomTranslation((0.2, 0.2), (-0.3, -0.3)),
    "translation_wrap": L.RandomTranslation((0.2, 0.2), (-0.3, -0.3), fill_mode="wrap"),
    "translation_nearest": L.RandomTranslation((0.3, 0.3), (0.3, 0.3), fill_mode="nearest", interpolation="nearest"),
    "zoom": L.RandomZoom((0.3, 0.3)),
    "zoom_apart": L.RandomZoom((-0.3, -0.3), (0.2, 0.2), fill_mode="nearest"),
    "brightness": L.RandomBrightness((0.2, 0.2), value_range=(0, 1)),
}

x = np.random.default_rng(0).random(SHAPE).astype(np.float32)
np.save("x.npy", x)
np.save("y.npy", np.ones((1, 1), np.float32))
for name, layer in CASES.items():
    y = np.array(layer(x, training=True), np.float32)
    np.savez(name + ".npz", **{"dense.kernel": y.reshape(-1, 1)})
