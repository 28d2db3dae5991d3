/*
 * dataset.c - opens the `data` section, splits validation samples off, and frees it all.
 *
 *     kind's open() -> checks that what it left is whole -> validation split
 *
 * The validation samples are the first V of a random_permutation of all N, keyed by seed and
 * RANDOM_SPLIT; both lists ascend, so that data is read in the order in which it is stored.
 */
#include "dataset.h"

#include "data.h"
#include "random.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *kept(struct dataset *dataset, void *block)
{
    return block && !dataset_keep(dataset, block) ? block : NULL;
}

void *dataset_block(struct dataset *dataset, const char *what, size_t bytes)
{
    return kept(dataset, block_allocate(what, bytes));
}

void *dataset_reserve(struct dataset *dataset, const char *what, size_t bytes)
{
    return kept(dataset, block_reserve(what, bytes));
}

int dataset_keep(struct dataset *dataset, void *block)
{
    if (!block)
        return TRAINER_OK;
    if (dataset->block_count == DATASET_BLOCKS_MAX) {
        free(block);
        return error_add(TRAINER_FAILED, "a data set has more than %d blocks", DATASET_BLOCKS_MAX);
    }
    dataset->blocks[dataset->block_count++] = block;
    return TRAINER_OK;
}

struct column *dataset_column(struct dataset *dataset, const char *name, enum stored stored,
                              struct shape shape)
{
    if (dataset->columns == DATASET_COLUMNS_MAX) {
        config_error(dataset->at, "column '%s' is one too many: a data set has at most %d", name,
                     DATASET_COLUMNS_MAX);
        return NULL;
    }
    struct column *column = &dataset->column[dataset->columns++];
    *column = (struct column){.name = name, .stored = stored, .shape = shape, .scale = 1};
    return column;
}

struct column *dataset_find(struct dataset *dataset, const char *name)
{
    for (int i = 0; i < dataset->columns; i++)
        if (!strcmp(dataset->column[i].name, name))
            return &dataset->column[i];
    return NULL;
}

size_t stored_size(enum stored stored)
{
    static const size_t size[] = {
        [STORED_BYTE] = sizeof(uint8_t),
        [STORED_FLOAT] = sizeof(float),
        [STORED_DOUBLE] = sizeof(double),
        [STORED_LABEL] = sizeof(int32_t),
    };
    return size[stored];
}

/* Samples whose values are stored for a split: validation samples lie among the training data. */
static size_t stored_count(const struct dataset *dataset, enum split split)
{
    if (split == SPLIT_TRAIN)
        return dataset->count[SPLIT_TRAIN] + dataset->count[SPLIT_VALIDATION];
    return split == SPLIT_TEST ? dataset->count[SPLIT_TEST] : 0;
}

/* Bytes of one column's stored values of a split; SIZE_MAX where that is more. */
static size_t stored_bytes(const struct dataset *dataset, const struct column *column,
                           enum split split)
{
    size_t bytes = shape_size(column->shape);
    if (__builtin_mul_overflow(bytes, stored_count(dataset, split), &bytes) ||
        __builtin_mul_overflow(bytes, stored_size(column->stored), &bytes))
        return SIZE_MAX;
    return bytes;
}

size_t dataset_bytes(const struct dataset *dataset)
{
    size_t sum = 0;
    for (int i = 0; i < dataset->columns; i++)
        for (enum split split = 0; split < SPLIT_COUNT; split++)
            if (__builtin_add_overflow(sum, stored_bytes(dataset, &dataset->column[i], split),
                                       &sum))
                return SIZE_MAX;
    return sum;
}

/* --- validation ------------------------------------------------------------------------------- */

/* What `data` says besides the kind's own options. */
struct common {
    double validation;
};

static const struct option common_options[] = {
    {"validation", OPTION_NUMBER, offsetof(struct common, validation), .standard = "0",
     .minimum = 0, .maximum = -1,
     .help = "training samples kept for validation: a fraction below 1, or how many"},
    {0},
};

static const char *const common_keys[] = {"validation", NULL};

/* Reads both tables from the one mapping, so that all mistakes are told; a section that is one word
 * is a kind without options. */
