/* test_simulate.c -- `bench --simulate`: the time of a step from the times of its shares. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "bench/simulate.h"

static void near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-9))
        fail_msg("%.9g, not %.9g", actual, expected);
}

static const double nothing[4];
static const double on_wire = 1538.0 / 1448; /* bytes of packets for a byte of a message */

/* The slowest thread counts, and every barrier costs something. */
static void barriers(void **state)
{
    (void)state;
    const double time[2][3] = {{4, 5, 3}, {1, 1, 2}};
    const struct cnn_simulated s = cnn_schedule(&(struct cnn_shares){
        .legs = 2, .threads = 3, .time = time[0], .waits = (const int[]){1, 1}, .least = nothing, .barrier = 0.5});
    near(s.seconds, 5 + 2 + 2 * 0.5);
    near(s.busy, (12 + 4) / 3.0 / 8);
}

/* Legs without a barrier between them are one: the last leg goes over into the first of the next step. */
static void merged(void **state)
{
    (void)state;
    const double time[4][2] = {{4, 1}, {1, 6}, {3, 3}, {1, 4}};
    const struct cnn_simulated s = cnn_schedule(&(struct cnn_shares){
        .legs = 4, .threads = 2, .time = time[0], .waits = (const int[]){1, 0, 1, 0}, .least = nothing, .barrier = 0});
    near(s.seconds, 5 + 9); /* max(1 + 4, 4 + 1), then max(1 + 3, 6 + 3) */
}

static void no_barrier(void **state)
{
    (void)state;
    const double time[2][1] = {{4}, {3}};
    const struct cnn_simulated s = cnn_schedule(&(struct cnn_shares){
        .legs = 2, .threads = 1, .time = time[0], .waits = (const int[]){0, 0}, .least = nothing, .barrier = 0});
    near(s.seconds, 7);
    near(s.busy, 1);
    assert_int_equal(s.working, 1);
}

static void memory_bounds(void **state)
{
    (void)state;
    const double time[2][2] = {{4, 4}, {1, 1}};
    const struct cnn_simulated s = cnn_schedule(&(struct cnn_shares){.legs = 2,
                                                                     .threads = 2,
                                                                     .time = time[0],
                                                                     .waits = (const int[]){1, 1},
                                                                     .least = (const double[]){0, 3},
                                                                     .barrier = 0});
    near(s.seconds, 4 + 3);
    near(s.busy, 5.0 / 7);
}

/* Three of four threads work for at least 80% of the time. */
static void working(void **state)
{
    (void)state;
    const double time[1][4] = {{10, 8, 8.5, 7.9}};
    const struct cnn_simulated s = cnn_schedule(&(struct cnn_shares){
        .legs = 1, .threads = 4, .time = time[0], .waits = (const int[]){1}, .least = nothing, .barrier = 0});
    assert_int_equal(s.working, 3);
}

/* One core does three shares, each time another one first, which takes 2 longer in the first leg. In the last step
 * something else ran. */
static void apart(void **state)
{
    (void)state;
    static const double time[4][2][3] = {
        {{6, 5, 3}, {1, 1, 2}}, {{4, 7, 3}, {1, 1, 2}}, {{4, 5, 5}, {1, 1, 2}}, {{6, 5, 9}, {1, 1, 7}}};
    static const int first[4][2] = {{0, 0}, {1, 1}, {2, 2}, {0, 0}};
    double out[2][3];
    cnn_shares_apart(&(struct cnn_round){.steps = 4, .legs = 2, .threads = 3, .time = time[0][0], .first = first[0]},
                     out[0]);
    static const double expected[2][3] = {{6, 7, 5}, {1, 1, 2}};
    for (int leg = 0; leg < 2; leg++)
        for (int t = 0; t < 3; t++)
            near(out[leg][t], expected[leg][t]);
}

static int question(const char *first, const char *const *more, int64_t n, struct cnn_question *q)
{
    struct cnn_error e;
    const struct cnn_options o = {.simulate = first, .more = more, .n_more = n};
    return cnn_read_question(&o, q, &e);
}

