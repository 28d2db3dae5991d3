/*
 * model_reads.h - what the config's model will read of the data, before there is a network.
 *
 * Kinds of layers say it: whether labels are to be classes or values, and which columns are whole
 * numbers that stand for classes, to be kept as they are stored.
 */
#ifndef TRAINER_MODEL_READS_H
#define TRAINER_MODEL_READS_H

#include "config/config.h"
#include "dataset.h"
#include <stdbool.h>

/* What the losses that read the labels can be given: enum task. */
unsigned model_tasks(struct config *config);

/* Whether a layer reads whole numbers (LAYER_READS_CLASSES). */
bool model_reads_classes(struct config *config);

/* Makes STORED_LABEL of the columns that such layers read, with as many classes as the largest
 * number of any split and 1. TRAINER_INVALID with the layer's place, the split and the sample where
 * a value is no whole number from 0 on. */
int model_make_classes(struct config *config, struct dataset *dataset);

#endif
