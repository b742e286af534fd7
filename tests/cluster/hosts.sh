# hosts.sh -- hosts made of network namespaces: each has a name, an address and a link of its own to a switch, which is
# one more namespace. Sourced: . tests/cluster/hosts.sh. Root alone may make them.

NET=cnnc$$              # begins the names of the namespaces
HOSTS=0

address() { # I
    echo "10.77.0.$1"
}

# shape I RATE DELAY -- what host I and the switch send one another; DELAY, which may be empty, may go on with a loss,
# as in "1ms loss 0.1%"
shape() {
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

# delays -- does this kernel know how to delay packets?
delays() {
    ip netns exec "$NET-switch" tc qdisc replace dev lo root netem delay 1ms 2>/dev/null
}

raise_hosts() { # N
    ip netns add "$NET-switch" && ip netns exec "$NET-switch" ip link set lo up &&
        ip netns exec "$NET-switch" ip link add bridge0 type bridge &&
        ip netns exec "$NET-switch" ip link set bridge0 up || return
    while [ "$HOSTS" -lt "$1" ]; do
        HOSTS=$((HOSTS + 1))
        ip netns add "$NET-$HOSTS" &&
            ip link add eth0 netns "$NET-$HOSTS" type veth peer name "port$HOSTS" netns "$NET-switch" &&
            ip netns exec "$NET-switch" ip link set "port$HOSTS" master bridge0 up &&
            ip netns exec "$NET-$HOSTS" ip link set lo up &&
            ip netns exec "$NET-$HOSTS" ip link set eth0 up &&
            ip netns exec "$NET-$HOSTS" ip address add "$(address $HOSTS)/24" dev eth0 || return
    done
}

# The processes of a host end with it.
kill_host() { # I
    ip netns pids "$NET-$1" 2>/dev/null | xargs -r kill -KILL
}

raze_hosts() {
    for i in $(seq "$HOSTS"); do
        kill_host "$i"
        ip netns del "$NET-$i"
    done
    ip netns del "$NET-switch"
} 2>/dev/null

cut_link() { # I
    ip netns exec "$NET-switch" ip link set "port$1" down
}

mend_link() { # I
    ip netns exec "$NET-switch" ip link set "port$1" up
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
