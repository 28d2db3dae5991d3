/*
 * sweep_tables.c - what a sweep's user reads before it begins and after it ends.
 */
#include "sweep_tables.h"
#include "base/error.h"
#include "display/table.h"
#include "sweep_labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MOST = 8, BEST = 10, VALUE_MOST = 24 };

/* Headings and alignments while they are listed. */
struct columns {
    const char *heading[TABLE_COLUMNS_MAX];
    char alignment[TABLE_COLUMNS_MAX + 1];
    size_t count;
};

static void add_column(struct columns *columns, const char *heading, char alignment)
{
    columns->heading[columns->count] = heading;
    columns->alignment[columns->count++] = alignment;
}

static size_t shown_keys(const struct sweep *sweep)
{
    size_t keys = sweep_key_count(sweep);
    return keys < KEYS_MOST ? keys : KEYS_MOST;
}

static void add_key_columns(struct columns *columns, const struct sweep *sweep)
{
    for (size_t i = 0; i < shown_keys(sweep); i++)
        add_column(columns, sweep_labels_key(sweep, i),
                   sweep_key(sweep, i)->type == SWEEP_TEXT ? 'l' : 'r');
}

static void add_key_cells(struct table *table, const struct sweep *sweep, const char *const *value)
{
    for (size_t i = 0; i < shown_keys(sweep); i++)
        table_cell(table, "%.*s", VALUE_MOST, value[i] ? value[i] : "-");
}

/* --- before ----------------------------------------------------------------------------------- */

static void add_planned(struct table *table, const struct sweep *sweep, size_t trial,
                        const struct sweep_estimate *estimate)
{
    const struct sweep_trial *facts = sweep_trial(sweep, trial);
    char text[TEXT_NUMBER_MAX];
    table_cell(table, "%zu", trial + 1);
    add_key_cells(table, sweep, facts->value);
    table_cell(table, "%s", text_count(text, facts->cost.parameters));
    table_cell(table, "%s", text_rate(text, facts->cost.flops));
    table_cell(table, "%s", facts->cost.steps ? text_count(text, facts->cost.steps) : "-");
    if (isnan(estimate->seconds))
        table_cell(table, "-");
    else
        table_cell(table, estimate->seconds < 100 ? "%.2f s" : "%.0f s", estimate->seconds);
    table_cell(table, "%s", text_bytes(text, estimate->bytes));
}

int sweep_tables_plan(struct text *text, const struct sweep *sweep,
                      const struct sweep_estimate *estimate)
{
    struct columns columns = {0};
    struct table table;
    add_column(&columns, "trial", 'r');
    add_key_columns(&columns, sweep);
    add_column(&columns, "parameters", 'r');
    add_column(&columns, "FLOPs/step", 'r');
    add_column(&columns, "steps", 'r');
    add_column(&columns, "time", 'r');
    add_column(&columns, "memory", 'r');
    table_start(&table, columns.alignment, columns.heading);
    for (size_t i = 0; i < sweep_trial_count(sweep); i++)
        add_planned(&table, sweep, i, &estimate[i]);
    return table_finish(&table, 0, text);
}

/* --- after ------------------------------------------------------------------------------------ */

/* Whether some point has more than one trial. */
static bool has_repeats(const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep_trial_count(sweep); i++)
        if (sweep_trial(sweep, i)->repeat > 0)
            return true;
    return false;
}

static void add_trial(struct table *table, const struct sweep *sweep, const struct sweep_row *row,
                      size_t column)
{
    char value[TEXT_NUMBER_MAX];
    table_cell(table, "%s", row->id);
    add_key_cells(table, sweep, row->value);
    table_cell(table, "%s", sweep_labels_value(value, row->last[column]));
    table_cell(table, "%s", sweep_labels_value(value, row->best[column]));
    table_cell(table, "%.4g", row->epochs);
    table_cell(table, "%.2f", row->seconds);
    table_cell(table, "%s", sweep_status_word(row->status));
}

