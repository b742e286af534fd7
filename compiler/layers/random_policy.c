/* random_policy.c -- layers that change images by changes that they draw: RandAugment makes some one after the other;
 * AugMix mixes what several chains of them give. Where Keras draws once a batch, each image has its own. */
#include "layers/layers.h"
#include "ops/ops.h"
#include "ops/warp.h"

enum { MOST_CHANGES = 16, MOST_CHAINS = 8, MOST_DEPTH = 8 };

#define COUNT_ARG(NAME, DEFAULT, MOST, DOC)                                                                            \
    {                                                                                                                  \
        .name = NAME, .type = ARG_INT, .def = DEFAULT, .min = 1, .max = MOST, .doc = DOC                               \
    }
#define STRENGTH_ARG(DEFAULT) FACTOR_ARG("factor", ARG_POSITIONAL, DEFAULT, 0, 1, "how strong; or [least, most]")

static const struct arg_def randaugment_args[] = {
    STRENGTH_ARG("0.5"),
    COUNT_ARG("num_ops", "2", MOST_CHANGES, "changes of each image, one after the other"),
    VALUE_RANGE_ARG,
    INTERPOLATION_ARG,
    {0}};
static const struct arg_def augmix_args[] = {
    STRENGTH_ARG("0.3"),
    COUNT_ARG("num_chains", "3", MOST_CHAINS, "chains of changes, which are mixed"),
    COUNT_ARG("chain_depth", "3", MOST_DEPTH, "changes of a chain, at most"),
    REAL("alpha", 0, "1", 0.01, 1e6, .doc = "of the distributions of the shares: 1 is even, more is nearer to equal"),
    {.name = "all_ops", .type = ARG_BOOL, .def = "yes", .doc = "no: without brightness, colour, contrast, sharpness"},
    VALUE_RANGE_ARG,
    INTERPOLATION_ARG,
    {0}};

/* ---- the changes. choice: the number of the one that is made of an image; -1 when nothing trains */

enum { SHEAR, TRANSLATION, ROTATION, POSTERIZATION, SOLARIZATION, STRETCHING, EQUALIZATION, BASIC };
enum { BRIGHTNESS = BASIC, DEGENERATION, CONTRAST, SHARPNESS, ALL };

/* 1 for images whose choice is one from `first` to `last`. */
static struct tensor *chosen(struct net *net, struct node *n, struct tensor *choice, int first, int last)
{
    const char *formula = arena_printf(ctx_arena(net->ctx), "a < %d ? 0 : a > %d ? 0 : 1", first, last);
    return lower_map(net, n, formula, &choice, 1, one_an_image, "chosen");
}

struct turns { /* what is drawn for the first three */
    struct tensor *choice, *x, *y, *angle, *side;
    struct tensor *index[2]; /* of a row, of a column */
};

/* The places along an axis of the pixels of sheared, shifted and turned images. */
static struct tensor *turned_places(struct net *net, struct node *n, const struct turns *t, int axis)
{
    struct tensor *x[] = {t->choice, axis ? t->x : t->y, t->angle, t->side, t->index[axis], t->index[!axis]};
    const double size = (double)n->in.dim[axis], middle = (size - 1) / 2, other = (double)(n->in.dim[!axis] - 1) / 2;
    const char *formula = arena_printf(ctx_arena(net->ctx),
                                       "a == 0 ? e + (d > 0.5 ? -b : b) * f : a == 1 ? e - b * %.17g "
                                       ": cos(c) * (e - %.17g) %c sin(c) * (f - %.17g) + %.17g",
                                       size, middle, axis ? '-' : '+', other, middle);
    return lower_map(net, n, formula, x, 6, (struct shape){3, {n->in.dim[0], n->in.dim[1], 1}}, "places");
}

static struct tensor *lower_turned(struct net *net, struct node *n, struct tensor *image, struct tensor *choice)
{
    const double full_turn = 6.283185307179586;
    const struct limits l = factor_of(n, "factor", false);
    const struct limits angle = {l.low * full_turn, l.high * full_turn};
    const struct turns t = {choice,
                            lower_draw(net, n, one_an_image, l, 0),
                            lower_draw(net, n, one_an_image, l, 0),
                            lower_draw(net, n, one_an_image, angle, 0),
                            lower_draw(net, n, one_an_image, (struct limits){0, 1}, 0),
                            {lower_indices(net, n, 0), lower_indices(net, n, 1)}};
    struct tensor *rows = turned_places(net, n, &t, 0), *columns = turned_places(net, n, &t, 1);
    return lower_fetch(net, n, image, rows, columns, chosen(net, n, choice, SHEAR, ROTATION),
                       between_of(n, FILL_REFLECT));
}

