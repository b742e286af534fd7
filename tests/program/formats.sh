#!/bin/sh
# formats.sh -- other programs read the files that a program writes: numpy where it is installed, and a safetensors
# reader of ten lines.
. tests/program/lib.sh
p="program formats:"
python=
for candidate in python3 /usr/bin/python3; do
    if $candidate -c 'import numpy' 2>/dev/null; then python=$candidate; break; fi
done
[ -n "$python" ] || { skip "$p" "no numpy"; exit 0; }
w=$TMP/tiny.safetensors
cd "$(folder formats)" || exit 1
"$TINY" export --weights "$w" -o w.npz
"$TINY" export --weights "$w" -o w.safetensors
"$TINY" predict --weights "$w" --input "$DATA/test-x" -o p.npy
head -c 4 "$DATA/test-y" >t-y
cat >check.py <<'E'
import json, sys
import numpy as np
shapes = {"conv2d.kernel": (3, 3, 1, 6), "conv2d.bias": (6,), "dense.kernel": (54, 12), "dense.bias": (12,),
          "dense_1.kernel": (12, 4), "dense_1.bias": (4,)}
def safetensors(path):
    data = open(path, "rb").read()
    n = int.from_bytes(data[:8], "little")
    head, body = json.loads(data[8:8 + n]), data[8 + n:]
    head.pop("__metadata__", None)
    assert max(v["data_offsets"][1] for v in head.values()) == len(body)
    return {k: np.frombuffer(body[slice(*v["data_offsets"])],
                             "<f4" if v["dtype"] == "F32" else "<f8").reshape(v["shape"])
            for k, v in head.items()}
z, s, c = dict(np.load("w.npz")), safetensors("w.safetensors"), safetensors(sys.argv[1])
assert {k: v.shape for k, v in z.items()} == shapes, {k: v.shape for k, v in z.items()}
for k in shapes:
    assert z[k].dtype == np.float32 and (z[k] == s[k]).all() and (z[k] == c[k]).all(), k
np.savez("numpy.npz", **z)
np.savez_compressed("packed.npz", **{k: v.astype(np.float64) for k, v in z.items()})
p = np.load("p.npy")
assert p.shape == (100, 4) and p.dtype == np.float32 and np.allclose(p.sum(1), 1, atol=1e-5)
images = np.fromfile(sys.argv[2], np.uint8)[16:].reshape(100, 8, 8, 1)
for name, a in (("u8", images), ("f4", images.astype(np.float32)), ("f8", images.astype(np.float64)),
                ("flat", images[..., 0])):
    np.save(name + ".npy", a)
np.save("version2.npy", images.astype(np.float32))
with open("version2.npy", "wb") as f:
    np.lib.format.write_array(f, images.astype(np.float32), version=(2, 0))
E
runs "$p numpy reads what we write" "$python" check.py "$w" "$DATA/test-x"
for f in u8 f4 f8 version2; do
    runs "$p predict from $f" "$TINY" predict --weights w.npz --input $f.npy -o $f.out.npy
done
for f in u8 f4 version2; do runs "$p predict from $f is the same" cmp p.npy $f.out.npy; done
cat >near.py <<'END'
import sys
import numpy as np
a, b = map(np.load, sys.argv[1:])
sys.exit(not np.allclose(a, b, rtol=1e-5, atol=1e-6))
END
runs "$p predict from f8, normalised in double, is the same but for rounding" "$python" near.py p.npy f8.out.npy
for f in numpy packed; do
    runs "$p weights from $f.npz" "$TINY" predict --weights $f.npz --input u8.npy -o $f.out.npy
    runs "$p weights from $f.npz are the same" cmp p.npy $f.out.npy
done
