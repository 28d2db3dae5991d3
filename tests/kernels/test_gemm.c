/*
 * test_gemm.c - the products of every engine against the plain reference, bit for bit, and the
 * reference against sums in long double, within the bound that gemm.h states.
 */
#include "support/kernels.h"
#include "support/suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One product, with its arrays. */
struct problem {
    const struct engine *engine;
    struct product product;
    void *first, *expected; /* C before; C as the reference has it */
    size_t c_count, own_bytes;
    bool *finite; /* of each thread, when descending */
};

enum form { FORWARD, WEIGHTS, INPUTS, FORMS }; /* X W, X' dY, dY W' */

static struct problem make_problem(const struct engine *engine, size_t m, size_t n, size_t k,
                                   enum form form, bool bias, bool accumulate, uint32_t *state)
{
    const struct kernel_table *kernels = engine->kernels;
    struct problem problem = {.engine = engine, .c_count = m * (n + 3)};
    problem.own_bytes = (kernels->product_own_bytes(m, n, k) + 63) / 64 * 64;
    void *a = kernels_array(engine, m * k), *b = kernels_array(engine, k * n);
    void *terms = bias ? kernels_array(engine, n) : NULL;
    problem.first = kernels_array(engine, problem.c_count);
    problem.expected = kernels_array(engine, problem.c_count);
    kernels_fill(engine, a, m * k, 0.1, state);
    kernels_fill(engine, b, k * n, 0.1, state);
    kernels_fill(engine, problem.first, problem.c_count, 0, state);
    if (bias)
        kernels_fill(engine, terms, n, 0, state);
    problem.product = (struct product){
        .m = m,
        .n = n,
        .k = k,
        .a = a,
        .a_row = form == WEIGHTS ? 1 : k,
        .a_column = form == WEIGHTS ? m : 1,
        .b = b,
        .b_row = form == INPUTS ? 1 : n,
        .b_column = form == INPUTS ? k : 1,
        .c = problem.expected,
        .c_row = n + 3, /* what lies between the rows must stay as it is */
        .bias = terms,
        .accumulate = accumulate,
    };
    memcpy(problem.expected, problem.first, problem.c_count * engine->real_size);
    kernels->product_reference(&problem.product);
    return problem;
}

static void free_problem(struct problem *problem)
{
    kernels_free((void *)(uintptr_t)problem->product.a);
    kernels_free((void *)(uintptr_t)problem->product.b);
    if (problem->product.bias)
        kernels_free((void *)(uintptr_t)problem->product.bias);
    kernels_free(problem->first);
    kernels_free(problem->expected);
}

static void run_part(void *context, const struct worker *worker)
{
    const struct problem *problem = context;
    struct product product = problem->product;
    product.own = (char *)product.own + (size_t)worker->thread * problem->own_bytes;
    product.finite = product.descend ? &problem->finite[worker->thread] : NULL;
    problem->engine->kernels->product(&product, worker);
}

/* Fails the test unless a team of that size gives the reference's bits and writes nothing else. */
static void check_problem(struct problem *problem, int threads)
{
    struct product *product = &problem->product;
    const struct kernel_table *kernels = problem->engine->kernels;
    size_t bytes = problem->c_count * problem->engine->real_size;
    product->c = kernels_bytes(bytes);
    product->shared =
        kernels_bytes(kernels->product_shared_bytes(product->m, product->n, product->k));
    product->own = kernels_bytes(problem->own_bytes * (size_t)threads);
    memcpy(product->c, problem->first, bytes);
    kernels_team(threads, run_part, problem);
    ck_assert_msg(
        memcmp(product->c, problem->expected, bytes) == 0,
        "%s %s: (%zu, %zu) of %zu terms, strides %zu %zu, bias %d, accumulate %d, %d threads",
        problem->engine->isa, problem->engine->precision == PRECISION_SINGLE ? "float" : "double",
        product->m, product->n, product->k, product->a_row, product->b_row, product->bias != NULL,
        product->accumulate, threads);
    kernels_free(product->c);
    kernels_free(product->shared);
    kernels_free(product->own);
}

static void check_form(const struct engine *engine, size_t m, size_t n, size_t k, enum form form,
                       int threads, uint32_t *state)
{
    bool bias = kernels_random(state, 2), accumulate = kernels_random(state, 2);
    struct problem problem = make_problem(engine, m, n, k, form, bias, accumulate, state);
    check_problem(&problem, threads);
    free_problem(&problem);
}

static void check_shape(const struct engine *engine, size_t m, size_t n, size_t k, int threads,
                        uint32_t *state)
{
    for (int form = FORWARD; form < FORMS; form++)
        check_form(engine, m, n, k, (enum form)form, threads, state);
}

START_TEST(generated_shapes_equal_the_reference_bit_for_bit)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 1;
    for (int i = 0; engine && i < 120; i++)
        check_shape(engine, 1 + kernels_random(&state, 70), 1 + kernels_random(&state, 70),
                    1 + kernels_random(&state, 70), 1, &state);
}
END_TEST

