/*
 * picture.h - small pictures inside a page: PNG as data URIs.
 */
#ifndef TRAINER_PICTURE_H
#define TRAINER_PICTURE_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

/* Appends an <img> of rgb (height, width, 3) with an alternative text; height and width at least
 * 1. What ran out of memory shows in text_status. */
void picture_add(struct text *out, const uint8_t *rgb, size_t height, size_t width,
                 const char *alternative);

/* rgb of a number in [-1, 1]: blue below 0, white at 0, red above; NaN is black. */
void picture_diverging(double value, uint8_t rgb[3]);

#endif
