/*
 * test_advice.c - chance level, a loss that rose, one class only; and nothing where all is well.
 */
#include "support/suite.h"
#include "train/advice.h"
#include <math.h>
#include <string.h>

enum { SAMPLES = 20 };

/* SAMPLES samples of two classes in turn, of which so many are told right. */
static struct evaluation told(size_t right)
{
    static int32_t truth[SAMPLES], said[SAMPLES];
    for (size_t i = 0; i < SAMPLES; i++) {
        truth[i] = i % 2;
        said[i] = i < right ? truth[i] : 1 - truth[i];
    }
    return (struct evaluation){
        .samples = SAMPLES, .classes = 2, .true_class = truth, .predicted_class = said};
}

static const char *advice(const struct evaluation *classes, double first, double last)
{
    static char text[256];
    return advice_of(classes, first, last, text, sizeof text) ? text : "";
}

START_TEST(a_network_that_learned_is_told_nothing)
{
    struct evaluation classes = told(11);
    ck_assert_str_eq(advice(&classes, 0.69, 0.6), "");
    ck_assert_str_eq(advice(&classes, (double)NAN, (double)NAN), "");
    ck_assert_str_eq(advice(&(struct evaluation){0}, 2, 1), "");
    ck_assert_str_eq(advice(&classes, 0.01, 0.9), "");
}
END_TEST

START_TEST(guessing_is_told)
{
    struct evaluation classes = told(10);
    ck_assert_str_eq(advice(&classes, 0.69, 0.7), "accuracy 0.5000 is that of guessing: another "
                                                  "learning_rate, other first weights?");
}
END_TEST

START_TEST(a_loss_that_rose_is_told_first)
{
    struct evaluation classes = told(3);
    ck_assert_str_eq(advice(&classes, 2.303, 506.1),
                     "the loss rose from 2.303 to 506.1: a smaller learning_rate?");
    ck_assert_str_eq(advice(&(struct evaluation){0}, 2, 1e30),
                     "the loss rose from 2 to 1e+30: a smaller learning_rate?");
}
END_TEST

START_TEST(one_class_is_told)
{
    struct evaluation classes = told(SAMPLES);
    memset(classes.true_class, 0, SAMPLES * sizeof(int32_t));
    ck_assert_str_eq(advice(&classes, 0.5, 0.1),
                     "all 20 samples are of one class: there is nothing to tell apart");
}
END_TEST

START_TEST(ranks_that_gain_nothing_are_told)
{
    char text[128];
    ck_assert(!advice_of_ranks(2, 0.33, 2.0 / 3, text, sizeof text));
    ck_assert(advice_of_ranks(2, 0.34, 2.0 / 3, text, sizeof text));
    ck_assert_str_eq(text, "34 % of the time goes into exchanges between 2 ranks: one process "
                           "would be faster");
    ck_assert(!advice_of_ranks(4, 0.74, 0.25, text, sizeof text));
    ck_assert(advice_of_ranks(4, 0.76, 0.25, text, sizeof text));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_network_that_learned_is_told_nothing, guessing_is_told,
                                  a_loss_that_rose_is_told_first,         one_class_is_told,
                                  ranks_that_gain_nothing_are_told,       NULL};
    return suite_main("advice", SUITE_IN_PROCESS, 1, tests);
}
