/* test_sparse.c - the products that skip zeros against gemm's reference on the same matrices. */
#include "support/kernels.h"
#include "support/suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A data set of bytes with its lists, a batch of it, and what both products should give. */
struct problem {
    const struct engine *engine;
    struct sparse data;
    struct sparse_batch batch;
    size_t n, own_bytes;
    struct sparse_touched *touched;     /* NULL: no list is kept */
    void *w, *bias, *y, *dy, *dw;       /* (columns, n), (n), (rows, n), (rows, n), (columns, n) */
    void *x, *expected_y, *expected_dw; /* x (rows, columns) */
    void *own;
};

enum { DATA_ROWS = 40 };

static void make_lists(struct sparse *data, size_t columns, double zeros, uint32_t *state)
{
    uint8_t *row = kernels_bytes(columns), *level = kernels_bytes(DATA_ROWS * columns);
    uint16_t *column = kernels_bytes(DATA_ROWS * columns * sizeof *column);
    *data = (struct sparse){.rows = DATA_ROWS, .columns = columns};
    sparse_layout(data);
    uint32_t *start = kernels_bytes((DATA_ROWS * data->blocks + 1) * sizeof *start), first = 0;
    for (size_t i = 0; i < DATA_ROWS; i++) {
        for (size_t c = 0; c < columns; c++)
            row[c] = kernels_random(state, 1000) < zeros * 1000
                         ? 0
                         : (uint8_t)kernels_random(state, SPARSE_LEVELS);
        size_t count = sparse_count(columns, row);
        sparse_list_row(data, row, first, count, start + i * data->blocks, column + first,
                        level + first);
        first += (uint32_t)count;
    }
    start[DATA_ROWS * data->blocks] = first;
    data->start = start;
    data->column = column;
    data->level = level;
    kernels_free(row);
}

/* The batch as a matrix of numbers. */
static void expand(const struct problem *problem, void *x)
{
    const struct engine *engine = problem->engine;
    const struct sparse *data = &problem->data;
    for (size_t i = 0; i < problem->batch.rows; i++) {
        size_t row = problem->batch.index ? problem->batch.index[i] : problem->batch.first + i;
        const uint32_t *start = data->start + row * data->blocks;
        for (size_t e = start[0]; e < start[data->blocks]; e++)
            engine->set(x, i * data->columns + data->column[e],
                        engine->get(problem->batch.value, data->level[e]));
    }
}

static void *random_array(const struct engine *engine, size_t count, uint32_t *state)
{
    void *x = kernels_array(engine, count);
    kernels_fill(engine, x, count, 0.05, state);
    return x;
}

static void make_problem(struct problem *problem, const struct engine *engine, size_t rows,
                         size_t columns, size_t n, double zeros, uint32_t *state)
{
    *problem = (struct problem){.engine = engine, .n = n};
    make_lists(&problem->data, columns, zeros, state);
    problem->batch = (struct sparse_batch){.data = &problem->data,
                                           .first = kernels_random(state, DATA_ROWS),
                                           .rows = rows,
                                           .value = random_array(engine, SPARSE_LEVELS, state)};
    uint32_t *index = kernels_bytes(rows * sizeof *index);
    for (size_t i = 0; i < rows; i++)
        index[i] = kernels_random(state, DATA_ROWS);
    problem->batch.index = index;
    problem->w = random_array(engine, columns * n, state);
    problem->bias = random_array(engine, n, state);
    problem->dy = random_array(engine, rows * n, state);
    problem->x = kernels_array(engine, rows * columns);
    problem->y = kernels_array(engine, rows * n);
    problem->dw = kernels_array(engine, columns * n);
    problem->expected_y = kernels_array(engine, rows * n);
    problem->expected_dw = kernels_array(engine, columns * n);
}

