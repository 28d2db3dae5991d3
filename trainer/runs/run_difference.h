/*
 * run_difference.h - what differs between the configs of runs, of those of one name or of all.
 *
 *     runs/two_layer/0001    learning_rate=0.1
 *     runs/two_layer/0002    learning_rate=0.2
 *
 * What leaves a run's numbers alone is not compared: name, output, threads, kernels, checkpoint.
 */
#ifndef TRAINER_RUN_DIFFERENCE_H
#define TRAINER_RUN_DIFFERENCE_H

#include <stddef.h>

struct run_differences;

enum run_scope { RUNS_OF_ONE_NAME, RUNS_OF_ANY_NAME };

/* An empty collection; NULL with a message when memory ran out. Free with run_differences_free. */
struct run_differences *run_differences_new(enum run_scope which);
void run_differences_free(struct run_differences *differences);

/* Adds a run by its resolved config; runs count from 0 in the order added. A text that is no config
 * differs in nothing. TRAINER_FAILED when memory ran out. */
int run_differences_add(struct run_differences *differences, const char *yaml);

/* One key in which a run differs from one that it is compared with. Valid until the next add. */
struct run_difference {
    const char *key;   /* "optimizer.learning_rate" */
    const char *brief; /* its end, as long as it has to be to differ from the other keys' ends */
    const char *value; /* "0.1"; whole, but for a long list's end */
};

/* The differences of a run, in the order of the config, into list[most]; how many there are. */
size_t run_differences_of(const struct run_differences *differences, size_t run,
                          struct run_difference *list, size_t most);

#endif
