"""make_fixtures.py -- what Keras makes of one image by layers that warp and colour at random, where the least and the
most that they draw are equal: NAME.npz. Wants Keras (`make oracles`), whose backend does not matter; run it in its
folder.

Behind the layer stands a Dense with weights of 0, so a step of sgd makes the weights what the layer gave.
"""
import keras
import numpy as np

L = keras.layers
SHAPE = (1, 9, 7, 2)
COLOURED = (1, 9, 7, 3)
CASES = {
    "rotation": L.RandomRotation((0.1, 0.1)),
    "rotation_constant": L.RandomRotation((0.25, 0.25), fill_mode="constant", fill_value=0.5),
    "translation": L.RandomTranslation((0.2, 0.2), (-0.3, -0.3)),
    "translation_wrap": L.RandomTranslation((0.2, 0.2), (-0.3, -0.3), fill_mode="wrap"),
    "translation_nearest": L.RandomTranslation((0.3, 0.3), (0.3, 0.3), fill_mode="nearest", interpolation="nearest"),
    "zoom": L.RandomZoom((0.3, 0.3)),
    "zoom_apart": L.RandomZoom((-0.3, -0.3), (0.2, 0.2), fill_mode="nearest"),
    "brightness": L.RandomBrightness((0.2, 0.2), value_range=(0, 1)),
    "posterization": L.RandomPosterization((3, 3), value_range=(0, 1)),
    "solarization": L.Solarization(value_range=(0, 1)),
    "auto_contrast": L.AutoContrast(value_range=(-1, 3)),
    "equalization": L.Equalization(value_range=(0, 1)),
    "bins": L.Equalization(value_range=(-0.2, 0.9), bins=13),
    "tiles": L.ContrastLimitedAdaptiveHistogramEqualization(value_range=(0, 1), tile_grid_size=(2, 3)),
    "tiles_unlimited": L.ContrastLimitedAdaptiveHistogramEqualization((-1, 2), clip_limit=0, tile_grid_size=(12, 2)),
    "sharpness": L.RandomSharpness((0.9, 0.9), value_range=(0, 1)),
    "smoothness": L.RandomSharpness((0.1, 0.1), value_range=(0, 1)),
    "blur": L.RandomGaussianBlur((1.0, 1.0), kernel_size=(5, 3), sigma=(0.8, 0.8), value_range=(0, 1)),
    "erasing": L.RandomErasing((1.0, 1.0), scale=(1.0, 1.0), fill_value=0.4, value_range=(0, 1)),
}
# of three colours; half a turn of the hue is the same to either side
COLOURS = {
    "hue": L.RandomHue((1.0, 1.0), value_range=(0, 1)),
    "saturation": L.RandomSaturation((0.6, 0.6), value_range=(0, 1)),
    "grey": L.RandomSaturation((0.3, 0.3), value_range=(0, 1)),
    "jitter": L.RandomColorJitter((0, 1), (0.1, 0.1), None, (0.55, 0.55), (1.0, 1.0)),
    "degeneration": L.RandomColorDegeneration((0.4, 0.4), value_range=(0, 1)),
}

# What RandomPerspective draws for its first image with the seed of a spec that names none, for scale=0.5.
CORNERS = np.array([[0, 0], [0.1951295, 0], [0, 0.0945447], [0.0657708, 0.1056630]], np.float32)


def perspective(images):
    far = np.array([[0, 0], [6, 0], [0, 8], [6, 8]], np.float32)
    return keras.ops.image.perspective_transform(images, far[None], (far * (1 + CORNERS))[None], fill_value=0.5)


x = np.random.default_rng(0).random(SHAPE).astype(np.float32)
np.save("x.npy", x)
np.save("y.npy", np.ones((1, 1), np.float32))
coloured = np.random.default_rng(1).random(COLOURED).astype(np.float32)
coloured[0, 0, :3] = [[0, 0, 0], [0.5, 0.5, 0.5], [0.25, 0.75, 0.75]]
np.save("coloured.npy", coloured)
np.savez("perspective.npz", **{"dense.kernel": np.array(perspective(x), np.float32).reshape(-1, 1)})
for name, layer in (CASES | COLOURS).items():
    y = np.array(layer(coloured if name in COLOURS else x, training=True), np.float32)
    np.savez(name + ".npz", **{"dense.kernel": y.reshape(-1, 1)})
