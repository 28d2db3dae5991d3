/*
 * test_engine_ops.c - what an engine's operations on numbers do, for every engine.
 */
#include "support/kernels.h"
#include "support/suite.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

START_TEST(a_sum_is_closer_than_one_after_another_would_be)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    for (size_t count = 0; count < 3000; count += count < 20 ? 1 : 331) {
        void *x = kernels_array(engine, count);
        uint32_t state = (uint32_t)count + 1;
        kernels_fill(engine, x, count, 0, &state);
        long double wanted = 0, size = 0;
        for (size_t i = 0; i < count; i++) {
            wanted += (long double)engine->get(x, i);
            size += fabsl((long double)engine->get(x, i));
        }
        ck_assert_double_le((double)fabsl((long double)engine->sum(x, count) - wanted),
                            40 * DBL_EPSILON * (double)size);
        kernels_free(x);
    }
}
END_TEST

START_TEST(fill_and_accumulate_work_on_every_element)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    void *x = kernels_array(engine, 37), *y = kernels_array(engine, 37);
    engine->fill(x, 37, 1.5);
    engine->fill(y, 37, 2);
    engine->set(x, 5, -7);
    engine->accumulate(y, x, 37);
    for (size_t i = 0; i < 37; i++)
        ck_assert_double_eq(engine->get(y, i), i == 5 ? -5 : 3.5);
    kernels_free(x);
    kernels_free(y);
}
END_TEST

START_TEST(stored_numbers_are_scaled)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    const uint8_t bytes[] = {0, 1, 128, 255};
    const float floats[] = {0.5f, -2, 3, 4};
    const double doubles[] = {0.5, -2, 3, 4};
    void *x = kernels_array(engine, 4);
    engine->from_bytes(x, bytes, 4, 0.25);
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq(engine->get(x, i), bytes[i] * 0.25);
    engine->from_floats(x, floats, 4, 2);
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq(engine->get(x, i), doubles[i] * 2);
    engine->from_doubles(x, doubles, 4, 2);
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq(engine->get(x, i), doubles[i] * 2);
    engine->from_bytes(x, bytes, 4, 1 / 255.0);
    ck_assert_double_eq(engine->get(x, 3), 1);
    kernels_free(x);
}
END_TEST

START_TEST(the_first_number_that_is_not_finite_is_found)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    void *x = kernels_array(engine, 1000);
    ck_assert_uint_eq(engine->first_bad(x, 1000), 1000);
    for (size_t i = 0; i < 1000; i += 37) {
        engine->set(x, 999, (double)NAN);
        engine->set(x, i, bad[i % 3]);
        ck_assert_uint_eq(engine->first_bad(x, 1000), i);
        engine->set(x, i, 1e30);
    }
    engine->set(x, 999, 0);
    ck_assert_uint_eq(engine->first_bad(x, 1000), 1000);
    kernels_free(x);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_sum_is_closer_than_one_after_another_would_be,
        fill_and_accumulate_work_on_every_element,
        stored_numbers_are_scaled,
        the_first_number_that_is_not_finite_is_found,
        NULL,
    };
    return suite_main("engine_ops", SUITE_FORKED, (int)engine_count, tests);
}
