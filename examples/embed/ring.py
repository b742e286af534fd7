"""ring.py -- Python, by ctypes and nothing else: trains with libring.so, asks the constants in libring_infer.so."""
import ctypes
import math
import random

INPUT, OUTPUT, BATCH, SCRATCH = 2, 2, 32, 512  # as the headers say; RING_BATCH_SCRATCH for many rows at once

lib = ctypes.CDLL("./libring.so")
lib.ring_size.restype = ctypes.c_size_t
lib.ring_init.argtypes = [ctypes.c_void_p, ctypes.c_uint64]
lib.ring_normalize_rows.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
lib.ring_train_step.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_double]
lib.ring_train_step.restype = ctypes.c_double
lib.ring_predict.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
infer = ctypes.CDLL("./libring_infer.so")


def draw(n):
    raw = (ctypes.c_float * (INPUT * n))(*(random.uniform(0, 200) for _ in range(INPUT * n)))
    label = (ctypes.c_int32 * n)(*(50 < math.hypot(raw[2 * i] - 100, raw[2 * i + 1] - 100) < 80 for i in range(n)))
    x = (ctypes.c_float * (INPUT * n))()
    lib.ring_normalize_rows(net, raw, x, n)  # as the spec says
    return x, label


def right(y, label):
    return sum((y[2 * i + 1] > y[2 * i]) == label[i] for i in range(len(label)))


random.seed(1)
net = ctypes.create_string_buffer(lib.ring_size())  # a struct ring
lib.ring_init(net, 7)
for step in range(1500):
    x, label = draw(BATCH)
    loss = lib.ring_train_step(net, x, label, BATCH, 0)

x, label = draw(1000)
y = (ctypes.c_float * (OUTPUT * 1000))()
lib.ring_predict(net, x, y, 1000)
print("trained here:", right(y, label), "of 1000 right")

scratch = (ctypes.c_float * SCRATCH)()
infer.ring_infer_batch(x, y, 1000, scratch)
print("trained before:", right(y, label), "of 1000 right")
