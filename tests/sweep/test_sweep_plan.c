/*
 * test_sweep_plan.c - points become trials: their order, what is drawn, validation, identity.
 */
#include "base/error.h"
#include "base/number.h"
#include "base/random.h"
#include "config/options.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE   "optimizer.learning_rate"
#define UNITS  "model.layers.affine1.units"
#define RANDOM "method: random\nmax_trials: 50\nseed: 9\nparameters:\n"

static void expect_trial(const struct sweep *sweep, size_t trial, size_t point, const char *values)
{
    char text[256] = "";
    for (size_t k = 0; k < sweep_key_count(sweep); k++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", k ? " " : "",
                 sweep_trial(sweep, trial)->value[k]);
    ck_assert_str_eq(text, values);
    ck_assert_uint_eq(sweep_trial(sweep, trial)->point, point);
}

/* --- order --- */

START_TEST(a_grid_is_the_product_with_the_last_axis_fastest)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [1, 2], " UNITS ": [3, 4, 5]}");
    static const char *const trials[] = {"1 3", "1 4", "1 5", "2 3", "2 4", "2 5"};
    ck_assert_uint_eq(sweep_trial_count(sweep), 6);
    ck_assert_uint_eq(sweep_point_count(sweep), 6);
    for (size_t i = 0; i < 6; i++)
        expect_trial(sweep, i, i, trials[i]);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_zip_is_one_axis_and_repeats_follow_each_other)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" UNITS ": [3, 4]}\n"
                                            "zip: [{" RATE ": [1, 2], trainer.max_steps: [5, 6]}]\n"
                                            "repeats: {seed: [7, 8]}\n");
    static const char *const trials[] = {"3 1 5 7", "3 1 5 8", "3 2 6 7", "3 2 6 8",
                                         "4 1 5 7", "4 1 5 8", "4 2 6 7", "4 2 6 8"};
    ck_assert_uint_eq(sweep_trial_count(sweep), 8);
    ck_assert_uint_eq(sweep_point_count(sweep), 4);
    for (size_t i = 0; i < 8; i++) {
        expect_trial(sweep, i, i / 2, trials[i]);
        ck_assert_uint_eq(sweep_trial(sweep, i)->repeat, i % 2);
        ck_assert_uint_eq(sweep_trial(sweep, i)->seed, 7 + i % 2);
    }
    sweep_close(sweep);
}
END_TEST

START_TEST(max_trials_takes_the_first_points_of_a_grid)
{
    struct sweep *sweep = NULL;
    sweep_sample_text("parameters: {" UNITS ": [3, 4, 5]}\nrepeats: {seed: [1, 2]}\n");
    struct sweep_options options = {.max_trials = 2};
    ck_assert_int_eq(sweep_open(&sweep, "sweep.yaml", &options), TRAINER_OK);
    ck_assert_uint_eq(sweep_trial_count(sweep), 4);
    expect_trial(sweep, 3, 1, "4 2");
    sweep_close(sweep);
}
END_TEST

START_TEST(trials_that_are_the_same_run_once)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [1, 1.0, 0.1, 1e-1]}");
    ck_assert_uint_eq(sweep_trial_count(sweep), 2);
    ck_assert_uint_eq(sweep_duplicate_count(sweep), 2);
    expect_trial(sweep, 0, 0, "1");
    expect_trial(sweep, 1, 2, "0.1");
    sweep_close(sweep);
}
END_TEST

START_TEST(a_key_with_one_value_does_not_vary)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [1], " UNITS ": [3, 4]}");
    ck_assert(!sweep_key(sweep, 0)->varies);
    ck_assert(sweep_key(sweep, 1)->varies);
    sweep_close(sweep);
}
END_TEST

