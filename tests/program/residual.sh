#!/bin/sh
# residual.sh -- the networks of examples/residual learn, here digits: a thousand or two of them, two or three times.
. tests/program/lib.sh
p="program residual:"
cd "$(folder residual)" || exit 1
export CNN_DATA_DIR="$SAMPLE"

learns residual/resnet accuracy above 0.6 --epochs 3 --limit 1000 --lr 0.05
learns residual/mobilenet accuracy above 0.55 --epochs 2 --limit 2000
learns residual/inception accuracy above 0.65 --epochs 2 --limit 1500
