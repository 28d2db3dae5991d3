/*
 * test_metrics.c - each metric by hand; that it is the same however its rows are cut into states.
 */
#include "base/error.h"
#include "engine/engine.h"
#include "metric.h"
#include "support/suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_MAX = 64 };

static const struct metric_kind *kind_of(const char *name)
{
    const struct engine *engine;
    ck_assert_int_eq(engine_find(&engine, PRECISION_DOUBLE, "baseline"), TRAINER_OK);
    const struct registry_entry *entry = registry_find(FAMILY_METRIC, name);
    ck_assert_ptr_nonnull(entry);
    return (const struct metric_kind *)registry_kind(entry, engine->variant);
}

/* Rows [begin, end) of all. */
static struct metric_rows cut(const struct metric_task *task, const struct metric_rows *all,
                              size_t begin, size_t end)
{
    const double *x = all->prediction, *t = all->target;
    return (struct metric_rows){.rows = end - begin,
                                .prediction = x + begin * task->width,
                                .target = t ? t + begin * task->width : NULL,
                                .truth = all->truth ? all->truth + begin : NULL,
                                .said = all->said ? all->said + begin : NULL};
}

/* The metric of all rows, merged from states of `piece` rows each. */
static double measure(const char *name, const struct metric_task *task,
                      const struct metric_rows *all, size_t piece)
{
    const struct metric_kind *kind = kind_of(name);
    double total[STATE_MAX] = {0};
    ck_assert(kind->tasks & task->task);
    ck_assert_uint_le(kind->size(task), STATE_MAX);
    for (size_t begin = 0; begin < all->rows; begin += piece) {
        double state[STATE_MAX] = {0};
        size_t end = begin + piece < all->rows ? begin + piece : all->rows;
        struct metric_rows rows = cut(task, all, begin, end);
        kind->add(task, state, &rows);
        kind->merge(task, total, state);
    }
    return kind->finish(task, total);
}

static void ck_assert_metric(const char *name, const struct metric_task *task,
                             const struct metric_rows *all, double expected)
{
    for (size_t piece = 1; piece <= all->rows; piece++) {
        double found = measure(name, task, all, piece);
        ck_assert_msg(fabs(found - expected) <= 1e-14 * fabs(expected),
                      "%s in pieces of %zu is %.17g, not %.17g", name, piece, found, expected);
    }
}

/* True and predicted: 00 00 01 11 11 10 11 21; class 3 is neither. */
START_TEST(classes_are_right_or_wrong)
{
    static const int32_t truth[] = {0, 0, 0, 1, 1, 1, 1, 2}, said[] = {0, 0, 1, 1, 1, 0, 1, 1};
    static const double x[32] = {0};
    const struct metric_task task = {.task = TASK_CLASS, .width = 4, .classes = 4};
    const struct metric_rows rows = {8, x, NULL, truth, said};
    ck_assert_metric("accuracy", &task, &rows, 5.0 / 8);
    ck_assert_metric("macro_f1", &task, &rows, (2.0 / 3 + 2.0 / 3 + 0) / 3);
}
END_TEST

START_TEST(labels_are_right_or_wrong_each)
{
    static const double x[] = {0.9, 0.2, 0.4, 0.6, 0.5, 0.7}, t[] = {1, 1, 0, 1, 0, 0};
    const struct metric_task task = {.task = TASK_LABELS, .width = 2};
    const struct metric_rows rows = {3, x, t, NULL, NULL};
    /* Said 10 01 01, asked 11 01 00. */
    ck_assert_metric("accuracy", &task, &rows, 4.0 / 6);
    ck_assert_metric("macro_f1", &task, &rows, (1.0 + 2.0 / 4) / 2);
}
END_TEST

