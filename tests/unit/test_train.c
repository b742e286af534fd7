/* test_train.c -- fit, checkpoints, threads: tiny_model.c driven through cnn_main. */
#include "engine/engine.h"
#include "support/support.h"
#include "tiny_run.c"
#include "train/fit.h"

/* ---- fit */

static void test_learns(void **state)
{
    struct ran r;
    (void)state;
    run(&r, "--epochs 8 --save w.safetensors --log log.csv");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "Epoch 1/8\n15/15 - "));
    assert_non_null(strstr(r.out, " - val_top_k: "));
    char *test = strstr(r.out, "test - loss: ");
    assert_non_null(test);
    char *accuracy = strstr(test, " - accuracy: ");
    assert_non_null(accuracy);
    assert_true(atof(accuracy + 13) > 0.9);
}

static void test_threads_give_the_same_bits(void **state)
{
    (void)state;
    succeeds("train --threads 1 --save t1.safetensors --quiet --log t1.csv");
    succeeds("train --threads 2 --save t2.safetensors --quiet --log t2.csv");
    succeeds("train --threads=3 --save=t3.safetensors --quiet");
    succeeds("train --threads 200 --save t4.safetensors --quiet");
    assert_true(same_files("t1.safetensors", "t2.safetensors"));
    assert_true(same_files("t1.safetensors", "t3.safetensors"));
    assert_true(same_files("t1.safetensors", "t4.safetensors"));
    assert_true(same_files("t1.csv", "t2.csv"));
}

/* With few parameters each thread has a copy, and updates all of it; with more, a part, and fetches the others; with
 * many, all threads share one copy. Here padding makes them so many. */
static void test_copies_make_no_difference(void **state)
{
    struct ran r;
    struct cnn_model many = tiny_model;
    char args[64];
    (void)state;
    succeeds("train --threads 2 --save few.npz --quiet");
    for (int i = 0; i < 10; i++) {
        many.core.theta = (i < 5 ? CNN_OWN_COPY : CNN_FETCHED_COPY) + 1;
        snprintf(args, sizeof args, "train --threads %d --save many.npz --quiet", 1 + i % 5);
        run_model(&many, &r, args);
        assert_int_equal(r.status, 0);
        assert_true(same_files("few.npz", "many.npz"));
    }
}

/* Does all phases in one: every thread steps from the unsummed gradients. */
static void update_at_once(float *theta, float *state, float *const *grads, int n_grads, const struct cnn_update *u)
{
    float sum[fast_THETA];
    float *const sums[] = {sum};
    struct cnn_update second = *u;
    for (size_t i = 0; i < fast_THETA; i++) {
        sum[i] = grads[0][i];
        for (int c = 1; c < n_grads; c++)
            sum[i] += grads[c][i];
    }
    second.phase = 1;
    tiny_update(theta, state, sums, 1, &second);
}

static void test_one_phase(void **state)
{
    struct ran r;
    struct cnn_model m = tiny_model;
    char args[64];
    (void)state;
    m.update = update_at_once;
    m.update_phases = 1;
    succeeds("train --threads 1 --save two.safetensors --quiet");
    for (int threads = 1; threads <= 5; threads++) {
        snprintf(args, sizeof args, "train --threads %d --save one.safetensors --quiet", threads);
        run_model(&m, &r, args);
        assert_int_equal(r.status, 0);
        assert_true(same_files("two.safetensors", "one.safetensors"));
    }
}

static void test_options_matter(void **state)
{
    (void)state;
    succeeds("train --quiet --save spec.npz");
    succeeds("train --quiet --save same.npz --seed 1");
    succeeds("train --quiet --save seed.npz --seed 2");
    succeeds("train --quiet --save lr.npz --lr 0.02");
    succeeds("train --quiet --save order.npz --no-shuffle");
    succeeds("train --quiet --save limit.npz --limit 100");
    assert_true(same_files("spec.npz", "same.npz"));
    assert_false(same_files("spec.npz", "seed.npz"));
    assert_false(same_files("spec.npz", "lr.npz"));
    assert_false(same_files("spec.npz", "order.npz"));
    assert_false(same_files("spec.npz", "limit.npz"));
}

