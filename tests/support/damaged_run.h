/*
 * damaged_run.h - for tests: a run file with something wrong, made by libhdf5 as others use it.
 *
 * A damage is done to a copy of the sample run; loading must then say what is wrong, and leave the
 * network's numbers as they were.
 */
#ifndef TRAINER_DAMAGED_RUN_H
#define TRAINER_DAMAGED_RUN_H

#include "runfile_sample.h"
#include <hdf5.h>

enum { FILE_LIMIT = 1 << 20, WEIGHTS = 12, MARK = 77 };

/* Goes to a folder of its own with the sample run as run.h5. folder_leave removes it. */
void damaged_start(void);

/* The sample as a checkpoint, with a block of optimizer state. */
void damaged_checkpoint(void);

/* Loads the weight of affine1 alone, over numbers that can be told from it; x[WEIGHTS]. */
int damaged_load(float *x);

/* Expects that loading fails with this message and changes nothing. */
void damaged_expect(const char *expected);

/* Opens run.h5, damages it, closes it. */
void damaged_by(void (*damage)(hid_t file));

/* Replaces the weight by a dataset of this type, made by this list, with the numbers 0, 1/2, 1, ...
 */
void damaged_replace(hid_t file, hid_t type, hid_t list);

/* Replaces an attribute by a scalar; a dataset by a list of numbers. */
void damaged_attribute(hid_t file, const char *name, hid_t type, const void *value);
void damaged_list(hid_t file, const char *name, hid_t type, hsize_t length, const void *data);

/* Flips one bit of the weight, behind libhdf5's back. */
void damaged_flip(void);

/* Damages to the weight. */
void drop_weight(hid_t file);
void drop_model(hid_t file);
void make_other_shape(hid_t file);
void make_huge_shape(hid_t file);
void make_scalar(hid_t file);
void make_null(hid_t file);
void make_rank_9(hid_t file);
void make_integer(hid_t file);
void make_odd_float(hid_t file);
void make_group(hid_t file);
void make_soft_link(hid_t file);
void make_external_link(hid_t file);
void make_external_storage(hid_t file);
void make_virtual(hid_t file);
void make_other_filter(hid_t file);
void make_large_chunks(hid_t file);
void put_nan(hid_t file);
void put_infinity(hid_t file);
void put_more_than_a_float_holds(hid_t file);

#endif
