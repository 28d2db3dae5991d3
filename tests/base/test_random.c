/* test_random.c - the generator against its published vectors, and what is made of its bits. */
#include "base/random.h"
#include "support/suite.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>

enum { NUMBERS = 100000 };

/* "philox4x32 10" in Random123's tests/kat_vectors: counter, key, result */
static const uint32_t known_answers[][10] = {
    {0, 0, 0, 0, 0, 0, 0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8},
    {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0x408F276D, 0x41C83B0E,
     0xA20BC7C6, 0x6D5451FD},
    {0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0, 0xD16CFE09, 0x94FDCCEB,
     0x5001E420, 0x24126EA1},
};

START_TEST(philox_gives_the_published_answers)
{
    const uint32_t *row = known_answers[_i];
    struct random_stream stream = {.key = {row[4], row[5]}, .counter = {row[2], row[3]}};
    uint32_t words[4];
    random_block(&stream, row[0] | (uint64_t)row[1] << 32, words);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(words[i], row[6 + i]);
}
END_TEST

START_TEST(bits_are_the_halves_of_blocks)
{
    struct random_stream stream = {.key = {0, 0}, .counter = {0, 0}};
    ck_assert_uint_eq(random_bits(&stream, 0), 0xE169C58D6627E8D5u);
    ck_assert_uint_eq(random_bits(&stream, 1), 0x9B00DBD8BC57AC4Cu);
    ck_assert_uint_ne(random_bits(&stream, 2), random_bits(&stream, 0));
}
END_TEST

/* What run files and drawn data rest on: it must never change. */
START_TEST(a_stream_never_changes)
{
    struct random_stream stream = random_stream(42, RANDOM_SHUFFLE, 3, 5);
    ck_assert_uint_eq(random_bits(&stream, 0), 0x4ECF548B979F58D0u);
    ck_assert(random_uniform(&stream, 1) == 0x1.d26139469ab5ep-1);
    ck_assert(random_normal(&stream, 2) == -0x1.e3881641f5fb8p-1);
}
END_TEST

START_TEST(every_part_of_the_key_makes_another_stream)
{
    const uint64_t high = (uint64_t)1 << 32;
    const struct random_stream streams[] = {
        random_stream(1, RANDOM_SHUFFLE, 2, 3),
        random_stream(2, RANDOM_SHUFFLE, 2, 3),
        random_stream(1 + high, RANDOM_SHUFFLE, 2, 3),
        random_stream(1, RANDOM_SPLIT, 2, 3),
        random_stream(1, RANDOM_SHUFFLE, 3, 2),
        random_stream(1, RANDOM_SHUFFLE, 2, 4),
        random_stream(1, RANDOM_SHUFFLE, 2 + high, 3),
        random_stream(1, RANDOM_SHUFFLE, 2, 3 + high),
    };
    size_t count = sizeof streams / sizeof *streams;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_ne(random_bits(&streams[i], 0), random_bits(&streams[j], 0));
}
END_TEST

START_TEST(uniform_numbers_fill_the_unit_interval)
{
    struct random_stream stream = random_stream(1, RANDOM_GRADCHECK, 0, 0);
    double sum = 0, squares = 0;
    int outside = 0, bin[16] = {0};
    for (uint64_t i = 0; i < NUMBERS; i++) {
        double x = random_uniform(&stream, i);
        outside += !(x >= 0 && x < 1);
        sum += x;
        squares += x * x;
        bin[(int)(x * 16) & 15]++;
    }
    ck_assert_int_eq(outside, 0);
    ck_assert_double_eq_tol(sum / NUMBERS, 0.5, 0.002);
    ck_assert_double_eq_tol(squares / NUMBERS, 1.0 / 3, 0.002);
    for (int i = 0; i < 16; i++)
        ck_assert_double_eq_tol(bin[i], NUMBERS / 16.0, 400); /* 5 standard deviations */
}
END_TEST

START_TEST(below_n_reaches_every_number_and_no_other)
{
    struct random_stream stream = random_stream(1, RANDOM_GRADCHECK, 1, 0);
    int seen[7] = {0};
    for (uint64_t i = 0; i < 7000; i++) {
        uint64_t x = random_below(&stream, i, 7);
        ck_assert_uint_lt(x, 7);
        seen[x]++;
        ck_assert_uint_eq(random_below(&stream, i, 1), 0);
    }
    for (int i = 0; i < 7; i++)
        ck_assert_int_gt(seen[i], 800);
}
END_TEST

/* random_below is the high half of a 128-bit product: checked where n is a power of two, and where
 * n = 2^64 - 1, whose product is (bits << 64) - bits. */
START_TEST(below_n_is_the_high_half_of_the_product)
{
    struct random_stream stream = random_stream(1, RANDOM_GRADCHECK, 2, 0);
    for (uint64_t i = 0; i < 1000; i++) {
        uint64_t bits = random_bits(&stream, i);
        ck_assert_uint_eq(random_below(&stream, i, UINT64_MAX), bits - (bits != 0));
        for (int shift = 1; shift < 64; shift++)
            ck_assert_uint_eq(random_below(&stream, i, (uint64_t)1 << shift), bits >> (64 - shift));
    }
}
END_TEST

/* How far z is from the point where the normal distribution reaches p, relative to z: the distance
 * of the distributions, divided by the density. */
static double normal_error(double z, double p)
{
    long double root = sqrtl(2.0L), x = (long double)z;
    long double density = expl(-x * x / 2) / sqrtl(2 * acosl(-1));
    long double miss = fabs(p - 0.5) < 0.45 ? erfl(x / root) / 2 - ((long double)p - 0.5L)
                       : p < 0.5            ? erfcl(-x / root) / 2 - (long double)p
                                            : (1 - (long double)p) - erfcl(x / root) / 2;
    return (double)fabsl(miss / density / x);
}

