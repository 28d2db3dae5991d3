/* test_lists.c - products with lists of numbers against gemm's reference on the same matrices. */
#include "support/dense.h"
#include "support/suite.h"

enum { DATA_ROWS = 40 };

/* Lists, a batch of them, and what both products should give. */
struct problem {
    struct list_rows lists;
    struct list_batch batch;
    double *divisor; /* (columns) */
    struct dense dense;
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

static void make_problem(struct problem *problem, const struct engine *engine, size_t rows,
                         size_t columns, size_t n, double zeros, uint32_t *state)
{
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
    dense_open(&problem->dense, engine, rows, columns, n, state);
}

static void free_problem(struct problem *problem)
{
    void *const arrays[] = {
        problem->batch.position, problem->divisor, (void *)(uintptr_t)problem->lists.start,
        (void *)(uintptr_t)problem->lists.column, (void *)(uintptr_t)problem->lists.value};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        kernels_free(arrays[i]);
    dense_free(&problem->dense);
}

/* The batch as a matrix of numbers. */
static void expand(struct problem *problem)
{
    struct dense *dense = &problem->dense;
    for (size_t i = 0; i < dense->rows; i++) {
        size_t row = problem->batch.position[i];
        for (size_t e = problem->lists.start[row]; e < problem->lists.start[row + 1]; e++)
            dense->engine->set(dense->x, i * dense->columns + problem->lists.column[e],
                               list_batch_value(&problem->batch, e));
    }
}

static void run_part(void *context, const struct worker *worker)
{
    struct problem *problem = context;
    struct dense *dense = &problem->dense;
    const struct kernel_table *kernels = dense->engine->kernels;
    kernels->listed_forward(&problem->batch, dense->rows, dense->n, dense->w, dense->bias, dense->y,
                            worker);
    kernels->listed_weights(&problem->batch, dense->rows, dense->n, dense->dy, dense->dw, worker);
}

static void check_shape(const struct engine *engine, size_t rows, size_t columns, size_t n,
                        double zeros, int threads, uint32_t *state)
{
    struct problem problem;
    make_problem(&problem, engine, rows, columns, n, zeros, state);
    expand(&problem);
    dense_expect(&problem.dense);
    dense_check(&problem.dense, threads, run_part, &problem);
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
