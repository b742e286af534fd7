#!/bin/sh
# run.sh [GROUP...] -- runs groups of tests (see README.md here); the last line is `N passed, N failed`. `make check`
# starts it.
set -u
cd "$(dirname "$0")/.."

: "${BUILD:=build}" "${CC:=cc}" "${CXX:=c++}" "${JOBS:=2}"
# those that speak soon come first, then the longest ones
[ $# -gt 0 ] || set -- format docs golden setup num program unit infer generated strategies numerics ranks names \
    layering readme fuzz qemu torture parity
# Two groups run side by side with half of the jobs each, since many tests wait, or run one program at a time.
lanes=1
[ "$JOBS" = 1 ] || [ $# = 1 ] || lanes=2
JOBS=$(((JOBS + lanes - 1) / lanes))
ALL=$(mktemp -d)
export BUILD CC CXX JOBS ALL
trap 'rm -rf "$ALL"' EXIT
trap 'exit 130' INT TERM

printf '%s\n' "$@" | xargs -P $lanes -n 1 sh tests/group.sh
cat "$ALL"/*.log | awk '/^ok / { ok++ }
    /^FAIL / { bad++ }
    END {
        print ok + 0 " passed, " bad + 0 " failed"
        exit bad > 0 || ok == 0
    }'
