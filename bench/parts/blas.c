/*
 * blas.c - finds OpenBLAS's functions under whichever names the library was built with.
 *
 *     Debian       cblas_sgemm              int sizes
 *     NumPy        scipy_cblas_sgemm64_     long sizes
 */
#include "blas.h"
#include "base/error.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112 };

typedef void sgemm_int(int, int, int, int, int, int, float, const float *, int, const float *, int,
                       float, float *, int);
typedef void sgemm_long(int, int, int, long, long, long, float, const float *, long, const float *,
                        long, float, float *, long);
typedef void dgemm_int(int, int, int, int, int, int, double, const double *, int, const double *,
                       int, double, double *, int);
typedef void dgemm_long(int, int, int, long, long, long, double, const double *, long,
                        const double *, long, double, double *, long);

struct blas {
    void *library;
    bool wide; /* sizes are long */
    enum precision precision;
    union {
        void *symbol;
        sgemm_int *sgemm_int;
        sgemm_long *sgemm_long;
        dgemm_int *dgemm_int;
        dgemm_long *dgemm_long;
    } gemm;
    char title[256];
};

/* The function of that name as either library spells it; sets blas->wide. */
static void *find(struct blas *blas, const char *name)
{
    char scipy[64];
    void *symbol = dlsym(blas->library, name);
    blas->wide = !symbol;
    if (symbol)
        return symbol;
    snprintf(scipy, sizeof scipy, "scipy_%s64_", name);
    return dlsym(blas->library, scipy);
}

static int find_all(struct blas *blas, const char *path, int threads)
{
    union {
        void *symbol;
        char *(*get)(void);
    } config = {find(blas, "openblas_get_config")};
    union {
        void *symbol;
        void (*set)(int);
    } set_threads = {find(blas, "openblas_set_num_threads")};
    blas->gemm.symbol =
        find(blas, blas->precision == PRECISION_SINGLE ? "cblas_sgemm" : "cblas_dgemm");
    if (!config.symbol || !set_threads.symbol || !blas->gemm.symbol)
        return error_set(TRAINER_INVALID, "%s is no OpenBLAS: it lacks cblas_sgemm", path);
    set_threads.set(threads);
    snprintf(blas->title, sizeof blas->title, "%s", config.get());
    return TRAINER_OK;
}

int blas_open(struct blas **blas, const char *path, enum precision precision, int threads)
{
    /* 2^20 ticks of the clock, less than a millisecond. */
    setenv("OPENBLAS_THREAD_TIMEOUT", "20", 1);
    *blas = calloc(1, sizeof **blas);
    if (!*blas)
        return error_memory("a library", sizeof **blas);
    (*blas)->precision = precision;
    (*blas)->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    int rc = (*blas)->library ? find_all(*blas, path, threads)
                              : error_set(TRAINER_INVALID, "%s", dlerror());
    if (rc) {
        blas_close(*blas);
        *blas = NULL;
    }
    return rc;
}

void blas_close(struct blas *blas)
{
    free(blas);
}

const char *blas_title(const struct blas *blas)
{
    return blas->title;
}

static void multiply(const struct blas *blas, const struct operands *operands)
{
    const struct sizes *size = &operands->size;
    bool turn_a = operands->form == FORM_WEIGHTS, turn_b = operands->form == FORM_INPUT;
    int order_a = turn_a ? TRANSPOSED : PLAIN, order_b = turn_b ? TRANSPOSED : PLAIN;
    long m = (long)size->m, n = (long)size->n, k = (long)size->k;
    long a_row = turn_a ? m : k, b_row = turn_b ? k : n;
    const void *a = operands->a, *b = operands->b;
    void *c = operands->c;
    if (blas->precision == PRECISION_SINGLE && blas->wide)
        blas->gemm.sgemm_long(ROW_MAJOR, order_a, order_b, m, n, k, 1, a, a_row, b, b_row, 0, c, n);
    else if (blas->precision == PRECISION_SINGLE)
        blas->gemm.sgemm_int(ROW_MAJOR, order_a, order_b, (int)m, (int)n, (int)k, 1, a, (int)a_row,
                             b, (int)b_row, 0, c, (int)n);
    else if (blas->wide)
        blas->gemm.dgemm_long(ROW_MAJOR, order_a, order_b, m, n, k, 1, a, a_row, b, b_row, 0, c, n);
    else
        blas->gemm.dgemm_int(ROW_MAJOR, order_a, order_b, (int)m, (int)n, (int)k, 1, a, (int)a_row,
                             b, (int)b_row, 0, c, (int)n);
}

double blas_burst(void *context, size_t repeats)
{
    const struct blas_product *product = context;
    double begin = runner_seconds(product->operands->runner);
    for (size_t i = 0; i < repeats; i++)
        multiply(product->blas, product->operands);
    return (runner_seconds(product->operands->runner) - begin) / (double)repeats;
}
