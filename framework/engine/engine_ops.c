/*
 * engine_ops.c - the operations of one variant behind void *, and the variant's descriptor.
 *
 * TRAINER_VARIANT is its index in engine_list. Every void * is an array of `real`.
 */
#include "engine.h"
#include "real.h"

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
    .first_bad = first_bad,
    .kernels = &NAME(kernel_table),
};
