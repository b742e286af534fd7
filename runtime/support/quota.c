/* quota.c -- the time that control groups leave a process. A file names its groups, a line each: "0::/batch/job" of
 * version 2, where a group is limited by its file cpu.max, or "5:cpu,cpuacct:/batch/job" of version 1, which has a tree
 * for each controller and two files. A container may see only the lower end of a tree, at its root. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/support.h"

enum { LINE = 4096 };

/* Whether so many numbers, 1 or 2, stand in the file. */
static int read_numbers(const char *folder, const char *file, int n, double x[2])
{
    char path[2 * LINE], line[64] = "", *end = line;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *f = fopen(path, "r");
    if (f && !fgets(line, sizeof line, f))
        line[0] = '\0';
    if (f)
        fclose(f);
    for (int i = 0; i < n; i++) {
        const char *begin = end;
        x[i] = strtod(begin, &end);
        if (end == begin)
            return 0;
    }
    return 1;
}

static double of_group(const char *folder)
{
    double x[2], period[2];
    if (!read_numbers(folder, "cpu.max", 2, x)) {
        if (!read_numbers(folder, "cpu.cfs_quota_us", 1, x) || !read_numbers(folder, "cpu.cfs_period_us", 1, period))
            return INFINITY;
        x[1] = period[0];
    }
    return x[0] > 0 && x[1] > 0 ? x[0] / x[1] : INFINITY;
}

/* The least of the group and all above it, up to the root of its tree. */
static double of_groups(const char *tree, const char *group)
{
    char folder[2 * LINE];
    const int root = snprintf(folder, LINE, "%s", tree);
    double least = of_group(folder);
    if (root < 0 || root >= LINE)
        return least;
    snprintf(folder + root, LINE, "%s", group);
    for (char *end; (end = strrchr(folder + root, '/')); *end = '\0')
        least = fmin(least, of_group(folder));
    return least;
}

static int has_word(const char *list, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ',') && (at[n] == ',' || at[n] == '\0'))
            return 1;
    return 0;
}

double cnn_quota(const char *groups, const char *root)
{
    FILE *f = fopen(groups, "r");
    char line[LINE], tree[LINE];
    double least = INFINITY;
    while (f && fgets(line, sizeof line, f)) {
        char *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        *controllers++ = *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        if (*controllers && !has_word(controllers, "cpu"))
            continue;
        snprintf(tree, sizeof tree, "%s%s", root, *controllers ? "/cpu" : "");
        least = fmin(least, of_groups(tree, group));
    }
    if (f)
        fclose(f);
    return least;
}
