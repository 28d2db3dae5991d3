/*
 * run.c - the words for how a run stands.
 */
#include "run.h"

#include <string.h>

static const char *const words[] = {
    [RUN_RUNNING] = "running",
    [RUN_COMPLETED] = "completed",
    [RUN_FAILED] = "failed",
    [RUN_INTERRUPTED] = "interrupted",
};

const char *run_status_word(enum run_status status)
{
    return words[status];
}

enum run_status run_status_parse(const char *word)
{
    enum run_status status = RUN_INTERRUPTED;
    while (status > RUN_RUNNING && strcmp(words[status], word) != 0)
        status--;
    return status;
}
