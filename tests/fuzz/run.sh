#!/bin/sh
# run.sh SECONDS -- libFuzzer on both front ends and the graph passes (`make fuzz`). Starts from the specs of examples and tests;
# what it learns stays in $BUILD/fuzz/corpus, what it finds in $BUILD/fuzz/crash-*.
. tests/lib.sh
fuzz=$BUILD/fuzz
corpus=$fuzz/corpus
mkdir -p "$corpus"

for f in examples/*.net examples/*.yaml $(find tests/golden tests/num -name '*.net' -o -name '*.yaml'); do
    case $f in *.yaml) kind=y ;; *) kind=n ;; esac
    { printf %s $kind; cat "$f"; } >"$corpus/seed-$(echo "$f" | tr / -)"
done
grep -rhoE '\.name = "[A-Za-z0-9_]+"|\{"[a-z_]+", ARG_' compiler | grep -oE '"[^"]+"' | sort -u >"$fuzz/words"

clang -std=c11 -g -O1 -D_DEFAULT_SOURCE -Icompiler -fsanitize=address,undefined,fuzzer -fno-sanitize-recover=undefined \
    tests/fuzz/fuzz_spec.c "$fuzz/libcnnc.a" -lyaml -lm -o "$fuzz/fuzz_spec" || exit 1
exec "$fuzz/fuzz_spec" -max_total_time="$1" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -close_fd_mask=2 \
    -dict="$fuzz/words" -artifact_prefix="$fuzz/" "$corpus"
