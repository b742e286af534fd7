/* structure.c -- statements with a body of layers. `residual` adds the output of its body to its input; `concat` joins
 * the outputs of its paths, which all read the same layer. They become ordinary layers. */
#include <string.h>

#include "layers/layers.h"
#include "passes/resolver.h"

static const struct layer *layer_named(const char *name)
{
    const struct record *rec = record_find(layer_records, name);
    if (!rec)
        INTERNAL("no layer '%s'", name);
    return (const struct layer *)(const void *)rec;
}

/* The statement that the user could have written instead of the structure. */
static const struct stmt *written_as(struct resolver *r, const struct stmt *s, const char *name)
{
    struct stmt *made = arena_alloc(ctx_arena(r->ctx), sizeof *made);
    *made = *s;
    made->name = name;
    made->has_body = false;
    made->body = NULL;
    made->n_body = 0;
    return made;
}

/* ---- @label */

/* Whether a layer is trained is told where it stands: another use may repeat it, but not ask for something else. */
static bool asks_other(const struct resolver *r, const struct node *owner, const struct bound *common)
{
    const bool frozen = r->frozen || common_frozen(common);
    const bool told = frozen || common[COMMON_FROZEN].set || common[COMMON_TRAINABLE].set;
    return told && !r->use.passes && frozen != owner->frozen;
}

/* Another use of a layer: the same arguments and parameters, another input. */
static void resolve_use(struct resolver *r, const struct stmt *s)
{
    struct stmt own;
    struct bound *common = common_bind(r->ctx, s, &own);
    const struct bound label = {.text = s->name + 1, .span = s->name_span};
    struct node *owner = r->failed ? NULL : labelled(r, s, &label);
    if (own.n_args > 0 || s->has_body) {
        diag_error(r->ctx, s->span, "'%s' uses a layer as it is: it takes no arguments but from=", s->name);
        owner = NULL;
    } else if (owner && (owner->n_inputs == 0)) {
        diag_error(r->ctx, s->name_span, "'%s' cannot be used twice", owner->stmt->name);
        owner = NULL;
    }
    struct node *n =
        owner && common ? add_node(r, owner->layer, written_as(r, s, owner->stmt->name), owner->args, common) : NULL;
    r->failed |= !n;
    if (!n)
        return;
    n->shares = owner->shares ? owner->shares : owner;
    n->frozen = n->shares->frozen;
    n->asks_other = asks_other(r, n->shares, common);
    r->failed |= !read_inputs(r, n);
    n->orphan = r->failed;
    r->here = n;
}

/* ---- bodies */

static void resolve_wrapper(struct resolver *r, const struct layer *layer, const struct stmt *s);

static void resolve_known(struct resolver *r, const struct layer *layer, const struct stmt *s)
{
    if (layer->rec.body && s->has_body)
        resolve_wrapper(r, layer, s);
    else
        resolve_layer(r, layer, s);
}

void resolve_inner(struct resolver *r, const struct stmt *s)
{
    const struct record *rec = record_find(layer_records, s->name);
    diag_within(r->ctx, s->within);
    if (rec)
        resolve_known(r, (const struct layer *)(const void *)rec, s);
    else if (*s->name == '@')
        resolve_use(r, s);
    else if (section_find(s->name)) {
        diag_error(r->ctx, s->name_span, "'%s' stands outside of other statements", s->name);
        r->failed = true;
    } else if (!resolve_structure(r, s)) {
        unknown_statement(r, s);
    }
}

/* The layers of the body, which begin to read at `from`; returns the last one. */
static struct node *resolve_body(struct resolver *r, const struct stmt *s, struct node *from, bool frozen)
{
    const bool around = r->frozen, within = r->inside;
    r->here = from;
    r->frozen |= frozen;
    r->inside = true;
    for (size_t i = 0; i < s->n_body; i++)
        resolve_inner(r, s->body[i]);
    r->frozen = around;
    r->inside = within;
    return r->here;
}

/* The layer that the structure reads; NULL after a report. */
static struct node *entry_of(struct resolver *r, const struct stmt *s, const struct bound *common)
{
    if (!r->here && !r->failed)
        diag_error(r->ctx, s->name_span, "the first layer must be 'Input', such as 'Input 28x28x1'");
    if (!r->here || !common)
        return NULL;
    if (s->has_body)
        return source_of(r, s, &common[COMMON_FROM]);
    diag_error(r->ctx, s->name_span, "'%s' wants a body: '%s {', its layers, '}'", s->name, s->name);
    return NULL;
}

