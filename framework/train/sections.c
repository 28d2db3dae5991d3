/*
 * sections.c - the list of all sections of a config.
 */
#include "sections.h"
#include "data/data.h"
#include "graph/graph.h"
#include "rate.h"
#include "settings.h"

const struct option_group sections_list[] = {
    {"", settings_root, .help = "the config itself"},
    {"data", data_common_options, .help = "the data set"},
    {"data", data_validation_options, .help = "the data set"},
    {"data", data_label_options, .help = "the data set"},
    {"data", data_class_options, .help = "the data set"},
    {"data.normalize", data_normalize_options, .help = "how values are scaled"},
    {"data", .family = FAMILY_DATASET, .help = "trainer datasets KIND"},
    {"model", settings_model, .help = "the network"},
    {"model.layers", graph_layer_options, .help = "every layer"},
    {"model.layers", .family = FAMILY_LAYER, .help = "trainer layers KIND"},
    {"optimizer", settings_optimizer, .help = "the rule of a step"},
    {"optimizer", settings_schedule, .help = "the rule of a step"},
    {"optimizer", .family = FAMILY_OPTIMIZER, .help = "trainer optimizers KIND"},
    {"optimizer.schedule", rate_total_options, .help = "how the learning rate changes"},
    {"optimizer.schedule", .family = FAMILY_SCHEDULE, .help = "trainer schedules KIND"},
    {"trainer", settings_trainer, .help = "how to train"},
    {"output", settings_output, .help = "where results go"},
    {0},
};
