/* fronts.c -- chooses the front end for a file */
#include <string.h>

#include "files.h"
#include "spec/front.h"

struct spec *net_parse(struct ctx *c, const char *path, const struct define *defines, size_t n_defines)
{
    const struct stmt_list *raw = read_file(c, path, (struct span){0});
    return raw ? expand(c, path, raw, defines, n_defines) : NULL;
}

/* The ending of the name decides. Every other file is read as text, and so is standard input. */
static const struct {
    const char *suffix;
    struct spec *(*parse)(struct ctx *c, const char *path, const struct define *defines, size_t n_defines);
} fronts[] = {{".yaml", yaml_parse}, {".yml", yaml_parse}, {".net", net_parse}, {0}};

struct spec *spec_read(struct ctx *c, const char *path, const struct define *defines, size_t n_defines)
{
    size_t i = 0;
    while (fronts[i].suffix && !cnn_has_ending(path, fronts[i].suffix))
        i++;
    return (fronts[i].suffix ? fronts[i].parse : net_parse)(c, path, defines, n_defines);
}
