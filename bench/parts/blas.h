/*
 * blas.h - products by an OpenBLAS: Debian's, or the one that NumPy's wheel brings (numpy.libs).
 *
 * It is loaded into this process, so that both sides have the same memory and processors. Its idle
 * threads sleep soon: OPENBLAS_THREAD_TIMEOUT is set before it is loaded.
 */
#ifndef BENCH_BLAS_H
#define BENCH_BLAS_H

#include "operands.h"

struct blas;

/* Loads the library for products on so many threads; it stays until the process ends. *blas is NULL
 * on failure. */
int blas_open(struct blas **blas, const char *path, enum precision precision, int threads);
void blas_close(struct blas *blas);

/* "OpenBLAS 0.3.31 ... Haswell": the version and the kernels that it has chosen. */
const char *blas_title(const struct blas *blas);

/* turns.h's burst, of a struct blas_product. */
struct blas_product {
    const struct blas *blas;
    struct operands *operands;
};
double blas_burst(void *blas_product, size_t repeats);

#endif
