/*
 * graph_class_limits.c - whole numbers of the data that a layer has no class for.
 */
#include "data/samples.h"
#include "graph_internal.h"

/* Reports the first number of a split that is not below `classes`. */
static int check_split(const struct layer *layer, const struct dataset *dataset,
                       const struct column *column, enum split split, size_t classes)
{
    struct samples samples = samples_of(dataset, split);
    const int32_t *number = column->values[samples.stored];
    size_t width = shape_size(column->shape);
    for (size_t i = 0; number && i < samples.count * width; i++) {
        int32_t value = number[samples_at(&samples, i / width) * width + i % width];
        if ((size_t)value >= classes)
            return layer_error(layer, "'%s' is %d in sample %zu of the %s; expected below %zu",
                               column->name, value, i / width, dataset_data_words(dataset, split),
                               classes);
    }
    return TRAINER_OK;
}

int layer_check_classes(const struct layer *layer, int input, size_t classes)
{
    const struct layer_plan *plan = layer->plan;
    const struct dataset *dataset = plan->graph->dataset;
    int index = plan->source[input].column, rc = TRAINER_OK;
    if (index < 0)
        return TRAINER_OK;
    size_t *limit = &plan->graph->class_limit[index];
    *limit = *limit == 0 || classes < *limit ? classes : *limit;
    for (enum split split = 0; split < SPLIT_COUNT && rc == TRAINER_OK; split++)
        rc = check_split(layer, dataset, &dataset->column[index], split, classes);
    return rc;
}

size_t graph_class_limit(const struct graph *graph, int column)
{
    return graph->class_limit[column];
}