static void test_log(void **state)
{
    static char text[MOST_TEXT];
    (void)state;
    succeeds("train --quiet --epochs 2 --log two.csv --save two.safetensors");
    succeeds("train --quiet --epochs 3 --log two.csv --resume two.safetensors");
    succeeds("train --quiet --epochs 3 --log two.csv --resume two.safetensors"); /* epoch 2 once more */
    slurp("two.csv", text);
    assert_non_null(strstr(text, "epoch,accuracy,loss,top_k,val_accuracy,val_loss,val_top_k\n0,0."));
    assert_non_null(strstr(text, "\n2,"));
    assert_null(strstr(strstr(text, "\n2,") + 1, "\n2,"));
    succeeds("train --quiet --epochs 3 --log three.csv");
}

/* ---- checkpoints */

static void test_resume_after_an_epoch(void **state)
{
    (void)state;
    succeeds("train --quiet --epochs 4 --lr 0.01 --save whole.safetensors");
    succeeds("train --quiet --epochs 4 --save again.safetensors");
    assert_true(same_files("whole.safetensors", "again.safetensors"));
    succeeds("train --quiet --resume whole.safetensors --epochs 4 --save done.safetensors");
    assert_true(same_files("whole.safetensors", "done.safetensors"));
    says("train --resume whole.safetensors --epochs 4", 0, "all of 4 epochs are done");
}

/* A run gets SIGTERM or SIGINT at this step, as counted by its update. */
static int64_t deadly_step;
static void update_and_raise(float *theta, float *state, float *const *grads, int n_grads, const struct cnn_update *u)
{
    tiny_update(theta, state, grads, n_grads, u);
    if (u->t == deadly_step && u->phase == 0 && u->part == 0)
        raise(u->t % 2 ? SIGTERM : SIGINT);
}

static void test_resume_in_an_epoch(void **state)
{
    struct ran r;
    struct cnn_model m = tiny_model;
    m.update = update_and_raise;
    (void)state;
    succeeds("train --quiet --save whole.safetensors --log whole.csv");
    for (deadly_step = 14; deadly_step < 32; deadly_step++) { /* 15 steps an epoch */
        run_model(&m, &r, "train --quiet --save cut.safetensors --log cut.csv --threads 2");
        assert_int_equal(r.status, 130);
        assert_non_null(strstr(r.out, "saved cut.safetensors"));
        if (deadly_step == 20)
            says("train --resume cut.safetensors --no-shuffle --force", 1, "go on without --no-shuffle");
        if (deadly_step == 20)
            says("train --resume cut.safetensors --limit 100 --force", 1, "not of 90 in 16");
        succeeds("train --quiet --resume cut.safetensors --save resumed.safetensors --log cut.csv");
        assert_true(same_files("whole.safetensors", "resumed.safetensors"));
        assert_true(same_files("whole.csv", "cut.csv"));
    }
    run_model(&m, &r, "train --quiet"); /* deadly_step is beyond what that run reaches no more */
    assert_int_equal(r.status, 130);
    assert_non_null(strstr(r.out, "nothing was saved"));
    deadly_step = 0;
}

static void test_interrupted_weights(void **state)
{
    struct ran r;
    struct cnn_model m = tiny_model;
    m.update = update_and_raise;
    deadly_step = 3;
    (void)state;
    run_model(&m, &r, "train --save cut.npz");
    assert_int_equal(r.status, 130);
    assert_non_null(strstr(r.out, "weights alone"));
    succeeds("evaluate --weights cut.npz");
    deadly_step = 0;
}

