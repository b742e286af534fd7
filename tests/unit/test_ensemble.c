/* test_ensemble.c -- ensembles: bags, the combined answer of members, the file, and `ensemble` on tiny_model.c. */
#include <math.h>
#include <string.h>

#include "ensemble/ensemble.h"
#include "ports.h"
#include "support/support.h"
#include "tiny_run.c"

enum { ROWS = 1000, BAGS = 50 };

static struct cnn_error error;

/* ---- bags */

static void test_bootstrap_draws_with_replacement(void **state)
{
    static int64_t bag[ROWS], other[ROWS];
    double left = 0;
    (void)state;
    for (uint64_t b = 0; b < BAGS; b++) {
        int times[ROWS] = {0}, most = 0;
        cnn_bootstrap(7, b, bag, ROWS);
        for (int i = 0; i < ROWS; i++) {
            assert_in_range(bag[i], 0, ROWS - 1);
            times[bag[i]]++;
        }
        for (int i = 0; i < ROWS; i++) {
            left += times[i] == 0;
            most = times[i] > most ? times[i] : most;
        }
        assert_in_range(most, 3, 12);
    }
    left /= BAGS * ROWS; /* (1 - 1/n)^n; the deviation of one bag is 0.0096 */
    assert_true(fabs(left - exp(-1)) < 0.006);
    cnn_bootstrap(7, BAGS - 1, other, ROWS);
    assert_memory_equal(bag, other, sizeof bag);
    cnn_bootstrap(8, BAGS - 1, other, ROWS);
    assert_memory_not_equal(bag, other, sizeof bag);
}

/* ---- the combined answer of members */

static const float says_a[] = {0.5f, 0.25f, 0.25f, 0.f, 0.25f, 0.75f},
                   says_b[] = {0.25f, 0.5f, 0.25f, 0.25f, 0.5f, 0.25f}, says_c[] = {0.f, 0.75f, 0.25f, 0.5f, 0.5f, 0.f};
static const float *const sayings[] = {says_a, says_b, says_c};

static struct cnn_model asked; /* the model whose outputs the members answer */

static struct cnn_outputs outputs_of(int64_t rows, int64_t size, const double *weight)
{
    asked = (struct cnn_model){0};
    make_ports(&asked, 1, size, CNN_PORT_INT32)->output.meaning =
        (struct cnn_meaning){CNN_PROBABILITIES, size > 1, size};
    return (struct cnn_outputs){.members = 3, .rows = rows, .size = size, .y = sayings, .m = &asked, .weight = weight};
}

static void expect(const float *y, const double *wanted, int n)
{
    for (int i = 0; i < n; i++)
        assert_true(fabs((double)y[i] - wanted[i]) < 1e-7);
}

static void test_soft(void **state)
{
    static const double weight[] = {2, 1, 1};
    struct cnn_outputs o = outputs_of(2, 3, NULL);
    float y[6];
    (void)state;
    assert_int_equal(cnn_combine(CNN_SOFT, &o, y, NULL), 0);
    expect(y, (const double[]){0.25, 0.5, 0.25, 0.25, 1.25 / 3, 1. / 3}, 6);
    o.weight = weight;
    assert_int_equal(cnn_combine(CNN_SOFT, &o, y, NULL), 0);
    expect(y, (const double[]){0.3125, 0.4375, 0.25, 0.1875, 0.375, 0.4375}, 6);
}

static void test_hard(void **state)
{
    static const double weight[] = {5, 1, 1};
    struct cnn_outputs o = outputs_of(2, 3, NULL);
    float y[6];
    (void)state;
    assert_int_equal(cnn_combine(CNN_HARD, &o, y, NULL), 0);
    expect(y, (const double[]){1. / 3, 2. / 3, 0, 1. / 3, 1. / 3, 1. / 3}, 6); /* 0.5 twice: the first */
    o.weight = weight;
    assert_int_equal(cnn_combine(CNN_HARD, &o, y, NULL), 0);
    expect(y, (const double[]){5. / 7, 2. / 7, 0, 1. / 7, 1. / 7, 5. / 7}, 6);
    o = outputs_of(6, 1, NULL); /* one output says yes or no */
    assert_int_equal(cnn_combine(CNN_HARD, &o, y, NULL), 0);
    expect(y, (const double[]){0, 1. / 3, 0, 0, 0, 1. / 3}, 6);
}

