/*
 * data.c - opens the `data` section, splits validation samples off, and frees it all.
 *
 *     kind's open() -> checks that what it left is whole -> split -> fill values, normalisation
 */
#include "data.h"
#include "base/number.h"
#include "data_learned.h"
#include "data_split.h"
#include "engine/team.h"
#include "model_reads.h"
#include "normalise.h"
#include "samples.h"
#include "task.h"

#include <inttypes.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* What `data` says besides the kind's own options. */
struct common {
    double validation;
    struct {
        double test, validation;
        bool stratify;
        int order;    /* enum split_order */
        int64_t seed; /* SEED_OF_RUN: the run's */
    } split;
    int inputs, labels; /* enum normalise */
    int labels_as;      /* enum labels_as */
    const struct node *classes;
};

enum { SEED_OF_RUN = -1 };

/* Read where `validation` is no data of its own. */
const struct option data_validation_options[] = {
    {"validation", OPTION_NUMBER, offsetof(struct common, validation), .standard = "0",
     .minimum = 0, .maximum = -1,
     .help = "training samples kept for validation: a fraction below 1, or how many"},
    {0},
};

#define PART(member) offsetof(struct common, split.member) - offsetof(struct common, split)

static const struct option split_options[] = {
    {"test", OPTION_NUMBER, PART(test), .standard = "0", .minimum = 0, .maximum = -1,
     .help = "training samples kept as test data: a fraction below 1, or how many"},
    {"validation", OPTION_NUMBER, PART(validation), .standard = "0", .minimum = 0, .maximum = -1,
     .help = "the same for validation"},
    {"stratify", OPTION_BOOLEAN, PART(stratify), .standard = "false",
     .help = "each class gives its share"},
    {"order", OPTION_CHOICE, PART(order), .standard = "random", .choices = "random,last",
     .help = "which samples: drawn, or the last ones"},
    {"seed", OPTION_INTEGER, PART(seed), .standard = "auto", .minimum = 0, .maximum = 9e15,
     .word = "auto", .word_value = SEED_OF_RUN, .help = "of the draw; auto: the run's"},
    {0},
};

#define NORMALISE_WORDS "none,zscore,minmax,maxabs"

const struct option data_normalize_options[] = {
    {"inputs", OPTION_CHOICE, offsetof(struct common, inputs), .standard = "none",
     .choices = NORMALISE_WORDS, .help = "of inputs, fitted on the training part"},
    {"labels", OPTION_CHOICE, offsetof(struct common, labels), .standard = "none",
     .choices = NORMALISE_WORDS, .help = "of labels that are values"},
    {0},
};

/* `normalize: zscore` is of inputs; a mapping says it of inputs and labels. */
const struct option data_common_options[] = {
    {"split", OPTION_SECTION, offsetof(struct common, split), .section = split_options,
     .help = "samples split off the training data"},
    {"normalize", OPTION_CHOICE, offsetof(struct common, inputs), .standard = "none",
     .choices = NORMALISE_WORDS, .help = "of inputs, fitted on the training part"},
    {0},
};

static const struct option map_options[] = {
    {"split", OPTION_SECTION, offsetof(struct common, split), .section = split_options,
     .help = "samples split off the training data"},
    {"normalize", OPTION_SECTION, 0, .section = data_normalize_options,
     .help = "of inputs and of labels"},
    {0},
};

const struct option data_label_options[] = {
    {"labels_as", OPTION_CHOICE, offsetof(struct common, labels_as), .standard = "auto",
     .choices = "auto,classes,values,multi",
     .help = "what labels are: classes, values, or several columns of 0 and 1"},
    {0},
};

/* Of kinds that name classes. */
const struct option data_class_options[] = {
    {"classes", OPTION_NODE, offsetof(struct common, classes), .standard = "auto",
     .help = "auto: each distinct label is one; how many, labels being 0, 1, ...; or their names"},
    {0},
};

static const char *const common_keys[] = {"validation", "split",   "normalize",
                                          "labels_as",  "classes", NULL};
/* Without `classes`, which then is the kind's own or unknown. */
static const char *const number_keys[] = {"validation", "split", "normalize", "labels_as", NULL};

/* The kind's option of that key; NULL: it has none. */
static const struct option *find_option(const struct kind *kind, const char *key)
{
    const struct option *option = kind ? kind->options : NULL;
    while (option && option->key && strcmp(option->key, key))
        option++;
    return option && option->key ? option : NULL;
}

