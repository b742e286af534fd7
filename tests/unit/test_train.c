/* test_train.c -- the program around a network: tiny_model.c driven through cnn_main on made-up data. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "run.h"
#include "tiny_model.c"

enum { TRAIN_ROWS = 250, TEST_ROWS = 61, MOST_ARGS = 16, MOST_TEXT = 1 << 16 };

/* ---- a folder with data; programs run in a child, since a run leaves signal handlers behind */

struct ran {
    int status;
    char out[MOST_TEXT];
};

static void slurp(const char *path, char *out)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(out, 1, MOST_TEXT - 1, f);
    out[n] = '\0';
    fclose(f);
}

static void child(const struct cnn_model *m, int argc, char **argv)
{
    int fd = open("out.txt", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    int status = cnn_main(argc, argv, m);
    fflush(NULL);
    exit(status); /* not _exit: coverage is written at exit */
}

/* args: words separated by blanks */
static void run_model(const struct cnn_model *m, struct ran *r, const char *args)
{
    char words[1024], *argv[MOST_ARGS] = {(char *)(uintptr_t) "tiny"};
    int argc = 1;
    snprintf(words, sizeof words, "%s", args);
    for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
        argv[argc++] = w;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        child(m, argc, argv);
    waitpid(pid, &r->status, 0);
    r->status = WIFEXITED(r->status) ? WEXITSTATUS(r->status) : -1;
    slurp("out.txt", r->out);
}

static void run(struct ran *r, const char *args)
{
    run_model(&tiny_model, r, args);
}

static void succeeds(const char *args)
{
    struct ran r;
    run(&r, args);
    if (r.status != 0)
        fail_msg("%s: status %d: %s", args, r.status, r.out);
}

static void says(const char *args, int status, const char *text)
{
    struct ran r;
    run(&r, args);
    if (r.status != status || !strstr(r.out, text))
        fail_msg("%s: status %d (wanted %d), wanted '%s': %s", args, r.status, status, text, r.out);
}

static int same_files(const char *a, const char *b)
{
    static char x[MOST_TEXT], y[MOST_TEXT];
    struct stat sa, sb;
    assert_int_equal(stat(a, &sa), 0);
    assert_int_equal(stat(b, &sb), 0);
    if (sa.st_size != sb.st_size || sa.st_size >= MOST_TEXT)
        return 0;
    slurp(a, x);
    slurp(b, y);
    return memcmp(x, y, (size_t)sa.st_size) == 0;
}

/* Three classes around three corners. */
static void write_rows(const char *x_path, const char *y_path, int64_t rows, uint64_t seed)
{
    static float x[TRAIN_ROWS * X_N];
    static int32_t y[TRAIN_ROWS];
    struct cnn_error e;
    for (int64_t i = 0; i < rows; i++) {
        y[i] = (int32_t)(i % Y_N);
        for (int k = 0; k < X_N; k++)
            x[i * X_N + k] = (float)(1.5 * (k == y[i]) + 0.4 * cnn_madeup_normal(seed, 7, (uint64_t)(i * X_N + k)));
    }
    struct cnn_array ax = cnn_array_view(CNN_F32, 2, (const int64_t[]){rows, X_N}, x);
    struct cnn_array ay = cnn_array_view(CNN_I32, 1, (const int64_t[]){rows}, y);
    assert_int_equal(cnn_npy_write(x_path, &ax, &e), 0);
    assert_int_equal(cnn_npy_write(y_path, &ay, &e), 0);
}

static int enter_folder(void **state)
{
    char name[] = "/tmp/cnn-train-XXXXXX";
    if (!mkdtemp(name) || chdir(name) != 0)
        return -1;
    *state = strdup(name);
    write_rows("train-x.npy", "train-y.npy", TRAIN_ROWS, 11);
    write_rows("test-x.npy", "test-y.npy", TEST_ROWS, 12);
    return 0;
}

static int leave_folder(void **state)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    free(*state);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

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

/* SIGTERM to a run at a step that its update counts. */
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
            says("train --resume cut.safetensors --no-shuffle", 1, "go on without --no-shuffle");
        if (deadly_step == 20)
            says("train --resume cut.safetensors --limit 100", 1, "not of 90 in 16");
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

/* A fitted normalisation travels with the weights. */
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
    assert_non_null(strstr(why, "the loss is not"));
    for (int i = 0; i < fast_B0; i++)
        theta[i] = 3e38f;
    bad_batch(theta, why);
    assert_string_equal(why, "layer 'dense' (Dense) is the first whose output is not finite");
    theta[fast_W1] = (float)INFINITY;
    bad_batch(theta, why);
    assert_string_equal(why, "parameter 'out.kernel' is no longer finite");
}

