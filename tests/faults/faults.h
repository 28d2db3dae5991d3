/*
 * faults.h - calls of libc, libyaml, zlib and libhdf5 that fail when a test says so.
 *
 * cmake/faults.cmake makes copies of the libraries in which `malloc` is `fault_malloc` and so on:
 * what the project's own code calls can fail, what others call inside cannot.
 */
#ifndef TRAINER_FAULTS_H
#define TRAINER_FAULTS_H

#include <stdbool.h>
#include <stdlib.h>

/* From now on calls are counted, and the k-th (from 1) fails; with `onward` all after it too. */
void faults_arm(long k, bool onward);

/* Nothing fails any more. The calls counted since faults_arm. */
long faults_disarm(void);

/* Blocks of memory that were allocated and not freed. */
long faults_live(void);

/* free() of memory that the project's code has handed out. */
void fault_free(void *memory);

#endif
