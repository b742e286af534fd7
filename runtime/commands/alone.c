/* alone.c -- cnn_main() of a program that runs alone. It stands in a file of its own, because libcnn-mpi has another
 * one, and of two the linker takes the first that it finds. */
#include "commands/commands.h"

int cnn_main(int argc, char **argv, const struct cnn_model *model)
{
    return cnn_main_with(argc, argv, model, NULL);
}