START_TEST(too_many_trials_are_refused)
{
    char list[2048] = "0", text[2 * sizeof list + 64];
    for (int i = 1; i < 400; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), ", %d", i);
    snprintf(text, sizeof text, "parameters: {seed: [%s], trainer.max_steps: [%s]}", list, list);
    sweep_sample_refused(text, NULL,
                         "sweep.yaml:1:1: the sweep has more than 100000 trials; `max_trials` "
                         "takes the first of them");
}
END_TEST

/* --- drawing --- */

static double uniform_of(const char *key, size_t point)
{
    struct random_stream stream = random_stream(9, RANDOM_SWEEP, random_hash(key), 0);
    return random_uniform(&stream, point);
}

static double number_of(const struct sweep *sweep, size_t trial, const char *key)
{
    double number;
    ck_assert(number_parse(sweep_sample_value(sweep, trial, key), &number));
    return number;
}

START_TEST(numbers_are_drawn_by_seed_key_and_point_with_six_digits)
{
    struct sweep *sweep =
        sweep_sample_open(RANDOM "  " RATE ": {distribution: log_uniform, min: 0.01, max: 1}\n"
                                 "  model.layers.affine1.init.std: {distribution: uniform, min: 1, "
                                 "max: 3}\n");
    ck_assert_uint_eq(sweep_trial_count(sweep), 50);
    for (size_t i = 0; i < 50; i++) {
        double std = 1 + 2 * uniform_of("model.layers.affine1.init.std", i);
        double rate = pow(10, -2 + 2 * uniform_of(RATE, i));
        char text[32];
        snprintf(text, sizeof text, "%.6g", std);
        ck_assert_str_eq(sweep_sample_value(sweep, i, "model.layers.affine1.init.std"), text);
        ck_assert_double_eq_tol(number_of(sweep, i, RATE), rate, 1e-5 * rate);
    }
    sweep_close(sweep);
}
END_TEST

START_TEST(integers_are_drawn_within_their_bounds_by_steps)
{
    struct sweep *sweep = sweep_sample_open(
        RANDOM "  " UNITS ": {distribution: int_uniform, min: 3, max: 10, step: 3}\n"
               "  trainer.max_steps: {distribution: int_log_uniform, min: 1, "
               "max: 20}\n"
               "  " RATE ": {distribution: uniform, min: 1, max: 2}\n");
    size_t of_units[16] = {0}, small = 0;
    ck_assert_uint_eq(sweep_trial_count(sweep), 50);
    for (size_t i = 0; i < 50; i++) {
        int64_t units, steps;
        ck_assert(number_parse_integer(sweep_sample_value(sweep, i, UNITS), &units));
        ck_assert(number_parse_integer(sweep_sample_value(sweep, i, "trainer.max_steps"), &steps));
        ck_assert(units == 3 || units == 6 || units == 9);
        ck_assert(steps >= 1 && steps <= 20);
        of_units[units]++;
        small += steps <= 4;
    }
    /* Each of three values has a third, 17 +- 3.3; 1 to 4 has log(5) / log(21) = 53 %. */
    ck_assert(of_units[3] > 6 && of_units[6] > 6 && of_units[9] > 6);
    ck_assert(small > 15 && small < 38);
    sweep_close(sweep);
}
END_TEST

