/*
 * test_elementwise.c - functions of one element against the C library's in long double, in units of
 * the last place; softmax rows and column sums against sums worked out plainly.
 */
#include "support/kernels.h"
#include "support/suite.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 20011 };

static const double infinity = (double)INFINITY, not_a_number = (double)NAN;

typedef void function(size_t count, const void *x, void *y);

/* The distance of a number of this engine from the true one, in units of the true one's last place;
 * below the normal range in units of the smallest number. */
static double distance(const struct engine *engine, double found, long double wanted)
{
    bool single = engine->precision == PRECISION_SINGLE;
    int digits = single ? FLT_MANT_DIG : DBL_MANT_DIG, lowest = single ? FLT_MIN_EXP : DBL_MIN_EXP;
    int exponent;
    frexpl(wanted, &exponent);
    exponent = exponent < lowest ? lowest : exponent;
    return (double)(fabsl((long double)found - wanted) / ldexpl(1, exponent - digits));
}

/* The largest distance over COUNT arguments, evenly from `from` to `to` (of exponents where
 * `powers`). */
static double worst(const struct engine *engine, function *evaluate,
                    long double (*exact)(long double), double from, double to, bool powers)
{
    void *x = kernels_array(engine, COUNT), *y = kernels_array(engine, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        double t = from + (to - from) * (double)i / (COUNT - 1);
        engine->set(x, i, powers ? exp2(t) : t);
    }
    evaluate(COUNT, x, y);
    double largest = 0;
    for (size_t i = 0; i < COUNT; i++)
        largest = fmax(largest,
                       distance(engine, engine->get(y, i), exact((long double)engine->get(x, i))));
    kernels_free(x);
    kernels_free(y);
    return largest;
}

static long double exact_sigmoid(long double x)
{
    return 1 / (1 + expl(-x));
}

static double evaluate_one(const struct engine *engine, function *evaluate, double x)
{
    void *value = kernels_array(engine, 1);
    engine->set(value, 0, x);
    evaluate(1, value, value);
    double result = engine->get(value, 0);
    kernels_free(value);
    return result;
}

START_TEST(exp_is_within_2_ulp)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    bool single = engine->precision == PRECISION_SINGLE;
    double lowest = single ? -104 : -746, highest = single ? 88.7 : 709.7;
    ck_assert_double_le(worst(engine, engine->kernels->exp, expl, lowest, highest, false), 2);
    ck_assert_double_le(worst(engine, engine->kernels->exp, expl, -1, 1, false), 2);
}
END_TEST

START_TEST(log_is_within_2_ulp)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    bool single = engine->precision == PRECISION_SINGLE;
    double lowest = single ? -149 : -1074, highest = single ? 127.99 : 1023.99;
    ck_assert_double_le(worst(engine, engine->kernels->log, logl, lowest, highest, true), 2);
    ck_assert_double_le(worst(engine, engine->kernels->log, logl, 0.5, 2, false), 2);
}
END_TEST

START_TEST(sigmoid_is_within_4_ulp)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    double lowest = engine->precision == PRECISION_SINGLE ? -103 : -745;
    ck_assert_double_le(
        worst(engine, engine->kernels->sigmoid, exact_sigmoid, lowest, -lowest, false), 4);
    ck_assert_double_le(worst(engine, engine->kernels->sigmoid, exact_sigmoid, -2, 2, false), 4);
}
END_TEST

