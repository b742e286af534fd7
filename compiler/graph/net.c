/* net.c -- the graph: makes its parts, and answers small questions about them. */
#include <string.h>

#include "graph/layer.h"

/* ---- making */

struct net *net_new(struct ctx *c, const char *file)
{
    struct net *n = arena_alloc(ctx_arena(c), sizeof *n);
    const char *slash = strrchr(file, '/');
    n->ctx = c;
    n->file = slash ? slash + 1 : file;
    n->names = names_new(ctx_arena(c));
    return n;
}

static const struct {
    const char *type;
    int bytes;
    bool real;
} dtypes[DTYPE_COUNT] = {
    [DTYPE_F32] = {"float", 4, true},       [DTYPE_F64] = {"double", 8, true},
    [DTYPE_I8] = {"signed char", 1, false}, [DTYPE_U8] = {"unsigned char", 1, false},
    [DTYPE_I32] = {"int32_t", 4, false},
};

int dtype_bytes(enum dtype d)
{
    return dtypes[d].bytes;
}

const char *dtype_type(enum dtype d)
{
    return dtypes[d].type;
}

bool dtype_is_real(enum dtype d)
{
    return dtypes[d].real;
}

struct tensor *net_tensor(struct net *n, const char *name, struct shape shape, enum role role)
{
    struct tensor *t = arena_alloc(ctx_arena(n->ctx), sizeof *t);
    *t = (struct tensor){.id = (int)n->tensors.n, .name = names_take(n->names, name), .shape = shape, .role = role};
    vec_push(ctx_arena(n->ctx), &n->tensors, t);
    return t;
}

/* The list with t added, then NULL. */
static struct tensor **appended(struct net *n, struct tensor **list, int length, struct tensor *t)
{
    struct tensor **longer = arena_alloc(ctx_arena(n->ctx), (size_t)(length + 2) * sizeof *longer);
    for (int i = 0; i < length; i++)
        longer[i] = list[i];
    longer[length] = t;
    return longer;
}

struct op *net_op(struct net *n, const struct op_kind *kind, struct node *node)
{
    struct op *o = arena_alloc(ctx_arena(n->ctx), op_size(kind)); /* zeroed */
    *o = (struct op){.id = (int)n->ops.n, .kind = kind, .phase = kind->phase, .node = node};
    o->in = appended(n, NULL, 0, NULL);
    o->out = appended(n, NULL, 0, NULL);
    vec_push(ctx_arena(n->ctx), &n->ops, o);
    return o;
}

void op_in(struct net *n, struct op *o, struct tensor *t)
{
    o->in = appended(n, o->in, o->n_in++, t);
}

void op_out(struct net *n, struct op *o, struct tensor *t)
{
    o->out = appended(n, o->out, o->n_out++, t);
    t->producer = o;
}

/* A convolution's tensor always has rank 4: [in,out] of a Dense over pixels is [1,1,in,out]. Only that of volumes has
 * rank 5. */
enum { CONV_RANK = 4 };
static struct shape tensor_shape(enum param_kind kind, struct shape s)
{
    struct shape r = s;
    if (kind == PARAM_DEPTHWISE && s.rank == CONV_RANK)
        return (struct shape){CONV_RANK, {s.dim[0], s.dim[1], 1, s.dim[2] * s.dim[3]}};
    if (kind == PARAM_DEPTHWISE)
        return (struct shape){CONV_RANK, {1, s.dim[0], 1, s.dim[1] * s.dim[2]}};
    if (kind != PARAM_CONV)
        return s;
    if (s.rank > CONV_RANK)
        return s;
    r.rank = CONV_RANK;
    for (int i = 0; i < CONV_RANK; i++)
        r.dim[i] = i < CONV_RANK - s.rank ? 1 : s.dim[i - (CONV_RANK - s.rank)];
    return r;
}

