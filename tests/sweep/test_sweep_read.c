/*
 * test_sweep_read.c - the sweep's YAML: settings, axes, and every mistake with its place.
 */
#include "base/error.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"

#include <check.h>
#include <stdlib.h>

START_TEST(settings_not_given_have_their_defaults)
{
    struct sweep *sweep = sweep_sample_open("parameters: {optimizer.learning_rate: [1, 2]}\n");
    const struct sweep_settings *settings = sweep_settings(sweep);
    ck_assert_str_eq(settings->name, "sweep");
    ck_assert_str_eq(settings->config, "base.yaml");
    ck_assert_ptr_null(settings->folder);
    ck_assert_int_eq(settings->method, SWEEP_GRID);
    ck_assert_int_eq(settings->max_trials, 0);
    ck_assert_int_eq(settings->seed, 0);
    ck_assert_int_eq(settings->early_stopping.type, SWEEP_STOPPING_NONE);
    ck_assert_int_eq(settings->parallel.trials, 0);
    ck_assert_int_eq(settings->parallel.threads_per_trial, 0);
    ck_assert_int_eq(settings->on_error, SWEEP_CONTINUE);
    sweep_close(sweep);
}
END_TEST

START_TEST(settings_are_as_written)
{
    struct sweep *sweep = sweep_sample_open(
        "config: base.yaml\n"
        "name: mine\n"
        "method: random\n"
        "max_trials: 3\n"
        "seed: 7\n"
        "metric: {name: test_loss, goal: minimize}\n"
        "parameters: {optimizer.learning_rate: {distribution: uniform, min: 0, max: 1}}\n"
        "early_stopping: {type: asha, min_epochs: 0.5, eta: 4}\n"
        "parallel: {trials: 2, threads_per_trial: 3}\n"
        "on_error: stop\n"
        "output: {folder: /tmp/results}\n");
    const struct sweep_settings *settings = sweep_settings(sweep);
    ck_assert_str_eq(settings->name, "mine");
    ck_assert_str_eq(settings->folder, "/tmp/results");
    ck_assert_int_eq(settings->method, SWEEP_RANDOM);
    ck_assert_int_eq(settings->max_trials, 3);
    ck_assert_int_eq(settings->seed, 7);
    ck_assert_str_eq(settings->metric.name, "test_loss");
    ck_assert_int_eq(settings->metric.goal, SWEEP_MINIMIZE);
    ck_assert_int_eq(settings->early_stopping.type, SWEEP_STOPPING_ASHA);
    ck_assert_double_eq(settings->early_stopping.min_epochs, 0.5);
    ck_assert_int_eq(settings->early_stopping.eta, 4);
    ck_assert_int_eq(settings->parallel.trials, 2);
    ck_assert_int_eq(settings->parallel.threads_per_trial, 3);
    ck_assert_int_eq(settings->on_error, SWEEP_STOP);
    ck_assert_uint_eq(sweep_trial_count(sweep), 3);
    sweep_close(sweep);
}
END_TEST

START_TEST(the_base_config_stands_beside_the_sweep)
{
    struct sweep *sweep = NULL;
    ck_assert_int_eq(system("mkdir sub && mv base.yaml sub/"), 0);
    folder_write("sub/s.yaml", "config: base.yaml\n"
                               "metric: {name: test_loss, goal: minimize}\n"
                               "repeats: {seed: [1]}\n");
    int rc = sweep_open(&sweep, "sub/s.yaml", &(struct sweep_options){.count = 0});
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    ck_assert_str_eq(sweep_settings(sweep)->config, "sub/base.yaml");
    ck_assert_str_eq(sweep_settings(sweep)->name, "s");
    sweep_close(sweep);
}
END_TEST

START_TEST(types_of_columns_are_those_of_their_values)
{
    struct sweep *sweep =
        sweep_sample_open("parameters:\n"
                          "  model.layers.affine1.units: [3, 4]\n"
                          "  optimizer.learning_rate: [1, 0.5]\n"
                          "  trainer.evaluate.train: [true, false]\n"
                          "  trainer.max_epochs: [unlimited, 3]\n"
                          "  model.layers.affine1.init: [{type: normal, std: 0.5}, {std: 2}]\n");
    static const enum sweep_type types[] = {SWEEP_INTEGER, SWEEP_NUMBER, SWEEP_BOOLEAN, SWEEP_TEXT,
                                            SWEEP_TEXT};
    ck_assert_uint_eq(sweep_key_count(sweep), 5);
    for (size_t k = 0; k < 5; k++)
        ck_assert_int_eq(sweep_key(sweep, k)->type, types[k]);
    ck_assert_str_eq(sweep_sample_value(sweep, 0, "model.layers.affine1.init"),
                     "{type: normal, std: 0.5}");
    sweep_close(sweep);
}
END_TEST

