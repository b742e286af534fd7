/* memory.c -- scratch memory: every tensor gets an offset such that tensors alive at the same time do not overlap.
 *
 * Time is the number of a kernel. A tensor that lives within one image loop needs room for one image and is alive from
 * its first to its last kernel; any other needs a chunk's images, and is alive during the whole of every loop that
 * touches it. In a loop, one that is made may take the place of another that is not read any more: what is in a near
 * cache is written there, and nothing else must be fetched. */
#include <stdlib.h>
#include <string.h>

#include "plan/inner.h"
#include "base/text.h"

struct life {
    const struct tensor *tensor; /* NULL: a kernel's own memory */
    int64_t first, last;         /* kernels; last < 0: never used */
    int64_t made, read;          /* the first and the last kernel that touches it */
    struct life *before;         /* whose place it takes, image by image; NULL: it has a place of its own */
    struct life *next;           /* that ends in the same group */
    bool followed;               /* another one takes its place */
    int64_t elements;
    int64_t offset, best; /* of this order, and of the best one so far */
    bool own;             /* in the scratch of a thread in a team */
    bool other;           /* has numbers of another type than most, so it shares no memory with those */
    size_t number;        /* settles ties */
};

struct lives {
    const struct plan *plan;
    struct life *at; /* by tensor id of the root */
};

static void touch(struct lives *l, struct tensor *t, size_t kernel)
{
    struct tensor *root = tensor_root(t);
    struct life *f = &l->at[root->id];
    if (l->plan->layouts[root->id].base != BASE_SCRATCH)
        return;
    if (f->last < 0)
        f->first = (int64_t)kernel;
    if (f->last < (int64_t)kernel)
        f->last = (int64_t)kernel;
    f->tensor = root;
}

/* In a team, the barrier behind which each thread adds sums before the kernel. */
static const struct op *summed_before(const struct plan *p, const struct kernel *k)
{
    const bool each = p->purpose == FOR_TEAM && p->groups.at[k->group].share == SHARE_EACH;
    return each ? plan_barrier_of(k) : NULL;
}

static void touch_kernel(struct lives *l, size_t number)
{
    const struct op *o = l->plan->kernels.at[number].op;
    struct tensor *parts = l->plan->kernels.at[number].parts;
    if (parts) {
        touch(l, parts, number);
        return;
    }
    for (int i = 0; i < o->n_in; i++) {
        const struct op *pool = l->plan->layouts[o->in[i]->id].repr == REPR_POOLED ? o->in[i]->producer : NULL;
        touch(l, pool ? pool->in[0] : o->in[i], number);
        if (pool)
            touch(l, pool->in[1], number);
    }
    const struct op *barrier = summed_before(l->plan, &l->plan->kernels.at[number]);
    if (barrier)
        touch(l, plan_image_sums(barrier), number);
    for (int i = 1; i < o->n_out; i++)
        touch(l, o->out[i], number);
    for (int i = 0; i < o->n_epilogue; i++) {
        for (int j = 1; j < o->epilogue[i]->n_in; j++)
            touch(l, o->epilogue[i]->in[j], number);
        for (int j = 1; j < o->epilogue[i]->n_out; j++)
            touch(l, o->epilogue[i]->out[j], number);
    }
    if (o->n_out)
        touch(l, op_result(o), number);
}

/* The kernel behind which the outputs are read: the last one forward. A team reads them in the leg of the loss. */
static size_t last_forward(const struct plan *p)
{
    size_t last = 0;
    for (size_t i = 0; i < p->kernels.n; i++)
        if (p->kernels.at[i].op->phase == PHASE_FORWARD || (plan_is_shared(p) && p->kernels.at[i].op->kind->loss))
            last = i;
    return last;
}

static bool is_root_of_output(const struct net *n, const struct tensor *t)
{
    for (size_t i = 0; i < n->outputs.n; i++)
        if (tensor_root(n->outputs.at[i].tensor) == t)
            return true;
    return false;
}

