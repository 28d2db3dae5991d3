/*
 * predict_input.h - the samples that `trainer predict` and `trainer eval` are asked about.
 *
 * A file is opened as the run's own data was, or as the kind that its name or --type says; what the
 * run learned of its data (how inputs are scaled and normalised) goes with it.
 */
#ifndef TRAINER_PREDICT_INPUT_H
#define TRAINER_PREDICT_INPUT_H

#include "config/config.h"
#include "learned.h"

/* The kind that `path` is of, as the registry names it: `type` where that is given, else by the
 * file's name, else that of the run whose resolved config this is. */
int predict_input_kind(const char **kind, struct config *config, const char *type,
                       const char *path);

/* Opens `path` as SPLIT_TRAIN of a data set of that kind; its `data` section is made in the config.
 * labels: their file; "": where the run had them in the same file, they are there; NULL: none are
 * wanted. */
int predict_input_open(struct dataset **dataset, struct config *config, const char *kind,
                       const char *path, const char *labels);

/* The same of a table with its labels, read as the run's was. *dataset is to be closed whatever is
 * returned. */
int predict_input_load(struct dataset **dataset, const struct learned *learned, const char *path,
                       const char *origin);

/* Gives the columns of a data set what was learned of the training data: scale, normalisation, fill
 * values. learned->kind NULL: nothing is known. origin: the run's file, for messages.
 * TRAINER_INVALID where a column is missing or has another shape. */
int predict_input_adapt(struct dataset *dataset, const struct learned *learned, const char *path,
                        const char *origin);

#endif
