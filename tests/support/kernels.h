/*
 * kernels.h - for tests of kernels: every engine of this machine, arrays of its numbers, teams.
 *
 * A test of suite_main runs once for each engine, with _i its index in engine_list.
 */
#ifndef TRAINER_KERNELS_H
#define TRAINER_KERNELS_H

#include "engine/engine.h"
#include "engine/team.h"
#include "kernels/kernel_table.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEAM_SIZES = 6 };

/* 1, 2, 3, 5, 8, 16: more threads than processors too. */
extern const int team_sizes[TEAM_SIZES];

/* The engine of that index; NULL where this machine does not run it. */
const struct engine *kernels_engine(int index);

/* An array of count numbers, zero, with a guard behind it; 64-byte aligned. kernels_free fails the
 * test where the guard was written over. */
void *kernels_array(const struct engine *engine, size_t count);
void *kernels_bytes(size_t bytes);
void kernels_free(void *array);

/* Numbers in [-1, 1), of which the share `zeros` is 0; *state is the generator's. */
void kernels_fill(const struct engine *engine, void *x, size_t count, double zeros,
                  uint32_t *state);

/* kernels_array of such numbers, a twentieth of them 0. */
void *kernels_random_array(const struct engine *engine, size_t count, uint32_t *state);

/* The next number of a generator, in [0, limit). */
uint32_t kernels_random(uint32_t *state, uint32_t limit);

/* Calls work(context, worker) in each thread of a team. */
void kernels_team(int threads, void (*work)(void *context, const struct worker *worker),
                  void *context);

/* Half the distance from 1 to the next number: the largest relative error of one operation. */
double kernels_rounding(const struct engine *engine);

#endif
