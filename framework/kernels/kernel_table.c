/*
 * kernel_table.c - the kernels of this variant behind void *.
 */
#include "kernel_table.h"
#include "base/clock.h"
#include "convolve.h"
#include "elementwise.h"
#include "gemm.h"
#include "lists.h"
#include "random_words.h"
#include "reduce.h"
#include "sparse.h"
#include "vector.h"

#define kernel_table_of_variant NAME(kernel_table)

static struct gemm typed(const struct product *any)
{
    return (struct gemm){
        .m = any->m,
        .n = any->n,
        .k = any->k,
        .a = any->a,
        .a_row = any->a_row,
        .a_column = any->a_column,
        .b = any->b,
        .b_row = any->b_row,
        .b_column = any->b_column,
        .c = any->c,
        .c_row = any->c_row,
        .bias = any->bias,
        .accumulate = any->accumulate,
        .descend = any->descend,
        .rate = (real)any->rate,
        .finite = any->finite,
        .shared = any->shared,
        .own = any->own,
    };
}

static void run_product(const struct product *any, const struct worker *worker)
{
    struct gemm gemm = typed(any);
    gemm_run(&gemm, worker);
}

static void run_product_reference(const struct product *any)
{
    struct gemm gemm = typed(any);
    gemm_reference(&gemm);
}

static struct convolution convolution_of(const struct slide *slide)
{
    return (struct convolution){.channels = slide->channels,
                                .filters = slide->filters,
                                .in_rows = slide->height,
                                .in_columns = slide->width,
                                .rows = slide->rows,
                                .columns = slide->columns,
                                .height = slide->window_height,
                                .width = slide->window_width,
                                .down = slide->down,
                                .top = slide->top,
                                .left = slide->left};
}

static size_t slide_bytes(const struct slide *slide)
{
    struct convolution conv = convolution_of(slide), back = convolve_back(&conv);
    size_t bytes = convolve_bytes(&conv), other = convolve_bytes(&back);
    return bytes > other ? bytes : other;
}

static size_t slide_row(const struct slide *slide)
{
    struct convolution conv = convolution_of(slide);
    return convolve_row(&conv);
}

static void run_slide(const struct slide *slide, const void *x, const void *w, const void *bias,
                      bool add, void *y, void *scratch)
{
    struct convolution conv = convolution_of(slide);
    convolve_run(&conv, x, w, bias, add, y, scratch);
}

static void run_slide_back(const struct slide *slide, const void *dy, const void *w, bool add,
                           void *dx, void *scratch)
{
    struct convolution conv = convolution_of(slide), back = convolve_back(&conv);
    convolve_run(&back, dy, w, NULL, add, dx, scratch);
}

static void run_slide_weights(const struct slide *slide, const void *x, const void *dy, void *dw,
                              void *scratch)
{
    struct convolution conv = convolution_of(slide);
    convolve_weights(&conv, x, dy, dw, scratch);
}

static void run_exp(size_t count, const void *x, void *y)
{
    elementwise_exp(count, x, y);
}

static void run_log(size_t count, const void *x, void *y)
{
    elementwise_log(count, x, y);
}

static void run_sigmoid(size_t count, const void *x, void *y)
{
    elementwise_sigmoid(count, x, y);
}

static double run_sum(size_t count, const void *x)
{
    return (double)reduce_sum(count, x);
}

static double run_sum_squares(size_t count, const void *x, double mean)
{
    return (double)reduce_squares(count, x, (real)mean);
}

static double run_sum_products(size_t count, const void *x, double mean, const void *y)
{
    return (double)reduce_dot(count, x, (real)mean, y);
}

static void run_softmax(size_t rows, size_t width, const void *x, void *y, void *log_sum)
{
    elementwise_softmax(rows, width, x, y, log_sum);
}

static void run_column_sums(size_t rows, size_t stride, const void *x, size_t begin, size_t end,
                            void *sum)
{
    column_sums(rows, stride, x, begin, end, sum);
}

static void run_sparse_forward(const struct sparse_batch *batch, size_t rows, size_t n,
                               const void *w, const void *bias, void *y, void *own,
                               const struct worker *worker)
{
    sparse_forward(batch, rows, n, w, bias, y, own, worker);
}

static void run_sparse_weights(const struct sparse_batch *batch, size_t rows, size_t n,
                               const void *dy, void *dw, void *own, const struct worker *worker)
{
    sparse_weights(batch, rows, n, dy, dw, own, worker);
}

static bool run_sparse_descend(const struct sparse_batch *batch, size_t rows, size_t n,
                               const void *dy, double rate, void *w, void *own,
                               const struct worker *worker)
{
    return sparse_descend(batch, rows, n, dy, (real)rate, w, own, worker);
}

static void run_list_forward(const struct list_batch *batch, size_t rows, size_t n, const void *w,
                             const void *bias, void *y, const struct worker *worker)
{
    list_forward(batch, rows, n, w, bias, y, worker);
}

static void run_list_weights(const struct list_batch *batch, size_t rows, size_t n, const void *dy,
                             void *dw, const struct worker *worker)
{
    list_weights(batch, rows, n, dy, dw, worker);
}

/* Ten chains, as many as cover the latency of two units; they all end in one number that is looked
 * at, so that none is optimised away. */
static double peak_seconds(size_t rounds, double *operations)
{
    enum { CHAINS = 10 };
    vector sum[CHAINS];
    for (int i = 0; i < CHAINS; i++)
        sum[i] = vector_splat((real)i);
    vector factor = vector_splat((real)0.5), term = vector_splat((real)1);
    double begin = clock_seconds();
    for (size_t round = 0; round < rounds; round++) {
        UNROLLED
        for (int i = 0; i < CHAINS; i++)
            sum[i] = vector_multiply_add(sum[i], factor, term);
    }
    double seconds = clock_seconds() - begin;
    for (int i = 1; i < CHAINS; i++)
        sum[0] += sum[i];
    volatile real seen = sum[0][0];
    (void)seen;
    *operations = 2.0 * CHAINS * LANES;
    return seconds;
}

extern const struct kernel_table kernel_table_of_variant;

const struct kernel_table kernel_table_of_variant = {
    .product_shared_bytes = gemm_shared_bytes,
    .product_own_bytes = gemm_own_bytes,
    .product_descends = gemm_descends,
    .product = run_product,
    .product_reference = run_product_reference,
    .slide_bytes = slide_bytes,
    .slide_row = slide_row,
    .slide_forward = run_slide,
    .slide_back = run_slide_back,
    .slide_weights = run_slide_weights,
    .exp = run_exp,
    .log = run_log,
    .sigmoid = run_sigmoid,
    .draw_words = random_words,
    .sum = run_sum,
    .sum_squares = run_sum_squares,
    .sum_products = run_sum_products,
    .softmax = run_softmax,
    .sum_columns = run_column_sums,
    .skip_scratch = sparse_scratch,
    .skip_forward = run_sparse_forward,
    .skip_weights = run_sparse_weights,
    .skip_descends = sparse_descends,
    .skip_descend = run_sparse_descend,
    .listed_forward = run_list_forward,
    .listed_weights = run_list_weights,
    .peak_seconds = peak_seconds,
};
