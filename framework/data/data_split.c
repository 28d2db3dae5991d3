/*
 * data_split.c - chooses a split for each stored training sample, then lists them.
 */
#include "data_split.h"
#include "base/random.h"
#include "samples.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED = 10 /* classes of one sample that the warning names */ };

/* --- how many --------------------------------------------------------------------------------- */

/* How many of `samples` training samples one part asks for. */
static int count_part(const struct dataset *dataset, const struct split_options *options,
                      enum split split, size_t samples, size_t *count)
{
    const double part = options->part[split];
    const struct position *at = options->at[split] ? options->at[split] : dataset->at;
    const char *name = split_words(split)->name;
    double wanted = part < 1 ? round(part * (double)samples) : part;
    *count = 0;
    if (part == 0)
        return TRAINER_OK;
    if (dataset->count[split])
        return config_error(at, "%s %.15g: the data has %zu %s samples of its own", name, part,
                            dataset->count[split], name);
    if (wanted != floor(wanted))
        return config_error(at, "%s %.15g is neither a fraction below 1 nor a whole number", name,
                            part);
    if (wanted >= (double)samples)
        return config_error(at, "%s %.15g leaves no training sample of %zu", name, part, samples);
    if (wanted < 1)
        return config_error(at, "%s %.15g of %zu training samples is not one sample", name, part,
                            samples);
    *count = (size_t)wanted;
    return TRAINER_OK;
}

/* --- shares of classes ------------------------------------------------------------------------ */

/* What each class gives to each part, and what it has. */
struct shares {
    const int32_t *label; /* (samples) */
    size_t classes, samples;
    size_t *has;                /* (classes) samples, of classes that give any; else 0 */
    size_t *gives[SPLIT_COUNT]; /* (classes) of test and validation: still to be given */
    double *rest;               /* (classes) what rounding down left */
};

/* The most that a class may give to one more part: one sample stays in training. */
static size_t room_of(const struct shares *shares, size_t k)
{
    size_t given = shares->gives[SPLIT_TEST][k] + shares->gives[SPLIT_VALIDATION][k] + 1;
    return shares->has[k] > given ? shares->has[k] - given : 0;
}

/* The class with the largest rest that has room; the lowest of several. `classes`: none has. */
static size_t largest_rest(const struct shares *shares)
{
    size_t best = shares->classes;
    for (size_t k = 0; k < shares->classes; k++)
        if (room_of(shares, k) && (best == shares->classes || shares->rest[k] > shares->rest[best]))
            best = k;
    return best;
}

/* Shares `count` samples out among the classes by largest remainder, one at most beyond the rest of
 * each until all have been asked. Returns how many found no class. */
static size_t share_out(struct shares *shares, enum split split, size_t count)
{
    size_t left = count, total = 0;
    for (size_t k = 0; k < shares->classes; k++)
        total += shares->has[k];
    for (size_t k = 0; total && k < shares->classes; k++) {
        double share = (double)count * (double)shares->has[k] / (double)total;
        size_t room = room_of(shares, k), whole = (size_t)share;
        whole = whole < room ? whole : room;
        shares->rest[k] = share - (double)whole;
        shares->gives[split][k] = whole;
        left -= whole;
    }
    for (size_t k; left && (k = largest_rest(shares)) < shares->classes; left--) {
        shares->gives[split][k]++;
        shares->rest[k]--;
    }
    return left;
}

/* One warning of the classes that have a single sample. */
static void warn_of_singles(struct dataset *dataset, const struct column *labels,
                            const struct shares *shares, size_t singles)
{
    char names[512] = "";
    size_t used = 0, named = 0;
    for (size_t k = 0; k < shares->classes && named < NAMED; k++) {
        char number[32];
        if (shares->has[k] != 1)
            continue;
        snprintf(number, sizeof number, "%zu", k);
        const char *name = labels->class_name ? labels->class_name[k] : number;
        int length = snprintf(names + used, sizeof names - used, "%s%s", named++ ? ", " : "", name);
        used += length < 0 ? 0 : (size_t)length;
        used = used < sizeof names ? used : sizeof names - 1;
    }
    if (singles)
        dataset_note(dataset, true, "%zu class%s of one sample stay%s in the training data (%s%s)",
                     singles, singles == 1 ? "" : "es", singles == 1 ? "s" : "", names,
                     singles > NAMED ? ", ..." : "");
}

