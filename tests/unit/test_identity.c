/* test_identity.c -- a checkpoint knows what its run depends on. Each such thing is changed in turn, and the message of
 * the resumed run names it. Things that a run does not depend on may change. */
#include "tiny_run.c"

struct spec { /* a copy for each test, which the test may change */
    struct cnn_model m;
    struct cnn_data data;
    struct cnn_train train;
};

static void make_spec(struct spec *s)
{
    *s = (struct spec){.m = tiny_model, .data = tiny_data, .train = tiny_train};
    s->m.data = &s->data;
    s->m.train = &s->train;
}

/* ---- functions that change one thing each */

static const struct cnn_metric accuracy[] = {{.kind = CNN_ACCURACY, .name = "accuracy", .threshold = 0.5}};
static const struct cnn_metric swapped[] = {{.kind = CNN_TOP_K, .name = "top_k", .k = 2},
                                            {.kind = CNN_ACCURACY, .name = "accuracy", .threshold = 0.5}};
static const double mean_each[X_N] = {1, 2, 3, 4};

static void split(struct spec *s)
{
    s->data.validation_split = 0.2;
}
static void split_shuffle(struct spec *s)
{
    s->data.split_shuffle = 1;
}
static void split_seed(struct spec *s)
{
    s->data.split_seed = 5;
}
static void other_rows(struct spec *s)
{
    s->data.train.x = "other-x.npy";
}
static void other_targets(struct spec *s)
{
    s->data.train.y = "other-y.npy";
}
static void validation(struct spec *s)
{
    s->data.validation = s->data.test;
    s->data.validation_split = 0.1;
}
static void no_test(struct spec *s)
{
    s->data.test.kind = CNN_NO_SOURCE;
}
static void scale(struct spec *s)
{
    s->data.scale = 0.5;
}
static void mean(struct spec *s)
{
    s->data.means = mean_each;
}
static void fitted(struct spec *s)
{
    s->data.std_auto = 1;
}
static void batch(struct spec *s)
{
    s->train.batch = 8;
}
static void order(struct spec *s)
{
    s->train.shuffle = 0;
}
static void seed(struct spec *s)
{
    s->train.seed = 9;
}
static void loss(struct spec *s)
{
    s->train.loss_says = "sparse_categorical_crossentropy label_smoothing=0.1";
}
static const double weights[Y_N] = {1, 2, 0.5};
static void weigh(struct spec *s)
{
    s->train.class_weight = weights;
}
static void balance(struct spec *s)
{
    s->train.class_weight_balanced = 1;
}
static void fewer(struct spec *s)
{
    s->train.metrics = accuracy;
    s->train.n_metrics = 1;
}
static void swap(struct spec *s)
{
    s->train.metrics = swapped;
}
static void optimizer(struct spec *s)
{
    s->train.optimizer_says = "adam beta_1=0.8 beta_2=0.999";
}
static void rate(struct spec *s)
{
    s->train.schedule.lr = 0.02;
}
static void schedule(struct spec *s)
{
    s->train.schedule.warmup = 5;
}
static void stopping(struct spec *s)
{
    s->train.early_stopping = (struct cnn_early_stopping){.monitor = {"loss", 0}};
}
static void reduce(struct spec *s)
{
    s->train.reduce_lr = (struct cnn_reduce_lr){.monitor = {"loss", 0}, .factor = .5};
}