START_TEST(the_right_class_is_among_the_largest_five)
{
    static const double x[] = {
        6, 5, 4, 3, 2, 1, 0,          /* class 4 is the fifth */
        6, 5, 4, 3, 2, 1, 0,          /* class 5 the sixth */
        1, 1, 1, 1, 1, 1, 1,          /* of equal ones the first: class 5 is the sixth */
        1, 1, 1, 1, 1, 1, 1,          /* and class 4 the fifth */
        1, 1, 1, 1, 1, 1, (double)NAN /* not a number is none of them */
    };
    static const int32_t truth[] = {4, 5, 5, 4, 6}, said[5] = {0};
    const struct metric_task task = {.task = TASK_CLASS, .width = 7, .classes = 7};
    const struct metric_rows rows = {5, x, NULL, truth, said};
    ck_assert_metric("top_5", &task, &rows, 2.0 / 5);
    ck_assert(kind_of("top_5")->applies(&task));
    ck_assert(!kind_of("top_5")->applies(&(struct metric_task){TASK_CLASS, 5, 5, NULL, NULL}));
}
END_TEST

START_TEST(errors_of_values)
{
    static const double x[] = {1, 10, 2, 20, 4, 30}, t[] = {2, 10, 2, 23, 1, 30};
    const struct metric_task task = {.task = TASK_VALUES, .width = 2};
    const struct metric_rows rows = {3, x, t, NULL, NULL};
    /* Errors -1 0, 0 -3, 3 0. */
    ck_assert_metric("rmse", &task, &rows, sqrt(19.0 / 6));
    ck_assert_metric("mae", &task, &rows, 7.0 / 6);
    /* Targets 2 2 1: spread 2/3, errors 10; 10 23 30: mean 21, spread 206, errors 9. */
    ck_assert_metric("r2", &task, &rows, (1 - 10 / (2.0 / 3) + 1 - 9 / 206.0) / 2);
}
END_TEST

START_TEST(errors_are_in_the_units_of_the_data)
{
    static const double x[] = {0, 1}, t[] = {1, -1}, offset[] = {500}, divisor[] = {10};
    const struct metric_task task = {
        .task = TASK_VALUES, .width = 1, .offset = offset, .divisor = divisor};
    const struct metric_rows rows = {2, x, t, NULL, NULL};
    ck_assert_metric("rmse", &task, &rows, sqrt((100 + 400) / 2.0));
    ck_assert_metric("mae", &task, &rows, 15);
    ck_assert_metric("r2", &task, &rows, 1 - 5 / 2.0);
}
END_TEST

START_TEST(a_target_that_never_changes_has_no_r2)
{
    static const double x[] = {1, 10, 2, 20}, t[] = {2, 7, 3, 7};
    const struct metric_task two = {.task = TASK_VALUES, .width = 2};
    const struct metric_rows rows = {2, x, t, NULL, NULL};
    ck_assert_metric("r2", &two, &rows, 1 - 2 / 0.5);
    static const double constant[] = {7, 7};
    const struct metric_task one = {.task = TASK_VALUES, .width = 1};
    const struct metric_rows same = {2, x, constant, NULL, NULL};
    ck_assert_double_nan(measure("r2", &one, &same, 1));
}
END_TEST

/* A sum of squares less the square of the sum would lose all digits here. */
START_TEST(r2_keeps_its_digits_far_from_zero)
{
    static const double x[] = {1e9 + 1, 1e9 + 2, 1e9 + 4, 1e9 + 4};
    static const double t[] = {1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4};
    const struct metric_task task = {.task = TASK_VALUES, .width = 1};
    const struct metric_rows rows = {4, x, t, NULL, NULL};
    ck_assert_double_eq_tol(measure("r2", &task, &rows, 4), 1 - 1 / 5.0, 1e-12);
    ck_assert_double_eq_tol(measure("r2", &task, &rows, 3), 1 - 1 / 5.0, 1e-12);
}
END_TEST

int main(void)
{
    return suite_main("metrics", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){classes_are_right_or_wrong, labels_are_right_or_wrong_each,
                                        the_right_class_is_among_the_largest_five, errors_of_values,
                                        errors_are_in_the_units_of_the_data,
                                        a_target_that_never_changes_has_no_r2,
                                        r2_keeps_its_digits_far_from_zero, NULL});
}
