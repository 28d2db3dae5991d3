/*
 * test_session.c - what a session says of a run: facts, purposes; keys are looked at before data.
 */
#include "base/clock.h"
#include "base/error.h"
#include "config/config.h"
#include "support/suite.h"
#include "train/session.h"
#include <stdio.h>
#include <string.h>

static const char yaml[] =
    "seed: 4\n"
    "data: {type: digits, train: 105, test: 20}\n"
    "model: {layers: [{type: Affine, units: 10}, {type: SoftmaxWithLoss}]}\n"
    "optimizer: {type: adam, average: 0.9}\n"
    "trainer: {batch_size: 10, accumulate: 2, max_epochs: 3, evaluate: {every: 2 epochs}}\n";

static int open_with(struct session **session, struct config **config, enum session_purpose purpose,
                     const char *assignment)
{
    *session = NULL;
    ck_assert_int_eq(config_read_text(config, "test.yaml", NULL, yaml, strlen(yaml), &assignment,
                                      assignment ? 1 : 0),
                     TRAINER_OK);
    return session_open(session, *config, &(struct session_options){.purpose = purpose});
}

static struct session_facts facts_with(const char *assignment)
{
    struct session *session;
    struct config *config;
    int rc = open_with(&session, &config, SESSION_PLAN, assignment);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    struct session_facts facts = session_facts(session);
    session_close(session);
    config_free(config);
    return facts;
}

START_TEST(facts_count_steps_of_all_passes)
{
    struct session_facts facts = facts_with(NULL);
    ck_assert_int_eq(facts.batch_size, 20);
    ck_assert_uint_eq(facts.steps_per_epoch, 6);
    ck_assert_uint_eq(facts.last_step, 18);
    ck_assert_uint_eq(facts.evaluate_steps, 12);
    ck_assert_uint_eq(facts_with("trainer.last_batch=drop").steps_per_epoch, 5);
    ck_assert_uint_eq(facts_with("trainer.evaluate.every=7 steps").evaluate_steps, 7);
    ck_assert_uint_eq(facts_with("trainer.evaluate.every=never").evaluate_steps, 0);
    ck_assert_uint_eq(facts_with("trainer.max_steps=5").last_step, 5);
}
END_TEST

/* 784 x 10 and 10 weights, in whole lines of 16: adam's two blocks, the average, a second
 * gradient. */
START_TEST(facts_count_what_an_optimizer_keeps)
{
    size_t block = (784 * 10 + 16) * sizeof(float);
    ck_assert_uint_eq(facts_with(NULL).optimizer_bytes, 4 * block);
    ck_assert_uint_eq(facts_with("trainer.accumulate=1").optimizer_bytes, 3 * block);
    ck_assert_uint_eq(facts_with("optimizer={type: sgd}").optimizer_bytes, block);
    ck_assert_uint_eq(facts_with("optimizer={type: adam, amsgrad: true}").optimizer_bytes,
                      5 * block);
}
END_TEST

/* Drawing a million digits takes seconds. */
START_TEST(a_wrong_key_is_found_before_the_data_are_opened)
{
    static const char *const wrong[] = {"trainer.batch_sise=1", "optimizer.lr=1", "model.layer=1",
                                        "model.layers.affine1.unit=3"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct session *session;
        const char *const assignments[] = {"data.train=1000000", wrong[i]};
        struct config *config;
        double began = clock_seconds();
        ck_assert_int_eq(
            config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), assignments, 2),
            TRAINER_OK);
        ck_assert_int_eq(session_open(&session, config, &(struct session_options){0}),
                         TRAINER_INVALID);
        ck_assert_double_lt(clock_seconds() - began, 0.5);
        ck_assert_ptr_nonnull(strstr(error_text(), "unknown key"));
        config_free(config);
    }
}
END_TEST

START_TEST(what_only_training_needs_is_asked_where_there_is_training)
{
    struct session *session;
    struct config *config;
    ck_assert_int_eq(open_with(&session, &config, SESSION_PLAN, "trainer.max_epochs=unlimited"),
                     TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "max_steps, max_epochs"));
    config_free(config);
    ck_assert_int_eq(open_with(&session, &config, SESSION_PLAN, "optimizer=null"), TRAINER_OK);
    session_close(session);
    config_free(config);
    ck_assert_int_eq(open_with(&session, &config, SESSION_VIEW, "trainer.max_epochs=unlimited"),
                     TRAINER_OK);
    session_close(session);
    config_free(config);
}
END_TEST

START_TEST(passes_of_more_samples_than_there_are_are_told_where_they_are_written)
{
    struct session *session;
    struct config *config;
    ck_assert_int_eq(open_with(&session, &config, SESSION_PLAN, "trainer.accumulate=11"),
                     TRAINER_INVALID);
    ck_assert_msg(
        !strncmp(error_text(), "command line: trainer.accumulate=11: a batch of 110 ", 52), "%s",
        error_text());
    config_free(config);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        passes_of_more_samples_than_there_are_are_told_where_they_are_written,
        facts_count_steps_of_all_passes,
        facts_count_what_an_optimizer_keeps,
        a_wrong_key_is_found_before_the_data_are_opened,
        what_only_training_needs_is_asked_where_there_is_training,
        NULL};
    return suite_main("session", SUITE_IN_PROCESS, 1, tests);
}
