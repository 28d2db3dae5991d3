/*
 * launcher.c - the environment that launchers give to the processes they start.
 */
#include "launcher.h"
#include "base/error.h"

#include <stdlib.h>

/* A launcher's variables: `size` counts the processes. */
static const struct {
    const char *size;
    const char *beside; /* must be set as well; NULL: none */
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", NULL},
    {"PMI_SIZE", NULL},
    /* Without PMIx srun sets it too, for programs that are no ranks of anything. */
    {"SLURM_STEP_NUM_TASKS", "PMIX_RANK"},
};

/* The variable's whole number; 0 where it isn't set to one. */
static long read_count(const char *name)
{
    const char *text = getenv(name);
    char *end;
    long count = text ? strtol(text, &end, 10) : 0;
    return text && end > text && *end == '\0' ? count : 0;
}

int launcher_check(const char *command, bool alone)
{
    for (size_t i = 0; i < sizeof launchers / sizeof *launchers && !alone; i++) {
        long count = read_count(launchers[i].size);
        if (count > 1 && (!launchers[i].beside || getenv(launchers[i].beside)))
            return error_set(TRAINER_INVALID,
                             "%s: this is one of %ld processes (%s), and each would do the whole "
                             "work; start one process, or let each do it with --alone",
                             command, count, launchers[i].size);
    }
    return TRAINER_OK;
}
