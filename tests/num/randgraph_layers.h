/* randgraph_layers.h -- the layers that randgraph knows: a function for each kind, and the table. */
#ifndef RANDGRAPH_LAYERS_H
#define RANDGRAPH_LAYERS_H

/* What has been said about the numbers so far: too much, where a layer was said and then not taken.
 * places: the same numbers may stand at all places of a plane; all: all numbers may be the same. Less their mean, only
 * rounding is left. grown: by an exponential, of which a second one would know no bounds, and a sine no digits. */
static struct said {
    int places, all, grown;
} told;

/* ---- layers: each function says the statement for its input and gives the shape behind it */

static struct shape keep(struct shape in)
{
    return in;
}

static struct shape keep_rate(struct shape in)
{
    say(" 0.%d", between(1, 6));
    return in;
}

static struct shape keep_factor(struct shape in)
{
    say(" 0.%d value_range=[-3, 3]", between(1, 4));
    return in;
}

static struct shape keep_bits(struct shape in)
{
    say(" %d value_range=[-3, 3]", between(2, 8));
    return in;
}

/* Of few pixels, all gradients are those of the least and the most of them, or none. Where all are tails of
 * exponentials, a double tells them apart and a float does not. */
static struct shape keep_spread(struct shape in)
{
    if (told.places || told.grown || numbers(in) / last(&in) < 3)
        return none;
    say(" value_range=[-3, 3]");
    return in;
}

static struct shape keep_two(struct shape in)
{
    say(" 0.%d 0.%d", between(1, 4), between(1, 4));
    return in;
}

static struct shape keep_some(struct shape in)
{
    say(" 0.%d", between(1, 9));
    return in;
}

static struct shape perspective(struct shape in)
{
    return in.n[0] > 1 && in.n[1] > 1 ? keep_some(in) : none;
}

/* Which bin a value near 0 is in does not depend on its last digits. Results are of the whole range. */
static struct shape bins(struct shape in)
{
    told.grown = 1;
    say(" value_range=[-502, 518] bins=%d", between(100, 256));
    return in;
}

static struct shape tiles(struct shape in)
{
    told.grown = 1;
    say(" value_range=[-502, 518] clip_limit=%d tile_grid_size=%dx%d", between(0, 4), between(1, 4), between(1, 4));
    return in;
}

static struct shape resizing(struct shape in)
{
    told.places |= numbers(in) == last(&in);
    for (int i = 0; i < 2; i++)
        say(" %d", in.n[i] = between(1, 7));
    say(" %s", chance(50) ? "bilinear" : "nearest");
    return in;
}

static struct shape formula(struct shape in)
{
    static const char *const of[] = {"x * x * 0.3 + 1",
                                     "x / (1 + abs(x))",
                                     "exp(-x * x)",
                                     "x > 0 ? log1p(x) : x / 3",
                                     "x / (1 + mean(x * x, axis=-1))",
                                     "sin(x) - logsumexp(x, axis=-1) / 4",
                                     "x + tanh(mean(x))",
                                     "sin(x) - cos(x)"};
    say(" expr(x: %s)", of[below((int)(sizeof of / sizeof *of) - told.grown)]);
    return in;
}

/* A single class is certain, to rounding. */
static struct shape probabilities(struct shape in)
{
    told.places |= last(&in) == 1;
    told.all |= last(&in) == 1;
    return in;
}

static struct shape exponential(struct shape in)
{
    if (told.grown)
        return none;
    told.grown = 1;
    return in;
}

/* Where a function jumps, or its slope, is no number that another layer gives: a float may stand there, and the number
 * that it stands for a millionth beside. */
static struct shape shrink(struct shape in)
{
    say(" 0.47");
    return in;
}

static struct shape penalty(struct shape in)
{
    say(" l1=0.00%d l2=0.00%d", between(0, 9), between(1, 9));
    return in;
}

