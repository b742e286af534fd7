#!/bin/sh
# models.sh -- several models in one program: a GAN whose discriminator reads data and what a generator makes of noise,
# and a student that learns from a teacher.
. tests/program/lib.sh
p="program models:"
cd "$(folder models)" || exit 1

cat >gan.net <<'END'
data {
  train csv rows.csv target=kind
  split validation=0.25
}
model generator {
  z: Input 4
  Dense 16
  BatchNorm
  ReLU
  Dense 16
  Reshape 4x4x1
}
model discriminator {
  Input 4x4x1
  Flatten
  Dense 16 leaky_relu
  Dropout 0.2
  Dense 1 sigmoid
}
model classifier {
  Input 2
  Dense 8 tanh
  logits: Dense 3
  hard: Softmax from=logits
  warm: Lambda expr(x: x / 2) from=logits
  soft: Softmax
  output hard soft
}
model student {
  Input 2
  Dense 4 tanh
  logits: Dense 3
  hard: Softmax from=logits
  warm: Lambda expr(x: x / 2) from=logits
  soft: Softmax
  output hard soft
}
model echo {
  Input 2
  Dense 16
  Reshape 4x4x1
}
step {
  train classifier target=[data, 0.3] loss=[sparse_categorical_crossentropy, mse] weight=[1, 0]
  train student target=[data, classifier.soft] loss=[sparse_categorical_crossentropy, kl_divergence] weight=[0.2, 1]
  train discriminator on=[echo(data), generator(noise)] target=[1, 0] loss=binary_crossentropy metrics=mae
  train generator on=noise through=discriminator target=1 loss=binary_crossentropy optimizer=adam(lr=0.01)
}
train {
  optimizer sgd lr=0.05 momentum=0.9
  metrics accuracy
  epochs 4 batch=8 seed=3
}
END
awk 'BEGIN { srand(1); print "a,b,kind"
    for (i = 0; i < 60; i++) { a = rand() * 4 - 2; b = rand() * 4 - 2
        print a "," b "," (a > 0 ? 0 : b > 0 ? 1 : 2) } }' \
    >rows.csv

runs "$p builds" build gan.net ./gan -Wno-outputs || exit 0
runs "$p trains" ./gan train --quiet --threads 1 --save one.safetensors --log log.csv
runs "$p trains on three threads" ./gan train --quiet --threads 3 --save three.safetensors
cmp -s one.safetensors three.safetensors
check "$p the same bits for any number of threads" "they differ"
for key in classifier_hard_accuracy student_soft_loss discriminator_echo_mae discriminator_generator_loss \
    generator_loss; do
    grep -q "$key" log.csv
    check "$p the log has $key" "$(head -1 log.csv)"
done

runs "$p stops after two epochs" ./gan train --quiet --epochs 2 --save half.safetensors
runs "$p goes on" ./gan train --quiet --resume half.safetensors --save whole.safetensors
cmp -s one.safetensors whole.safetensors
check "$p a run that goes on ends with the same bits" "they differ"

runs "$p an .npz has the weights" ./gan train --quiet --epochs 1 --save one.npz
runs "$p export writes all of them" ./gan export --weights one.npz -o all.npz
runs "$p the same ones" cmp one.npz all.npz
runs "$p and the names of columns" grep -qa input.names one.npz
runs "$p a model is evaluated with it" ./gan evaluate --model student --part validation --weights one.npz

says "$p the gradients of every phase are right" 0 'worst relative error' ./gan gradcheck
./gan gradcheck --model generator | grep 'generator.*gamma' | grep -qv ' 0.0e+00 *0.0e+00'
check "$p the noise of gradcheck has a variance" "BatchNorm has no gradient"
[ "$(./gan gradcheck --model generator | grep -c 'generator.*frozen')" = 2 ] # running statistics
check "$p a phase trains its own model" "the generator's parameters are frozen"
[ "$(./gan gradcheck --model generator | grep -c 'discriminator.*frozen')" = 4 ]
check "$p and no other one" "those of the discriminator are not"