/* The parameter with that name of the layer that the node shares parameters with. */
static struct param *shared_param(struct net *n, struct node *node, const char *suffix, enum param_kind kind,
                                  struct shape shape)
{
    const struct node *owner = node->shares;
    const char *name = arena_printf(ctx_arena(n->ctx), "%s.%s", owner->name, suffix);
    for (size_t i = 0; i < owner->params.n; i++)
        if (strcmp(owner->params.at[i]->name, name) == 0) {
            struct param *p = owner->params.at[i];
            vec_push(ctx_arena(n->ctx), &node->params, p);
            p->shared = true;
            if (!node->misfit.param && (p->kind != kind || !shape_equal(p->shape, shape)))
                node->misfit = (struct misfit){p, shape};
            return p;
        }
    INTERNAL("%s has no parameter %s to share", owner->name, suffix);
}

void param_recast(struct param *p, enum param_kind kind)
{
    p->kind = kind;
    p->tensor->shape = tensor_shape(kind, p->shape);
}

struct param *net_param(struct net *n, struct node *node, const char *suffix, enum param_kind kind, struct shape shape,
                        const struct bound *init, int64_t fan_in, int64_t fan_out)
{
    return node->shares ? shared_param(n, node, suffix, kind, shape)
                        : net_own_param(n, node, suffix, kind, shape, init, fan_in, fan_out);
}

struct param *net_own_param(struct net *n, struct node *node, const char *suffix, enum param_kind kind,
                            struct shape shape, const struct bound *init, int64_t fan_in, int64_t fan_out)
{
    struct arena *a = ctx_arena(n->ctx);
    struct param *p = arena_alloc(a, sizeof *p);
    *p = (struct param){.id = (int)n->params.n,
                        .name = arena_printf(a, "%s.%s", node->name, suffix),
                        .kind = kind,
                        .shape = shape,
                        .node = node,
                        .init = init->record,
                        .init_args = init->sub,
                        .fan_in = fan_in,
                        .fan_out = fan_out};
    p->tensor = net_tensor(n, arena_printf(a, "%s_%s", node->ident, suffix), tensor_shape(kind, shape), ROLE_PARAM);
    p->tensor->param = p;
    vec_push(a, &n->params, p);
    vec_push(a, &node->params, p);
    return p;
}

/* ---- looking */

/* The words of `operands`; the arrow separates inputs from outputs. */
const char *op_operand(struct arena *a, const struct op_kind *kind, int number, bool output)
{
    const char *s = kind->operands;
    if (output)
        s = strstr(s, "->") + 2;
    for (;; number--) {
        s += strspn(s, " ");
        const size_t n = strcspn(s, " ");
        if (n == 0 || s[0] == '-')
            return NULL;
        if (number == 0)
            return arena_strndup(a, s, n);
        s += n;
    }
}

const char *op_epilogue_operand(struct arena *a, const struct op_kind *kind, int number, bool output)
{
    return kind->adds && !output ? "plus" : op_operand(a, kind, number, output);
}

int64_t shape_size(struct shape s)
{
    int64_t n = 1;
    for (int i = 0; i < s.rank; i++)
        n *= s.dim[i];
    return n;
}

int64_t shape_channels(struct shape s)
{
    return s.rank > 0 ? s.dim[s.rank - 1] : 1;
}

bool shape_equal(struct shape a, struct shape b)
{
    if (a.rank != b.rank)
        return false;
    for (int i = 0; i < a.rank; i++) {
        if (a.dim[i] != b.dim[i])
            return false;
    }
    return true;
}

char *shape_print(struct ctx *c, struct shape s)
{
    struct arena *a = ctx_arena(c);
    char *text = arena_printf(a, "[");
    for (int i = 0; i < s.rank; i++)
        text = arena_printf(a, "%s%s%lld", text, i ? "," : "", (long long)s.dim[i]);
    return s.rank < 0 ? arena_printf(a, "[?]") : arena_printf(a, "%s]", text);
}

struct tensor *tensor_root(struct tensor *t)
{
    while (t->view_of)
        t = t->view_of;
    return t;
}

int64_t op_macs(const struct op *o)
{
    return o->kind->macs ? o->kind->macs(o) : 0;
}

