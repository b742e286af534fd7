/* test_monitors.c -- for every number that a spec may watch: whether larger is better, and its key in the log. */
#include "training/training.h"
#include "graph.h"

static const struct {
    const char *word, *key;
    bool rises;
} classes[] = {{"loss", "loss", false},
               {"penalty", "penalty", false},
               {"accuracy", "accuracy", true},
               {"acc", "accuracy", true},
               {"top_k", "top_k_3", true},
               {"top_k_3", "top_k_3", true},
               {"precision", "precision", true},
               {"recall", "recall", true},
               {"f1", "f1", true},
               {"f1_score", "f1", true},
               {"auc", "auc", true},
               {"mse", "mse", false},
               {"mean_squared_error", "mse", false},
               {"mae", "mae", false},
               {"fbeta", "fbeta", true},
               {"iou", "iou", true},
               {"one_hot_iou", "iou", true},
               {"mean_iou", "mean_iou", true},
               {"binary_iou", "binary_iou", true},
               {"true_positives", "true_positives", true},
               {"false_positives", "false_positives", false},
               {"true_negatives", "true_negatives", true},
               {"false_negatives", "false_negatives", false},
               {"sensitivity_at_specificity", "sensitivity_at_specificity", true},
               {"specificity_at_sensitivity", "specificity_at_sensitivity", true},
               {"precision_at_recall", "precision_at_recall", true},
               {"recall_at_precision", "recall_at_precision", true},
               {"categorical_crossentropy", "categorical_crossentropy", false},
               {"kl_divergence", "kl_divergence", false}},
  numbers[] = {{"r2", "r2", true},
               {"r2_score", "r2", true},
               {"mse", "mse", false},
               {"mae", "mae", false},
               {"rmse", "rmse", false},
               {"mape", "mape", false},
               {"msle", "msle", false},
               {"log_cosh", "log_cosh", false},
               {"poisson", "poisson", false},
               {"hinge", "hinge", false},
               {"squared_hinge", "squared_hinge", false},
               {"categorical_hinge", "categorical_hinge", false},
               {"binary_crossentropy", "binary_crossentropy", false},
               {"cosine_similarity", "cosine_similarity", true},
               {"pearson_correlation", "pearson_correlation", true},
               {"concordance_correlation", "concordance_correlation", true}};

static const char
    class_text[] =
        "data {\n  train npy \"x.npy\" \"y.npy\"\n  split validation=0.1\n}\nInput 4\n"
        "Dense 5 softmax l2=0.01\ntrain {\n  loss sparse_categorical_crossentropy\n"
        "  metrics accuracy top_k(3) precision recall f1 auc mse mae \\\n"
        "  fbeta(2) iou mean_iou binary_iou true_positives false_positives true_negatives false_negatives \\\n"
        "  sensitivity_at_specificity(0.9) specificity_at_sensitivity(0.9) precision_at_recall(0.9) \\\n"
        "  recall_at_precision(0.9) categorical_crossentropy kl_divergence\n",
    number_text[] =
        "data {\n  train npy \"x.npy\" \"y.npy\"\n  split validation=0.1\n}\nInput 4\n"
        "Dense 2\ntrain {\n  loss mse\n  metrics r2 mse mae rmse mape msle log_cosh poisson hinge squared_hinge \\\n"
        "  categorical_hinge binary_crossentropy cosine_similarity pearson_correlation concordance_correlation\n";

static void watches(const struct monitor_config *m, const char *val, const char *key, bool rises)
{
    char expected[64];
    snprintf(expected, sizeof expected, "%s%s", val, key);
    assert_string_equal(m->key, expected);
    assert_int_equal(m->rises, rises);
}

/* Checks each word in each callback, for the training rows and for validation. */
static void check(const char *text, const char *word, const char *val, const char *key, bool rises, const char *mode)
{
    struct ctx *c = quiet_ctx();
    char spec[2048];
    snprintf(spec, sizeof spec,
             "%s  early_stopping %s%s patience=2%s\n  reduce_lr %s%s%s\n  checkpoint \"w.safetensors\" monitor=%s%s "
             "best%s\n}\n",
             text, val, word, mode, val, word, mode, val, word, mode);
    const struct net *n = lowered(c, spec);
    watches(&n->train->early.monitor, val, key, rises);
    watches(&n->train->reduce.monitor, val, key, rises);
    watches(&n->train->keep.monitor, val, key, rises);
    ctx_free(c);
}

static void test_classes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        check(class_text, classes[i].word, "", classes[i].key, classes[i].rises, "");
        check(class_text, classes[i].word, "val_", classes[i].key, classes[i].rises, "");
    }
}

static void test_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        check(number_text, numbers[i].word, "", numbers[i].key, numbers[i].rises, "");
        check(number_text, numbers[i].word, "val_", numbers[i].key, numbers[i].rises, "");
    }
}

/* An explicit mode=min or mode=max is always obeyed. */
static void test_mode(void **state)
{
    (void)state;
    check(class_text, "loss", "val_", "loss", true, " mode=max");
    check(class_text, "accuracy", "val_", "accuracy", false, " mode=min");
    check(class_text, "f1", "val_", "f1", true, " mode=auto");
}

/* The tests above cover every metric. */
static void test_all(void **state)
{
    (void)state;
    for (const struct record *const *m = metrics; *m; m++) {
        bool seen = false;
        for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
            seen |= strcmp(classes[i].word, (*m)->name) == 0;
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
            seen |= strcmp(numbers[i].word, (*m)->name) == 0;
        if (!seen)
            fail_msg("metric %s", (*m)->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_classes), cmocka_unit_test(test_numbers),
                                       cmocka_unit_test(test_mode), cmocka_unit_test(test_all)};
    return cmocka_run_group_tests_name("monitors", tests, NULL, NULL);
}
