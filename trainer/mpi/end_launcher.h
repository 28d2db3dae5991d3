/*
 * end_launcher.h - ends a launcher that goes on waiting for ranks which it cannot reach any more:
 * Open MPI's does so for ever where a host is gone.
 */
#ifndef TRAINER_END_LAUNCHER_H
#define TRAINER_END_LAUNCHER_H

/* The process of mpirun, of its daemon on this host or of MPICH's that started this one, directly
 * or by a shell between; 0: none is known. */
int end_launcher_find(void);

/* From a process of its own, as this one is about to end: SIGTERM to the launcher where it is still
 * there `seconds` later, and SIGKILL as many seconds after that. */
void end_launcher_later(int launcher, unsigned seconds);

#endif