static struct shape threshold(struct shape in)
{
    told.all = 1;
    say(" 0.%d7 -0.%d", between(1, 9), between(0, 9));
    return in;
}

static struct shape colours(struct shape in)
{
    return last(&in) == 3 ? keep_factor(in) : none;
}

static struct shape augment(struct shape in)
{
    if (last(&in) != 3)
        return none;
    say(" 0.%d value_range=[-3, 3] num_ops=1", between(1, 4));
    return in;
}

static struct shape aug_mix(struct shape in)
{
    if (last(&in) != 3)
        return none;
    say(" 0.%d value_range=[-3, 3] num_chains=2 chain_depth=1", between(1, 4));
    return in;
}

static struct shape jitter(struct shape in)
{
    if (last(&in) != 3)
        return none;
    say(" value_range=[-3, 3] brightness_factor=0.%d hue_factor=0.%d", between(1, 4), between(1, 4));
    return in;
}

static struct shape grey(struct shape in)
{
    return last(&in) == 3 ? keep_some(in) : none;
}

static struct shape activation(struct shape in)
{
    say(" %s", PICK(words));
    return in;
}

static struct shape half(struct shape in)
{
    if (last(&in) % 2)
        return none;
    in.n[in.rank - 1] /= 2;
    return in;
}

static struct shape prelu(struct shape in)
{
    if (in.rank > 1 && chance(50))
        say(" shared_axes=[1]");
    return in;
}

static struct shape rescaling(struct shape in)
{
    say(" 0.%d offset=-0.%d", between(1, 9), between(0, 9));
    return in;
}

static struct shape normalization(struct shape in)
{
    say(" mean=0.%d variance=0.%d%s", between(1, 9), between(2, 9), chance(30) ? " invert" : "");
    return in;
}

static struct shape norm(struct shape in)
{
    if (told.all || last(&in) < 3) /* of two numbers a norm leaves the signs, and gradients in front of it vanish */
        return none;
    static const char *const without[] = {"", "", " scale=no", " center=no"};
    say("%s", PICK(without));
    return in;
}

/* So do norms of the numbers of one axis, and what has no more than one number for each channel. */
static struct shape keep_three(struct shape in)
{
    return last(&in) < 3 ? none : in;
}

static struct shape instance_norm(struct shape in)
{
    return told.places || numbers(in) / last(&in) < 3 ? none : norm(in);
}

static struct shape group_norm(struct shape in)
{
    int groups = between(1, last(&in));
    if (told.all || last(&in) < 3)
        return none;
    while (last(&in) % groups || (groups == last(&in) && told.places) || (groups > 1 && numbers(in) / groups < 3))
        groups--;
    say(" %d", groups);
    return in;
}

static struct shape dense(struct shape in)
{
    in.n[in.rank - 1] = PICK(channels);
    say(" %d %s", last(&in), PICK(words));
    return in;
}

/* The last axis is summed over; outputs have two axes, one, or one that stands before the others. */
static struct shape einsum_dense(struct shape in)
{
    const int units = between(1, 5), more = between(1, 3), swapped = chance(50), wide = in.rank < 3 && chance(50);
    const int at = in.rank - 1;
    if (wide) {
        say(" \"...x,%s->...yz\" output_shape=[%d, %d] bias_axes=\"z\"", swapped ? "yzx" : "xyz", units, more);
        in.n[at] = units;
        in.n[in.rank++] = more;
    } else if (in.rank == 2) {
        say(" \"bsx,%s->bys\" output_shape=[%d, -1] bias_axes=\"y\" %s", swapped ? "yx" : "xy", units, PICK(words));
        in.n[1] = in.n[0];
        in.n[0] = units;
    } else {
        say(" \"...x,xy->...y\" output_shape=%d %s", units, PICK(words));
        in.n[at] = units;
    }
    return in;
}

static struct shape spectral_norm(struct shape in)
{
    say(" %d {\nDense", between(1, 3));
    in = dense(in);
    say("\n}");
    return in;
}