static void test_silence(void **state)
{
    static const unsigned char none[] = {0, 0, 1}, second[] = {0, 1, 1}, last[] = {0, 0, 1};
    static const unsigned char *const silent[] = {none, second, last};
    struct cnn_outputs o = outputs_of(3, 2, NULL);
    unsigned char counted[3];
    float y[6];
    (void)state;
    o.skip = silent;
    assert_int_equal(cnn_combine(CNN_SOFT, &o, y, counted), 0);
    expect(y, (const double[]){0.25, 0.5, 0.25, 0.25, 0, 0}, 6);
    assert_true(counted[0] && counted[1] && !counted[2]);
}

/* ---- the program */

static const struct cnn_ensemble
    bagging = {.kind = CNN_BAGGING, .members = 4},
    voting = {.kind = CNN_VOTING, .members = 3}, alone = {.kind = CNN_VOTING, .members = 1},
    snapshot = {.kind = CNN_SNAPSHOT, .members = 3},
    stacking = {.kind = CNN_STACKING, .members = 2, .combine = CNN_STACKED, .meta = CNN_LOGISTIC, .l2 = 1, .folds = 3},
    boosting = {.kind = CNN_BOOSTING, .members = 3, .combine = CNN_HARD, .rate = 1};

/* A network that is nearly always wrong: the nearest corner is the class, and it answers the next class. */
static void never_right(const float *theta, const float *prepared, const float *x, float *y, float *scratch, int n)
{
    (void)theta, (void)prepared, (void)scratch;
    for (int i = 0; i < n; i++) {
        int near = 0;
        for (int k = 1; k < Y_N; k++)
            near = x[i * X_N + k] > x[i * X_N + near] ? k : near;
        for (int k = 0; k < Y_N; k++)
            y[i * Y_N + k] = k == (near + 1) % Y_N;
    }
}

static struct cnn_model with(const struct cnn_ensemble *e)
{
    struct cnn_model m = tiny_model;
    m.ensemble = e;
    return m;
}

static void works(const struct cnn_ensemble *e, struct ran *r, const char *args)
{
    struct cnn_model m = with(e);
    run_model(&m, r, args);
    if (r->status != 0)
        fail_msg("%s: status %d: %s", args, r->status, r->out);
}

static void fails(const struct cnn_ensemble *e, const char *args, const char *text)
{
    struct ran r;
    struct cnn_model m = with(e);
    run_model(&m, &r, args);
    if (r.status != 1 || !strstr(r.out, text))
        fail_msg("%s: status %d, wanted '%s': %s", args, r.status, text, r.out);
}

static void test_same_however_many_at_once(void **state)
{
    static const struct cnn_ensemble *const kinds[] = {&bagging, &voting, &snapshot, &boosting, &stacking};
    static struct ran first, then;
    (void)state;
    for (int i = 0; i < 5; i++) {
        works(kinds[i], &first, "ensemble --save one.safetensors");
        works(kinds[i], &then, "ensemble --save two.safetensors --jobs 3 --threads 2");
        assert_string_equal(first.out, then.out);
        assert_true(same_files("one.safetensors", "two.safetensors"));
        works(kinds[i], &then, "evaluate --weights one.safetensors");
        assert_true(i == 0 || strstr(first.out, then.out)); /* its last line; that of bags has more numbers */
        works(kinds[i], &then, "ensemble --save two.safetensors --seed 9");
        assert_false(same_files("one.safetensors", "two.safetensors"));
    }
}

