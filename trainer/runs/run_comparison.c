/*
 * run_comparison.c - see run_comparison.h.
 */
#include "run_comparison.h"
#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *run_comparison_value(const struct compared_runs *comparison, size_t run,
                                 const char *key)
{
    struct run_difference list[COMPARISON_KEYS_MAX];
    size_t count = run_differences_of(comparison->differences, run, list, COMPARISON_KEYS_MAX);
    for (size_t i = 0; i < count && i < COMPARISON_KEYS_MAX; i++)
        if (strcmp(list[i].key, key) == 0)
            return list[i].value;
    return NULL;
}

/* Keys in the order in which the runs have them. */
static void find_keys(struct compared_runs *comparison)
{
    struct run_difference list[COMPARISON_KEYS_MAX];
    for (size_t run = 0; run < comparison->set->count; run++) {
        size_t count = run_differences_of(comparison->differences, run, list, COMPARISON_KEYS_MAX);
        for (size_t i = 0; i < count && i < COMPARISON_KEYS_MAX; i++) {
            bool known = false;
            for (size_t j = 0; j < comparison->keys && !known; j++)
                known = strcmp(comparison->key[j], list[i].key) == 0;
            if (!known && comparison->keys < COMPARISON_KEYS_MAX)
                comparison->key[comparison->keys++] = list[i].key;
        }
    }
}

static void add_column(struct compared_runs *comparison, int column)
{
    struct column_facts facts = columns_facts(column);
    bool split = facts.measured == MEASURED_LOSS || facts.measured == MEASURED_METRIC;
    struct run_number *number = &comparison->number[comparison->numbers];
    bool measured = false;
    if (comparison->numbers == COMPARISON_NUMBERS_MAX ||
        (!split && facts.measured != MEASURED_STEP && facts.measured != MEASURED_SECONDS))
        return;
    *number = (struct run_number){.direction = facts.direction, .share = split};
    number->name = comparison->set->record[0].view.epochs.name[column];
    snprintf(number->title, sizeof number->title, "%s", facts.title);
    for (size_t run = 0; run < comparison->set->count; run++) {
        number->value[run] = series_last(&comparison->set->record[run].view.epochs, number->name);
        measured |= !isnan(number->value[run]);
    }
    comparison->numbers += measured;
}

int run_comparison_make(struct compared_runs *comparison, const struct run_set *set)
{
    *comparison = (struct compared_runs){.set = set};
    comparison->differences = run_differences_new(RUNS_OF_ANY_NAME);
    if (!comparison->differences)
        return TRAINER_FAILED;
    for (size_t run = 0; run < set->count; run++) {
        int rc = run_differences_add(comparison->differences,
                                     set->record[run].view.facts.config_resolved);
        if (rc)
            return rc;
    }
    find_keys(comparison);
    for (int column = 0; column < columns_count(); column++)
        add_column(comparison, column);
    return TRAINER_OK;
}

void run_comparison_free(struct compared_runs *comparison)
{
    run_differences_free(comparison->differences);
    comparison->differences = NULL;
}

double run_comparison_best(const struct compared_runs *comparison, size_t index)
{
    const struct run_number *number = &comparison->number[index];
    size_t runs = comparison->set->count;
    double best = (double)NAN;
    bool differ = false;
    for (size_t run = 0; run < runs && number->direction != DIRECTION_NONE; run++) {
        double value = number->value[run];
        bool larger = number->direction == DIRECTION_LARGER;
        differ |= !isnan(best) && !isnan(value) && value != best;
        if (isnan(best) || (larger ? value > best : value < best))
            best = value;
    }
    return differ ? best : (double)NAN;
}
