/*
 * beats.h - signs of life between ranks: a rank that reads for an hour is told from one that is
 * gone.
 *
 * Four times a second each rank sends a byte to each other. A thread of its own does it while the
 * main thread is at work elsewhere, be it asleep in a read; of a process that is stopped, or cut
 * off, nothing comes. MPI is called by one thread at a time: by the one that has the turn.
 */
#ifndef TRAINER_BEATS_H
#define TRAINER_BEATS_H

struct beats;

/* After MPI_Init_thread with MPI_THREAD_SERIALIZED; all ranks call. */
int beats_start(struct beats **beats, int rank, int count);

/* What calls MPI begins and ends its turn, and in between looks as often as it waits: a sign is
 * sent when it is time, and those that came are noted. */
void beats_begin(struct beats *beats);
void beats_look(struct beats *beats, double now);
void beats_end(struct beats *beats);

/* When a sign of a rank came last, as clock_seconds has it; of one that has stopped in good order:
 * now. In a turn. */
double beats_heard(const struct beats *beats, int rank);

/* Frees beats; before MPI_Finalize. All ranks that have started call, and wait for one another. */
void beats_stop(struct beats *beats);

#endif