START_TEST(normal_numbers_have_their_mean_and_deviation)
{
    struct sweep *sweep = sweep_sample_open(
        "method: random\nmax_trials: 400\nparameters:\n"
        "  trainer.early_stopping.monitor: [batch_loss]\n"
        "  trainer.early_stopping.patience: [3]\n"
        "  trainer.early_stopping.min_delta: {distribution: normal, mean: 50, std: 2}\n");
    double sum = 0, square = 0;
    ck_assert_uint_eq(sweep_trial_count(sweep), 400);
    for (size_t i = 0; i < 400; i++) {
        double x = number_of(sweep, i, "trainer.early_stopping.min_delta") - 50;
        sum += x;
        square += x * x;
    }
    /* Standard errors: 0.1 of the mean, 0.07 of the deviation. */
    ck_assert_double_eq_tol(sum / 400, 0, 0.4);
    ck_assert_double_eq_tol(sqrt(square / 400), 2, 0.3);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_drawn_value_depends_on_no_other_axis_and_not_on_how_many_are_drawn)
{
    struct sweep *few = sweep_sample_open("method: random\nmax_trials: 3\nseed: 9\nparameters:\n"
                                          "  " RATE ": {distribution: uniform, min: 1, max: 2}\n"
                                          "  " UNITS ": [3, 4, 5, 6, 7]\n");
    struct sweep *many =
        sweep_sample_open(RANDOM "  seed: {distribution: int_uniform, min: 1, max: 9}\n"
                                 "  " UNITS ": {values: [3, 4, 5, 6, 7]}\n"
                                 "  " RATE ": {distribution: uniform, min: 1, max: 2}\n");
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(sweep_sample_value(few, i, RATE), sweep_sample_value(many, i, RATE));
        ck_assert_str_eq(sweep_sample_value(few, i, UNITS), sweep_sample_value(many, i, UNITS));
    }
    ck_assert_str_ne(sweep_sample_value(few, 0, RATE), sweep_sample_value(few, 1, RATE));
    sweep_close(few);
    sweep_close(many);
}
END_TEST

START_TEST(another_seed_draws_other_values)
{
    struct sweep *sweep =
        sweep_sample_open("method: random\nmax_trials: 1\nseed: 10\nparameters:\n"
                          "  " RATE ": {distribution: uniform, min: 0, max: 1}\n");
    ck_assert_double_gt(fabs(number_of(sweep, 0, RATE) - uniform_of(RATE, 0)), 1e-3);
    sweep_close(sweep);
}
END_TEST

/* --- configs --- */

static const char *config_value(struct config *config, const char *section, const char *key)
{
    const struct node *node = node_get(node_get(config_root(config), section), key);
    ck_assert_ptr_nonnull(node);
    return node->text;
}

START_TEST(a_trials_config_is_the_base_with_its_values_and_further_arguments)
{
    static const char *const more[] = {"trainer.threads=2", "name=t"};
    struct config *config = NULL;
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [0.5, 2]}");
    ck_assert_int_eq(unlink("base.yaml"), 0); /* what was read counts, whatever becomes of it */
    ck_assert_int_eq(sweep_trial_config(sweep, 1, more, 2, &config), TRAINER_OK);
    ck_assert_str_eq(config_value(config, "optimizer", "learning_rate"), "2");
    ck_assert_str_eq(config_value(config, "optimizer", "type"), "sgd");
    ck_assert_str_eq(config_value(config, "trainer", "threads"), "2");
    ck_assert_str_eq(node_get(config_root(config), "name")->text, "t");
    config_free(config);
    ck_assert_int_eq(sweep_trial_config(sweep, 0, NULL, 0, &config), TRAINER_OK);
    ck_assert_str_eq(config_value(config, "optimizer", "learning_rate"), "0.5");
    ck_assert_str_eq(config_value(config, "trainer", "threads"), "1");
    config_free(config);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_mapping_is_merged_with_the_base)
{
    struct config *config = NULL;
    struct sweep *sweep = sweep_sample_open("parameters: {trainer: [{max_steps: 7}]}");
    ck_assert_int_eq(sweep_trial_config(sweep, 0, NULL, 0, &config), TRAINER_OK);
    ck_assert_str_eq(config_value(config, "trainer", "max_steps"), "7");
    ck_assert_str_eq(config_value(config, "trainer", "batch_size"), "4");
    config_free(config);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_value_is_kept_in_full_however_long_it_is)
{
    enum { ZEROS = 2000 };
    char text[ZEROS + 100], zeros[ZEROS + 1];
    memset(zeros, '0', ZEROS);
    zeros[ZEROS] = '\0';
    snprintf(text, sizeof text,
             "parameters: {model.layers.affine1.init: [{type: normal, std: 1.%s}]}", zeros);
    struct sweep *sweep = sweep_sample_open(text);
    snprintf(text, sizeof text, "{type: normal, std: 1.%s}", zeros);
    ck_assert_str_eq(sweep_sample_value(sweep, 0, "model.layers.affine1.init"), text);
    sweep_close(sweep);
}
END_TEST

