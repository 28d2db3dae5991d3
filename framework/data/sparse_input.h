/*
 * sparse_input.h - byte columns that are mostly zeros, listed by rows without the zeros.
 *
 * 81 % of MNIST's pixels are zero, 72 % of its groups of four pixels; a dense layer that skips them
 * does a quarter of the work and gets the same bits (kernels/sparse.h). The list stands beside the
 * bytes: 6 bytes for each group that is not all zeros.
 */
#ifndef TRAINER_SPARSE_INPUT_H
#define TRAINER_SPARSE_INPUT_H

#include "dataset.h"

/* As the option `trainer.sparse_input` has them. */
enum sparse_input { SPARSE_AUTO, SPARSE_ALWAYS, SPARSE_NEVER };

/* Lists every byte column whose share of groups that are not all zeros makes it worth while: below
 * 0.6 (auto), or any (always). column->sparse is then set for the training and the test data.
 * TRAINER_FAILED when memory runs out; the columns listed so far stay listed. Columns of more than
 * SPARSE_COLUMNS_MAX bytes a sample are left alone, and so are lists that are there; `never`
 * forgets them. */
int dataset_sparsify(struct dataset *dataset, enum sparse_input choice);

#endif
