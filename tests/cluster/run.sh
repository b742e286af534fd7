#!/bin/sh
# run.sh -- a program on several hosts, which are network namespaces of this machine with shaped links: the bits of one
# process, what bench forecasts, a cut link, a killed host. `make check-cluster` starts it; it needs root.
. tests/ranks/lib.sh
. tests/cluster/hosts.sh

if [ "$(id -u)" != 0 ]; then
    echo "FAIL cluster: making hosts out of network namespaces needs root: sudo make check-cluster"
    exit
fi
AGENT=$TMP/agent
write_agent "$AGENT"
trap raze_hosts EXIT
trap 'exit 130' INT TERM
runs "cluster: 8 hosts stand" raise_hosts 8
cd "$(folder cluster)" || exit 1
mkdir "$DATA"
$CC -std=c11 -O1 -o makedata "$ROOT/tests/program/makedata.c" && ./makedata "$DATA" 500 100 || exit 1
export CNN_DATA_DIR="$DATA"
sed 's/batch=24/batch=112/; s/model tiny/model far/; s/^Dense 12/Dense 800/' "$ROOT/tests/program/tiny.net" >far.net
link far.net ./far || exit
one ./far --epochs 2

# ---- bits
for n in 2 3 8; do
    rm -f many.safetensors many.csv
    on_hosts $n ./far train --epochs 2 --quiet --save many.safetensors --log many.csv >log 2>&1
    { cmp one.safetensors many.safetensors && cmp one.csv many.csv; } >>log 2>&1
    check "cluster: $n hosts as one process" "$(tail -5 log)"
done

# ---- what bench forecasts, on links so slow that the two cores of a small machine do not matter
rate=50
for i in $(seq 8); do
    shape "$i" ${rate}mbit 1ms
done
for n in 2 4 8; do
    on_hosts $n ./far bench --seconds 1.5 --json measured.json >log 2>&1
    measured=$(sed -n 's/.*"step": {"median_us": \([0-9.]*\).*/\1/p' measured.json)
    ./far-alone bench --seconds 0.6 --simulate ranks=$n bandwidth=${rate}M latency=2ms >forecast 2>>log
    computed=$(sed -n 's/.* ranks: \([0-9.]*\) us.*/\1/p' forecast)
    echo "$n hosts: measured ${measured:-?} us a step, computed ${computed:-?} us" >>figures
    awk -v m="${measured:-0}" -v c="${computed:-0}" 'BEGIN { exit !(m > 0 && c > 0.8 * m && c < 1.25 * m) }'
    check "cluster: $n hosts take the time that bench computes" "$(tail -1 figures; tail -5 log)"
done
cat figures
for i in 1 2 3; do
    shape "$i" 1gbit "1ms loss 0.5%"
done
rm -f many.safetensors
on_hosts 3 ./far train --epochs 2 --quiet --save many.safetensors >log 2>&1
runs "cluster: packets are lost, bits are not" cmp one.safetensors many.safetensors

# ---- faults
export CNN_RANK_TIMEOUT=10
begin() { # trains for long on three hosts; sets job
    rm -f cut.safetensors
    on_hosts 3 ./far train --epochs 100000 --save cut.safetensors --quiet >log 2>&1 &
    job=$!
    for _ in $(seq 80); do
        [ -f cut.safetensors ] && break
        sleep 0.5
    done
    sleep 1
}

ends() { # NAME PATTERN
    before=$(date +%s)
    (sleep 60 && kill -KILL $job) 2>/dev/null &
    guard=$!
    wait $job
    got=$?
    kill $guard 2>/dev/null
    took=$(($(date +%s) - before))
    [ $got != 0 ] && [ $took -lt 60 ] && grep -qE "$2" log
    check "cluster: $1" "status $got after $took s; $(head -20 log)"
    echo "$1: the job ended after $took s"
}

goes_on() { # NAME
    done=$(grep -ao '"epoch":"[0-9]*"' cut.safetensors | head -1 | tr -dc 0-9)
    to=$((${done:-0} + 2))
    { ./far-alone train --quiet --epochs $to --save whole.safetensors &&
        on_hosts 2 ./far train --quiet --epochs $to --resume cut.safetensors --save taken-up.safetensors &&
        cmp whole.safetensors taken-up.safetensors; } >log 2>&1
    check "cluster: goes on after $1" "from epoch ${done:-?}: $(tail -5 log)"
}

begin
cut_link 3
ends "a link is cut" 'far: rank 2 on host3: no sign of life'
kill_host 3
goes_on "a link was cut"
mend_link 3
begin
kill_host 3
ends "a host is killed" 'host3|10\.77\.0\.3'
goes_on "a host was killed"
