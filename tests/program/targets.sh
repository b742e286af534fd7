#!/bin/sh
# targets.sh -- every loss with every kind of target that it does not take, in each part of the data and for
# `gradients`: the status is 1, and the message says file, row, output, value and what to do. Targets that it takes
# are tested too. A new loss fails here until this file says which those are.
. tests/program/lib.sh
p="program targets:"
cd "$(folder targets)" || exit 1
$CC -std=c11 -O1 -o makenpy "$HERE/makenpy.c" 2>log
check "$p makenpy.c" "$(cat log)" || exit
./makenpy x.npy f4 2x2 1 0 0 1

# KIND TYPE COLUMNS NUMBERS|PATTERN; the pattern is "takes" for a good target. There are two rows, of three outputs or
# of one number.
cat >targets <<'END'
classes|i4|1|0 2|takes
classes|u1|1|1 1|takes
classes|i4|1|0 -1|row 1: label -1 is not a class of the network: 0 to 2; labels start at 0
classes|i8|1|3 1|row 0: label 3 is not a class of the network: 0 to 2; labels start at 0
classes|i8|1|0 1000000|row 1: label 1000000 is not a class
classes|u1|1|0 255|row 1: label 255 is not a class
classes|f4|1|0 1.5|labels are float32, but class numbers must be integers
classes|i4|3|0 1 0 0 0 1|for one-hot rows use categorical_crossentropy
labels|i4|1|0 2|takes
labels|i8|1|7 1000000|takes
labels|i4|1|0 -1|row 1: label -1
labels|f4|1|0 1.5|labels are float32, but class numbers must be integers
distribution|f4|3|0 1 0 .25 .5 .25|takes
distribution|f4|3|0 1 0 .3333 .3333 .3333|takes
distribution|u1|3|0 1 0 0 0 1|takes
distribution|f4|3|0 1 0 .5 .2 .2|row 1: the targets sum to 0.9[0-9]*, but [a-z_]* takes .* sum to 1; divide each row
distribution|f4|3|0 0 0 0 1 0|row 0: the targets sum to 0, .*; a row is of one class at least
distribution|u1|3|0 1 0 1 1 0|row 1: the targets sum to 2, .* end in sigmoid and use binary_crossentropy
distribution|f4|3|0 1 0 -.5 1 .5|row 1, output 0: target -0.5, .* takes numbers from 0 to 1; .*without negative numbers
distribution|u1|3|0 255 0 0 0 255|row 0, output 1: target 255, .*divide it by its sum
distribution|f4|3|0 1 0 0 nan 1|row 1, output 1: the target is nan
distribution|f8|3|inf 1 0 0 0 1|row 0, output 0: the target is inf
distribution|i4|1|0 1|for class numbers use sparse_categorical_crossentropy
unit|f4|3|0 1 0 .25 .5 1|takes
unit|u1|3|0 1 0 1 1 1|takes
unit|u1|3|0 1 0 0 255 0|row 1, output 1: target 255, but [a-z_]* takes numbers from 0 to 1; divide by 255
unit|i4|3|0 1 2 0 1 0|row 0, output 2: target 2, .* sparse_categorical_crossentropy
unit|f4|3|-1 1 1 -1 1 1|row 0, output 0: target -1, .*take \(t \+ 1\) / 2
unit|f8|3|0 1 0 0 1 1.0000001|row 1, output 2: target 1.0000001, .*divide by the largest
unit|f4|3|0 nan 0 0 1 0|row 0, output 1: the target is nan
unit|f4|3|0 1 0 0 1 -inf|row 1, output 2: the target is -inf
onehot|f4|3|0 1 0 1 0 0|takes
onehot|f4|3|0 1 0 0 .5 .6|row 1: the targets sum to 1.1
onehot|f4|3|0 1 0 0 nan 1|row 1, output 1: the target is nan
regions|f4|3|0 1 0 .25 .5 1|takes
regions|u1|3|0 1 0 0 255 0|row 1, output 1: target 255, .*divide by 255
regions|f4|3|0 nan 0 0 1 0|row 0, output 1: the target is nan
signs|f4|3|-1 1 1 0 1 -.5|takes
signs|u1|3|0 1 0 1 1 1|takes
signs|f4|3|-1 1 2 -1 1 1|row 0, output 2: target 2, but [a-z_]* takes numbers from -1 to 1
signs|f4|3|-1 1 -3 -1 1 1|row 0, output 2: target -3, .*divide by the largest
signs|f8|3|0 1 0 0 1 -inf|row 1, output 2: the target is -inf
amounts|f4|3|0 1e15 2.5 .25 255 1|takes
amounts|i4|3|0 7 2 0 0 1|takes
amounts|f4|3|0 1 -2 0 1 1|row 0, output 2: target -2, but [a-z_]* takes no numbers below 0
amounts|f8|3|0 1 0 0 1 1e300|row 1, output 2: target 1e\+300
amounts|f4|3|0 nan 0 0 1 0|row 0, output 1: the target is nan
numbers|f4|3|-5 1e15 0 .25 255 1|takes
numbers|f8|3|-5 -1e15 0 .25 255 1|takes
numbers|f8|3|0 1 0 0 1e300 1|row 1, output 1: target 1e\+300 is beyond the largest float, .*: scale the targets
numbers|f4|3|0 1 0 nan 1 1|row 1, output 0: the target is nan
numbers|f8|3|0 1 0 0 1 inf|row 1, output 2: the target is inf
END

