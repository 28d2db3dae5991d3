/*
 * axis.c - an axis: its two ends, and few round numbers on it.
 */
#include "axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What lies beyond the numbers at either end, as a share of their range. */
static const double margin = 0.03;

/* Two numbers that are no further apart than this share of them are one. */
static const double least_range = 1e-9;

/* 10^n as the decimal text says it: pow may be off by one in the last bit. */
static double power_of_ten(int n)
{
    double value = 1;
    for (int i = 0; i < (n < 0 ? -n : n); i++)
        value *= 10;
    return n < 0 ? 1 / value : value;
}

static void add_tick(struct axis *axis, double value)
{
    if (value >= axis->least && value <= axis->most && axis->ticks < AXIS_TICKS_MAX)
        axis->tick[axis->ticks++] = value + 0.0; /* no -0 */
}

/* ---- linear ---- */

/* Multiples of factor * 10^n within the ends. */
static double count_steps(const struct axis *axis, double step)
{
    return floor(axis->most / step) - ceil(axis->least / step) + 1;
}

static void add_linear_ticks(struct axis *axis, int wanted)
{
    static const int factors[] = {1, 2, 5};
    int power = (int)floor(log10((axis->most - axis->least) / wanted)), factor = 0;
    double step = power_of_ten(power);
    while (count_steps(axis, step) > wanted) {
        factor = (factor + 1) % 3;
        power += factor == 0;
        step = factors[factor] * power_of_ten(power);
    }
    double first = ceil(axis->least / step);
    for (double i = first; i < first + count_steps(axis, step); i++)
        add_tick(axis, power < 0 ? i * factors[factor] / power_of_ten(-power) : i * step);
    double largest = fmax(fabs(axis->least), fabs(axis->most));
    axis->decimals = power < -6 || largest >= 1e7 ? -1 : power < 0 ? -power : 0;
}

/* ---- logarithmic ---- */

static int ticks_of(struct axis *axis, const int *factors, int count, int stride)
{
    int from = (int)floor(log10(axis->least)), to = (int)ceil(log10(axis->most));
    axis->ticks = 0;
    for (int power = from; power <= to; power++)
        for (int i = 0; i < count; i++)
            if (power % stride == 0)
                add_tick(axis, power < 0 ? factors[i] / power_of_ten(-power)
                                         : factors[i] * power_of_ten(power));
    return axis->ticks;
}

/* Decades, every other one where there are many; 1, 2, 5 or 1, 3 where there are few. False where
 * numbers at equal distances are more: few are round within a decade. */
static bool add_logarithmic_ticks(struct axis *axis, int wanted)
{
    static const int fine[] = {1, 2, 5}, coarse[] = {1, 3};
    bool decades = axis->most >= 100 * axis->least;
    int stride = 1;
    if (ticks_of(axis, fine, 3, 1) > wanted || axis->ticks == AXIS_TICKS_MAX)
        if (decades || ticks_of(axis, coarse, 2, 1) > wanted)
            while (ticks_of(axis, coarse, 1, stride) > wanted || axis->ticks == AXIS_TICKS_MAX)
                stride++;
    axis->decimals = -1;
    return axis->ticks >= (axis->most < 10 * axis->least ? 3 : 2);
}

/* ---- both ---- */

/* Larger numbers, or smaller ones on a logarithmic axis, would leave no room for the ends. */
static const double largest = 1e300, smallest = 1e-300;

static bool has_place(double value, bool logarithmic)
{
    return fabs(value) <= largest && (!logarithmic || value >= smallest);
}

struct axis axis_fit(double least, double most, bool logarithmic, int wanted)
{
    struct axis axis = {.logarithmic = logarithmic, .least = least, .most = most};
    if (!has_place(least, logarithmic) || !has_place(most, logarithmic))
        axis.least = axis.most = 1;
    if (logarithmic) {
        double wider = pow(axis.most, margin) / pow(axis.least, margin);
        wider = wider - 1 < least_range ? 2 : wider;
        axis.least /= wider;
        axis.most *= wider;
    } else {
        double range = axis.most - axis.least, size = fmax(fabs(axis.least), fabs(axis.most));
        double wider = range > least_range * size ? margin * range : 0.1 * size;
        if (size == 0) { /* one number alone, and no scale to be had from it */
            axis.most = 1;
            wider = margin;
        }
        axis.least -= wider;
        axis.most += wider;
    }
    if (!logarithmic || !add_logarithmic_ticks(&axis, wanted)) {
        axis.ticks = 0;
        add_linear_ticks(&axis, wanted);
    }
    return axis;
}

double axis_place(const struct axis *axis, double value)
{
    if (!has_place(value, axis->logarithmic))
        return (double)NAN;
    if (axis->logarithmic)
        return (log(value) - log(axis->least)) / (log(axis->most) - log(axis->least));
    return (value - axis->least) / (axis->most - axis->least);
}

/* 1e-05 -> 1e-5, 2e+07 -> 2e7 */
static void shorten_exponent(char *text)
{
    char *exponent = strchr(text, 'e'), *digits = exponent;
    if (!exponent)
        return;
    digits += 1 + (exponent[1] == '+' || exponent[1] == '-');
    digits += strspn(digits, "0");
    exponent += 1 + (exponent[1] == '-');
    memmove(exponent, digits, strlen(digits) + 1);
}

const char *axis_label(const struct axis *axis, int tick, char *text)
{
    double value = axis->tick[tick];
    if (axis->decimals >= 0)
        snprintf(text, AXIS_LABEL_MAX, "%.*f", axis->decimals, value);
    else
        snprintf(text, AXIS_LABEL_MAX, "%.6g", value);
    shorten_exponent(text);
    return text;
}

int axis_label_width(const struct axis *axis)
{
    char label[AXIS_LABEL_MAX];
    size_t widest = 1;
    for (int i = 0; i < axis->ticks; i++) {
        size_t length = strlen(axis_label(axis, i, label));
        widest = length > widest ? length : widest;
    }
    return (int)widest;
}
