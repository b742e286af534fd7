#!/bin/sh
# stretches.sh -- a program whose plan has barriers computes the same as without them.
. tests/program/lib.sh
p="program stretches:"
cd "$(folder stretches)" || exit 1
flags="-std=c11 -O1 -D_DEFAULT_SOURCE -I$ROOT/compiler -I$ROOT/files"
# shellcheck disable=SC2086
$CC $flags -o barriers "$HERE/barriers.c" "$BUILD/libcnnc.a" "$BUILD/libcnn.a" -lyaml -lz -lm >log 2>&1
check "$p a compiler that adds barriers" "$(cat log)" || exit 0
for which in noise tiny; do
    build "$HERE/$which.net" ./plain || fail "$p $which builds" <plain.log
    ./barriers "$HERE/$which.net" >many.c
    # shellcheck disable=SC2046
    $CC -std=c11 -O1 -march=native -Wall -Wextra -Werror \
        -o many many.c $("$BUILD/cnnc" --cflags --libs "$HERE/$which.net" 2>/dev/null) >log 2>&1
    check "$p $which with barriers builds" "$(cat log)" || continue
    runs "$p $which has several stretches, and a sum" grep -q '{chunk_2, NULL, 3, [0-9]*, [0-9]*},' many.c
    ./plain train --data-dir "$DATA" --quiet --epochs 2 --threads 1 --save plain.safetensors \
        --log plain.csv >log 2>&1 || fail "$p $which" <log
    for n in 1 3; do
        ./many train --data-dir "$DATA" --quiet --epochs 2 --threads $n --save many.safetensors \
            --log many.csv >log 2>&1 || fail "$p $which" <log
        runs "$p $which, $n threads: weights" cmp plain.safetensors many.safetensors
        runs "$p $which, $n threads: log" sh -c 'cut -d, -f 1-5 plain.csv >a; cut -d, -f 1-5 many.csv >b; cmp a b'
    done
    if [ $which = noise ]; then
        for source in plain many; do
            # shellcheck disable=SC2046
            $CC -std=c11 -O1 -march=native -DSOURCE="\"$source.c\"" -I. -o face "$HERE/step_of_face.c" \
                $("$BUILD/cnnc" --cflags --libs "$HERE/noise.net" 2>/dev/null) >log 2>&1 &&
                ./face >$source.theta
            check "$p the library of $source.c makes steps" "$(cat log)"
        done
        runs "$p noise: the library's parameters" cmp plain.theta many.theta
    fi
    runs "$p $which: gradients" ./many gradcheck --weights plain.safetensors
    for program in plain many; do
        ./$program predict --weights plain.safetensors --input "$DATA/test-x" -o $program.npy >log 2>&1 ||
            fail "$p $which predicts" <log
    done
    runs "$p $which: predictions" cmp plain.npy many.npy
done
