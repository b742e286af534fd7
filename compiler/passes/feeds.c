/* feeds.c -- what a phase says that inputs and targets are: numbers, names of models, of their layers and of inputs. */
#include <string.h>

#include "closest.h"
#include "passes/resolver.h"
#include "spec/records.h"
#include "training/training.h"

bool value_is_name(const struct value *v)
{
    return v->kind == VALUE_WORD || v->kind == VALUE_STRING;
}

bool value_names(const struct value *v, const char *word)
{
    return value_is_name(v) && strcmp(v->text, word) == 0;
}

size_t values_count(const struct value *v)
{
    return !v ? 0 : v->kind == VALUE_LIST ? v->n_items : 1;
}

const struct value *values_item(const struct value *v, size_t i)
{
    return v->kind == VALUE_LIST ? &v->items[i].value : v;
}

struct model *model_read(struct resolver *r, const struct value *v, const char **label)
{
    const char *dot = value_is_name(v) ? strchr(v->text, '.') : NULL;
    *label = dot ? dot + 1 : NULL;
    if (dot)
        return model_named(r, arena_strndup(ctx_arena(r->ctx), v->text, (size_t)(dot - v->text)));
    return value_is_name(v) || v->kind == VALUE_CALL ? model_named(r, v->text) : NULL;
}

bool names_model(const struct value *v, const char *model)
{
    const size_t n = strlen(model);
    return value_is_name(v) && strncmp(v->text, model, n) == 0 && (v->text[n] == '\0' || v->text[n] == '.');
}

size_t number_in_list(struct resolver *r, const char *name)
{
    const char *listed;
    size_t i = 0;
    while ((listed = data_input_name(r->ctx, r->net->data, i)) && strcmp(listed, name) != 0)
        i++;
    return i;
}

const struct stmt *input_labelled(const struct resolver *r, const char *name)
{
    for (size_t i = 0; i < r->models.n; i++)
        for (size_t k = 0; k < r->models.at[i].inputs.n; k++) {
            const struct stmt *s = r->models.at[i].inputs.at[k];
            if (s->label && strcmp(s->label, name) == 0)
                return s;
        }
    return NULL;
}

/* ---- messages */

static void words_of_inputs(struct word_list *words, struct resolver *r)
{
    const char *listed;
    for (size_t i = 0; (listed = data_input_name(r->ctx, r->net->data, i)); i++)
        if (!input_labelled(r, listed))
            word_add(words, listed);
    for (size_t i = 0; i < r->models.n; i++)
        for (size_t k = 0; k < r->models.at[i].inputs.n; k++)
            if (r->models.at[i].inputs.at[k]->label)
                word_add(words, r->models.at[i].inputs.at[k]->label);
}

void refuse_feed(struct resolver *r, const struct value *v, const char *const *others, size_t n_others, bool inputs)
{
    struct word_list words = {.arena = ctx_arena(r->ctx)};
    for (size_t i = 0; i < n_others; i++)
        word_add(&words, others[i]);
    for (size_t i = 0; i < r->models.n; i++)
        word_add(&words, r->models.at[i].name);
    if (inputs)
        words_of_inputs(&words, r);
    const char *near = v->text && v->kind != VALUE_NUMBER ? cnn_closest(v->text, words.v.at, words.v.n) : NULL;
    if (!value_is_name(v) && v->kind != VALUE_CALL)
        diag_error(r->ctx, v->span, "a name is wanted here: %s", words_joined(&words));
    else if (inputs && value_is_name(v) && data_input_name(r->ctx, r->net->data, number_in_list(r, v->text)))
        diag_error(
            r->ctx, v->span,
            "'%s' is an input of the data that no model reads; one that is only compared with is a target of the "
            "data section",
            v->text);
    else if (near && strcmp(near, v->text) == 0)
        diag_error(r->ctx, v->span, "'%s' stands without parentheses here", v->text);
    else if (near)
        diag_error_fix(r->ctx, v->span, near, "nothing here is called '%s'; did you mean '%s'?", v->text, near);
    else
        diag_error(r->ctx, v->span, "nothing here is called '%s'; there are %s", v->text, words_joined(&words));
    r->failed = true;
}

void refuse_source(struct resolver *r, const struct value *v)
{
    static const char *const words[] = {"data", "noise"};
    refuse_feed(r, v, words, 2, true);
}
