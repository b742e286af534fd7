#!/bin/sh
# report.sh -- makes results.json, kernels.csv and kernels.svg from $BUILD/bench/results.csv, and tells how every bar
# of bench/bars.txt was met.
set -eu
. bench/lib.sh

awk -F, 'NR > 1 {
    printf "%s  {\"part\": \"%s\", \"net\": \"%s\", \"variant\": \"%s\", \"figure\": \"%s\", \"value\": %s}",
        (n++ ? ",\n" : "[\n"), $1, $2, $3, $4, $5 }
         END { print (n ? "\n]" : "[]") }' "$RESULTS" >"$OUT/results.json"

if ls "$OUT"/*.kernels.csv >/dev/null 2>&1; then
    awk 'FNR == 1 && NR > 1 { next } { print }' "$OUT"/*.kernels.csv >"$OUT/kernels.csv"
    if command -v gnuplot >/dev/null; then
        sh bench/plot.sh "$OUT/kernels.csv" "$OUT/kernels.svg"
    else
        echo "no gnuplot: no $OUT/kernels.svg"
    fi
fi

echo "## Bars"
echo
echo "| | | bar | measured | |"
echo "|---|---|---|---|---|"
awk -F'|' -v results="$RESULTS" '
    BEGIN { while ((getline line <results) > 0) { n = split(line, f, ","); v[f[1] ":" f[2] ":" f[3] ":" f[4]] = f[5] } }
    /^#/ || NF < 5 { next }
    {
        known = ($5 in v) && (NF < 6 || ($6 in v) && v[$6] > 0)
        x = known ? v[$5] / (NF < 6 ? 1 : v[$6]) : 0
        met = $3 == ">=" ? x >= $4 : x <= $4
        printf "| %s | %s | %s %s | %s | %s |\n", $1, $2, $3, $4,
            known ? sprintf((x >= 1000 ? "%.0f" : "%.2f"), x) : "", known ? (met ? "ok" : "short") : "not measured"
        count[known ? (met ? "ok" : "short") : "not measured"]++
    }
    END { printf "\n%d bars ok, %d short, %d not measured\n",
        count["ok"], count["short"], count["not measured"] }' bench/bars.txt