static int count_shares(struct dataset *dataset, const struct split_options *options,
                        const size_t *count, struct shares *shares)
{
    const struct column *labels = dataset_find(dataset, "labels");
    size_t singles = 0;
    if (!labels || labels->stored != STORED_LABEL || shape_size(labels->shape) != 1)
        return config_error(options->stratify_at, "stratify needs labels that are classes");
    shares->label = labels->values[SPLIT_TRAIN];
    shares->classes = labels->classes;
    shares->samples = dataset->count[SPLIT_TRAIN];
    size_t bytes = shares->classes * (3 * sizeof(size_t) + sizeof(double));
    shares->has = block_allocate("shares of classes", bytes);
    if (!shares->has)
        return TRAINER_FAILED;
    shares->gives[SPLIT_TEST] = shares->has + shares->classes;
    shares->gives[SPLIT_VALIDATION] = shares->gives[SPLIT_TEST] + shares->classes;
    shares->rest = (double *)(shares->gives[SPLIT_VALIDATION] + shares->classes);
    for (size_t i = 0; i < shares->samples; i++)
        shares->has[shares->label[i]]++;
    for (size_t k = 0; k < shares->classes; k++)
        singles += shares->has[k] == 1;
    warn_of_singles(dataset, labels, shares, singles);
    for (size_t k = 0; k < shares->classes; k++)
        shares->has[k] = shares->has[k] > 1 ? shares->has[k] : 0;
    size_t left = share_out(shares, SPLIT_VALIDATION, count[SPLIT_VALIDATION]) +
                  share_out(shares, SPLIT_TEST, count[SPLIT_TEST]);
    return left ? config_error(options->stratify_at,
                               "stratify: %zu samples more are wanted than the classes can give",
                               left)
                : TRAINER_OK;
}

/* --- which ------------------------------------------------------------------------------------ */

/* Gives a sample to the first part that wants it: of its class, or of all. */
static uint8_t choose(size_t *validation, size_t *test)
{
    if (*validation) {
        --*validation;
        return SPLIT_VALIDATION;
    }
    if (*test) {
        --*test;
        return SPLIT_TEST;
    }
    return SPLIT_TRAIN;
}

/* chosen[samples] = the split of each. */
static int choose_samples(struct dataset *dataset, const struct split_options *options,
                          const size_t *count, uint8_t *chosen)
{
    size_t samples = dataset->count[SPLIT_TRAIN];
    size_t validation = count[SPLIT_VALIDATION], test = count[SPLIT_TEST];
    struct shares shares = {0};
    if (options->order == SPLIT_LAST && options->stratify)
        return config_error(options->stratify_at,
                            "stratify draws samples; order: last takes them as they stand");
    if (options->order == SPLIT_LAST) {
        memset(chosen, SPLIT_TRAIN, samples);
        memset(chosen + samples - test - validation, SPLIT_VALIDATION, validation);
        memset(chosen + samples - test, SPLIT_TEST, test);
        return TRAINER_OK;
    }
    uint32_t *order = block_allocate("the split", samples * sizeof *order);
    bool stratify = options->stratify && !dataset->describe_only;
    int rc = order ? TRAINER_OK : TRAINER_FAILED;
    if (!rc && stratify)
        rc = count_shares(dataset, options, count, &shares);
    if (rc)
        goto out;
    struct random_stream stream = random_stream(options->seed, RANDOM_SPLIT, 0, 0);
    random_permutation(&stream, samples, order);
    for (size_t i = 0; i < samples; i++) {
        size_t k = stratify ? (size_t)shares.label[order[i]] : 0;
        chosen[order[i]] =
            stratify ? choose(&shares.gives[SPLIT_VALIDATION][k], &shares.gives[SPLIT_TEST][k])
                     : choose(&validation, &test);
    }
out:
    free(order);
    free(shares.has);
    return rc;
}

/* Writes the positions of each split and its count. A split of no samples has no list. */
static int list_samples(struct dataset *dataset, const size_t *count, const uint8_t *chosen)
{
    size_t samples = dataset->count[SPLIT_TRAIN];
    uint32_t *next[SPLIT_COUNT] = {0};
    for (enum split split = 0; split < SPLIT_COUNT; split++) {
        if (!count[split])
            continue;
        next[split] = dataset_block(dataset, "the split", count[split] * sizeof(uint32_t));
        if (!next[split])
            return TRAINER_FAILED;
        dataset->position[split] = next[split];
        dataset->count[split] = count[split];
    }
    for (size_t i = 0; i < samples; i++)
        *next[chosen[i]]++ = (uint32_t)i;
    return TRAINER_OK;
}

int data_split(struct dataset *dataset, const struct split_options *options)
{
    size_t samples = dataset->count[SPLIT_TRAIN], count[SPLIT_COUNT] = {0};
    int rc = count_part(dataset, options, SPLIT_VALIDATION, samples, &count[SPLIT_VALIDATION]);
    if (!rc)
        rc = count_part(dataset, options, SPLIT_TEST, samples, &count[SPLIT_TEST]);
    size_t off = count[SPLIT_TEST] + count[SPLIT_VALIDATION];
    if (rc || !off)
        return rc;
    if (off >= samples)
        return config_error(options->at[SPLIT_TEST],
                            "test %zu and validation %zu leave no training sample of %zu",
                            count[SPLIT_TEST], count[SPLIT_VALIDATION], samples);
    count[SPLIT_TRAIN] = samples - off;
    uint8_t *chosen = block_allocate("the split", samples);
    rc = chosen ? choose_samples(dataset, options, count, chosen) : TRAINER_FAILED;
    if (!rc)
        rc = list_samples(dataset, count, chosen);
    free(chosen);
    return rc;
}
