# lib.sh -- what the parts of the bench share. Sourced from the root of the tree: . bench/lib.sh
BUILD=${BUILD:-build} CC=${CC:-cc}
OUT=${OUT:-$BUILD/bench}
RESULTS=$OUT/results.csv
SECONDS_EACH=${SECONDS_EACH:-2} STEPS=${STEPS:-} ROUNDS=${ROUNDS:-3}
[ -z "$STEPS" ] || ROUNDS=1 # a quick run needs no repetition

now() { date +%s.%N; }
since() { echo "$1 $(now)" | awk '{ printf "%.3f", $2 - $1 }'; }
upper() { echo "$1" | tr a-z A-Z; }
parts_there() { (cd bench/parts && ls ./*.sh) | sed 's|^\./||; s|\.sh$||' | tr '\n' ' '; }

# Records one figure. VARIANT distinguishes measurements of one kind: threads=2, clang-O2, 50-distinct, ...
record() { # PART NET VARIANT FIGURE VALUE
    if [ -n "$5" ]; then echo "$1,$2,$3,$4,$5" >>"$RESULTS"; fi
}

# Prints a field from a program's `bench --json`: one of the first level, or OBJECT.FIELD.
json() { # FILE FIELD
    case $2 in
    *.*) sed -n "s/^ *\"${2%%.*}\": {.*\"${2#*.}\": \([^,}]*\).*/\1/p" "$1" ;;
    *) sed -n "s/.*\"$2\": \"\{0,1\}\([^,\"]*\)\"\{0,1\}[,}]*.*/\1/p" "$1" | head -1 ;;
    esac
}

rounds() { seq "$ROUNDS"; }
middle() { sed -n "$(((ROUNDS + 1) / 2))p"; } # prints the middle one of ROUNDS sorted lines

name_of() { basename "$1" .net; }

# Builds the trainer of NET as the program $OUT/NAME-TAG; TIME_CNNC and TIME_CC tell how long that took.
build_trainer() { # NET TAG COMPILER FLAGS [CNNC OPTION...]
    bt_net=$1 bt_program=$OUT/$(name_of "$1")-$2 bt_cc=$3 bt_flags=$4
    shift 4
    start=$(now)
    "$BUILD/cnnc" "$@" -o "$bt_program.c" "$bt_net" || return 1
    TIME_CNNC=$(since "$start")
    start=$(now)
    # shellcheck disable=SC2046,SC2086
    $bt_cc $bt_flags -o "$bt_program" "$bt_program.c" $("$BUILD/cnnc" --cflags --libs) || return 1
    TIME_CC=$(since "$start")
    PROGRAM=$bt_program
}

# Prints the folder of digits for networks whose spec has data: all of MNIST where `make data` has fetched it, else
# the sample.
digits() {
    if [ -f data/mnist/train-images-idx3-ubyte ]; then echo data/mnist; else echo examples/data/mnist-sample; fi
}

how_long() { if [ -n "$STEPS" ]; then echo "--steps $STEPS"; else echo "--seconds $SECONDS_EACH"; fi; }

# Runs the program's own bench, which writes PROGRAM.json and PROGRAM.bench.csv.
run_bench() { # PROGRAM THREADS
    # shellcheck disable=SC2046
    CNN_DATA_DIR=$(digits) "$1" bench --quiet --threads "$2" $(how_long) --json "$1.json" --csv "$1.bench.csv"
}

# Records the figures of a step that run_bench has left in PROGRAM.json.
record_step() { # PART NET VARIANT PROGRAM
    for f in median_us fastest_tenth_us slowest_tenth_us gflops of_peak of_best; do
        record "$1" "$2" "$3" "step_$f" "$(json "$4.json" "step.$f")"
    done
    record "$1" "$2" "$3" peak_gflops "$(json "$4.json" peak_gflops)"
    record "$1" "$2" "$3" best_peak_gflops "$(json "$4.json" best_peak_gflops)"
}

# OpenBLAS takes the slowest of its cores for processors that are younger than it is.
core_of_openblas() {
    if grep -q avx512bw /proc/cpuinfo; then echo SKYLAKEX; elif grep -q avx2 /proc/cpuinfo; then echo HASWELL; fi
}

# Runs a command in which PyTorch works. Memory that malloc gives back to the system after every step costs PyTorch
# four fifths of its time on some machines.
for_torch() { # COMMAND...
    env -u OPENBLAS_L2_SIZE OPENBLAS_CORETYPE="$(core_of_openblas)" MALLOC_MMAP_THRESHOLD_=1073741824 \
        MALLOC_TRIM_THRESHOLD_=4294967296 "$@"
}

mean() { awk 'NF { sum += $1; n++ } END { if (n) printf "%.3f", sum / n }'; } # of the numbers of standard input

# Our step beside that of others, on one and two threads. Twice each, by turns: whatever else the machine does meets
# both. The part has defined `theirs NET THREADS`, which prints us of a step, the median.
against() { # PART WHOSE VARIANT NET...
    ag_part=$1 ag_who=$2 ag_variant=$3
    shift 3
    echo "| network | threads | $ag_who's step, medians | ours, medians | times as fast |"
    echo "|---|---|---|---|---|"
    for net; do
        name=$(name_of "$net")
        build_trainer "$net" "$ag_part" "$CC" "-O3 -march=native" ||
            { echo "bench: $net does not build" >&2; continue; }
        for threads in 1 2; do
            a=$(theirs "$net" $threads) x=$(our_step $threads) b=$(theirs "$net" $threads) y=$(our_step $threads)
            their=$(printf '%s\n' "$a" "$b" | mean) our=$(printf '%s\n' "$x" "$y" | mean)
            [ -n "$their" ] && [ -n "$our" ] || { echo "bench: no $ag_who step for $net" >&2; continue; }
            record "$ag_part" "$name" "${ag_variant}threads=$threads" step_median_us "$their"
            record "$ag_part" "$name" "${ag_variant}threads=$threads" our_step_median_us "$our"
            echo "$name $threads $a $b $x $y $their $our" |
                awk '{ printf "| %s | %s | %.1f, %.1f us | %.1f, %.1f us | %.2f |\n", $1, $2, $3, $4, $5, $6, $7 / $8 }'
        done
    done
}

our_step() { # THREADS
    run_bench "$PROGRAM" "$1"
    json "$PROGRAM.json" step.median_us
}
