/*
 * test_sampler.c - which samples make up which step.
 */
#include "base/error.h"
#include "data/sampler.h"
#include "support/suite.h"

#include <check.h>
#include <stdbool.h>
#include <string.h>

enum { SAMPLES = 103, BATCH = 10, STEPS = 11 /* of one epoch */, SEED = 42 };

static const enum sampling all[] = {SAMPLING_SHUFFLE, SAMPLING_WITH_REPLACEMENT,
                                    SAMPLING_SEQUENTIAL};

static struct sampler opened(enum sampling sampling, uint64_t seed, size_t samples, size_t batch,
                             const uint32_t *subset)
{
    struct sampler sampler;
    ck_assert_int_eq(sampler_open(&sampler, sampling, seed, samples, batch, subset), TRAINER_OK);
    return sampler;
}

/* Counts how often each sample is taken in one epoch; returns the number of samples taken. */
static size_t count_epoch(struct sampler *sampler, uint64_t epoch, int *times)
{
    uint64_t steps = sampler_steps_per_epoch(sampler);
    size_t taken = 0;
    for (uint64_t step = epoch * steps; step < (epoch + 1) * steps; step++) {
        size_t rows = sampler_take(sampler, step);
        for (size_t i = 0; i < rows; i++)
            times[sampler->index[i]]++;
        taken += rows;
    }
    return taken;
}

START_TEST(shuffle_and_sequential_take_every_sample_once_an_epoch)
{
    for (size_t batch = 1; batch <= SAMPLES; batch++) {
        struct sampler sampler =
            opened(_i ? SAMPLING_SEQUENTIAL : SAMPLING_SHUFFLE, SEED, SAMPLES, batch, NULL);
        for (uint64_t epoch = 0; epoch < 3; epoch++) {
            int times[SAMPLES] = {0};
            ck_assert_uint_eq(count_epoch(&sampler, epoch, times), SAMPLES);
            for (int i = 0; i < SAMPLES; i++)
                ck_assert_int_eq(times[i], 1);
        }
        sampler_free(&sampler);
    }
}
END_TEST

START_TEST(the_last_batch_of_an_epoch_is_short)
{
    struct sampler sampler = opened(SAMPLING_SHUFFLE, SEED, SAMPLES, BATCH, NULL);
    ck_assert_uint_eq(sampler_steps_per_epoch(&sampler), STEPS);
    for (uint64_t step = 0; step < 2 * STEPS; step++)
        ck_assert_uint_eq(sampler_take(&sampler, step), step % STEPS == STEPS - 1 ? 3 : BATCH);
    sampler_free(&sampler);
}
END_TEST

START_TEST(steps_of_an_epoch_are_rounded_as_documented)
{
    static const struct {
        enum sampling sampling;
        size_t samples, batch, steps;
    } cases[] = {
        {SAMPLING_SHUFFLE, 100, 10, 10},
        {SAMPLING_SHUFFLE, 101, 10, 11},
        {SAMPLING_SEQUENTIAL, 109, 10, 11},
        {SAMPLING_SEQUENTIAL, 1, 1, 1},
        {SAMPLING_WITH_REPLACEMENT, 109, 10, 10},
        {SAMPLING_WITH_REPLACEMENT, 3, 10, 1},
        {SAMPLING_WITH_REPLACEMENT, 60000, 100, 600},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sampler sampler =
            opened(cases[i].sampling, SEED, cases[i].samples, cases[i].batch, NULL);
        ck_assert_uint_eq(sampler_steps_per_epoch(&sampler), cases[i].steps);
        sampler_free(&sampler);
    }
}
END_TEST

START_TEST(epochs_and_seeds_have_orders_of_their_own)
{
    uint32_t first[SAMPLES];
    struct sampler sampler = opened(SAMPLING_SHUFFLE, SEED, SAMPLES, SAMPLES, NULL);
    sampler_take(&sampler, 0);
    memcpy(first, sampler.index, sizeof first);
    sampler_take(&sampler, 1);
    ck_assert_mem_ne(sampler.index, first, sizeof first);
    sampler_take(&sampler, 0);
    ck_assert_mem_eq(sampler.index, first, sizeof first);
    sampler_free(&sampler);
    sampler = opened(SAMPLING_SHUFFLE, SEED + 1, SAMPLES, SAMPLES, NULL);
    sampler_take(&sampler, 0);
    ck_assert_mem_ne(sampler.index, first, sizeof first);
    sampler_free(&sampler);
}
END_TEST

