/*
 * sweep_results.c - the rows of a sweep's table, their last and best values.
 *
 * Each row is one block, so that it can be made whole before it takes an older one's place.
 */
#include "sweep_results.h"
#include "base/error.h"
#include "evaluate/columns.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const status_words[] = {
    [SWEEP_TRIAL_RUNNING] = "running", [SWEEP_TRIAL_COMPLETED] = "completed",
    [SWEEP_TRIAL_STOPPED] = "stopped", [SWEEP_TRIAL_FAILED] = "failed",
    [SWEEP_TRIAL_KILLED] = "killed",   [SWEEP_TRIAL_INTERRUPTED] = "interrupted",
};

struct sweep_results {
    const struct sweep *sweep;
    struct arena arena;    /* names of columns and keys */
    struct series metrics; /* columns without rows */
    struct sweep_key *key; /* [keys]: the sweep's first */
    size_t keys;
    struct sweep_row **trial; /* [trials]: NULL: has not begun */
    struct sweep_row **older; /* [olders] */
    size_t olders;
};

const char *sweep_status_word(enum sweep_status status)
{
    return status_words[status];
}

enum sweep_status sweep_status_parse(const char *word)
{
    int status = 0;
    while (status < SWEEP_STATUS_COUNT && strcmp(status_words[status], word) != 0)
        status++;
    return (enum sweep_status)status;
}

bool sweep_status_unfinished(enum sweep_status status)
{
    return status == SWEEP_TRIAL_RUNNING || status == SWEEP_TRIAL_KILLED ||
           status == SWEEP_TRIAL_INTERRUPTED;
}

/* --- opening --- */

int sweep_results_open(struct sweep_results **out, const struct sweep *sweep)
{
    struct sweep_results *results = calloc(1, sizeof *results);
    struct series steps;
    size_t trials = sweep_trial_count(sweep);
    *out = NULL;
    if (!results)
        return error_memory("the results", sizeof *results);
    results->sweep = sweep;
    results->keys = sweep_key_count(sweep);
    results->key = calloc(results->keys, sizeof *results->key);
    results->trial = calloc(trials, sizeof *results->trial);
    int rc = results->key && results->trial
                 ? columns_list(&results->arena, &steps, &results->metrics, NULL)
                 : error_memory("the results", trials * sizeof *results->trial);
    if (rc) {
        sweep_results_close(results);
        return rc;
    }
    for (size_t k = 0; k < results->keys; k++)
        results->key[k] = *sweep_key(sweep, k);
    *out = results;
    return TRAINER_OK;
}

void sweep_results_close(struct sweep_results *results)
{
    if (!results)
        return;
    for (size_t i = 0; results->trial && i < sweep_trial_count(results->sweep); i++)
        free(results->trial[i]);
    for (size_t i = 0; i < results->olders; i++)
        free(results->older[i]);
    free(results->trial);
    free(results->older);
    free(results->key);
    arena_free(&results->arena);
    free(results);
}

const struct sweep *sweep_results_sweep(const struct sweep_results *results)
{
    return results->sweep;
}

const struct sweep_row *sweep_results_of(const struct sweep_results *results, size_t trial)
{
    return results->trial[trial];
}

size_t sweep_results_keys(const struct sweep_results *results)
{
    return results->keys;
}

const struct sweep_key *sweep_results_key(const struct sweep_results *results, size_t index)
{
    return &results->key[index];
}

const struct series *sweep_results_metrics(const struct sweep_results *results)
{
    return &results->metrics;
}

/* --- columns of measured values --- */

bool sweep_results_goal(const struct sweep_results *results, size_t metric, enum sweep_goal *goal)
{
    const struct sweep_metric_settings *own = &sweep_settings(results->sweep)->metric;
    if (metric == own->column) {
        *goal = (enum sweep_goal)own->goal;
        return true;
    }
    enum direction direction = columns_facts((int)metric).direction;
    *goal = direction == DIRECTION_LARGER ? SWEEP_MAXIMIZE : SWEEP_MINIMIZE;
    return direction != DIRECTION_NONE;
}

/* The best of a column of the curve; NaN where there is none. */
static double best_of(const struct sweep_results *results, const struct sweep_row *row,
                      size_t metric)
{
    enum sweep_goal goal;
    size_t metrics = (size_t)results->metrics.columns;
    double best = (double)NAN;
    if (!sweep_results_goal(results, metric, &goal))
        return best;
    for (size_t i = 0; i < row->measured; i++) {
        double x = row->curve[i * metrics + metric];
        best = sweep_better(goal, x, best) ? x : best;
    }
    return best;
}