/* Replaces a word of a file by another of the same length. */
static void replace_word(const char *path, const char *from, const char *to)
{
    char bytes[1 << 16];
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    const size_t n = fread(bytes, 1, sizeof bytes, f), length = strlen(from);
    for (size_t i = 0; i + length <= n; i++)
        if (memcmp(bytes + i, from, length) == 0)
            memcpy(bytes + i, to, length);
    rewind(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

/* Older versions wrote a hash of the spec's words, which cannot be compared with today's fingerprint. */
static void test_old_checkpoint(void **state)
{
    struct ran r;
    struct cnn_model other = tiny_model;
    (void)state;
    succeeds("train --quiet --epochs 1 --save old.safetensors");
    other.hash++;
    run_model(&other, &r, "train --quiet --epochs 2 --resume old.safetensors --save new.safetensors");
    assert_int_equal(r.status, 1);
    replace_word("old.safetensors", "hash.of", "hash.xx");
    run_model(&other, &r, "train --quiet --epochs 2 --resume old.safetensors --save new.safetensors");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "an older version wrote it"));
    run_model(&other, &r, "train --quiet --epochs 3 --resume new.safetensors");
    assert_int_equal(r.status, 0);
    assert_null(strstr(r.out, "an older version"));
}

static void test_refused_checkpoints(void **state)
{
    struct ran r;
    struct cnn_model other = tiny_model;
    struct cnn_train sgd = tiny_train;
    (void)state;
    succeeds("train --quiet --epochs 1 --save c.safetensors");
    succeeds("export --weights c.safetensors -o c.npz");
    succeeds("export --weights c.npz -o plain.safetensors");
    says("train --resume plain.safetensors", 1, "no checkpoint to resume; to start from them use --weights");
    says("train --resume c.npz", 1, "use --weights");
    says("train --resume none.safetensors", 1, "none.safetensors");
    says("train --resume c.safetensors --seed 5", 1, "was begun with --seed 1, not 5");
    says("train --resume c.safetensors --weights c.npz", 2, "exclude");
    other.hash++;
    run_model(&other, &r, "train --resume c.safetensors");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "another network"));
    other = tiny_model;
    sgd.optimizer = "sgd";
    other.train = &sgd;
    run_model(&other, &r, "train --resume c.safetensors");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "optimiser 'adam', not 'sgd'"));
}

static void test_checkpoint_of_the_spec(void **state)
{
    struct ran r;
    struct cnn_model m = tiny_model;
    struct cnn_train train = tiny_train;
    train.checkpoint = "spec.safetensors";
    train.log_csv = "spec.csv";
    m.train = &train;
    (void)state;
    run_model(&m, &r, "evaluate");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "no weights: give --weights FILE"));
    run_model(&m, &r, "train --epochs 1 --quiet");
    assert_int_equal(r.status, 0);
    assert_int_equal(access("spec.csv", R_OK), 0);
    run_model(&m, &r, "evaluate");
    assert_int_equal(r.status, 0);
    assert_memory_equal(r.out, "loss: ", 6);
}

/* A fitted normalization is stored with the weights. */
static void test_normalisation(void **state)
{
    struct ran r;
    struct cnn_model m = tiny_model;
    struct cnn_data data = tiny_data;
    static char first[MOST_TEXT];
    data.mean_auto = data.std_auto = 1;
    m.data = &data;
    (void)state;
    run_model(&m, &r, "train --epochs 1 --quiet --save fitted.safetensors");
    assert_int_equal(r.status, 0);
    run_model(&m, &r, "evaluate --weights fitted.safetensors");
    assert_int_equal(r.status, 0);
    strcpy(first, r.out);
    run_model(&m, &r, "export --weights fitted.safetensors -o exported.safetensors");
    assert_int_equal(r.status, 0);
    assert_int_equal(rename("train-x.npy", "hidden.npy"), 0);
    run_model(&m, &r, "evaluate --weights exported.safetensors");
    assert_int_equal(rename("hidden.npy", "train-x.npy"), 0);
    assert_string_equal(r.out, first);
    run_model(&m, &r, "train --resume exported.safetensors");
    assert_int_equal(r.status, 1);
    run_model(&m, &r, "export --weights fitted.safetensors -o exported.npz");
    run_model(&m, &r, "evaluate --weights exported.npz");
    assert_string_equal(r.out, first);
}

