#!/bin/sh
# one.sh "WHAT FILE.net" -- one test of the C that a spec becomes.
. tests/lib.sh
what=${1%% *}
net=${1#* }
name="$what $net"
model=$(basename "$net" .net)
cnnc=$BUILD/cnnc
dir=$(mktemp -d "$TMP/$what.XXXXXX")
warnings='-std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror'
flags=$("$cnnc" --cflags)

# flags and warnings are lists of words
# shellcheck disable=SC2086
compiles() { # CC OPTION...
    cc=$1
    shift
    if ! command -v "$cc" >/dev/null; then
        return
    fi
    runs "$name" $cc $warnings "$@" $flags -c -o "$dir/$model.o" "$dir/$model.c"
}

emit() { # OPTION... -- emits C into $dir; a failure is a failed test
    "$cnnc" "$@" -o "$dir/$model.c" "$net" >"$dir/log" 2>&1 || {
        fail "$name" <"$dir/log"
        exit 0
    }
}

bytes() { # the C is the same from another folder, and from the YAML twin
    emit
    mkdir "$dir/again"
    cp "$net" "${net%.net}.yaml" "$dir/again" 2>/dev/null
    (cd "$dir/again" && "$cnnc" -o "$model.c" "$model.net") 2>&1
    same "$name, elsewhere" "$dir/$model.c" "$dir/again/$model.c"
    [ -f "$dir/again/$model.yaml" ] || return
    mkdir "$dir/twin"
    (cd "$dir/twin" && "$cnnc" -o "$model.c" "../again/$model.yaml") 2>&1
    same "$name, from YAML" "$dir/$model.c" "$dir/twin/$model.c"
    same "$name, header from YAML" "$dir/$model.h" "$dir/twin/$model.h"
}

# shellcheck disable=SC2086
header() { # the header can be included alone, from C and from C++
    emit
    echo "#include \"$model.h\"" >"$dir/use.c"
    cp "$dir/use.c" "$dir/use.cc"
    runs "$name, C" $CC $warnings $flags -fsyntax-only "$dir/use.c"
    for cxx in g++ clang++; do
        command -v $cxx >/dev/null || continue
        runs "$name, $cxx" $cxx -std=c++17 -Wall -Wextra -Wpedantic -Werror $flags -fsyntax-only "$dir/use.cc"
    done
}

# shellcheck disable=SC2086
cxx() { # the file itself, as C++
    for target in generic x86-64-v3 x86-64-v4; do
        for what in train lib; do
            emit --emit=$what --target=$target
            for cxx in g++ clang++; do
                command -v $cxx >/dev/null || continue
                runs "$name, $target, $what, $cxx" $cxx -x c++ -std=c++20 -w $flags -fsyntax-only "$dir/$model.c"
            done
        done
    done
}

# shellcheck disable=SC2086
sanitized() { # a short training run under ASan and UBSan
    [ -z "${NO_ASAN:-}" ] || return
    emit
    libs=$("$BUILD/asan/cnnc" --cflags --libs)
    $CC -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -DCNN_NO_REFERENCE \
        "$dir/$model.c" $libs \
        -o "$dir/$model" \
        >"$dir/log" 2>&1 || {
        fail "$name" <"$dir/log"
        return
    }
    data=examples/data/mnist-sample
    runs "$name, training" "$dir/$model" train --data-dir $data --limit 300 --epochs 1 --threads 2 \
        --save "$dir/w.safetensors"
    runs "$name, evaluating" "$dir/$model" evaluate --data-dir $data --weights "$dir/w.safetensors"
    runs "$name, summary" "$dir/$model" summary
}

case $what in
bytes | header | sanitized | cxx) $what ;;
gcc-* | clang-*) emit; compiles "${what%-*}" "-${what#*-}" ;;
generic | x86-64-*) emit "--target=$what"; compiles "$CC" -O3 ;;
quick) emit; compiles clang -fsyntax-only ;; # gcc compiles it without a warning in group num
esac
rm -rf "$dir"