static void questions(void **state)
{
    (void)state;
    struct cnn_question q;
    assert_int_equal(question("threads=16", NULL, 0, &q), 0);
    assert_int_equal(q.threads, 16);
    assert_int_equal(question("threads=16", (const char *const[]){"threads=8"}, 1, &q), 0);
    assert_int_equal(q.threads, 8);
    assert_int_equal(question("threads=0", NULL, 0, &q), -1);
    assert_int_equal(question("threads=", NULL, 0, &q), -1);
    assert_int_equal(question("threads=2x", NULL, 0, &q), -1);
    assert_int_equal(question("threads=257", NULL, 0, &q), -1);
    assert_int_equal(question("cores=2", NULL, 0, &q), -1);
}

static void questions_about_ranks(void **state)
{
    (void)state;
    struct cnn_question q;
    assert_int_equal(question("ranks=64", (const char *const[]){"bandwidth=10G", "latency=20us"}, 2, &q), 0);
    assert_int_equal(q.ranks, 64);
    near(q.bandwidth, 1.25e9);
    near(q.latency * 1e6, 20);
    assert_int_equal(question("latency=20", NULL, 0, &q), -1);
    assert_int_equal(question("bandwidth=0", NULL, 0, &q), -1);
    assert_int_equal(question("bandwidth=1Q", NULL, 0, &q), -1);
    assert_int_equal(question("ranks=0", NULL, 0, &q), -1);
}

/* Eight chunks of a millisecond, a gradient of 8 MB, Adam. */
static struct cnn_forecast cluster(int64_t ranks, int64_t threads, double bandwidth, double latency)
{
    const struct cnn_cluster c = {.ranks = ranks,
                                  .threads = threads,
                                  .chunks = 8,
                                  .measured = 8,
                                  .chunk_seconds = 1e-3,
                                  .slots = 2,
                                  .n_sent = 1,
                                  .sent = {{.bytes = 8e6}},
                                  .gathers = 1,
                                  .bandwidth = bandwidth,
                                  .latency = latency};
    return cnn_cluster_step(&c);
}

static void ranks_compute(void **state)
{
    (void)state;
    near(cluster(1, 1, 1, 1).seconds * 1e3, 8);
    near(cluster(1, 3, 1, 1).seconds * 1e3, 3);
    near((cluster(4, 1, 1e30, 0).seconds - cluster(4, 1, 1e30, 0).sent) * 1e3, 2);
    near((cluster(16, 1, 1e30, 0).seconds - cluster(16, 1, 1e30, 0).sent) * 1e3, 1);
}

/* Of two ranks each sends half of its sum, and then its slice. Of three ranks, some have chunks of two subtrees. */
static void ranks_send(void **state)
{
    (void)state;
    near(cluster(1, 1, 1e9, 1).sent, 0);
    const double two = cluster(2, 1, 1e9, 0).sent - cluster(2, 1, 1e30, 0).sent;
    near(two * 1e3, 8 * on_wire);
    const double three = cluster(3, 1, 1e9, 0).sent - cluster(3, 1, 1e30, 0).sent;
    near(three * 1e3, 8 * on_wire * (2.0 / 3 * 2 + 2.0 / 3));
    near(cluster(2, 1, 1e30, 1e-3).sent - cluster(2, 1, 1e30, 0).sent, 6e-3); /* two times three trips */
}

/* A half of the gradient is finished long before the end, and the network is fast enough to send it by then. */
static void ranks_overlap(void **state)
{
    (void)state;
    struct cnn_cluster c = {.ranks = 2,
                            .threads = 1,
                            .chunks = 2,
                            .measured = 2,
                            .chunk_seconds = 10e-3,
                            .n_sent = 2,
                            .sent = {{4e6, 6e-3}, {4e6, 0}},
                            .bandwidth = 1e9};
    const double slow = cnn_cluster_step(&c).sent;
    c.sent[0].left = 0;
    /* the half of a half, and what a message costs */
    near((cnn_cluster_step(&c).sent - slow) * 1e3, 2 * on_wire + 5e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_about_ranks),
        cmocka_unit_test(ranks_compute),
        cmocka_unit_test(ranks_send),
        cmocka_unit_test(ranks_overlap),
        cmocka_unit_test(barriers),
        cmocka_unit_test(merged),
        cmocka_unit_test(no_barrier),
        cmocka_unit_test(memory_bounds),
        cmocka_unit_test(working),
        cmocka_unit_test(apart),
        cmocka_unit_test(questions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
