/*
 * data.h - the `data` section as the rest of the framework uses it; dataset.h is what a kind sees.
 *
 *     data: {type: idx, validation: 0.1, train: {...}, test: {...}}
 *
 * `validation` belongs to every kind: a fraction below 1, or a number of samples, that is split off
 * the training data. Which ones is drawn by (seed, RANDOM_SPLIT) and by nothing else. So does
 * `normalize`: none, zscore, minmax or maxabs of inputs, or {inputs: zscore, labels: zscore}
 * (normalise.h).
 */
#ifndef TRAINER_DATA_H
#define TRAINER_DATA_H

#include "config/config.h"
#include "dataset.h"
#include "learned.h"
#include "sparse_input.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens the `data` section (NULL: it is missing, an error). resolved: the mapping that gets the
 * resolved section, or NULL. describe_only: shapes and counts without values, as far as the kind
 * can tell them apart. All mistakes are in the message. The config is borrowed until dataset_close.
 */
int dataset_open(struct dataset **dataset, struct config *config, const struct node *section,
                 struct node *resolved, uint64_t seed, bool describe_only);

/* What a data set may be told, whatever its kind; each ends with a zero key. `validation` is the
 * kind's own where it is data. */
extern const struct option data_common_options[], data_validation_options[];
/* What labels are, and the keys of `normalize` where it is a mapping. data_class_options: of kinds
 * that name classes. */
extern const struct option data_label_options[], data_class_options[], data_normalize_options[];

/* Opens further data for a trained network, written as training data is, in SPLIT_TRAIN: it is
 * read, named and normalised as `learned` says (borrowed until dataset_close); nothing is split
 * off. labelled: labels must be there; else they are left out where the kind can. A column of
 * numbers that the network did not have, or that has another shape, is TRAINER_INVALID. */
int dataset_open_learned(struct dataset **dataset, struct config *config,
                         const struct node *section, const struct learned *learned, bool labelled);

/* Makes what all that share the values can use: the fingerprint and, where `choice` wants any,
 * lists without zeros. */
int dataset_prepare(struct dataset *dataset, enum sparse_input choice);

/* The same as dataset_open over the values of a data set that is open and stays so: only options
 * are read, samples split off and normalisation fitted. The section must be the one that `shared`
 * was opened from, up to `validation`, and where shared->seeded is set the seed too. */
int dataset_share(struct dataset **dataset, const struct dataset *shared, struct config *config,
                  const struct node *section, struct node *resolved, uint64_t seed);

/* NULL is nothing to close. */
void dataset_close(struct dataset *dataset);

enum { FINGERPRINT_TEXT = 17 };

/* 64 bits as 16 hexadecimal digits, over names, types, shapes, scales, counts and values of the
 * stored data: the same whatever file or compression it came from, and however validation is split
 * off. */
void dataset_fingerprint(const struct dataset *dataset, char text[FINGERPRINT_TEXT]);

/* Bytes of all stored values, whether they are loaded or only described. Saturates at SIZE_MAX. */
size_t dataset_bytes(const struct dataset *dataset);

#endif
