/*
 * run_comparison.h - what differs between runs, and what came of it: for tables on screens and
 * pages.
 */
#ifndef TRAINER_RUN_COMPARISON_H
#define TRAINER_RUN_COMPARISON_H

#include "evaluate/columns.h"
#include "run_set.h"

enum { COMPARISON_KEYS_MAX = 256, COMPARISON_NUMBERS_MAX = 96 };

/* The last value of a column; a run that has none has NaN. */
struct run_number {
    char title[96];
    const char *name; /* of its column */
    enum direction direction;
    bool share; /* four decimals */
    double value[RUN_SET_MOST];
};

struct compared_runs {
    const struct run_set *set;           /* borrowed */
    struct run_differences *differences; /* over runs of any name */
    size_t keys, numbers;
    const char *key[COMPARISON_KEYS_MAX]; /* that differ, in the order in which runs have them */
    struct run_number number[COMPARISON_NUMBERS_MAX];
};

/* Free with run_comparison_free whatever is returned. */
int run_comparison_make(struct compared_runs *comparison, const struct run_set *set);
void run_comparison_free(struct compared_runs *comparison);

/* A run's value of a key that differs; NULL where it has none. */
const char *run_comparison_value(const struct compared_runs *comparison, size_t run,
                                 const char *key);

/* The best of a number where some runs are worse; NaN where there is none. */
double run_comparison_best(const struct compared_runs *comparison, size_t number);

#endif
