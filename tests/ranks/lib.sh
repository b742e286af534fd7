# lib.sh -- what the scripts of this folder share; run.sh makes the files that they use. Sourced: . tests/ranks/lib.sh
. tests/program/lib.sh

HERE=$ROOT/tests/ranks

# Open MPI wants to be told that it may run as root and with more ranks than cores; ranks that share a core must not
# wait for one another by spinning.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl=self,vader,tcp

# the networks of the tests are small, and still their gradients go in several parts
export CNN_BUCKET=1

# shellcheck disable=SC2046
link() { # NET PROGRAM -- the program alone is PROGRAM-alone, the one of several ranks PROGRAM
    "$BUILD/cnnc" -o "$2.c" "$1" >"$2.log" 2>&1 &&
        $CC -std=c11 -O1 -march=native -DCNN_NO_REFERENCE -c -o "$2.o" "$2.c" $("$BUILD/cnnc" --cflags) \
            >>"$2.log" 2>&1 &&
        $CC -o "$2-alone" "$2.o" $("$BUILD/cnnc" --libs "$1") >>"$2.log" 2>&1 &&
        $CC -o "$2" "$2.o" ${MPI_LIBS:-$("$BUILD/cnnc" --libs --mpi "$1")} >>"$2.log" 2>&1 &&
        return
    fail "ranks $1 builds" <"$2.log"
    return 1
}

ranks() { # N PROGRAM ARG...
    n=$1
    shift
    timeout 120 "${MPIRUN:-mpirun}" -n "$n" "$@"
}

# as_one NAME PROGRAM N THREADS OPTION... -- one test: N ranks leave the weights and the log of one process, one.* With
# one thread they read one another's memory, with more they send buckets.
as_one() {
    name=$1 program=$2 n=$3 threads=$4
    shift 4
    rm -f many.safetensors many.csv
    [ "$threads" != 1 ] || unset CNN_BUCKET
    ranks "$n" "$program" train --quiet --threads "$threads" --save many.safetensors --log many.csv "$@" >log 2>&1
    { [ $? = 0 ] && cmp one.safetensors many.safetensors && cmp one.csv many.csv; } >>log 2>&1
    export CNN_BUCKET=1
    check "ranks $name: $n ranks, $threads threads${MPIRUN:+, $MPIRUN}" "$(head -3 log; tail -3 log)"
}

# combinations NAME PROGRAM N,THREADS... -- a test for each of these, as one() left the files; with ALL=1 for 1, 2, 3,
# 4, 7 and 8 ranks of 1, 2 and 4 threads
combinations() {
    name=$1 program=$2
    shift 2
    [ -z "$ALL" ] || set -- $(for n in 1 2 3 4 7 8; do for threads in 1 2 4; do echo $n,$threads; done; done)
    for pair; do as_one "$name" "$program" "${pair%,*}" "${pair#*,}"; done
}

one() { # PROGRAM OPTION... -- the same in one process, which knows nothing of MPI
    program=$1
    shift
    rm -f one.safetensors one.csv
    "$program-alone" train --quiet --save one.safetensors --log one.csv "$@" >log 2>&1
    check "ranks ${program##*/} alone" "$(tail -5 log)"
}
