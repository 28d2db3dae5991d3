/*
 * metric.h - what a metric file may see: a number for each sample, averaged over a split.
 */
#ifndef TRAINER_METRIC_H
#define TRAINER_METRIC_H

#include "config/options.h"
#include "config/registry.h"
#include "engine/real.h"
#include <stdbool.h>
#include <stdint.h>

/* The loss layer's prediction and what was asked for, some rows of them. */
struct metric_rows {
    size_t rows, width;     /* width: elements of one prediction */
    const real *prediction; /* (rows, width) */
    const int32_t *label;   /* (rows) classes, or NULL */
    const real *target;     /* (rows, width) one-hot or real targets, or NULL */
};

struct metric_kind {
    struct kind base;
    bool maximize;                                               /* larger is better */
    void (*values)(const struct metric_rows *in, double *value); /* value (rows) */
};

#endif
