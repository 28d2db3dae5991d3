/* test_sparse.c - the products that skip zeros against gemm's reference on the same matrices. */
#include "support/dense.h"
#include "support/suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A data set of bytes with its lists, a batch of it, and what both products should give. */
struct problem {
    struct sparse data;
    struct sparse_rows from; /* the batch's rows */
    struct sparse_batch batch;
    struct dense dense;
    size_t own_bytes; /* of each thread's scratch */
    void *own;
};

enum { DATA_ROWS = 40 };

static void make_lists(struct sparse *data, size_t columns, double zeros, uint32_t *state)
{
    size_t most = DATA_ROWS * sparse_groups(columns);
    uint8_t *row = kernels_bytes(columns);
    uint16_t *group = kernels_bytes(most * sizeof *group);
    uint32_t *bytes = kernels_bytes(most * sizeof *bytes);
    uint32_t *start = kernels_bytes((DATA_ROWS + 1) * sizeof *start);
    *data = (struct sparse){DATA_ROWS, columns, .start = start, .group = group, .bytes = bytes};
    for (size_t i = 0; i < DATA_ROWS; i++) {
        for (size_t c = 0; c < columns; c++)
            row[c] = kernels_random(state, 1000) < zeros * 1000
                         ? 0
                         : (uint8_t)kernels_random(state, SPARSE_BYTES);
        size_t count = sparse_count(columns, row);
        sparse_list(columns, row, count, group + start[i], bytes + start[i]);
        start[i + 1] = start[i] + (uint32_t)count;
    }
    kernels_free(row);
}

/* The batch as a matrix of numbers, and what is expected of it. */
static void expect(struct problem *problem)
{
    struct dense *dense = &problem->dense;
    const struct sparse *data = &problem->data;
    for (size_t i = 0; i < dense->rows; i++) {
        size_t row = problem->from.index ? problem->from.index[i] : problem->from.first + i;
        for (size_t e = data->start[row]; e < data->start[row + 1]; e++) {
            uint8_t byte[SPARSE_GROUP];
            memcpy(byte, &data->bytes[e], sizeof byte);
            for (size_t c = 0; c < SPARSE_GROUP; c++) {
                size_t column = data->group[e] * SPARSE_GROUP + c;
                if (column < data->columns)
                    dense->engine->set(dense->x, i * data->columns + column,
                                       dense->engine->get(problem->batch.value, byte[c]));
            }
        }
    }
    dense_expect(dense);
}

static void make_batch(struct problem *problem, size_t rows, void *value)
{
    size_t stride = sparse_stride(rows), lists = stride * sparse_groups(problem->data.columns);
    problem->batch = (struct sparse_batch){
        .columns = problem->data.columns,
        .value = value,
        .stride = stride,
        .next = kernels_bytes(stride * sizeof(uint32_t)),
        .count = kernels_bytes(lists * sizeof(uint16_t)),
        .entry = kernels_bytes(lists * sizeof(struct sparse_entry)),
    };
}

static void make_problem(struct problem *problem, const struct engine *engine, size_t rows,
                         size_t columns, size_t n, double zeros, uint32_t *state)
{
    make_lists(&problem->data, columns, zeros, state);
    void *value = kernels_random_array(engine, SPARSE_BYTES, state);
    engine->set(value, 0, 0);
    make_batch(problem, rows, value);
    uint32_t *index = kernels_bytes(rows * sizeof *index);
    for (size_t i = 0; i < rows; i++)
        index[i] = kernels_random(state, DATA_ROWS);
    problem->from = (struct sparse_rows){.data = &problem->data, .index = index};
    dense_open(&problem->dense, engine, rows, columns, n, state);
    problem->own_bytes = (engine->kernels->skip_scratch(columns) + 63) / 64 * 64;
}

static void free_problem(struct problem *problem)
{
    void *const arrays[] = {problem->batch.next,
                            problem->batch.count,
                            problem->batch.entry,
                            (void *)(uintptr_t)problem->from.index,
                            (void *)(uintptr_t)problem->batch.value,
                            (void *)(uintptr_t)problem->data.start,
                            (void *)(uintptr_t)problem->data.group,
                            (void *)(uintptr_t)problem->data.bytes};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        kernels_free(arrays[i]);
    dense_free(&problem->dense);
}

