/*
 * test_columns.c - names, units, directions and places of what is measured.
 */
#include "base/error.h"
#include "evaluate/columns.h"
#include "support/suite.h"
#include <string.h>

/* The index of a metric in the registry. */
static size_t metric(const char *name)
{
    size_t i = 0;
    while (strcmp(registry_at(FAMILY_METRIC, i)->name, name) != 0)
        i++;
    return i;
}

START_TEST(a_column_is_found_by_what_it_measures)
{
    static const struct {
        const char *name;
        enum measured measured;
        enum split split;
        const char *metric;
    } known[] = {
        {"epoch", MEASURED_EPOCH, SPLIT_COUNT, NULL},
        {"step", MEASURED_STEP, SPLIT_COUNT, NULL},
        {"batch_loss", MEASURED_BATCH_LOSS, SPLIT_COUNT, NULL},
        {"train_loss", MEASURED_LOSS, SPLIT_TRAIN, NULL},
        {"validation_loss", MEASURED_LOSS, SPLIT_VALIDATION, NULL},
        {"test_loss", MEASURED_LOSS, SPLIT_TEST, NULL},
        {"train_accuracy", MEASURED_METRIC, SPLIT_TRAIN, "accuracy"},
        {"test_macro_f1", MEASURED_METRIC, SPLIT_TEST, "macro_f1"},
        {"learning_rate", MEASURED_RATE, SPLIT_COUNT, NULL},
        {"seconds", MEASURED_SECONDS, SPLIT_COUNT, NULL},
        {"samples_per_second", MEASURED_SPEED, SPLIT_COUNT, NULL},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t index = known[i].metric ? metric(known[i].metric) : 0;
        int place = columns_place(known[i].measured, known[i].split, index);
        struct column_facts facts = columns_facts(place);
        ck_assert_str_eq(facts.name, known[i].name);
        ck_assert_int_eq(columns_find(known[i].name), place);
        ck_assert_int_eq(facts.measured, known[i].measured);
        ck_assert_int_eq(facts.split, known[i].split);
        ck_assert_int_eq(facts.kind != NULL, known[i].metric != NULL);
    }
    ck_assert_int_eq(columns_find("accuracy"), -1);
}
END_TEST

START_TEST(names_are_distinct_and_no_text_is_cut)
{
    for (int i = 0; i < columns_count(); i++) {
        struct column_facts facts = columns_facts(i);
        ck_assert_int_eq(columns_find(facts.name), i);
        ck_assert_uint_lt(strlen(facts.name), sizeof facts.name - 1);
        ck_assert_uint_lt(strlen(facts.long_name), sizeof facts.long_name - 1);
        ck_assert_uint_lt(strlen(facts.title), sizeof facts.title - 1);
        ck_assert_uint_lt(strlen(facts.heading), sizeof facts.heading - 1);
        ck_assert_uint_gt(strlen(facts.heading), 0);
    }
}
END_TEST

START_TEST(losses_are_better_small_and_metrics_as_they_say)
{
    ck_assert_int_eq(columns_facts(columns_find("test_loss")).direction, DIRECTION_SMALLER);
    ck_assert_int_eq(columns_facts(columns_find("batch_loss")).direction, DIRECTION_SMALLER);
    ck_assert_int_eq(columns_facts(columns_find("test_accuracy")).direction, DIRECTION_LARGER);
    ck_assert_int_eq(columns_facts(columns_find("train_macro_f1")).direction, DIRECTION_LARGER);
    ck_assert_int_eq(columns_facts(columns_find("seconds")).direction, DIRECTION_NONE);
}
END_TEST

START_TEST(texts_say_the_split_and_the_metric)
{
    struct column_facts facts = columns_facts(columns_find("validation_macro_f1"));
    ck_assert_str_eq(facts.long_name, "macro F1 over the validation data");
    ck_assert_str_eq(facts.title, "validation macro F1");
    ck_assert_str_eq(facts.heading, "valid F1");
    facts = columns_facts(columns_find("train_loss"));
    ck_assert_str_eq(facts.long_name, "mean loss over the training data");
    ck_assert_str_eq(facts.title, "training loss");
    ck_assert_str_eq(facts.heading, "train loss");
    ck_assert_str_eq(facts.unit, "1");
    ck_assert_str_eq(columns_facts(columns_find("samples_per_second")).unit, "1/s");
}
END_TEST

START_TEST(the_series_have_these_columns)
{
    struct arena arena = {0};
    struct series steps, epochs;
    double *row;
    ck_assert_int_eq(columns_list(&arena, &steps, &epochs, &row), TRAINER_OK);
    ck_assert_int_eq(epochs.columns, columns_count());
    for (int i = 0; i < epochs.columns; i++) {
        struct column_facts facts = columns_facts(i);
        ck_assert_str_eq(epochs.name[i], facts.name);
        ck_assert_str_eq(epochs.unit[i], facts.unit);
        ck_assert_str_eq(epochs.long_name[i], facts.long_name);
        row[i] = 0;
    }
    ck_assert_int_eq(steps.columns, STEP_COLUMNS);
    ck_assert_str_eq(steps.name[STEP_LOSS], "train_loss");
    ck_assert_str_eq(steps.name[STEP_RATE], "learning_rate");
    arena_free(&arena);
}
END_TEST

int main(void)
{
    return suite_main("columns", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){a_column_is_found_by_what_it_measures,
                                        names_are_distinct_and_no_text_is_cut,
                                        losses_are_better_small_and_metrics_as_they_say,
                                        texts_say_the_split_and_the_metric,
                                        the_series_have_these_columns, NULL});
}
