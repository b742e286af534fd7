# names/one.sh "WORD COMPILER" -- compiles a trainer and inference of that name, each with its own header beside it
# and those of other models on the include path. Runs in the folder that run.sh has filled.
. "$ROOT/tests/lib.sh"
word=${1% *} compiler=${1#* }
warn='-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror'
mkdir -p "programs/$word/infer"
cd "programs/$word" || exit 1

emit() { # FOLDER [OPTION...]
    cd "$1" && shift && sed "s/zzz/$word/" "$TMP/zzz.net" | "$BUILD/cnnc" --target=x86-64-v3 -w "$@" - &&
        cd "$TMP/programs/$word"
}
# shellcheck disable=SC2086
compiles() {
    for c in *.c infer/*.c; do
        $compiler -std=gnu11 $warn -I. -I"$BUILD/include" -fsyntax-only "$c" || return 1
    done
    for h in *.h infer/*.h; do
        printf '#include "%s"\n#include <string>\n#include <cmath>\n#include <thread>\n' "$h" |
            $compiler -x c++ -std=gnu++17 -I. -I"$BUILD/include" -fsyntax-only - || return 1
    done
}
if { emit . && emit infer --emit=infer "--weights=$TMP/zzz.npz" && compiles; } >log 2>&1; then
    pass "names: model $word, $compiler"
else
    fail "names: model $word, $compiler" <log
fi
