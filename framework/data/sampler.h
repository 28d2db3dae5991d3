/*
 * sampler.h - which samples make up which step.
 *
 *     shuffle            every sample once an epoch, in an order drawn for (seed, epoch); the last
 *                        batch of an epoch may be short, or is left out (drop)
 *     with_replacement   each sample of a step drawn anew, by (seed, step)
 *     sequential         every sample once an epoch, in the order of the data
 *
 * The samples of a step are a function of (seed, step): a resumed run takes up in the middle of an
 * epoch without any state, and steps may be asked for in any order.
 */
#ifndef TRAINER_SAMPLER_H
#define TRAINER_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct position;

enum sampling { SAMPLING_SHUFFLE, SAMPLING_WITH_REPLACEMENT, SAMPLING_SEQUENTIAL };

struct sampler {
    enum sampling sampling;
    uint64_t seed;
    size_t samples;         /* N, of the training split, 1 .. 2^32 - 1 */
    size_t batch;           /* rows of a full batch, 1 .. N (more with replacement) */
    bool drop;              /* the short step at the end of an epoch is left out; set by the caller
                               behind sampler_open; nothing with replacement */
    const uint32_t *subset; /* (samples): the samples to choose from; NULL: 0 .. N-1 */
    uint32_t *order;        /* (samples): this epoch's order; NULL where sampling needs none */
    uint64_t epoch;         /* that order is of; UINT64_MAX: none yet */
    uint32_t *index;        /* (batch): the samples of the current step */
    uint32_t *next;         /* (batch): those of a step that is prepared */
    uint64_t prepared;      /* that step; UINT64_MAX: none */
};

/* TRAINER_INVALID with a message where a batch of that size can't be taken from so many samples.
 * at: where its size is given; NULL: nowhere. */
int sampler_check(enum sampling sampling, size_t samples, size_t batch, const struct position *at);

/* subset: NULL or the positions to choose from, dataset->training say (borrowed). TRAINER_INVALID
 * with a message where samples or batch are out of range, TRAINER_FAILED where memory ran out; the
 * sampler is then empty. Free with sampler_free. */
int sampler_open(struct sampler *sampler, enum sampling sampling, uint64_t seed, size_t samples,
                 size_t batch, const uint32_t *subset);
void sampler_free(struct sampler *sampler);

/* Steps of one epoch: N / batch; shuffle and sequential round up, with_replacement rounds down (at
 * least 1). */
uint64_t sampler_steps_per_epoch(const struct sampler *sampler);

/* Samples of step `step` (from 0). */
size_t sampler_rows(const struct sampler *sampler, uint64_t step);

/* Draws samples [begin, end) of a step ahead of time, into sampler->next; threads may each draw a
 * part at once. False, and nothing is drawn, where the step's epoch has an order of its own that is
 * not made yet. When all are drawn, one thread sets sampler->prepared. */
bool sampler_prepare(const struct sampler *sampler, uint64_t step, size_t begin, size_t end);

/* Puts the samples of a step into sampler->index and returns how many they are; nothing is left to
 * do where they are prepared. One thread calls. */
size_t sampler_take(struct sampler *sampler, uint64_t step);

#endif
