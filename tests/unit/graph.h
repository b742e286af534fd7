/* graph.h -- a network from its text, for the tests of the graph's passes. */
#ifndef TESTS_GRAPH_H
#define TESTS_GRAPH_H

#include "training/training.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "passes/passes.h"
#include "graph/net.h"

/* Messages are collected, not shown. */
static inline struct ctx *quiet_ctx(void)
{
    return ctx_new(&(struct diag_options){.format = DIAG_JSON});
}

static inline struct spec *spec_of(struct ctx *c, const char *text)
{
    char path[] = "/tmp/cnnc-graph-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct spec *s = net_parse(c, path, NULL, 0);
    unlink(path);
    assert_non_null(s);
    return s;
}

/* Returns nodes with shapes; ctx_errors(c) tells whether there were errors. */
static inline struct net *shapes_of(struct ctx *c, const char *text)
{
    struct net *n = resolve(c, spec_of(c, text));
    infer_shapes(n);
    objective_check(n);
    return n;
}

static inline struct net *lowered(struct ctx *c, const char *text)
{
    struct net *n = shapes_of(c, text);
    if (ctx_errors(c))
        diag_finish(c, text);
    assert_int_equal(ctx_errors(c), 0);
    lower(n);
    net_verify(n);
    return n;
}

static inline struct node *node_named(const struct net *n, const char *name)
{
    for (size_t i = 0; i < n->nodes.n; i++) {
        if (strcmp(n->nodes.at[i]->name, name) == 0)
            return n->nodes.at[i];
    }
    fail_msg("no node %s", name);
    return NULL;
}

static inline int count_ops(const struct net *n, const struct op_kind *kind)
{
    int count = 0;
    for (size_t i = 0; i < n->ops.n; i++)
        count += n->ops.at[i]->kind == kind;
    return count;
}

static const char mnist_text[] = "Input 28x28x1\nConv2D 32 3x3 relu\nMaxPool 2x2\nConv2D 64 3x3 relu\nMaxPool 2x2\n"
                                 "Conv2D 64 3x3 relu\nFlatten\nDense 64 relu\nDense 10 softmax\n";

#endif
