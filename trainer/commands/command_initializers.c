/*
 * command_initializers.c - `trainer initializers [KIND]`: the kinds, or the options of one.
 */
#include "command.h"
#include "list_kinds.h"

static int run_initializers(const struct arguments *arguments)
{
    return list_kinds(FAMILY_INITIALIZER, arguments);
}

const struct command command_initializers = {
    .name = "initializers",
    .group = GROUP_KINDS,
    .rank = 5,
    .words = "[KIND]",
    .summary = "List the initializers, or one's options",
    .example = "trainer initializers normal",
    .words_max = 1,
    .run = run_initializers,
};
