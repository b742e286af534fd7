#!/bin/sh
# run.sh [GROUP...] -- runs groups of tests (see README.md here); the last line is `N passed, N failed`. `make check`
# starts it.
set -u
cd "$(dirname "$0")/.."

: "${BUILD:=build}" "${CC:=cc}" "${CXX:=c++}" "${JOBS:=2}"
export BUILD CC CXX JOBS
[ $# -gt 0 ] || set -- format layering setup docs unit golden generated names num strategies infer numerics qemu \
    program parity ranks torture fuzz readme
all=$(mktemp -d)
trap 'rm -rf "$all"' EXIT
trap 'exit 130' INT TERM

run_group() { # GROUP -- its output goes to $all/log
    script=tests/$1.sh
    [ -f "$script" ] || script=tests/$1/run.sh
    [ -f "$script" ] || { echo "FAIL no group '$1'" >"$all/log"; return; }
    TMP=$all/$1
    export TMP
    mkdir "$TMP"
    : >"$all/log"
    sh "$script" >>"$all/log" 2>&1 # appending keeps all that several processes write at once
    status=$?
    rm -rf "$TMP"
    if [ $status != 0 ] && ! grep -q '^FAIL ' "$all/log"; then
        echo "FAIL $1 ended with status $status" >>"$all/log"
    fi
}

processors() { # sets cpu: seconds that processors have worked for all groups until now
    times >"$all/times" # not in a subshell, whose children are others
    cpu=$(awk -F '[ms ]+' 'NR == 2 { printf "%.0f", $1 * 60 + $2 + $3 * 60 + $4 }' "$all/times")
}

passed=0
failed=0
for group; do
    begin=$(date +%s)
    processors
    before=$cpu
    run_group "$group"
    ok=$(grep -c '^ok ' "$all/log")
    bad=$(grep -c '^FAIL ' "$all/log")
    sed -n -e '/^skipped /p' -e 's/^told //p' "$all/log"
    [ "$bad" = 0 ] || grep -v -e '^skipped ' -e '^told ' -e '^ok ' "$all/log"
    processors
    printf '%-10s %4d ok, %d failed, %d s, %d s of processors\n' "$group" "$ok" "$bad" $(($(date +%s) - begin)) \
        $((cpu - before))
    passed=$((passed + ok))
    failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
