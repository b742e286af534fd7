/* main.c -- cnnc: the passes in order. Each does one thing to a compilation (command/command.h); `-d NAME` prints the
 * result of a pass. */
#include <signal.h>

#include "command/command.h"
#include "files.h"
#include "passes/passes.h"
#include "training/training.h"

static const struct pass passes[] = {
    {"spec", OWN, .run = read_spec, .print = print_spec, .leaves = "the spec, its let, block, repeat and include done"},
    {"resolve", EVERY, true, .run = resolve_spec, .print = print_layers, .leaves = "the layers"},
    {"shape", EVERY, true, infer_shapes, .print = print_layers, .leaves = "the layers, their shapes and parameters"},
    {"prune", EVERY, true, prune, .print = print_layers, .leaves = "the layers that lead to the output"},
    {"objective", EVERY, true, objective_check, .print = print_training, .leaves = "the sections, the loss chosen"},
    {"strip_program", LIBRARY, true, strip_program, .print = print_training, .leaves = "the sections of a library"},
    {"members", OWN, true, .run = use_members},
    {"flags", OWN, true, .run = write_flags},
    {"check", OWN, true, .run = check_command},
    {"text", OWN, .run = write_text},
    {"lower", EVERY, false, lower, .print = print_graph, .also = "net", .leaves = "the ops of the layers"},
    {"strip", INFERENCE, false, strip, .print = print_graph, .leaves = "the ops without those of training alone"},
    {"hoist", OWN | MEMBER, false, hoist, .print = print_graph, .leaves = "pooling in front of biases and activations"},
    {"pad", OWN | MEMBER, false, pad, .print = print_graph, .leaves = "layers of zeros as the padding behind them"},
    {"differentiate", EVERY & ~INFERENCE, false, differentiate, .print = print_graph,
     .leaves = "gradients and updates"},
    {"join", OWN | MEMBER, false, join, .print = print_graph, .leaves = "maps in the formulas that read them"},
    {"fuse", OWN | MEMBER, false, fuse, .print = print_graph, .also = "grad", .leaves = "the ops as kernels"},
    {"plan", EVERY, .run = plan_network, .print = print_plan, .leaves = "kernels, their layouts and costs"},
    {"mem", OWN, true, .print = print_memory, .leaves = "places in memory"},
    {"program", OWN, true, .run = plan_program},
    {"summary", OWN, true, .run = write_summary},
    {"budget", OWN, .run = check_budget},
    {"weights", OWN, .run = read_weights},
    {"members_plan", TRAINER | LIBRARY, .run = plan_members},
    {"reference", TRAINER | MEMBER, .run = make_reference},
    {"write", OWN, .run = write_program},
    {0}};

int main(int argc, char **argv)
{
    struct options o = {.arena = arena_new()};
    enum status status = USAGE;
    cnn_catch_bus_error("cnnc");
    signal(SIGXFSZ, SIG_IGN); /* if a file grows too large, writing fails, and that is reported */
    if (options_parse(&o, argc, argv) && stage_stands(&o, passes))
        status = o.input ? compile(&o, passes) : inform(&o, passes);
    arena_free(o.arena);
    return (int)status;
}
