/*
 * launcher.h - whether mpirun, mpiexec or srun started this process as one of many.
 *
 *     Open MPI    mpirun -np 4              OMPI_COMM_WORLD_SIZE
 *     MPICH       mpiexec -n 4              PMI_SIZE
 *     SLURM       srun --mpi=pmix -n 4      SLURM_STEP_NUM_TASKS, beside PMIX_RANK
 *
 * Each of them would train the same network, in the same place. `trainer` links no MPI: it looks at
 * the environment alone, and refuses. `trainer-mpi` is the same program with an MPI, which the
 * processes join. A shell within one process of an allocation is not told apart from that process,
 * hence --alone.
 */
#ifndef TRAINER_LAUNCHER_H
#define TRAINER_LAUNCHER_H

#include "distributed/ranks.h"
#include <stdbool.h>

/* The MPI that the program was linked with. */
struct launcher_mpi {
    /* Takes this process among the ranks. What a rank other than 0 prints from then on is lost. */
    int (*join)(struct ranks **ranks, long processes);
    void (*leave)(struct ranks *ranks);
};

/* NULL in `trainer`. */
extern const struct launcher_mpi *const launcher_mpi;

/* Whether a launcher started this process, be it alone: where its output goes is not a terminal,
 * even where it looks like one. */
bool launcher_is_there(void);

/* How many processes the launcher started; 1 where there is none. */
long launcher_processes(void);

/* Whether this is one of them that only follows the first: commands that take no part in MPI leave
 * all to that one. */
bool launcher_follows(void);

/* TRAINER_INVALID with a message that names `command` where this is one of several processes, and
 * it was not said (`alone`) that each is to do the whole work. */
int launcher_check(const char *command, bool alone);

/* How the processes of a command work together, as its command line has it. */
struct launcher_wishes {
    bool alone;   /* each does the whole work */
    double stall; /* seconds of silence of one that end all; 0: never */
    int sharing;  /* enum ranks_sharing */
    bool data_from_first;
};

/* The same of a command that all processes can do together: with an MPI they join. *ranks is NULL
 * where this process is to work alone. */
int launcher_join(const char *command, const struct launcher_wishes *wishes, struct ranks **ranks);

/* For a process whose command line is wrong: the others, which may have another one, learn of it as
 * soon as they have joined. Returns rc. */
int launcher_refuse(int rc);

/* Leaves what this process has joined, if anything. For the end of the program, when all is
 * printed. Where the work has failed rank 0 goes first: once a rank has gone with an error the
 * launcher ends the others, and drops what it has not passed on yet of what they have printed. */
void launcher_leave(bool failed);

#endif
