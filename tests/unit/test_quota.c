/* test_quota.c -- the time that control groups leave a process: limits of groups about it, trees of both versions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/stat.h>

#include "scratch.h"
#include "support/support.h"

static const char *const folders[] = {"new", "new/batch", "new/batch/job", "old", "old/cpu", "old/cpu/batch"};
static const struct {
    const char *name, *text;
} files[] = {
    {"new/batch/cpu.max", "150000 100000\n"},   {"new/batch/job/cpu.max", "max 100000\n"},
    {"old/cpu/cpu.cfs_quota_us", "400000\n"},   {"old/cpu/cpu.cfs_period_us", "100000\n"},
    {"old/cpu/batch/cpu.cfs_quota_us", "-1\n"}, {"old/cpu/batch/cpu.cfs_period_us", "100000\n"},
};

enum { FOLDERS = sizeof folders / sizeof folders[0], FILES = sizeof files / sizeof files[0] };

static int make_trees(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    for (int i = 0; i < FOLDERS; i++)
        if (mkdir(scratch(folders[i]), 0700) != 0)
            return -1;
    for (int i = 0; i < FILES; i++)
        scratch_write(files[i].name, files[i].text, strlen(files[i].text));
    return 0;
}

static int remove_trees(void **state)
{
    for (int i = 0; i < FILES; i++)
        unlink(scratch(files[i].name));
    for (int i = FOLDERS - 1; i >= 0; i--)
        rmdir(scratch(folders[i]));
    return scratch_teardown(state);
}

/* What a process gets whose groups are these, of the trees at `root`. */
static double quota(const char *groups, const char *root)
{
    char at[512];
    scratch_write("groups", groups, strlen(groups));
    strcpy(at, scratch(root));
    return cnn_quota(scratch("groups"), at);
}

static void test_new(void **state)
{
    (void)state;
    assert_true(quota("0::/batch/job\n", "new") == 1.5); /* the limit of the group about it */
    assert_true(quota("0::/batch\n", "new") == 1.5);
    assert_true(quota("0::/elsewhere/of/the/host\n", "new/batch") == 1.5); /* a container sees its group as the root */
    assert_true(isinf(quota("0::/\n", "new")));
    assert_true(isinf(quota("0::/batch/job\n", "new/batch/job")));
}

static void test_old(void **state)
{
    (void)state;
    assert_true(quota("7:memory:/\n5:cpu,cpuacct:/batch\n0::/batch\n", "old") == 4);
    assert_true(quota("5:cpuacct,cpu:/\n", "old") == 4);
    assert_true(isinf(quota("5:cpuacct:/batch\n4:cpuset:/\n", "old"))); /* no word `cpu` */
    assert_true(isinf(quota("5:cpu:/batch\n", "new")));
}

static void test_nothing(void **state)
{
    (void)state;
    assert_true(isinf(quota("", "new")));
    assert_true(isinf(quota("no groups\n5:cpu\n", "new/batch")));
    assert_true(isinf(cnn_quota(scratch("nowhere"), scratch_folder)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_old),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests_name("quota", tests, make_trees, remove_trees);
}