static void turn(const struct problem *problem, const struct worker *worker)
{
    size_t begin, end;
    team_range(worker, problem->dense.rows, 1, &begin, &end);
    sparse_transpose(&problem->batch, &problem->from, begin, end);
    team_barrier(worker);
}

static void multiply(struct problem *problem, const struct worker *worker)
{
    struct dense *dense = &problem->dense;
    const struct kernel_table *kernels = dense->engine->kernels;
    void *own = (char *)problem->own + (size_t)worker->thread * problem->own_bytes;
    kernels->skip_forward(&problem->batch, dense->rows, dense->n, dense->w, dense->bias, dense->y,
                          own, worker);
    kernels->skip_weights(&problem->batch, dense->rows, dense->n, dense->dy, dense->dw, own,
                          worker);
}

static void run_part(void *context, const struct worker *worker)
{
    turn(context, worker);
    multiply(context, worker);
}

static void check_problem(struct problem *problem, int threads,
                          void (*work)(void *context, const struct worker *worker))
{
    expect(problem);
    problem->own = kernels_bytes(problem->own_bytes * (size_t)threads);
    dense_check(&problem->dense, threads, work, problem);
    kernels_free(problem->own);
}

static void check_shape(const struct engine *engine, size_t rows, size_t columns, size_t n,
                        double zeros, int threads, uint32_t *state)
{
    struct problem problem;
    make_problem(&problem, engine, rows, columns, n, zeros, state);
    check_problem(&problem, threads, run_part);
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
    struct dense *dense = &problem->dense;
    void *own = (char *)problem->own + (size_t)worker->thread * problem->own_bytes;
    turn(problem, worker);
    step->finite[worker->thread] = dense->engine->kernels->skip_descend(
        &problem->batch, dense->rows, dense->n, dense->dy, 0.25, step->w, own, worker);
}

/* The step with a rate of 1/4, so that the product with it is exact. */
static void check_step(struct problem *problem, int threads, size_t bad_threads)
{
    struct dense *dense = &problem->dense;
    const struct engine *engine = dense->engine;
    size_t count = dense->columns * dense->n;
    struct step step = {.problem = problem, .w = kernels_array(engine, count)};
    memcpy(step.w, dense->w, count * engine->real_size);
    problem->own = kernels_bytes(problem->own_bytes * (size_t)threads);
    kernels_team(threads, take_step, &step);
    for (int i = 0; i < threads; i++)
        bad_threads -= !step.finite[i];
    ck_assert_uint_eq(bad_threads, 0);
    for (size_t i = 0; i < count; i++) {
        double stepped = engine->get(dense->w, i) - 0.25 * engine->get(dense->expected_dw, i);
        engine->set(dense->w, i, stepped);
    }
    ck_assert(memcmp(step.w, dense->w, count * engine->real_size) == 0);
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
        ck_assert(engine->kernels->skip_descends(rows));
        expect(&problem);
        check_step(&problem, team_sizes[i % TEAM_SIZES], 0);
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
    size_t group = problem.data.group[problem.data.start[problem.from.index[0]]];
    engine->set(problem.dense.w, group * SPARSE_GROUP * 9 + 8, (double)INFINITY);
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
    const uint32_t *index = problem.from.index;
    problem.from.index = NULL;
    problem.from.first = 29;
    check_problem(&problem, 2, run_part);
    problem.from.index = index;
    free_problem(&problem);
}
END_TEST

/* Thread 0 turns the whole batch; all use it. */
static void run_part_of_one(void *context, const struct worker *worker)
{
    struct problem *problem = context;
    if (worker->thread == 0)
        sparse_transpose(&problem->batch, &problem->from, 0, problem->dense.rows);
    team_barrier(worker);
    multiply(problem, worker);
}

START_TEST(one_thread_may_turn_what_a_team_multiplies)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 12;
    for (int team = 0; engine && team < TEAM_SIZES; team++) {
        struct problem problem;
        make_problem(&problem, engine, 300, 30, 50, 0.7, &state);
        check_problem(&problem, team_sizes[team], run_part_of_one);
        free_problem(&problem);
    }
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
    void *bias = problem.dense.bias;
    problem.dense.bias = NULL;
    check_problem(&problem, 1, run_part);
    problem.dense.bias = bias;
    free_problem(&problem);
}
END_TEST