says "$p a model alone is evaluated" 1 'is compared with the data' ./gan evaluate --part train --weights one.safetensors
says "$p --model chooses one" 0 'accuracy' ./gan evaluate --model student --part validation --weights one.safetensors
says "$p --model is misspelt" 2 "did you mean 'student'" ./gan evaluate --model studnet --part train \
    --weights one.safetensors
[ "$(./gan summary | grep -c '^Model:')" = 5 ]
check "$p a table for each model" "$(./gan summary | grep '^Model:')"

# One model goes on as a network of its own, and comes back by --init.
cat >classifier.net <<'END'
data {
  train csv rows.csv target=kind
}
Input 2
Dense 8 tanh
logits: Dense 3
hard: Softmax from=logits
train {
  optimizer sgd lr=0.1
  loss sparse_categorical_crossentropy
  epochs 2 batch=8
}
END
runs "$p a model as a network of its own builds" build classifier.net ./classifier
runs "$p and trains" ./classifier train --quiet --save classifier.safetensors
says "$p --init takes it as one of several" 0 "4 of the network's 4 parameters are taken" \
    ./gan train --quiet --epochs 1 --init classifier=classifier.safetensors
says "$p --init wants the name of a model" 1 'MODEL=FILE' ./gan train --quiet --init classifier.safetensors
says "$p two uses in a phase of a model with BatchNorm" 0 '' \
    "$BUILD/cnnc" -o twice.c - <<'END'
model generator {
  Input 2
  BatchNorm
  Dense 2
}
step { train generator on=[data, noise] target=[1, 0] }
END

# Optimizers that keep numbers of whole parameters, and padding that a penalty would find.
cat >mixed.net <<'END'
data {
  train csv rows.csv target=kind
}
model taught {
  Input 2
  Dense 4 tanh
  Dense 3 softmax
}
model sparse {
  Input 2
  Dense 4 tanh l2=0.01
  Dense 3 softmax
}
model slow {
  Input 2
  Dense 4 tanh
  Dense 3 softmax
}
model rare {
  Input 2
  Dense 4 tanh
}
model early {
  Input 2
  Dense 4 tanh
}
model start {
  Input 2
  Dense 4 tanh
}
step {
  follow early of=slow every=1000
  train taught
  follow slow of=taught momentum=0.9
  train sparse target=slow loss=mse optimizer=ftrl
  train taught
  follow rare of=slow every=11
  follow start of=taught every=1000
}
output taught
train {
  optimizer adafactor
  loss sparse_categorical_crossentropy
  epochs 4 batch=8
}
END
runs "$p optimizers that keep whole parameters build" build mixed.net ./mixed
runs "$p and train" ./mixed train --quiet --threads 1 --save mixed.safetensors
runs "$p they stop after two epochs" ./mixed train --quiet --epochs 2 --save half.safetensors
runs "$p they go on" ./mixed train --quiet --threads 3 --resume half.safetensors --save again.safetensors
cmp -s mixed.safetensors again.safetensors
check "$p and have kept their numbers" "the bits differ"
./mixed train --quiet --epochs 1 --save mixed.npz
sed 's/momentum=0.9/momentum=0.8/' mixed.net >other && mv other mixed.net
runs "$p another momentum builds" build mixed.net ./other
says "$p and is another run" 1 'is of another run: step: .*slow follows taught behind 1 momentum=0.9' \
    ./other train --quiet --resume half.safetensors
for model in early start; do unzip -p mixed.npz $model.dense.kernel.npy >$model.npy; done
runs "$p what follows a model that follows begins as a copy, too" cmp early.npy start.npy
runs "$p which is not empty" test -s start.npy