static void test_one_member_is_that_member(void **state)
{
    static struct ran ran;
    (void)state;
    works(&alone, &ran, "ensemble --save alone.safetensors");
    succeeds("train --save member.safetensors --quiet");
    works(&alone, &ran, "predict --input test-x.npy --weights alone.safetensors -o alone.npy");
    works(&alone, &ran, "predict --input test-x.npy --weights member.safetensors -o member.npy");
    assert_true(same_files("alone.npy", "member.npy"));
    works(&alone, &ran, "export --weights alone.safetensors --member 1 -o taken.npz");
    works(&alone, &ran, "export --weights member.safetensors -o member.npz");
    assert_true(same_files("taken.npz", "member.npz"));
}

/* The learning rates of a cycle are those of the paper, so a run of one cycle equals a run with a cosine schedule. */
static void test_one_snapshot_is_a_cosine(void **state)
{
    static const struct cnn_ensemble one = {.kind = CNN_SNAPSHOT, .members = 1};
    static struct ran ran;
    struct cnn_train train = tiny_train;
    struct cnn_model m = with(&one);
    (void)state;
    train.schedule = (struct cnn_schedule){.kind = CNN_LR_COSINE, .lr = 0.02};
    m.train = &train;
    run_model(&m, &ran, "train --quiet --save cosine.npz");
    train.schedule.kind = CNN_LR_CONSTANT;
    run_model(&m, &ran, "ensemble --quiet --save one.safetensors");
    run_model(&m, &ran, "export --weights one.safetensors --member 1 -o one.npz");
    assert_true(same_files("cosine.npz", "one.npz"));
}

/* ---- boosting */

static const char *line_of(const char *text, int i)
{
    for (; i > 0 && text; i--)
        text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
    return text;
}

/* The first member is a training with all weights 1. */
static void test_boosting_begins(void **state)
{
    static struct ran ran;
    (void)state;
    works(&boosting, &ran, "ensemble --epochs 1 --save b.safetensors");
    assert_true(strncmp(line_of(ran.out, 0), "member 1/3 - accuracy: ", 23) == 0);
    assert_non_null(strstr(ran.out, " - weight: "));
    assert_non_null(strstr(ran.out, " - weighted_error: 0."));
    works(&boosting, &ran, "export --weights b.safetensors --member 1 -o b1.npz");
    works(&voting, &ran, "ensemble --epochs 1 --save v.safetensors");
    works(&voting, &ran, "export --weights v.safetensors --member 1 -o v1.npz");
    assert_true(same_files("b1.npz", "v1.npz"));
}

static void test_boosting_ends(void **state)
{
    static struct ran ran;
    struct cnn_model m = with(&boosting);
    (void)state;
    works(&boosting, &ran, "ensemble --limit 8 --epochs 60 --save b.safetensors");
    assert_non_null(strstr(ran.out, "\nboosting ends: member 1 makes no mistake\nensemble of 1 - "));
    works(&boosting, &ran, "evaluate --weights b.safetensors");
    m.core.predict = never_right;
    run_model(&m, &ran, "ensemble --save n.safetensors");
    assert_int_equal(ran.status, 1);
    assert_non_null(strstr(ran.out, "the first member is no better than chance: its error on the training rows is "));
    assert_int_not_equal(access("n.safetensors", F_OK), 0);
}

/* ---- stacking */

static double number_behind(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    if (!at)
        fail_msg("no '%s': %s", key, text);
    return atof(at + strlen(key));
}

/* The labels are random. Members learn those of their own rows by heart, but their answers for other rows are right
 * only by chance. This shows that no member has seen the fold that it answers for. */
