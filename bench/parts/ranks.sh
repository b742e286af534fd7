#!/bin/sh
# ranks.sh -- several processes: two ranks of one thread against one rank of two threads, and against PyTorch's
# DistributedDataParallel over gloo; as root, also 2 to 8 hosts made of network namespaces, against what
# `bench --simulate` computes; and a plot of what many more ranks would do. RANK_NETS: the networks, whatever is
# given; RANK_PARTS: some of "pair hosts plot".
set -eu
. bench/lib.sh

nets=${RANK_NETS:-"examples/mnist.net bench/nets/vgg.net"}
parts=${RANK_PARTS:-pair hosts plot}
has() { case " $parts " in *" $1 "*) return ;; esac; return 1; }
if ! command -v mpirun >/dev/null || ! "$BUILD/cnnc" --cflags --mpi >/dev/null 2>&1; then
    echo "there is no mpirun, or cnnc was built without MPI: no ranks"
    exit 0
fi
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMP_NUM_THREADS=1

build() { # NET NAME [CNNC OPTION...]
    "$BUILD/cnnc" -o "$OUT/$2.c" "$1" &&
        $CC -O3 -march=native -o "$OUT/$2" "$OUT/$2.c" $("$BUILD/cnnc" --cflags --libs --mpi)
}

timed() { # FIELD COMMAND... -- a field of the --json of a program's bench
    field=$1
    shift
    rm -f "$OUT/ranks.json"
    # shellcheck disable=SC2046
    "$@" bench --quiet $(how_long) --json "$OUT/ranks.json" >"$OUT/ranks.log" 2>&1 || cat "$OUT/ranks.log" >&2
    json "$OUT/ranks.json" "$field"
}

ddp() { # NET -- us of a step, median
    rm -f "$OUT/ddp.meet"
    "$BUILD/cnnc" --emit=net "$1" -o - 2>/dev/null >"$OUT/ddp.net"
    # shellcheck disable=SC2016
    for_torch mpirun --bind-to none -n 2 sh -c 'exec /usr/bin/python3 bench/torch_step.py 1 "$0" "$1" <"$2"' \
        "${STEPS:+-}${STEPS:-$SECONDS_EACH}" "$(realpath "$OUT")/ddp.meet" "$OUT/ddp.net" 2>/dev/null |
        sed -n 's/^PyTorch .* step \([0-9.]*\) us.*/\1/p'
}

has_torch() { /usr/bin/python3 -c 'import torch.distributed' 2>/dev/null; }

pairs() {
    echo "| network | 1 rank, 2 threads | 2 ranks, 1 thread | times as long | kB, messages a step | communication |" \
        "PyTorch, 2 processes |"
    echo "|---|---|---|---|---|---|---|"
    for net in $nets; do
        name=$(name_of "$net") program=$OUT/$(name_of "$net")-ranks
        : >"$OUT/pairs"
        for _ in $(rounds); do # by turns, as the clock of a core changes
            a=$(timed step.median_us "$program" --threads 2)
            b=$(timed step.median_us mpirun -n 2 "$program" --threads 1)
            echo "$a $b" | awk '{ print $2 / $1, $0 }' >>"$OUT/pairs"
        done
        sort -g "$OUT/pairs" | middle >"$OUT/pair"
        read -r _ threads ranks <"$OUT/pair"
        bytes=$(json "$OUT/ranks.json" ranks.bytes)
        messages=$(json "$OUT/ranks.json" ranks.messages) share=$(json "$OUT/ranks.json" ranks.communication)
        theirs=$(if has_torch; then ddp "$net"; fi)
        record ranks "$name" threads=2 step_median_us "$threads"
        record ranks "$name" ranks=2 step_median_us "$ranks"
        record ranks "$name" ranks=2 bytes "$bytes"
        record ranks "$name" ranks=2 messages "$messages"
        record ranks "$name" ranks=2 communication "$share"
        record ranks "$name" ddp=2 step_median_us "$theirs"
        echo "$name $threads $ranks $bytes $messages $share ${theirs:-0}" | awk '{
            printf "| %s | %.0f us | %.0f us | %.2f | %.0f, %.0f | %.0f%% | %s |\n", $1, $2, $3, $3 / $2, $4 / 1000, $5,
                100 * $6, $7 ? sprintf("%.0f us, %.1f times ours", $7, $7 / $3) : "-" }'
    done
}
for net in $nets; do
    build "$net" "$(name_of "$net")-ranks" || { echo "bench: $net does not build" >&2; exit 1; }
