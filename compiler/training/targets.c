/* targets.c -- where the targets of each output come from: files, the input itself, or nowhere, when the loss looks at
 * the output alone. */
#include "expr/expr.h"
#include "layers/layers.h"
#include "training/training.h"

bool loss_wants_target(const struct net *n)
{
    const struct bound *formula = loss_argument(n, "formula");
    if (loss_of(n->train->loss)->absent)
        return false;
    return !formula || expr_lambda(ctx_arena(n->ctx), formula->text).count != 1;
}

/* The statement of the source whose targets are its inputs; NULL: there is none. Reports sources that differ. */
static const struct bound *own_target(struct net *n)
{
    const struct data_config *d = n->data;
    const struct data_source *const sources[] = {&d->train, &d->validation, &d->test};
    const struct bound *own = NULL;
    const struct data_source *other = NULL;
    for (int i = 0; i < 3; i++) {
        if (sources[i]->own_target)
            own = sources[i]->own_target;
        else if (sources[i]->kind != SOURCE_NONE)
            other = sources[i];
    }
    if (own && other) {
        diag_error(n->ctx, other->span, "target=input holds for all sources, but this one has other targets");
        diag_note(n->ctx, own->span, "it is said here");
    }
    return own;
}

static bool same_without_ones(struct shape a, struct shape b)
{
    while (a.rank > 0 && a.dim[a.rank - 1] == 1)
        a.rank--;
    while (b.rank > 0 && b.dim[b.rank - 1] == 1)
        b.rank--;
    return shape_equal(a, b);
}

/* The loss must take what the input is, and the shapes must be the same. */
static void check_own(struct net *n, const struct bound *own)
{
    const struct shape in = n->inputs.at[0].node->out, out = n->outputs.at[n->aim].node->out;
    const bool classes = loss_of(n->train->loss)->sparse || net_meaning(n).classes > 0;
    if (classes)
        diag_error(n->ctx, own->span,
                   "with target=input the targets are the inputs, numbers, but '%s' compares classes",
                   n->train->loss->name);
    else if (!same_without_ones(in, out)) {
        diag_error(n->ctx, own->span, "with target=input the output has the shape of the input, %s, but it is %s",
                   shape_print(n->ctx, in), shape_print(n->ctx, out));
        diag_note(n->ctx, n->outputs.at[n->aim].node->stmt->name_span,
                  shape_size(in) == shape_size(out) ? "it is made here; Reshape gives it another shape"
                                                    : "it is made here");
    }
}

static bool is_fitted(const struct bound *b)
{
    return b && b->text;
}

/* Where the spec says that targets are inputs; 0, 0: nowhere. */
static struct span own_span(const struct net *n, const struct bound *own)
{
    for (size_t i = 0; i < n->fills.n && !own; i++)
        if (n->fills.at[i].from == FILL_INPUT)
            return n->fills.at[i].span;
    return own ? own->span : (struct span){0};
}

/* The members' answers for all folds are compared with the same targets. */
static void check_stacking(struct net *n, const struct bound *own)
{
    const struct ensemble_config *e = n->ensemble;
    const struct span at = own_span(n, own);
    if (!at.end || !e->given || e->kind != ENSEMBLE_STACKING || !(is_fitted(n->data->mean) || is_fitted(n->data->std)))
        return;
    diag_error(n->ctx, e->span,
               "'stacking' normalises each fold by itself, and the targets, which are inputs, too: give 'normalize' "
               "numbers instead of auto");
    diag_note(n->ctx, at, "the targets are here");
}

/* Whether the data have a target for the output: of several models, many are compared with something else. */
static bool is_compared(const struct net *n, size_t output)
{
    const bool alone = n->parts.n && n->parts.at[n->which].phase < 0;
    return alone ? n->compares && n->fills.at[output].from == FILL_DATA : is_data_target(n, output);
}

/* Of a model alone, tested by a phase that compares with an input that this model reads. */
static bool is_own_input(const struct net *n, size_t output)
{
    const bool alone = n->parts.n && n->parts.at[n->which].phase < 0;
    return alone && n->fills.at[output].from == FILL_INPUT && n->fills.at[output].own < n->inputs.n;
}

/* An output that the loss alone looks at has no target, whatever the phase says. */
static void look_alone(struct net *n, size_t output)
{
    n->train->goals[output].from = TARGET_FROM_NOTHING;
    if (n->fills.n && has_data_goal(n, output))
        n->fills.at[output].from = FILL_NUMBER;
}

bool targets_match(struct net *n)
{
    const int before = ctx_errors(n->ctx);
    const struct bound *own = own_target(n);
    for (size_t i = 0; i < n->outputs.n; i++) {
        net_aim(n, i);
        struct goal *g = &n->train->goals[i];
        g->from = TARGET_FROM_FILE;
        if (!loss_wants_target(n))
            look_alone(n, i);
        else if (is_own_input(n, i)) {
            g->from = TARGET_FROM_INPUT;
            g->input = n->fills.at[i].own;
        } else if (own && is_compared(n, i)) {
            g->from = TARGET_FROM_INPUT;
            check_own(n, own);
        }
    }
    check_stacking(n, own);
    net_aim(n, 0);
    return ctx_errors(n->ctx) == before;
}
