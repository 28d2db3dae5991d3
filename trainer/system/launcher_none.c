/*
 * launcher_none.c - the program without MPI. The linker takes this file from its archive where no
 * other one defines the symbol; in trainer-mpi that is mpi/mpi_ranks.c.
 */
#include "launcher.h"

const struct launcher_mpi *const launcher_mpi = NULL;