/* ---- a layer around another one */

/* It reads the layer of its body, which reads what stands above. */
static void resolve_wrapper(struct resolver *r, const struct layer *layer, const struct stmt *s)
{
    struct stmt own;
    struct bound *common = common_bind(r->ctx, s, &own);
    struct bound *args = bind_args(r->ctx, &layer->rec, &own, 0);
    struct node *entry = entry_of(r, s, common);
    if (entry && (s->n_body != 1 || s->body[0]->has_body))
        diag_error(r->ctx, s->name_span, "'%s' wraps one layer, as in '%s { Dense 8 }'", s->name, s->name);
    r->failed |= !entry || !args || s->n_body != 1 || s->body[0]->has_body;
    struct node *inner = resolve_body(r, s, entry ? entry : r->here, common_frozen(common));
    struct node *n = r->failed ? NULL : add_node(r, layer, written_as(r, s, s->name), args, common);
    if (!n)
        return;
    node_reads(r->net, n, inner);
    r->here = n;
}

/* ---- residual */

static void resolve_residual(struct resolver *r, const struct stmt *s)
{
    struct stmt own;
    struct bound *common = common_bind(r->ctx, s, &own);
    const struct bound *args = bind_args(r->ctx, &structure_residual, &own, 0);
    struct node *entry = entry_of(r, s, common);
    r->failed |= !entry || !args;
    struct node *end = resolve_body(r, s, entry ? entry : r->here, common_frozen(common));
    if (r->failed || !args)
        return;
    const struct layer *add = layer_named("Add");
    struct node *n = add_node(r, add, written_as(r, s, add->rec.name), NULL, common);
    if (!n)
        return;
    n->residual = true;
    n->project = args[0].number != 0;
    node_reads(r->net, n, end);
    node_reads(r->net, n, entry);
    r->here = n;
}

/* ---- concat */

/* The paths, and what each ends with. */
static void resolve_paths(struct resolver *r, const struct stmt *s, struct node *entry, struct node *joined)
{
    for (size_t i = 0; i < s->n_body; i++) {
        const struct stmt *path = s->body[i];
        struct stmt own;
        diag_within(r->ctx, path->within);
        if (strcmp(path->name, structure_path.name) != 0) {
            diag_error(r->ctx, path->name_span, "'concat' holds paths, each 'path {', its layers, '}'");
            r->failed = true;
            return;
        }
        const struct bound *common = common_bind(r->ctx, path, &own);
        r->failed |= !common || !bind_args(r->ctx, &structure_path, &own, 0);
        if (common && (path->label || common[COMMON_FROM].set)) {
            diag_error(r->ctx, path->name_span, "'path' takes no %s: it reads what 'concat' reads",
                       path->label ? "label" : "from=");
            r->failed = true;
        }
        node_reads(r->net, joined, resolve_body(r, path, entry, common_frozen(common)));
    }
}

static void resolve_concat(struct resolver *r, const struct stmt *s)
{
    const struct layer *concatenate = layer_named("Concatenate");
    struct stmt own;
    struct bound *common = common_bind(r->ctx, s, &own);
    struct bound *args = bind_args(r->ctx, &concatenate->rec, &own, 0);
    struct node *entry = entry_of(r, s, common), joined = {0};
    const bool around = r->frozen;
    r->failed |= !entry || !args;
    r->frozen |= common_frozen(common);
    resolve_paths(r, s, entry ? entry : r->here, &joined);
    r->frozen = around;
    if (!r->failed && s->n_body < 2) {
        diag_error(r->ctx, s->name_span, "'concat' joins two paths or more, each 'path {', its layers, '}'");
        r->failed = true;
    }
    struct node *n = r->failed ? NULL : add_node(r, concatenate, written_as(r, s, "Concatenate"), args, common);
    if (!n)
        return;
    for (int i = 0; i < joined.n_inputs; i++)
        node_reads(r->net, n, joined.inputs[i]);
    r->here = n;
}

bool resolve_structure(struct resolver *r, const struct stmt *s)
{
    if (strcmp(s->name, structure_residual.name) == 0) {
        resolve_residual(r, s);
    } else if (strcmp(s->name, structure_concat.name) == 0) {
        resolve_concat(r, s);
    } else if (strcmp(s->name, structure_path.name) == 0) {
        diag_error(r->ctx, s->name_span, "'path' stands in 'concat {', '}'");
        r->failed = true;
    } else {
        return false;
    }
    return true;
}
