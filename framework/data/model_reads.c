/*
 * model_reads.c - layers of a config by their kinds, and columns of whole numbers.
 */
#include "model_reads.h"
#include "layer.h"
#include "samples.h"
#include <string.h>

static const struct node *first_layer(const struct config *config)
{
    const struct node *layers = node_get(node_get(config_root(config), "model"), "layers");
    return layers && layers->kind == NODE_LIST ? layers->first : NULL;
}

static bool is_scalar(const struct node *node)
{
    return node && node->kind == NODE_SCALAR;
}

/* The kind of a layer of the list; NULL where it names none. */
static const struct layer_kind *kind_of(const struct node *layer)
{
    const struct node *type = node_get(layer, "type");
    const struct registry_entry *entry =
        is_scalar(type) ? registry_find(FAMILY_LAYER, type->text) : NULL;
    return entry ? (const struct layer_kind *)registry_kind(entry, 0) : NULL;
}

unsigned model_tasks(struct config *config)
{
    unsigned tasks = 0;
    for (const struct node *layer = first_layer(config); layer; layer = layer->next) {
        const struct node *input = node_get(layer, "input");
        const struct layer_kind *kind = kind_of(layer);
        if (!kind || !(kind->flags & LAYER_LOSS) || !kind->target)
            continue;
        const struct node *target = input && input->kind == NODE_LIST ? input->first : NULL;
        for (int i = 0; target && i < kind->target; i++)
            target = target->next;
        if (!target || (is_scalar(target) && !strcmp(target->text, "labels")))
            tasks |= kind->tasks;
    }
    return tasks;
}

/* The next layer from `layer` on that reads whole numbers. */
static const struct node *next_reader(const struct node *layer)
{
    for (; layer; layer = layer->next) {
        const struct layer_kind *kind = kind_of(layer);
        if (kind && kind->flags & LAYER_READS_CLASSES)
            break;
    }
    return layer;
}

bool model_reads_classes(struct config *config)
{
    return next_reader(first_layer(config)) != NULL;
}

static double number_at(const struct column *column, enum split split, size_t i)
{
    const void *values = column->values[split];
    if (column->stored == STORED_BYTE)
        return ((const uint8_t *)values)[i];
    return column->stored == STORED_FLOAT ? (double)((const float *)values)[i]
                                          : ((const double *)values)[i];
}

/* The whole numbers of a split, and the largest and 1 into *classes. */
static int take_numbers(struct dataset *dataset, const struct node *layer,
                        const struct column *column, enum split split, size_t *classes,
                        int32_t *number)
{
    size_t width = shape_size(column->shape), count = samples_stored(dataset, split) * width;
    for (size_t i = 0; i < count; i++) {
        double value = number_at(column, split, i);
        if (!(value >= 0 && value < INT32_MAX) || value != (double)(int32_t)value)
            return config_error(&layer->at,
                                "%s reads '%s', which is %.9g in sample %zu of the %s; expected "
                                "whole numbers >= 0",
                                kind_of(layer)->base.title, column->name, value, i / width,
                                dataset_data_words(dataset, split));
        number[i] = (int32_t)value;
        *classes = *classes > (size_t)value ? *classes : (size_t)value + 1;
    }
    return TRAINER_OK;
}

static int make_classes(struct dataset *dataset, const struct node *layer, struct column *column)
{
    const void *made[SPLIT_COUNT] = {NULL};
    size_t classes = 0, width = shape_size(column->shape);
    if (column->stored == STORED_LABEL)
        return TRAINER_OK;
    if (column->lists[SPLIT_TRAIN])
        return config_error(&layer->at,
                            "%s reads '%s', which are lists; expected whole numbers >= 0",
                            kind_of(layer)->base.title, column->name);
    for (enum split split = 0; split < SPLIT_COUNT; split++)
        if (column->file[split])
            return config_error(
                &layer->at,
                "%s reads '%s', which stays in its file; expected a larger 'memory' "
                "in data",
                kind_of(layer)->base.title, column->name);
    if (dataset->table)
        return config_error(&layer->at,
                            "%s reads '%s', which are numbers; in a table such a column is written "
                            "columns: {NAME: {type: index}}, and read by that name",
                            kind_of(layer)->base.title, column->name);
    for (enum split split = 0; split < SPLIT_COUNT; split++) {
        size_t bytes = samples_stored(dataset, split) * width * sizeof(int32_t);
        if (!column->values[split])
            continue;
        int32_t *number = dataset_reserve(dataset, column->name, bytes);
        made[split] = number;
        int rc =
            number ? take_numbers(dataset, layer, column, split, &classes, number) : TRAINER_FAILED;
        if (rc)
            return rc;
    }
    memcpy(column->values, made, sizeof made);
    column->stored = STORED_LABEL;
    column->classes = classes;
    return TRAINER_OK;
}

/* Makes the columns that one layer names, or the one that it reads without naming it. */
static int make_read(struct dataset *dataset, const struct node *layer, bool first)
{
    const struct node *input = node_get(layer, "input");
    const struct node *name = input && input->kind == NODE_LIST ? input->first : input;
    int index = first && node_is_null(input) ? dataset_default_column(dataset) : -1;
    int rc = index < 0 ? TRAINER_OK : make_classes(dataset, layer, &dataset->column[index]);
    for (; !rc && is_scalar(name); name = input->kind == NODE_LIST ? name->next : NULL) {
        struct column *column = dataset_find(dataset, name->text);
        rc = column ? make_classes(dataset, layer, column) : TRAINER_OK;
    }
    return rc;
}

int model_make_classes(struct config *config, struct dataset *dataset)
{
    const struct node *first = first_layer(config);
    int rc = TRAINER_OK;
    for (const struct node *at = next_reader(first); at && !rc; at = next_reader(at->next))
        rc = make_read(dataset, at, at == first);
    return rc;
}
