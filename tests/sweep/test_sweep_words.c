/*
 * test_sweep_words.c - sweeps of a config and words of the command line.
 */
#include "base/error.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"

#include <check.h>
#include <string.h>

enum { WORDS_MAX = 4 };

/* Opens base.yaml with the words up to NULL. */
static int open_words(struct sweep **sweep, const char *const *word, const char *metric,
                      const char *goal)
{
    struct sweep_options options = {.assignments = word, .metric = metric, .goal = goal};
    while (options.count < WORDS_MAX && word[options.count])
        options.count++;
    return sweep_open(sweep, "base.yaml", &options);
}

static struct sweep *opened(const char *const *word, const char *metric, const char *goal)
{
    struct sweep *sweep = NULL;
    int rc = open_words(&sweep, word, metric, goal);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    return sweep;
}

START_TEST(keys_with_several_values_are_varied_and_others_change_the_base)
{
    static const char *const words[WORDS_MAX] = {
        "optimizer.learning_rate=0.5,2", "trainer.max_steps=7", "model.layers.affine1.units=3,4"};
    static const char *const values[] = {"0.5 3", "0.5 4", "2 3", "2 4"};
    struct sweep *sweep = opened(words, "test_accuracy", NULL);
    ck_assert_uint_eq(sweep_trial_count(sweep), 4);
    for (size_t i = 0; i < 4; i++) {
        const char *const *value = sweep_trial(sweep, i)->value;
        ck_assert_uint_eq(strlen(value[0]) + 1 + strlen(value[1]), strlen(values[i]));
        ck_assert(strncmp(values[i], value[0], strlen(value[0])) == 0);
        ck_assert(strstr(values[i], value[1]) != NULL);
        ck_assert_uint_eq(sweep_trial(sweep, i)->cost.steps, 7);
    }
    ck_assert_str_eq(sweep_settings(sweep)->name, "base-learning_rate-units");
    ck_assert_str_eq(sweep_settings(sweep)->config, "base.yaml");
    ck_assert_ptr_null(sweep_settings(sweep)->former_name);
    sweep_close(sweep);
}
END_TEST

START_TEST(several_seeds_are_repeats_and_change_no_name)
{
    static const char *const words[WORDS_MAX] = {"optimizer.learning_rate=1,2", "seed=5,6"};
    static const char *const seeds[WORDS_MAX] = {"seed=5,6"};
    struct sweep *sweep = opened(words, "test_loss", NULL);
    ck_assert_uint_eq(sweep_trial_count(sweep), 4);
    ck_assert_uint_eq(sweep_point_count(sweep), 2);
    ck_assert_uint_eq(sweep_trial(sweep, 1)->repeat, 1);
    ck_assert_uint_eq(sweep_trial(sweep, 1)->seed, 6);
    ck_assert_str_eq(sweep_settings(sweep)->name, "base-learning_rate");
    sweep_close(sweep);
    sweep = opened(seeds, "test_loss", NULL);
    ck_assert_str_eq(sweep_settings(sweep)->name, "base-seed");
    sweep_close(sweep);
}
END_TEST

START_TEST(names_hold_as_much_of_the_keys_as_tells_them_apart)
{
    static const char *const words[WORDS_MAX] = {"model.layers.affine1.units=3,4",
                                                 "model.layers.affine1.init.std=1,2",
                                                 "model.layers.affine2.init.std=1,2"};
    static const char *const named[WORDS_MAX] = {"optimizer.learning_rate=1,2", "name=mine"};
    struct sweep *sweep = opened(words, "test_loss", NULL);
    ck_assert_str_eq(sweep_settings(sweep)->name, "base-units-affine1.init.std-affine2.init.std");
    sweep_close(sweep);
    sweep = opened(named, "test_loss", NULL);
    ck_assert_str_eq(sweep_settings(sweep)->name, "mine");
    sweep_close(sweep);
}
END_TEST

START_TEST(the_goal_is_that_of_the_metric_unless_it_is_given)
{
    static const char *const words[WORDS_MAX] = {"optimizer.learning_rate=1,2"};
    static const struct {
        const char *metric, *given;
        enum sweep_goal goal;
    } goals[] = {{"test_loss", NULL, SWEEP_MINIMIZE},
                 {"test_accuracy", NULL, SWEEP_MAXIMIZE},
                 {"batch_loss", NULL, SWEEP_MINIMIZE},
                 {"test_loss", "maximize", SWEEP_MAXIMIZE}};
    for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
        struct sweep *sweep = opened(words, goals[i].metric, goals[i].given);
        ck_assert_int_eq(sweep_settings(sweep)->metric.goal, goals[i].goal);
        sweep_close(sweep);
    }
}
END_TEST