static void test_wrong_usage(void **state)
{
    (void)state;
    says("trian", 2, "unknown command 'trian'; did you mean 'train'?");
    says("train --epoch 3", 2, "unknown option '--epoch'; did you mean '--epochs'?");
    says("train --epoch=3", 2, "did you mean '--epochs'?");
    says("xyzzy", 2, "unknown command 'xyzzy'\n");
    says("train --epochs", 2, "--epochs wants a value");
    says("train --epochs 0", 2, "from 1 up, not '0'");
    says("train --epochs 2x", 2, "not '2x'");
    says("train --seed -1", 2, "from 0 up");
    says("train --lr nan", 2, "above 0");
    says("train --quiet=1", 2, "takes no value");
    says("train --log=", 2, "wants a value");
    says("train --threads 1000", 2, "at most 256");
    says("train --save w.h5", 2, "w.h5: the name of a file of weights ends in");
    says("train --input x.npy", 2, "'train' has no option '--input'");
    says("train more", 2, "nothing is expected after 'train'");
    says("summary --epochs 3", 0, "warning: '--epochs' does nothing for 'summary'");
    says("predict", 2, "wants --input");
    says("predict --input x.npy -o y.txt", 2, "ends in .npy");
    says("predict more.png", 2, "images as inputs are not supported yet");
    says("predict --input a.png", 1, "no weights");
    says("gradients --input x.npy -o g.npz", 2, "wants --target");
    says("gradients --input x.npy --target y.npy", 2, "wants -o");
    says("gradients --input x.npy --target y.npy -o g.npy", 2, "ends in .safetensors or .npz");
    says("gradcheck --input x.npy", 2, "or neither");
    says("export --weights w.npz", 2, "wants -o");
    says("crossval", 2, "not supported yet");
    says("train --save no/such/w.npz", 1, "no/such/w.npz");
    says("train --log no/such/log.csv", 1, "no/such/log.csv");
    says("train --data-dir nowhere", 1, "nowhere");
}

static void test_help(void **state)
{
    (void)state;
    says("-h", 0, "--data-dir DIR");
    says("--help", 0, "gradcheck");
    says("train -h", 0, "usage: tiny train [options]");
    says("predict --help", 0, "--input FILE");
    says("summary", 0, "dense (Dense)");
    says("summary", 0, "Total params: 67 (268.00 B)");
}

static void test_wrong_model(void **state)
{
    struct ran r;
    struct cnn_model m = tiny_model;
    (void)state;
    m.abi = 0;
    run_model(&m, &r, "summary");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "run cnnc again"));
}

static void test_full_output(void **state)
{
    (void)state;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        char program[] = "tiny", command[] = "summary", *argv[] = {program, command, NULL};
        if (!freopen("/dev/full", "w", stdout))
            exit(77);
        if (!freopen("/dev/null", "w", stderr))
            exit(77);
        exit(cnn_main(2, argv, &tiny_model));
    }
    int status;
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 1);
}

/* ---- predict, gradients, gradcheck */

static void test_predict(void **state)
{
    struct cnn_array y;
    struct cnn_error e;
    (void)state;
    succeeds("train --quiet --epochs 8 --save p.safetensors");
    succeeds("predict --weights p.safetensors --input test-x.npy -o p1.npy --threads 1");
    succeeds("predict --weights p.safetensors --input test-x.npy -o p3.npy --threads 3");
    assert_true(same_files("p1.npy", "p3.npy"));
    assert_int_equal(cnn_npy_read("p1.npy", &y, &e), 0);
    assert_int_equal(y.rank, 2);
    assert_int_equal(y.shape[0], TEST_ROWS);
    assert_int_equal(y.shape[1], Y_N);
    int hits = 0;
    for (int i = 0; i < TEST_ROWS; i++) {
        const float *p = (const float *)y.data + i * Y_N;
        hits += p[i % Y_N] > 0.5f;
        assert_true(fabsf(p[0] + p[1] + p[2] - 1) < 1e-5f);
    }
    assert_true(hits > TEST_ROWS * 9 / 10);
    cnn_array_free(&y);
    says("predict --weights p.safetensors --input test-x.npy", 0, "\n1: 1 (0.");
    says("predict --weights p.safetensors --input a.png", 1, "images as inputs are not supported yet");
    says("predict --weights p.safetensors --input none.npy", 1, "none.npy");
    says("predict --input test-x.npy", 1, "no weights: give --weights FILE");
}

