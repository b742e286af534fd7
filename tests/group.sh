#!/bin/sh
# group.sh GROUP -- runs one group of tests for run.sh and says what came of it: what was skipped or is told, the tests
# that failed, and a line of numbers at the end.
script=tests/$1.sh
[ -f "$script" ] || script=tests/$1/run.sh
TMP=$LOGS/$1
log=$LOGS/$1.log
export TMP
mkdir "$TMP"
begin=$(date +%s)
if [ -f "$script" ]; then
    sh "$script" >>"$log" 2>&1 # appending keeps all that several processes write at once
    status=$?
    if [ $status != 0 ] && ! grep -q '^FAIL ' "$log"; then
        echo "FAIL $1 ended with status $status" >>"$log"
    fi
else
    echo "FAIL no group '$1'" >"$log"
fi
rm -rf "$TMP"
times >"$LOGS/$1.times" # not in a subshell, whose children are others
worked=$(awk -F '[ms ]+' 'NR == 2 { printf "%.0f", $1 * 60 + $2 + $3 * 60 + $4 }' "$LOGS/$1.times")
{
    sed -n -e '/^skipped /p' -e 's/^told //p' "$log"
    ! grep -q '^FAIL ' "$log" || grep -v -e '^skipped ' -e '^told ' -e '^ok ' "$log"
    printf '%-10s %4d ok, %d failed, %d s, %d s of processors\n' "$1" "$(grep -c '^ok ' "$log")" \
        "$(grep -c '^FAIL ' "$log")" $(($(date +%s) - begin)) "$worked"
} >"$LOGS/$1.said"
cat "$LOGS/$1.said" # in one piece, as another group may speak, too
