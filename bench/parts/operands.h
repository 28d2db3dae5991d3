/*
 * operands.h - three matrices, C (m, n) = A (m, k) B (k, n), in each of the forms that a dense
 * layer needs; and our kernels' product of them.
 */
#ifndef BENCH_OPERANDS_H
#define BENCH_OPERANDS_H

#include "engine/engine.h"
#include "engine/team.h"

enum form {
    FORM_OUTPUT,  /* X W: both in rows */
    FORM_WEIGHTS, /* X' dY: A in columns */
    FORM_INPUT,   /* dY W': B in columns */
    FORMS
};

extern const char *const form_names[FORMS];

struct sizes {
    size_t m, n, k;
};

/* Who computes. */
struct runner {
    const struct engine *engine;
    int threads;
    struct team *team;
};

struct operands {
    const struct runner *runner;
    struct sizes size;
    enum form form;
    void *a, *b, *c;
    void *shared, *own; /* scratch of our kernels */
    size_t own_bytes;   /* of each thread */
};

/* Fills A and B with the same numbers on every run. On failure, with a message, nothing is held. */
int operands_create(struct operands *operands, const struct runner *runner,
                    const struct sizes *size);
void operands_free(struct operands *operands);

/* turns.h's burst of our kernels, of a struct operands. */
double operands_burst(void *operands, size_t repeats);

/* x[0..count) = numbers in [-1, 1), the same on every run. */
void operands_fill(const struct engine *engine, void *x, size_t count);

/* Calls work(context, worker) in each of the threads; the seconds that it took. */
double runner_call(const struct runner *runner,
                   void (*work)(void *context, const struct worker *worker), void *context);

/* The time so far: one thread's in its processor time, which other processes don't count in;
 * several threads' by the clock on the wall. */
double runner_seconds(const struct runner *runner);

#endif