static double tensor_at(const struct cnn_tensors *t, const char *name, int64_t i)
{
    const struct cnn_array *a = cnn_tensors_find(t, name);
    assert_non_null(a);
    return cnn_array_get(a, i);
}

/* A batch of any size is one batch: its gradient is the mean of those of its rows, up to the penalties. */
static void test_gradients(void **state)
{
    struct cnn_tensors t = {0}, again = {0};
    struct cnn_error e;
    (void)state;
    succeeds("gradients --input test-x.npy --target test-y.npy -o g.npz");
    succeeds("gradients --input test-x.npy --target test-y.npy -o g.safetensors");
    assert_int_equal(cnn_tensors_read("g.npz", &t, &e), 0);
    assert_int_equal(cnn_tensors_read("g.safetensors", &again, &e), 0);
    assert_int_equal(t.n, 5);
    assert_int_equal(cnn_tensors_find(&t, "loss")->rank, 0);
    assert_true(tensor_at(&t, "loss", 0) > 0.5);
    for (int64_t i = 0; i < H_N * Y_N; i++)
        assert_true(tensor_at(&t, "out.kernel", i) == tensor_at(&again, "out.kernel", i));
    cnn_tensors_free(&t);
    cnn_tensors_free(&again);
    says("gradients --input test-x.npy --target train-y.npy -o g.npz", 1, "train-y.npy");
}

static void wrong_chunk(const float *theta, const float *prepared, const float *x, const void *target, float *grad,
                        float *y, float *scratch, int n, const struct cnn_step *step, struct cnn_sums *sums)
{
    fast_chunk(theta, prepared, x, target, grad, y, scratch, n, step, sums);
    if (grad)
        grad[fast_W1] *= 1.5f;
}

static void wrong_reference(const double *theta, const double *prepared, const double *x, const void *target,
                            double *grad, double *y, double *scratch, int n, const struct cnn_step *step,
                            struct cnn_sums *sums)
{
    ref_chunk(theta, prepared, x, target, grad, y, scratch, n, step, sums);
    if (grad)
        grad[ref_W0 + 3] *= 1.001;
}

static void test_gradcheck(void **state)
{
    struct ran r;
    struct cnn_model m = tiny_model;
    (void)state;
    says("gradcheck", 0, "worst relative error: ");
    says("gradcheck --seed 9", 0, "dense.kernel                         32       32");
    says("gradcheck --input test-x.npy --target test-y.npy", 0, "8 rows of --input");
    m.core.chunk = wrong_chunk;
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "gradients of the float kernels differ"));
    m = tiny_model;
    m.reference.chunk = wrong_reference;
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "differ from central differences"));
    m.reference.chunk = NULL;
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "CNN_NO_REFERENCE"));
}

/* ---- */

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
    struct cnn_layout l = {0};
    struct cnn_error e;
    (void)state;
    assert_int_equal(cnn_layout_add(&l, 3, sizeof(float)), 0);
    assert_int_equal(cnn_layout_add(&l, 1, 1) % 64, 0);
    assert_false(l.overflow);
    cnn_layout_add(&l, SIZE_MAX / 2, 8);
    assert_true(l.overflow);
    assert_null(cnn_layout_alloc(&l, "moon", &e));
    assert_non_null(strstr(e.text, "no memory for the moon"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns),
        cmocka_unit_test(test_threads_give_the_same_bits),
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
        cmocka_unit_test(test_wrong_usage),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_wrong_model),
        cmocka_unit_test(test_full_output),
        cmocka_unit_test(test_predict),
        cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_gradcheck),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_layout),
    };
    return cmocka_run_group_tests_name("train", tests, enter_folder, leave_folder);
}
