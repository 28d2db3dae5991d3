/*
 * command_datasets.c - `trainer datasets [KIND]`: the kinds, or the options of one.
 */
#include "command.h"
#include "list_kinds.h"

static int run_datasets(const struct arguments *arguments)
{
    return list_kinds(FAMILY_DATASET, arguments);
}

const struct command command_datasets = {
    .name = "datasets",
    .group = GROUP_KINDS,
    .rank = 2,
    .words = "[KIND]",
    .summary = "List the kinds of data sets, or one kind's options",
    .example = "trainer datasets idx",
    .words_max = 1,
    .run = run_datasets,
};
