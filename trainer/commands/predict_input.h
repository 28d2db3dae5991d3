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
 * learned: of the run, borrowed until dataset_close; its kind NULL where nothing is known. labels:
 * their file; "": they are there where the run had them in the same file; NULL: none are wanted. */
int predict_input_open(struct dataset **dataset, struct config *config,
                       const struct learned *learned, const char *kind, const char *path,
                       const char *labels);

#endif
