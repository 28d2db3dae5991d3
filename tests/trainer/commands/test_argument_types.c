/*
 * test_argument_types.c - values of options: read, refused with their range, told in help.
 */
#include "base/error.h"
#include "commands/argument_types.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <stdio.h>

struct flags {
    const char *text;
    int64_t count, jobs;
    double rate;
    int mode, split;
};

enum { TEXT, COUNT, JOBS, RATE, MODE, SPLIT };

static const struct argument_option table[] = {
    [TEXT] = {"--text", ARGUMENT_TEXT, .offset = offsetof(struct flags, text)},
    [COUNT] = {"--count", ARGUMENT_INTEGER, .offset = offsetof(struct flags, count), .minimum = 1,
               .maximum = 9, .standard = "3"},
    [JOBS] = {"--jobs", ARGUMENT_INTEGER, .offset = offsetof(struct flags, jobs), .minimum = 1,
              .word = "auto", .word_value = -1},
    [RATE] = {"--rate", ARGUMENT_NUMBER, .offset = offsetof(struct flags, rate),
              .above_minimum = true, .maximum = 1},
    [MODE] = {"--mode", ARGUMENT_CHOICE, .offset = offsetof(struct flags, mode),
              .choices = "train,eval,both"},
    [SPLIT] = {"--split", ARGUMENT_CHOICE, .offset = offsetof(struct flags, split),
               .choices = "train,test", .standard = "test"},
    {0},
};

static struct flags defaults(void)
{
    struct flags flags = {0};
    argument_defaults(table, (char *)&flags);
    return flags;
}

static void check_refused(int option, const char *text, const char *message)
{
    struct flags flags = defaults();
    error_clear();
    ck_assert_int_eq(argument_read(&table[option], text, (char *)&flags), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), message);
}

START_TEST(what_is_not_given_has_its_default)
{
    struct flags flags = defaults();
    ck_assert_ptr_null(flags.text);
    ck_assert_int_eq(flags.count, 3);
    ck_assert_int_eq(flags.jobs, 0);
    ck_assert_int_eq(flags.mode, -1);
    ck_assert_int_eq(flags.split, 1);
}
END_TEST

START_TEST(right_values_are_stored)
{
    static const struct {
        int option;
        const char *text;
    } given[] = {{TEXT, "a=b"},  {COUNT, "9"},   {JOBS, "auto"},
                 {RATE, "1e-6"}, {MODE, "eval"}, {SPLIT, "train"}};
    struct flags flags = defaults();
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        ck_assert_int_eq(argument_read(&table[given[i].option], given[i].text, (char *)&flags),
                         TRAINER_OK);
    ck_assert_str_eq(flags.text, "a=b");
    ck_assert_int_eq(flags.count, 9);
    ck_assert_int_eq(flags.jobs, -1);
    ck_assert(fabs(flags.rate - 1e-6) < 1e-20);
    ck_assert_int_eq(flags.mode, 1);
    ck_assert_int_eq(flags.split, 0);
}
END_TEST

START_TEST(wrong_values_are_refused_with_what_may_be)
{
    static const char count[] = "--count must be an integer from 1 to 9, not '%s'";
    static const char *const wrong[] = {"0", "10", "2.5", "", "x", "1 ", "0x2", "nan"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char message[128];
        snprintf(message, sizeof message, count, wrong[i]);
        check_refused(COUNT, wrong[i], message);
    }
    check_refused(JOBS, "0", "--jobs must be a whole number of at least 1, or auto, not '0'");
    check_refused(JOBS, "1e10", "--jobs must be a whole number of at least 1, or auto, not '1e10'");
    check_refused(RATE, "0", "--rate must be a number above 0 and at most 1, not '0'");
    check_refused(RATE, "1.5", "--rate must be a number above 0 and at most 1, not '1.5'");
    check_refused(MODE, "tr", "--mode must be train, eval or both, not 'tr'");
    check_refused(MODE, "train,eval", "--mode must be train, eval or both, not 'train,eval'");
}
END_TEST

START_TEST(help_has_the_range)
{
    char text[128];
    ck_assert_str_eq(argument_range(&table[COUNT], text, sizeof text), "1 to 9");
    ck_assert_str_eq(argument_range(&table[JOBS], text, sizeof text), "at least 1, or auto");
    ck_assert_str_eq(argument_range(&table[RATE], text, sizeof text), "above 0, at most 1");
    ck_assert_str_eq(argument_range(&table[TEXT], text, sizeof text), "");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_is_not_given_has_its_default,
        right_values_are_stored,
        wrong_values_are_refused_with_what_may_be,
        help_has_the_range,
        NULL,
    };
    return suite_main("argument_types", SUITE_FORKED, 1, tests);
}
