/* test_stretches.c -- steps of several stretches: statistics of a batch, and work that is shared out within a step. */
#include "engine/engine.h"
#include "tiny_run.c"

enum { MOST_IMAGES = 8 };

#define REAL         float
#define NAME(x)      fast_##x
#define LD           V
#define CHUNK_TYPE   cnn_core_chunk
#define STRETCH_TYPE cnn_core_stretch
#include "centred_core.h"
#undef REAL
#undef NAME
#undef LD
#undef CHUNK_TYPE
#undef STRETCH_TYPE

#define REAL         double
#define NAME(x)      ref_##x
#define LD           Y_N
#define CHUNK_TYPE   cnn_reference_chunk
#define STRETCH_TYPE cnn_reference_stretch
#include "centred_core.h"

enum { STRETCHES = 4 };

/* Six chunks a batch, the last of which has one image. */
static struct cnn_model centred_model(void)
{
    struct cnn_model m = tiny_model;
    m.chunk = 3;
    m.chunks = (BATCH + m.chunk - 1) / m.chunk;
    m.core.scratch = fast_C_SCRATCH;
    m.core.stretches = fast_c_stretches;
    m.core.n_stretches = STRETCHES;
    m.reference.scratch = ref_C_SCRATCH;
    m.reference.stretches = ref_c_stretches;
    m.reference.n_stretches = STRETCHES;
    m.reference.trace = NULL;
    m.reference_chunk = MOST_IMAGES;
    return m;
}

static void centred(const struct cnn_model *m, const char *args)
{
    static struct ran r;
    run_model(m, &r, args);
    if (r.status != 0)
        fail_msg("%s: status %d: %s", args, r.status, r.out);
}

/* The last of the batches has 225 - 14 * 16 = 1 image: fewer chunks than threads. */
static void test_threads_give_the_same_bits(void **state)
{
    struct cnn_model m = centred_model();
    char args[100];
    (void)state;
    centred(&m, "train --threads 1 --save one.safetensors --log one.csv --quiet");
    for (int threads = 2; threads <= 7; threads++) {
        snprintf(args, sizeof args, "train --threads %d --save many.safetensors --log many.csv --quiet", threads);
        centred(&m, args);
        assert_true(same_files("one.safetensors", "many.safetensors"));
        assert_true(same_files("one.csv", "many.csv"));
    }
}

static void test_one_copy(void **state)
{
    struct cnn_model few = centred_model(), many = few;
    (void)state;
    centred(&few, "train --threads 3 --save few.npz --quiet");
    for (int i = 0; i < 6; i++) {
        char args[64];
        many.core.theta = (i < 3 ? CNN_OWN_COPY : CNN_FETCHED_COPY) + 1;
        snprintf(args, sizeof args, "train --threads %d --save many.npz --quiet", 1 + i % 3 * 2);
        centred(&many, args);
        assert_true(same_files("few.npz", "many.npz"));
    }
}

/* The gradients of the stretches are those of a loss that contains the batch's means. Floats over three chunks and
 * doubles over one chunk agree. */
static void test_gradcheck(void **state)
{
    struct cnn_model m = centred_model();
    static struct ran r;
    (void)state;
    centred(&m, "gradcheck");
    centred(&m, "gradcheck --input test-x.npy --target test-y.npy");
    m.reference_chunk = 5; /* gradcheck then looks at five images */
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "5 made-up inputs"));
    struct cnn_core_stretch without[STRETCHES];
    memcpy(without, fast_c_stretches, sizeof without);
    without[STRETCHES - 1].sums = 0; /* the gradient as if the mean were a constant */
    m.core.stretches = without;
    run_model(&m, &r, "gradcheck");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "gradients of the float kernels differ"));
}

static void nothing(const float *theta, const float *prepared, const float *x, const void *target, float *grad,
                    float *y, float *scratch, int n, const struct cnn_step *step, struct cnn_sums *sums)
{
    (void)theta, (void)prepared, (void)x, (void)target, (void)grad, (void)y, (void)scratch, (void)n, (void)step,
        (void)sums;
}

/* A step that needs no barrier gives the same result when there is one. */
static void test_idle_stretch(void **state)
{
    const struct cnn_core_stretch two[] = {{.chunk = nothing}, {.chunk = fast_chunk}};
    struct cnn_model m = tiny_model;
    (void)state;
    m.core.stretches = two;
    m.core.n_stretches = 2;
    succeeds("train --save plain.npz --log plain.csv --quiet");
    succeeds("gradients --weights plain.npz --input test-x.npy --target test-y.npy -o plain-g.npz --quiet");
    for (int threads = 1; threads <= 4; threads++) {
        char args[80];
        snprintf(args, sizeof args, "train --threads %d --save idle.npz --log idle.csv --quiet", threads);
        centred(&m, args);
        assert_true(same_files("plain.npz", "idle.npz"));
        assert_true(same_files("plain.csv", "idle.csv"));
    }
    centred(&m, "gradients --weights plain.npz --input test-x.npy --target test-y.npy -o idle-g.npz --quiet");
    assert_true(same_files("plain-g.npz", "idle-g.npz"));
    says("gradients --weights plain.npz --input test-x.npy --target test-y.npy -o plain-g.npz", 0, "loss: ");
}

static void test_learns(void **state)
{
    struct cnn_model m = centred_model();
    static struct ran r;
    (void)state;
    run_model(&m, &r, "train --epochs 8 --threads 2");
    assert_int_equal(r.status, 0);
    const char *last = strstr(r.out, "Epoch 8/8");
    assert_non_null(last);
    last = strstr(last, " accuracy: ");
    assert_non_null(last);
    assert_true(atof(last + strlen(" accuracy: ")) > 0.9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_give_the_same_bits),
        cmocka_unit_test(test_one_copy),
        cmocka_unit_test(test_gradcheck),
        cmocka_unit_test(test_idle_stretch),
        cmocka_unit_test(test_learns),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