static int read_section(const struct options_context *context, const struct node *section,
                        struct kind_choice *choice, struct common *common)
{
    struct options_context rest = *context;
    rest.known = NULL;
    rest.partial = true;
    int result = options_read_kind(context, FAMILY_DATASET, section, choice);
    int also =
        options_read(&rest, common_options, section->kind == NODE_MAP ? section : NULL, common);
    return result ? result : also;
}

/* How many of `samples` training samples `validation` asks for. */
static int validation_count(double validation, const struct position *at, size_t samples,
                            size_t *count)
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

/* Splits `count` samples off the training data: writes both lists and both counts. */
static int split_validation(struct dataset *dataset, size_t count)
{
    size_t samples = dataset->count[SPLIT_TRAIN];
    uint32_t *order = block_allocate("the validation split", samples * sizeof *order);
    uint8_t *chosen = block_allocate("the validation split", samples);
    uint32_t *training =
        dataset_block(dataset, "the training samples", (samples - count) * sizeof *training);
    uint32_t *validation =
        dataset_block(dataset, "the validation samples", count * sizeof *validation);
    int result = TRAINER_FAILED;
    if (!order || !chosen || !training || !validation)
        goto out;
    struct random_stream stream = random_stream(dataset->seed, RANDOM_SPLIT, 0, 0);
    random_permutation(&stream, samples, order);
    for (size_t i = 0; i < count; i++)
        chosen[order[i]] = 1;
    dataset->training = training;
    dataset->validation = validation;
    for (size_t i = 0; i < samples; i++)
        *(chosen[i] ? validation++ : training++) = (uint32_t)i;
    dataset->count[SPLIT_TRAIN] = samples - count;
    dataset->count[SPLIT_VALIDATION] = count;
    result = TRAINER_OK;
out:
    free(order);
    free(chosen);
    return result;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* A kind's open() must leave at least one training sample and one column. Positions are 32 bits
 * wide, which bounds the rest. */
static int check_counts(const struct dataset *dataset)
{
    for (enum split split = SPLIT_TRAIN; split <= SPLIT_TEST; split++)
        if (dataset->count[split] >= UINT32_MAX)
            return config_error(dataset->at, "%zu samples; a split has at most %" PRIu32,
                                dataset->count[split], UINT32_MAX - 1);
    if (dataset->count[SPLIT_TRAIN] < 1 || dataset->columns < 1)
        return config_error(dataset->at, "there is no training sample");
    if (dataset_bytes(dataset) > PTRDIFF_MAX)
        return config_error(dataset->at, "the data is larger than memory can be");
    return TRAINER_OK;
}

/* Columns and samples of another data set, which keeps the memory. */
static int borrow_values(struct dataset *dataset, const struct dataset *shared)
{
    for (enum split split = 0; split < SPLIT_COUNT; split++)
        dataset->count[split] = stored_count(shared, split);
    dataset->columns = shared->columns;
    memcpy(dataset->column, shared->column, sizeof dataset->column);
    dataset->seeded = shared->seeded;
    dataset->listed = shared->listed;
    dataset->fingerprint = shared->fingerprint;
    return TRAINER_OK;
}

/* shared: whose values are taken; NULL: the kind makes them. */
static int open_kind(struct dataset *dataset, const struct kind_choice *choice,
                     const struct common *common, const struct node *section,
                     const struct dataset *shared)
{
    dataset->kind = (const struct dataset_kind *)choice->kind;
    dataset->private = choice->private;
    int result = shared ? borrow_values(dataset, shared) : dataset->kind->open(dataset);
    if (!result)
        result = check_counts(dataset);
    size_t count = 0;
    const struct node *written = node_get(section, "validation");
    if (!result)
        result = validation_count(common->validation, written ? &written->at : dataset->at,
                                  dataset->count[SPLIT_TRAIN], &count);
    return result || !count ? result : split_validation(dataset, count);
}

/* dataset_open and dataset_share in one. */
static int open_section(struct dataset **dataset, const struct dataset *shared,
                        struct config *config, const struct node *section, struct node *resolved,
                        uint64_t seed, bool describe_only)
{
    *dataset = NULL;
    if (!section)
        return config_error(&config_root(config)->at, "missing key 'data'");
    struct dataset *opened = calloc(1, sizeof *opened);
    if (!opened)
        return error_memory("a data set", sizeof *opened);
    opened->seed = seed;
    opened->at = &section->at;
    opened->describe_only = describe_only;
    struct options_context context = {
        .config = config, .owner = "data", .resolved = resolved, .known = common_keys};
    struct kind_choice choice = {0};
    struct common common = {0};
    int result = read_section(&context, section, &choice, &common);
    if (!result)
        result = open_kind(opened, &choice, &common, section, shared);
    if (result) {
        dataset_close(opened);
        return result;
    }
    *dataset = opened;
    return TRAINER_OK;
}

int dataset_open(struct dataset **dataset, struct config *config, const struct node *section,
                 struct node *resolved, uint64_t seed, bool describe_only)
{
    return open_section(dataset, NULL, config, section, resolved, seed, describe_only);
}

int dataset_share(struct dataset **dataset, const struct dataset *shared, struct config *config,
                  const struct node *section, struct node *resolved, uint64_t seed)
{
    return open_section(dataset, shared, config, section, resolved, seed, shared->describe_only);
}

int dataset_prepare(struct dataset *dataset, enum sparse_input choice)
{
    char *text = arena_allocate(&dataset->arena, FINGERPRINT_TEXT);
    int result = text ? dataset_sparsify(dataset, choice) : TRAINER_FAILED;
    if (result)
        return result;
    dataset_fingerprint(dataset, text);
    dataset->fingerprint = text;
    dataset->listed = choice != SPARSE_NEVER;
    return TRAINER_OK;
}

void dataset_close(struct dataset *dataset)
{
    if (!dataset)
        return;
    for (int i = 0; i < dataset->block_count; i++)
        free(dataset->blocks[i]);
    arena_free(&dataset->arena);
    free(dataset);
}

/* --- fingerprint ------------------------------------------------------------------------------ */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

/* Eight bytes at a time as the machine reads them, which is little-endian wherever this runs; the
 * rest as a word filled up with zeros. The length goes in too. */
static uint64_t mix_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    uint64_t word;
    hash = mix(hash, count);
    for (; count >= sizeof word; at += sizeof word, count -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, at, count);
    return count ? mix(hash, word) : hash;
}