/* The image by that change, one of those that draw no place. */
static struct tensor *changed(struct net *net, struct node *n, struct tensor *image, struct tensor *choice, int change)
{
    const struct limits l = factor_of(n, "factor", false);
    const struct limits solar = {l.low, l.high * 255};
    const double bits = (double)(int)(8 * l.high);
    switch (change) {
    case POSTERIZATION: return lower_posterized(net, n, image, (struct limits){1, bits < 1 ? 1 : bits});
    case SOLARIZATION: return lower_solarized(net, n, image, solar, solar);
    case STRETCHING: return lower_stretched(net, n, image);
    case EQUALIZATION: return lower_equalized(net, n, image, 256, chosen(net, n, choice, EQUALIZATION, EQUALIZATION));
    case BRIGHTNESS: return lower_brightened(net, n, image, l);
    case DEGENERATION: return lower_degenerated(net, n, image, l);
    case CONTRAST: return lower_contrasted(net, n, image, l);
    default: return lower_sharpened(net, n, image, l);
    }
}

/* The image by one of the first so many changes, or by none where `none` is 1 of the choices, too. */
static struct tensor *lower_change(struct net *net, struct node *n, struct tensor *image, int changes, int none)
{
    struct tensor *draw = lower_draw(net, n, one_an_image, (struct limits){0, changes + none}, -1);
    struct tensor *choice = lower_map(net, n, "floor(a)", &draw, 1, one_an_image, "choice");
    image = lower_turned(net, n, image, choice);
    for (int i = POSTERIZATION; i < changes; i++) {
        struct tensor *x[] = {image, changed(net, n, image, choice, i), choice};
        image = lower_map(net, n, arena_printf(ctx_arena(net->ctx), "c == %d ? b : a", i), x, 3, n->out, "changed");
    }
    return image;
}

static struct tensor *randaugment_lower(struct net *net, struct node *n)
{
    struct tensor *image = n->x;
    for (int i = 0; i < (int)node_arg(n, "num_ops")->number; i++)
        image = lower_change(net, n, image, ALL, 0);
    return image;
}

/* ---- chains, and their shares, which sum to 1 */

static struct tensor *chain_of(struct net *net, struct node *n)
{
    const bool all = node_arg(n, "all_ops")->number != 0;
    struct tensor *image = n->x;
    for (int i = 0; i < (int)node_arg(n, "chain_depth")->number; i++)
        image = lower_change(net, n, image, all ? ALL : BASIC, 1);
    return image;
}

/* The sum of chains, each times exp of its draw, over the sum of these. The largest draw is taken off all, so that no
 * number is beyond floats. */
static struct tensor *mixed_chains(struct net *net, struct node *n, double alpha)
{
    struct tensor *sum = NULL, *shares = NULL;
    struct tensor *draws[MOST_CHAINS], *most = NULL;
    const int chains = (int)node_arg(n, "num_chains")->number;
    for (int i = 0; i < chains; i++) {
        draws[i] = lower_log_gamma(net, n, one_an_image, alpha);
        struct tensor *x[] = {draws[i], most};
        most = i ? lower_map(net, n, "max(a, b)", x, 2, one_an_image, "most") : draws[0];
    }
    for (int i = 0; i < chains; i++) {
        struct tensor *of[] = {draws[i], most};
        struct tensor *share = lower_map(net, n, "exp(a - b)", of, 2, one_an_image, "share");
        struct tensor *x[] = {share, chain_of(net, n), sum}, *both[] = {share, shares};
        shares = i ? lower_map(net, n, "a + b", both, 2, one_an_image, "shares") : share;
        sum = lower_map(net, n, i ? "c + a * b" : "a * b", x, i ? 3 : 2, n->out, "sum");
    }
    struct tensor *x[] = {sum, shares};
    return lower_map(net, n, "a / b", x, 2, n->out, "mixed");
}

static struct tensor *augmix_lower(struct net *net, struct node *n)
{
    const double alpha = node_arg(n, "alpha")->number;
    struct tensor *training = lower_draw(net, n, one_an_image, (struct limits){0, 1}, -1);
    struct tensor *x[] = {n->x, mixed_chains(net, n, alpha), lower_log_gamma(net, n, one_an_image, alpha),
                          lower_log_gamma(net, n, one_an_image, alpha), training};
    const char *formula =
        arena_printf(ctx_arena(net->ctx), "e < 0 ? a : %s", within_range(net, n, "b + sigmoid(c - d) * (a - b)"));
    return lower_map(net, n, formula, x, 5, n->out, "mixed");
}

const struct layer layer_rand_augment = {
    .rec = {.name = "RandAugment",
            .doc = "Makes changes of images that are drawn for each, from eleven kinds, while training.",
            .example = "RandAugment 0.3 value_range=[0, 1]",
            .args = randaugment_args},
    .keras = "RandAugment",
    .noisy = true,
    .input = "8x8x3",
    .shape = colours_shape,
    .lower = randaugment_lower,
};

const struct layer layer_aug_mix = {
    .rec = {.name = "AugMix",
            .doc = "Mixes images with chains of changes of them that are drawn for each, while training.",
            .example = "AugMix 0.3 value_range=[0, 1] chain_depth=2",
            .args = augmix_args},
    .keras = "AugMix",
    .noisy = true,
    .input = "8x8x3",
    .shape = colours_shape,
    .lower = augmix_lower,
};
