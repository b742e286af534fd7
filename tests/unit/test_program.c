/* test_program.c -- the command line and the commands other than train. */
#include "ports.h"
#include "support/support.h"
#include "tiny_run.c"

static void test_wrong_usage(void **state)
{
    (void)state;
    says("trian", 2, "unknown command 'trian'; did you mean 'train'?");
    says("train --epoch 3", 2, "unknown option '--epoch'; did you mean '--epochs'?");
    says("train --epoch=3", 2, "did you mean '--epochs'?");
    says("xyzzy", 2, "unknown command 'xyzzy'\n");
    says("train --epochs", 2, "--epochs wants a value");
    says("train --log --quiet", 2, "--log wants a value: --log FILE");
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
    says("predict", 2, "wants --input FILE");
    says("evaluate more.png", 2, "nothing is expected after 'evaluate'");
    says("predict --input a.png", 1, "no weights");
    says("gradients --input x.npy -o g.npz", 2, "wants --target");
    says("gradients --input x.npy --target y.npy", 2, "wants -o");
    says("gradients --input x.npy --target y.npy -o g.npy", 2, "ends in .safetensors or .npz");
    says("gradcheck --input x.npy", 2, "or neither");
    says("export --weights w.npz", 2, "wants -o");
    says("crossval", 1, "no 'validate' says how to divide the rows");
    says("train --jobs 2", 2, "'train' has no option '--jobs'");
    says("crossval --jobs 1000", 2, "at most 256");
    says("ensemble", 1, "no 'ensemble' says which");
    says("export --weights w.npz -o v.npz --member 0", 2, "from 1 up");
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

/* Folds that run at once give the same as folds in turn. When folds run in turn in one process, the second would
 * show what the first left behind. */
static void test_crossval(void **state)
{
    static struct ran alone, many;
    static const struct cnn_validate kfold = {.kind = CNN_KFOLD, .k = 4, .repeats = 2, .stratified = 1, .shuffle = 1},
                                     one = {.kind = CNN_LEAVE_ONE_OUT, .repeats = 1};
    struct cnn_model m = tiny_model;
    (void)state;
    m.validate = &kfold;
    run_model(&m, &alone, "crossval --epochs 2 --log folds.csv");
    assert_int_equal(alone.status, 0);
    assert_non_null(strstr(alone.out, "\nrepeat 2/2, fold 4/4 - accuracy: "));
    assert_non_null(strstr(alone.out, "\n  top_k: "));
    run_model(&m, &many, "crossval --epochs 2 --jobs 3 --threads 2");
    assert_string_equal(alone.out, many.out);
    run_model(&m, &many, "crossval --lr 1e30 --jobs 3");
    assert_int_equal(many.status, 1);
    assert_non_null(strstr(many.out, "repeat 1/2, fold 1/4: the loss is "));
    m.validate = &one;
    run_model(&m, &many, "crossval --epochs 1 --limit 20 --jobs 2");
    assert_int_equal(many.status, 0);
    assert_non_null(strstr(many.out, "\nfold 20/20 - accuracy: "));
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
    m.abi = CNN_ABI;
    m.n_inputs = CNN_MOST_PORTS + 1;
    run_model(&m, &r, "train");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "more than 16 inputs or outputs"));
}

static int summary_status(const char *output)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        char program[] = "tiny", command[] = "summary", *argv[] = {program, command, NULL};
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        if (output)
            dup2(open(output, O_WRONLY), STDOUT_FILENO);
        else
            close(STDOUT_FILENO);
        exit(cnn_main(2, argv, &tiny_model));
    }
    int status;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_full_output(void **state)
{
    (void)state;
    assert_int_equal(summary_status(NULL), 1);
    assert_int_equal(summary_status("/dev/null"), 0);
    if (access("/dev/full", W_OK) == 0)
        assert_int_equal(summary_status("/dev/full"), 1);
}

static void test_ignored_signal(void **state)
{
    struct sigaction now;
    (void)state;
    void (*old)(int) = signal(SIGTERM, SIG_IGN);
    cnn_signals_catch("tiny");
    sigaction(SIGTERM, NULL, &now);
    assert_true(now.sa_handler == SIG_IGN);
    signal(SIGTERM, old);
    signal(SIGINT, SIG_DFL);
    assert_int_equal(cnn_signals_caught(), 0);
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
    says("predict --weights p.safetensors --input a.png", 1, "a.png: this program reads no pictures");
    says("predict --weights p.safetensors --input none.npy", 1, "none.npy");
    says("predict --input test-x.npy", 1, "no weights: give --weights FILE");
}

