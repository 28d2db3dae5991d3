/*
 * data_split.c - validation samples, split off the training data.
 */
#include "data_split.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>

int data_split_count(double validation, const struct position *at, size_t samples, size_t *count)
{
    double wanted = validation < 1 ? round(validation * (double)samples) : validation;
    if (wanted != floor(wanted))
        return config_error(at, "validation %.15g is neither a fraction below 1 nor a whole number",
                            validation);
    if (wanted >= (double)samples)
        return config_error(at, "validation %.15g leaves no training sample of %zu", validation,
                            samples);
    if (validation > 0 && wanted < 1)
        return config_error(at, "validation %.15g of %zu training samples is not one sample",
                            validation, samples);
    *count = (size_t)wanted;
    return TRAINER_OK;
}

int data_split(struct dataset *dataset, size_t count)
{
    size_t samples = dataset->count[SPLIT_TRAIN];
    uint32_t *order = block_allocate("the validation split", samples * sizeof *order);
    uint8_t *chosen = block_allocate("the validation split", samples);
    uint32_t *training =
        dataset_block(dataset, "the training samples", (samples - count) * sizeof *training);
    uint32_t *validation =
        dataset_block(dataset, "the validation samples", count * sizeof *validation);
    int rc = TRAINER_FAILED;
    if (!order || !chosen || !training || !validation)
        goto out;
    struct random_stream stream = random_stream(dataset->seed, RANDOM_SPLIT, 0, 0);
    random_permutation(&stream, samples, order);
    for (size_t i = 0; i < count; i++)
        chosen[order[i]] = 1;
    dataset->position[SPLIT_TRAIN] = training;
    dataset->position[SPLIT_VALIDATION] = validation;
    for (size_t i = 0; i < samples; i++)
        *(chosen[i] ? validation++ : training++) = (uint32_t)i;
    dataset->count[SPLIT_TRAIN] = samples - count;
    dataset->count[SPLIT_VALIDATION] = count;
    rc = TRAINER_OK;
out:
    free(order);
    free(chosen);
    return rc;
}
