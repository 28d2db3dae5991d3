/*
 * test_rate.c - warm-up, where a schedule ends, and what of it stands in the resolved config.
 */
#include "base/error.h"
#include "config/config.h"
#include "support/curve.h"
#include "support/suite.h"
#include "train/rate.h"
#include "train/session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The resolved config of 20 steps with that schedule, for free(). */
static char *resolve(const char *schedule, const char *trainer)
{
    char yaml[1024];
    struct config *config;
    struct session *session = NULL;
    size_t length;
    snprintf(yaml, sizeof yaml,
             "data: {type: inline, inputs: {x: [[0, 1], [1, 0]]}, labels: [0, 1]}\n"
             "model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}\n"
             "optimizer: {type: sgd, schedule: %s}\n"
             "trainer: %s\n",
             schedule, trainer);
    ck_assert_int_eq(config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), NULL, 0),
                     TRAINER_OK);
    int rc = session_open(&session, config, &(struct session_options){.purpose = SESSION_PLAN});
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    char *text = config_emit(session_resolved(session), &length);
    session_close(session);
    config_free(config);
    return text;
}

static void assert_resolved(const char *schedule, const char *trainer, const char *part)
{
    char *text = resolve(schedule, trainer);
    ck_assert_msg(strstr(text, part), "no '%s' in\n%s", part, text);
    free(text);
}

START_TEST(the_planned_end_stands_in_the_resolved_config)
{
    assert_resolved("cosine", "{batch_size: 1, max_steps: 20}", "steps: 20\n");
    assert_resolved("cosine", "{batch_size: 1, max_epochs: 7}", "steps: 14\n");
    assert_resolved("cosine", "{batch_size: 1, max_epochs: 7, max_steps: 9}", "steps: 9\n");
    assert_resolved("{type: cosine, steps: 300}", "{batch_size: 1, max_steps: 20}", "steps: 300\n");
    assert_resolved("{type: cosine, warmup: 3}", "{batch_size: 1, max_steps: 20}", "warmup: 3\n");
    assert_resolved("{type: step, warmup: 2 epochs}", "{batch_size: 1, max_steps: 20}",
                    "warmup: 2 epochs\n");
}
END_TEST

START_TEST(no_steps_ask_no_schedule)
{
    assert_resolved("cosine", "{batch_size: 1, max_steps: 0}", "steps: auto\n");
    assert_resolved("{type: cosine, warmup: 90}", "{batch_size: 1, max_steps: 0}", "warmup: 90\n");
}
END_TEST

START_TEST(without_a_schedule_the_rate_stays)
{
    struct rate rate = {.learning_rate = 0.3};
    struct schedule_memory memory = rate_first_memory();
    ck_assert_double_eq(rate_of(&rate, 0, &memory), 0.3);
    ck_assert_double_eq(rate_of(&rate, UINT64_MAX / 2, &memory), 0.3);
    ck_assert_ptr_null(rate_monitor(&rate));
}
END_TEST

START_TEST(a_schedule_is_no_interval_of_seconds)
{
    ck_assert_str_eq(curve_refusal("{type: cosine, warmup: 5 seconds}", NULL),
                     "test.yaml:3:75: 'warmup' of schedule must be steps or epochs, such as 500 or "
                     "2 epochs");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_planned_end_stands_in_the_resolved_config,
                                  no_steps_ask_no_schedule, without_a_schedule_the_rate_stays,
                                  a_schedule_is_no_interval_of_seconds, NULL};
    return suite_main("rate", SUITE_IN_PROCESS, 1, tests);
}
