/*
 * command_metrics.c - `trainer metrics [KIND]`: the kinds, or the options of one.
 */
#include "command.h"
#include "list_kinds.h"

static int run_metrics(const struct arguments *arguments)
{
    return list_kinds(FAMILY_METRIC, arguments);
}

const struct command command_metrics = {
    .name = "metrics",
    .group = GROUP_KINDS,
    .rank = 6,
    .words = "[KIND]",
    .summary = "List the metrics, or one's options",
    .example = "trainer metrics accuracy",
    .words_max = 1,
    .run = run_metrics,
};
