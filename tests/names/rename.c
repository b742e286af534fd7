/* rename.c -- what cnnc calls a model in C: reads names, prints each and its own. */
#include <stdio.h>
#include <string.h>

#include "graph/net.h"

int main(void)
{
    struct arena *a = arena_new();
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line)
            printf("%s %s\n", line, model_name(a, line).name);
    }
    arena_free(a);
    return 0;
}