/* A run that is resumed at any step sees what it would have seen, also when it goes back. */
START_TEST(a_step_does_not_depend_on_the_steps_taken_before)
{
    enum { COUNT = 3 * STEPS };
    uint32_t index[COUNT][BATCH];
    size_t rows[COUNT];
    struct sampler sampler = opened(all[_i], SEED, SAMPLES, BATCH, NULL);
    for (size_t step = 0; step < COUNT; step++) {
        rows[step] = sampler_take(&sampler, step);
        memcpy(index[step], sampler.index, sizeof index[step]);
    }
    sampler_free(&sampler);
    for (size_t begin = 0; begin < COUNT; begin++) {
        sampler = opened(all[_i], SEED, SAMPLES, BATCH, NULL);
        for (size_t i = 0; i < COUNT; i++) {
            size_t step = (begin + i * (COUNT - 1)) % COUNT; /* from begin backwards */
            ck_assert_uint_eq(sampler_take(&sampler, step), rows[step]);
            ck_assert_mem_eq(sampler.index, index[step], rows[step] * sizeof **index);
        }
        sampler_free(&sampler);
    }
}
END_TEST

/* Parts may be drawn in any order. Only the first step of a shuffled epoch can't be prepared. */
START_TEST(a_prepared_step_has_the_samples_of_one_that_is_not)
{
    struct sampler plain = opened(all[_i], SEED, SAMPLES, BATCH, NULL);
    struct sampler ahead = opened(all[_i], SEED, SAMPLES, BATCH, NULL);
    for (uint64_t step = 0; step < 3 * STEPS; step++) {
        size_t rows = sampler_rows(&ahead, step);
        bool prepared =
            sampler_prepare(&ahead, step, 1, rows) && sampler_prepare(&ahead, step, 0, 1);
        ck_assert(prepared ==
                  (all[_i] != SAMPLING_SHUFFLE || step % sampler_steps_per_epoch(&ahead) != 0));
        if (prepared)
            ahead.prepared = step;
        ck_assert_uint_eq(sampler_take(&plain, step), rows);
        ck_assert_uint_eq(sampler_take(&ahead, step), rows);
        ck_assert_mem_eq(plain.index, ahead.index, rows * sizeof *plain.index);
    }
    sampler_free(&plain);
    sampler_free(&ahead);
}
END_TEST

START_TEST(sequential_takes_the_samples_in_the_order_of_the_data)
{
    struct sampler sampler = opened(SAMPLING_SEQUENTIAL, SEED, 5, 2, NULL);
    static const uint32_t expected[3][2] = {{0, 1}, {2, 3}, {4}};
    for (size_t step = 0; step < 6; step++) {
        size_t rows = sampler_take(&sampler, step);
        ck_assert_uint_eq(rows, step % 3 == 2 ? 1 : 2);
        ck_assert_mem_eq(sampler.index, expected[step % 3], rows * sizeof **expected);
    }
    sampler_free(&sampler);
}
END_TEST

/* 10 samples drawn 100,000 times: chi-square with 9 degrees of freedom stays below its 99.9 %
 * point. */
START_TEST(drawing_with_replacement_is_uniform)
{
    enum { N = 10, DRAWS = 100 };
    int times[N] = {0};
    struct sampler sampler = opened(SAMPLING_WITH_REPLACEMENT, SEED, N, DRAWS, NULL);
    for (uint64_t step = 0; step < 1000; step++) {
        ck_assert_uint_eq(sampler_take(&sampler, step), DRAWS);
        for (int i = 0; i < DRAWS; i++)
            times[sampler.index[i]]++;
    }
    double expected = 1000.0 * DRAWS / N, chi_square = 0;
    for (int i = 0; i < N; i++)
        chi_square += (times[i] - expected) * (times[i] - expected) / expected;
    ck_assert_double_lt(chi_square, 27.88);
    sampler_free(&sampler);
}
END_TEST

