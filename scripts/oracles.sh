#!/bin/sh
# oracles.sh -- other people's frameworks in a virtual environment, $BUILD/oracles, to compare numbers and speed with.
# Debian's PyTorch and NumPy are seen from there, too. What cannot be installed is named; the others work without it.
set -u
: "${BUILD:=build}"
home=$BUILD/oracles
[ -x "$home/bin/pip" ] || /usr/bin/python3 -m venv --system-site-packages "$home" || exit 1
for package in jax keras tensorflow-cpu onnx onnxruntime; do
    "$home/bin/pip" install --quiet "$package" || echo "oracles: $package is not there"
done
"$home/bin/pip" list 2>/dev/null | awk '/^(torch|jax|keras|tensorflow[_-]cpu|onnx|onnxruntime) /'