kind_of() { # LOSS
    case $1 in
    sparse_categorical_crossentropy | categorical_generalized_cross_entropy) echo classes ;;
    categorical_crossentropy | categorical_focal_crossentropy | kl_divergence) echo distribution ;;
    circle) echo labels ;;
    categorical_hinge) echo onehot ;;
    binary_crossentropy | binary_focal_crossentropy) echo unit ;;
    dice | tversky) echo regions ;;
    hinge | squared_hinge) echo signs ;;
    poisson | msle) echo amounts ;;
    mse | mae | mape | huber | log_cosh | cosine_similarity | expr) echo numbers ;;
    none) echo nothing ;;
    esac
}

ending() { # KIND
    case $1 in
    classes | distribution) echo softmax ;;
    unit | regions) echo sigmoid ;;
    amounts) echo softplus ;;
    *) echo linear ;;
    esac
}

arguments() { # LOSS
    case $1 in
    expr) echo '(t, y: (t - y) * (t - y))' ;;
    esac
}

program() { # LOSS KIND
    cat >"$1.net" <<END
model $1
data {
  train npy "x.npy" "train.npy"
  validation npy "x.npy" "validation.npy"
  test npy "x.npy" "test.npy"
}
Input 2
Dense 3 $(ending "$2")
train {
  loss $1$(arguments "$1")
  epochs 1 batch=2
}
END
    "$BUILD/cnnc" -o "$1.c" "$1.net" >log 2>&1 &&
        $CC -std=c11 -O0 -o "$1" "$1.c" $("$BUILD/cnnc" --cflags --libs) >>log 2>&1
    check "$p $1 builds" "$(cat log)"
}

# Puts this target in the place of a good one, everywhere that targets are read.
try() { # LOSS KIND TYPE COLUMNS NUMBERS PATTERN
    # shellcheck disable=SC2086
    ./makenpy bad.npy "$3" "2x$4" $5 || return 1
    for part in train validation test; do
        cp good.npy train.npy && cp good.npy validation.npy && cp good.npy test.npy && cp bad.npy $part.npy
        if [ "$6" = takes ]; then
            ./"$1" train --quiet >log 2>&1 || return 1
        else
            ./"$1" train --quiet >log 2>&1 && return 1
            grep -qE "^$1: $part.npy: ?.*$6" log || return 1
        fi
    done
    if [ "$6" = takes ]; then
        ./"$1" gradients --input x.npy --target bad.npy -o g.npz >log 2>&1
    else
        ! ./"$1" gradients --input x.npy --target bad.npy -o g.npz >log 2>&1 && grep -qE "$6" log && [ ! -e g.npz ]
    fi
}