START_TEST(normal_numbers_invert_the_distribution)
{
    struct random_stream stream = random_stream(1, RANDOM_GRADCHECK, 3, 0);
    for (uint64_t i = 0; i < NUMBERS; i++) {
        double p = ((double)(random_bits(&stream, i) >> 12) + 0.5) * 0x1p-52;
        double error = normal_error(random_normal(&stream, i), p);
        if (!(error < 1e-15))
            ck_abort_msg("p = %a: relative error %g", p, error);
    }
}
END_TEST

START_TEST(numbers_together_are_those_one_by_one)
{
    static const uint64_t firsts[] = {0, 1, 6, 63, (1ull << 33) - 3};
    enum { MOST = 200, BELOW = 60000 };
    struct random_stream stream = random_stream(1, RANDOM_GRADCHECK, 5, 0);
    uint64_t first = firsts[_i], bits[MOST + 1];
    uint32_t below[MOST + 1];
    double normal[MOST + 1];
    for (size_t count = 0; count <= MOST; count++) {
        bits[count] = below[count] = 7;
        normal[count] = 7;
        random_bits_each(&stream, first, count, bits);
        random_below_each(&stream, first, count, BELOW, below);
        random_normals(&stream, first, count, normal);
        for (size_t i = 0; i < count; i++) {
            ck_assert(bits[i] == random_bits(&stream, first + i));
            ck_assert(below[i] == random_below(&stream, first + i, BELOW));
            ck_assert(normal[i] == random_normal(&stream, first + i));
        }
        ck_assert(bits[count] == 7 && below[count] == 7 && normal[count] == 7);
    }
}
END_TEST

START_TEST(normal_numbers_have_mean_0_and_variance_1)
{
    struct random_stream stream = random_stream(1, RANDOM_GRADCHECK, 4, 0);
    double sum = 0, squares = 0, fourths = 0;
    int far = 0;
    for (uint64_t i = 0; i < NUMBERS; i++) {
        double z = random_normal(&stream, i);
        sum += z;
        squares += z * z;
        fourths += z * z * z * z;
        far += fabs(z) > 3;
    }
    ck_assert_double_eq_tol(sum / NUMBERS, 0, 0.015);
    ck_assert_double_eq_tol(squares / NUMBERS, 1, 0.02);
    ck_assert_double_eq_tol(fourths / NUMBERS, 3, 0.15);
    ck_assert_double_eq_tol(far, 0.0027 * NUMBERS, 80);
}
END_TEST

START_TEST(a_permutation_holds_every_index_once)
{
    static const size_t sizes[] = {0, 1, 2, 3, 10, 1000, 4096};
    size_t n = sizes[_i];
    uint32_t *order = calloc(n + 1, sizeof *order);
    char *seen = calloc(n + 1, 1);
    ck_assert(order && seen);
    struct random_stream stream = random_stream(5, RANDOM_SHUFFLE, n, 0);
    order[n] = 77;
    random_permutation(&stream, n, order);
    size_t fixed = 0;
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_lt(order[i], n);
        ck_assert(!seen[order[i]]);
        seen[order[i]] = 1;
        fixed += order[i] == i;
    }
    ck_assert_uint_eq(order[n], 77);
    if (n >= 10)
        ck_assert_uint_lt(fixed, 8);
    free(order);
    free(seen);
}
END_TEST

START_TEST(all_permutations_of_three_are_as_frequent)
{
    int seen[27] = {0};
    for (uint64_t epoch = 0; epoch < 6000; epoch++) {
        struct random_stream stream = random_stream(5, RANDOM_SHUFFLE, epoch, 0);
        uint32_t order[3];
        random_permutation(&stream, 3, order);
        seen[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    for (int i = 0; i < 27; i++)
        ck_assert(seen[i] == 0 || (seen[i] > 850 && seen[i] < 1150));
}
END_TEST

START_TEST(hashes_are_fnv_1a)
{
    ck_assert_uint_eq(random_hash(""), 0xCBF29CE484222325u);
    ck_assert_uint_eq(random_hash("a"), 0xAF63DC4C8601EC8Cu);
    ck_assert_uint_eq(random_hash("foobar"), 0x85944171F73967E8u);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *generator = tcase_create("generator");
    tcase_add_loop_test(generator, philox_gives_the_published_answers, 0, 3);
    tcase_add_test(generator, bits_are_the_halves_of_blocks);
    tcase_add_test(generator, a_stream_never_changes);
    tcase_add_test(generator, every_part_of_the_key_makes_another_stream);
    tcase_add_test(generator, hashes_are_fnv_1a);
    suite_add_tcase(suite, generator);

    TCase *numbers = tcase_create("numbers");
    tcase_add_test(numbers, uniform_numbers_fill_the_unit_interval);
    tcase_add_test(numbers, below_n_reaches_every_number_and_no_other);
    tcase_add_test(numbers, below_n_is_the_high_half_of_the_product);
    tcase_add_test(numbers, normal_numbers_invert_the_distribution);
    tcase_add_loop_test(numbers, numbers_together_are_those_one_by_one, 0, 5);
    tcase_add_test(numbers, normal_numbers_have_mean_0_and_variance_1);
    tcase_add_loop_test(numbers, a_permutation_holds_every_index_once, 0, 7);
    tcase_add_test(numbers, all_permutations_of_three_are_as_frequent);
    suite_add_tcase(suite, numbers);

    return suite_run(suite, SUITE_FORKED);
}