/* std 1 of the base is the first trial's alone. */
START_TEST(a_kind_replaces_another_one_and_is_merged_with_its_own)
{
    struct config *config = NULL;
    struct sweep *sweep = sweep_sample_open(
        "parameters: {model.layers.affine1.init: [{type: normal, mean: 0.5}, {type: uniform, min: "
        "-1, max: 1}]}");
    ck_assert_uint_eq(sweep_trial_count(sweep), 2);
    ck_assert_int_eq(sweep_trial_config(sweep, 0, NULL, 0, &config), TRAINER_OK);
    const struct node *init = config_find(config, "model.layers.affine1.init");
    ck_assert_str_eq(node_get(init, "std")->text, "1");
    ck_assert_str_eq(node_get(init, "mean")->text, "0.5");
    config_free(config);
    ck_assert_int_eq(sweep_trial_config(sweep, 1, NULL, 0, &config), TRAINER_OK);
    init = config_find(config, "model.layers.affine1.init");
    ck_assert_str_eq(node_get(init, "type")->text, "uniform");
    ck_assert_ptr_null(node_get(init, "std"));
    config_free(config);
    sweep_close(sweep);
}
END_TEST

START_TEST(an_argument_that_is_wrong_leaves_no_config)
{
    static const char *const wrong[] = {"model.layers.affine9.units=2"};
    struct config *config = NULL;
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [0.5]}");
    ck_assert_int_eq(sweep_trial_config(sweep, 0, wrong, 1, &config), TRAINER_INVALID);
    ck_assert_ptr_null(config);
    sweep_close(sweep);
}
END_TEST

START_TEST(what_a_trial_costs_is_known)
{
    struct sweep *sweep =
        sweep_sample_open("parameters: {" UNITS ": [3], trainer.max_epochs: [9]}");
    const struct sweep_cost *cost = &sweep_trial(sweep, 0)->cost;
    /* (2 + 1) 3 + (3 + 1) 2; nine epochs of one step are fewer than max_steps. */
    ck_assert_uint_eq(cost->parameters, 17);
    ck_assert_uint_eq(cost->steps, 9);
    ck_assert_double_gt(cost->flops, 3 * 4 * 2 * (2 * 3 + 3 * 2) - 1);
    ck_assert_uint_gt(cost->bytes, 17 * sizeof(float));
    sweep_close(sweep);
}
END_TEST

START_TEST(trials_of_one_data_section_share_it)
{
    struct sweep *sweep = sweep_sample_open("parameters: {data.validation: [0, 1], seed: [1, 2]}\n"
                                            "zip: [{trainer.batch_size: [3]}]");
    static const size_t data[] = {0, 0, 1, 1};
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(sweep_trial(sweep, i)->data, data[i]);
    sweep_close(sweep);
}
END_TEST

START_TEST(each_trial_is_planned_with_its_own_data)
{
    struct sweep *sweep =
        sweep_sample_open("parameters: {trainer.max_steps: [1000], trainer.batch_size: [1], "
                          "trainer.max_epochs: [9, 8], data.validation: [0, 1]}");
    static const uint64_t steps[] = {9 * 4, 9 * 3, 8 * 4, 8 * 3};
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(sweep_trial(sweep, i)->cost.steps, steps[i]);
    sweep_close(sweep);
}
END_TEST

/* --- validation --- */

