# hosts.sh -- hosts made of network namespaces: each has a name, an address and a link of its own to a switch, which is
# one more namespace. Sourced: . tests/cluster/hosts.sh. Root alone may make them.

NET=cnnc$$              # begins the names of the namespaces
HOSTS=0

address() { # I
    echo "10.77.0.$1"
}

# The kernel shapes links where it has netem. Otherwise wire.c does, which reads the file $WIRE: a line for each link.
WIRE=
WIRED=

# shape I RATE DELAY -- what host I and the switch send one another; DELAY, which may be empty, may go on with a loss,
# as in "1ms loss 0.1%". Between two hosts are two links.
shape() {
    if [ -n "$WIRE" ]; then
        set_link "$1" "$(link_words "$2" "$3")"
        return
    fi
    for side in "$NET-$1 eth0" "$NET-switch port$1"; do
        # shellcheck disable=SC2086
        set -- "$1" "$2" "$3" $side
        # shellcheck disable=SC2086
        if [ -n "$3" ]; then
            ip netns exec "$4" tc qdisc replace dev "$5" root netem rate "$2" delay $3 limit 100000
        else
            ip netns exec "$4" tc qdisc replace dev "$5" root tbf rate "$2" burst 128kb latency 400ms
        fi
    done
}

# link_words 100mbit "1ms loss 0.1%" -- the same as wire.c wants it: 100000000 1000 1000
link_words() {
    # shellcheck disable=SC2086
    echo "$1" ${2:-0} | awk '
        function unit(text) { sub(/^[0-9.]*/, "", text); return text }
        BEGIN { times["gbit"] = 1e9; times["mbit"] = 1e6; times["ms"] = 1000; times["us"] = 1 }
        { printf "%.0f %.0f %.0f\n", $1 * times[unit($1)], $2 * times[unit($2)], $4 * 10000 }'
}

# set_link I WORDS -- changes what follows the first word of a line of $WIRE; set_link I up|down: the first one
set_link() {
    awk -v i="$1" -v words="$2" 'NR != i { print; next }
        words ~ /^[a-z]/ { $1 = words; print; next }
        { print $1, words }' "$WIRE" >"$WIRE.new" && mv "$WIRE.new" "$WIRE"
    sleep 0.3 # it looks ten times a second
}

# delays -- does this kernel know how to delay packets?
delays() {
    ip netns exec "$NET-switch" tc qdisc replace dev lo root netem delay 1ms 2>/dev/null
}

# Links of the kernel: each host has one end of a pair, a bridge the others.
raise_bridge() {
    ip netns exec "$NET-switch" ip link add bridge0 type bridge &&
        ip netns exec "$NET-switch" ip link set bridge0 up || return
    for i in $(seq "$HOSTS"); do
        ip link add eth0 netns "$NET-$i" type veth peer name "port$i" netns "$NET-switch" &&
            ip netns exec "$NET-switch" ip link set "port$i" master bridge0 up || return
    done
}

raise_wire() {
    WIRE=$TMP/links
    $CC -std=c11 -O2 -o "$TMP/wire" tests/cluster/wire.c || return
    for i in $(seq "$HOSTS"); do echo "up 1000000000000 0 0"; done >"$WIRE"
    # shellcheck disable=SC2046
    "$TMP/wire" "$WIRE" $(seq -f "$NET-%g" "$HOSTS") >"$TMP/wire.log" 2>&1 &
    WIRED=$!
    for i in $(seq 50); do
        grep -q ready "$TMP/wire.log" && break
        sleep 0.1
    done
    grep -q ready "$TMP/wire.log" || { cat "$TMP/wire.log"; return 1; }
    # large frames, as a process of its own carries each, and the hosts need the cores, too
    for i in $(seq "$HOSTS"); do
        ip netns exec "$NET-$i" ip link set eth0 mtu 9000 || { cat "$TMP/wire.log"; return 1; }
    done
}

# raise_hosts N [kernel] -- kernel: links have rates alone, so it does without netem
raise_hosts() {
    ip netns add "$NET-switch" && ip netns exec "$NET-switch" ip link set lo up || return
    while [ "$HOSTS" -lt "$1" ]; do
        HOSTS=$((HOSTS + 1))
        ip netns add "$NET-$HOSTS" && ip netns exec "$NET-$HOSTS" ip link set lo up || return
    done
    if [ "$2" = kernel ] || delays; then raise_bridge; else raise_wire; fi || return
    for i in $(seq "$HOSTS"); do
        ip netns exec "$NET-$i" ip link set eth0 up &&
            ip netns exec "$NET-$i" ip address add "$(address "$i")/24" dev eth0 || return
    done
}

# The processes of a host end with it.
kill_host() { # I
    ip netns pids "$NET-$1" 2>/dev/null | xargs -r kill -KILL
}

raze_hosts() {
    [ -z "$WIRED" ] || kill "$WIRED"
    for i in $(seq "$HOSTS"); do
        kill_host "$i"
        ip netns del "$NET-$i"
    done
    ip netns del "$NET-switch"
} 2>/dev/null

cut_link() { # I
    if [ -n "$WIRE" ]; then set_link "$1" down; else ip netns exec "$NET-switch" ip link set "port$1" down; fi
}

mend_link() { # I
    if [ -n "$WIRE" ]; then set_link "$1" up; else ip netns exec "$NET-switch" ip link set "port$1" up; fi
}

# on I COMMAND... -- runs a command on host I, which is called hostI there
on() {
    host=$1
    shift
    # shellcheck disable=SC2016
    ip netns exec "$NET-$host" unshare -u sh -c 'hostname "$0"; exec "$@"' "host$host" "$@"
}

# write_agent FILE -- what mpirun starts instead of ssh: FILE ADDRESS COMMAND...
write_agent() {
    cat >"$1" <<END
#!/bin/sh
i=\${1##*.}
shift
exec ip netns exec $NET-\$i unshare -u sh -c "hostname host\$i; \$*"
END
    chmod +x "$1"
}

# on_hosts N COMMAND... -- mpirun on host 1, with a rank on each of the first N hosts
on_hosts() {
    n=$1 list=
    shift
    for i in $(seq "$n"); do
        list=$list${list:+,}$(address "$i"):1
    done
    on 1 mpirun --mca plm_rsh_agent "$AGENT" --mca plm_rsh_no_tree_spawn 1 --mca btl self,tcp \
        --mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24 --host "$list" -n "$n" "$@"
}
