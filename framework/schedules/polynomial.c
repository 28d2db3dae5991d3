/*
 * polynomial - the rate falls from learning_rate to a share of it, along a power of what is left.
 *
 *     f = e + (1 - e) (1 - t/T)^p          T = steps, or where training ends; f = e from there on
 *
 *     optimizer: {type: sgd, learning_rate: 0.1, schedule: {type: polynomial, power: 2}}
 *     optimizer: {type: sgd, learning_rate: 0.1, schedule: linear}
 */
#include "schedule.h"

#include "base/exact_math.h"

struct polynomial {
    double power, end;
};

static const struct option polynomial_options[] = {
    {"power", OPTION_NUMBER, offsetof(struct polynomial, power), .standard = "1", .minimum = 0,
     .maximum = 100, .above_minimum = true, .help = "1: a straight line"},
    {"end", OPTION_NUMBER, offsetof(struct polynomial, end), .standard = "0", .minimum = 0,
     .maximum = 1, .help = "where it ends, as a share of learning_rate"},
    {0},
};

static double polynomial_factor(const void *private, const struct schedule_point *at)
{
    const struct polynomial *polynomial = private;
    double left = at->step < at->total ? 1 - at->step / at->total : 0;
    return polynomial->end + (1 - polynomial->end) * exact_pow(left, polynomial->power);
}

const struct schedule_kind schedule_polynomial = {
    .base = {.title = "polynomial",
             .aliases = "linear,PolynomialLR",
             .help = "falls to a share of the rate, along a power of the steps that are left",
             .options = polynomial_options,
             .private_size = sizeof(struct polynomial)},
    .total = true,
    .factor = polynomial_factor,
};