/* While one thread of a team uses a tensor, another one may be anywhere between the same barriers. */
static void extend_to_stages(const struct plan *p, struct life *f)
{
    const int begin = p->groups.at[p->kernels.at[f->first].group].stage;
    const int end = p->groups.at[p->kernels.at[f->last].group].stage;
    while (f->first > 0 && p->groups.at[p->kernels.at[f->first - 1].group].stage == begin)
        f->first--;
    while (f->last + 1 < (int64_t)p->kernels.n && p->groups.at[p->kernels.at[f->last + 1].group].stage == end)
        f->last++;
}

/* A statistic is alive all the time: shares of sums stay where other chunks find them, and no place has numbers of two
 * types. Any other tensor has room for one image when the first and last use are in the same image loop; else for a
 * chunk of images, during every loop that touches the tensor. */
static void extend(struct plan *p, struct life *f)
{
    struct layout *q = &p->layouts[f->tensor->id];
    const struct group *a = &p->groups.at[p->kernels.at[f->first].group],
                       *b = &p->groups.at[p->kernels.at[f->last].group];
    q->one_image = f->tensor->role == ROLE_STATISTIC ||
                   (a == b && a->image_loop && !is_root_of_output(p->net, f->tensor) && p->purpose != FOR_REFERENCE);
    const int64_t bytes = dtype_bytes(f->tensor->dtype);
    int64_t images = q->one_image ? 1 : p->chunk;
    f->elements = round_up(ceil_div(q->size * images * bytes, p->number->bytes), 16);
    f->other = f->tensor->dtype == DTYPE_F64 && p->purpose != FOR_REFERENCE;
    if (plan_is_shared(p)) {
        f->own = q->one_image;
        q->base = f->own ? BASE_OWN : q->base;
        if (!f->own)
            extend_to_stages(p, f);
    } else if (!q->one_image) {
        f->first = a->image_loop ? (int64_t)a->first : f->first;
        f->last = b->image_loop ? (int64_t)(b->first + b->n) - 1 : f->last;
    }
    if (f->tensor->role == ROLE_STATISTIC)
        f->first = 0, f->last = (int64_t)p->kernels.n - 1;
}

/* ---- places that are handed on within an image loop */

static const struct group *group_at(const struct plan *p, int64_t kernel)
{
    return &p->groups.at[p->kernels.at[kernel].group];
}

/* Whether both have a chunk's images, of the same size. */
static bool alike(const struct plan *p, const struct life *a, const struct life *b)
{
    const struct layout *q = layout_of(p, a->tensor), *r = layout_of(p, b->tensor);
    return !q->one_image && !r->one_image && q->size == r->size && a->tensor->dtype == b->tensor->dtype;
}

/* The one that has the place which f takes. */
static struct life *head_of(struct life *f)
{
    while (f->before)
        f = f->before;
    return f;
}

/* The one of those in the list that is read last before f is made. */
static struct life *latest_before(const struct plan *p, struct life *list, const struct life *f)
{
    struct life *best = NULL;
    for (struct life *a = list; a; a = a->next)
        if (!a->followed && a->read < f->made && (!best || a->read > best->read) && alike(p, a, f))
            best = a;
    return best;
}

/* Returns how many have a place of their own; these are in front. */
static size_t hand_on(const struct plan *p, struct life **order, size_t n)
{
    struct life **ending = arena_alloc(ctx_arena(p->net->ctx), (p->groups.n + 1) * sizeof *ending);
    size_t own = 0;
    for (size_t i = 0; i < n; i++) {
        const struct group *g = group_at(p, order[i]->read);
        if (!g->image_loop || is_root_of_output(p->net, order[i]->tensor))
            continue;
        order[i]->next = ending[g - p->groups.at];
        ending[g - p->groups.at] = order[i];
    }
    for (size_t i = 0; i < n; i++) {
        const struct group *g = group_at(p, order[i]->made);
        if (!g->image_loop || !(order[i]->before = latest_before(p, ending[g - p->groups.at], order[i])))
            continue;
        order[i]->before->followed = true;
    }
    for (size_t i = 0; i < n; i++) {
        struct life *head = head_of(order[i]);
        head->last = head->last > order[i]->last ? head->last : order[i]->last;
        if (head == order[i])
            order[own++] = head;
    }
    return own;
}

/* ---- the lowest free place. What is always alive shares no memory, so it is looked up as extents without a time: most
 * statistics stand side by side, and there are thousands of them in a deep network. */

struct extent {
    int64_t begin, end;
};

