#!/bin/sh
# streaming.sh -- data larger than the memory that the program may use: a plain .npy is mapped, whatever its type.
. tests/program/lib.sh
p="program streaming:"
cd "$(folder streaming)" || exit 1

cat >large.net <<'END'
data {
  train npy "x.npy" "y.npy"
  test npy "x.npy" "y.npy"
  normalize scale=1/255 mean=0.5
  split validation=0.5
}
Input 512x512x1
Conv2D 2 8x8 stride=64 relu
Flatten
Dense 2 softmax
train {
  epochs 1 batch=8
}
END
npy() { # FILE DESCR SHAPE BYTES -- writes zeros that take no room on the disk
    printf '\223NUMPY\001\000v\000%-117s\n' "{'descr': '$2', 'fortran_order': False, 'shape': $3, }" >"$1"
    truncate -s $((128 + $4)) "$1"
}
npy x.npy '<f4' '(128, 512, 512, 1)' $((128 * 512 * 512 * 4)) # 128 MiB
npy y.npy '|u1' '(128,)' 128
runs "$p builds" build large.net ./large
limited() { # COMMAND... -- runs the command with at most 64 MiB of allocated memory
    (ulimit -d 65536 && "$@")
}
says "$p .npy trains" 0 'test - loss: 0\.[0-9]' limited ./large --threads 1 --save w.npz
npy x.npy '<f8' '(64, 512, 512)' $((64 * 512 * 512 * 8))
npy y.npy '|u1' '(64,)' 64
says "$p .npy of doubles" 0 'loss: 0\.[0-9]' limited ./large evaluate --threads 1 --weights w.npz
gzip -1 -c x.npy >x.npy.gz && rm x.npy
says "$p a packed one does not fit, and says so" 1 'x.npy.gz: out of memory: 134217728 bytes wanted' limited ./large \
    evaluate --threads 1 --weights w.npz
