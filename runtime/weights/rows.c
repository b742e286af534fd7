/* rows.c -- the elements of tables whose rows repeat: further equal layers follow from the first two. */
#include "weights/weights.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where an element is: `ahead` steps after row `row`. One step is the difference between that row and the one
 * `back` rows before it. */
struct spot {
    int row, back;
    int64_t ahead;
};

static struct spot spot_of(const struct cnn_repeat *r, int i)
{
    int unwritten = 0;
    for (; r && r->times && i >= r->first + 2 * r->rows; r++) {
        const int into = i - r->first;
        if (into < r->rows * r->times)
            return (struct spot){r->first - unwritten + r->rows + into % r->rows, r->rows, into / r->rows - 1};
        unwritten += r->rows * (r->times - 2);
    }
    return (struct spot){i - unwritten, 0, 0};
}

static int64_t ahead_of(struct spot s, int64_t before, int64_t here)
{
    return here + s.ahead * (here - before);
}

/* Continues the number in which the two names differ; compiler/base/repeats.c has made sure that there is only one
 * such number, and that there is room for the name. */
static const char *name_ahead(struct spot s, const char *before, const char *here, struct cnn_name *room)
{
    int start = 0;
    char *end;
    if (s.ahead == 0 || strcmp(before, here) == 0)
        return here;
    while (before[start] == here[start])
        start++;
    while (start > 0 && isdigit((unsigned char)here[start - 1]))
        start--;
    const long from = strtol(before + start, NULL, 10), to = strtol(here + start, &end, 10);
    snprintf(room->text, sizeof room->text, "%.*s%lld%s", start, here, (long long)ahead_of(s, from, to), end);
    return room->text;
}

const struct cnn_dealt *cnn_team_dealt(const struct cnn_team *team, int i)
{
    return &team->dealt[spot_of(team->repeats, i).row];
}

/* ---- parameters */

const struct cnn_param *cnn_param(const struct cnn_model *m, int k)
{
    return &m->params[spot_of(m->param_repeats, k).row];
}

const char *cnn_param_name(const struct cnn_model *m, int k, struct cnn_name *room)
{
    const struct spot s = spot_of(m->param_repeats, k);
    return name_ahead(s, m->params[s.row - s.back].name, m->params[s.row].name, room);
}

struct cnn_place cnn_place(const struct cnn_model *m, const struct cnn_place *place, int k)
{
    const struct spot s = spot_of(m->param_repeats, k);
    struct cnn_place at = place[s.row];
    at.offset = (size_t)ahead_of(s, (int64_t)place[s.row - s.back].offset, (int64_t)at.offset);
    return at;
}

/* ---- layers */

const struct cnn_layer *cnn_layer(const struct cnn_model *m, int i)
{
    return &m->layers[spot_of(m->layer_repeats, i).row];
}

const char *cnn_layer_name(const struct cnn_model *m, int i, struct cnn_name *room)
{
    const struct spot s = spot_of(m->layer_repeats, i);
    return name_ahead(s, m->layers[s.row - s.back].name, m->layers[s.row].name, room);
}

int64_t cnn_trace(const struct cnn_model *m, int i)
{
    const struct spot s = spot_of(m->layer_repeats, i);
    return ahead_of(s, m->reference.trace[s.row - s.back], m->reference.trace[s.row]);
}

int64_t cnn_trace_size(const struct cnn_model *m, int i)
{
    return m->reference.trace_size[spot_of(m->layer_repeats, i).row];
}

/* ---- kernels */

const struct cnn_kernel *cnn_kernel(const struct cnn_model *m, int i)
{
    return &m->bench.kernels[spot_of(m->bench.repeats, i).row];
}

int cnn_kernel_layer(const struct cnn_model *m, int i)
{
    const struct spot s = spot_of(m->bench.repeats, i);
    return (int)ahead_of(s, m->bench.kernels[s.row - s.back].layer, m->bench.kernels[s.row].layer);
}
