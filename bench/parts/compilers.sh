#!/bin/sh
# compilers.sh NET... -- the same C by gcc and clang, -O2 and -O3, one thread. Of the networks given: those of
# COMPILER_NETS.
set -eu
. bench/lib.sh
only=${COMPILER_NETS:-mnist vgg lenet}

echo "| network | compiler | time to compile | step, median | of the peak | as long as gcc -O3 |"
echo "|---|---|---|---|---|---|"
for net; do
    name=$(name_of "$net") first=
    case " $only " in *" $name "*) ;; *) continue ;; esac
    for cc in gcc clang; do
        command -v $cc >/dev/null || continue
        for level in O3 O2; do
            build_trainer "$net" "$cc-$level" $cc "-$level -march=native" || { echo "bench: $cc cannot" >&2; continue; }
            run_bench "$PROGRAM" 1
            record_step compilers "$name" "$cc-$level" "$PROGRAM"
            record compilers "$name" "$cc-$level" cc_seconds "$TIME_CC"
            of_peak=$(json "$PROGRAM.json" step.of_peak)
            first=${first:-$of_peak}
            echo "$name $cc $level $TIME_CC $(json "$PROGRAM.json" step.median_us) $of_peak $first" |
                awk '{ printf "| %s | %s -%s | %.1f s | %.1f us | %.2f | %.2f |\n", $1, $2, $3, $4, $5, $6, $7 / $6 }'
        done
    done
done