struct tensor *op_result(const struct op *o)
{
    return o->n_epilogue ? o->epilogue[o->n_epilogue - 1]->out[0] : o->out[0];
}

int64_t net_parameters(const struct net *n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n->params.n; i++)
        sum += n->params.at[i]->derived ? 0 : shape_size(n->params.at[i]->shape);
    return sum;
}

int64_t node_parameters(const struct node *n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n->params.n; i++)
        sum += n->params.at[i]->node != n || n->params.at[i]->derived ? 0 : shape_size(n->params.at[i]->shape);
    return sum;
}

int64_t net_frozen(const struct net *n)
{
    int64_t frozen = 0;
    for (size_t i = 0; i < n->params.n; i++)
        frozen += n->params.at[i]->frozen && !n->params.at[i]->derived ? shape_size(n->params.at[i]->shape) : 0;
    return frozen;
}

int64_t net_macs(const struct net *n)
{
    int64_t macs = 0;
    for (size_t i = 0; i < n->ops.n; i++)
        macs += op_macs(n->ops.at[i]);
    return macs;
}

struct node *last_node(const struct net *net)
{
    return net->outputs.n ? net->outputs.at[net->aim].node : net->nodes.at[net->nodes.n - 1];
}

const char *net_title(const struct net *n)
{
    return n->parts.n ? n->parts.at[n->which].model : n->name;
}

const struct node *first_use_of(const struct node *n)
{
    return n->first ? n->first : n;
}

const char *port_name(const struct port *p)
{
    return p->name ? p->name : p->node->name;
}

const char *input_name(const struct stmt *input)
{
    return input->label ? input->label : "input_layer";
}

bool has_several_ports(const struct net *n)
{
    return n->inputs.n > 1 || n->outputs.n > 1;
}

bool is_output(const struct net *n, const struct tensor *t)
{
    for (size_t i = 0; i < n->outputs.n; i++)
        if (n->outputs.at[i].tensor == t)
            return true;
    return false;
}

void node_reads(struct net *n, struct node *o, struct node *input)
{
    if (o->n_inputs == o->room) {
        o->room = 2 * o->room + 2;
        struct node **longer = arena_alloc(ctx_arena(n->ctx), (size_t)(o->room + 1) * sizeof *longer); /* zeroed */
        for (int i = 0; i < o->n_inputs; i++)
            longer[i] = o->inputs[i];
        o->inputs = longer;
    }
    o->inputs[o->n_inputs++] = input;
    o->input = o->inputs[0];
}

void net_mark_read(const struct net *n, bool *marked)
{
    for (size_t i = n->nodes.n; i-- > 0;)
        for (int k = 0; marked[i] && k < n->nodes.at[i]->n_inputs; k++)
            marked[n->nodes.at[i]->inputs[k]->id] = true;
}

int *net_users(const struct net *n)
{
    int *users = arena_alloc(ctx_arena(n->ctx), n->tensors.n * sizeof *users);
    for (size_t i = 0; i < n->ops.n; i++) {
        for (int k = 0; k < n->ops.at[i]->n_in; k++)
            users[n->ops.at[i]->in[k]->id]++;
    }
    for (size_t i = 0; i < n->outputs.n; i++)
        if (n->outputs.at[i].tensor)
            users[n->outputs.at[i].tensor->id]++;
    return users;
}

void net_renumber(struct net *n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n->ops.n; i++) {
        struct op *o = n->ops.at[i];
        if (!o)
            continue;
        o->id = (int)kept;
        n->ops.at[kept++] = o;
    }
    n->ops.n = kept;
}

void net_move_op(struct net *n, struct op *o, struct op *before)
{
    size_t from = (size_t)o->id, to = (size_t)before->id;
    for (size_t i = from; i > to; i--)
        n->ops.at[i] = n->ops.at[i - 1];
    n->ops.at[to] = o;
    for (size_t i = to; i <= from; i++)
        n->ops.at[i]->id = (int)i;
}

/* ---- arguments */

const struct bound *node_arg(const struct node *n, const char *name)
{
    return record_arg(&n->layer->rec, n->args, name);
}
