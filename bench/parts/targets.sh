#!/bin/sh
# targets.sh NET... -- the same networks for narrower vectors, each against the peak of those. Of the networks given:
# those of TARGET_NETS. Dense kernels: those with multiply-adds that skip no zeros (lists and pooled do), of a program
# that trades no multiplications.
set -eu
. bench/lib.sh
only=${TARGET_NETS:-mnist vgg mlp}

echo "| network | target | FMA peak of that target | step, median | of the peak | dense kernels, of the peak |"
echo "|---|---|---|---|---|---|"
for net; do
    name=$(name_of "$net")
    case " $only " in *" $name "*) ;; *) continue ;; esac
    for target in x86-64-v4 x86-64-v3; do
        build_trainer "$net" "$target" "$CC" -O3 --target=$target || { echo "bench: not for $target" >&2; continue; }
        run_bench "$PROGRAM" 1 || { echo "bench: this machine does not run $target" >&2; continue; }
        record_step targets "$name" "$target" "$PROGRAM"
        j=$PROGRAM.json
        build_trainer "$net" "$target-dense" "$CC" -O3 --target=$target --no-winograd
        (STEPS=${STEPS:-20} && run_bench "$PROGRAM" 1)
        dense=$(awk -F, '
            NR > 1 && $2 != "all" && $6 > 0 && $8 > 0 && $3 !~ /list|pooled/ { m += $6; w += $6 / $8 }
            END { printf "%.4f", (w > 0 ? m / w : 0) }' \
            "$PROGRAM.bench.csv")
        record targets "$name" "$target" dense_of_peak "$dense"
        echo "| $name | $target | $(json "$j" core_peak_gflops) | $(json "$j" step.median_us) us |" \
            "$(json "$j" step.of_peak) | $dense |"
    done
done
