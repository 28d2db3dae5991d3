/*
 * sampler.c - steps to samples.
 *
 *     shuffle, sequential   step = epoch * steps_per_epoch + k takes the batch places from
 *                           k * batch on of the epoch's order, fewer at its end
 *     with_replacement      sample i of a step is number i of the stream (seed, RANDOM_SAMPLING,
 *                           step)
 *
 * Invariant: order, where there is one, is the permutation of `epoch`, with the subset applied.
 */
#include "sampler.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/random.h"
#include "config/config.h"

#include <stdlib.h>

int sampler_check(enum sampling sampling, size_t samples, size_t batch, const struct position *at)
{
    if (samples < 1)
        return config_error(at, "there is no training sample to choose from");
    if (samples > UINT32_MAX)
        return config_error(at, "%zu training samples; at most %lu can be sampled", samples,
                            (unsigned long)UINT32_MAX);
    if (batch < 1)
        return config_error(at, "a batch of 0 samples");
    if (batch > samples && sampling != SAMPLING_WITH_REPLACEMENT)
        return config_error(at,
                            "a batch of %zu samples, but there are %zu to choose from; take a "
                            "smaller batch_size, or sampling: with_replacement",
                            batch, samples);
    return TRAINER_OK;
}

/* An array of count numbers for free(); NULL with a message. */
static uint32_t *allocate_numbers(const char *what, size_t count)
{
    if (count > SIZE_MAX / sizeof(uint32_t)) {
        error_memory(what, SIZE_MAX);
        return NULL;
    }
    return block_allocate(what, count * sizeof(uint32_t));
}

int sampler_open(struct sampler *sampler, enum sampling sampling, uint64_t seed, size_t samples,
                 size_t batch, const uint32_t *subset)
{
    *sampler = (struct sampler){
        .sampling = sampling,
        .seed = seed,
        .samples = samples,
        .batch = batch,
        .subset = subset,
        .epoch = UINT64_MAX,
        .prepared = UINT64_MAX,
    };
    int rc = sampler_check(sampling, samples, batch, NULL);
    if (rc)
        goto out;
    sampler->index = allocate_numbers("the samples of a batch", batch);
    if (sampling == SAMPLING_SHUFFLE)
        sampler->order = allocate_numbers("the order of an epoch", samples);
    sampler->next = allocate_numbers("the samples of a batch", batch);
    if (!sampler->index || !sampler->next || (sampling == SAMPLING_SHUFFLE && !sampler->order))
        rc = TRAINER_FAILED;
out:
    if (rc)
        sampler_free(sampler);
    return rc;
}

void sampler_free(struct sampler *sampler)
{
    free(sampler->order);
    free(sampler->index);
    free(sampler->next);
    *sampler = (struct sampler){0};
}

uint64_t sampler_steps_per_epoch(const struct sampler *sampler)
{
    uint64_t full = sampler->samples / sampler->batch;
    if (sampler->sampling == SAMPLING_WITH_REPLACEMENT)
        return full ? full : 1;
    return full + (!sampler->drop && sampler->samples % sampler->batch ? 1 : 0);
}

/* The sample at a place of the subset. */
static uint32_t sample_at(const struct sampler *sampler, size_t place)
{
    return sampler->subset ? sampler->subset[place] : (uint32_t)place;
}

static void shuffle_epoch(struct sampler *sampler, uint64_t epoch)
{
    struct random_stream stream = random_stream(sampler->seed, RANDOM_SHUFFLE, epoch, 0);
    random_permutation(&stream, sampler->samples, sampler->order);
    for (size_t i = 0; sampler->subset && i < sampler->samples; i++)
        sampler->order[i] = sampler->subset[sampler->order[i]];
    sampler->epoch = epoch;
}

size_t sampler_rows(const struct sampler *sampler, uint64_t step)
{
    if (sampler->sampling == SAMPLING_WITH_REPLACEMENT)
        return sampler->batch;
    size_t begin = (size_t)(step % sampler_steps_per_epoch(sampler)) * sampler->batch;
    size_t left = sampler->samples - begin;
    return left < sampler->batch ? left : sampler->batch;
}

/* Samples [begin, end) of a step whose epoch's order, if it has one, is made. */
static void draw(const struct sampler *sampler, uint64_t step, size_t begin, size_t end,
                 uint32_t *index)
{
    if (sampler->sampling == SAMPLING_WITH_REPLACEMENT) {
        struct random_stream stream = random_stream(sampler->seed, RANDOM_SAMPLING, step, 0);
        random_below_each(&stream, begin, end - begin, (uint32_t)sampler->samples, index + begin);
        for (size_t i = begin; i < end; i++)
            index[i] = sample_at(sampler, index[i]);
        return;
    }
    size_t first = (size_t)(step % sampler_steps_per_epoch(sampler)) * sampler->batch;
    for (size_t i = begin; i < end; i++)
        index[i] = sampler->order ? sampler->order[first + i] : sample_at(sampler, first + i);
}

bool sampler_prepare(const struct sampler *sampler, uint64_t step, size_t begin, size_t end)
{
    if (sampler->order && sampler->epoch != step / sampler_steps_per_epoch(sampler))
        return false;
    draw(sampler, step, begin, end, sampler->next);
    return true;
}

size_t sampler_take(struct sampler *sampler, uint64_t step)
{
    size_t rows = sampler_rows(sampler, step);
    uint64_t epoch = step / sampler_steps_per_epoch(sampler);
    if (sampler->prepared == step) {
        uint32_t *index = sampler->index;
        sampler->index = sampler->next;
        sampler->next = index;
        sampler->prepared = UINT64_MAX;
        return rows;
    }
    if (sampler->order && sampler->epoch != epoch)
        shuffle_epoch(sampler, epoch);
    draw(sampler, step, 0, rows, sampler->index);
    return rows;
}