/* A window that keeps the plane; strides of a convolution come by randnet.c. */
static void say_window(struct shape in, int most)
{
    for (int i = 0; i < in.rank - 1; i++)
        say("%s%d", i ? "x" : " ", between(1, most));
}

static struct shape conv(struct shape in)
{
    in.n[in.rank - 1] = PICK(channels);
    say(" %d", last(&in));
    say_window(in, 3);
    say(" %s same%s", PICK(words), chance(20) ? " bias=no" : "");
    return in;
}

static struct shape depthwise(struct shape in)
{
    say_window(in, 3);
    say(" %s same", PICK(words));
    return in;
}

static struct shape transposed(struct shape in)
{
    const int stride = between(1, 2);
    in.n[in.rank - 1] = between(1, 9);
    say(" %d", last(&in));
    say_window(in, 3);
    say(" same strides=%d", stride);
    for (int i = 0; i < in.rank - 1; i++)
        in.n[i] *= stride;
    return in;
}

static struct shape pool(struct shape in)
{
    const int size = between(1, 2);
    say(" ");
    for (int i = 0; i < in.rank - 1; i++) {
        say("%s%d", i ? "x" : "", size);
        in.n[i] = (in.n[i] + size - 1) / size;
    }
    say(" same");
    return in;
}

static struct shape adaptive(struct shape in)
{
    told.places |= numbers(in) == last(&in);
    say(" ");
    for (int i = 0; i < in.rank - 1; i++)
        say("%s%d", i ? "x" : "", in.n[i] = between(1, 4));
    return in;
}

static struct shape global(struct shape in)
{
    return (struct shape){1, {last(&in)}};
}

static struct shape flatten(struct shape in)
{
    return (struct shape){1, {numbers(in)}};
}

static struct shape reshape(struct shape in)
{
    const int n = numbers(in);
    int first = between(1, 6);
    while (n % first)
        first--;
    const struct shape out =
        chance(50) ? (struct shape){2, {first, n / first}} : (struct shape){3, {first, 1, n / first}};
    say_shape(out);
    return out;
}

