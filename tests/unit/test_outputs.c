/* test_outputs.c -- how outputs are understood; warnings of last layers, losses and metrics that do not fit
 * together. */
#include "training/training.h"
#include "graph.h"

#include "front_test.h"

/* ---- how outputs are understood */

static const struct {
    const char *body, *loss;
    struct meaning is;
} meanings[] = {
    {"Dense 3 softmax", "sparse_categorical_crossentropy", {VALUES_PROBABILITIES, true, 3}},
    {"Dense 3 softmax", "categorical_crossentropy", {VALUES_PROBABILITIES, true, 3}},
    {"Dense 3", "categorical_crossentropy from_logits=yes", {VALUES_LOGITS, true, 3}},
    {"Dense 3", "sparse_categorical_crossentropy from_logits=yes", {VALUES_LOGITS, true, 3}},
    {"Dense 3", "sparse_categorical_crossentropy", {VALUES_PROBABILITIES, true, 3}}, /* and a warning */
    {"Dense 1 sigmoid", "binary_crossentropy", {VALUES_PROBABILITIES, false, 2}},
    {"Dense 1", "binary_crossentropy from_logits=yes", {VALUES_LOGITS, false, 2}},
    {"Dense 3 sigmoid", "binary_crossentropy", {VALUES_PROBABILITIES, false, 0}},
    {"Dense 3", "binary_crossentropy from_logits=yes", {VALUES_LOGITS, false, 0}},
    {"Dense 3 softmax", "binary_crossentropy", {VALUES_PROBABILITIES, true, 0}},
    {"Dense 3 sigmoid", "sparse_categorical_crossentropy", {VALUES_PROBABILITIES, true, 3}},
    {"Dense 3 softmax\nDropout 0.5", "sparse_categorical_crossentropy", {VALUES_PROBABILITIES, true, 3}},
    {"Dense 1 sigmoid", "mse", {VALUES_PROBABILITIES, false, 0}},
    {"Dense 3 softmax", "mse", {VALUES_PROBABILITIES, true, 0}},
    {"Dense 3 sigmoid", "mae", {VALUES_PROBABILITIES, false, 0}},
    {"Dense 1", "mse", {VALUES_NUMBERS, false, 0}},
    {"Dense 3 tanh", "huber", {VALUES_NUMBERS, true, 0}},
};

static struct net *network(struct ctx *c, const char *body, const char *loss, const char *counted)
{
    char text[600];
    snprintf(text, sizeof text, "Input 8\n%s\ntrain {\n  loss %s\n%s%s\n}\n", body, loss, *counted ? "  metrics " : "",
             counted);
    return shapes_of(c, text);
}

static void test_meanings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        struct ctx *c = quiet_ctx();
        const struct net *n = network(c, meanings[i].body, meanings[i].loss, "");
        const struct meaning is = net_meaning(n), want = meanings[i].is;
        if (ctx_errors(c) || is.values != want.values || is.votes != want.votes || is.classes != want.classes)
            fail_msg("%s, %s: %d errors, {%d, %d, %lld}", meanings[i].body, meanings[i].loss, ctx_errors(c),
                     (int)is.values, is.votes, (long long)is.classes);
        ctx_free(c);
    }
}

/* ---- combinations that do not fit: the warnings, "" for none */

static void says(const char *body, const char *loss, const char *counted, const char *wanted)
{
    struct capture said;
    capture_begin(&said);
    struct ctx *c = ctx_new(NULL);
    network(c, body, loss, counted);
    const int errors = ctx_errors(c);
    ctx_free(c);
    const char *text = capture_end(&said), *first = strstr(text, "warning: ");
    if (errors || (*wanted ? !strstr(text, wanted) : first != NULL) || (first && strstr(first + 1, "warning: ")))
        fail_msg("%s / %s / %s: not '%s', but %s", body, loss, counted, wanted, text);
}

static const char *warning_of(const struct activation *act, const struct loss *loss, int outputs)
{
    const bool classes = loss_votes(loss) && !loss->scores;
    if (act->softmax)
        return classes || (loss->regions && outputs > 1) ? "" : "[-Woutputs]";
    if (act->probability)
        return classes || loss->scores ? "[-Woutputs]" : "";
    if (!loss->wants)
        return "";
    return loss->logits_of || act->range || activation_bounds(act) ? "[-Wlogits]" : "[-Woutputs]";
}