struct extents { /* sorted; none touches the next */
    struct extent *at;
    size_t n;
};

struct spot {
    struct extent extent;
    const struct life *life;
};

struct room {
    struct spot *at; /* of those that are not always alive, sorted by offset */
    size_t n;
    struct extents always, all; /* of those that are always alive; of everything */
    int64_t kernels;
};

static struct room new_room(const struct plan *p, size_t most)
{
    struct arena *a = ctx_arena(p->net->ctx);
    return (struct room){.at = arena_alloc(a, (most + 1) * sizeof(struct spot)),
                         .always.at = arena_alloc(a, (most + 1) * sizeof(struct extent)),
                         .all.at = arena_alloc(a, (most + 1) * sizeof(struct extent)),
                         .kernels = (int64_t)p->kernels.n};
}

static void cover(struct extents *s, struct extent add)
{
    size_t low = 0;
    while (low < s->n && s->at[low].end < add.begin)
        low++;
    size_t high = low;
    for (; high < s->n && s->at[high].begin <= add.end; high++) {
        add.begin = s->at[high].begin < add.begin ? s->at[high].begin : add.begin;
        add.end = s->at[high].end > add.end ? s->at[high].end : add.end;
    }
    memmove(&s->at[low + 1], &s->at[high], (s->n - high) * sizeof *s->at);
    s->at[low] = add;
    s->n += 1 + low - high;
}

static bool clash(const struct life *a, const struct life *b)
{
    return a->other != b->other || (a->first <= b->last && b->first <= a->last);
}

/* The lowest offset from `offset` on that is free of extents. *i: those before it end below. */
static int64_t above_extents(const struct extents *s, size_t *i, int64_t offset, int64_t elements)
{
    for (; *i < s->n && s->at[*i].begin < offset + elements; (*i)++)
        if (s->at[*i].end > offset)
            offset = s->at[*i].end;
    return offset;
}

static int64_t above_spots(const struct room *r, size_t *i, int64_t offset, const struct life *f)
{
    for (; *i < r->n && r->at[*i].extent.begin < offset + f->elements; (*i)++)
        if (r->at[*i].extent.end > offset && clash(f, r->at[*i].life))
            offset = r->at[*i].extent.end;
    return offset;
}

static int64_t free_offset(const struct room *r, const struct life *f)
{
    size_t i = 0, j = 0;
    int64_t offset = 0, last;
    do {
        last = offset;
        offset = above_extents(&r->always, &j, above_spots(r, &i, offset, f), f->elements);
    } while (offset != last);
    return offset;
}

/* Gives f the lowest offset where it overlaps nothing that lives at the same time. */
static void settle(struct room *r, struct life *f)
{
    const bool always = f->first == 0 && f->last == r->kernels - 1;
    size_t i = 0;
    f->offset = always ? above_extents(&r->all, &i, 0, f->elements) : free_offset(r, f);
    const struct extent extent = {f->offset, f->offset + f->elements};
    cover(&r->all, extent);
    if (always) {
        cover(&r->always, extent);
        return;
    }
    size_t at = r->n++;
    for (; at > 0 && r->at[at - 1].extent.begin > extent.begin; at--)
        r->at[at] = r->at[at - 1];
    r->at[at] = (struct spot){extent, f};
}

/* ---- orders of placing: none is best for all networks */

static int by_number(const struct life *x, const struct life *y)
{
    return x->number < y->number ? -1 : 1;
}

static int descending(int64_t x, int64_t y)
{
    return (x < y) - (x > y);
}

static int by_size(const void *a, const void *b)
{
    const struct life *x = *(const struct life *const *)a, *y = *(const struct life *const *)b;
    const int d = descending(x->elements, y->elements);
    return d ? d : by_number(x, y);
}

static int by_duration(const void *a, const void *b)
{
    const struct life *x = *(const struct life *const *)a, *y = *(const struct life *const *)b;
    const int d = descending(x->last - x->first, y->last - y->first);
    return d ? d : by_size(a, b);
}

static int by_area(const void *a, const void *b)
{
    const struct life *x = *(const struct life *const *)a, *y = *(const struct life *const *)b;
    const int d = descending((x->last - x->first + 1) * x->elements, (y->last - y->first + 1) * y->elements);
    return d ? d : by_size(a, b);
}