static const struct {
    const char *text, *message;
} invalid[] = {
    {"parameters: {" UNITS ": [3, 0, -1]}\n",
     "sweep.yaml:3:46: 'units' in Affine 'affine1' must be an integer from 1 to 16777216, not 0\n"
     "sweep.yaml:3:49: 'units' in Affine 'affine1' must be an integer from 1 to 16777216, not -1"},
    {"parameters: {model.layers.afine1.units: [3]}\n",
     "sweep.yaml:3:14: there is no 'afine1' in model.layers; did you mean 'affine1'? known: "
     "affine1, sigmoid1, affine2, softmax_with_loss1"},
    {"parameters: {optimizer.learning_rat: [3]}\n",
     "sweep.yaml:3:14: unknown key 'learning_rat' in optimizer; did you mean 'learning_rate'?"},
    {"parameters: {optimizer.learning_rate.x: [3]}\n",
     "sweep.yaml:3:14: 'optimizer.learning_rate' is a value and has no keys"},
    {"method: random\nmax_trials: 40\n"
     "parameters: {" UNITS ": {distribution: int_uniform, min: -1, max: 0}}\n",
     "sweep.yaml:5:42: 'units' in Affine 'affine1' must be an integer from 1 to 16777216, not -1\n"
     "sweep.yaml:5:42: 'units' in Affine 'affine1' must be an integer from 1 to 16777216, not 0"},
    {"config: base.yaml\nmetric: {name: validation_loss, goal: minimize}\nrepeats: {seed: [1]}\n",
     "sweep.yaml:2:16: metric 'validation_loss' is never measured: the data has no validation "
     "samples; known: batch_loss, test_loss, test_accuracy, "
     "test_macro_f1"},
    {"config: base.yaml\nmetric: {name: train_loss, goal: minimize}\nrepeats: {seed: [1]}\n",
     "sweep.yaml:2:16: metric 'train_loss' is never measured: that takes trainer.evaluate.train: "
     "true; known: batch_loss, test_loss, test_accuracy, "
     "test_macro_f1"},
    {"config: base.yaml\nmetric: {name: test_accuracy, goal: maximize}\n"
     "parameters: {trainer.evaluate.every: [never]}\n",
     "sweep.yaml:2:16: metric 'test_accuracy' is never measured: trainer.evaluate.every is never; "
     "known: batch_loss"},
    {"parameters: {trainer.batch_size: [2, 5]}\n",
     "sweep.yaml:3:38: a batch of 5 samples, but there are 4 to choose from; take a smaller "
     "batch_size, or sampling: with_replacement"},
    {"parameters: {trainer.max_steps: [unlimited]}\n",
     "base.yaml:14:10: 'trainer' needs max_steps, max_epochs or max_seconds"},
    {"parameters: {trainer.max_steps: [unlimited, 5], " RATE ": [1, 2]}\n",
     "base.yaml:14:10: 'trainer' needs max_steps, max_epochs or max_seconds (with "
     "trainer.max_steps=unlimited, optimizer.learning_rate=1)"},
};
enum { INVALID = sizeof invalid / sizeof *invalid };

START_TEST(every_trial_is_validated_with_the_place_of_what_is_wrong)
{
    sweep_sample_refused(invalid[_i].text, NULL, invalid[_i].message);
}
END_TEST

START_TEST(what_only_training_needs_is_asked_for_too)
{
    sweep_sample_refused("repeats: {seed: [1, 2]}\n",
                         "model.layers=[{type: Affine, units: 2, input: inputs}]",
                         "the model has no loss layer; training needs one");
}
END_TEST

/* --- identity --- */

/* The id of the first trial with an argument, data and sweep. */
static void id_of(const char *argument, const char *data, const char *text, char id[SWEEP_ID_SIZE])
{
    struct sweep *sweep = NULL;
    struct sweep_options options = {.assignments = &argument, .count = argument ? 1 : 0};
    sweep_sample_text(text);
    int rc = sweep_open(&sweep, "sweep.yaml", &options);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    sweep_identify(sweep, 0, data);
    memcpy(id, sweep_trial(sweep, 0)->id, SWEEP_ID_SIZE);
    ck_assert_uint_eq(strspn(id, "0123456789abcdef"), SWEEP_ID_SIZE - 1);
    sweep_close(sweep);
}

