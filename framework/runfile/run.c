/*
 * run.c - the words for how a run stands.
 */
#include "run.h"

const char *run_status_word(enum run_status status)
{
    static const char *const words[] = {
        [RUN_RUNNING] = "running",
        [RUN_COMPLETED] = "completed",
        [RUN_FAILED] = "failed",
        [RUN_INTERRUPTED] = "interrupted",
    };
    return words[status];
}
