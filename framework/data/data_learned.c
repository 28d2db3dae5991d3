/*
 * data_learned.c - from columns to struct learned.
 */
#include "data_learned.h"
#include "base/error.h"

#include <string.h>

static bool is_input(const struct column *column)
{
    return column->stored != STORED_LABEL && strcmp(column->name, "labels") != 0 &&
           strcmp(column->name, "weights") != 0;
}

static struct learned_input input_of(const struct column *column)
{
    return (struct learned_input){.name = column->name,
                                  .stored = column->stored,
                                  .shape = column->shape,
                                  .scale = column->scale,
                                  .feature = column->feature,
                                  .channels = column_channels(column),
                                  .offset = column->offset,
                                  .divisor = column->divisor,
                                  .fill = column->fill,
                                  .first_index = column->first_index};
}

/* Offset and divisor of each target, of those of the channels. */
static int spread_factors(const struct column *labels, struct arena *arena, struct learned *learned)
{
    size_t targets = shape_size(labels->shape), size = targets / column_channels(labels);
    double *offset = arena_array(arena, targets, sizeof *offset);
    double *divisor = arena_array(arena, targets, sizeof *divisor);
    if (!offset || !divisor)
        return TRAINER_FAILED;
    for (size_t i = 0; i < targets; i++) {
        offset[i] = labels->offset[i / size];
        divisor[i] = labels->divisor[i / size];
    }
    learned->label_offset = offset;
    learned->label_divisor = divisor;
    return TRAINER_OK;
}

/* Names of classes, also where they are numbers; of targets where they have some. */
static int name_labels(const struct column *labels, struct arena *arena, struct learned *learned)
{
    const char **name = NULL;
    learned->labelled = true;
    learned->labels = labels->stored;
    learned->classes = labels->stored == STORED_LABEL ? labels->classes : 0;
    learned->targets = labels->stored == STORED_LABEL ? 0 : shape_size(labels->shape);
    learned->class_name = labels->class_name;
    if (labels->divisor && spread_factors(labels, arena, learned))
        return TRAINER_FAILED;
    if (learned->classes && !labels->class_name) {
        name = arena_array(arena, learned->classes, sizeof *name);
        for (size_t i = 0; name && i < learned->classes; i++)
            if (!(name[i] = arena_print(arena, "%zu", i)))
                return TRAINER_FAILED;
        learned->class_name = name;
        return name ? TRAINER_OK : TRAINER_FAILED;
    }
    if (!learned->targets || !labels->feature)
        return TRAINER_OK;
    name = arena_array(arena, learned->targets, sizeof *name);
    for (size_t i = 0; name && i < learned->targets; i++)
        name[i] = labels->feature[i].name;
    learned->target_name = name;
    return name ? TRAINER_OK : TRAINER_FAILED;
}

int data_learned(const struct dataset *dataset, struct arena *arena, struct learned *learned)
{
    struct learned_input *input = arena_array(arena, (size_t)dataset->columns, sizeof *input);
    *learned =
        (struct learned){.kind = registry_entry_of(FAMILY_DATASET, &dataset->kind->base)->name,
                         .input = input,
                         .table = dataset->table};
    if (!input)
        return TRAINER_FAILED;
    for (int i = 0; i < dataset->columns; i++) {
        const struct column *column = &dataset->column[i];
        if (is_input(column))
            input[learned->inputs++] = input_of(column);
        if (!strcmp(column->name, "labels") && name_labels(column, arena, learned))
            return TRAINER_FAILED;
    }
    return TRAINER_OK;
}

/* --- applying --------------------------------------------------------------------------------- */

static const struct learned_input *find_input(const struct learned *learned, const char *name)
{
    for (size_t i = 0; i < learned->inputs; i++)
        if (!strcmp(learned->input[i].name, name))
            return &learned->input[i];
    return NULL;
}

static int apply_input(const struct dataset *dataset, struct column *column,
                       const struct learned *learned)
{
    char has[SHAPE_TEXT_MAX], needs[SHAPE_TEXT_MAX];
    const struct learned_input *input = find_input(learned, column->name);
    if (!input)
        return config_error(dataset->at, "the network was not trained on a column '%s'",
                            column->name);
    if (!shape_equal(input->shape, column->shape))
        return config_error(
            dataset->at, "samples of '%s' have shape %s; the network was trained on %s",
            column->name, shape_text(column->shape, has), shape_text(input->shape, needs));
    column->offset = input->offset;
    column->divisor = input->divisor;
    column->fill = input->fill;
    column->feature = input->feature ? input->feature : column->feature;
    column->scale = input->stored == column->stored ? input->scale : column->scale;
    return TRAINER_OK;
}

static int apply_labels(const struct dataset *dataset, struct column *column,
                        const struct learned *learned)
{
    size_t size = shape_size(column->shape);
    bool classes = column->stored == STORED_LABEL;
    if (classes != (learned->classes > 0) || (!classes && size != learned->targets))
        return config_error(dataset->at, "labels are %s; the network was trained on %s",
                            classes ? "classes" : "values",
                            learned->classes ? "classes" : "other values");
    if (classes && column->classes > learned->classes)
        return config_error(dataset->at, "labels have %zu classes; the network was trained on %zu",
                            column->classes, learned->classes);
    column->classes = learned->classes;
    column->class_name = classes ? learned->class_name : NULL;
    column->offset = learned->label_offset;
    column->divisor = learned->label_divisor;
    return TRAINER_OK;
}

int learned_apply(struct dataset *dataset, const struct learned *learned)
{
    int rc = TRAINER_OK;
    for (int i = 0; i < dataset->columns; i++) {
        struct column *column = &dataset->column[i];
        int wrong = TRAINER_OK;
        if (is_input(column))
            wrong = apply_input(dataset, column, learned);
        else if (!strcmp(column->name, "labels"))
            wrong = apply_labels(dataset, column, learned);
        rc = wrong ? wrong : rc;
    }
    return rc;
}