losses=$("$BUILD/cnnc" --list losses | awk '{ print $1 }')
[ "$(echo "$losses" | wc -w)" -ge 6 ]
check "$p cnnc lists its losses" "$losses"
for loss in $losses; do
    kind=$(kind_of "$loss")
    [ -n "$kind" ]
    check "$p it is known what $loss takes" "add it to kind_of in $0" || continue
    [ "$kind" != nothing ] || continue
    program "$loss" "$kind" || continue
    grep "^$kind|" targets >cases
    IFS='|' read -r _ type columns numbers _ <cases
    # shellcheck disable=SC2086
    ./makenpy good.npy "$type" "2x$columns" $numbers
    while IFS='|' read -r _ type columns numbers pattern; do
        rm -f g.npz
        try "$loss" "$kind" "$type" "$columns" "$numbers" "$pattern"
        check "$p $loss, $type $numbers" "wanted '$pattern': $(cat log)"
    done <cases
done

# a layer behind a softmax may set all outputs of a row to zero
cat >dropped.net <<'END'
data {
  train npy "x.npy" "zero.npy"
}
Input 2
Dense 3 softmax
Dropout 0.999
train {
  loss sparse_categorical_crossentropy
  epochs 9 batch=2
}
END
./makenpy zero.npy i4 2x1 0 0
reference= # which finds the reason
build dropped.net ./dropped -w
check "$p dropped.net" "$(cat dropped.log)" || exit
says "$p why the loss is nan" 1 \
    'row [01]: the outputs sum to 0, but sparse_categorical_crossentropy compares probabilities, which sum to 1' \
    ./dropped

# logits: x = 0.3 and -0.3, kernel 1, bias 0
cat >logits.net <<'END'
model logits
data {
  train npy "one.npy" "yes.npy"
  test npy "one.npy" "yes.npy"
}
Input 1
Dense 1 kernel_initializer=constant(1)
validate kfold k=2
train {
  optimizer sgd lr=1e-9
  loss binary_crossentropy from_logits=yes
  epochs 1 batch=2
  metrics accuracy precision recall f1 auc
}
END
./makenpy one.npy f4 2x1 .3 -.3 && ./makenpy yes.npy i4 2x1 1 0
build logits.net ./logits
check "$p logits.net" "$(cat logits.log)" || exit
runs "$p logits are trained" ./logits train --quiet --save w.safetensors
says "$p logits are compared with 0" 0 \
    'accuracy: 1.0000 - precision: 1.0000 - recall: 1.0000 - f1: 1.0000 - auc: 1.0000' \
    ./logits evaluate --weights w.safetensors
says "$p the classes of logits" 0 'confusion of the test set: 2 of 2 rows are right' \
    ./logits evaluate --weights w.safetensors --verbose
says "$p probabilities are printed" 0 '^0: 0.574443' ./logits predict --weights w.safetensors --input one.npy
./makenpy yes.npy i4 2x1 1 1
says "$p auc of one class" 0 'auc: undefined' ./logits evaluate --weights w.safetensors
says "$p auc of no fold" 0 '^  auc: undefined$' ./logits crossval
./makenpy one.npy f4 6x1 .3 -.3 .2 -.2 .5 -.5 && ./makenpy yes.npy i4 6x1 1 1 1 1 1 0
says "$p auc of some folds" 0 '^  auc: [01].[0-9]+, of 1 of them: undefined in the others$' ./logits crossval
says "$p auc in the log" 0 '^0,.*[0-9],nan,|^0,[^,]*,nan,' \
    sh -c './makenpy yes.npy i4 6x1 1 1 1 1 1 1 && ./logits train --quiet --log l.csv && cat l.csv'
