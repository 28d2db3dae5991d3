/*
 * graph_class_weights.c - the weights of a loss's classes, counted in the training data.
 */
#include "data/samples.h"
#include "graph_internal.h"

/* n_c of the training samples, into count[classes]. */
static void count_labels(const struct dataset *dataset, const struct column *column, size_t classes,
                         double *count)
{
    struct samples samples = samples_of(dataset, SPLIT_TRAIN);
    const int32_t *label = column->values[samples.stored];
    for (size_t i = 0; i < samples.count; i++) {
        size_t class = (size_t)label[samples_at(&samples, i)];
        if (class < classes)
            count[class]++;
    }
}

static int balance(const struct layer *layer, size_t count, const double **weights)
{
    const struct layer_plan *plan = layer->plan;
    const struct dataset *dataset = plan->graph->dataset;
    const struct edge_source *source = &plan->source[layer->kind->target];
    const struct column *column = source->column >= 0 ? &dataset->column[source->column] : NULL;
    if (!column || column->stored != STORED_LABEL)
        return layer_error(layer, "class_weights: balanced needs labels that are classes");
    if (!column->values[samples_of(dataset, SPLIT_TRAIN).stored])
        return TRAINER_OK;
    double *weight = arena_array(&plan->graph->arena, count, sizeof *weight);
    if (!weight)
        return TRAINER_FAILED;
    count_labels(dataset, column, count, weight);
    for (size_t c = 0; c < count; c++) {
        if (weight[c] == 0)
            return layer_error(layer,
                               "class_weights: balanced, but the training data has no sample of "
                               "class %zu",
                               c);
        weight[c] = (double)dataset->count[SPLIT_TRAIN] / ((double)count * weight[c]);
    }
    *weights = weight;
    return TRAINER_OK;
}

int layer_class_weights(const struct layer *layer, const struct option_numbers *option,
                        size_t count, const double **weights)
{
    *weights = NULL;
    if (option->count == 0)
        return TRAINER_OK;
    if (option->count == 1 && *option->value == CLASS_WEIGHTS_BALANCED)
        return balance(layer, count, weights);
    if (option->count != count)
        return layer_error(layer, "class_weights are %zu numbers; %zu are needed", option->count,
                           count);
    *weights = option->value;
    return TRAINER_OK;
}
