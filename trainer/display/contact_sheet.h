/*
 * contact_sheet.h - a contact sheet: the first samples of a data set as one grey PNG image.
 */
#ifndef TRAINER_CONTACT_SHEET_H
#define TRAINER_CONTACT_SHEET_H

#include "dataset.h"
#include <stddef.h>

/* Writes the first rows * columns samples of `inputs` to path, left to right, then down, with gaps
 * of 2 pixels; places past the last sample stay grey. Below each stands its class, a name as far as
 * it fits, where the data have labels. TRAINER_INVALID where `inputs` isn't (height,
 * width) bytes, the split is empty or the sheet would be too large. When writing fails,
 * TRAINER_FAILED, and the file at path is as it was. */
int contact_sheet_write(const char *path, const struct dataset *dataset, enum split split,
                        size_t rows, size_t columns);

#endif