/* Whether `validation` is data of its own, written as `train` is, and the kind's to read. */
static bool is_own_validation(const struct node *section, const struct kind *kind)
{
    const struct node *node = node_get(section, "validation");
    const struct option *option = find_option(kind, "validation");
    if (node_is_null(node) || !option)
        return false;
    double number;
    bool scalar = node->kind == NODE_SCALAR;
    return !scalar ||
           (option->type != OPTION_SECTION && (node->quoted || !number_parse(node->text, &number)));
}

/* A mapping's copy, not linked to it, that lacks one key. */
static struct node *without(struct config *config, const struct node *map, const char *key)
{
    struct node *copy = arena_array(config_arena(config), map->count + 1, sizeof *copy);
    if (!copy)
        return NULL;
    struct node *last = copy, **link = &copy->first;
    *copy = *map;
    copy->first = copy->last = NULL;
    copy->count = 0;
    for (const struct node *item = map->first; item; item = item->next) {
        if (!strcmp(item->key, key))
            continue;
        *++last = *item;
        last->next = NULL;
        *link = copy->last = last;
        link = &last->next;
        copy->count++;
    }
    return copy;
}

/* Reads the kind's table and the common ones from the one mapping, so that all mistakes are told; a
 * section that is one word is a kind without options. */
static int read_section(const struct options_context *context, const struct node *section,
                        struct kind_choice *choice, struct common *common)
{
    struct options_context rest = *context;
    rest.known = NULL;
    rest.partial = true;
    const struct node *map = section->kind == NODE_MAP ? section : NULL, *of_kind = section;
    const struct node *type = node_get(map, "type"), *normalise = node_get(map, "normalize");
    const struct registry_entry *entry =
        type && type->kind == NODE_SCALAR ? registry_find(FAMILY_DATASET, type->text) : NULL;
    bool own = is_own_validation(map, entry ? registry_kind(entry, context->variant) : NULL);
    bool mapping = normalise && normalise->kind == NODE_MAP;
    if (map && !own)
        of_kind = without(context->config, map, "validation");
    if (!of_kind)
        return TRAINER_FAILED;
    const struct dataset_kind *kind =
        entry ? (const struct dataset_kind *)registry_kind(entry, context->variant) : NULL;
    struct options_context of = *context;
    bool named = kind && kind->names_classes;
    of.known = named ? common_keys : number_keys;
    int rc[] = {options_read_kind(&of, FAMILY_DATASET, of_kind, choice),
                own ? TRAINER_OK : options_read(&rest, data_validation_options, map, common),
                options_read(&rest, mapping ? map_options : data_common_options, map, common),
                options_read(&rest, data_label_options, map, common),
                named ? options_read(&rest, data_class_options, map, common) : TRAINER_OK};
    for (size_t i = 0; i < sizeof rc / sizeof *rc; i++)
        if (rc[i])
            return rc[i];
    return TRAINER_OK;
}

/* --- labels ----------------------------------------------------------------------------------- */

enum { CLASSES_MAX = 1 << 20 };

/* The names that `classes` lists, or 0, 1, ... for a number of them. */
static int read_classes(struct dataset *dataset, const struct node *node)
{
    struct label_options *labels = &dataset->labels;
    int64_t count = 0;
    bool list = node && node->kind == NODE_LIST;
    labels->at = node ? &node->at : dataset->at;
    if (node_is_null(node) || (!list && node->text && !strcmp(node->text, "auto")))
        return TRAINER_OK;
    bool number = !list && node->text && !node->quoted && number_parse_integer(node->text, &count);
    if (list)
        count = (int64_t)node->count;
    if ((!list && !number) || count < 1 || count > CLASSES_MAX)
        return config_error(&node->at,
                            "'classes' in data must be auto, a number from 1 to %d, or a list of "
                            "names",
                            CLASSES_MAX);
    const char **name = arena_array(&dataset->arena, (size_t)count, sizeof *name);
    const struct node *item = list ? node->first : NULL;
    for (int64_t i = 0; name && i < count; i++, item = item ? item->next : NULL) {
        if (list && item->kind != NODE_SCALAR)
            return config_error(&item->at, "expected the name of a class");
        name[i] = list ? item->text : arena_print(&dataset->arena, "%" PRId64, i);
        if (!name[i])
            return TRAINER_FAILED;
    }
    labels->count = (size_t)count;
    labels->name = name;
    labels->numbered = list;
    return name ? TRAINER_OK : TRAINER_FAILED;
}

