/*
 * command_optimizers.c - `trainer optimizers [KIND]`: the kinds, or the options of one.
 */
#include "command.h"
#include "list_kinds.h"

static int run_optimizers(const struct arguments *arguments)
{
    return list_kinds(FAMILY_OPTIMIZER, arguments);
}

const struct command command_optimizers = {
    .name = "optimizers",
    .group = GROUP_KINDS,
    .rank = 3,
    .words = "[KIND]",
    .summary = "List the optimizers, or one's options",
    .example = "trainer optimizers sgd",
    .words_max = 1,
    .run = run_optimizers,
};