static void test_stacking_does_not_leak(void **state)
{
    enum { NOISE_ROWS = 120 };
    static struct ran ran;
    int32_t y[NOISE_ROWS];
    uint32_t bits[4];
    struct cnn_data data = tiny_data;
    struct cnn_model m = with(&stacking);
    double oof = 0, learned = 0;
    (void)state;
    for (int i = 0; i < NOISE_ROWS; i++) {
        cnn_random4(99, (uint64_t)i, 0, bits);
        y[i] = (int32_t)(bits[0] % Y_N);
    }
    const int64_t rows = NOISE_ROWS;
    const struct cnn_array a = cnn_array_view(CNN_I32, 1, &rows, y);
    assert_int_equal(cnn_npy_write("noise-y.npy", &a, &error), 0);
    write_rows("noise-x.npy", "unused.npy", NOISE_ROWS, 21);
    data.train = data.test = (struct cnn_source){.kind = CNN_NPY, .x = "noise-x.npy", .y = "noise-y.npy"};
    data.validation_split = 0;
    m.data = &data;
    for (int seed = 1; seed <= 4; seed++) {
        char args[100];
        snprintf(args, sizeof args, "ensemble --epochs 300 --lr 0.03 --seed %d --jobs 2 --save n.safetensors", seed);
        run_model(&m, &ran, args);
        assert_int_equal(ran.status, 0);
        oof += number_behind(ran.out, " - oof_accuracy: ") / 4;
        learned += number_behind(ran.out, "member 1/2 - accuracy: ") / 4;
    }
    assert_true(learned > 0.55); /* here the rows that it was trained on are the test rows */
    assert_true(fabs(oof - 1. / 3) <
                4 * 0.022); /* the deviation of the mean of 480 answers that are not quite independent */
}

static void test_stacking_of_few_rows(void **state)
{
    (void)state;
    fails(&stacking, "ensemble --limit 2", "3 folds of 2 rows");
}

/* ---- the file */

static void test_whose_file(void **state)
{
    static struct ran ran;
    struct cnn_model m = with(&voting);
    (void)state;
    works(&voting, &ran, "ensemble --save e.safetensors --quiet");
    succeeds("train --save w.safetensors --quiet");
    says("ensemble", 1, "tiny.net: no 'ensemble' says which, such as 'ensemble bagging members=5'");
    fails(&voting, "train --weights e.safetensors", "e.safetensors: holds an ensemble; 'export --member N' takes out");
    fails(&voting, "export --weights e.safetensors -o x.npz",
          "--member N says which member's weights are wanted, from 1 to 3");
    fails(&voting, "export --weights e.safetensors -o x.npz --member 4", "from 1 to 3");
    fails(&voting, "export --weights w.safetensors -o x.npz --member 1", "not of an ensemble");
    fails(&voting, "ensemble --save e.npz", "use .safetensors");
    fails(&voting, "ensemble --save no/such.safetensors", "no/such");
    fails(&snapshot, "ensemble --epochs 4", "4 epochs cannot be cut into 3 cycles");
    m.hash++;
    run_model(&m, &ran, "evaluate --weights e.safetensors");
    assert_int_equal(ran.status, 1);
    assert_non_null(strstr(ran.out, "is an ensemble of another network"));
}

/* Writes e.safetensors, with something changed by the caller, as d.safetensors. */
static void write_changed(struct cnn_tensors *t)
{
    assert_int_equal(cnn_safetensors_write("d.safetensors", t, &error), 0);
    cnn_tensors_free(t);
    assert_int_equal(cnn_safetensors_read("e.safetensors", t, &error), 0);
}

static struct cnn_tensor *tensor(struct cnn_tensors *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->at[i].name, name) == 0)
            return &t->at[i];
    fail_msg("no %s", name);
    return NULL;
}