/* What is wrong, and all of the message. */
static const struct {
    const char *text, *argument, *message;
} refused[] = {
    {"config: base.yaml\nrepeats: {seed: [1]}\n", NULL,
     "sweep.yaml:1:1: missing key 'metric' in the sweep (mapping of name, goal)"},
    {"method: grit\nrepeats: {seed: [1]}\n", NULL,
     "sweep.yaml:3:9: 'method' in the sweep must be one of grid, random, not 'grit'; did you mean "
     "'grid'?"},
    {"metod: grid\nrepeats: {seed: [1]}\n", NULL,
     "sweep.yaml:3:1: unknown key 'metod' in the sweep; did you mean 'method'?"},
    {"config: base.yaml\nmetric: {name: test_acuracy, goal: maximize}\nrepeats: {seed: [1]}\n",
     NULL, "sweep.yaml:2:16: unknown metric 'test_acuracy'; did you mean 'test_accuracy'?"},
    {"config: base.yaml\nmetric: {name: test_loss}\nrepeats: {seed: [1]}\n", NULL,
     "sweep.yaml:2:9: missing key 'goal' in the sweep.metric (one of maximize, minimize)"},
    {"name: ../up\nrepeats: {seed: [1]}\n", NULL,
     "sweep.yaml:3:7: 'name' must be letters, digits, '_', '-' and '.', and start with none of "
     "'.', not '../up'"},
    {"on_error: stop\n", NULL,
     "sweep.yaml:1:1: the sweep varies nothing: give it parameters, zip or repeats"},
    {"method: random\nparameters: {seed: [1]}\n", NULL,
     "sweep.yaml:1:1: missing key 'max_trials' in the sweep (integer from 1 to 100000)"},
    {"parameters: [1]\n", NULL,
     "sweep.yaml:3:13: 'parameters' must be a mapping of keys to their values"},
    {"parameters: {seed: 5}\n", NULL,
     "sweep.yaml:3:20: 'seed' must be a list of values, {values: [...]} or {distribution: ...}"},
    {"parameters: {seed: {values: 5}}\n", NULL, "sweep.yaml:3:29: 'values' of seed must be a list"},
    {"parameters: {seed: {values: []}}\n", NULL, "sweep.yaml:3:29: seed has no values"},
    {"parameters: {seed: {min: 5}}\n", NULL,
     "sweep.yaml:3:20: seed needs `values` or a `distribution`"},
    {"parameters: {seed: {values: [5], step: 2}}\n", NULL,
     "sweep.yaml:3:34: unknown key 'step' in seed; known: values, distribution"},
    {"parameters: {seed: {distribution: int_uniform, min: 1, max: 5}}\n", NULL,
     "sweep.yaml:3:35: seed has a distribution, but a grid needs `values`; or say `method: "
     "random`"},
    {"method: random\nmax_trials: 2\n"
     "parameters: {seed: {distribution: int_unifrom, min: 1, max: 5}}\n",
     NULL,
     "sweep.yaml:5:35: 'distribution' in seed must be one of choice, uniform, log_uniform, "
     "int_uniform, int_log_uniform, normal, not 'int_unifrom'; did you mean 'int_uniform'?"},
    {"method: random\nmax_trials: 2\n"
     "parameters: {seed: {distribution: int_uniform, min: 1.5, max: 5}}\n",
     NULL, "sweep.yaml:5:53: 'min' in seed must be an integer from -9e+15 to 9e+15, not 1.5"},
    {"method: random\nmax_trials: 2\n"
     "parameters: {optimizer.learning_rate: {distribution: log_uniform, min: 0, max: 5}}\n",
     NULL, "sweep.yaml:5:72: 'min' in optimizer.learning_rate must be a number > 0, not 0"},
    {"method: random\nmax_trials: 2\n"
     "parameters: {optimizer.learning_rate: {distribution: uniform, min: 2, max: 1}}\n",
     NULL, "sweep.yaml:5:76: 'max' of optimizer.learning_rate is below its 'min', 2"},
    {"method: random\nmax_trials: 2\n"
     "parameters: {optimizer.learning_rate: {distribution: uniform, min: 2}}\n",
     NULL, "sweep.yaml:5:39: missing key 'max' in optimizer.learning_rate (number)"},
    {"parameters: {output.folder: [a]}\n", NULL,
     "sweep.yaml:3:14: 'output.folder' can't be varied: it does not tell trials apart"},
    {"parameters: {trainer.threads: [1, 2]}\n", NULL,
     "sweep.yaml:3:14: 'trainer.threads' can't be varied: it does not tell trials apart"},
    {"parameters: {seed: [1, 2]}\nrepeats: {seed: [3]}\n", NULL,
     "sweep.yaml:4:11: 'seed' stands in sweep.yaml:3:14 too"},
    {"parameters: {seed: [1, 2]}\nzip: [{seed: [1, 2]}]\n", NULL,
     "sweep.yaml:4:8: 'seed' stands in sweep.yaml:3:14 too"},
    {"parameters: {trainer.batch_size: [1, 2], trainer: [{batch_size: 3}]}\n", NULL,
     "sweep.yaml:3:14: 'trainer.batch_size' lies in 'trainer', which is varied too "
     "(sweep.yaml:3:42)"},
    {"parameters: {model.layers.affine1: [{units: 3}]}\n"
     "zip: [{model.layers.affine1.units: [4]}]\n",
     NULL,
     "sweep.yaml:4:8: 'model.layers.affine1.units' lies in 'model.layers.affine1', which is "
     "varied too (sweep.yaml:3:14)"},
    {"parameters: {trainer: [{max_steps: 3}, {threads: 2}]}\n", NULL,
     "sweep.yaml:3:41: 'trainer.threads' can't be varied: it does not tell trials apart"},
    {"parameters: {trainer: [{checkpoint: {every: never}}]}\n", NULL,
     "sweep.yaml:3:25: 'trainer.checkpoint' can't be varied: it does not tell trials apart"},
    {"zip: {trainer.max_steps: [5, 6], optimizer.learning_rate: [1, 2, 3]}\n", NULL,
     "sweep.yaml:3:59: optimizer.learning_rate has 3 values, but trainer.max_steps before it has "
     "2; keys of one zip vary together"},
    {"zip: [{trainer.max_steps: [5, 6], optimizer.learning_rate: 1}]\n", NULL,
     "sweep.yaml:3:60: 'optimizer.learning_rate' in zip must be a list of values"},
    {"zip: [5]\n", NULL, "sweep.yaml:3:7: an item of 'zip' must be a mapping of keys to lists"},
    {"zip: 5\n", NULL, "sweep.yaml:3:6: 'zip' must be a list of mappings"},
    {"repeats: {seed: [1.5]}\n", NULL,
     "sweep.yaml:3:17: 'seed' in repeats must be a list of integers"},
    {"repeats: {seeds: [1]}\n", NULL,
     "sweep.yaml:3:11: unknown key 'seeds' in repeats; did you mean 'seed'?"},
    {"repeats: 3\n", NULL, "sweep.yaml:3:10: repeats must be a mapping of seed, not 3"},
    {"repeats: {}\n", NULL, "sweep.yaml:3:10: missing key 'seed' in repeats (the runs' seeds)"},
    {"early_stopping: {type: asha, eta: 1}\nrepeats: {seed: [1]}\n", NULL,
     "sweep.yaml:3:35: 'eta' in the sweep.early_stopping must be an integer from 2 to 1000, not "
     "1"},
    {"parameters: {optimizer.learning_rate: [1, 2]}\n", "optimizer.learning_rate=3",
     "command line: optimizer.learning_rate=3: the sweep varies this key (sweep.yaml:3:14)"},
    {"parameters: {trainer.batch_size: [1, 2]}\n", "trainer={batch_size: 3}",
     "command line: trainer={batch_size: 3}: the sweep varies 'trainer.batch_size' "
     "(sweep.yaml:3:14)"},
    {"parameters: {optimizer: [{learning_rate: 3}]}\n", "optimizer.learning_rate=3",
     "command line: optimizer.learning_rate=3: the sweep varies 'optimizer', in which this key "
     "lies (sweep.yaml:3:14)"},
    {"config: other.yaml\nmetric: {name: test_loss, goal: minimize}\nrepeats: {seed: [1]}\n", NULL,
     "other.yaml: No such file or directory"},
};
enum { REFUSED = sizeof refused / sizeof *refused };

