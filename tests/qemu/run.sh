#!/bin/sh
# run.sh -- the kernels for 64-bit ARM, cross-compiled and run under qemu-user: inference has PyTorch's numbers, a
# trainer's gradcheck passes, and a short training ends with the same numbers as the same C on this machine.
. tests/lib.sh

cross=aarch64-linux-gnu-gcc
for tool in $cross qemu-aarch64; do
    command -v $tool >/dev/null && continue
    echo "skipped qemu: $tool is not installed (Debian: gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, qemu-user)"
    exit 0
done
$CC -std=c11 -O2 -o "$TMP/compare" tests/num/compare.c -lz -lm &&
    $CC -std=c11 -O1 -o "$TMP/makedata" tests/program/makedata.c || exit 1

# ---- inference alone
for net in acts_words conv_same conv_stride2_same conv_groups conv_1x1 dense_wide pool_max pool_avg_same; do
    if wanted "qemu numbers $net"; then echo "numbers $net armv8-a"; fi
done | CC="$cross -static" RUN=qemu-aarch64 GROUP=qemu in_parallel tests/infer/one.sh

# ---- training. There may be no zlib for that machine.
mkdir "$TMP/zlib" "$TMP/data"
for h in zlib.h zconf.h csv.h png.h pnglibconf.h pngconf.h jpeglib.h jconfig.h jmorecfg.h jerror.h; do
    cp "$(echo "#include <$h>" | $CC -E - | sed -n "s|^# [0-9]* \"\(.*/$h\)\".*|\1|p" | head -1)" "$TMP/zlib"
done
"$TMP/makedata" "$TMP/data" 96 32

arm_library() {
    echo '#define CNNC_VERSION "0"' >"$TMP/zlib/version.h"
    for f in $(ls runtime/*/*.c files/*.c tests/qemu/no_zlib.c | grep -v "^runtime/ranks/"); do
        echo "$cross -std=c11 -D_DEFAULT_SOURCE -O1 -Iruntime -Iruntime/include -Ifiles -I$TMP/zlib" \
            "-c -o $TMP/zlib/$(echo "$f" | tr / _).o $f"
    done | xargs -P "$JOBS" -I{} sh -c '{}' &&
        aarch64-linux-gnu-ar rcs "$TMP/libcnn.a" "$TMP"/zlib/*.o
}

arm_program() { # NET PROGRAM
    "$BUILD/cnnc" --target=armv8-a -o "$2.c" "$1" &&
        $cross -static -O1 -I"$BUILD/include" -o "$2" "$2.c" "$TMP/libcnn.a" -lm -lpthread
}

train() { # PROGRAM [EMULATOR]
    ${2:-} "$1" train --data-dir "$TMP/data" --epochs 1 --quiet --save "$1.safetensors" &&
        ${2:-} "$1" predict --weights "$1.safetensors" --input "$TMP/data/test-x" -o "$1.npy"
}

if wanted 'qemu training'; then
    runs "qemu libcnn is built" arm_library
    runs "qemu tiny.net is built" arm_program tests/program/tiny.net "$TMP/tiny"
    runs "qemu tiny.net gradcheck" qemu-aarch64 "$TMP/tiny" gradcheck
    cp "$TMP/tiny.c" "$TMP/here.c"
    # shellcheck disable=SC2046
    runs "qemu tiny.net on this machine" $CC -O1 -o "$TMP/here" "$TMP/here.c" $("$BUILD/cnnc" --cflags --libs)
    runs "qemu tiny.net trains" train "$TMP/tiny" qemu-aarch64
    runs "qemu tiny.net trains here" train "$TMP/here"
    runs "qemu training ends where it ends here" "$TMP/compare" --rtol 1e-3 "$TMP/tiny.npy" "$TMP/here.npy"
fi
