#!/bin/sh
# bits.sh -- weights and log of N ranks are those of one process. ALL=1 tries every combination of ranks and threads.
. tests/ranks/lib.sh
. tests/team_net.sh
cd "$(folder "bits${MPIRUN:+-$MPIRUN}")" || exit 1

# ---- every number of ranks and threads: noise, dropout, seven chunks and a short last batch, callbacks
sed 's/batch=24/batch=112/; s/epochs 40/epochs 4/; s/model watched/model many/
    /^Input/a GaussianNoise 0.1' "$ROOT/tests/program/callbacks.net" >many.net
link many.net ./many || exit
one ./many
combinations many ./many 1,1 2,4 3,2 4,1 7,4 8,2 2,2
nm ./many-alone | grep -qi 'mpi_'
[ $? = 1 ]
check "ranks: a program without --mpi has no trace of it" "$(nm ./many-alone | grep -i mpi_ | head -3)"
./many train --quiet --save lonely.safetensors >log 2>&1
runs "ranks: with --mpi and without mpirun it is one" cmp one.safetensors lonely.safetensors

# ---- statistics of the batch, a norm of all gradients, augmentation
for net in statistics augmented; do
    link "$HERE/$net.net" ./$net || exit
    one ./$net
    combinations $net ./$net 2,2 3,1 8,4
done

# ---- more threads than chunks, which send gradients while they compute the rest
team_net >team.net <<'N'
Flatten
Dense 10 softmax
train {
  loss sparse_categorical_crossentropy
  epochs 1 batch=32
}
N
if link team.net ./team; then
    one ./team --limit 150
    export CNN_OVERSUBSCRIBE=1
    for threads in 3 5; do as_one team ./team 2 $threads --limit 150; done
    unset CNN_OVERSUBSCRIBE
fi

# ---- several inputs and outputs: the log has the loss of each, one of which compares all images of the batch
cat >ports.net <<'N'
model ports
data {
  train idx ["train-x", "train-x"] ["train-y", "train-y"]
  validation idx ["test-x", "test-x"] ["test-y", "test-y"]
  normalize scale=1/255
}
left: Input 8x8x1
right: Input 8x8x1
sub: Subtract from=[left, right]
Add from=[sub, left]
Flatten
wide: Dense 12 relu
class: Dense 4 softmax
Dense 5 from=wide
value: UnitNorm
output class value
train {
  loss sparse_categorical_crossentropy on=class
  loss circle on=value weight=0.5
  metrics accuracy on=class
  epochs 2 batch=112
}
N
if link ports.net ./ports; then
    one ./ports
    combinations ports ./ports 2,2 3,1
fi

# ---- several models, two phases of which share an optimizer
cat >both.net <<'N'
data {
  train idx "train-x"
}
model d {
  Input 8x8x1
  Flatten
  Dense 16 relu
  Dropout 0.2
  Dense 1 sigmoid
}
model g {
  Input 3
  Dense 16 relu
  BatchNorm
  Dense 64
  Reshape 8x8x1
}
step {
  train d on=data target=1 loss=binary_crossentropy optimizer=adam(use_ema=yes)
  train d on=g(noise) target=0 loss=binary_crossentropy optimizer=adam(use_ema=yes)
  train g on=noise through=d target=1 loss=binary_crossentropy optimizer=adam
}
train {
  epochs 2 batch=112 seed=1
}
N
if link both.net ./both; then
    one ./both
    combinations both ./both 2,2 3,1
    { ./both-alone train --quiet --epochs 1 --save one.safetensors &&
        ./both-alone train --quiet --resume one.safetensors --save one.safetensors &&
        ranks 3 ./both train --quiet --epochs 1 --save part.safetensors &&
        ranks 2 ./both train --quiet --resume part.safetensors --save part.safetensors &&
        cmp one.safetensors part.safetensors; } >log 2>&1
    check "ranks: several models are taken up by other ranks" "$(tail -5 log)"
fi

# ---- running means of the weights, and gradients of several batches
sed 's/OPTIMIZER/adam use_ema gradient_accumulation_steps=2/' "$HERE/optimizer.net" >means.net
if link means.net ./means; then
    one ./means
    combinations means ./means 3,2
fi

# ---- every optimizer
for name in $("$BUILD/cnnc" --list optimizers | cut -d ' ' -f 1); do
    sed "s/OPTIMIZER/$name/" "$HERE/optimizer.net" >"$name.net"
    link "$name.net" "./$name" || continue
    one "./$name"
    combinations "$name" "./$name" 3,2
done
