/*
 * run_set.h - some runs side by side, each with a name that tells it from the others.
 *
 *     learning_rate=0.1, units=50        what differs between runs of one name
 *     two_layer learning_rate=0.1        where there are several names
 *     runs/two_layer/0002                where nothing differs
 */
#ifndef TRAINER_RUN_SET_H
#define TRAINER_RUN_SET_H

#include "run_difference.h"
#include "run_record.h"

/* So many are read at most: more can't be told apart in one picture or table. */
enum { RUN_SET_MOST = 64 };

/* Zeroed before; free with run_set_free whatever is returned. */
struct run_set {
    struct arena arena;
    struct run_places places;
    struct run_differences *differences; /* record i is run i of it */
    struct run_record *record;           /* [count] */
    const char **label;                  /* [count] */
    size_t count;
};

/* Reads the runs that the words stand for: a run, its file, a folder of runs, a sweep for its
 * trials. steps: /metrics/step too. TRAINER_INVALID where one can't be read, or where there are
 * more than RUN_SET_MOST. */
int run_set_read(struct run_set *set, const char *const *word, size_t words, bool steps);
void run_set_free(struct run_set *set);

#endif