static void summarise(const struct sweep_results *results, struct sweep_row *row)
{
    size_t metrics = (size_t)results->metrics.columns;
    const double *last = row->measured ? row->curve + (row->measured - 1) * metrics : NULL;
    for (size_t m = 0; m < metrics; m++) {
        row->last[m] = last ? last[m] : (double)NAN;
        row->best[m] = best_of(results, row, m);
    }
    row->epochs = last ? last[columns_place(MEASURED_EPOCH, SPLIT_COUNT, 0)] : 0;
}

/* --- rows --- */

static void set_id(struct sweep_row *row, const char *id)
{
    snprintf(row->id, sizeof row->id, "%s", id);
    snprintf(row->path, sizeof row->path, "trials/%s", row->id);
}

/* A row of that outcome in one block, with room for `values` values and `text` bytes behind it. */
static struct sweep_row *make_row(const struct sweep_results *results,
                                  const struct sweep_outcome *outcome, size_t values, size_t text,
                                  char **texts)
{
    const struct series *series = outcome->epochs;
    const char *error = outcome->error ? outcome->error : "";
    size_t metrics = (size_t)results->metrics.columns, rows = series ? series->rows : 0;
    size_t numbers = (2 + rows) * metrics, error_size = strlen(error) + 1;
    size_t bytes = sizeof(struct sweep_row) + numbers * sizeof(double) +
                   values * sizeof(const char *) + error_size + text;
    struct sweep_row *row = calloc(1, bytes);
    assert(rows == 0 || (size_t)series->columns == metrics);
    if (!row) {
        error_memory("a row of the results", bytes);
        return NULL;
    }
    row->status = outcome->status;
    row->seconds = outcome->seconds;
    row->steps = (int64_t)outcome->steps;
    row->measured = rows;
    row->last = (double *)(row + 1);
    row->best = row->last + metrics;
    row->curve = row->best + metrics;
    row->values = values;
    row->value = (const char **)(row->curve + rows * metrics);
    *texts = (char *)(row->value + values);
    row->error = memcpy(*texts, error, error_size);
    *texts += error_size;
    if (rows)
        memcpy(row->curve, series->value, rows * metrics * sizeof(double));
    summarise(results, row);
    return row;
}

int sweep_results_put(struct sweep_results *results, size_t trial,
                      const struct sweep_outcome *outcome)
{
    const struct sweep_trial *facts = sweep_trial(results->sweep, trial);
    size_t values = sweep_key_count(results->sweep);
    char *texts;
    struct sweep_row *row = make_row(results, outcome, values, 0, &texts);
    if (!row)
        return TRAINER_FAILED;
    set_id(row, facts->id);
    row->point = (int64_t)facts->point;
    row->seed = (int64_t)facts->seed;
    memcpy(row->value, facts->value, values * sizeof *row->value);
    free(results->trial[trial]);
    results->trial[trial] = row;
    return TRAINER_OK;
}

/* The index of a key among all of the results; a new one is added. SIZE_MAX when memory ran out. */
static size_t find_key(struct sweep_results *results, const struct sweep_key *key)
{
    size_t k = 0;
    while (k < results->keys && strcmp(results->key[k].name, key->name) != 0)
        k++;
    if (k < results->keys) {
        /* Older rows may hold what the sweep's own values are not. */
        if (results->key[k].type != key->type)
            results->key[k].type = results->key[k].type <= SWEEP_NUMBER && key->type <= SWEEP_NUMBER
                                       ? SWEEP_NUMBER
                                       : SWEEP_TEXT;
        return k;
    }
    struct sweep_key *grown = realloc(results->key, (k + 1) * sizeof *grown);
    const char *name = arena_copy(&results->arena, key->name, strlen(key->name));
    if (grown)
        results->key = grown;
    if (!grown || !name) {
        error_memory("the results", (k + 1) * sizeof *grown);
        return SIZE_MAX;
    }
    results->key[results->keys++] = (struct sweep_key){.name = name, .type = key->type};
    return k;
}

/* Copies the found values into the columns of their keys. */
static int take_values(struct sweep_results *results, struct sweep_row *row, char *texts,
                       const struct sweep_found *found)
{
    for (size_t i = 0; i < found->keys; i++) {
        size_t k = found->value[i] ? find_key(results, &found->key[i]) : 0;
        if (k == SIZE_MAX)
            return TRAINER_FAILED;
        if (found->value[i]) {
            row->value[k] = texts;
            texts = stpcpy(texts, found->value[i]) + 1;
        }
    }
    return TRAINER_OK;
}

static bool is_older(const struct sweep_results *results, const char *id)
{
    size_t i = 0;
    while (i < results->olders && strcmp(results->older[i]->id, id) != 0)
        i++;
    return i < results->olders;
}

