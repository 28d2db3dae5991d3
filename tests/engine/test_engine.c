/* test_engine.c - which engine is chosen. */
#include "base/error.h"
#include "support/kernels.h"
#include "support/suite.h"
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

int main(void)
{
    const TTest *const tests[] = {
        each_engine_knows_its_place,
        an_engine_is_found_by_precision_and_name,
        auto_is_the_last_of_the_list_that_runs,
        the_environment_overrides_auto_but_no_name,
        an_unknown_name_is_refused_with_the_known_ones,
        what_double_lacks_is_served_by_the_next_one_below,
        NULL,
    };
    return suite_main("engine", SUITE_FORKED, (int)engine_count, tests);
}
