#!/bin/sh
# plot_ranks.sh RANKS.csv OUT.svg -- draws how many times the images a second of one rank more ranks would train on, a
# line for each label. A row of the CSV: a label, which has two commas, ranks, batch, times.
set -eu
awk -F, '
    { label = $1 "," $2 "," $3 }
    !(label in rows) { order[++n] = label }
    { rows[label] = rows[label] $(NF - 2) " " $NF "\n" }
    END {
        print "set terminal svg size 760,480 dynamic font \"sans,13\""
        print "set output \"" out "\""
        print "set logscale xy 2; set grid; set key left top noenhanced; set xrange [1:1024]; set yrange [1:1024]"
        print "set xlabel \"ranks of one core each\"; set ylabel \"times the images a second of one rank\""
        printf "plot x with lines dt 2 lc \"gray\" title \"ideal\""
        for (i = 1; i <= n; i++)
            printf ", \"-\" with linespoints pt 7 ps 0.4 title \"%s\"", order[i]
        print ""
        for (i = 1; i <= n; i++)
            printf "%se\n", rows[order[i]]
    }' out="$2" "$1" | gnuplot