static const char one[] = "parameters: {" RATE ": [0.5]}";

START_TEST(name_output_threads_kernels_and_checkpoints_do_not_tell_trials_apart)
{
    static const char *const same[] = {"name=other",         "output.folder=/tmp/x",
                                       "trainer.threads=2",  "trainer.checkpoint={every: never}",
                                       "optimizer.type=SGD", "trainer.sampling=shuffle"};
    char id[SWEEP_ID_SIZE], other[SWEEP_ID_SIZE];
    id_of(NULL, "data", one, id);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        id_of(same[i], "data", one, other);
        ck_assert_msg(strcmp(id, other) == 0, "%s", same[i]);
    }
    id_of(NULL, "data",
          "on_error: stop\nname: x\nmethod: random\nmax_trials: 1\nzip: [{" RATE
          ": [5e-1], seed: [3]}]",
          other);
    ck_assert_str_eq(id, other);
}
END_TEST

START_TEST(all_else_tells_them_apart)
{
    static const char *const differ[] = {"seed=4",
                                         "trainer.max_steps=41",
                                         "trainer.batch_size=2",
                                         "model.layers.affine1.init.std=2",
                                         "trainer.evaluate.train=true",
                                         "data.test.labels=[1, 1]"};
    char id[SWEEP_ID_SIZE], other[SWEEP_ID_SIZE];
    id_of(NULL, "data", one, id);
    for (size_t i = 0; i < sizeof differ / sizeof *differ; i++) {
        id_of(differ[i], "data", one, other);
        ck_assert_msg(strcmp(id, other) != 0, "%s", differ[i]);
    }
    id_of(NULL, "other data", one, other);
    ck_assert_str_ne(id, other);
    id_of(NULL, "data", "parameters: {" RATE ": [0.25]}", other);
    ck_assert_str_ne(id, other);
}
END_TEST

START_TEST(the_kernels_that_are_used_tell_trials_apart)
{
    char id[SWEEP_ID_SIZE], other[SWEEP_ID_SIZE], named[SWEEP_ID_SIZE];
    setenv("TRAINER_KERNELS", "baseline", 1);
    id_of(NULL, "data", one, id);
    id_of("trainer.kernels=baseline", "data", one, named);
    ck_assert_str_eq(id, named);
    unsetenv("TRAINER_KERNELS");
    struct sweep *sweep = sweep_sample_open(one);
    bool faster = strcmp(sweep_trial(sweep, 0)->kernels, "baseline") != 0;
    sweep_close(sweep);
    id_of(NULL, "data", one, other);
    ck_assert_int_eq(strcmp(id, other) != 0, faster);
}
END_TEST

START_TEST(trials_that_ran_elsewhere_have_the_ids_of_the_kernels_there)
{
    struct sweep *own = sweep_sample_open("parameters: {" RATE ": [1, 2]}"), *looked_at;
    for (int same = 0; same < 2; same++) {
        const char *ran_on = same ? sweep_trial(own, 0)->kernels : "none of this machine";
        ck_assert_int_eq(
            sweep_open(&looked_at, "sweep.yaml", &(struct sweep_options){.ran_on = ran_on}),
            TRAINER_OK);
        sweep_identify(looked_at, 0, "data");
        ck_assert_str_eq(sweep_trial(looked_at, 0)->kernels, ran_on);
        ck_assert_int_eq(strcmp(sweep_trial(looked_at, 0)->id, sweep_trial(own, 0)->id) == 0, same);
        sweep_close(looked_at);
    }
    sweep_close(own);
}
END_TEST