static const struct change {
    void (*make)(struct spec *s); /* NULL: only the command line differs */
    const char *args, *says;
} changes[] = {
    {split, "", "split: validation=0.1 seed=0 in the checkpoint, validation=0.2 seed=0 now"},
    {split_shuffle, "", "split: "},
    {split_seed, "", "split: "},
    {other_rows, "", "training data: 225 rows of [4]"},
    {other_targets, "", "training data: 225 rows of [4]"},
    {validation, "", "validation data: 25 rows"},
    {no_test, "", "test data: 61 rows"},
    {scale, "", "normalize: scale=1 mean=0 std=1 in the checkpoint, scale=0.5 mean=0 std=1 now"},
    {mean, "", "normalize: scale=1 mean=0 std=1 in the checkpoint, scale=1 mean=1,2,3,4 std=1 now"},
    {fitted, "", "std=auto now"},
    {batch, "", "batch: 16 in the checkpoint, 8 now"},
    {order, "", "order of rows (shuffle): shuffled in the checkpoint, as in the file now"},
    {seed, "", "seed of the spec: 1 in the checkpoint, 9 now"},
    {loss, "", "loss: sparse_categorical_crossentropy from_logits=no in"},
    {weigh, "", "class_weight: none in the checkpoint, 1,2,0.5 now"},
    {balance, "", "class_weight: none in the checkpoint, balanced now"},
    {fewer, "", "metrics: accuracy, top_k in the checkpoint, accuracy now"},
    {swap, "", "metrics: accuracy, top_k in the checkpoint, top_k, accuracy now"},
    {optimizer, "", "optimizer: adam beta_1=0.9"},
    {rate, "", "learning rate (lr): 0.01 in the checkpoint, 0.02 now"},
    {schedule, "", "warmup=5 now"},
    {stopping, "",
     "early_stopping: none in the checkpoint, loss mode=min patience=0 min_delta=0 start_from_epoch=0 now"},
    {reduce, "", "reduce_lr: none in"},
    {NULL, "--limit 100", "--limit: none in the checkpoint, 100 now"},
    {NULL, "--no-shuffle", "order of rows (shuffle): "},
    {NULL, "--seed 3", "was begun with --seed 1, not 3"},
};
enum { CHANGES = sizeof changes / sizeof *changes };

/* Changes one label of the training rows. */
static void write_other_targets(void)
{
    static int32_t other[TRAIN_ROWS];
    struct cnn_array y;
    struct cnn_error e;
    assert_int_equal(cnn_npy_read("train-y.npy", &y, &e), 0);
    memcpy(other, y.data, sizeof other);
    other[0] = (other[0] + 1) % Y_N;
    y.data = other;
    assert_int_equal(cnn_npy_write("other-y.npy", &y, &e), 0);
    cnn_array_free(&y);
}

static void refuses(const struct change *c)
{
    struct spec s;
    struct ran r;
    char line[200];
    make_spec(&s);
    if (c->make)
        c->make(&s);
    snprintf(line, sizeof line, "train --quiet --epochs 2 --resume c.safetensors %s", c->args);
    run_model(&s.m, &r, line);
    if (r.status != 1 || !strstr(r.out, c->says) || !strstr(r.out, "--force"))
        fail_msg("%s: status %d: %s", c->says, r.status, r.out);
    if (strncmp(c->says, "split", 5) == 0 && strstr(r.out, "data:"))
        fail_msg("one mistake, one message: %s", r.out);
    strcat(line, " --force");
    run_model(&s.m, &r, line);
    if (r.status != 0)
        fail_msg("%s --force: status %d: %s", c->says, r.status, r.out);
}

static void test_each(void **state)
{
    (void)state;
    succeeds("train --quiet --epochs 1 --save c.safetensors");
    write_rows("other-x.npy", "spare-y.npy", TRAIN_ROWS, 14);
    write_other_targets();
    for (int i = 0; i < CHANGES; i++)
        refuses(&changes[i]);
}

/* The places of files, the number of epochs and of threads, and a rate on the command line may change. */
static void test_may_differ(void **state)
{
    (void)state;
    struct spec s;
    struct ran r;
    succeeds("train --quiet --epochs 1 --save c.safetensors");
    assert_int_equal(mkdir("else", 0777), 0);
    write_rows("else/train-x.npy", "else/train-y.npy", TRAIN_ROWS, 11);
    write_rows("else/test-x.npy", "else/test-y.npy", TEST_ROWS, 12);
    make_spec(&s);
    s.train.epochs = 7;
    s.train.log_csv = "log.csv";
    s.train.checkpoint = "kept.safetensors";
    run_model(&s.m, &r,
              "train --quiet --resume c.safetensors --data-dir else --threads 2 --lr 0.02 --save d.safetensors");
    assert_int_equal(r.status, 0);
    assert_string_equal(r.out, "");
}

/* A checkpoint remembers a rate from the command line; without one, resuming reports the change. */
static void test_rate(void **state)
{
    (void)state;
    succeeds("train --quiet --epochs 1 --lr 0.05 --save c.safetensors");
    says("train --quiet --epochs 2 --resume c.safetensors", 1, "learning rate (lr): 0.05 in the checkpoint, 0.01 now");
    succeeds("train --quiet --epochs 2 --resume c.safetensors --lr 0.05");
}

