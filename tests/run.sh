#!/bin/sh
# run.sh [GROUP...] -- runs groups of tests (see README.md here); the last line is `N passed, N failed`. `make check`
# starts it.
set -u
cd "$(dirname "$0")/.."
unset CNN_DATA_DIR CNN_THREADS CNN_OVERSUBSCRIBE CNN_BUCKET CNN_RANK_TIMEOUT # they are for programs of users

: "${BUILD:=build}" "${CC:=cc}" "${CXX:=c++}" "${JOBS:=2}"
# those that speak soon come first, then the longest ones
[ $# -gt 0 ] || set -- setup format docs golden num program unit infer generated strategies numerics ranks names \
    layering readme fuzz qemu torture parity
# Two groups run side by side with half of the jobs each, since many tests wait, or run one program at a time.
lanes=1
[ "$JOBS" = 1 ] || [ $# = 1 ] || lanes=2
JOBS=$(((JOBS + lanes - 1) / lanes))
LOGS=$(mktemp -d)
export BUILD CC CXX JOBS LOGS
trap 'rm -rf "$LOGS"' EXIT
trap 'exit 130' INT TERM

groups=$(printf '%s\n' "$@")
# setup builds cnnc for another PREFIX, and nobody may run that meanwhile
echo "$groups" | grep -x setup | xargs -r -n 1 sh tests/group.sh
echo "$groups" | grep -vx setup | xargs -r -P $lanes -n 1 sh tests/group.sh
cat "$LOGS"/*.log | awk '/^ok / { ok++ }
    /^FAIL / { bad++ }
    END {
        print ok + 0 " passed, " bad + 0 " failed"
        exit bad > 0 || ok == 0
    }'
