/*
 * kernel_table.h - the kernels of one variant as functions over void *, for code that is compiled
 * once: tests and bench, which look at every variant, and the measure of a processor's speed. See
 * each kernel's header for what it does.
 */
#ifndef TRAINER_KERNEL_TABLE_H
#define TRAINER_KERNEL_TABLE_H

#include "base/random.h"
#include "engine/team.h"
#include "list_batch.h"
#include "sparse_data.h"
#include <stdbool.h>
#include <stddef.h>

/* struct gemm of gemm.h, field by field. */
struct product {
    size_t m, n, k;
    const void *a;
    size_t a_row, a_column;
    const void *b;
    size_t b_row, b_column;
    void *c;
    size_t c_row;
    const void *bias;
    bool accumulate, descend;
    double rate;
    bool *finite;
    void *shared, *own;
};

/* A convolution of convolve.h, whose window has as many zeros before the picture as behind it. */
struct slide {
    size_t channels, filters, height, width; /* C, F, H, W */
    size_t window_height, window_width, down, top, left;
    size_t rows, columns; /* OH, OW */
};

struct kernel_table {
    size_t (*product_shared_bytes)(size_t m, size_t n, size_t k);
    size_t (*product_own_bytes)(size_t m, size_t n, size_t k);
    bool (*product_descends)(size_t n, size_t k);
    void (*product)(const struct product *product, const struct worker *worker);
    void (*product_reference)(const struct product *product);

    size_t (*slide_bytes)(const struct slide *slide); /* for either direction */
    size_t (*slide_row)(const struct slide *slide);
    void (*slide_forward)(const struct slide *slide, const void *x, const void *w, const void *bias,
                          bool add, void *y, void *scratch);
    void (*slide_back)(const struct slide *slide, const void *dy, const void *w, bool add, void *dx,
                       void *scratch);
    void (*slide_weights)(const struct slide *slide, const void *x, const void *dy, void *dw,
                          void *scratch);

    void (*exp)(size_t count, const void *x, void *y);
    void (*log)(size_t count, const void *x, void *y);
    void (*sigmoid)(size_t count, const void *x, void *y);
    void (*draw_words)(const struct random_stream *stream, uint64_t group, uint32_t *words);
    double (*sum)(size_t count, const void *x);
    double (*sum_squares)(size_t count, const void *x, double mean);
    double (*sum_products)(size_t count, const void *x, double mean, const void *y);
    void (*softmax)(size_t rows, size_t width, const void *x, void *y, void *log_sum);
    void (*sum_columns)(size_t rows, size_t stride, const void *x, size_t begin, size_t end,
                        void *sum);

    size_t (*skip_scratch)(size_t columns);
    void (*skip_forward)(const struct sparse_batch *batch, size_t rows, size_t n, const void *w,
                         const void *bias, void *y, void *own, const struct worker *worker);
    void (*skip_weights)(const struct sparse_batch *batch, size_t rows, size_t n, const void *dy,
                         void *dw, void *own, const struct worker *worker);
    bool (*skip_descends)(size_t rows);
    bool (*skip_descend)(const struct sparse_batch *batch, size_t rows, size_t n, const void *dy,
                         double rate, void *w, void *own, const struct worker *worker);

    void (*listed_forward)(const struct list_batch *batch, size_t rows, size_t n, const void *w,
                           const void *bias, void *y, const struct worker *worker);
    void (*listed_weights)(const struct list_batch *batch, size_t rows, size_t n, const void *dy,
                           void *dw, const struct worker *worker);

    /* Seconds that `rounds` rounds of multiply_add in registers take, and the floating-point
     * operations of one round: what the processor could do at best. */
    double (*peak_seconds)(size_t rounds, double *operations);
};

#endif