# ---- a momentum that changes over the steps, of so many weights that threads share them
cat >wide.net <<'END'
data {
  train csv rows.csv target=kind
}
model taught {
  Input 2
  Dense 12000 tanh
  Dense 1
}
model stays {
  Input 2
  Dense 12000 tanh
  Dense 1
}
model still {
  Input 2
  Dense 12000 tanh
}
model goes {
  Input 2
  Dense 12000 tanh
  Dense 1
}
model comes {
  Input 2
  Dense 12000 tanh
  Dense 1
}
step {
  train taught
  train taught target=goes
  follow stays of=taught momentum=cosine(1, end=1)
  follow still of=taught every=1000
  follow goes of=taught momentum=cosine(0.5, steps=50, end=1)
  follow comes of=taught momentum=piecewise([1], [0.5, 0])
}
output taught
train {
  loss mse
  epochs 2 batch=8
}
END
runs "$p a momentum of a schedule builds" build wide.net ./wide
runs "$p and trains" ./wide train --quiet --threads 1 --save wide.safetensors
runs "$p on three threads, too" ./wide train --quiet --threads 3 --save three.safetensors
runs "$p with the same bits" cmp wide.safetensors three.safetensors
runs "$p it stops" ./wide train --quiet --epochs 1 --save half.safetensors
runs "$p and goes on" ./wide train --quiet --threads 2 --resume half.safetensors --save again.safetensors
runs "$p as if it had not stopped" cmp wide.safetensors again.safetensors
./wide train --quiet --save wide.npz
for model in taught stays still goes comes; do unzip -p wide.npz $model.dense.kernel.npy >$model.npy; done
runs "$p a momentum of 1 keeps what was there" cmp stays.npy still.npy
runs "$p one of 0 copies" cmp comes.npy taught.npy
! cmp -s goes.npy taught.npy && ! cmp -s goes.npy still.npy
check "$p one between them goes half the way" "it has copied, or stayed"

# ---- losses of outputs that some phases have
cat >losses.net <<'END'
data {
  train npz "flats.npz" inputs=x target=[kind, price]
}
model classifier {
  Input 6
  kind: Dense 3
}
model valuer {
  Input 6
  price: Dense 1
}
model judge {
  Input 6
  score: Dense 1
  price: Dense 1
  output score price
}
step {
  train classifier target=kind
  train valuer target=price
  train judge on=[data, noise] target=[1, price, 0, 2]
}
output valuer
train {
  loss sparse_categorical_crossentropy from_logits=yes on=kind
  loss huber on=price weight=0.5
  loss mae on=price_2
  loss hinge
  metrics mape on=price
}
END
runs "$p losses name outputs of some phases" "$BUILD/cnnc" -o losses.c losses.net
for loss in 'classifier: sparse_categorical_crossentropy from_logits=yes label_smoothing=0 on data weight=1 ' \
    'valuer: huber delta=1 on data weight=0.5 ' 'judge: hinge on score weight=0.5 ' \
    ' huber delta=1 on price weight=0.25 ' ' hinge on score_2 weight=0.5 ' ' mae on price_2 weight=0.5 '; do
    grep 'loss_says = "class' losses.c | grep -qF "$loss"
    check "$p $loss" "$(grep 'loss_says = "class' losses.c)"
done
grep -q '"price_mape"' losses.c && grep -q '"price_2_mape"' losses.c
check "$p a metric counts at all of a label" "$(grep MAPE losses.c)"

# ---- data of inputs alone
cat >inputs.net <<'END'
data { train npz "pairs.npz" inputs=[a, b] }
model image {
  a: Input 8
  Dense 4
}
model text {
  b: Input 6
  Dense 4
}
step { train image target=text; train text target=image }
train { loss cosine_similarity }
END
runs "$p an .npz of inputs alone is no mistake" "$BUILD/cnnc" -Werror -o inputs.c inputs.net