static void test_damaged_files(void **state)
{
    static const struct {
        const char *key, *value;
    } wrong[] = {{"members", "2"},           {"members", "0"},    {"members", "9x"},
                 {"members", "99999999999"}, {"combine", "loud"}, {"normalize.mean", "x"}};
    static const double weights[][3] = {{1, -1, 1}, {0, 0, 0}, {1, NAN, 1}};
    static struct ran ran;
    struct cnn_tensors t = {0};
    (void)state;
    works(&voting, &ran, "ensemble --save e.safetensors --quiet");
    assert_int_equal(cnn_safetensors_read("e.safetensors", &t, &error), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        for (size_t k = 0; k < t.n_metadata; k++)
            if (strcmp(t.metadata[k].key, wrong[i].key) == 0) {
                free(t.metadata[k].value);
                t.metadata[k].value = strdup(wrong[i].value);
            }
        write_changed(&t);
        fails(&voting, "evaluate --weights d.safetensors", "d.safetensors: ");
    }
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
        tensor(&t, "ensemble.weights")->array.data = weights[i];
        write_changed(&t);
        fails(&voting, "evaluate --weights d.safetensors", "'ensemble.weights' is missing or damaged");
    }
    strcpy(tensor(&t, "member_1/out.bias")->name, "member_7/out.bias");
    write_changed(&t);
    fails(&voting, "evaluate --weights d.safetensors", "'member_1/out.bias' [3] is missing");
    const float one = 1;
    assert_int_equal(cnn_tensors_add(&t, "more", cnn_array_view(CNN_F32, 0, NULL, &one), &error), 0);
    write_changed(&t);
    fails(&voting, "evaluate --weights d.safetensors", "belong to none of its 3 members");
    cnn_tensors_free(&t);
}

static void test_damaged_meta_learners(void **state)
{
    static struct ran ran;
    static const double nan[3] = {NAN, 0, 0};
    struct cnn_tensors t = {0};
    (void)state;
    works(&stacking, &ran, "ensemble --save e.safetensors --quiet --epochs 1");
    assert_int_equal(cnn_safetensors_read("e.safetensors", &t, &error), 0);
    tensor(&t, "meta.bias")->array.data = nan;
    write_changed(&t);
    fails(&stacking, "evaluate --weights d.safetensors", "'meta.bias' is missing or damaged");
    tensor(&t, "meta.kernel")->array.shape[0] = 3;
    write_changed(&t);
    fails(&stacking, "evaluate --weights d.safetensors", "'meta.kernel' is missing or damaged");
    for (size_t i = 0; i < t.n_metadata; i++)
        if (strcmp(t.metadata[i].key, "meta") == 0)
            t.metadata[i].value[0] = 'x';
    write_changed(&t);
    fails(&stacking, "evaluate --weights d.safetensors", "'meta' is missing or damaged");
    cnn_tensors_free(&t);
}

/* A run writes the file only at its end; a run that does not reach its end leaves what was there. */
static void test_nothing_half_done(void **state)
{
    static struct ran ran;
    (void)state;
    works(&voting, &ran, "ensemble --save old.safetensors --quiet");
    works(&voting, &ran, "ensemble --save kept.safetensors --quiet");
    fails(&voting, "ensemble --save kept.safetensors --lr 1e30", "member 1: the loss is ");
    assert_true(same_files("old.safetensors", "kept.safetensors"));
    fails(&voting, "ensemble --save never.safetensors --lr 1e30 --jobs 2", "member 1: the loss is ");
    assert_int_not_equal(access("never.safetensors", F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bootstrap_draws_with_replacement),
        cmocka_unit_test(test_soft),
        cmocka_unit_test(test_hard),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_same_however_many_at_once),
        cmocka_unit_test(test_one_member_is_that_member),
        cmocka_unit_test(test_one_snapshot_is_a_cosine),
        cmocka_unit_test(test_boosting_begins),
        cmocka_unit_test(test_boosting_ends),
        cmocka_unit_test(test_stacking_does_not_leak),
        cmocka_unit_test(test_stacking_of_few_rows),
        cmocka_unit_test(test_whose_file),
        cmocka_unit_test(test_damaged_files),
        cmocka_unit_test(test_damaged_meta_learners),
        cmocka_unit_test(test_nothing_half_done),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