static double tensor_at(const struct cnn_tensors *t, const char *name, int64_t i)
{
    const struct cnn_array *a = cnn_tensors_find(t, name);
    assert_non_null(a);
    return cnn_array_get(a, i);
}

/* Rows of any number are one batch: its gradient is the mean of the gradients of its rows, apart from the
 * penalties. */
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

/* The sum of a gradient and of a large number, of which floats would keep hardly a digit, and doubles keep eleven. */
static void uneasy_reference(const double *theta, const double *prepared, const double *x, const void *target,
                             double *grad, double *y, double *scratch, int n, const struct cnn_step *step,
                             struct cnn_sums *sums)
{
    volatile double large = 1e4;
    ref_chunk(theta, prepared, x, target, grad, y, scratch, n, step, sums);
    if (grad)
        for (int i = 0; i < (int)tiny_model.reference.theta; i++)
            grad[i] = (grad[i] + large) - large;
}

static void hardly_wrong_chunk(const float *theta, const float *prepared, const float *x, const void *target,
                               float *grad, float *y, float *scratch, int n, const struct cnn_step *step,
                               struct cnn_sums *sums)
{
    fast_chunk(theta, prepared, x, target, grad, y, scratch, n, step, sums);
    if (grad)
        grad[fast_W1] *= 1.0005f;
}

/* What no float can know is not asked of the kernels; more than that is. */
static void test_gradcheck_of_floats(void **state)
{
    struct ran r;
    struct cnn_model m = tiny_model;
    const struct cnn_core_stretch wrong = {.chunk = wrong_chunk}, hardly_wrong = {.chunk = hardly_wrong_chunk};
    const struct cnn_reference_stretch uneasy = {.chunk = uneasy_reference};
    (void)state;
    m.core.stretches = &hardly_wrong;
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 1);
    m.reference.stretches = &uneasy;
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, ", by rounding"));
    m.core.stretches = &wrong;
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "gradients of the float kernels differ"));
}

static void test_gradcheck(void **state)
{
    struct ran r;
    struct cnn_model m = tiny_model;
    const struct cnn_core_stretch wrong = {.chunk = wrong_chunk};
    const struct cnn_reference_stretch wrong_double = {.chunk = wrong_reference};
    (void)state;
    says("gradcheck", 0, "worst relative error: ");
    says("gradcheck --seed 9", 0, "dense.kernel                         32       32");
    says("gradcheck --input test-x.npy --target test-y.npy", 0, "8 rows of --input");
    m.core.stretches = &wrong;
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "gradients of the float kernels differ"));
    m = tiny_model;
    m.reference.stretches = &wrong_double;
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "differ from central differences"));
    m.reference.n_stretches = 0;
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "CNN_NO_REFERENCE"));
}

/* Made-up targets must be ones that the loss accepts. */
static void made_up(const struct cnn_target_rule *rule, double *sum, double *least)
{
    struct cnn_model m = tiny_model;
    struct cnn_dataset d;
    struct cnn_error e;
    own_ports(&m)->target = (struct cnn_target){.takes = *rule};
    assert_int_equal(cnn_madeup_data(&m, 3, 10, &d, &e), 0);
    *sum = *least = 0;
    for (int64_t i = 0; i < 10 * Y_N; i++) {
        double v = cnn_array_get(&d.y, i);
        *sum += v;
        *least = v < *least ? v : *least;
    }
    cnn_dataset_free(&d);
}

static void test_made_up_targets(void **state)
{
    double sum, least;
    (void)state;
    made_up(&(struct cnn_target_rule){1, 0, 1, 0, 1, 0, 0}, &sum, &least);
    assert_true(sum == 10 && least == 0);
    made_up(&(struct cnn_target_rule){1, 0, 1, 0, 0, 0, 0}, &sum, &least);
    assert_true(sum > 5 && sum < 25 && least == 0);
    made_up(&(struct cnn_target_rule){0}, &sum, &least);
    assert_true(least < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_usage),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_crossval),
        cmocka_unit_test(test_wrong_model),
        cmocka_unit_test(test_full_output),
        cmocka_unit_test(test_ignored_signal),
        cmocka_unit_test(test_predict),
        cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_gradcheck_of_floats),
        cmocka_unit_test(test_gradcheck),
        cmocka_unit_test(test_made_up_targets),
    };
    return cmocka_run_group_tests_name("program", tests, enter_folder, leave_folder);
}
