/*
 * other_build.h - products by another build's bench_kernels, which serves them: a process that is
 * asked over a pipe and asleep in between.
 *
 *     asked    "100 50 784 0 2000"     m, n, k, form (operands.h), repeats
 *     answers  "1.25e-05"              seconds of one product
 */
#ifndef BENCH_OTHER_BUILD_H
#define BENCH_OTHER_BUILD_H

#include "operands.h"
#include <stdio.h>
#include <sys/types.h>

struct other_build {
    pid_t process;
    FILE *ask, *answer;
};

/* Starts the program with these words, which end with NULL; word[0] is the program. */
int other_build_start(struct other_build *other, char *const *words);
void other_build_end(struct other_build *other);

/* turns.h's burst, of a struct other_product. */
struct other_product {
    struct other_build *other;
    const struct operands *operands;
};
double other_build_burst(void *other_product, size_t repeats);

/* Answers, by our kernels, what is asked on standard input until it ends. */
int other_build_serve(const struct runner *runner);

#endif