static int by_begin(const void *a, const void *b)
{
    const struct life *x = *(const struct life *const *)a, *y = *(const struct life *const *)b;
    const int d = descending(y->first, x->first);
    return d ? d : by_size(a, b);
}

/* Returns the end of the last. */
static int64_t settle_all(struct life **order, size_t n, struct room *r, int (*compare)(const void *, const void *))
{
    int64_t end = 0;
    qsort(order, n, sizeof *order, compare);
    r->n = r->always.n = r->all.n = 0;
    for (size_t i = 0; i < n; i++) {
        settle(r, order[i]);
        if (order[i]->offset + order[i]->elements > end)
            end = order[i]->offset + order[i]->elements;
    }
    return end;
}

/* The largest number of elements that are alive at once, and the kernel at which they are. */
static int64_t most_alive(struct arena *a, struct life **order, size_t n, size_t kernels, size_t *peak)
{
    int64_t most = 0, sum = 0;
    int64_t *begins = arena_alloc(a, (kernels + 2) * sizeof *begins); /* what begins at a kernel, less what has ended */
    for (size_t i = 0; i < n; i++) {
        begins[order[i]->first] += order[i]->elements;
        begins[order[i]->last + 1] -= order[i]->elements;
    }
    for (size_t k = 0; k < kernels; k++) {
        sum += begins[k];
        if (sum > most) {
            most = sum;
            *peak = k;
        }
    }
    return most;
}

/* The order that needs least, the earlier one of equals. No further one is tried where it is hardly more than what is
 * alive at once. */
static int64_t arrange(struct arena *a, struct life **order, size_t n, struct room *r)
{
    static int (*const orders[])(const void *, const void *) = {by_size, by_area, by_duration, by_begin};
    size_t peak;
    const int64_t live = most_alive(a, order, n, (size_t)r->kernels, &peak);
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < sizeof orders / sizeof *orders && least > live + live / 128; i++) {
        const int64_t end = settle_all(order, n, r, orders[i]);
        for (size_t k = 0; k < n && end < least; k++)
            order[k]->best = order[k]->offset;
        least = end < least ? end : least;
    }
    for (size_t k = 0; k < n; k++)
        order[k]->offset = order[k]->best;
    return least;
}

/* The reference keeps every tensor, so that a bad value can be traced to its layer. Tensors stand one behind the other,
 * the largest first. */
static int64_t keep_everything(struct life **order, size_t n)
{
    int64_t end = 0;
    qsort(order, n, sizeof *order, by_size);
    for (size_t i = 0; i < n; i++) {
        order[i]->offset = end;
        end += order[i]->elements;
    }
    return end;
}

/* Returns how many lives are not in a thread's own scratch; these come first. */
static size_t shared_first(struct life **order, size_t n)
{
    size_t shared = 0;
    for (size_t i = 0; i < n; i++)
        if (!order[i]->own) {
            struct life *f = order[i];
            order[i] = order[shared];
            order[shared++] = f;
        }
    return shared;
}

/* A kernel's own memory is alive while the kernel runs. */
static size_t add_work(const struct plan *p, struct life *at, struct life **order, size_t n)
{
    for (size_t i = 0; i < p->kernels.n; i++)
        if (p->kernels.at[i].work) {
            at[i] = (struct life){.first = (int64_t)i,
                                  .last = (int64_t)i,
                                  .elements = round_up(p->kernels.at[i].work, 16),
                                  .own = plan_is_shared(p)};
            order[n++] = &at[i];
        }
    return n;
}

/* Where the sums of each barrier are. */
static void place_sums(struct plan *p)
{
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct kernel *k = &p->kernels.at[i];
        const struct op *barrier = plan_is_shared(p) ? summed_before(p, k) : k->behind;
        if (!barrier)
            continue;
        struct group *g = &p->groups.at[plan_is_shared(p) ? k->group : k->group - 1];
        const struct layout *partial = layout_of(p, plan_is_shared(p) ? plan_image_sums(barrier) : barrier->in[0]);
        const struct layout *total = layout_of(p, barrier->out[0]);
        g->sums = total->size;
        g->partial = partial->offset;
        g->total = total->offset;
    }
}