START_TEST(a_mistake_is_told_with_its_place)
{
    sweep_sample_refused(refused[_i].text, refused[_i].argument, refused[_i].message);
}
END_TEST

/* The argument is for another key of the section: nothing is lost. */
START_TEST(a_section_may_be_given_beside_a_key_of_it)
{
    struct sweep *sweep = NULL;
    static const char *const argument[] = {"trainer={max_steps: 9}"};
    struct sweep_options options = {.assignments = argument, .count = 1};
    sweep_sample_text("parameters: {trainer.batch_size: [1, 2]}\n");
    ck_assert_int_eq(sweep_open(&sweep, "sweep.yaml", &options), TRAINER_OK);
    ck_assert_uint_eq(sweep_trial(sweep, 0)->cost.steps, 9);
    sweep_close(sweep);
}
END_TEST

/* A file's name, the sweep's, and what that was when it ended at the first dot. */
static const struct {
    const char *file, *name, *former;
} names[] = {
    {"exp.yaml", "exp", NULL},        {"exp1.1.yaml", "exp1.1", "exp1"},
    {"lr0.01.yaml", "lr0.01", "lr0"}, {"my sweep.yaml", "my_sweep", "sweep"},
    {"noending", "noending", NULL},   {".hidden.yaml", "_hidden", "sweep"},
};
enum { NAMES = sizeof names / sizeof *names };