/* Every number of rows and of columns that a tile can have, and one more. */
START_TEST(all_small_tiles_equal_the_reference_bit_for_bit)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 2;
    for (size_t m = 1; engine && m <= 14; m++)
        for (size_t n = 1; n <= 66; n += n < 18 ? 1 : 16)
            check_shape(engine, m, n, 3, 1, &state);
}
END_TEST

/* Several blocks of terms, several groups of panels, packed and in place. */
START_TEST(large_shapes_equal_the_reference_bit_for_bit)
{
    static const size_t shapes[][3] = {{14, 400, 500}, {150, 140, 30}, {60, 129, 65},
                                       {50, 50, 784},  {5, 700, 390},  {1, 300, 400},
                                       {97, 10, 1030}, {2, 1000, 3},   {290, 126, 61}};
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 3;
    for (size_t i = 0; engine && i < sizeof shapes / sizeof shapes[0]; i++)
        check_shape(engine, shapes[i][0], shapes[i][1], shapes[i][2], 1, &state);
}
END_TEST

START_TEST(any_team_gives_the_same_bits)
{
    static const size_t shapes[][3] = {{25, 300, 70}, {100, 50, 30}, {70, 10, 60},
                                       {3, 150, 200}, {1, 1, 1},     {200, 50, 2}};
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 4;
    for (int i = 0; engine && i < (int)(sizeof shapes / sizeof shapes[0]); i++)
        for (int team = 0; team < TEAM_SIZES; team++)
            check_form(engine, shapes[i][0], shapes[i][1], shapes[i][2],
                       (enum form)((i + team) % FORMS), team_sizes[team], &state);
}
END_TEST

/* Few rows, B in columns: computed as C' = B' A'. */
START_TEST(turned_products_equal_the_reference_bit_for_bit)
{
    static const size_t shapes[][3] = {{1, 40, 50},    {3, 150, 200},   {17, 90, 130},
                                       {33, 431, 400}, {100, 310, 310}, {128, 390, 400}};
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 9;
    for (int i = 0; engine && i < 2 * (int)(sizeof shapes / sizeof shapes[0]); i++) {
        const size_t *shape = shapes[i / 2];
        struct problem problem =
            make_problem(engine, shape[0], shape[1], shape[2], INPUTS, false, i % 2 == 1, &state);
        check_problem(&problem, 1);
        check_problem(&problem, team_sizes[i % TEAM_SIZES]);
        free_problem(&problem);
    }
}
END_TEST

START_TEST(without_terms_the_start_is_stored)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 5;
    if (engine) {
        check_shape(engine, 5, 7, 0, 1, &state);
        check_shape(engine, 5, 200, 0, 2, &state);
    }
}
END_TEST

START_TEST(empty_matrices_are_left_alone)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 6;
    if (engine) {
        check_shape(engine, 0, 7, 3, 2, &state);
        check_shape(engine, 7, 0, 3, 2, &state);
    }
}
END_TEST

/* x - rate * g in the engine's precision, each operation rounded. */
static double stepped(const struct engine *engine, double x, double rate, double g)
{
    if (engine->precision == PRECISION_DOUBLE)
        return x - rate * g;
    float product = (float)rate * (float)g;
    return (double)((float)x - product);
}

/* Replaces the expected gradient by C after the step. */
static void expect_step(struct problem *problem, double rate)
{
    const struct engine *engine = problem->engine;
    for (size_t i = 0; i < problem->product.m; i++)
        for (size_t j = 0; j < problem->product.n; j++) {
            size_t c = i * problem->product.c_row + j;
            engine->set(problem->expected, c,
                        stepped(engine, engine->get(problem->first, c), rate,
                                engine->get(problem->expected, c)));
        }
}

static void check_descent(const struct engine *engine, int threads, uint32_t terms, uint32_t *state)
{
    size_t m = 1 + kernels_random(state, 60), n = 1 + kernels_random(state, 328);
    size_t k = 1 + kernels_random(state, terms), wrong = 0;
    bool finite[16];
    while (!engine->kernels->product_descends(n, k))
        k /= 2;
    struct problem problem = make_problem(engine, m, n, k, WEIGHTS, false, false, state);
    problem.product.descend = true;
    problem.product.rate = 0.1;
    problem.finite = finite;
    expect_step(&problem, 0.1);
    memset(finite, true, sizeof finite);
    check_problem(&problem, threads);
    for (int i = 0; i < threads; i++)
        wrong += !finite[i];
    ck_assert_uint_eq(wrong, 0);

    size_t bad = kernels_random(state, (uint32_t)m) * problem.product.c_row +
                 kernels_random(state, (uint32_t)n);
    engine->set(problem.first, bad, (double)INFINITY);
    engine->set(problem.expected, bad, (double)INFINITY);
    check_problem(&problem, threads);
    for (int i = 0; i < threads; i++)
        wrong += !finite[i];
    ck_assert_uint_eq(wrong, 1);
    free_problem(&problem);
}