static void test_other_machine(void **state)
{
    (void)state;
    struct spec s;
    struct ran r;
    succeeds("train --quiet --epochs 1 --save c.safetensors");
    make_spec(&s);
    s.m.target = "other";
    run_model(&s.m, &r, "train --quiet --epochs 2 --resume c.safetensors");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "the last bits may differ"));
    assert_non_null(strstr(r.out, "target: plain in the checkpoint, other now"));
}

/* Older checkpoints do not know what their run depends on. */
static void test_old(void **state)
{
    (void)state;
    struct cnn_tensors t, old = {0};
    struct cnn_error e;
    succeeds("train --quiet --epochs 1 --save c.safetensors");
    assert_int_equal(cnn_safetensors_read("c.safetensors", &t, &e), 0);
    for (size_t i = 0; i < t.n_metadata; i++)
        if (strncmp(t.metadata[i].key, "run.", 4) != 0)
            cnn_tensors_add_metadata(&old, t.metadata[i].key, t.metadata[i].value, &e);
    for (size_t i = 0; i < t.n; i++)
        cnn_tensors_add(
            &old, t.at[i].name,
            cnn_array_view(t.at[i].array.dtype, t.at[i].array.rank, t.at[i].array.shape, t.at[i].array.data), &e);
    assert_int_equal(cnn_safetensors_write("old.safetensors", &old, &e), 0);
    cnn_tensors_free(&old);
    cnn_tensors_free(&t);
    says("train --quiet --epochs 2 --resume old.safetensors --save two.safetensors", 0,
         "could not be compared: --limit; split; training data");
    succeeds("train --quiet --epochs 2 --resume c.safetensors --save new.safetensors");
    assert_true(same_files("two.safetensors", "new.safetensors"));
}

/* ---- the log */

static void test_log(void **state)
{
    (void)state;
    struct spec s;
    struct ran r;
    succeeds("train --quiet --epochs 1 --save c.safetensors --log log.csv");
    make_spec(&s);
    fewer(&s);
    run_model(&s.m, &r, "train --quiet --epochs 2 --resume c.safetensors --log log.csv --force");
    assert_int_equal(r.status, 0);
    slurp("log.csv", r.out); /* no row is lost, and every row has all fields of the header */
    assert_non_null(strstr(r.out, "epoch,accuracy,loss,top_k,val_accuracy,val_loss,val_top_k\n0,"));
    const char *row = strstr(r.out, "\n1,");
    assert_non_null(row);
    assert_non_null(strstr(row, ",nan\n"));
    succeeds("train --quiet --epochs 1 --save c.safetensors --log log.csv");
    make_spec(&s);
    s.train.reduce_lr = (struct cnn_reduce_lr){.monitor = {"loss", 0}, .factor = .5, .patience = 9};
    run_model(&s.m, &r, "train --quiet --epochs 2 --resume c.safetensors --log log.csv --force");
    assert_int_equal(r.status, 0);
    slurp("log.csv", r.out);
    assert_non_null(strstr(r.out, ",val_top_k,learning_rate\n0,"));
    assert_non_null(strstr(r.out, ",nan\n1,"));
}

static void test_other_log(void **state)
{
    (void)state;
    FILE *f = fopen("log.csv", "w");
    assert_non_null(f);
    fputs("epoch,loss\n0,1\n", f);
    fclose(f);
    succeeds("train --quiet --epochs 1 --save c.safetensors");
    says("train --quiet --epochs 2 --resume c.safetensors --log log.csv", 1,
         "log.csv: has other columns than this run, which has epoch,accuracy,");
    f = fopen("log.csv", "w");
    assert_non_null(f);
    fputs("my notes\n", f);
    fclose(f);
    says("train --quiet --epochs 2 --resume c.safetensors --log log.csv --force", 1,
         "log.csv:1: not the log of a training run");
    assert_int_equal(remove("log.csv"), 0);
    assert_int_equal(symlink("log.csv", "log.csv"), 0);
    says("train --quiet --epochs 2 --resume c.safetensors --log log.csv", 1, "log.csv: ");
    assert_int_equal(remove("log.csv"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each),          cmocka_unit_test(test_may_differ), cmocka_unit_test(test_rate),
        cmocka_unit_test(test_other_machine), cmocka_unit_test(test_old),        cmocka_unit_test(test_log),
        cmocka_unit_test(test_other_log),
    };
    return cmocka_run_group_tests_name("identity", tests, enter_folder, leave_folder);
}
