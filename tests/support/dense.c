/*
 * dense.c - see dense.h.
 */
#include "dense.h"
#include "suite.h"

void dense_open(struct dense *dense, const struct engine *engine, size_t rows, size_t columns,
                size_t n, uint32_t *state)
{
    *dense = (struct dense){.engine = engine, .rows = rows, .columns = columns, .n = n};
    dense->w = kernels_random_array(engine, columns * n, state);
    dense->bias = kernels_random_array(engine, n, state);
    dense->dy = kernels_random_array(engine, rows * n, state);
    dense->x = kernels_array(engine, rows * columns);
    dense->y = kernels_array(engine, rows * n);
    dense->dw = kernels_array(engine, columns * n);
    dense->expected_y = kernels_array(engine, rows * n);
    dense->expected_dw = kernels_array(engine, columns * n);
}

void dense_free(struct dense *dense)
{
    void *const arrays[] = {dense->x, dense->w,  dense->bias,       dense->dy,
                            dense->y, dense->dw, dense->expected_y, dense->expected_dw};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        kernels_free(arrays[i]);
}

void dense_expect(struct dense *dense)
{
    const size_t rows = dense->rows, columns = dense->columns, n = dense->n;
    const struct kernel_table *kernels = dense->engine->kernels;
    kernels->product_reference(&(struct product){.m = rows,
                                                 .n = n,
                                                 .k = columns,
                                                 .a = dense->x,
                                                 .a_row = columns,
                                                 .a_column = 1,
                                                 .b = dense->w,
                                                 .b_row = n,
                                                 .b_column = 1,
                                                 .c = dense->expected_y,
                                                 .c_row = n,
                                                 .bias = dense->bias});
    kernels->product_reference(&(struct product){.m = columns,
                                                 .n = n,
                                                 .k = rows,
                                                 .a = dense->x,
                                                 .a_row = 1,
                                                 .a_column = columns,
                                                 .b = dense->dy,
                                                 .b_row = n,
                                                 .b_column = 1,
                                                 .c = dense->expected_dw,
                                                 .c_row = n});
}

static void check_equal(const struct dense *dense, const char *name, const void *found,
                        const void *expected, size_t count, int threads)
{
    const struct engine *engine = dense->engine;
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(engine->get(found, i) == engine->get(expected, i),
                      "%s: %s[%zu] of %zu rows, %zu columns to %zu, %d threads", engine->isa, name,
                      i, dense->rows, dense->columns, dense->n, threads);
}

void dense_check(struct dense *dense, int threads,
                 void (*work)(void *context, const struct worker *worker), void *context)
{
    const size_t rows = dense->rows, columns = dense->columns, n = dense->n;
    dense->engine->fill(dense->y, rows * n, 7);
    dense->engine->fill(dense->dw, columns * n, 7);
    kernels_team(threads, work, context);
    check_equal(dense, "y", dense->y, dense->expected_y, rows * n, threads);
    check_equal(dense, "dw", dense->dw, dense->expected_dw, columns * n, threads);
}
