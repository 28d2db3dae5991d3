/*
 * command_layers.c - `trainer layers [KIND]`: the kinds, or the options of one.
 */
#include "command.h"
#include "list_kinds.h"

static int run_layers(const struct arguments *arguments)
{
    return list_kinds(FAMILY_LAYER, arguments);
}

const struct command command_layers = {
    .name = "layers",
    .also = ",kinds,losses,activations,",
    .group = GROUP_KINDS,
    .rank = 1,
    .words = "[KIND]",
    .summary = "List the kinds of layers, or one kind's options",
    .example = "trainer layers affine",
    .words_max = 1,
    .run = run_layers,
};
