#!/bin/sh
# library.sh -- the generated header from another program (library.c), in C and in C++, plain and under sanitizers.
. tests/program/lib.sh
p="program library:"
cd "$(folder library)" || exit 1
cp "$TINY.c" tiny.c
cp "$TINY.h" tiny.h
libs=$("$BUILD/cnnc" --cflags --libs)
warn='-std=c11 -Wall -Wextra -Wpedantic -Werror'

# the trainer's main() must not be in the way of the library's user: it is renamed here as any build can do it
# shellcheck disable=SC2086
for how in "-O2" "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined"; do
    $CC $warn $how -march=native -Dmain=tiny_main -c -o tiny.o tiny.c $libs >log 2>&1 &&
        $CC $warn $how -I. -o library "$HERE/library.c" tiny.o $libs -lpthread >>log 2>&1
    check "$p builds $how" "$(cat log)" || continue
    ./library 2>err || { cat err; echo "$how"; } | fail "$p runs $how"
done
cat >use.cc <<'E'
#include "tiny.h"
int main() { return tiny_size() == sizeof(tiny) ? 0 : 1; }
E
# shellcheck disable=SC2086
if command -v "$CXX" >/dev/null; then
    runs "$p C++" $CXX -std=c++17 -Wall -Wextra -Wpedantic -Werror -o use use.cc tiny.o -fsanitize=address,undefined $libs
    runs "$p C++ runs" ./use
fi
# nothing but what the header declares is seen from outside
nm -g --defined-only tiny.o | awk '{ print $NF }' | grep -v -E '^(_|tiny_)' >seen
[ ! -s seen ]
check "$p only tiny_ is exported" "$(cat seen)"