START_TEST(ends_of_the_range_are_what_they_should_be)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    const struct kernel_table *kernels = engine->kernels;
    ck_assert_double_eq(evaluate_one(engine, kernels->exp, 0), 1);
    ck_assert_double_eq(evaluate_one(engine, kernels->exp, -infinity), 0);
    ck_assert_double_eq(evaluate_one(engine, kernels->exp, -1e30), 0);
    ck_assert_double_eq(evaluate_one(engine, kernels->exp, 1e30), infinity);
    ck_assert_double_eq(evaluate_one(engine, kernels->exp, infinity), infinity);
    ck_assert_double_nan(evaluate_one(engine, kernels->exp, not_a_number));
    ck_assert_double_eq(evaluate_one(engine, kernels->log, 1), 0);
    ck_assert_double_eq(evaluate_one(engine, kernels->log, 0), -infinity);
    ck_assert_double_eq(evaluate_one(engine, kernels->log, -0.0), -infinity);
    ck_assert_double_eq(evaluate_one(engine, kernels->log, infinity), infinity);
    ck_assert_double_nan(evaluate_one(engine, kernels->log, -1));
    ck_assert_double_nan(evaluate_one(engine, kernels->log, not_a_number));
    ck_assert_double_eq(evaluate_one(engine, kernels->sigmoid, 0), 0.5);
    ck_assert_double_eq(evaluate_one(engine, kernels->sigmoid, 1e30), 1);
    ck_assert_double_eq(evaluate_one(engine, kernels->sigmoid, -1e30), 0);
    ck_assert_double_nan(evaluate_one(engine, kernels->sigmoid, not_a_number));
}
END_TEST

/* A range cut anywhere: each element alone gives the bits that it has among the others. */
START_TEST(results_do_not_depend_on_where_a_range_is_cut)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    enum { SOME = 67 };
    function *const functions[] = {engine->kernels->exp, engine->kernels->log,
                                   engine->kernels->sigmoid};
    void *x = kernels_array(engine, SOME), *y = kernels_array(engine, SOME);
    uint32_t state = 1;
    kernels_fill(engine, x, SOME, 0.1, &state);
    for (int f = 0; f < 3; f++)
        for (size_t begin = 0; begin < SOME; begin += 13) {
            functions[f](SOME - begin, (char *)x + begin * engine->real_size, y);
            bool same = true;
            for (size_t i = begin; i < SOME; i++) {
                double alone = evaluate_one(engine, functions[f], engine->get(x, i));
                double among = engine->get(y, i - begin);
                same = same && (alone == among || (isnan(alone) && isnan(among)));
            }
            ck_assert(same);
        }
    kernels_free(x);
    kernels_free(y);
}
END_TEST

/* x, y (rows, width), log_sum (rows): against sums in long double. */
static void check_softmax(const struct engine *engine, size_t rows, size_t width, double scale)
{
    void *x = kernels_array(engine, rows * width), *y = kernels_array(engine, rows * width);
    void *log_sum = kernels_array(engine, rows);
    uint32_t state = (uint32_t)width;
    kernels_fill(engine, x, rows * width, 0, &state);
    for (size_t i = 0; i < rows * width; i++)
        engine->set(x, i, engine->get(x, i) * scale);
    engine->kernels->softmax(rows, width, x, y, log_sum);
    double rounding = kernels_rounding(engine), worst_y = 0, worst_log = 0;
    for (size_t i = 0; i < rows; i++) {
        long double sum = 0;
        for (size_t j = 0; j < width; j++)
            sum += expl((long double)engine->get(x, i * width + j));
        for (size_t j = 0; j < width; j++) {
            double element = engine->get(x, i * width + j);
            /* x - max is rounded, which exp turns into a relative error. */
            double bound = rounding * (10 + 2 * (double)width + 2 * scale);
            long double wanted = expl((long double)element) / sum;
            double error =
                (double)(fabsl((long double)engine->get(y, i * width + j) - wanted) / wanted);
            worst_y = fmax(worst_y, error / bound);
        }
        double error = fabs(engine->get(log_sum, i) - (double)logl(sum));
        worst_log = fmax(worst_log, error / (rounding * (10 + 2 * (double)width + 4 * scale)));
    }
    ck_assert_double_le(worst_y, 1);
    ck_assert_double_le(worst_log, 1);
    kernels_free(x);
    kernels_free(y);
    kernels_free(log_sum);
}

START_TEST(softmax_rows_are_within_their_bound)
{
    const struct engine *engine = kernels_engine(_i);
    for (size_t width = 1; engine && width < 70; width += width < 20 ? 1 : 7)
        check_softmax(engine, 1 + width % 5, width, width % 2 ? 1 : 30);
    if (engine)
        check_softmax(engine, 200, 10, 5);
}
END_TEST

