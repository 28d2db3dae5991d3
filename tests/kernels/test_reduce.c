/*
 * test_reduce.c - sums against plain ones in long double, of every length up to a few vectors.
 */
#include "support/kernels.h"
#include "support/suite.h"
#include <math.h>

enum { MOST = 333 };

START_TEST(sums_are_right_for_every_length)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    void *x = kernels_array(engine, MOST), *y = kernels_array(engine, MOST);
    uint32_t state = 1;
    kernels_fill(engine, x, MOST, 0.1, &state);
    kernels_fill(engine, y, MOST, 0.1, &state);
    long double sum = 0, squares = 0, products = 0, size = 0;
    const double mean = 0.75;
    for (size_t count = 0; count <= MOST; count++) {
        double bound = kernels_rounding(engine) * 40 * (double)(1 + size);
        ck_assert_double_le(fabs(engine->kernels->sum(count, x) - (double)sum), bound);
        ck_assert_double_le(fabs(engine->kernels->sum_squares(count, x, mean) - (double)squares),
                            bound);
        ck_assert_double_le(
            fabs(engine->kernels->sum_products(count, x, mean, y) - (double)products), bound);
        if (count == MOST)
            break;
        long double a = (long double)engine->get(x, count);
        long double b = (long double)engine->get(y, count), far = a - (long double)mean;
        sum += a;
        squares += far * far;
        products += far * b;
        size += fabsl(a) + far * far + fabsl(far * b);
    }
    kernels_free(x);
    kernels_free(y);
}
END_TEST

int main(void)
{
    return suite_main("reduce", SUITE_IN_PROCESS, (int)engine_count,
                      (const TTest *[]){sums_are_right_for_every_length, NULL});
}
