#!/bin/sh
# reduce.sh FAILED.net -- takes away statements and blocks, one after the other, while the gradients of the network's
# float kernels or of its reference stay wrong, whichever it was; prints what is left. BUILD, CC and TARGET as in
# case.sh.
set -u
: "${BUILD:=build}" "${CC:=cc}" "${TARGET:=native}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
net=$dir/net.net
cp "$1" "$net"

# shellcheck disable=SC2046
fails() { # NET -- it compiles, and gradcheck finds a difference
    "$BUILD/cnnc" -w --target="$TARGET" -o "$dir/net.c" "$1" 2>/dev/null &&
        $CC -std=c11 -O1 -march=native -o "$dir/program" "$dir/net.c" $("$BUILD/cnnc" --cflags --libs) 2>/dev/null ||
        return 1
    "$dir/program" gradcheck 2>&1 | sed -n 's/.*: \(gradients.* differ from .*\) by [0-9].*/\1/p' >"$dir/says"
    [ -s "$dir/says" ] && { [ ! -f "$dir/said" ] || cmp -s "$dir/said" "$dir/says"; }
}

without() { # LINE -- the network without the line, or without the block that begins there
    awk -v line="$1" '
        NR == line && /\{$/ { depth = 1; next }
        NR == line { next }
        depth { depth += /\{$/; depth -= /^ *\}$/; next }
        { print }' "$net"
}

fails "$net" || { echo "reduce.sh: $1 does not fail for $TARGET" >&2; exit 1; }
mv "$dir/says" "$dir/said" # what is left fails in the same way, and not because a loss has no number
line=1
while [ "$line" -le "$(wc -l <"$net")" ]; do
    without "$line" >"$dir/less.net"
    if ! sed -n "${line}p" "$net" | grep -q '^ *}$' && fails "$dir/less.net"; then
        mv "$dir/less.net" "$net"
    else
        line=$((line + 1))
    fi
done
cat "$net"
