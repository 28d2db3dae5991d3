/*
 * update.h - the update of all trained parameters, behind backward.
 *
 *     g = mean over the samples of the step
 *     g = g cut to [-clip_value, clip_value]
 *     g = g min(1, clip_norm / |g|)               |g|: over all trained tensors
 *     g = g + weight_decay x + l1 sign(x)         of weights (and biases: decay_biases)
 *     x = the optimizer's rule
 *     a = average a + (1 - average) x
 *
 * Each line is left out where its option is 0. All threads of the team call, each for its own share
 * of the elements; |g| is summed in slices of fixed size, so that no thread count changes it.
 */
#ifndef TRAINER_UPDATE_H
#define TRAINER_UPDATE_H

#include "config/options.h"
#include "graph/graph.h"
#include "optimizer.h"
#include "settings.h"
#include <stdbool.h>

/* Blocks that an optimizer may need beside its own: the average. */
enum { UPDATE_BLOCKS_MAX = OPTIMIZER_STATES_MAX + 1 };

struct updater {
    struct graph *graph;
    const struct engine *engine;
    const struct optimizer_kind *kind;
    const void *private;
    const struct optimizer_settings *settings;
    bool fuses;                        /* layers may take the step where they compute gradients */
    bool tries;                        /* whether a step is good is known before anything moves */
    void *state[OPTIMIZER_STATES_MAX]; /* as the trained block each; NULL: not wanted */
    void *average;                     /* the same; NULL: off */
    void *sum;                         /* the same: gradients of the step's passes; NULL: one */
    double *square;                    /* [slices]: sums of squares; NULL: no norm is wanted */
    size_t slices;
    int blocks; /* what checkpoints keep: states, average */
    const char *block_name[UPDATE_BLOCKS_MAX];
    void *block[UPDATE_BLOCKS_MAX];
};

/* One step, the same for all threads. */
struct update_step {
    double rate;
    double scale; /* of clip_norm */
    double constants[OPTIMIZER_CONSTANTS_MAX];
};

/* passes: of one step. on_nan_skip: a step that is not finite must change nothing. All but the
 * graph is borrowed from the session. TRAINER_FAILED where memory ran out. Free with
 * updater_free. */
int updater_create(struct updater *updater, struct graph *graph,
                   const struct kind_choice *optimizer, const struct optimizer_settings *settings,
                   int64_t passes, bool on_nan_skip);
void updater_free(struct updater *updater);

/* Bytes beside parameters and gradients that updater_create takes for so many trained elements. */
size_t updater_bytes(const struct kind_choice *optimizer, const struct optimizer_settings *settings,
                     int64_t passes, size_t bytes);

/* Sets the average to the parameters: the start of a run. One thread. */
void updater_start_average(struct updater *updater);

/* Behind pass number `pass` of `passes`: adds its gradient to the others; behind the last the sum
 * stands where gradients stand. */
void updater_add_pass(struct updater *updater, int64_t pass, int64_t passes,
                      const struct worker *worker);

/* The step with so many updates before it. Holds a barrier where a norm is wanted; step->scale is
 * not finite where the norm is not. */
void updater_begin(struct updater *updater, uint64_t updates, double rate, struct update_step *step,
                   const struct worker *worker);

/* Whether the step would leave this thread's share finite. Changes nothing. */
bool updater_try(const struct updater *updater, const struct update_step *step,
                 const struct worker *worker);

/* Takes the step, but for tensors whose layers have; whether all that was written is finite. */
bool updater_take(const struct updater *updater, const struct update_step *step,
                  const struct worker *worker);

/* Exchanges parameters and average, this thread's share; nothing where there is none. */
void updater_swap_average(const struct updater *updater, const struct worker *worker);

/* What is not finite: a gradient, or (taken: the step is behind) a state; into text[size]. False
 * where all is. */
bool updater_describe(const struct updater *updater, const struct update_step *step, bool taken,
                      uint64_t number, char *text, size_t size);

#endif