START_TEST(softmax_of_huge_scores_neither_overflows_nor_gives_nan)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    void *x = kernels_array(engine, 3), *log_sum = kernels_array(engine, 1);
    const double scores[] = {1e30, -1e30, 1e30};
    for (size_t i = 0; i < 3; i++)
        engine->set(x, i, scores[i]);
    engine->kernels->softmax(1, 3, x, x, log_sum);
    ck_assert_double_eq(engine->get(x, 0), 0.5);
    ck_assert_double_eq(engine->get(x, 1), 0);
    ck_assert_double_eq(engine->get(x, 2), 0.5);
    ck_assert(isfinite(engine->get(log_sum, 0)));
    engine->set(x, 1, not_a_number);
    engine->kernels->softmax(1, 3, x, x, NULL);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_nan(engine->get(x, i));
    kernels_free(x);
    kernels_free(log_sum);
}
END_TEST

START_TEST(a_softmax_row_does_not_depend_on_the_rows_beside_it)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    enum { ROWS = 70, WIDTH = 10 };
    void *x = kernels_array(engine, ROWS * WIDTH), *y = kernels_array(engine, ROWS * WIDTH);
    void *one = kernels_array(engine, WIDTH);
    uint32_t state = 9;
    kernels_fill(engine, x, ROWS * WIDTH, 0, &state);
    engine->kernels->softmax(ROWS, WIDTH, x, y, NULL);
    size_t bytes = WIDTH * engine->real_size;
    for (size_t i = 0; i < ROWS; i++) {
        engine->kernels->softmax(1, WIDTH, (char *)x + i * bytes, one, NULL);
        ck_assert(memcmp(one, (char *)y + i * bytes, bytes) == 0);
    }
    kernels_free(x);
    kernels_free(y);
    kernels_free(one);
}
END_TEST

/* Columns [begin, end) of a matrix with `stride` columns: the sums in the order of the rows, bit
 * for bit, and nothing else. */
static void check_columns(const struct engine *engine, size_t rows, size_t stride, size_t begin,
                          size_t end, uint32_t *state)
{
    void *x = kernels_array(engine, rows * stride), *sum = kernels_array(engine, stride);
    void *wanted = kernels_array(engine, stride), *row = kernels_array(engine, stride);
    kernels_fill(engine, x, rows * stride, 0, state);
    for (size_t i = 0; i < rows; i++) {
        memcpy(row, (char *)x + i * stride * engine->real_size, stride * engine->real_size);
        for (size_t j = 0; j < stride; j++)
            if (j < begin || j >= end)
                engine->set(row, j, 0);
        engine->accumulate(wanted, row, stride);
    }
    engine->kernels->sum_columns(rows, stride, x, begin, end, sum);
    ck_assert(memcmp(sum, wanted, stride * engine->real_size) == 0);
    kernels_free(x);
    kernels_free(sum);
    kernels_free(wanted);
    kernels_free(row);
}

START_TEST(column_sums_are_in_the_order_of_the_rows)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 11;
    for (int i = 0; engine && i < 60; i++) {
        size_t stride = 1 + kernels_random(&state, 150), end = 1 + kernels_random(&state, 150);
        end = end < stride ? end : stride;
        size_t begin = kernels_random(&state, (uint32_t)end + 1);
        check_columns(engine, kernels_random(&state, 40), stride, begin, end, &state);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        exp_is_within_2_ulp,
        log_is_within_2_ulp,
        sigmoid_is_within_4_ulp,
        ends_of_the_range_are_what_they_should_be,
        results_do_not_depend_on_where_a_range_is_cut,
        softmax_rows_are_within_their_bound,
        softmax_of_huge_scores_neither_overflows_nor_gives_nan,
        a_softmax_row_does_not_depend_on_the_rows_beside_it,
        column_sums_are_in_the_order_of_the_rows,
        NULL,
    };
    return suite_main("elementwise", SUITE_IN_PROCESS, (int)engine_count, tests);
}
