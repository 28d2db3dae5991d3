/*
 * launcher.c - the environment that launchers give to the processes they start.
 */
#include "launcher.h"
#include "base/error.h"

#include <stdlib.h>
#include <time.h>

/* A launcher's variables: `size` counts the processes, `rank` numbers them from 0. */
static const struct {
    const char *size, *rank;
    bool both; /* the first alone is set for programs that are no ranks of anything */
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", false},
    {"PMI_SIZE", "PMI_RANK", false},
    {"SLURM_STEP_NUM_TASKS", "PMIX_RANK", true},
};
enum { LAUNCHERS = sizeof launchers / sizeof *launchers };

/* What this process has joined. */
static struct ranks *joined;

/* The variable's whole number; 0 where it isn't set to one. */
static long read_count(const char *name)
{
    const char *text = getenv(name);
    char *end;
    long count = text ? strtol(text, &end, 10) : 0;
    return text && end > text && *end == '\0' ? count : 0;
}

/* The launcher that started more than so many processes; LAUNCHERS: none did. */
static size_t find(long more_than)
{
    size_t i = 0;
    while (i < LAUNCHERS && (read_count(launchers[i].size) <= more_than ||
                             (launchers[i].both && !getenv(launchers[i].rank))))
        i++;
    return i;
}

bool launcher_is_there(void)
{
    return find(0) < LAUNCHERS;
}

long launcher_processes(void)
{
    size_t i = find(1);
    return i < LAUNCHERS ? read_count(launchers[i].size) : 1;
}

bool launcher_follows(void)
{
    size_t i = find(1);
    return launcher_mpi && i < LAUNCHERS && read_count(launchers[i].rank) > 0;
}

int launcher_check(const char *command, bool alone)
{
    size_t i = find(1);
    if (i == LAUNCHERS || alone)
        return TRAINER_OK;
    return error_set(TRAINER_INVALID,
                     "%s: this is one of %ld processes (%s), and each would do the whole work; "
                     "trainer-mpi shares it, --alone lets each do it",
                     command, read_count(launchers[i].size), launchers[i].size);
}

int launcher_join(const char *command, const struct launcher_wishes *wishes, struct ranks **ranks)
{
    long processes = launcher_processes();
    *ranks = NULL;
    if (!launcher_mpi)
        return launcher_check(command, wishes->alone);
    int rc = wishes->alone || processes == 1 ? TRAINER_OK : launcher_mpi->join(ranks, processes);
    if (*ranks) {
        (*ranks)->stall = wishes->stall;
        (*ranks)->sharing = (enum ranks_sharing)wishes->sharing;
        (*ranks)->data_from_first = wishes->data_from_first;
    }
    joined = *ranks;
    return rc;
}

int launcher_refuse(int rc)
{
    const struct launcher_wishes none = {0};
    struct ranks *ranks;
    if (!launcher_mpi || launcher_processes() == 1 || launcher_join("", &none, &ranks))
        return rc;
    return ranks_agree(ranks, rc);
}

void launcher_leave(bool failed)
{
    static const struct timespec head_start = {.tv_nsec = 300000000};
    bool follows = joined && joined->rank > 0;
    if (joined)
        launcher_mpi->leave(joined);
    joined = NULL;
    if (failed && follows)
        nanosleep(&head_start, NULL);
}
