/*
 * data.c - opens the `data` section, splits validation samples off, and frees it all.
 *
 *     kind's open() -> checks that what it left is whole -> split -> fill values, normalisation
 */
#include "data.h"
#include "data_split.h"
#include "normalise.h"
#include "samples.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What `data` says besides the kind's own options. */
struct common {
    double validation;
    int inputs, labels; /* enum normalise */
};

#define NORMALISE_WORDS "none,zscore,minmax,maxabs"

static const struct option common_options[] = {
    {"validation", OPTION_NUMBER, offsetof(struct common, validation), .standard = "0",
     .minimum = 0, .maximum = -1,
     .help = "training samples kept for validation: a fraction below 1, or how many"},
    {0},
};

/* `normalize: zscore` is of inputs; a mapping says it of inputs and labels. */
static const struct option normalise_word[] = {
    {"normalize", OPTION_CHOICE, offsetof(struct common, inputs), .standard = "none",
     .choices = NORMALISE_WORDS, .help = "of inputs, fitted on the training part"},
    {0},
};

static const struct option normalise_parts[] = {
    {"inputs", OPTION_CHOICE, offsetof(struct common, inputs), .standard = "none",
     .choices = NORMALISE_WORDS, .help = "of inputs, fitted on the training part"},
    {"labels", OPTION_CHOICE, offsetof(struct common, labels), .standard = "none",
     .choices = NORMALISE_WORDS, .help = "of labels that are values"},
    {0},
};

static const struct option normalise_map[] = {
    {"normalize", OPTION_SECTION, 0, .section = normalise_parts, .help = "of inputs and of labels"},
    {0},
};

static const char *const common_keys[] = {"validation", "normalize", NULL};

/* Reads both tables from the one mapping, so that all mistakes are told; a section that is one word
 * is a kind without options. */
static int read_section(const struct options_context *context, const struct node *section,
                        struct kind_choice *choice, struct common *common)
{
    struct options_context rest = *context;
    rest.known = NULL;
    rest.partial = true;
    int rc = options_read_kind(context, FAMILY_DATASET, section, choice);
    const struct node *map = section->kind == NODE_MAP ? section : NULL;
    const struct node *normalise = node_get(section, "normalize");
    bool mapping = normalise && normalise->kind == NODE_MAP;
    int also = options_read(&rest, common_options, map, common);
    int third = options_read(&rest, mapping ? normalise_map : normalise_word, map, common);
    return rc ? rc : also ? also : third;
}

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
        dataset->count[split] = samples_stored(shared, split);
    dataset->columns = shared->columns;
    memcpy(dataset->column, shared->column, sizeof dataset->column);
    for (int i = 0; i < dataset->columns; i++) {
        struct column *column = &dataset->column[i];
        column->offset = column->divisor = column->fill = NULL;
    }
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
    dataset->normalise_inputs = (enum normalise)common->inputs;
    dataset->normalise_labels = (enum normalise)common->labels;
    int rc = shared ? borrow_values(dataset, shared) : dataset->kind->open(dataset);
    if (!rc)
        rc = check_counts(dataset);
    size_t count = 0;
    const struct node *written = node_get(section, "validation");
    if (!rc)
        rc = data_split_count(common->validation, written ? &written->at : dataset->at,
                              dataset->count[SPLIT_TRAIN], &count);
    if (!rc && count)
        rc = data_split(dataset, count);
    const struct node *normalise = node_get(section, "normalize");
    return rc ? rc : normalise_fit(dataset, normalise ? &normalise->at : dataset->at);
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
    int rc = read_section(&context, section, &choice, &common);
    if (!rc)
        rc = open_kind(opened, &choice, &common, section, shared);
    if (rc) {
        dataset_close(opened);
        return rc;
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
    int rc = text ? dataset_sparsify(dataset, choice) : TRAINER_FAILED;
    if (rc)
        return rc;
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
