/*
 * launcher.h - whether mpirun, mpiexec or srun started this process as one of many.
 *
 *     Open MPI    mpirun -np 4              OMPI_COMM_WORLD_SIZE
 *     MPICH       mpiexec -n 4              PMI_SIZE
 *     SLURM       srun --mpi=pmix -n 4      SLURM_STEP_NUM_TASKS, beside PMIX_RANK
 *
 * Each of them would train the same network, in the same place. The environment alone is looked
 * at: nothing here needs MPI. A shell within one process of an allocation is not told apart from
 * that process, hence --alone.
 */
#ifndef TRAINER_LAUNCHER_H
#define TRAINER_LAUNCHER_H

#include <stdbool.h>

/* TRAINER_INVALID with a message that names `command` where this is one of several processes, and
 * it was not said (`alone`) that each is to do the whole work. */
int launcher_check(const char *command, bool alone);

#endif
