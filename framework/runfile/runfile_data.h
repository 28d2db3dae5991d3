/*
 * runfile_data.h - /data: what was learned of the training data, in every file of a run.
 *
 *     /data                     attributes scale, ...; of a table header, delimiter, ...
 *     /data/kind, shape         "csv"; dimensions of a sample (rank)
 *     /data/offset, divisor     (channel), where inputs are normalised
 *     /data/features            (feature) names of elements; fill (feature) values for missing ones
 *     /data/classes             (class) names, where labels are classes
 *     /data/targets             (target) names; label_offset, label_divisor (target)
 *     /data/columns             (column) of a table; column_types, _roles, _missing, _positions;
 *                               column_categories (column): how many of categories each has
 *     /data/categories          names, one column's behind the other
 *     /data/missing_values      words
 *
 * Where there are several columns of inputs, the first stands in /data, each other in a group
 * /data/inputs/NAME; the attribute `inputs` names all of them in their order.
 */
#ifndef TRAINER_RUNFILE_DATA_H
#define TRAINER_RUNFILE_DATA_H

#include "hdf5/hdf5_image.h"
#include "learned.h"

/* Adds the group to an image. */
void runfile_put_data(struct image *image, const struct learned *learned);

/* Reads it from a run file or checkpoint, into the arena. Trusts the file no more than
 * runfile_load_weights. A file that has none, of an earlier version, is TRAINER_INVALID. */
int runfile_read_data(const char *path, struct arena *arena, struct learned *learned);

#endif