START_TEST(trials_are_found_by_their_id)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" UNITS ": [3, 4, 5], " RATE ": [1, 2]}");
    for (size_t i = 0; i < 6; i++)
        ck_assert_uint_eq(sweep_find(sweep, sweep_trial(sweep, i)->id), i);
    ck_assert_uint_eq(sweep_find(sweep, "0123456789abcdef"), SIZE_MAX);
    ck_assert_uint_eq(sweep_find(sweep, ""), SIZE_MAX);
    sweep_close(sweep);
}
END_TEST

START_TEST(the_sweeps_in_configs_are_right)
{
    static const struct {
        const char *name;
        size_t trials, points;
    } sweeps[] = {{"rate_width_weights", 48, 24}, {"asha", 40, 40}, {"schedule", 40, 8}};
    for (size_t i = 0; i < sizeof sweeps / sizeof *sweeps; i++) {
        struct sweep *sweep = NULL;
        char path[1024];
        snprintf(path, sizeof path, TRAINER_SOURCE_DIR "/configs/sweeps/%s.yaml", sweeps[i].name);
        int rc = sweep_open(&sweep, path, &(struct sweep_options){.count = 0});
        ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
        ck_assert_str_eq(sweep_settings(sweep)->name, sweeps[i].name);
        ck_assert_uint_eq(sweep_trial_count(sweep), sweeps[i].trials);
        ck_assert_uint_eq(sweep_point_count(sweep), sweeps[i].points);
        sweep_close(sweep);
    }
}
END_TEST

START_TEST(nan_is_worse_than_any_number)
{
    double nan = (double)NAN;
    ck_assert(sweep_better(SWEEP_MAXIMIZE, 2, 1) && !sweep_better(SWEEP_MAXIMIZE, 1, 2));
    ck_assert(sweep_better(SWEEP_MINIMIZE, 1, 2) && !sweep_better(SWEEP_MINIMIZE, 2, 1));
    for (enum sweep_goal goal = SWEEP_MAXIMIZE; goal <= SWEEP_MINIMIZE; goal++) {
        ck_assert(!sweep_better(goal, 1, 1));
        ck_assert(sweep_better(goal, 1, nan));
        ck_assert(!sweep_better(goal, nan, 1));
        ck_assert(!sweep_better(goal, nan, nan));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_grid_is_the_product_with_the_last_axis_fastest,
        a_zip_is_one_axis_and_repeats_follow_each_other,
        max_trials_takes_the_first_points_of_a_grid,
        trials_that_are_the_same_run_once,
        a_key_with_one_value_does_not_vary,
        too_many_trials_are_refused,
        numbers_are_drawn_by_seed_key_and_point_with_six_digits,
        integers_are_drawn_within_their_bounds_by_steps,
        normal_numbers_have_their_mean_and_deviation,
        a_drawn_value_depends_on_no_other_axis_and_not_on_how_many_are_drawn,
        another_seed_draws_other_values,
        a_trials_config_is_the_base_with_its_values_and_further_arguments,
        a_mapping_is_merged_with_the_base,
        a_kind_replaces_another_one_and_is_merged_with_its_own,
        an_argument_that_is_wrong_leaves_no_config,
        a_value_is_kept_in_full_however_long_it_is,
        what_a_trial_costs_is_known,
        trials_of_one_data_section_share_it,
        each_trial_is_planned_with_its_own_data,
        what_only_training_needs_is_asked_for_too,
        name_output_threads_kernels_and_checkpoints_do_not_tell_trials_apart,
        all_else_tells_them_apart,
        the_kernels_that_are_used_tell_trials_apart,
        trials_that_ran_elsewhere_have_the_ids_of_the_kernels_there,
        trials_are_found_by_their_id,
        the_sweeps_in_configs_are_right,
        nan_is_worse_than_any_number,
    };
    Suite *suite = suite_create("sweep_plan");
    TCase *tcase = tcase_create("sweep_plan");
    tcase_add_checked_fixture(tcase, sweep_sample_start, folder_leave);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(tcase, tests[i]);
    tcase_add_loop_test(tcase, every_trial_is_validated_with_the_place_of_what_is_wrong, 0,
                        INVALID);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