static int add_older(struct sweep_results *results, const struct sweep_found *found)
{
    size_t text = 0;
    char *texts;
    for (size_t i = 0; i < found->keys; i++)
        text += found->value[i] ? strlen(found->value[i]) + 1 : 0;
    struct sweep_row **grown =
        realloc(results->older, (results->olders + 1) * sizeof *results->older);
    if (!grown)
        return error_memory("the results", (results->olders + 1) * sizeof *grown);
    results->older = grown;
    struct sweep_row *row =
        make_row(results, &found->outcome, results->keys + found->keys, text, &texts);
    if (!row || take_values(results, row, texts, found)) {
        free(row);
        return TRAINER_FAILED;
    }
    set_id(row, found->id);
    row->point = -1;
    row->seed = (int64_t)found->seed;
    results->older[results->olders++] = row;
    return TRAINER_OK;
}

int sweep_results_add(struct sweep_results *results, const struct sweep_found *found)
{
    assert(strlen(found->id) < SWEEP_ID_SIZE);
    size_t trial = sweep_find(results->sweep, found->id);
    if (trial != SIZE_MAX)
        return results->trial[trial] ? TRAINER_OK
                                     : sweep_results_put(results, trial, &found->outcome);
    return is_older(results, found->id) ? TRAINER_OK : add_older(results, found);
}

void sweep_results_list(const struct sweep_results *results, const struct sweep_row **row)
{
    for (size_t i = 0; i < sweep_trial_count(results->sweep); i++)
        if (results->trial[i])
            *row++ = results->trial[i];
    for (size_t i = 0; i < results->olders; i++)
        *row++ = results->older[i];
}

size_t sweep_results_rows(const struct sweep_results *results)
{
    size_t count = results->olders;
    for (size_t i = 0; i < sweep_trial_count(results->sweep); i++)
        count += results->trial[i] != NULL;
    return count;
}

/* --- comparing --- */

/* Puts a row into its place among the best so far; the last drops out where there is no room. */
static size_t insert(const struct sweep_results *results, const struct sweep_row **order,
                     size_t count, size_t most, const struct sweep_row *row)
{
    const struct sweep_metric_settings *metric = &sweep_settings(results->sweep)->metric;
    enum sweep_goal goal = (enum sweep_goal)metric->goal;
    size_t at = count;
    while (at > 0 &&
           sweep_better(goal, row->last[metric->column], order[at - 1]->last[metric->column]))
        at--;
    if (at == most)
        return count;
    size_t kept = count < most ? count : most - 1;
    memmove(order + at + 1, order + at, (kept - at) * sizeof *order);
    order[at] = row;
    return kept + 1;
}

size_t sweep_results_best(const struct sweep_results *results, const struct sweep_row **order,
                          size_t most)
{
    size_t count = 0, metric = sweep_settings(results->sweep)->metric.column;
    size_t trials = sweep_trial_count(results->sweep);
    for (size_t i = 0; i < trials + results->olders; i++) {
        const struct sweep_row *row = i < trials ? results->trial[i] : results->older[i - trials];
        if (row && isfinite(row->last[metric]))
            count = insert(results, order, count, most, row);
    }
    return count;
}

/* The first trial of a point or of one behind it. */
static size_t first_of_point(const struct sweep *sweep, size_t point)
{
    size_t low = 0, high = sweep_trial_count(sweep);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sweep_trial(sweep, middle)->point < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Mean and deviation are taken in two passes: squares of large numbers would cancel. */
struct sweep_summary sweep_results_summary(const struct sweep_results *results, size_t point)
{
    const struct sweep *sweep = results->sweep;
    size_t metric = sweep_settings(sweep)->metric.column;
    size_t first = first_of_point(sweep, point), end = first_of_point(sweep, point + 1), n = 0;
    double sum[2] = {0}, square[2] = {0}, mean[2];
    for (int pass = 0; pass < 2; pass++) {
        n = 0;
        for (size_t i = first; i < end; i++) {
            const struct sweep_row *row = results->trial[i];
            if (!row || row->status != SWEEP_TRIAL_COMPLETED)
                continue;
            const double x[] = {row->last[metric], row->best[metric]};
            n++;
            for (int j = 0; j < 2; j++) {
                sum[j] += pass ? 0 : x[j];
                square[j] += pass ? (x[j] - mean[j]) * (x[j] - mean[j]) : 0;
            }
        }
        for (int j = 0; j < 2; j++)
            mean[j] = n ? sum[j] / (double)n : (double)NAN;
    }
    double freedom = n > 1 ? (double)(n - 1) : (double)NAN;
    return (struct sweep_summary){.count = n,
                                  .mean_last = mean[0],
                                  .std_last = sqrt(square[0] / freedom),
                                  .mean_best = mean[1],
                                  .std_best = sqrt(square[1] / freedom)};
}