/* Each sample stands at each place of an epoch equally often: 7 x 7 cells, 36 degrees of freedom.
 */
START_TEST(shuffled_orders_are_uniform)
{
    enum { N = 7, EPOCHS = 7000 };
    int times[N][N] = {0};
    struct sampler sampler = opened(SAMPLING_SHUFFLE, SEED, N, N, NULL);
    for (uint64_t epoch = 0; epoch < EPOCHS; epoch++) {
        sampler_take(&sampler, epoch);
        for (int place = 0; place < N; place++)
            times[place][sampler.index[place]]++;
    }
    double expected = (double)EPOCHS / N, chi_square = 0;
    for (int i = 0; i < N * N; i++) {
        double off = times[i / N][i % N] - expected;
        chi_square += off * off / expected;
    }
    ck_assert_double_lt(chi_square, 67.98);
    sampler_free(&sampler);
}
END_TEST

START_TEST(only_samples_of_the_subset_are_taken)
{
    static const uint32_t subset[] = {3, 5, 8, 13, 21};
    int times[22] = {0};
    struct sampler sampler = opened(all[_i], SEED, 5, 2, subset);
    for (uint64_t epoch = 0; epoch < 20; epoch++)
        count_epoch(&sampler, epoch, times);
    for (uint32_t i = 0; i < 22; i++) {
        bool member = i == 3 || i == 5 || i == 8 || i == 13 || i == 21;
        ck_assert_int_eq(times[i] > 0, member);
    }
    sampler_free(&sampler);
}
END_TEST

START_TEST(sizes_out_of_range_are_rejected)
{
    static const struct {
        enum sampling sampling;
        size_t samples, batch;
        const char *text;
    } cases[] = {
        {SAMPLING_SHUFFLE, 0, 1, "there is no training sample to choose from"},
        {SAMPLING_SHUFFLE, 4, 0, "a batch of 0 samples"},
        {SAMPLING_SHUFFLE, 4, 5,
         "a batch of 5 samples, but there are 4 to choose from; take a smaller batch_size, or "
         "sampling: with_replacement"},
        {SAMPLING_SEQUENTIAL, 4, 5,
         "a batch of 5 samples, but there are 4 to choose from; take a smaller batch_size, or "
         "sampling: with_replacement"},
        {SAMPLING_SEQUENTIAL, (size_t)1 << 32, 5,
         "4294967296 training samples; at most 4294967295 can be sampled"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sampler sampler;
        error_clear();
        ck_assert_int_eq(
            sampler_open(&sampler, cases[i].sampling, SEED, cases[i].samples, cases[i].batch, NULL),
            TRAINER_INVALID);
        ck_assert_str_eq(error_text(), cases[i].text);
        ck_assert_ptr_null(sampler.index);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("sampler");
    tcase_add_loop_test(tcase, shuffle_and_sequential_take_every_sample_once_an_epoch, 0, 2);
    tcase_add_test(tcase, the_last_batch_of_an_epoch_is_short);
    tcase_add_test(tcase, steps_of_an_epoch_are_rounded_as_documented);
    tcase_add_test(tcase, epochs_and_seeds_have_orders_of_their_own);
    tcase_add_loop_test(tcase, a_step_does_not_depend_on_the_steps_taken_before, 0, 3);
    tcase_add_loop_test(tcase, a_prepared_step_has_the_samples_of_one_that_is_not, 0, 3);
    tcase_add_test(tcase, sequential_takes_the_samples_in_the_order_of_the_data);
    tcase_add_test(tcase, drawing_with_replacement_is_uniform);
    tcase_add_test(tcase, shuffled_orders_are_uniform);
    tcase_add_loop_test(tcase, only_samples_of_the_subset_are_taken, 0, 3);
    tcase_add_test(tcase, sizes_out_of_range_are_rejected);
    Suite *suite = suite_create("sampler");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