START_TEST(only_the_last_ending_of_a_files_name_goes)
{
    struct sweep *sweep = NULL;
    folder_write(names[_i].file, "config: base.yaml\n"
                                 "metric: {name: test_loss, goal: minimize}\n"
                                 "repeats: {seed: [1]}\n");
    int rc = sweep_open(&sweep, names[_i].file, &(struct sweep_options){.count = 0});
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    ck_assert_str_eq(sweep_settings(sweep)->name, names[_i].name);
    ck_assert_pstr_eq(sweep_settings(sweep)->former_name, names[_i].former);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_distribution_is_no_second_mistake)
{
    sweep_sample_refused("method: random\nmax_trials: 2\non_error: go\n"
                         "parameters: {seed: {distribution: int_uniform, min: 1, max: 5}}\n",
                         NULL,
                         "sweep.yaml:5:11: 'on_error' in the sweep must be one of continue, stop, "
                         "not 'go'");
}
END_TEST

START_TEST(all_mistakes_are_told_at_once)
{
    sweep_sample_refused("on_error: go\nparameters: {seed: 5, name: [a]}\nzip: 5\n", NULL,
                         "sweep.yaml:3:11: 'on_error' in the sweep must be one of continue, stop, "
                         "not 'go'\n"
                         "sweep.yaml:4:20: 'seed' must be a list of values, {values: [...]} or "
                         "{distribution: ...}\n"
                         "sweep.yaml:4:23: 'name' can't be varied: it does not tell trials apart\n"
                         "sweep.yaml:5:6: 'zip' must be a list of mappings");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_read");
    TCase *tcase = tcase_create("sweep_read");
    tcase_add_checked_fixture(tcase, sweep_sample_start, folder_leave);
    tcase_add_test(tcase, settings_not_given_have_their_defaults);
    tcase_add_test(tcase, settings_are_as_written);
    tcase_add_test(tcase, the_base_config_stands_beside_the_sweep);
    tcase_add_test(tcase, types_of_columns_are_those_of_their_values);
    tcase_add_test(tcase, a_section_may_be_given_beside_a_key_of_it);
    tcase_add_loop_test(tcase, only_the_last_ending_of_a_files_name_goes, 0, NAMES);
    tcase_add_test(tcase, a_distribution_is_no_second_mistake);
    tcase_add_test(tcase, all_mistakes_are_told_at_once);
    tcase_add_loop_test(tcase, a_mistake_is_told_with_its_place, 0, REFUSED);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
