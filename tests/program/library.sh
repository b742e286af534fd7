#!/bin/sh
# library.sh -- another program (library.c) uses the generated header, in C and in C++, plain and under sanitizers.
. tests/program/lib.sh
p="program library:"
cd "$(folder library)" || exit 1
cp "$TINY.c" tiny.c
cp "$TINY.h" tiny.h
libs=$("$BUILD/cnnc" --cflags --libs)
warn='-std=c11 -Wall -Wextra -Wpedantic -Werror'

"$BUILD/cnnc" --emit=lib -o lib.c "$HERE/tiny.net" >log 2>&1
check "$p --emit=lib" "$(cat log)"
! grep -q 'int main' lib.c
check "$p --emit=lib has no main()" "$(grep -n main lib.c)"
for h in lib tiny; do $CC -E -P $h.h >$h.declared; done
same "$p --emit=lib has the trainer's header" tiny.declared lib.declared
(cd "$TMP" && mkdir -p default && cd default && "$BUILD/cnnc" --emit=lib "$HERE/csv.net" 2>../log &&
    ls *_lib.c *_lib.h >/dev/null)
check "$p --emit=lib by default" "$(cat log)"
status "$p --emit=lib --run" 2 "$BUILD/cnnc" --emit=lib --run "$HERE/tiny.net"

# the trainer without its main(), and the library
# shellcheck disable=SC2086
for how in "-O2" "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined"; do
    for c in "-DCNN_NO_MAIN tiny.c" lib.c; do
        $CC $warn $how -march=native -c -o tiny.o $c $libs >log 2>&1 &&
            $CC $warn $how -I. -o library "$HERE/library.c" tiny.o $libs -lpthread >>log 2>&1
        check "$p builds $how $c" "$(cat log)" || continue
        ./library 2>err || { cat err; echo "$how $c"; } | fail "$p runs $how $c"
    done
done
cat >use.cc <<'E'
#include "tiny.h"
int main() { return tiny_size() == sizeof(tiny) ? 0 : 1; }
E
# shellcheck disable=SC2086
if command -v "$CXX" >/dev/null; then
    runs "$p C++" $CXX -std=c++17 -Wall -Wextra -Wpedantic -Werror -o use use.cc tiny.o \
        -fsanitize=address,undefined $libs
    runs "$p C++ runs" ./use
fi
# only names that the header declares are visible from outside
nm -g --defined-only tiny.o | awk '{ print $NF }' | grep -v -E '^(_|tiny_)' >seen
[ ! -s seen ]
check "$p only tiny_ is exported" "$(cat seen)"
