/*
 * histogram.h - many numbers in few: 40 equal bins from the least to the greatest, mean, deviation.
 */
#ifndef TRAINER_HISTOGRAM_H
#define TRAINER_HISTOGRAM_H

#include "base/text.h"

enum { HISTOGRAM_BINS = 40 };

/* Numbers that are not finite are in none of it but `count`. NaN where there is no other. */
struct histogram {
    size_t count, finite, zeros;
    double least, greatest, mean, deviation; /* deviation: of the population */
    size_t bin[HISTOGRAM_BINS];              /* where all are equal, the middle one has them */
};

/* Of read(x, 0), read(x, 1), ...: count of them. */
struct histogram histogram_of(double (*read)(const void *x, size_t index), const void *x,
                              size_t count);

/* Reads an array of doubles. */
double histogram_number(const void *x, size_t index);

/* Appends it as <svg>, its ends in figures below. what: "Weights". */
void histogram_draw(struct text *svg, const struct histogram *histogram, const char *what);

#endif