static void free_problem(struct problem *problem)
{
    void *const arrays[] = {problem->w,
                            problem->bias,
                            problem->y,
                            problem->dy,
                            problem->dw,
                            problem->x,
                            problem->expected_y,
                            problem->expected_dw,
                            (void *)(uintptr_t)problem->batch.index,
                            (void *)(uintptr_t)problem->batch.value,
                            (void *)(uintptr_t)problem->data.start,
                            (void *)(uintptr_t)problem->data.column,
                            (void *)(uintptr_t)problem->data.level};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        kernels_free(arrays[i]);
}

/* gemm's reference on the expanded batch. */
static void expect(struct problem *problem)
{
    size_t rows = problem->batch.rows, columns = problem->data.columns, n = problem->n;
    expand(problem, problem->x);
    problem->engine->kernels->product_reference(&(struct product){.m = rows,
                                                                  .n = n,
                                                                  .k = columns,
                                                                  .a = problem->x,
                                                                  .a_row = columns,
                                                                  .a_column = 1,
                                                                  .b = problem->w,
                                                                  .b_row = n,
                                                                  .b_column = 1,
                                                                  .c = problem->expected_y,
                                                                  .c_row = n,
                                                                  .bias = problem->bias});
    problem->engine->kernels->product_reference(&(struct product){.m = columns,
                                                                  .n = n,
                                                                  .k = rows,
                                                                  .a = problem->x,
                                                                  .a_row = 1,
                                                                  .a_column = columns,
                                                                  .b = problem->dy,
                                                                  .b_row = n,
                                                                  .b_column = 1,
                                                                  .c = problem->expected_dw,
                                                                  .c_row = n});
}

static void run_part(void *context, const struct worker *worker)
{
    struct problem *problem = context;
    const struct kernel_table *kernels = problem->engine->kernels;
    void *own = (char *)problem->own + (size_t)worker->thread * problem->own_bytes;
    kernels->skip_forward(&problem->batch, problem->n, problem->w, problem->bias, problem->y, own,
                          worker);
    kernels->skip_weights(&problem->batch, problem->n, problem->dy, problem->dw, own, worker);
}

/* Equal as numbers: a sum may be 0 where gemm's is -0. */
static bool equal(const struct engine *engine, const void *x, const void *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (engine->get(x, i) != engine->get(y, i))
            return false;
    return true;
}

static void check_problem(struct problem *problem, int threads)
{
    const struct engine *engine = problem->engine;
    size_t rows = problem->batch.rows, columns = problem->data.columns, n = problem->n;
    size_t forward = engine->kernels->skip_forward_bytes(&problem->data, n);
    size_t weights = engine->kernels->skip_weights_bytes(&problem->data, n);
    problem->own_bytes = ((forward > weights ? forward : weights) + 63) / 64 * 64;
    problem->own = kernels_bytes(problem->own_bytes * (size_t)threads);
    engine->fill(problem->y, rows * n, 7);
    engine->fill(problem->dw, columns * n, 7);
    kernels_team(threads, run_part, problem);
    ck_assert_msg(equal(engine, problem->y, problem->expected_y, rows * n),
                  "%s: y of %zu rows, %zu columns to %zu, %d threads", engine->isa, rows, columns,
                  n, threads);
    ck_assert_msg(equal(engine, problem->dw, problem->expected_dw, columns * n),
                  "%s: dw of %zu rows, %zu columns to %zu, %d threads", engine->isa, rows, columns,
                  n, threads);
    kernels_free(problem->own);
}

static void check_shape(const struct engine *engine, size_t rows, size_t columns, size_t n,
                        double zeros, int threads, uint32_t *state)
{
    struct problem problem;
    make_problem(&problem, engine, rows, columns, n, zeros, state);
    expect(&problem);
    check_problem(&problem, threads);
    free_problem(&problem);
}

START_TEST(generated_shapes_equal_gemm)
{
    static const double zeros[] = {0.8, 0.99, 0, 1};
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 1;
    for (int i = 0; engine && i < 100; i++)
        check_shape(engine, 1 + kernels_random(&state, 70), 1 + kernels_random(&state, 70),
                    1 + kernels_random(&state, 70), zeros[i % 4], 1, &state);
}
END_TEST

