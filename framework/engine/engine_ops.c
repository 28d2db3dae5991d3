/*
 * engine_ops.c - the operations of one variant behind void *, and the variant's descriptor.
 *
 * TRAINER_VARIANT is its index in engine_list. Every void * is an array of `real`.
 */
#include "engine.h"
#include "real.h"
#include <math.h>

#define TEXT_OF(word)     TEXT(word)
#define TEXT(word)        #word
#define engine_of_variant NAME(engine)

enum { BLOCK = 128 };

static double get(const void *x, size_t index)
{
    return (double)((const real *)x)[index];
}

static void set(void *x, size_t index, double value)
{
    ((real *)x)[index] = (real)value;
}

/* Up to BLOCK elements in eight sums side by side, which are then added in pairs. */
static double sum_block(const real *x, size_t count)
{
    double lane[8] = {0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t j = 0; j < 8; j++)
            lane[j] += (double)x[i + j];
    for (size_t j = 0; i + j < count; j++)
        lane[j] += (double)x[i + j];
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static double sum(const void *x, size_t count)
{
    if (count <= BLOCK)
        return sum_block(x, count);
    size_t half = (count / 2 + BLOCK - 1) / BLOCK * BLOCK;
    return sum(x, half) + sum((const real *)x + half, count - half);
}

static void fill(void *x, size_t count, double value)
{
    real *out = x;
    for (size_t i = 0; i < count; i++)
        out[i] = (real)value;
}

static void accumulate(void *y, const void *x, size_t count)
{
    real *out = y;
    const real *in = x;
    for (size_t i = 0; i < count; i++)
        out[i] += in[i];
}

static void from_bytes(void *out, const uint8_t *stored, size_t count, double scale)
{
    real *restrict x = out;
    for (size_t i = 0; i < count; i++)
        x[i] = (real)stored[i] * (real)scale;
}

static void from_floats(void *out, const float *stored, size_t count, double scale)
{
    real *restrict x = out;
    for (size_t i = 0; i < count; i++)
        x[i] = (real)stored[i] * (real)scale;
}

static void from_doubles(void *out, const double *stored, size_t count, double scale)
{
    real *restrict x = out;
    for (size_t i = 0; i < count; i++)
        x[i] = (real)stored[i] * (real)scale;
}

static void largest(const void *x, size_t rows, size_t width, int32_t *index)
{
    const real *row = x;
    for (size_t r = 0; r < rows; r++, row += width) {
        size_t best = 0;
        for (size_t j = 1; j < width; j++)
            if (row[j] > row[best])
                best = j;
        index[r] = (int32_t)best;
    }
}

/* What is not finite stays: a gradient that overflowed is no large one. */
static inline real cut(real x, real limit)
{
    real low = x < -limit ? -limit : x, inside = low > limit ? limit : low;
    return x - x == 0 ? inside : x;
}

static double sum_squares(const void *x, size_t count, double limit)
{
    const real *in = x, most = limit > 0 ? (real)limit : (real)HUGE_VAL;
    double lane[8] = {0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t j = 0; j < 8; j++) {
            double value = (double)cut(in[i + j], most);
            lane[j] += value * value;
        }
    for (size_t j = 0; i + j < count; j++) {
        double value = (double)cut(in[i + j], most);
        lane[j] += value * value;
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static void shape_gradient(void *out, const void *g, const void *x, size_t count,
                           const struct gradient_terms *terms)
{
    real *to = out;
    const real *from = g, *at = x, most = terms->limit > 0 ? (real)terms->limit : (real)HUGE_VAL;
    const real scale = (real)terms->scale, decay = (real)terms->decay, l1 = (real)terms->l1;
    for (size_t i = 0; i < count; i++)
        to[i] = cut(from[i], most) * scale;
    for (size_t i = 0; decay > 0 && i < count; i++)
        to[i] += decay * at[i];
    for (size_t i = 0; l1 > 0 && i < count; i++)
        to[i] += at[i] > 0 ? l1 : at[i] < 0 ? -l1 : 0;
}

static void average(void *a, const void *x, size_t count, double keep)
{
    real *restrict mean = a;
    const real *restrict in = x, kept = (real)keep, taken = (real)(1 - keep);
    for (size_t i = 0; i < count; i++)
        mean[i] = kept * mean[i] + taken * in[i];
}

/* x - x is 0 for finite numbers and NaN for all others; looked at a block at a time. */
static size_t first_bad(const void *x, size_t count)
{
    const real *in = x;
    for (size_t begin = 0; begin < count; begin += BLOCK) {
        size_t end = count - begin < BLOCK ? count : begin + BLOCK;
        int bad = 0;
        for (size_t i = begin; i < end; i++)
            bad |= !(in[i] - in[i] == 0);
        for (size_t i = begin; bad && i < end; i++)
            if (!(in[i] - in[i] == 0))
                return i;
    }
    return count;
}

extern const struct kernel_table NAME(kernel_table);
extern const struct engine engine_of_variant;

const struct engine engine_of_variant = {
    .isa = TEXT_OF(TRAINER_ISA),
    .precision = REAL_IS_SINGLE ? PRECISION_SINGLE : PRECISION_DOUBLE,
    .real_size = sizeof(real),
    .variant = TRAINER_VARIANT,
    .get = get,
    .set = set,
    .sum = sum,
    .fill = fill,
    .accumulate = accumulate,
    .from_bytes = from_bytes,
    .from_floats = from_floats,
    .from_doubles = from_doubles,
    .largest = largest,
    .sum_squares = sum_squares,
    .shape_gradient = shape_gradient,
    .average = average,
    .first_bad = first_bad,
    .kernels = &NAME(kernel_table),
};
