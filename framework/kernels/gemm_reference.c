/*
 * gemm_reference.c - the product as three loops: what gemm_run must equal, bit for bit.
 */
#include "gemm.h"

void gemm_reference(const struct gemm *gemm)
{
    for (size_t i = 0; i < gemm->m; i++)
        for (size_t j = 0; j < gemm->n; j++) {
            real *c = &gemm->c[i * gemm->c_row + j];
            real sum = gemm->accumulate ? *c : 0;
            if (gemm->bias)
                sum += gemm->bias[j];
            for (size_t p = 0; p < gemm->k; p++)
                sum = multiply_add(gemm->a[i * gemm->a_row + p * gemm->a_column],
                                   gemm->b[p * gemm->b_row + j * gemm->b_column], sum);
            *c = gemm->descend ? *c - gemm->rate * sum : sum;
            if (gemm->descend && !(*c - *c == 0))
                *gemm->finite = false;
        }
}
