# team_net.sh -- a network that more threads than chunks train, on the pictures of examples/data. Sourced.
SAMPLE=$ROOT/examples/data/mnist-sample

team_net() { # -- its data and first layers; what follows them comes from the standard input
    cat <<END
data {
  train idx "$SAMPLE/train-images-idx3-ubyte.gz" "$SAMPLE/train-labels-idx1-ubyte.gz"
  normalize scale=1/255
}
Input 28x28x1
Conv2D 24 3x3 relu same
Conv2D 40 3x3 relu
MaxPool 2x2
Conv2D 72 3x3 relu strides=2
END
    cat
}
