#!/bin/sh
# run.sh [SECONDS] -- gives broken bytes to all code that reads files: both front ends and the graph (spec),
# everything up to the emitted C (emit), weights (weights), every file that a program reads (data). With SECONDS,
# libFuzzer runs each target that long (`make fuzz`): its inputs stay in $BUILD/fuzz/corpus-*, its findings in
# $BUILD/fuzz/crash-*. Without SECONDS, some variants of each seed run, as a group of tests.
. tests/lib.sh
targets="spec emit weights data"
flags="-std=c11 -g -O1 -D_DEFAULT_SOURCE -Icompiler -Ifiles -Iruntime -Iruntime/include
    -fno-sanitize-recover=undefined -Werror=implicit-function-declaration"
libs="-lyaml -lcsv -lpng -ljpeg -lz -lm -lpthread"

seeds() { # TARGET FOLDER
    mkdir -p "$2"
    case $1 in
    spec | emit)
        for f in examples/*.net examples/*.yaml $(find tests/golden tests/num -name '*.net' -o -name '*.yaml'); do
            case $f in *.yaml) kind=y ;; *) kind=n ;; esac
            to=$2/seed-$(echo "$f" | tr / -)
            [ "$1" = spec ] || kind=$kind$(printf %s "$f" | cksum | sed "s/.*\(.\) .*/\1/") # any target of cnnc
            { printf %s "$kind"; cat "$f"; } >"$to"
        done
        ;;
    *)
        for f in "$work/seeds/$1"-*; do cp "$f" "$2"; done
        ;;
    esac
}

# shellcheck disable=SC2086
make_seeds() { # CC LIBRARIES -- into $work/seeds
    mkdir -p "$work/seeds"
    $1 $flags -o "$work/make-seeds" tests/fuzz/seeds.c "$2/libcnn.a" -lcmocka $libs &&
        (cd "$work" && ./make-seeds seeds)
}

if [ $# = 0 ]; then
    work=$TMP
    asan="-fsanitize=address,undefined"
    make_seeds "$CC $asan" "$BUILD/asan" >"$work/log" 2>&1 || { fail "fuzz seeds" <"$work/log"; exit 0; }
    replay() { # TARGET N
        seeds "$1" "$work/$1"
        # shellcheck disable=SC2086
        if $CC $flags $asan -o "$work/fuzz_$1" "tests/fuzz/fuzz_$1.c" tests/fuzz/replay.c "$BUILD/asan/libcnnc.a" \
            "$BUILD/asan/libcnn.a" $libs \
            >"$work/log" 2>&1 && "$work/fuzz_$1" "$2" "$work/$1"/* >"$work/log" 2>&1; then
            pass "fuzz $1"
        else
            grep -v ': error: \|: warning: \|: note: ' "$work/log" | tail -50 | fail "fuzz $1"
        fi
    }
    replay spec 2
    replay emit 0
    replay weights 100
    replay data 100
    exit 0
fi

work=$BUILD/fuzz
grep -rhoE '\.name = "[A-Za-z0-9_]+"|\{"[a-z_]+", ARG_' compiler | grep -oE '"[^"]+"' | sort -u >"$work/words"
make_seeds "clang -fsanitize=address,undefined" "$work" || exit 1
found=0
for target in ${ONLY:-$targets}; do
    corpus=$work/corpus-$target
    seeds "$target" "$corpus"
    # shellcheck disable=SC2086
    clang $flags -fsanitize=address,undefined,fuzzer "tests/fuzz/fuzz_$target.c" "$work/libcnnc.a" "$work/libcnn.a" \
        $libs -o "$work/fuzz_$target" ||
        exit 1
    case $target in spec | emit) dict=-dict=$work/words ;; *) dict= ;; esac
    # shellcheck disable=SC2086
    "$work/fuzz_$target" -max_total_time="$1" -max_len=4096 -timeout=20 -rss_limit_mb=3000 -close_fd_mask=2 $dict \
        -artifact_prefix="$work/" "$corpus" || found=1
done
exit $found
