/* library.c -- tiny.h as a library: two instances in two threads end where each ends alone; files go round; nothing
 * is written outside an instance, wherever it lies. Prints ok and FAIL lines. */
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiny.h"

enum { ROWS = 2 * TINY_BATCH + 5, STEPS = 60, GUARD = 256, OFFSET = 8 };

struct job {
    char *memory;
    struct tiny *net;
    uint64_t seed;
    float x[ROWS][TINY_INPUT], y[ROWS][TINY_OUTPUT];
    int32_t label[ROWS];
    double first, last; /* loss */
};

static int failed;

static void test(const char *what, int ok)
{
    printf("%s program library: %s\n", ok ? "ok" : "FAIL", what);
    failed |= !ok;
}

/* An instance between guards, at an address that only suits its type. */
static void make(struct job *j, uint64_t seed)
{
    j->seed = seed;
    j->memory = malloc(tiny_size() + 2 * GUARD + OFFSET);
    if (!j->memory)
        exit(1);
    memset(j->memory, 0x5a, tiny_size() + 2 * GUARD + OFFSET);
    j->net = (struct tiny *)(void *)(j->memory + GUARD + OFFSET);
    for (int i = 0; i < ROWS; i++) {
        j->label[i] = (int32_t)(((uint64_t)i + seed) % TINY_OUTPUT);
        for (int k = 0; k < TINY_INPUT; k++)
            j->x[i][k] = (float)((i * 31 + k * 17 + (int)seed) % 23) / 23 + (k % TINY_OUTPUT == j->label[i] ? 1 : 0);
    }
}

static int guards_hold(const struct job *j)
{
    for (size_t i = 0; i < GUARD; i++)
        if (j->memory[i] != 0x5a || j->memory[GUARD + OFFSET + tiny_size() + i] != 0x5a)
            return 0;
    return 1;
}

static void *run(void *arg)
{
    struct job *j = arg;
    tiny_init(j->net, j->seed);
    for (int s = 0; s < STEPS; s++) {
        const int row = s % 3 * TINY_BATCH, n = s % 3 == 2 ? 5 : TINY_BATCH;
        j->last = tiny_train_step(j->net, j->x[row], j->label + row, n, 0);
        if (s == 0)
            j->first = j->last;
    }
    tiny_predict(j->net, j->x[0], j->y[0], ROWS);
    return NULL;
}

static int good_probabilities(const struct job *j)
{
    int right = 0;
    for (int i = 0; i < ROWS; i++) {
        float sum = 0;
        int best = 0;
        for (int k = 0; k < TINY_OUTPUT; k++) {
            sum += j->y[i][k];
            best = j->y[i][k] > j->y[i][best] ? k : best;
        }
        if (!(fabsf(sum - 1) < 1e-5f))
            return 0;
        right += best == j->label[i];
    }
    return right > ROWS * 9 / 10;
}

static void test_files(const struct job *from, struct job *to)
{
    test("save", tiny_save(from->net, "library.safetensors") == 0);
    tiny_init(to->net, 99);
    test("load", tiny_load(to->net, "library.safetensors") == 0);
    tiny_predict(to->net, to->x[0], to->y[0], ROWS);
    float *expected = malloc(sizeof from->y);
    if (!expected)
        exit(1);
    tiny_predict(from->net, to->x[0], expected, ROWS);
    test("what is loaded predicts alike", memcmp(expected, to->y, sizeof to->y) == 0);
    test("a missing file is refused", tiny_load(to->net, "no/such.safetensors") == -1);
    tiny_predict(to->net, to->x[0], to->y[0], ROWS);
    test("a failed load changes nothing", memcmp(expected, to->y, sizeof to->y) == 0);
    free(expected);
}

/* Targets that are no classes are not trained on: the network stays what it was, to the bit. */
static void test_targets(struct job *j)
{
    static const int32_t wrong[] = {-1, TINY_OUTPUT, 1000000, INT32_MIN};
    char *before = malloc(tiny_size());
    if (!before)
        exit(1);
    memcpy(before, j->net, tiny_size());
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const int32_t label[] = {0, 1, wrong[i]};
        test("a label that is no class is refused", isnan(tiny_train_step(j->net, j->x[0], label, 3, 0)));
    }
    test("and so is a batch of none", isnan(tiny_train_step(j->net, j->x[0], j->label, 0, 0)));
    test("nothing is changed then", memcmp(before, j->net, tiny_size()) == 0);
    free(before);
}

int main(void)
{
    static struct job alone[2], together[2];
    pthread_t thread[2];
    for (int i = 0; i < 2; i++) {
        make(&alone[i], 7 + (uint64_t)i);
        make(&together[i], 7 + (uint64_t)i);
        run(&alone[i]);
    }
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, run, &together[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    test("two threads, two instances", memcmp(alone[0].y, together[0].y, sizeof alone[0].y) == 0 &&
                                           memcmp(alone[1].y, together[1].y, sizeof alone[1].y) == 0);
    test("two seeds differ", memcmp(alone[0].y, alone[1].y, sizeof alone[0].y) != 0);
    test("it learns", alone[0].last < alone[0].first / 2 && good_probabilities(&alone[0]));
    test("a batch that is too large is refused",
         isnan(tiny_train_step(alone[0].net, alone[0].x[0], alone[0].label, TINY_BATCH + 1, 0)));
    test_targets(&alone[0]);
    test_files(&together[0], &alone[1]);
    test("nothing outside is written",
         guards_hold(&alone[0]) && guards_hold(&alone[1]) && guards_hold(&together[0]) && guards_hold(&together[1]));
    return failed;
}
