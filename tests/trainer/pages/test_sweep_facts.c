/*
 * test_sweep_facts.c - what the page of a sweep says, worked out by hand from tables of a few rows.
 */
#include "base/error.h"
#include "evaluate/columns.h"
#include "pages/sweep_facts.h"
#include "support/folder.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS_MOST = 64, KEYS = 4, LENGTH = 2, COLUMNS_MOST = 64 };

/* A table whose trials were evaluated twice; the first accuracy is half of the last. */
struct sample {
    struct sweep_table table;
    struct sweep_key key[KEYS];
    struct sweep_table_row row[ROWS_MOST];
    const char *value[ROWS_MOST][KEYS];
    char id[ROWS_MOST][SWEEP_ID_SIZE], text[ROWS_MOST][KEYS][16];
    double curve[ROWS_MOST][LENGTH][COLUMNS_MOST];
    struct sweep_facts facts;
};

static const char source[] =
    "metric: {name: test_accuracy, goal: maximize}\n"
    "parameters:\n"
    "  model.layers.a.units: {distribution: log_uniform, min: 1, max: 2}\n"
    "  model.layers.a.init: {values: [xavier, he, {type: normal, std: 1}]}\n"
    "  optimizer.learning_rate: [0.01, 0.1, 1]\n"
    "repeats: {seed: [1, 2]}\n";

static struct sample *make(size_t rows)
{
    static const char *const names[KEYS] = {"model.layers.a.units", "model.layers.a.init",
                                            "optimizer.learning_rate", "seed"};
    static const enum sweep_type types[KEYS] = {SWEEP_NUMBER, SWEEP_TEXT, SWEEP_NUMBER,
                                                SWEEP_INTEGER};
    struct sample *sample = calloc(1, sizeof *sample);
    struct series steps;
    struct sweep_table *table = &sample->table;
    ck_assert_int_eq(columns_list(&table->arena, &steps, &table->metrics, NULL), TRAINER_OK);
    *table = (struct sweep_table){.arena = table->arena,
                                  .metrics = table->metrics,
                                  .key = sample->key,
                                  .row = sample->row,
                                  .keys = KEYS,
                                  .rows = rows,
                                  .length = LENGTH,
                                  .metric = "test_accuracy",
                                  .goal = "maximize",
                                  .source = source};
    for (size_t k = 0; k < KEYS; k++)
        sample->key[k] = (struct sweep_key){.name = names[k], .type = types[k], .varies = true};
    for (size_t i = 0; i < rows; i++) {
        snprintf(sample->id[i], SWEEP_ID_SIZE, "%016zx", i + 1);
        for (size_t k = 0; k < KEYS; k++)
            sample->value[i][k] = sample->text[i][k];
        sample->row[i] = (struct sweep_table_row){.id = sample->id[i],
                                                  .status = SWEEP_TRIAL_COMPLETED,
                                                  .error = "",
                                                  .point = (int64_t)i,
                                                  .seconds = 2,
                                                  .value = sample->value[i],
                                                  .measured = LENGTH,
                                                  .curve = sample->curve[i][0]};
    }
    return sample;
}

/* The last accuracy of a trial and its values; -1: not set. */
static void set(struct sample *sample, size_t row, double accuracy, double units, const char *init,
                double rate)
{
    size_t columns = (size_t)sample->table.metrics.columns;
    int column = columns_find("test_accuracy");
    double *curve = sample->row[row].curve;
    for (size_t c = 0; c < LENGTH * columns; c++)
        curve[c] = (double)NAN;
    for (size_t r = 0; r < LENGTH; r++) {
        curve[r * columns] = (double)r;
        curve[r * columns + (size_t)column] = r == 0 ? accuracy / 2 : accuracy;
    }
    snprintf(sample->text[row][0], 16, "%g", units);
    snprintf(sample->text[row][1], 16, "%s", init);
    snprintf(sample->text[row][2], 16, "%g", rate);
    if (units < 0)
        sample->value[row][0] = NULL;
}

static void open_facts(struct sample *sample, const char *const *log, size_t logs)
{
    int rc = sweep_facts_open(&sample->facts, &sample->table, log, logs);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
}