/* A view is where its tensor is. */
static void place_views(struct plan *p)
{
    for (size_t i = 0; i < p->net->tensors.n; i++) {
        struct tensor *t = p->net->tensors.at[i];
        const struct layout *root = &p->layouts[tensor_root(t)->id];
        if (!t->view_of)
            continue;
        p->layouts[i].offset = root->offset;
        p->layouts[i].one_image = root->one_image;
        p->layouts[i].base = root->base;
    }
}

static void find_lives(struct plan *p, struct lives l)
{
    for (size_t i = 0; i < p->net->tensors.n; i++)
        l.at[i].last = -1;
    for (size_t i = 0; i < p->kernels.n; i++)
        touch_kernel(&l, i);
    for (size_t i = 0; p->kernels.n && i < p->net->outputs.n; i++)
        touch(&l, p->net->outputs.at[i].tensor, last_forward(p));
}

/* Those of all tensors that stand somewhere, in `order`; returns their number. */
static size_t keep_lives(struct plan *p, struct lives l, struct life **order)
{
    size_t n = 0;
    for (size_t i = 0; i < p->net->tensors.n; i++)
        if (l.at[i].last >= 0) {
            l.at[i].made = l.at[i].first, l.at[i].read = l.at[i].last;
            extend(p, &l.at[i]);
            order[n++] = &l.at[i];
        } else if (p->layouts[i].base == BASE_SCRATCH) {
            p->layouts[i].used = false; /* it went into its producer's registers */
        }
    return n;
}

static void take_offsets(struct plan *p, struct lives l, struct life *const *order, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (order[i]->tensor)
            p->layouts[order[i]->tensor->id].offset = order[i]->offset;
        else
            p->kernels.at[order[i]->first].work_offset = order[i]->offset;
    for (size_t i = 0; i < p->net->tensors.n; i++)
        if (l.at[i].before)
            p->layouts[i].offset = head_of(&l.at[i])->offset;
}

void plan_memory(struct plan *p)
{
    struct arena *a = ctx_arena(p->net->ctx);
    struct lives l = {p, arena_alloc(a, p->net->tensors.n * sizeof *l.at)};
    const size_t most = p->net->tensors.n + p->kernels.n;
    struct life **order = arena_alloc(a, most * sizeof *order);
    struct life *work = arena_alloc(a, (p->kernels.n + 1) * sizeof *work);
    find_lives(p, l);
    size_t n = keep_lives(p, l, order);
    if (p->purpose == FOR_CHUNKS)
        n = hand_on(p, order, n);
    n = add_work(p, work, order, n);
    for (size_t i = 0; i < n; i++)
        order[i]->number = i;
    p->live = most_alive(a, order, n, p->kernels.n, &p->peak);
    const size_t shared = plan_is_shared(p) ? shared_first(order, n) : n;
    struct room r = new_room(p, n);
    p->scratch = p->purpose == FOR_REFERENCE ? keep_everything(order, shared) : arrange(a, order, shared, &r);
    p->own = arrange(a, order + shared, n - shared, &r);
    take_offsets(p, l, order, n);
    place_views(p);
    place_sums(p);
}

char *memory_print(const struct plan *p)
{
    struct text t = {.arena = ctx_arena(p->net->ctx)};
    text_add(&t, "scratch %lld elements a thread, at least %lld alive at once\n", (long long)p->scratch,
             (long long)p->live);
    for (size_t i = 0; i < p->net->tensors.n; i++) {
        const struct tensor *x = p->net->tensors.at[i];
        const struct layout *q = layout_of(p, x);
        if (!q->used || q->base != BASE_SCRATCH || x->view_of)
            continue;
        text_add(&t, "  %8lld  %-28s ", (long long)q->offset, x->name);
        if (q->repr == REPR_LISTS)
            text_add(&t, "lists in %lld", (long long)q->size);
        else
            text_add(&t, "%lld x %lld of %lld", (long long)q->pixels, (long long)q->channels, (long long)q->ld);
        text_add(&t, "%s\n", q->one_image ? ", one image" : "");
    }
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct kernel *k = &p->kernels.at[i];
        if (k->work)
            text_add(&t, "  %8lld  %-28s %lld of work\n", (long long)k->work_offset, k->op->node->name,
                     (long long)k->work);
    }
    return text_end(&t);
}