# ---- data are targets of some outputs alone
cat >part.net <<'END'
data {
  train npy "a.npy" ["y.npy", "z.npy"]
}
model d {
  Input 3
  h: Dense 4 relu
  p: Dense 1
  q: Dense 2 from=h
  s: Dense 3 from=h
  output p q s
}
step {
  train d target=[data, 1, data]
}
train {
  loss mse
}
END
runs "$p targets of some outputs" build part.net ./part
tr -d '\n ' <part.c | grep -q 'train_y\[\]={"y.npy","z.npy",};'
check "$p each of those outputs gets its own file" "$(grep -A4 'train_y\[\]' part.c)"
zeros() { # FILE ROWS COLUMNS
    printf '\223NUMPY\001\000v\000%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': ($2, $3), }"
    head -c $((4 * $2 * $3)) /dev/zero
} >"$1"
zeros a.npy 8 3
zeros y.npy 8 1
zeros z.npy 8 3
runs "$p trains with targets of some outputs" ./part train --quiet --epochs 2
zeros z.npy 7 3
says "$p and reads the file of the last one" 1 "z.npy" ./part train --quiet --epochs 2

# ---- callbacks watch phases and the model that answers
sed -e 's/epochs 4 batch=8/epochs 6 batch=8/' -e 's/^step {/output student\n&/' -e '/^  metrics accuracy/a\
  early_stopping val_loss patience=2 min_delta=10 restore_best\
  reduce_lr discriminator_echo_mae factor=0.5 patience=1 min_delta=10\
  checkpoint "best.safetensors" monitor=classifier_hard_loss best' gan.net >best.net
runs "$p callbacks build" build best.net ./best -Wno-outputs
says "$p the best weights of all models come back" 0 'restored the weights of epoch 1, when val_loss' \
    ./best train --threads 1 --save best_one.safetensors --log best.csv
grep -q ',generator_learning_rate,.*,val_loss' best.csv
check "$p every phase logs its learning rate" "$(head -1 best.csv)"
[ "$(./best evaluate --weights best_one.safetensors --part validation | sed 's/.*loss: //; s/ .*//')" = \
    "$(awk -F, 'NR == 2 { printf "%.4f", $NF }' best.csv)" ]
check "$p and are those of that epoch" "$(./best evaluate --weights best_one.safetensors --part validation)"
runs "$p the best of a phase is a checkpoint" test -s best.safetensors
runs "$p stops with the best weights" ./best train --quiet --epochs 2 --save half.safetensors
runs "$p goes on with them" ./best train --quiet --threads 3 --resume half.safetensors --save best_three.safetensors
cmp -s best_one.safetensors best_three.safetensors
check "$p callbacks have the same bits when a run goes on" "they differ"
sed 's/monitor=classifier_hard_loss/monitor=clasifier_hard_loss/' best.net >misspelt.net
says "$p a number of a phase is misspelt" 1 "did you mean 'classifier_hard_loss'" "$BUILD/cnnc" -o no.c misspelt.net

# ---- folds and members train all models
sed -e '/split validation/d' -e 's/^step {/output student\n&/' -e 's/adam(lr=0.01)/adam(lr=0.01, use_ema=yes)/' \
    -e 's/epochs 4/epochs 8/' gan.net >members.net
cat >>members.net <<'END'
validate kfold k=3 stratified
ensemble bagging members=2
END
runs "$p folds and members build" build members.net ./members -Wno-outputs
says "$p running means of one model's weights" 0 'are their running means' ./members train
says "$p crossval tests the model that answers" 0 '^  accuracy: (0\.[89]|1)' ./members crossval
runs "$p members are trained" ./members ensemble --quiet --save members.safetensors
says "$p and answer together" 0 'ensemble of 2 - accuracy: (0\.[89]|1)' \
    ./members evaluate --weights members.safetensors --part train
sed 's/^output student/output echo/' members.net >nothing.net
says "$p crossval wants a model that is tested" 1 "nothing that 'echo' answers" "$BUILD/cnnc" -o no.c nothing.net
sed 's/bagging members/boosting members/' members.net >boosting.net
says "$p boosting is for one network" 1 "bagging, voting, snapshot and stacking" "$BUILD/cnnc" -o no.c boosting.net