START_TEST(descending_equals_the_gradient_followed_by_the_step)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 8;
    ck_assert(!engine || engine->kernels->product_descends(300, 190));
    for (int i = 0; engine && i < 60; i++)
        check_descent(engine, team_sizes[i % TEAM_SIZES], i % 2 ? 190 : 5, &state);
}
END_TEST

START_TEST(sums_that_are_stored_before_they_are_complete_do_not_descend)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    ck_assert(!engine->kernels->product_descends(128, 500));
    ck_assert(!engine->kernels->product_descends(500, 1000));
}
END_TEST

static long double number(const struct engine *engine, const void *x, size_t index)
{
    return (long double)engine->get(x, index);
}

/* The distance of element (row, column) of the reference from the true sum, as a share of the
 * bound. */
static long double reference_error(const struct problem *problem, size_t row, size_t column)
{
    const struct engine *engine = problem->engine;
    const struct product *product = &problem->product;
    size_t c = row * product->c_row + column;
    long double sum = product->accumulate ? number(engine, problem->first, c) : 0;
    sum += product->bias ? number(engine, product->bias, column) : 0;
    long double size = fabsl(sum);
    for (size_t p = 0; p < product->k; p++) {
        long double term =
            number(engine, product->a, row * product->a_row + p * product->a_column) *
            number(engine, product->b, p * product->b_row + column * product->b_column);
        sum += term;
        size += fabsl(term);
    }
    /* Without FMA each term is rounded twice. */
    long double roundings = 2 * (long double)(product->k + 2);
    long double bound = roundings * (long double)kernels_rounding(engine) * size;
    return fabsl(number(engine, problem->expected, c) - sum) / bound;
}

/* (k + 1) roundings at most, each relative to what was summed so far: see gemm.h. */
START_TEST(the_reference_is_within_its_bound_of_the_true_sum)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 7;
    for (int i = 0; engine && i < 60; i++) {
        size_t k = 1 + kernels_random(&state, 2000);
        struct problem problem =
            make_problem(engine, 2, 3, k, (enum form)(i % FORMS), i % 2, i % 5 == 0, &state);
        long double worst = 0;
        for (size_t e = 0; e < 6; e++)
            worst = fmaxl(worst, reference_error(&problem, e / 3, e % 3));
        ck_assert_ldouble_le(worst, 1);
        free_problem(&problem);
    }
}
END_TEST

START_TEST(a_product_worked_out_by_hand)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    static const double a[] = {1, 2, 3, 4, 5, 6}, b[] = {1, 0, -1, 2, 3, 1}, bias[] = {10, 20};
    static const double c[] = {1 - 2 + 9 + 10, 4 + 3 + 20, 4 - 5 + 18 + 10, 10 + 6 + 20};
    void *x[4];
    const double *values[] = {a, b, bias};
    const size_t counts[] = {6, 6, 2, 4};
    for (int i = 0; i < 4; i++)
        x[i] = kernels_array(engine, counts[i]);
    for (int i = 0; i < 3; i++)
        for (size_t j = 0; j < counts[i]; j++)
            engine->set(x[i], j, values[i][j]);
    void *own = kernels_bytes(engine->kernels->product_own_bytes(2, 2, 3));
    struct product product = {.m = 2,
                              .n = 2,
                              .k = 3,
                              .a = x[0],
                              .a_row = 3,
                              .a_column = 1,
                              .b = x[1],
                              .b_row = 2,
                              .b_column = 1,
                              .c = x[3],
                              .c_row = 2,
                              .bias = x[2],
                              .own = own};
    engine->kernels->product(&product, &WORKER_ALONE);
    for (size_t j = 0; j < 4; j++)
        ck_assert_double_eq(engine->get(x[3], j), c[j]);
    for (int i = 0; i < 4; i++)
        kernels_free(x[i]);
    kernels_free(own);
}
END_TEST

/* What bench/ holds the products against. */
START_TEST(the_peak_is_operations_in_seconds)
{
    const struct engine *engine = kernels_engine(_i);
    double operations = 0;
    if (!engine)
        return;
    ck_assert_double_gt(engine->kernels->peak_seconds(100000, &operations), 0);
    ck_assert_double_ge(operations, 20);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        generated_shapes_equal_the_reference_bit_for_bit,
        all_small_tiles_equal_the_reference_bit_for_bit,
        large_shapes_equal_the_reference_bit_for_bit,
        any_team_gives_the_same_bits,
        turned_products_equal_the_reference_bit_for_bit,
        without_terms_the_start_is_stored,
        empty_matrices_are_left_alone,
        the_reference_is_within_its_bound_of_the_true_sum,
        a_product_worked_out_by_hand,
        descending_equals_the_gradient_followed_by_the_step,
        sums_that_are_stored_before_they_are_complete_do_not_descend,
        the_peak_is_operations_in_seconds,
        NULL,
    };
    return suite_main("gemm", SUITE_IN_PROCESS, (int)engine_count, tests);
}
