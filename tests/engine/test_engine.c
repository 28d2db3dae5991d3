/* test_engine.c - which engine is chosen, and what its operations on numbers do. */
#include "base/error.h"
#include "support/kernels.h"
#include "support/suite.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

START_TEST(each_engine_knows_its_place)
{
    ck_assert_uint_ge(engine_count, 2);
    const struct engine *engine = engine_list[_i];
    ck_assert_uint_eq(engine->variant, (size_t)_i);
    ck_assert_uint_eq(engine->real_size,
                      engine->precision == PRECISION_SINGLE ? sizeof(float) : sizeof(double));
}
END_TEST

START_TEST(an_engine_is_found_by_precision_and_name)
{
    const struct engine *engine = kernels_engine(_i), *found = NULL;
    if (!engine)
        return;
    ck_assert_int_eq(engine_find(&found, engine->precision, engine->isa), TRAINER_OK);
    ck_assert_ptr_eq(found, engine);
}
END_TEST

START_TEST(auto_is_the_last_of_the_list_that_runs)
{
    const struct engine *found = NULL, *last = NULL;
    unsetenv("TRAINER_KERNELS");
    for (size_t i = 0; i < engine_count; i++)
        if (engine_list[i]->precision == PRECISION_SINGLE && engine_supported(engine_list[i]))
            last = engine_list[i];
    ck_assert_int_eq(engine_find(&found, PRECISION_SINGLE, NULL), TRAINER_OK);
    ck_assert_ptr_eq(found, last);
    ck_assert_int_eq(engine_find(&found, PRECISION_SINGLE, "auto"), TRAINER_OK);
    ck_assert_ptr_eq(found, last);
}
END_TEST

START_TEST(the_environment_overrides_auto_but_no_name)
{
    const struct engine *found = NULL;
    setenv("TRAINER_KERNELS", "baseline", 1);
    ck_assert_int_eq(engine_find(&found, PRECISION_DOUBLE, "auto"), TRAINER_OK);
    ck_assert_str_eq(found->isa, "baseline");
    ck_assert_int_eq(found->precision, PRECISION_DOUBLE);
    setenv("TRAINER_KERNELS", "nonsense", 1);
    ck_assert_int_eq(engine_find(&found, PRECISION_DOUBLE, "baseline"), TRAINER_OK);
    unsetenv("TRAINER_KERNELS");
}
END_TEST

START_TEST(an_unknown_name_is_refused_with_the_known_ones)
{
    const struct engine *found = engine_list[0];
    ck_assert_int_eq(engine_find(&found, PRECISION_SINGLE, "avx9"), TRAINER_INVALID);
    const char *begin = "unknown kernels 'avx9'; known: auto, baseline";
    ck_assert_int_eq(strncmp(error_text(), begin, strlen(begin)), 0);
    ck_assert_ptr_nonnull(strstr(error_text(), "; this machine runs: baseline"));
    ck_assert_ptr_eq(found, engine_list[0]);
}
END_TEST

START_TEST(what_double_lacks_is_served_by_the_next_one_below)
{
    const struct engine *single = NULL, *found = NULL;
    if (engine_find(&single, PRECISION_SINGLE, "avx512") != TRAINER_OK)
        return;
    ck_assert_int_eq(engine_find(&found, PRECISION_DOUBLE, "avx512"), TRAINER_OK);
    ck_assert_int_eq(found->precision, PRECISION_DOUBLE);
    ck_assert_str_ne(found->isa, "avx512");
}
END_TEST

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
        each_engine_knows_its_place,
        an_engine_is_found_by_precision_and_name,
        auto_is_the_last_of_the_list_that_runs,
        the_environment_overrides_auto_but_no_name,
        an_unknown_name_is_refused_with_the_known_ones,
        what_double_lacks_is_served_by_the_next_one_below,
        a_sum_is_closer_than_one_after_another_would_be,
        fill_and_accumulate_work_on_every_element,
        stored_numbers_are_scaled,
        the_first_number_that_is_not_finite_is_found,
        NULL,
    };
    return suite_main("engine", SUITE_FORKED, (int)engine_count, tests);
}
