/*
 * gradcheck_file.h - a gradient check as an HDF5 file.
 *
 *     /                verdict, kernels, samples, ... as attributes; rtol, atol, step
 *     /tensors         one dataset a column, (tensor): name, shape, mode, elements, checked,
 *                      skipped, wrong, error, where, analytic, numeric, mean_difference, result
 *     /float32         one dataset a column, (comparison): kernels, mode, tensor, error, result
 *
 * A file of the format of runfile_layout.h, of the kind "gradcheck".
 */
#ifndef TRAINER_GRADCHECK_FILE_H
#define TRAINER_GRADCHECK_FILE_H

#include "gradcheck.h"

/* Of a row: "right", "wrong", "kinks", "zero", "frozen", "no effect". */
const char *gradcheck_result_word(enum gradcheck_result result);

/* Writes the report to path, replacing what is there. TRAINER_FAILED with the reason; an older
 * file is then as it was. */
int gradcheck_file_write(const char *path, const struct gradcheck_report *report);

#endif