START_TEST(a_comma_within_brackets_ends_no_value)
{
    static const char *const words[WORDS_MAX] = {
        "model.layers.affine1.init={type: normal, std: 1},{type: normal, std: 2}",
        "data.labels=[0, 1, 1, 0]"};
    struct sweep *sweep = opened(words, "test_loss", NULL);
    ck_assert_uint_eq(sweep_trial_count(sweep), 2);
    ck_assert_str_eq(sweep_trial(sweep, 1)->value[0], "{type: normal, std: 2}");
    sweep_close(sweep);
}
END_TEST

START_TEST(the_sweeps_text_is_that_of_a_file)
{
    static const char *const words[WORDS_MAX] = {"optimizer.learning_rate=0.5,2", "seed=1,2"};
    struct sweep *sweep = opened(words, "test_loss", NULL);
    folder_write("again.yaml", sweep_source(sweep));
    struct sweep *again = NULL;
    int rc = sweep_open(&again, "again.yaml", &(struct sweep_options){.count = 0});
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    ck_assert_uint_eq(sweep_trial_count(again), 4);
    ck_assert_str_eq(sweep_settings(again)->name, sweep_settings(sweep)->name);
    sweep_close(sweep);
    sweep_close(again);
}
END_TEST

static const struct {
    const char *word[WORDS_MAX], *metric, *message;
} refused[] = {
    {{"optimizer.learning_rate=1,2"},
     NULL,
     "base.yaml is a config, not a sweep; to vary its keys: trainer sweep base.yaml "
     "optimizer.learning_rate=0.01,0.1 --metric test_accuracy"},
    {{"optimizer.learning_rate=1"},
     "test_loss",
     "base.yaml is a config, and no key=value has several values; such as "
     "optimizer.learning_rate=0.01,0.1"},
    {{"optimizer.learning_rate=1,2"},
     "tets_loss",
     "command line: --metric tets_loss: unknown metric 'tets_loss'; did you mean 'test_loss'?"},
    {{"optimizer.learning_rate=1,2"},
     "train_loss",
     "command line: --metric train_loss: metric 'train_loss' is never measured: that takes "
     "trainer.evaluate.train: true; known: batch_loss, test_loss, test_accuracy, "
     "test_macro_f1"},
    {{"optimizer.learning_rat=1,2"},
     "test_loss",
     "command line: optimizer.learning_rat=1,2: unknown key 'learning_rat' in optimizer; did you "
     "mean 'learning_rate'?"},
    {{"optimizer.learning_rate=1,2", "optimizer={learning_rate: 3}"},
     "test_loss",
     "command line: optimizer={learning_rate: 3}: the sweep varies 'optimizer.learning_rate' "
     "(optimizer.learning_rate=1,2)"},
    {{"trainer.max_steps=1,2", "trainer.max_steps=3"},
     "test_loss",
     "command line: trainer.max_steps=3: the sweep varies this key (trainer.max_steps=1,2)"},
    {{"trainer.threads=1,2"},
     "test_loss",
     "command line: trainer.threads=1,2: 'trainer.threads' can't be varied: it does not tell "
     "trials apart"},
};
enum { REFUSED = sizeof refused / sizeof *refused };

START_TEST(a_mistake_is_told_with_its_word)
{
    struct sweep *sweep = NULL;
    int rc = open_words(&sweep, refused[_i].word, refused[_i].metric, NULL);
    ck_assert_str_eq(error_text(), refused[_i].message);
    ck_assert_int_eq(rc, TRAINER_INVALID);
    ck_assert_ptr_null(sweep);
}
END_TEST

START_TEST(a_file_that_is_a_sweep_names_its_own_metric)
{
    struct sweep *sweep = NULL;
    sweep_sample_text("repeats: {seed: [1, 2]}\n");
    struct sweep_options options = {.metric = "test_loss"};
    ck_assert_int_eq(sweep_open(&sweep, "sweep.yaml", &options), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "sweep.yaml:1:1: the sweep's file says what its metric is; "
                                   "--metric and --goal go with a config");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_words");
    TCase *tcase = tcase_create("sweep_words");
    tcase_add_checked_fixture(tcase, sweep_sample_start, folder_leave);
    tcase_add_test(tcase, keys_with_several_values_are_varied_and_others_change_the_base);
    tcase_add_test(tcase, several_seeds_are_repeats_and_change_no_name);
    tcase_add_test(tcase, names_hold_as_much_of_the_keys_as_tells_them_apart);
    tcase_add_test(tcase, the_goal_is_that_of_the_metric_unless_it_is_given);
    tcase_add_test(tcase, a_comma_within_brackets_ends_no_value);
    tcase_add_test(tcase, the_sweeps_text_is_that_of_a_file);
    tcase_add_loop_test(tcase, a_mistake_is_told_with_its_word, 0, REFUSED);
    tcase_add_test(tcase, a_file_that_is_a_sweep_names_its_own_metric);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
