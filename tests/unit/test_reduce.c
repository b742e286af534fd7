/* test_reduce.c -- sums over chunks are one binary tree, whichever thread adds which part of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "engine/engine.h"
#include "engine/meeting.h"

enum { MOST = 70, SIZE = 700 };

/* The sizes differ so much that every other order of additions rounds differently. */
static float values[MOST][SIZE];
static float *chunks[MOST];

static int fill(void **state)
{
    (void)state;
    for (int c = 0; c < MOST; c++) {
        chunks[c] = values[c];
        for (int i = 0; i < SIZE; i++) {
            uint32_t bits[4];
            cnn_random4(5, (uint64_t)c, (uint64_t)i, bits);
            values[c][i] = ((float)bits[0] - 2147483648.0f) / (float)(1 + bits[1] % 1000);
        }
    }
    return 0;
}

static int same(const float *a, const float *b)
{
    return memcmp(a, b, SIZE * sizeof *a) == 0;
}

static void test_few_chunks_are_added_in_turn(void **state)
{
    float tree[SIZE], turn[SIZE] = {0};
    (void)state;
    for (int n = 1; n <= 4; n++) {
        cnn_reduce(tree, chunks, n, 0, SIZE);
        for (int i = 0; i < SIZE; i++)
            turn[i] = n == 1 ? values[0][i] : turn[i] + values[n - 1][i];
        assert_int_equal(same(tree, turn), n < 4);
    }
    for (int i = 0; i < SIZE; i++)
        turn[i] = (values[0][i] + values[1][i]) + (values[2][i] + values[3][i]);
    assert_true(same(tree, turn));
}

static void test_parts_of_the_range(void **state)
{
    (void)state;
    for (int n = 1; n <= 33; n++) {
        float whole[SIZE], parts[SIZE];
        cnn_reduce(whole, chunks, n, 0, SIZE);
        for (size_t k = 0; k < 7; k++)
            cnn_reduce(parts, chunks, n, SIZE * k / 7, SIZE * (k + 1) / 7);
        assert_true(same(whole, parts));
    }
}

static void test_in_place(void **state)
{
    float whole[SIZE], first[SIZE], *in_place[MOST];
    (void)state;
    memcpy(in_place, chunks, sizeof in_place);
    in_place[0] = first;
    for (int n = 1; n <= 20; n++) {
        cnn_reduce(whole, chunks, n, 0, SIZE);
        memcpy(first, values[0], sizeof first);
        cnn_reduce(first, in_place, n, 0, SIZE);
        assert_true(same(whole, first));
    }
}

/* ---- ranks: each sums aligned chunks, one of them sums the ranks */

struct rank {
    int first, n; /* chunks */
};

/* Halves the tree until there are enough ranks or only single chunks; returns the number of ranks. */
static int deal(int n, int ranks, struct rank *r)
{
    int dealt = 1;
    r[0] = (struct rank){0, n};
    while (dealt < ranks) {
        int most = 0, left = 1;
        for (int i = 1; i < dealt; i++)
            most = r[i].n > r[most].n ? i : most;
        if (r[most].n == 1)
            break;
        while (2 * left < r[most].n)
            left *= 2;
        memmove(r + most + 2, r + most + 1, (size_t)(dealt - most - 1) * sizeof *r);
        r[most + 1] = (struct rank){r[most].first + left, r[most].n - left};
        r[most].n = left;
        dealt++;
    }
    return dealt;
}

/* Computes the sum over [first, first + n) from the sums of the ranks, which are its subtrees. */
static void join(const struct rank *r, float (*of_rank)[SIZE], int first, int n, float *sum)
{
    for (int i = 0; i < 8; i++)
        if (r[i].first == first && r[i].n == n) {
            memcpy(sum, of_rank[i], SIZE * sizeof *sum);
            return;
        }
    float halves[2][SIZE], *const both[2] = {halves[0], halves[1]};
    int left = 1;
    while (2 * left < n)
        left *= 2;
    join(r, of_rank, first, left, halves[0]);
    join(r, of_rank, first + left, n - left, halves[1]);
    cnn_reduce(sum, both, 2, 0, SIZE);
}