static int add_trials(struct text *text, const struct sweep_results *results)
{
    const struct sweep *sweep = sweep_results_sweep(results);
    const struct sweep_metric_settings *metric = &sweep_settings(sweep)->metric;
    const struct sweep_row *best[BEST];
    size_t count = sweep_results_best(results, best, BEST);
    struct columns columns = {0};
    struct table table;
    add_column(&columns, "trial", 'l');
    add_key_columns(&columns, sweep);
    add_column(&columns, metric->name, 'r');
    add_column(&columns, "best", 'r');
    add_column(&columns, "epochs", 'r');
    add_column(&columns, "seconds", 'r');
    add_column(&columns, "status", 'l');
    table_start(&table, columns.alignment, columns.heading);
    for (size_t i = 0; i < count; i++)
        add_trial(&table, sweep, best[i], metric->column);
    return table_finish(&table, 0, text);
}

/* A point and what its repeats gave. */
struct ranked {
    const char *const *value;
    struct sweep_summary summary;
    enum sweep_goal goal;
};

static int compare_points(const void *a, const void *b)
{
    const struct ranked *first = a, *second = b;
    double x = first->summary.mean_last, y = second->summary.mean_last;
    return sweep_better(first->goal, y, x) - sweep_better(first->goal, x, y);
}

/* The values of a point's first trial; the seed among them is none of the point's. */
static size_t list_points(struct ranked *point, const struct sweep_results *results)
{
    const struct sweep *sweep = sweep_results_sweep(results);
    enum sweep_goal goal = (enum sweep_goal)sweep_settings(sweep)->metric.goal;
    size_t count = 0, last = SIZE_MAX;
    for (size_t i = 0; i < sweep_trial_count(sweep); i++) {
        const struct sweep_trial *trial = sweep_trial(sweep, i);
        if (trial->point == last)
            continue;
        last = trial->point;
        struct sweep_summary summary = sweep_results_summary(results, last);
        if (summary.count > 0)
            point[count++] = (struct ranked){trial->value, summary, goal};
    }
    qsort(point, count, sizeof *point, compare_points);
    return count < BEST ? count : BEST;
}

static void add_point(struct table *table, const struct sweep *sweep, const struct ranked *point)
{
    char mean[TEXT_NUMBER_MAX], deviation[TEXT_NUMBER_MAX];
    for (size_t i = 0; i < shown_keys(sweep); i++)
        if (strcmp(sweep_key(sweep, i)->name, "seed") != 0)
            table_cell(table, "%.*s", VALUE_MOST, point->value[i]);
    table_cell(table, "%zu", point->summary.count);
    table_cell(table, "%s", sweep_labels_value(mean, point->summary.mean_last));
    table_cell(table, "%s", sweep_labels_value(deviation, point->summary.std_last));
    table_cell(table, "%s", sweep_labels_value(mean, point->summary.mean_best));
    table_cell(table, "%s", sweep_labels_value(deviation, point->summary.std_best));
}

static int add_points(struct text *text, const struct sweep_results *results)
{
    const struct sweep *sweep = sweep_results_sweep(results);
    struct ranked *point = calloc(sweep_point_count(sweep), sizeof *point);
    struct columns columns = {0};
    struct table table;
    if (!point)
        return error_memory("the table", sweep_point_count(sweep) * sizeof *point);
    size_t count = list_points(point, results);
    for (size_t i = 0; i < shown_keys(sweep); i++)
        if (strcmp(sweep_key(sweep, i)->name, "seed") != 0)
            add_column(&columns, sweep_labels_key(sweep, i),
                       sweep_key(sweep, i)->type == SWEEP_TEXT ? 'l' : 'r');
    add_column(&columns, "n", 'r');
    add_column(&columns, sweep_settings(sweep)->metric.name, 'r');
    add_column(&columns, "deviation", 'r');
    add_column(&columns, "best", 'r');
    add_column(&columns, "deviation", 'r');
    table_start(&table, columns.alignment, columns.heading);
    for (size_t i = 0; i < count; i++)
        add_point(&table, sweep, &point[i]);
    free(point);
    return table_finish(&table, 0, text);
}

int sweep_tables_best(struct text *text, const struct sweep_results *results)
{
    return has_repeats(sweep_results_sweep(results)) ? add_points(text, results)
                                                     : add_trials(text, results);
}
