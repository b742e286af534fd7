#!/bin/sh
# packages.sh PACKAGE... -- makes sure that these Debian packages (or their equivalents on other systems) are installed.
#
# It looks for what a package provides first. So it installs nothing and uses no network when everything is there, and
# the check works on other systems too. It installs as root or with sudo; without either it names the packages and
# fails.
set -eu

header() {
    printf '#include <stdarg.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <setjmp.h>\n#include <%s>\n' "$1" |
        ${CC:-cc} -E - >/dev/null 2>&1
}

present() {
    case $1 in
    gcc) command -v "${CC:-cc}" ;;
    libc6-dev) header stdlib.h ;;
    libyaml-dev) header yaml.h ;;
    zlib1g-dev) header zlib.h ;;
    libcsv-dev) header csv.h ;;
    libpng-dev) header png.h ;;
    libjpeg-dev) header jpeglib.h ;;
    libcmocka-dev) header cmocka.h ;;
    gcc-aarch64-linux-gnu) command -v aarch64-linux-gnu-gcc ;;
    libc6-dev-arm64-cross) test -f /usr/aarch64-linux-gnu/include/stdlib.h ;;
    gcc-s390x-linux-gnu) command -v s390x-linux-gnu-gcc ;;
    libc6-dev-s390x-cross) test -f /usr/s390x-linux-gnu/include/stdlib.h ;;
    libopenmpi-dev) command -v mpicc.openmpi ;;
    openmpi-bin) command -v mpirun.openmpi ;;
    libmpich-dev) command -v mpicc.mpich ;;
    mpich) command -v mpirun.mpich ;;
    iproute2) command -v tc ;;
    gnuplot-nox) command -v gnuplot ;;
    graphviz) command -v dot ;;
    python3-venv) /usr/bin/python3 -c 'import venv, ensurepip' ;;
    python3-pip) /usr/bin/python3 -c 'import pip' ;;
    python3-numpy) /usr/bin/python3 -c 'import numpy' ;;
    python3-torch) /usr/bin/python3 -c 'import torch' ;;
    libclang-rt-dev) ls "$(clang -print-resource-dir)"/lib/*/libclang_rt.fuzzer* ;;
    qemu-user) command -v qemu-aarch64 ;;
    dataset-fashion-mnist) test -f /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz ;;
    wamerican) test -f /usr/share/dict/american-english ;;
    wfrench | wngerman | wspanish | witalian) test -f "/usr/share/dict/${1#w}" ;;
    *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

missing=
for p in "$@"; do
    present "$p" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1; then
        root=sudo
    else
        echo "these packages are missing, and installing them takes root or sudo:$missing" >&2
        exit 1
    fi
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "these packages are missing (Debian's names; there is no apt-get here):$missing" >&2
    exit 1
fi

echo "installing:$missing"
DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
# The package lists of a fresh machine are empty or old: they are fetched when the first try finds nothing.
# shellcheck disable=SC2086
$root apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || {
    $root apt-get update -qq || true
    $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
for p in $missing; do
    present "$p" || {
        echo "$p is installed, but what it should bring was not found" >&2
        exit 1
    }
done
