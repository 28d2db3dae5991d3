/*
 * lists.c - the two products, element by element of the lists.
 *
 *     forward  some columns of y[i] in registers (a panel); for each element  y += x * w[c]
 *     weights  for each row, its elements in the thread's columns:  dw[c] += x * dy[i]
 */
#include "lists.h"
#include "divide.h"
#include "vector_row.h"

#include <string.h>

enum { VECTORS_MAX = 4 /* of a panel */ };

/* Some columns of one row of Y. */
struct panel {
    const struct list_batch *batch;
    size_t row; /* of the lists */
    size_t n;   /* columns of W */
    lanes last; /* of the panel's last vector */
    const real *w, *bias;
    real *y;
};

static inline __attribute__((always_inline)) void sum_panel(const struct panel *panel, int vectors)
{
    const struct panel own = *panel;
    const struct list_rows *lists = own.batch->lists;
    vector sum[VECTORS_MAX] = {0}, w[VECTORS_MAX];
    if (own.bias)
        row_load(own.bias, vectors, own.last, PART, sum);
    for (size_t e = lists->start[own.row]; e < lists->start[own.row + 1]; e++) {
        vector x = vector_splat((real)list_batch_value(own.batch, e));
        row_load(own.w + lists->column[e] * own.n, vectors, own.last, PART, w);
        UNROLLED
        for (int v = 0; v < vectors; v++)
            sum[v] = vector_multiply_add(x, w[v], sum[v]);
    }
    row_store(own.y, vectors, own.last, sum);
}

static void sum_of(const struct panel *panel, size_t vectors)
{
    switch (vectors) {
    case 1:
        sum_panel(panel, 1);
        break;
    case 2:
        sum_panel(panel, 2);
        break;
    case 3:
        sum_panel(panel, 3);
        break;
    default:
        sum_panel(panel, VECTORS_MAX);
    }
}

void list_forward(const struct list_batch *batch, size_t rows, size_t n, const real *w,
                  const real *bias, real *y, const struct worker *worker)
{
    const size_t columns = even_part(divide_up(n, LANES), VECTORS_MAX) * LANES;
    size_t begin, end;
    team_range(worker, rows, 1, &begin, &end);
    for (size_t i = begin; i < end; i++)
        for (size_t first = 0; first < n; first += columns) {
            size_t width = min(columns, n - first), vectors = divide_up(width, LANES);
            sum_of(&(struct panel){.batch = batch,
                                   .row = batch->position[i],
                                   .n = n,
                                   .last = lanes_first(width - (vectors - 1) * LANES),
                                   .w = w + first,
                                   .bias = bias ? bias + first : NULL,
                                   .y = y + i * n + first},
                   vectors);
        }
}

/* to[0..n) += x * from[0..n) */
static inline void add_scaled(size_t n, real x, const real *from, real *to)
{
    const vector factor = vector_splat(x);
    size_t j = 0;
    for (; j + LANES <= n; j += LANES)
        vector_store(to + j,
                     vector_multiply_add(factor, vector_load(from + j), vector_load(to + j)));
    if (j == n)
        return;
    const lanes rest = lanes_first(n - j);
    vector sum = vector_multiply_add(factor, vector_load_part(from + j, rest),
                                     vector_load_part(to + j, rest));
    vector_store_part(to + j, rest, sum);
}

void list_weights(const struct list_batch *batch, size_t rows, size_t n, const real *dy, real *dw,
                  const struct worker *worker)
{
    const struct list_rows *lists = batch->lists;
    size_t begin, end;
    team_range(worker, lists->columns, 1, &begin, &end);
    memset(dw + begin * n, 0, (end - begin) * n * sizeof *dw);
    for (size_t i = 0; i < rows; i++) {
        const size_t row = batch->position[i], behind = lists->start[row + 1];
        for (size_t e = list_rows_find(lists, row, begin); e < behind && lists->column[e] < end;
             e++)
            add_scaled(n, (real)list_batch_value(batch, e), dy + i * n, dw + lists->column[e] * n);
    }
}
