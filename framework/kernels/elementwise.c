/*
 * elementwise.c - functions of one element over flat ranges, softmax and column sums, a vector at a
 * time.
 */
#include "elementwise.h"
#include "map.h"
#include "vector_sum.h"

static inline vector exp_of(vector x, vector unused)
{
    (void)unused;
    return vector_exp(x);
}

static inline vector log_of(vector x, vector unused)
{
    (void)unused;
    return vector_log(x);
}

static inline vector sigmoid_of(vector x, vector unused)
{
    (void)unused;
    return vector_sigmoid(x);
}

void elementwise_exp(size_t count, const real *x, real *y)
{
    map(count, x, 0, y, exp_of);
}

void elementwise_log(size_t count, const real *x, real *y)
{
    map(count, x, 0, y, log_of);
}

void elementwise_sigmoid(size_t count, const real *x, real *y)
{
    map(count, x, 0, y, sigmoid_of);
}

/* Lanes beyond `rest` set to `value`. */
static inline vector pad(vector x, mask inside, real value)
{
    return vector_choose(inside, x, vector_splat(value));
}

/* Softmax of one row; its last `rest` columns, 1 to LANES, are part of a vector. */
static inline void softmax_row(size_t whole, lanes rest, mask inside, const real *x, real *y,
                               real *max, real *sum)
{
    const real infinity = (real)__builtin_inf();
    vector top = pad(vector_load_part(x + whole, rest), inside, -infinity);
    for (size_t j = 0; j < whole; j += LANES)
        top = vector_max(vector_load(x + j), top);
    *max = lanes_max(top);

    vector total = {0};
    for (size_t j = 0; j < whole; j += LANES) {
        vector e = vector_exp(vector_load(x + j) - *max);
        vector_store(y + j, e);
        total += e;
    }
    vector e = vector_exp(vector_load_part(x + whole, rest) - *max);
    *sum = lanes_sum(total + pad(e, inside, 0));
    vector_store_part(y + whole, rest, e / *sum);
    for (size_t j = 0; j < whole; j += LANES)
        vector_store(y + j, vector_load(y + j) / *sum);
}

void elementwise_softmax(size_t rows, size_t width, const real *x, real *y, real *log_sum)
{
    size_t whole = width > 0 ? (width - 1) / LANES * LANES : 0;
    lanes rest = lanes_first(width - whole);
    mask index;
    for (size_t i = 0; i < LANES; i++)
        index[i] = (real_mask)i;
    mask inside = index < (real_mask)(width - whole);

    enum { BLOCK = 64 };
    real max[BLOCK], sum[BLOCK];
    for (size_t begin = 0; begin < rows; begin += BLOCK) {
        size_t count = rows - begin < BLOCK ? rows - begin : BLOCK;
        for (size_t i = 0; i < count; i++)
            softmax_row(whole, rest, inside, x + (begin + i) * width, y + (begin + i) * width,
                        &max[i], &sum[i]);
        if (!log_sum)
            continue;
        elementwise_log(count, sum, log_sum + begin);
        for (size_t i = 0; i < count; i++)
            log_sum[begin + i] += max[i];
    }
}

/* `vectors` vectors of columns side by side, so that one addition need not wait for the other. */
static inline void sum_columns(size_t rows, size_t stride, const real *x, int vectors, real *sum)
{
    vector total[4] = {0};
    for (size_t i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++)
            total[v] += vector_load(x + i * stride + v * LANES);
    for (int v = 0; v < vectors; v++)
        vector_store(sum + v * LANES, total[v]);
}

void column_sums(size_t rows, size_t stride, const real *x, size_t begin, size_t end, real *sum)
{
    size_t j = begin;
    for (; j + 4 * LANES <= end; j += 4 * LANES)
        sum_columns(rows, stride, x + j, 4, sum + j);
    for (; j + LANES <= end; j += LANES)
        sum_columns(rows, stride, x + j, 1, sum + j);
    if (j == end)
        return;
    lanes rest = lanes_first(end - j);
    vector total = {0};
    for (size_t i = 0; i < rows; i++)
        total += vector_load_part(x + i * stride + j, rest);
    vector_store_part(sum + j, rest, total);
}