START_TEST(a_batch_is_turned_into_a_list_for_each_group)
{
    static const uint32_t start[] = {0, 2, 3}, bytes[] = {0x00090700, 0x00000001, 0x05050505};
    static const uint16_t group[] = {2, 3, 2};
    const struct sparse data = {2, 16, start, group, bytes};
    const uint32_t index[] = {1, 0, 1};
    uint32_t next[32];
    uint16_t count[32 * 4];
    struct sparse_entry entry[4 * 32];
    const struct sparse_batch batch = {
        .columns = 16, .stride = 32, .next = next, .count = count, .entry = entry};
    sparse_transpose(&batch, &(struct sparse_rows){.data = &data, .index = index}, 0, 3);
    ck_assert_uint_eq(next[0], 3);
    ck_assert(count[0] == 0 && count[1] == 0 && count[2] == 3 && count[3] == 1);
    ck_assert(entry[64].row == 0 && entry[65].row == 1 && entry[66].row == 2);
    ck_assert_mem_eq(entry[65].byte, &bytes[0], SPARSE_GROUP);
    ck_assert_mem_eq(entry[66].byte, &bytes[2], SPARSE_GROUP);
    ck_assert(entry[96].row == 1);
}
END_TEST

START_TEST(a_large_batch_is_turned_in_pieces)
{
    struct problem problem;
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 11;
    if (!engine)
        return;
    make_problem(&problem, engine, 2 * SPARSE_PIECE + 5, 30, 6, 0.7, &state);
    sparse_transpose(&problem.batch, &problem.from, 2, problem.dense.rows);
    ck_assert_uint_eq(problem.batch.next[2], 2 + SPARSE_PIECE);
    ck_assert_uint_eq(problem.batch.next[2 + SPARSE_PIECE], 2 + 2 * SPARSE_PIECE);
    ck_assert_uint_eq(problem.batch.next[2 + 2 * SPARSE_PIECE], problem.dense.rows);
    ck_assert(!engine->kernels->skip_descends(SPARSE_PIECE + 1));
    free_problem(&problem);
}
END_TEST

START_TEST(any_row_is_counted_and_listed)
{
    enum { MOST = 1000, GROUPS = MOST / SPARSE_GROUP, PAST = 77 };
    uint8_t row[MOST];
    uint16_t group[GROUPS + 1];
    uint32_t bytes[GROUPS + 1], state = 7;
    for (size_t columns = 0; columns <= MOST; columns += columns < 20 ? 1 : 49) {
        size_t zeros = kernels_random(&state, 10), wanted = 0;
        for (size_t c = 0; c < columns; c++)
            row[c] = kernels_random(&state, 10) < zeros ? 0 : (uint8_t)(1 + c % 255);
        for (size_t c = 0, last = GROUPS; c < columns; c++)
            if (row[c] != 0 && c / SPARSE_GROUP != last) {
                last = c / SPARSE_GROUP;
                wanted++;
            }
        ck_assert_uint_eq(sparse_count(columns, row), wanted);
        group[wanted] = PAST;
        bytes[wanted] = PAST;
        sparse_list(columns, row, wanted, group, bytes);
        ck_assert(group[wanted] == PAST && bytes[wanted] == PAST);
        for (size_t i = 0; i < wanted; i++) {
            size_t begin = group[i] * (size_t)SPARSE_GROUP, left = columns - begin;
            ck_assert_mem_eq(&bytes[i], row + begin, left < SPARSE_GROUP ? left : SPARSE_GROUP);
            ck_assert(i == 0 || group[i] > group[i - 1]);
        }
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
        one_thread_may_turn_what_a_team_multiplies,
        without_a_bias_sums_start_with_zero,
        a_batch_is_turned_into_a_list_for_each_group,
        a_large_batch_is_turned_in_pieces,
        any_row_is_counted_and_listed,
        NULL,
    };
    return suite_main("sparse", SUITE_IN_PROCESS, (int)engine_count, tests);
}