static void drop(struct sample *sample)
{
    sweep_facts_free(&sample->facts);
    arena_free(&sample->table.arena);
    free(sample);
}

/*
 * Accuracies are 0 and 1 by turns of three rows, 24 in all: their sum of squares is 6.
 *
 *     units     0..23: eight groups of three, each of one accuracy: SSB 6, SSW 0: share 1
 *     init      he in the upper half, xavier in the lower: both have the mean 1/2: SSB 0: share 0
 *     rate      1 where the accuracy is 1 and in the first three rows: 15 rows of mean 0.8, 9 of 0:
 *               SSB 15 * 0.09 + 9 * 0.25 = 3.6, SSW 2.4: (3.6 - 2.4 / 22) / 6
 */
START_TEST(shares_are_those_worked_out_by_hand)
{
    struct sample *sample = make(24);
    for (size_t i = 0; i < 24; i++) {
        double accuracy = (double)(i / 3 % 2);
        set(sample, i, accuracy, (double)i, i < 12 ? "he" : "xavier",
            accuracy > 0 || i < 3 ? 1 : 0.1);
    }
    open_facts(sample, NULL, 0);
    const struct sweep_parameter *parameter = sample->facts.parameter;
    ck_assert_uint_eq(sample->facts.parameters, 3);
    ck_assert_double_eq_tol(parameter[0].share, 1, 1e-12);
    ck_assert_double_eq_tol(parameter[1].share, 0, 1e-12);
    ck_assert_double_eq_tol(parameter[2].share, (3.6 - 2.4 / 22) / 6, 1e-12);
    drop(sample);
}
END_TEST

START_TEST(of_fewer_than_twenty_trials_no_share_is_told)
{
    for (size_t rows = 19; rows <= 20; rows++) {
        struct sample *sample = make(rows);
        for (size_t i = 0; i < rows; i++)
            set(sample, i, (double)i, (double)(i % 2), "he", 1);
        open_facts(sample, NULL, 0);
        ck_assert(isnan(sample->facts.parameter[0].share) == (rows < 20));
        drop(sample);
    }
}
END_TEST

START_TEST(keys_are_told_by_what_the_yaml_says_of_them)
{
    struct sample *sample = make(3);
    set(sample, 0, 0.5, 1.5, "he", 0.01);
    set(sample, 1, 0.5, -1, "xavier", 1);
    set(sample, 2, 0.5, 1.25, "older", 0.1);
    open_facts(sample, NULL, 0);
    const struct sweep_parameter *units = &sample->facts.parameter[0];
    const struct sweep_parameter *init = &sample->facts.parameter[1];
    const struct sweep_parameter *rate = &sample->facts.parameter[2];
    ck_assert_str_eq(units->label, "units");
    ck_assert(units->log && !units->word && isnan(units->value[1]));
    ck_assert_double_eq(units->value[2], 1.25);
    ck_assert_uint_eq(init->words, 4);
    ck_assert_str_eq(init->word[0], "xavier");
    ck_assert_str_eq(init->word[2], "{type: normal, std: 1}");
    ck_assert_str_eq(init->word[3], "older");
    ck_assert_double_eq(init->value[0], 1);
    ck_assert_double_eq(init->value[2], 3);
    ck_assert(rate->log); /* 0.01 to 1: two decades */
    drop(sample);
}
END_TEST

/* The best trial is of point 2, the best mean is point 1's. */
START_TEST(with_repeats_the_best_point_is_that_of_the_best_mean)
{
    static const double accuracy[] = {0.5, 0.5, 0.75, 0.875, 1, 0.25};
    struct sample *sample = make(6);
    for (size_t i = 0; i < 6; i++) {
        set(sample, i, accuracy[i], 1 + (double)i, "he", 1);
        sample->row[i].point = (int64_t)i / 2;
    }
    open_facts(sample, NULL, 0);
    const struct sweep_facts *facts = &sample->facts;
    ck_assert(facts->repeats);
    ck_assert_uint_eq(facts->order[0], 4);
    ck_assert_uint_eq(facts->winner, 3);
    ck_assert_uint_eq(facts->winner_mean.count, 2);
    ck_assert_double_eq(facts->winner_mean.mean_last, 0.8125);
    ck_assert_double_eq_tol(facts->winner_mean.std_last, sqrt(2 * 0.0625 * 0.0625), 1e-12);
    ck_assert_double_eq(facts->trial_seconds, 12);
    drop(sample);
}
END_TEST