done
if has pair; then pairs; fi

# ---- hosts: links so slow that the cores of a small machine, which all hosts share, do not matter
hosts() { # strong|weak N
    sed "s/batch=[0-9]*/batch=$([ "$1" = weak ] && echo $((16 * $2)) || echo 128)/" bench/nets/mlp.net |
        sed 's/model mlp/model far/' >"$OUT/far.net"
    build "$OUT/far.net" far || return
    measured=$(timed step.median_us on_hosts "$2" "$OUT/far")
    computed=$("$OUT/far" bench --seconds 0.6 --simulate "ranks=$2" bandwidth=100M latency=50us |
        sed -n 's/.* ranks: \([0-9.]*\) us.*/\1/p')
    record ranks far "$1=$2" measured_us "$measured"
    record ranks far "$1=$2" computed_us "$computed"
    off=$(echo "$measured $computed" | awk '{ d = $2 / $1 - 1; printf "%.3f", d < 0 ? -d : d }')
    record ranks far "$1=$2" computed_off "$off"
    echo "| $1 | $2 | $measured us | $computed us | $off |"
}
if ! has hosts; then
    :
elif [ "$(id -u)" = 0 ] && command -v ip >/dev/null && command -v tc >/dev/null; then
    . tests/cluster/hosts.sh
    AGENT=$OUT/agent
    write_agent "$AGENT"
    AGENT=$(realpath "$AGENT")
    trap raze_hosts EXIT
    trap 'exit 130' INT TERM
    if raise_hosts 8 kernel; then
        for i in 1 2 3 4 5 6 7 8; do shape "$i" 100mbit ""; done
        echo
        echo "Hosts, links of 100 Mbit/s; strong: a batch of 128 in all, weak: of 16 images a host"
        echo
        echo "| scaling | hosts | step measured | computed | off by |"
        echo "|---|---|---|---|---|"
        for n in 2 4 8; do hosts strong $n; done
        for n in 2 4 8; do hosts weak $n; done
        record ranks far hosts most_off "$(sed -n 's/^ranks,far,.*,computed_off,//p' "$RESULTS" | sort -g | tail -1)"
    fi
else
    echo "hosts made of network namespaces need root, ip and tc: no scaling over links"
fi

# ---- many ranks: computed from what was measured here on one core
far() { # NAME LABEL BANDWIDTH weak|strong -- times the images a second of one rank, for each number of ranks
    for n in 1 4 16 64 256 1024; do
        batch=$([ "$4" = weak ] && echo $((32 * n)) || echo 4096)
        "$OUT/$1-ranks" bench --seconds 0.3 --simulate "ranks=$n" "batch=$batch" "bandwidth=$3" latency=20us |
            sed -n "s|^\([0-9]*\) ranks: .* us a step, \([0-9.]*\)x one rank|$2,\1,$batch,\2|p"
    done
}
if ! has plot; then exit 0; fi
for net in $nets; do
    name=$(name_of "$net")
    far "$name" "$name, 10 Gbit/s, 32 images a rank" 10G weak
    far "$name" "$name, 100 Gbit/s, 32 images a rank" 100G weak
    far "$name" "$name, 100 Gbit/s, 4096 images in all" 100G strong
done >"$OUT/ranks.csv"
sh bench/plot_ranks.sh "$OUT/ranks.csv" "$OUT/ranks.svg" 2>/dev/null || echo "no gnuplot: no plot of many ranks"
