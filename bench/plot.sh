#!/bin/sh
# plot.sh KERNELS.csv OUT.svg -- draws bars of nominal GFLOP/s for every kernel of every network, one row of bars for
# each network. Names in the CSV are identifiers of the language, so they need no quoting.
set -eu
nets=$(awk -F, 'NR > 1 && !seen[$1]++ { print $1 }' "$1")
{
    rows=$(echo "$nets" | wc -l)
    echo "set terminal svg size 1400,$((rows * 330)) dynamic"
    echo "set output '$2'"
    echo "set style fill solid 0.6; set boxwidth 0.7; set grid y; set yrange [0:*]; set ylabel 'GFLOP/s'; unset key"
    echo "set xtics rotate by -35 noenhanced"
    echo "set multiplot layout $rows,1"
    for net in $nets; do
        peak=$(awk -F, -v n="$net" '$1 == n && $8 > 0 { print $8 / $9; exit }' "$1")
        echo "set title '$net: nominal GFLOP/s by kernel, one thread; line: FMA peak' noenhanced"
        awk -F, -v n="$net" -v peak="$peak" '
            $1 == n && $7 > 0 && $3 != "all" { rows = rows sprintf("%d \"%s %s\" %s\n", i++, $2, $3, $8) }
            END { printf "set xrange [-0.6:%d.6]\nplot \"-\" using 1:3:xtic(2) with boxes, %s with lines lw 2\n%se\n",
                i - 1, peak ? peak : 0, rows }' "$1"
    done
    echo "unset multiplot"
} | gnuplot