# ---- all of them as a library
cat >all.net <<'END'
data {
  train npy ["rows.npy", "codes.npy"] ["kind.npy", "price.npy"]
}
model generator {
  z: Input 4
  Dense 8
  BatchNorm
  Dense 3
}
model discriminator {
  x: Input 3
  Dense 8 leaky_relu
  Dropout 0.2
  Dense 1 sigmoid
}
model taught {
  x: Input 3
  codes: Input 2
  Concatenate from=[x, codes]
  h: Dense 3 softmax
  v: Dense 1 from=h
  output h v
}
model slow {
  x: Input 3
  codes: Input 2
  Concatenate from=[x, codes]
  h: Dense 3 softmax
}
step {
  train taught target=[kind, price] loss=[sparse_categorical_crossentropy, mse]
  follow slow of=taught momentum=cosine(0.9, end=1)
  train discriminator on=[x, generator(noise)] target=[1, 0]
  train generator on=noise through=discriminator target=1 optimizer=adam(lr=cosine(0.01))
  train taught target=[slow.h, price] loss=[kl_divergence, mae]
}
output taught
train {
  optimizer adamw
  loss binary_crossentropy
  epochs 2 batch=16 seed=5
}
END
runs "$p a library of all models" "$BUILD/cnnc" -w --emit=lib -o all_lib.c all.net
grep -q 'targets\[1\]: price, float \[1\]' all_lib.h
check "$p says what a step takes" "$(cat all_lib.h)"
runs "$p and compiles" $CC -std=c11 -Wall -Wextra -Wpedantic -Werror -O1 -march=native -I. -o library \
    "$HERE/models_all.c" all_lib.c $("$BUILD/cnnc" --cflags --libs)
runs "$p its rows in files" ./library rows
runs "$p the trainer builds" build all.net ./all
runs "$p and trains" ./all train --quiet --no-shuffle --save trainer.npz
for threads in 1 3; do
    runs "$p the library trains on $threads threads" ./library - $threads library.npz loaded.npz
    runs "$p with the trainer's bits" cmp trainer.npz library.npz
    runs "$p which go round" cmp library.npz loaded.npz
done

# ---- gradients of a phase that compares with numbers
zeros rows.npy 5 2
zeros nothing.npy 5 1
{
    head -c 128 nothing.npy
    printf '\000\000\200?\000\000\200?\000\000\200?\000\000\200?\000\000\200?'
} >ones.npy
runs "$p gradients want no targets of a phase with numbers" ./gan gradients --model discriminator \
    --weights one.safetensors --input rows.npy -o numbers.npz
runs "$p or take them" ./gan gradients --model discriminator --weights one.safetensors --input rows.npy \
    --target echo=ones.npy --target generator=nothing.npy -o files.npz
cmp -s numbers.npz files.npz
check "$p and say the same" "the numbers of the spec are others than those of the files"
says "$p they want those of the data" 1 'wants --target FILE' ./gan gradients --model student \
    --weights one.safetensors --input rows.npy -o student.npz

# ---- phases read different inputs of the data, and compare with different targets of them
cat >two.net <<'END'
data { train npy ["zeros.npy", "ones.npy"] ["zeros.npy", "ones.npy"]; split validation=0.25 }
model p {
  b: Input 3
  Dense 3 kernel_initializer=zeros
}
model q {
  b: Input 3
  a: Input 3
  Multiply from=[a, b]
  Dense 3 bias=no
}
step {
  train q target=zeros
  train p target=ones
  train q on=[a, b] target=data
}
output p
train { loss mse; optimizer sgd lr=0.1; epochs 2 batch=3 }
END
zeros zeros.npy 8 3
{
    head -c 128 zeros.npy
    yes "$(printf '\200\077')" | head -24 | while read -r high; do printf '\000\000%s' "$high"; done
} >ones.npy
runs "$p phases with different targets build" build two.net ./two
runs "$p and train" ./two train --quiet --threads 1 --save two.safetensors --log two.csv
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    NR == 3 { exit !($at["q_loss"] == 0 && $at["q_2_loss"] == 0 && $at["p_loss"] > 0.01 && $at["val_loss"] > 0.01) }' \
    two.csv