START_TEST(wide_results_equal_gemm)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 2;
    if (engine) {
        check_shape(engine, 20, 60, 300, 0.8, 1, &state);
        check_shape(engine, 100, 784, 50, 0.81, 1, &state);
        check_shape(engine, 3, 2000, 10, 0.99, 1, &state);
        check_shape(engine, 600, 300, 40, 0.7, 2, &state);
    }
}
END_TEST

START_TEST(any_team_gives_the_same)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 3;
    for (int team = 0; engine && team < TEAM_SIZES; team++) {
        check_shape(engine, 33, 90, 50, 0.8, team_sizes[team], &state);
        check_shape(engine, 2, 3, 5, 0.5, team_sizes[team], &state);
    }
}
END_TEST

/* A step, for each thread's own part. */
struct step {
    struct problem *problem;
    void *w;
    bool finite[16];
};

static void take_step(void *context, const struct worker *worker)
{
    struct step *step = context;
    struct problem *problem = step->problem;
    void *own = (char *)problem->own + (size_t)worker->thread * problem->own_bytes;
    step->finite[worker->thread] = problem->engine->kernels->skip_descend(
        &problem->batch, problem->n, problem->dy, 0.25, step->w, own, worker);
}

/* The step with a rate of 1/4, so that the product with it is exact. */
static void check_step(struct problem *problem, int threads, size_t bad_threads)
{
    const struct engine *engine = problem->engine;
    size_t count = problem->data.columns * problem->n;
    struct step step = {.problem = problem, .w = kernels_array(engine, count)};
    memcpy(step.w, problem->w, count * engine->real_size);
    size_t bytes = (engine->kernels->skip_weights_bytes(&problem->data, problem->n) + 63) / 64 * 64;
    problem->own_bytes = bytes;
    problem->own = kernels_bytes(bytes * (size_t)threads);
    kernels_team(threads, take_step, &step);
    for (int i = 0; i < threads; i++)
        bad_threads -= !step.finite[i];
    ck_assert_uint_eq(bad_threads, 0);
    for (size_t i = 0; i < count; i++) {
        double stepped = engine->get(problem->w, i) - 0.25 * engine->get(problem->expected_dw, i);
        engine->set(problem->w, i, stepped);
    }
    ck_assert(memcmp(step.w, problem->w, count * engine->real_size) == 0);
    kernels_free(step.w);
    kernels_free(problem->own);
}

START_TEST(a_step_is_the_gradient_times_the_rate)
{
    static const size_t columns[] = {784, 60, 300};
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 9;
    for (size_t i = 0; engine && i < 12; i++) {
        struct problem problem;
        size_t rows = 1 + i % 3 * 30, n = i % 2 ? 50 : 150;
        make_problem(&problem, engine, rows, columns[i % 3], n, 0.9, &state);
        ck_assert(engine->kernels->skip_descends(50, rows));
        if (engine->kernels->skip_descends(n, rows)) {
            expect(&problem);
            check_step(&problem, team_sizes[i % TEAM_SIZES], 0);
        }
        free_problem(&problem);
    }
}
END_TEST

START_TEST(a_step_to_infinity_is_told)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 10;
    if (!engine)
        return;
    struct problem problem;
    make_problem(&problem, engine, 20, 300, 9, 0.5, &state);
    size_t column =
        problem.data.column[problem.data.start[problem.batch.index[0] * problem.data.blocks]];
    engine->set(problem.w, column * 9 + 8, (double)INFINITY);
    expect(&problem);
    check_step(&problem, 3, 1);
    free_problem(&problem);
}
END_TEST

START_TEST(without_an_index_rows_follow_one_another)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 4;
    if (!engine)
        return;
    struct problem problem;
    make_problem(&problem, engine, 10, 30, 6, 0.7, &state);
    const uint32_t *index = problem.batch.index;
    problem.batch.index = NULL;
    problem.batch.first = 29;
    expect(&problem);
    check_problem(&problem, 2);
    problem.batch.index = index;
    free_problem(&problem);
}
END_TEST