static struct shape permute(struct shape in)
{
    struct shape out = {.rank = in.rank};
    int order[MOST_RANK];
    for (int i = 0; i < in.rank; i++)
        order[i] = i;
    for (int i = in.rank - 1; i > 0; i--) {
        const int j = below(i + 1), t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
    for (int i = 0; i < in.rank; i++) {
        out.n[i] = in.n[order[i]];
        say(" %d", order[i] + 1);
    }
    return out;
}

static struct shape repeat_vector(struct shape in)
{
    const int times = between(1, 4);
    told.places = 1;
    say(" %d", times);
    return (struct shape){2, {times, in.n[0]}};
}

static struct shape up_sampling(struct shape in)
{
    told.places |= numbers(in) == last(&in);
    say(" ");
    for (int i = 0; i < in.rank - 1; i++) {
        const int times = between(1, 2);
        say("%s%d", i ? "x" : "", times);
        in.n[i] *= times;
    }
    return in;
}

/* A factor of a number, from 1 on. */
static int factor(int n)
{
    int f = between(1, n < 4 ? n : 4);
    while (n % f)
        f--;
    return f;
}

static struct shape to_space(struct shape in)
{
    const int block = last(&in) % 4 ? 1 : 2;
    told.places |= numbers(in) == last(&in);
    say(" %d", block);
    return (struct shape){3, {in.n[0] * block, in.n[1] * block, last(&in) / block / block}};
}

static struct shape to_depth(struct shape in)
{
    const int block = in.n[0] % 2 || in.n[1] % 2 ? 1 : 2;
    say(" %d", block);
    return (struct shape){3, {in.n[0] / block, in.n[1] / block, last(&in) * block * block}};
}

static struct shape shuffled(struct shape in)
{
    say(" %d", factor(last(&in)));
    return in;
}

static struct shape zeros(struct shape in)
{
    say(" ");
    for (int i = 0; i < in.rank - 1; i++) {
        const int more = between(0, 2);
        say("%s%d", i ? "x" : "", more);
        in.n[i] += 2 * more;
    }
    return in;
}

static struct shape cropping(struct shape in)
{
    say(" ");
    for (int i = 0; i < in.rank - 1; i++) {
        const int less = in.n[i] > 2 ? between(0, 1) : 0;
        say("%s%d", i ? "x" : "", less);
        in.n[i] -= 2 * less;
    }
    return in;
}

static struct shape slice(struct shape in)
{
    const int axis = below(in.rank), size = in.n[axis], step = between(1, 2), n = between(1, (size - 1) / step + 1);
    const int first = below(size - (n - 1) * step), last = first + (n - 1) * step;
    if (chance(50))
        say(" %d %d step=%d axis=%d", first, last + 1, step, axis + 1);
    else if (first)
        say(" %d %d step=-%d axis=%d", last, first - 1, step, axis + 1);
    else
        say(" %d step=-%d axis=%d", last, step, axis + 1);
    in.n[axis] = n;
    return in;
}

static struct shape crop(struct shape in)
{
    for (int i = 0; i < 2; i++)
        say(" %d", in.n[i] = between(1, in.n[i]));
    return in;
}

/* SIZES: its parameters fit planes of any size. */
enum { SIZES = 1, R1 = 1 << 1, R2 = 1 << 2, R3 = 1 << 3, R4 = 1 << 4, ANY = R1 | R2 | R3 | R4, PLANES = R2 | R3 | R4 };

struct row {
    const char *name;
    int ranks;                         /* of its input, a bit for each; and SIZES */
    struct shape (*say)(struct shape); /* NULL: a layer that joins, or one that this program says otherwise */
};

static const struct row rows[] = {
    {"Activation", ANY, activation},
    {"ActivityRegularization", ANY, penalty},
    {"AdaptiveAvgPool", PLANES, adaptive},
    {"AdaptiveMaxPool", PLANES, adaptive},
    {"Add", 0, NULL},
    {"AlphaDropout", ANY, keep_rate},
    {"Average", 0, NULL},
    {"AugMix", R3, aug_mix},
    {"AutoContrast", R3, keep_spread},
    {"AvgPool", PLANES, pool},
    {"BatchNorm", R1 | R2 | R3 | SIZES, norm},
    {"CELU", ANY, keep},
    {"CLAHE", R3, tiles},
    {"CenterCrop", R3, crop},
    {"ChannelShuffle", ANY, shuffled},
    {"Concatenate", 0, NULL},
    {"Conv", PLANES | SIZES, conv},
    {"Conv1D", R2, conv},
    {"Conv1DTranspose", R2, transposed},
    {"Conv2D", R3, conv},
    {"Conv2DTranspose", R3, transposed},
    {"Conv3D", R4, conv},
    {"Conv3DTranspose", R4, transposed},
    {"ConvTranspose", PLANES | SIZES, transposed},
    {"Cropping", PLANES, cropping},
    {"CutMix", 0, NULL},
    {"Dense", R1 | R2 | R3 | SIZES, dense},
    {"DepthToSpace", R3, to_space},
    {"DepthwiseConv", R2 | R3 | SIZES, depthwise},
    {"DepthwiseConv1D", R2, depthwise},
    {"DepthwiseConv2D", R3, depthwise},
    {"Dot", 0, NULL},
    {"Dropout", ANY, keep_rate},
    {"EinsumDense", R1 | R2 | R3, einsum_dense},
    {"ELU", ANY, keep},
    {"Equalization", R3, bins},
    {"Exponential", ANY, exponential},
    {"Flatten", ANY, flatten},
    {"GaussianDropout", ANY, keep_rate},
    {"GaussianNoise", ANY, keep_rate},
    {"GELU", ANY, keep},
    {"GlobalAvgPool", PLANES, global},
    {"GlobalMaxPool", PLANES, global},
    {"GLU", ANY, half},
    {"GroupNorm", R2 | R3 | SIZES, group_norm},
    {"HardShrink", ANY, shrink},
    {"HardSigmoid", ANY, keep},
    {"HardSiLU", ANY, keep},
    {"HardTanh", ANY, keep},
    {"Identity", ANY, keep},
    {"Input", 0, NULL},
    {"InstanceNorm", R2 | R3, instance_norm},
    {"Lambda", ANY, formula},
    {"LayerNorm", ANY | SIZES, norm},
    {"LeakyReLU", ANY, keep},
    {"leaky_relu", ANY, keep},
    {"linear", ANY, keep},
    {"LogSigmoid", ANY, keep},
    {"LogSoftmax", ANY, probabilities},
    {"Maximum", 0, NULL},
    {"MaxPool", PLANES, pool},
    {"Minimum", 0, NULL},
    {"Mish", ANY, keep},
    {"MixUp", 0, NULL},
    {"Multiply", 0, NULL},
    {"Normalization", ANY, normalization},
    {"Permute", PLANES, permute},
    {"PReLU", ANY, prelu},
    {"RandAugment", R3, augment},
    {"RandomBrightness", R3, keep_factor},
    {"RandomContrast", R3, keep_factor},
    {"RandomCrop", R3, crop},
    {"RandomColorDegeneration", R3, colours},
    {"RandomColorJitter", R3, jitter},
    {"RandomElasticTransform", R3, keep_factor},
    {"RandomErasing", R3, keep_factor},
    {"RandomFlip", R3, keep},
    {"RandomGaussianBlur", R3, keep_factor},
    {"RandomGrayscale", R3, grey},
    {"RandomHue", R3, colours},
    {"RandomInvert", R3, keep_factor},
    {"RandomPerspective", R3, perspective},
    {"RandomPosterization", R3, keep_bits},
    {"RandomRotation", R3, keep_some},
    {"RandomSaturation", R3, colours},
    {"RandomSharpness", R3, keep_factor},
    {"RandomShear", R3, keep_two},
    {"RandomTranslation", R3, keep_two},
    {"RandomZoom", R3, keep_some},
    {"ReLU", ANY, keep},
    {"ReLU6", ANY, keep},
    {"RepeatVector", R1, repeat_vector},
    {"Rescaling", ANY, rescaling},
    {"Reshape", ANY, reshape},
    {"Resizing", R3, resizing},
    {"RMSNorm", ANY, keep_three},
    {"Sampling", 0, NULL},
    {"SELU", ANY, keep},
    {"SeparableConv", R2 | R3 | SIZES, conv},
    {"SeparableConv1D", R2, conv},
    {"SeparableConv2D", R3, conv},
    {"Sigmoid", ANY, keep},
    {"SiLU", ANY, keep},
    {"SoftShrink", ANY, shrink},
    {"Slice", ANY, slice},
    {"Softmax", ANY, probabilities},
    {"Softplus", ANY, keep},
    {"Softsign", ANY, keep},
    {"Solarization", R3, keep_factor},
    {"SparsePlus", ANY, keep},
    {"SparseSigmoid", ANY, keep},
    {"Sparsemax", ANY, probabilities},
    {"SpaceToDepth", R3, to_depth},
    {"SpatialDropout", PLANES, keep_rate},
    {"SpectralNorm", R1 | R2 | R3, spectral_norm},
    {"Squareplus", ANY, keep},
    {"Subtract", 0, NULL},
    {"Tanh", ANY, keep},
    {"TanhShrink", ANY, keep},
    {"Threshold", ANY, threshold},
    {"UnitNorm", ANY, keep_three},
    {"UpSampling", PLANES, up_sampling},
    {"ZeroPadding", PLANES, zeros},
};

#endif