check "$p each with its own targets" "$(cat two.csv)"
runs "$p they stop after an epoch" ./two train --quiet --epochs 1 --save half.safetensors
runs "$p they go on" ./two train --quiet --threads 3 --resume half.safetensors --save again.safetensors
cmp -s two.safetensors again.safetensors
check "$p and have the same bits" "they differ"
says "$p the model that answers is evaluated with its own" 0 'loss: 0\.[0-9]*[1-9]' ./two evaluate --part train \
    --weights two.safetensors
says "$p and so is the other one" 0 'loss: 0\.0*$' ./two evaluate --model q --part train --weights two.safetensors

# ---- one of them as a library
"$BUILD/cnnc" -w --emit=lib --model student -o student_lib.c gan.net >log 2>&1
# shellcheck disable=SC2046
runs "$p a library has one model" $CC -std=c11 -Wall -Wextra -Wpedantic -Werror -O1 -march=native -I. -o library \
    "$HERE/models.c" student_lib.c $("$BUILD/cnnc" --cflags --libs)
runs "$p it reads its weights among those of all" ./library one.safetensors student.safetensors
{ head -c 128 rows.npy; cat x.raw; } >x.npy
./gan predict --model student --weights one.safetensors --input x.npy -o y.npy >log 2>&1
tail -c +129 y.npy | cmp -s - y.raw
check "$p it predicts the trainer's bits" "$(cat log)"
runs "$p the trainer reads what it saves" ./gan predict --model student --weights student.safetensors --input x.npy
says "$p a library has no step without targets" 0 'No function makes a step of .generator. alone' \
    sh -c '"$1" -w --emit=lib --model generator -o generator_lib.c "$2" && cat generator_lib.h' - "$BUILD/cnnc" gan.net
# shellcheck disable=SC2046
runs "$p and compiles" $CC -std=c11 -Wall -Wextra -Wpedantic -Werror -O1 -c generator_lib.c $("$BUILD/cnnc" --cflags)
says "$p --emit=learn wants targets" 1 'none for what .generator. answers' \
    "$BUILD/cnnc" --emit=learn --model generator --weights=one.safetensors -o no.c gan.net

# ---- a layer of a model is read, an input of the data is a target, a layer within a model teaches
cat >inner.net <<'END'
data { train npy ["zeros.npy", "ones.npy"] }
model m {
  a: Input 3
  b: Input 3
  h: Dense 3 kernel_initializer=identity bias=no from=a
  Concatenate from=[h, b]
  Dense 1
}
model e {
  Input 3
  Dense 3 kernel_initializer=identity bias=no
}
model t {
  b: Input 3
  a: Input 3
  Lambda expr(x, y: 2 * x + y) from=[b, a]
}
step {
  train e on=m.h target=a
  train e on=m.h target=b
  train e on=m.h target=t
  train m target=1
}
train { loss mse; epochs 1 batch=4 }
END
zeros zeros.npy 8 3
{
    head -c 128 zeros.npy
    yes "$(printf '\200\077')" | head -24 | while read -r high; do printf '\000\000%s' "$high"; done
} >ones.npy
runs "$p a layer is read" build inner.net ./inner -Wno-outputs
runs "$p and trained with" ./inner train --quiet --log inner.csv
[ "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR == 2 { print $at["e_loss"], $at["e_2_loss"],
    $at["e_3_loss"] }' inner.csv)" = '0 1 4' ]
check "$p each input is the target that is named, and a teacher reads several by their names" "$(cat inner.csv)"
sed 's/on=m.h target=a/on=m.g target=a/' inner.net >unknown.net
says "$p a layer that is not there" 1 "'m' has no layer 'g'" "$BUILD/cnnc" -o no.c unknown.net
says "$p a layer within a model teaches" 0 '' "$BUILD/cnnc" -fsyntax-only - <<'END'
data { train npy "x.npy" "y.npy" }
model teacher {
  Input 6
  hint: Dense 16 relu
  Dense 4 softmax
}
model student {
  Input 6
  h: Dense 16
  hard: Dense 4 softmax
  output hard h
}
step {
  train teacher
  train student target=[data, teacher.hint] loss=[sparse_categorical_crossentropy, mse]
}
train { loss sparse_categorical_crossentropy }
END