/* ---- trouble */

static void test_not_finite(void **state)
{
    (void)state;
    succeeds("train --quiet --epochs 1 --save good.safetensors");
    says("train --lr 1e38", 1, "at epoch 1, step ");
    says("train --quiet --epochs 2 --resume good.safetensors --save good.safetensors --lr 1e38", 1,
         "checkpoint is good.safetensors");
    succeeds("evaluate --weights good.safetensors");
}

static void bad_batch(float *theta, char *why)
{
    struct cnn_dataset d;
    struct cnn_error e;
    struct cnn_batch b = {&d, NULL, 0, 8, 1, 0};
    assert_int_equal(cnn_madeup_data(&tiny_model, 1, 8, &d, &e), 0);
    d.x_file = (char *)(uintptr_t) "made-up.npy";
    if (theta[0] == 0)
        ((float *)(uintptr_t)d.x.data)[5 * X_N] = (float)NAN;
    cnn_diagnose(&tiny_model, theta, &b, why, 200);
    cnn_dataset_free(&(struct cnn_dataset){.x = d.x, .y = d.y});
}

static void test_diagnosis(void **state)
{
    float theta[fast_THETA] = {0};
    char why[200];
    (void)state;
    bad_batch(theta, why);
    assert_string_equal(why, "made-up.npy: row 5 is not finite");
    theta[0] = 1;
    bad_batch(theta, why);
    assert_non_null(strstr(why, "too large for float32; a smaller lr, clipnorm=1"));
    for (int i = 0; i < fast_B0; i++)
        theta[i] = 3e38f;
    bad_batch(theta, why);
    assert_string_equal(why, "layer 'dense' (Dense) is the first whose output is not finite");
    theta[fast_W1] = (float)INFINITY;
    bad_batch(theta, why);
    assert_string_equal(why, "parameter 'out.kernel' is no longer finite");
}

/* ---- threads and arenas */

static void mark(void *arg, int thread)
{
    struct {
        struct cnn_pool *pool;
        int seen[8][50];
    } *a = arg;
    for (int i = 0; i < 50; i++) {
        a->seen[thread][i] = 1;
        cnn_pool_barrier(a->pool);
        for (int t = 0; t < 5; t++)
            assert_true(a->seen[t][i]);
    }
}

static void test_pool(void **state)
{
    struct cnn_error e;
    struct {
        struct cnn_pool *pool;
        int seen[8][50];
    } a = {cnn_pool_new(5, &e), {{0}}};
    (void)state;
    assert_non_null(a.pool);
    cnn_pool_run(a.pool, mark, &a);
    cnn_pool_run(a.pool, mark, &a);
    cnn_pool_free(a.pool);
    cnn_pool_free(NULL);
}

static void test_layout(void **state)
{
    struct cnn_arena l = {0};
    struct cnn_error e;
    (void)state;
    assert_int_equal(cnn_arena_add(&l, 3, sizeof(float)), 0);
    assert_int_equal(cnn_arena_add(&l, 1, 1) % 64, 0);
    assert_false(l.overflow);
    cnn_arena_add(&l, SIZE_MAX / 2, 8);
    assert_true(l.overflow);
    assert_null(cnn_arena_alloc(&l, "moon", &e));
    assert_non_null(strstr(e.text, "no memory for the moon"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_old_checkpoint),
        cmocka_unit_test(test_learns),
        cmocka_unit_test(test_threads_give_the_same_bits),
        cmocka_unit_test(test_copies_make_no_difference),
        cmocka_unit_test(test_one_phase),
        cmocka_unit_test(test_options_matter),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_resume_after_an_epoch),
        cmocka_unit_test(test_resume_in_an_epoch),
        cmocka_unit_test(test_interrupted_weights),
        cmocka_unit_test(test_refused_checkpoints),
        cmocka_unit_test(test_checkpoint_of_the_spec),
        cmocka_unit_test(test_normalisation),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_diagnosis),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_layout),
    };
    return cmocka_run_group_tests_name("train", tests, enter_folder, leave_folder);
}
