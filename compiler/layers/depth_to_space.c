/* depth_to_space.c -- blocks of pixels from channels, as sub-pixel convolution has them (Shi et al. 2016), and back;
 * channels of groups in turn, as ShuffleNet has them (Zhang et al. 2018) */
#include "layers/layers.h"

static const struct arg_def block_args[] = {{.name = "block_size",
                                             .type = ARG_INT,
                                             .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                             .min = 1,
                                             .max = LARGEST_COUNT,
                                             .doc = "how many pixels high and wide a block is"},
                                            {0}};

static int64_t block_size(const struct node *n)
{
    return (int64_t)node_arg(n, "block_size")->number;
}

/* False after a report: the input is an image, and `whole` says how many of it make one. */
static bool blocks_fit(struct net *net, struct node *n, int axis, int64_t whole, const char *what)
{
    if (n->in.rank != 3) {
        shape_refuse(net, n, "[height, width, channels]");
        return false;
    }
    if (n->in.dim[axis] % whole == 0)
        return true;
    diag_error(net->ctx, n->stmt->name_span, "'%s' cannot divide the %s of %s into parts of %lld", n->stmt->name, what,
               shape_words(net->ctx, n->in), (long long)whole);
    shape_origin(net, n);
    return false;
}

/* x, seen as `from`, with the second and the third axis exchanged. */
static struct tensor *exchanged(struct net *net, struct node *n, struct shape from)
{
    static const int order[] = {0, 2, 1, 3, 4};
    return lower_permute(net, n, n->x, from, order, n->out, "moved");
}

/* ---- DepthToSpace: channels [b, b, c] of a pixel become b x b pixels */

static void depth_to_space_shape(struct net *net, struct node *n)
{
    const int64_t b = block_size(n);
    const struct shape in = n->in;
    if (blocks_fit(net, n, 2, b * b, "channels"))
        shape_set(net, n, (struct shape){3, {in.dim[0] * b, in.dim[1] * b, in.dim[2] / b / b}});
}

static struct tensor *depth_to_space_lower(struct net *net, struct node *n)
{
    const int64_t b = block_size(n);
    const struct shape from = {5, {n->in.dim[0], n->in.dim[1], b, b, n->out.dim[2]}};
    return exchanged(net, n, from);
}

const struct layer layer_depth_to_space = {
    .rec = {.name = "DepthToSpace",
            .doc = "A larger image: the channels of a pixel, a part for each, are the pixels of a block.",
            .example = "DepthToSpace 2",
            .args = block_args},
    .keras = "DepthToSpace",
    .input = "4x4x12",
    .shape = depth_to_space_shape,
    .lower = depth_to_space_lower,
};

/* ---- SpaceToDepth: the inverse */

static void space_to_depth_shape(struct net *net, struct node *n)
{
    const int64_t b = block_size(n);
    const struct shape in = n->in;
    if (blocks_fit(net, n, 0, b, "height") && blocks_fit(net, n, 1, b, "width"))
        shape_set(net, n, (struct shape){3, {in.dim[0] / b, in.dim[1] / b, in.dim[2] * b * b}});
}

static struct tensor *space_to_depth_lower(struct net *net, struct node *n)
{
    const int64_t b = block_size(n);
    const struct shape from = {5, {n->out.dim[0], b, n->out.dim[1], b, n->in.dim[2]}};
    return exchanged(net, n, from);
}

const struct layer layer_space_to_depth = {
    .rec = {.name = "SpaceToDepth",
            .doc = "A smaller image: the pixels of a block are channels of one pixel.",
            .example = "SpaceToDepth 2",
            .args = block_args},
    .keras = "SpaceToDepth",
    .input = "4x4x3",
    .shape = space_to_depth_shape,
    .lower = space_to_depth_lower,
};

/* ---- ChannelShuffle: channels [groups, n] become [n, groups] */

static const struct arg_def groups_args[] = {{.name = "groups",
                                              .type = ARG_INT,
                                              .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                              .min = 1,
                                              .max = LARGEST_COUNT,
                                              .doc = "how many groups the channels have"},
                                             {0}};

static void channel_shuffle_shape(struct net *net, struct node *n)
{
    const int64_t groups = (int64_t)node_arg(n, "groups")->number, channels = n->in.dim[n->in.rank - 1];
    if (channels % groups == 0) {
        shape_set(net, n, n->in);
        return;
    }
    diag_error(net->ctx, node_arg(n, "groups")->span, "'%s' cannot divide %lld channels into %lld groups",
               n->stmt->name, (long long)channels, (long long)groups);
    shape_origin(net, n);
}

static struct tensor *channel_shuffle_lower(struct net *net, struct node *n)
{
    const int64_t groups = (int64_t)node_arg(n, "groups")->number, channels = n->in.dim[n->in.rank - 1];
    const struct shape from = {3, {shape_size(n->in) / channels, groups, channels / groups}};
    return exchanged(net, n, from);
}

const struct layer layer_channel_shuffle = {
    .rec = {.name = "ChannelShuffle",
            .doc = "The channels of all groups in turn, so that the next grouped convolution sees each group.",
            .example = "ChannelShuffle 2",
            .args = groups_args},
    .keras = "ChannelShuffle",
    .input = "4x4x6",
    .shape = channel_shuffle_shape,
    .lower = channel_shuffle_lower,
};