START_TEST(trials_without_a_value_have_no_rank)
{
    struct sample *sample = make(3);
    set(sample, 0, 0.25, 1, "he", 1);
    set(sample, 1, (double)NAN, 2, "he", 1);
    set(sample, 2, 0.75, 3, "he", 1);
    sample->row[1].status = SWEEP_TRIAL_FAILED;
    sample->row[1].point = INT64_MAX; /* of a damaged file */
    sample->row[0].measured = 0;
    open_facts(sample, NULL, 0);
    ck_assert_uint_eq(sample->facts.ranked, 1);
    ck_assert_uint_eq(sample->facts.winner, 2);
    ck_assert_uint_eq(sample->facts.count[SWEEP_TRIAL_FAILED], 1);
    ck_assert(!sample->facts.repeats);
    drop(sample);
}
END_TEST

START_TEST(a_band_is_of_the_others)
{
    struct sweep_band band[LENGTH];
    struct sample *sample = make(12);
    for (size_t i = 0; i < 12; i++)
        set(sample, i, (double)i, 1, "he", 1);
    open_facts(sample, NULL, 0);
    size_t column = sample->facts.metric, without[] = {11};
    ck_assert_uint_eq(sweep_facts_band(&sample->facts, column, without, 1, band), 2);
    ck_assert_double_eq(band[1].epoch, 1);
    ck_assert_double_eq(band[1].low, 1);
    ck_assert_double_eq(band[1].middle, 5);
    ck_assert_double_eq(band[1].high, 9);
    for (size_t i = 2; i < 12; i++)
        sample->row[i].measured = 1;
    ck_assert_uint_eq(sweep_facts_band(&sample->facts, column, NULL, 0, band), 1);
    drop(sample);
}
END_TEST

START_TEST(logs_tell_when_trials_ended)
{
    static const char log[] =
        "{\"time\": 100, \"event\": \"started\", \"trial\": \"0000000000000002\"}\n"
        "{\"time\": 103.5, \"event\": \"ended\", \"trial\": \"0000000000000002\", "
        "\"status\": \"completed\", \"seconds\": 3, \"text\": \"\"}\n";
    static const char *const logs[] = {"log.jsonl", "none.jsonl"};
    folder_enter();
    folder_write("log.jsonl", log);
    struct sample *sample = make(2);
    set(sample, 0, 1, 1, "he", 1);
    set(sample, 1, 1, 1, "he", 1);
    open_facts(sample, logs, 2);
    ck_assert_ptr_nonnull(sample->facts.ended);
    ck_assert(isnan(sample->facts.ended[0]));
    ck_assert_double_eq(sample->facts.ended[1], 3.5);
    sweep_facts_free(&sample->facts);
    open_facts(sample, logs + 1, 1);
    ck_assert_ptr_null(sample->facts.ended);
    drop(sample);
    folder_leave();
}
END_TEST

START_TEST(a_metric_that_is_not_known_is_told)
{
    struct sample *sample = make(1);
    sample->table.metric = "beauty";
    ck_assert_int_eq(sweep_facts_open(&sample->facts, &sample->table, NULL, 0), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "the sweep's metric 'beauty' is not known to this program");
    drop(sample);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        shares_are_those_worked_out_by_hand,
        of_fewer_than_twenty_trials_no_share_is_told,
        keys_are_told_by_what_the_yaml_says_of_them,
        with_repeats_the_best_point_is_that_of_the_best_mean,
        trials_without_a_value_have_no_rank,
        a_band_is_of_the_others,
        logs_tell_when_trials_ended,
        a_metric_that_is_not_known_is_told,
        NULL,
    };
    return suite_main("sweep_facts", SUITE_FORKED, 1, tests);
}