static void test_ranks(void **state)
{
    static const int ranks[] = {1, 2, 3, 4, 7, 8};
    static float of_rank[8][SIZE];
    (void)state;
    for (size_t k = 0; k < sizeof ranks / sizeof *ranks; k++)
        for (int n = 1; n <= MOST; n++) {
            struct rank r[8] = {{0, 0}};
            float alone[SIZE], joined[SIZE];
            const int dealt = deal(n, ranks[k], r);
            assert_int_equal(dealt, n < ranks[k] ? n : ranks[k]);
            for (int i = 0; i < dealt; i++)
                cnn_reduce(of_rank[i], chunks + r[i].first, r[i].n, 0, SIZE);
            cnn_reduce(alone, chunks, n, 0, SIZE);
            join(r, of_rank, 0, n, joined);
            if (!same(alone, joined))
                fail_msg("%d chunks, %d ranks", n, ranks[k]);
        }
}

/* Ranks divide the chunks, and each adds its subtrees; then the sums are added. */
static void test_subtrees_of_ranks(void **state)
{
    (void)state;
    for (int n = 1; n <= MOST; n++)
        for (int ranks = 1; ranks <= 9; ranks++) {
            float whole[SIZE], parts[SIZE];
            static float sums[MOST][SIZE];
            float *trees[MOST];
            int spans[MOST];
            cnn_reduce(whole, chunks, n, 0, SIZE);
            for (int q = 0; q < ranks; q++)
                for (int c = MOST * q / ranks, end = MOST * (q + 1) / ranks < n ? MOST * (q + 1) / ranks : n; c < end;
                     c += spans[c]) {
                    spans[c] = cnn_subtree(n, c, end);
                    trees[c] = sums[c];
                    cnn_reduce(sums[c], chunks + c, spans[c], 0, SIZE);
                }
            cnn_reduce_spans(parts, trees, spans, n, 0, SIZE);
            assert_true(same(whole, parts));
        }
}

static void test_subtrees_are_as_large_as_they_can_be(void **state)
{
    (void)state;
    assert_int_equal(cnn_subtree(8, 0, 8), 8);
    assert_int_equal(cnn_subtree(8, 0, 7), 4);
    assert_int_equal(cnn_subtree(8, 4, 7), 2);
    assert_int_equal(cnn_subtree(8, 6, 7), 1);
    assert_int_equal(cnn_subtree(7, 4, 7), 3);
    assert_int_equal(cnn_subtree(7, 3, 7), 1);
}

/* Messages have tags for all chunks of all buckets, and one for slots. */
static void test_buckets_have_tags(void **state)
{
    (void)state;
    static const size_t ready[] = {3 << 20, 2 << 20, 1 << 20};
    const struct cnn_model m = {.chunks = 10000, .core = {.trained = 4 << 20, .ready = ready, .n_ready = 3}};
    struct cnn_bucket buckets[CNN_MOST_BUCKETS];
    struct cnn_peers p = {.ranks = 2, .spread = 1, .most_tag = 1 << 20};
    assert_int_equal(cnn_buckets(&m, &p, buckets), 4);
    p.most_tag = 32767;
    assert_int_equal(cnn_buckets(&m, &p, buckets), 3);
    assert_int_equal(buckets[2].begin, 0);
    assert_int_equal(buckets[2].end, 2 << 20);
    p.most_tag = 9999; /* cnn_meeting_open() refuses it */
    assert_int_equal(cnn_buckets(&m, &p, buckets), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_chunks_are_added_in_turn),
        cmocka_unit_test(test_parts_of_the_range),
        cmocka_unit_test(test_subtrees_of_ranks),
        cmocka_unit_test(test_subtrees_are_as_large_as_they_can_be),
        cmocka_unit_test(test_in_place),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_buckets_have_tags),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
