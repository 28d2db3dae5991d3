/*
 * test_schedule_plateau.c - when the rate falls: patience, cooldown, min_delta, the end; and which
 * metrics can be watched.
 */
#include "base/error.h"
#include "config/config.h"
#include "schedule.h"
#include "support/curve.h"
#include "support/suite.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Shows the schedule some values of its metric; the factor behind each. */
static void check(const char *yaml, bool maximize, const double *value, const double *wanted,
                  size_t count)
{
    char text[256];
    struct config *config;
    struct kind_choice choice;
    snprintf(text, sizeof text, "schedule: %s\n", yaml);
    ck_assert_int_eq(config_read_text(&config, "test.yaml", NULL, text, strlen(text), NULL, 0),
                     TRAINER_OK);
    struct options_context context = {.config = config, .owner = "schedule"};
    int rc = options_read_kind(&context, FAMILY_SCHEDULE, node_get(config_root(config), "schedule"),
                               &choice);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    const struct schedule_kind *kind = (const struct schedule_kind *)choice.kind;
    struct schedule_memory memory = {.best = (double)NAN, .factor = 1};
    for (size_t i = 0; i < count; i++) {
        kind->observe(choice.private, value[i], maximize, &memory);
        double factor = kind->factor(choice.private, &(struct schedule_point){.memory = &memory});
        ck_assert_msg(fabs(factor - wanted[i]) < 1e-12, "row %zu: %g, not %g", i, factor,
                      wanted[i]);
    }
    config_free(config);
}

START_TEST(falls_behind_more_rows_than_patience)
{
    const double loss[] = {3, 2, 2, 2, 2, 2, 2, 1}, factor[] = {1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1};
    check("{type: plateau, patience: 2}", false, loss, factor, 8);
}
END_TEST

START_TEST(rows_of_the_cooldown_do_not_count)
{
    const double loss[] = {1, 1, 1, 1, 1, 1, 1}, factor[] = {1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25};
    check("{type: plateau, patience: 0, cooldown: 2, factor: 0.5}", false, loss, factor, 7);
}
END_TEST

START_TEST(an_improvement_is_a_share_of_the_best)
{
    const double loss[] = {100, 99.5, 98, 97.5}, factor[] = {1, 0.5, 0.5, 0.25};
    check("{type: plateau, patience: 0, min_delta: 0.01, factor: 0.5}", false, loss, factor, 4);
    const double accuracy[] = {0.5, 0.502, 0.51, 0.4}, of_larger[] = {1, 0.5, 0.5, 0.25};
    check("{type: plateau, patience: 0, min_delta: 0.01, factor: 0.5}", true, accuracy, of_larger,
          4);
}
END_TEST

START_TEST(it_does_not_fall_below_its_end)
{
    const double loss[] = {1, 1, 1, 1}, factor[] = {1, 0.5, 0.3, 0.3};
    check("{type: plateau, patience: 0, factor: 0.5, end: 0.3}", false, loss, factor, 4);
}
END_TEST

START_TEST(a_row_changes_the_rate_of_the_next_step)
{
    /* The loss of the training data rises: learning rate 1 on a few samples, then 100. */
    double rate[CURVE_STEPS];
    curve_train("{type: plateau, monitor: train_loss, patience: 0, min_delta: 1, factor: 0.5}",
                NULL, rate, CURVE_STEPS);
    const double of_epoch[] = {1, 0.5, 0.25, 0.125};
    for (size_t i = 0; i < CURVE_STEPS; i++)
        ck_assert_double_eq(rate[i], of_epoch[i / 5]);
}
END_TEST

START_TEST(a_metric_that_is_not_measured_is_refused)
{
    const char *message = curve_refusal("plateau", NULL);
    ck_assert_ptr_nonnull(strstr(message, "test.yaml:3:52: schedule.monitor 'validation_loss' is "
                                          "never measured: the data has no validation samples; "
                                          "known: batch_loss, train_loss, "));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {falls_behind_more_rows_than_patience,
                                  rows_of_the_cooldown_do_not_count,
                                  an_improvement_is_a_share_of_the_best,
                                  it_does_not_fall_below_its_end,
                                  a_row_changes_the_rate_of_the_next_step,
                                  a_metric_that_is_not_measured_is_refused,
                                  NULL};
    return suite_main("schedule plateau", SUITE_IN_PROCESS, 1, tests);
}
