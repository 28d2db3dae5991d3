/*
 * scaled.h - what he, xavier and lecun share: numbers of a variance that follows from the fans.
 */
#ifndef TRAINER_SCALED_H
#define TRAINER_SCALED_H

#include "initializer.h"
#include <math.h>

enum scaled_distribution { SCALED_NORMAL, SCALED_UNIFORM };
enum scaled_mode { SCALED_FAN_IN, SCALED_FAN_OUT };

struct scaled {
    int distribution, mode;
};

#define SCALED_DISTRIBUTION                                                                        \
    {                                                                                              \
        "distribution", OPTION_CHOICE, offsetof(struct scaled, distribution),                      \
            .standard = "normal", .choices = "normal,uniform",                                     \
            .help = "uniform: between -sqrt 3 and sqrt 3 deviations"                               \
    }
#define SCALED_MODE                                                                                \
    {                                                                                              \
        "mode", OPTION_CHOICE, offsetof(struct scaled, mode),                                      \
            .standard = "fan_in", .choices = "fan_in,fan_out",                                     \
            .help = "which fan counts: inputs of an output, or the reverse"                        \
    }

static inline double scaled_fan(const struct initial *initial)
{
    const struct scaled *scaled = initial->private;
    size_t fan = scaled->mode == SCALED_FAN_OUT ? initial->fan_out : initial->fan_in;
    return fan > 0 ? (double)fan : 1;
}

static inline void scaled_draw(const struct initial *initial, double variance, size_t first,
                               size_t count, double *x)
{
    const struct scaled *scaled = initial->private;
    double deviation = sqrt(variance), bound = sqrt(3 * variance);
    if (scaled->distribution == SCALED_NORMAL)
        random_normals(&initial->stream, first, count, x);
    for (size_t i = 0; i < count; i++)
        x[i] = scaled->distribution == SCALED_NORMAL
                   ? deviation * x[i]
                   : bound * (2 * random_uniform(&initial->stream, first + i) - 1);
}

#endif
