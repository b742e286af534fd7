# pairs.sh -- for make.sh here and of siamese, which say where: makes pairs of MNIST's digits in the folder $from.
# $dir is a folder for files in between.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
${CC:-cc} -std=c11 -O2 -o "$dir/pairs" "$(dirname "$0")/../two_inputs/pairs.c"

# Makes left.npy, right.npy and sum.npy or same.npy in $dir.
pairs() { # PART COUNT SEED [same]
    for file in "$1-images-idx3-ubyte" "$1-labels-idx1-ubyte"; do
        gzip -cd "$from/$file.gz" >"$dir/$file" 2>/dev/null || cat "$from/$file" >"$dir/$file"
    done
    "$dir/pairs" "$2" "$3" "$dir" "$dir/$1-images-idx3-ubyte" "$dir/$1-labels-idx1-ubyte" ${4+"$4"}
}