START_TEST(without_a_bias_sums_start_with_zero)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 5;
    if (!engine)
        return;
    struct problem problem;
    make_problem(&problem, engine, 10, 30, 6, 0.7, &state);
    void *bias = problem.bias;
    problem.bias = NULL;
    expect(&problem);
    check_problem(&problem, 1);
    problem.bias = bias;
    free_problem(&problem);
}
END_TEST

START_TEST(blocks_cover_all_columns_and_mark_where_they_start)
{
    struct sparse sparse = {.columns = 784};
    sparse_layout(&sparse);
    ck_assert_uint_eq(sparse.blocks, 6);
    ck_assert_uint_eq(sparse.width, 131);
    for (size_t columns = 1; columns < 1000; columns++) {
        sparse.columns = columns;
        sparse_layout(&sparse);
        ck_assert_uint_ge(sparse.blocks * sparse.width, columns);
        ck_assert_uint_lt((sparse.blocks - 1) * sparse.width, columns);
    }
    sparse = (struct sparse){.columns = 9, .blocks = 3, .width = 3};
    const uint8_t row[9] = {5, 0, 6, 0, 0, 0, 0, 7, 8};
    uint32_t start[3];
    uint16_t column[4];
    uint8_t level[4];
    sparse_list_row(&sparse, row, 100, 4, start, column, level);
    ck_assert(start[0] == 100 && start[1] == 102 && start[2] == 102);
    ck_assert(column[0] == 0 && column[1] == 2 && column[2] == 7 && column[3] == 8);
    ck_assert(level[0] == 5 && level[1] == 6 && level[2] == 7 && level[3] == 8);
}
END_TEST

START_TEST(a_list_has_the_bytes_that_are_not_zero)
{
    const uint8_t bytes[] = {0, 7, 0, 0, 255, 1, 0};
    uint16_t column[7];
    uint8_t level[7];
    ck_assert_uint_eq(sparse_count(7, bytes), 3);
    ck_assert_uint_eq(sparse_list(0, 7, bytes, 3, column, level), 3);
    ck_assert(column[0] == 1 && column[1] == 4 && column[2] == 5);
    ck_assert(level[0] == 7 && level[1] == 255 && level[2] == 1);
}
END_TEST

START_TEST(any_number_of_bytes_is_counted_and_listed)
{
    enum { MOST = 1000, PAST = 77 };
    uint8_t bytes[MOST], level[MOST + 1];
    uint16_t column[MOST + 1];
    uint32_t state = 7;
    for (size_t columns = 0; columns <= MOST; columns += columns < 20 ? 1 : 49) {
        size_t zeros = kernels_random(&state, 10), wanted = 0;
        for (size_t c = 0; c < columns; c++) {
            bytes[c] = kernels_random(&state, 10) < zeros ? 0 : (uint8_t)(1 + c % 255);
            wanted += bytes[c] != 0;
        }
        ck_assert_uint_eq(sparse_count(columns, bytes), wanted);
        column[wanted] = level[wanted] = PAST;
        ck_assert_uint_eq(sparse_list(0, columns, bytes, wanted, column, level), wanted);
        ck_assert(column[wanted] == PAST && level[wanted] == PAST);
        for (size_t i = 0; i < wanted; i++)
            ck_assert(bytes[column[i]] == level[i] && (i == 0 || column[i] > column[i - 1]));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        generated_shapes_equal_gemm,
        wide_results_equal_gemm,
        any_team_gives_the_same,
        a_step_is_the_gradient_times_the_rate,
        a_step_to_infinity_is_told,
        without_an_index_rows_follow_one_another,
        without_a_bias_sums_start_with_zero,
        blocks_cover_all_columns_and_mark_where_they_start,
        a_list_has_the_bytes_that_are_not_zero,
        any_number_of_bytes_is_counted_and_listed,
        NULL,
    };
    return suite_main("sparse", SUITE_IN_PROCESS, (int)engine_count, tests);
}
