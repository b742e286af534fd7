#!/bin/sh
# run.sh [NET...] -- measures, and compares the results with the project's bars. Nothing else should run meanwhile.
#
#   PARTS="train torch infer onnx compilers targets cliffs growth deep feed simulate"   which parts (these); each is
#                                                             a script in parts/; `ranks` and `keras` are two more
#   SECONDS_EACH=2                                            how long a measurement times steps
#   ROUNDS=3                                                  how often `train` and `infer` measure
#   STEPS=N                                                   N steps instead, for a quick look
#
# Results: $BUILD/bench/results.csv (one figure a line), results.json, kernels.csv (a line a kernel), kernels.svg.
# bench/README.md says how each figure is made.
set -eu
cd "$(dirname "$0")/.."
. bench/lib.sh
export BUILD CC OUT SECONDS_EACH STEPS ROUNDS

if [ $# = 0 ]; then set -- examples/mnist.net bench/nets/*.net; fi
parts=${PARTS:-train torch infer onnx compilers targets cliffs growth deep feed simulate}
for part in $parts; do
    [ -f "bench/parts/$part.sh" ] || { echo "bench: no part '$part'; there are: $(parts_there)" >&2; exit 2; }
done

mkdir -p "$OUT"
echo "part,net,variant,figure,value" >"$RESULTS"
rm -f "$OUT"/*.kernels.csv "$OUT"/kernels.*
begin=$(now)
for part in $parts; do
    start=$(now)
    echo "## $part"
    echo
    sh "bench/parts/$part.sh" "$@"
    echo
    record "$part" "" "" seconds "$(since "$start")"
done
sh bench/report.sh
echo
echo "$(since "$begin" | awk '{ printf "%.0f", $1 }') s; figures: $RESULTS, $OUT/results.json"