/* Tries every activation at the end, with every loss. */
static void test_endings(void **state)
{
    char body[100];
    (void)state;
    for (size_t a = 0; activations[a]; a++)
        for (size_t l = 0; losses[l]; l++)
            for (int outputs = 1; outputs <= 3; outputs += 2) {
                const struct activation *act = activation_of(activations[a]);
                const struct loss *loss = loss_of(losses[l]);
                const bool formula = loss->rec.args && loss->rec.args[0].flags & ARG_REQUIRED;
                if ((loss_votes(loss) && outputs == 1) || act->along == ALONG_GLU || formula || loss->absent)
                    continue; /* an error */
                snprintf(body, sizeof body, "Dense %d %s", outputs,
                         act->rec.example ? act->rec.example : act->rec.name);
                says(body, loss->rec.name, "", warning_of(act, loss, outputs));
            }
}

static const struct {
    const char *body, *loss, *counted, *wanted;
} combinations[] = {
    {"Dense 1 softmax", "mse", "", "a softmax over one output is always 1; to tell yes from no, end in sigmoid"},
    {"Dense 1 softmax", "binary_crossentropy", "", "a softmax over one output is always 1"},
    {"Dense 3 softmax", "mse", "", "use categorical_crossentropy"},
    {"Dense 3 softmax", "binary_crossentropy", "accuracy", "use categorical_crossentropy, or end in sigmoid"},
    {"Dense 3 sigmoid", "sparse_categorical_crossentropy", "accuracy", "end in softmax, or"},
    {"Dense 3 tanh", "categorical_crossentropy", "", "ends in tanh, whose values are from -1 to 1; end in softmax"},
    {"Dense 1 relu", "binary_crossentropy", "", "ends in relu, whose values are never below 0; end in sigmoid"},
    {"Dense 1", "binary_crossentropy", "", "ends without sigmoid; say so with from_logits=yes"},
    {"Dense 3 relu", "sparse_categorical_crossentropy from_logits=yes", "", "end without an activation"},
    {"Dense 3 tanh", "binary_crossentropy from_logits=yes", "", "end without an activation"},
    {"Dense 3 linear", "binary_crossentropy from_logits=yes", "accuracy f1 auc", ""},
    {"Dense 1 sigmoid", "hinge", "", "'hinge' compares scores, which lie on both sides of 0"},
    {"Dense 3", "categorical_hinge", "accuracy", ""},
    {"Dense 3", "dice", "", "end in sigmoid, or in softmax"},
    {"Dense 3 softplus", "poisson", "", ""},
    /* behind the probabilities */
    {"Dense 3 softmax\nDropout 0.5", "sparse_categorical_crossentropy", "", "'Dropout' behind softmax changes"},
    {"Dense 1 sigmoid\nGaussianNoise 0.1", "binary_crossentropy", "", "'GaussianNoise' behind sigmoid changes"},
    {"Dense 3 softmax\nActivation softmax", "categorical_crossentropy", "", "leave one of them out"},
    {"Dense 3 softmax\nActivation relu", "mse", "", "'Activation' behind softmax is an activation of an activation"},
    {"Dense 5 softmax\nDense 3 softmax", "categorical_crossentropy", "", "'Dense' behind softmax sees nothing but"},
    {"Dense 5 softmax\nDropout 0.1\nDense 3", "mse", "", "'Dense' behind softmax sees nothing but"},
    {"Dense 5 sigmoid\nDense 3 softmax", "categorical_crossentropy", "accuracy", ""},
    {"Dense 5 relu\nDropout 0.1\nDense 3 softmax", "categorical_crossentropy", "accuracy", ""},
    /* metrics */
    {"Dense 1", "mse", "accuracy",
     "'accuracy' compares classes, but 'mse' compares numbers; use mae or r2, or end in sigmoid"},
    {"Dense 3", "huber", "mae accuracy", "use mae or r2, or end in softmax with categorical_crossentropy"},
    {"Dense 3", "mse", "top_k(2)", "'top_k' compares classes"},
    {"Dense 3", "mse", "mae mse r2", ""},
    {"Dense 1 sigmoid", "mse", "accuracy auc", ""},
    {"Dense 3 sigmoid", "binary_crossentropy", "accuracy f1(threshold=0.3)", ""},
    {"Dense 3 sigmoid", "binary_crossentropy", "top_k(2)", "'top_k' counts rows of one class each"},
    {"Dense 3 softmax", "categorical_crossentropy", "top_k(3)", "'top_k' of all 3 classes is always 1"},
    {"Dense 3 softmax", "categorical_crossentropy", "top_k(2)", ""},
    {"Dense 3 softmax", "categorical_crossentropy", "recall(threshold=0.7)", "'threshold' changes nothing"},
    {"Dense 1", "binary_crossentropy from_logits=yes", "accuracy precision(threshold=0.7) recall f1 auc mse", ""},
};

static void test_combinations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof combinations / sizeof *combinations; i++)
        says(combinations[i].body, combinations[i].loss, combinations[i].counted, combinations[i].wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_meanings), cmocka_unit_test(test_endings),
                                       cmocka_unit_test(test_combinations)};
    return cmocka_run_group_tests_name("outputs", tests, NULL, NULL);
}