/* The values of one split: a sum over pieces that threads share, each mixed from its number on. */
static uint64_t mix_values(uint64_t hash, const unsigned char *bytes, size_t count)
{
    enum { PIECE = 1 << 20 };
    uint64_t sum = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : sum) if (count > PIECE)
    for (size_t i = 0; i < count; i += PIECE)
        sum += mix_bytes(i, bytes + i, count - i < PIECE ? count - i : PIECE);
    return mix(mix(hash, count), sum);
}

static uint64_t mix_column(uint64_t hash, const struct dataset *dataset,
                           const struct column *column)
{
    hash = mix_bytes(hash, column->name, strlen(column->name));
    hash = mix(hash, (uint64_t)column->stored);
    hash = mix_bytes(hash, &column->scale, sizeof column->scale);
    hash = mix(hash, column->classes);
    hash = mix(hash, (uint64_t)column->shape.rank);
    for (int i = 0; i < column->shape.rank; i++)
        hash = mix(hash, column->shape.dim[i]);
    for (enum split split = 0; split < SPLIT_COUNT; split++)
        if (column->values[split])
            hash = mix_values(hash, column->values[split], stored_bytes(dataset, column, split));
    return hash;
}

void dataset_fingerprint(const struct dataset *dataset, char text[FINGERPRINT_TEXT])
{
    uint64_t hash = 0;
    if (dataset->fingerprint) {
        memcpy(text, dataset->fingerprint, FINGERPRINT_TEXT);
        return;
    }
    for (enum split split = 0; split < SPLIT_COUNT; split++)
        hash = mix(hash, stored_count(dataset, split));
    for (int i = 0; i < dataset->columns; i++)
        hash = mix_column(hash, dataset, &dataset->column[i]);
    snprintf(text, FINGERPRINT_TEXT, "%016" PRIx64, hash);
}
