/*
 * command_schedules.c - `trainer schedules [KIND]`: the kinds, or the options of one.
 */
#include "command.h"
#include "list_kinds.h"

static int run_schedules(const struct arguments *arguments)
{
    return list_kinds(FAMILY_SCHEDULE, arguments);
}

const struct command command_schedules = {
    .name = "schedules",
    .group = GROUP_KINDS,
    .rank = 4,
    .words = "[KIND]",
    .summary = "List the schedules, or one's options",
    .example = "trainer schedules cosine",
    .words_max = 1,
    .run = run_schedules,
};
