/* test_lists.c - products with lists of numbers against gemm's reference on the same matrices. */
#include "support/kernels.h"
#include "support/suite.h"

enum { DATA_ROWS = 40 };

/* Lists, a batch of them, and what both products should give. */
struct problem {
    const struct engine *engine;
    struct list_rows lists;
    struct list_batch batch;
    double *divisor; /* (columns) */
    size_t rows, n;
    void *w, *bias, *y, *dy, *dw;       /* (columns, n), (n), (rows, n), (rows, n), (columns, n) */
    void *x, *expected_y, *expected_dw; /* x (rows, columns) */
};

static void make_lists(struct list_rows *lists, size_t columns, bool wide, double zeros,
                       uint32_t *state)
{
    uint64_t *start = kernels_bytes((DATA_ROWS + 1) * sizeof *start);
    uint32_t *column = kernels_bytes(DATA_ROWS * columns * sizeof *column);
    float *narrow_value = kernels_bytes(DATA_ROWS * columns * sizeof *narrow_value);
    double *wide_value = kernels_bytes(DATA_ROWS * columns * sizeof *wide_value);
    size_t elements = 0;
    for (size_t i = 0; i < DATA_ROWS; i++) {
        for (size_t c = 0; c < columns; c++) {
            if (kernels_random(state, 1000) < zeros * 1000)
                continue;
            wide_value[elements] = ((double)kernels_random(state, 2001) - 1000.5) / 300;
            narrow_value[elements] = (float)wide_value[elements];
            column[elements++] = (uint32_t)c;
        }
        start[i + 1] = elements;
    }
    kernels_free(wide ? (void *)narrow_value : wide_value);
    *lists = (struct list_rows){.rows = DATA_ROWS,
                                .columns = columns,
                                .start = start,
                                .column = column,
                                .value = wide ? (void *)wide_value : narrow_value,
                                .wide = wide};
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
    *problem = (struct problem){.engine = engine, .rows = rows, .n = n};
    bool wide = kernels_random(state, 2);
    make_lists(&problem->lists, columns, wide, zeros, state);
    uint32_t *position = kernels_bytes(rows * sizeof *position);
    problem->divisor = kernels_bytes(columns * sizeof *problem->divisor);
    for (size_t i = 0; i < rows; i++)
        position[i] = kernels_random(state, DATA_ROWS);
    for (size_t c = 0; c < columns; c++)
        problem->divisor[c] = 0.5 + kernels_random(state, 7);
    problem->batch = (struct list_batch){
        .lists = &problem->lists, .position = position, .divisor = wide ? problem->divisor : NULL};
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
                            problem->batch.position,
                            problem->divisor,
                            (void *)(uintptr_t)problem->lists.start,
                            (void *)(uintptr_t)problem->lists.column,
                            (void *)(uintptr_t)problem->lists.value};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        kernels_free(arrays[i]);
}

/* gemm's reference on the batch as a matrix. */
static void expect(struct problem *problem)
{
    const struct engine *engine = problem->engine;
    size_t rows = problem->rows, columns = problem->lists.columns, n = problem->n;
    for (size_t i = 0; i < rows; i++) {
        size_t row = problem->batch.position[i];
        for (size_t e = problem->lists.start[row]; e < problem->lists.start[row + 1]; e++)
            engine->set(problem->x, i * columns + problem->lists.column[e],
                        list_batch_value(&problem->batch, e));
    }
    engine->kernels->product_reference(&(struct product){.m = rows,
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
    engine->kernels->product_reference(&(struct product){.m = columns,
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
    kernels->listed_forward(&problem->batch, problem->rows, problem->n, problem->w, problem->bias,
                            problem->y, worker);
    kernels->listed_weights(&problem->batch, problem->rows, problem->n, problem->dy, problem->dw,
                            worker);
}

/* Equal as numbers: a sum may be 0 where gemm's is -0. */
static bool equal(const struct engine *engine, const void *x, const void *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (engine->get(x, i) != engine->get(y, i))
            return false;
    return true;
}

static void check_shape(const struct engine *engine, size_t rows, size_t columns, size_t n,
                        double zeros, int threads, uint32_t *state)
{
    struct problem problem;
    make_problem(&problem, engine, rows, columns, n, zeros, state);
    expect(&problem);
    engine->fill(problem.y, rows * n, 7);
    engine->fill(problem.dw, columns * n, 7);
    kernels_team(threads, run_part, &problem);
    ck_assert_msg(equal(engine, problem.y, problem.expected_y, rows * n),
                  "%s: y of %zu rows, %zu columns to %zu, %d threads", engine->isa, rows, columns,
                  n, threads);
    ck_assert_msg(equal(engine, problem.dw, problem.expected_dw, columns * n),
                  "%s: dw of %zu rows, %zu columns to %zu, %d threads", engine->isa, rows, columns,
                  n, threads);
    free_problem(&problem);
}

START_TEST(generated_shapes_equal_gemm)
{
    static const double zeros[] = {0.8, 0.99, 0, 1};
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 1;
    for (int i = 0; engine && i < 100; i++)
        check_shape(engine, 1 + kernels_random(&state, 70), 1 + kernels_random(&state, 70),
                    1 + kernels_random(&state, 150), zeros[i % 4], 1, &state);
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

int main(void)
{
    Suite *suite = suite_create("lists");
    TCase *equals = tcase_create("equals");
    tcase_add_loop_test(equals, generated_shapes_equal_gemm, 0, (int)engine_count);
    tcase_add_loop_test(equals, any_team_gives_the_same, 0, (int)engine_count);
    suite_add_tcase(suite, equals);
    return suite_run(suite, SUITE_FORKED);
}