/* Labels that a kind gave as classes and that are to be values: numbers of a column (1). */
static int make_values(struct dataset *dataset, struct column *labels)
{
    labels->stored = STORED_FLOAT;
    labels->shape = shape_vector(shape_size(labels->shape));
    labels->classes = 0;
    for (enum split split = 0; split < SPLIT_COUNT; split++) {
        const int32_t *class = labels->values[split];
        size_t count = samples_stored(dataset, split) * shape_size(labels->shape);
        float *value = class ? dataset_reserve(dataset, "labels", count * sizeof *value) : NULL;
        if (class && !value)
            return TRAINER_FAILED;
        for (size_t i = 0; class && i < count; i++)
            value[i] = (float)class[i];
        labels->values[split] = value;
    }
    return TRAINER_OK;
}

/* Of kinds whose labels are numbers of classes unless told otherwise. */
static int settle_labels(struct dataset *dataset, const struct node *section)
{
    struct column *labels = dataset_find(dataset, "labels");
    const struct node *node = node_get(section, "labels_as");
    enum labels_as as = dataset->labels.as;
    if (!labels || dataset->kind->names_classes)
        return TRAINER_OK;
    bool classes = labels->stored == STORED_LABEL;
    if (as == LABELS_AUTO && classes && dataset->tasks == TASK_VALUES)
        as = LABELS_VALUES;
    if (as == LABELS_CLASSES && !classes)
        return config_error(node ? &node->at : dataset->at,
                            "labels_as: classes: the labels are rows of numbers");
    if (as == LABELS_MULTI && classes)
        return config_error(node ? &node->at : dataset->at,
                            "labels_as: multi takes several columns of 0 and 1");
    return as == LABELS_VALUES && classes ? make_values(dataset, labels) : TRAINER_OK;
}

/* Tells of classes below the least label, which no sample has: labels that are counted from 1. */
static void note_first_class(struct dataset *dataset)
{
    const struct column *labels = dataset_find(dataset, "labels");
    const int32_t *class =
        labels && labels->stored == STORED_LABEL ? labels->values[SPLIT_TRAIN] : NULL;
    size_t count = dataset->count[SPLIT_TRAIN] * (class ? shape_size(labels->shape) : 0);
    int32_t least = INT32_MAX, most = 0;
    for (size_t i = 0; i < count; i++) {
        least = class[i] < least ? class[i] : least;
        most = class[i] > most ? class[i] : most;
    }
    bool movable = find_option(&dataset->kind->base, "label_offset") != NULL;
    if (count > 0 && least > 0 && !labels->class_name)
        dataset_note(dataset, true,
                     "the labels go from %d to %d, and classes are counted from 0%s%.0d",
                     (int)least, (int)most, movable ? "; they are with label_offset: " : "",
                     movable ? (int)least : 0);
}

/* Where a key of the section is written; NULL: nowhere. */
static const struct position *place_of(const struct node *map, const char *key)
{
    const struct node *node = node_get(map, key);
    return node ? &node->at : NULL;
}

/* Splits samples off as `validation` and `split` say. */
static int split_samples(struct dataset *dataset, const struct common *common,
                         const struct node *section)
{
    const struct node *split = node_get(section, "split");
    bool brief = common->validation > 0;
    if (brief && common->split.validation > 0)
        return config_error(place_of(section, "validation"),
                            "'validation' is short for 'split.validation', and both are given");
    struct split_options options = {
        .part = {[SPLIT_TEST] = common->split.test,
                 [SPLIT_VALIDATION] = brief ? common->validation : common->split.validation},
        .at = {[SPLIT_TEST] = place_of(split, "test"),
               [SPLIT_VALIDATION] = place_of(brief ? section : split, "validation")},
        .order = (enum split_order)common->split.order,
        .seed = common->split.seed == SEED_OF_RUN ? dataset->seed : (uint64_t)common->split.seed,
        .stratify = common->split.stratify,
        .stratify_at = place_of(split, "stratify"),
    };
    return data_split(dataset, &options);
}

/* A kind's open() must leave at least one training sample and one column. Positions are 32 bits
 * wide, which bounds the rest. */
static int check_counts(const struct dataset *dataset)
{
    for (enum split split = SPLIT_TRAIN; split < SPLIT_COUNT; split++)
        if (dataset->count[split] >= UINT32_MAX)
            return config_error(dataset->at, "%zu samples; a split has at most %" PRIu32,
                                dataset->count[split], UINT32_MAX - 1);
    if (dataset->count[SPLIT_TRAIN] < 1 || dataset->columns < 1)
        return config_error(dataset->at, "there is no training sample");
    if (dataset_bytes(dataset) > PTRDIFF_MAX)
        return config_error(dataset->at, "the data is larger than memory can be");
    return TRAINER_OK;
}

