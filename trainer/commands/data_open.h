/*
 * data_open.h - the data of a config, or of a file that no config names.
 */
#ifndef TRAINER_DATA_OPEN_H
#define TRAINER_DATA_OPEN_H

#include "base/text.h"
#include "config/config.h"
#include "dataset.h"

struct data_source {
    struct config *config;
    struct dataset *dataset;
    const char *kind; /* of a bare file; NULL: a config was read */
};

/* Opens the `data` of the config at `path`, by its `data` and `seed` alone; or of a data file,
 * which its name tells (.csv, .tsv, .npy, ..., a folder), with the column `labels`, or none where
 * that is NULL. setting: key=value. What the data set has to say goes to standard error. Free with
 * data_source_close, after an error too. */
int data_source_open(struct data_source *source, const char *path, const char *labels,
                     const char *const *setting, size_t settings);
void data_source_close(struct data_source *source);

/* Writes rows [0, count) of the training part as the network gets them, as CSV. */
int data_head(const struct dataset *dataset, size_t count, struct text *text);

/* A config that trains on a bare file whose data set is open. */
int data_starter(const struct data_source *source, const char *path, const char *labels,
                 struct text *text);

/* data_file_write.c: all samples as the network gets them, as an HDF5 file for `type: hdf5`. */
int data_file_write(const struct dataset *dataset, const char *path);

#endif
