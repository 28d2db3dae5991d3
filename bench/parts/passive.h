/*
 * passive.h - idle threads that sleep at once, for programs that take turns with others.
 */
#ifndef BENCH_PASSIVE_H
#define BENCH_PASSIVE_H

/* First in main, with its words: starts this program anew with OMP_WAIT_POLICY=passive, which
 * OpenMP reads when a process starts, unless that variable is set. */
void passive_start(char **words);

#endif