/* Reports a further split that lacks a column of the training data. */
static int check_columns(const struct dataset *dataset)
{
    for (enum split split = SPLIT_TRAIN + 1; split < SPLIT_COUNT; split++)
        for (int i = 0; dataset->count[split] > 0 && i < dataset->columns; i++) {
            const struct column *column = &dataset->column[i];
            const char *name = split_words(split)->name;
            if (column->given[SPLIT_TRAIN] && !column->given[split])
                return config_error(dataset_place(dataset, name),
                                    "%s has no '%s', which the training data has", name,
                                    column->name);
        }
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
    dataset->table = shared->table;
    dataset->source = shared->source;
    dataset->listed = shared->listed;
    dataset->fingerprint = shared->fingerprint;
    return TRAINER_OK;
}

/* shared: whose values are taken; NULL: the kind makes them. */
static int open_kind(struct dataset *dataset, struct config *config,
                     const struct kind_choice *choice, const struct common *common,
                     const struct node *section, const struct dataset *shared)
{
    dataset->kind = (const struct dataset_kind *)choice->kind;
    dataset->private = choice->private;
    dataset->normalise_inputs = (enum normalise)common->inputs;
    dataset->normalise_labels = (enum normalise)common->labels;
    dataset->labels.as = (enum labels_as)common->labels_as;
    int rc = read_classes(dataset, common->classes);
    if (dataset->learned && dataset->learned->classes && !dataset->learned->table) {
        dataset->labels.count = dataset->learned->classes;
        dataset->labels.name = dataset->learned->class_name;
    }
    if (!rc)
        rc = shared ? borrow_values(dataset, shared) : dataset->kind->open(dataset);
    if (!rc && !shared)
        rc = check_columns(dataset);
    if (!rc && !shared)
        rc = settle_labels(dataset, section);
    if (!rc && !shared && !dataset->learned)
        note_first_class(dataset);
    if (!rc)
        rc = check_counts(dataset);
    if (!rc)
        rc = model_make_classes(config, dataset);
    if (!rc && dataset->learned)
        return learned_apply(dataset, dataset->learned);
    if (!rc)
        rc = split_samples(dataset, common, section);
    const struct node *normalise = node_get(section, "normalize");
    return rc ? rc : normalise_fit(dataset, normalise ? &normalise->at : dataset->at);
}

/* dataset_open, dataset_share and dataset_open_learned in one. */
static int open_section(struct dataset **dataset, const struct dataset *shared,
                        const struct learned *learned, bool labelled, struct config *config,
                        const struct node *section, struct node *resolved, uint64_t seed,
                        bool describe_only)
{
    *dataset = NULL;
    if (!section)
        return config_error(&config_root(config)->at, "missing key 'data'");
    struct dataset *opened = calloc(1, sizeof *opened);
    if (!opened)
        return error_memory("a data set", sizeof *opened);
    opened->seed = seed;
    opened->at = &section->at;
    opened->section = section;
    /* How many classes a column has is not known without its numbers. */
    opened->describe_only = describe_only && !model_reads_classes(config);
    opened->tasks = model_tasks(config);
    opened->learned = learned;
    opened->labelled = labelled;
    struct options_context context = {
        .config = config, .owner = "data", .resolved = resolved, .known = common_keys};
    struct kind_choice choice = {0};
    struct common common = {0};
    int rc = read_section(&context, section, &choice, &common);
    if (!rc)
        rc = open_kind(opened, config, &choice, &common, section, shared);
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
    /* Kinds read and draw with all of OpenMP's threads. */
    int rc = describe_only ? TRAINER_OK : team_check(omp_get_max_threads());
    return rc ? rc
              : open_section(dataset, NULL, NULL, false, config, section, resolved, seed,
                             describe_only);
}

int dataset_open_learned(struct dataset **dataset, struct config *config,
                         const struct node *section, const struct learned *learned, bool labelled)
{
    return open_section(dataset, NULL, learned, labelled, config, section, NULL, 0, false);
}

int dataset_share(struct dataset **dataset, const struct dataset *shared, struct config *config,
                  const struct node *section, struct node *resolved, uint64_t seed)
{
    return open_section(dataset, shared, NULL, false, config, section, resolved, seed,
                        shared->describe_only);
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
    for (struct row_file *file = dataset->files; file; file = file->next)
        file->close(file->context);
    for (int i = 0; i < dataset->block_count; i++)
        free(dataset->blocks[i]);
    arena_free(&dataset->arena);
    free(dataset);
}
