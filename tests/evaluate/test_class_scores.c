/*
 * test_class_scores.c - the confusion matrix, precision, recall and F1, by hand.
 */
#include "base/error.h"
#include "evaluate/class_scores.h"
#include "support/suite.h"

#include <math.h>

enum { CLASSES = 4, SAMPLES = 8 };

static void ck_assert_ratio(double found, double expected)
{
    if (isnan(expected))
        ck_assert_double_nan(found);
    else
        ck_assert_double_eq(found, expected);
}

/* True and predicted: 00 00 01 11 11 10 11 21; class 3 is neither. */
START_TEST(each_class_is_scored_from_its_row_and_column)
{
    int32_t true_class[SAMPLES] = {0, 0, 0, 1, 1, 1, 1, 2};
    int32_t predicted_class[SAMPLES] = {0, 0, 1, 1, 1, 0, 1, 1};
    const struct evaluation evaluation = {SAMPLES, CLASSES, true_class, predicted_class};
    const int64_t confusion[] = {2, 1, 0, 0, 1, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    const int64_t support[] = {3, 4, 1, 0};
    const double none = (double)NAN;
    const double precision[] = {2.0 / 3, 3.0 / 5, none, none};
    const double recall[] = {2.0 / 3, 3.0 / 4, 0, none};
    const double f1[] = {2.0 / 3, 6.0 / 9, 0, none};
    struct class_scores scores;
    ck_assert_int_eq(class_scores_count(&scores, &evaluation), TRAINER_OK);
    ck_assert_uint_eq(scores.classes, CLASSES);
    for (int i = 0; i < CLASSES * CLASSES; i++)
        ck_assert_int_eq(scores.confusion[i], confusion[i]);
    for (int c = 0; c < CLASSES; c++) {
        ck_assert_int_eq(scores.index[c], c);
        ck_assert_int_eq(scores.support[c], support[c]);
        ck_assert_ratio(scores.precision[c], precision[c]);
        ck_assert_ratio(scores.recall[c], recall[c]);
        ck_assert_ratio(scores.f1[c], f1[c]);
    }
    class_scores_free(&scores);
    ck_assert_ptr_null(scores.confusion);
}
END_TEST

START_TEST(without_samples_nothing_is_defined)
{
    const struct evaluation evaluation = {.classes = 2};
    struct class_scores scores;
    ck_assert_int_eq(class_scores_count(&scores, &evaluation), TRAINER_OK);
    for (int c = 0; c < 2; c++) {
        ck_assert_int_eq(scores.support[c], 0);
        ck_assert_double_nan(scores.precision[c]);
        ck_assert_double_nan(scores.recall[c]);
        ck_assert_double_nan(scores.f1[c]);
    }
    class_scores_free(&scores);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_class_is_scored_from_its_row_and_column,
                                  without_samples_nothing_is_defined, NULL};
    return suite_main("class_scores", SUITE_FORKED, 1, tests);
}
