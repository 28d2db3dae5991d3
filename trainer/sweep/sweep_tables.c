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

enum { KEYS_MOST = 8, PLANNED_MOST = 20, BEST = 10, VALUE_MOST = 40 };

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

/* The keys that have a column: of those in which trials differ the first ones. */
struct shown {
    size_t count, key[KEYS_MOST];
};

static struct shown shown_keys(const struct sweep *sweep, bool seed)
{
    struct shown shown = {0};
    for (size_t i = 0; i < sweep_key_count(sweep) && shown.count < KEYS_MOST; i++)
        if (sweep_labels_shows(sweep, i) &&
            (seed || strcmp(sweep_key(sweep, i)->name, "seed") != 0))
            shown.key[shown.count++] = i;
    return shown;
}

static void add_key_columns(struct columns *columns, const struct sweep *sweep,
                            const struct shown *shown)
{
    for (size_t i = 0; i < shown->count; i++)
        add_column(columns, sweep_labels_key(sweep, shown->key[i]),
                   sweep_key(sweep, shown->key[i])->type == SWEEP_TEXT ? 'l' : 'r');
}

/* A value that is longer than a cell may be says so; sweep.csv has it in full. */
static void add_key_cells(struct table *table, const struct shown *shown, const char *const *value)
{
    for (size_t i = 0; i < shown->count; i++) {
        const char *text = value[shown->key[i]] ? value[shown->key[i]] : "-";
        bool cut = strlen(text) > VALUE_MOST;
        table_cell(table, "%.*s%s", cut ? VALUE_MOST - 2 : VALUE_MOST, text, cut ? ".." : "");
    }
}

/* --- before ----------------------------------------------------------------------------------- */

static void add_planned(struct table *table, const struct sweep *sweep, const struct shown *shown,
                        size_t trial, const struct sweep_estimate *estimate)
{
    const struct sweep_trial *facts = sweep_trial(sweep, trial);
    char text[TEXT_NUMBER_MAX];
    table_cell(table, "%zu", trial + 1);
    add_key_cells(table, shown, facts->value);
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
                      const struct sweep_estimate *estimate, size_t width)
{
    struct shown shown = shown_keys(sweep, true);
    struct columns columns = {0};
    struct table table;
    size_t trials = sweep_trial_count(sweep);
    size_t rows = trials < PLANNED_MOST ? trials : PLANNED_MOST;
    add_column(&columns, "trial", 'r');
    add_key_columns(&columns, sweep, &shown);
    add_column(&columns, "parameters", 'r');
    add_column(&columns, "FLOPs/step", 'r');
    add_column(&columns, "steps", 'r');
    add_column(&columns, "time", 'r');
    add_column(&columns, "memory", 'r');
    table_start(&table, columns.alignment, columns.heading);
    table.width = width;
    for (size_t i = 0; i < rows; i++)
        add_planned(&table, sweep, &shown, i, &estimate[i]);
    int rc = table_finish(&table, 0, text);
    if (trials > rows)
        text_print(text, "... and %zu more trials\n", trials - rows);
    return rc;
}

void sweep_tables_duplicates(struct text *text, const struct sweep *sweep)
{
    size_t duplicates = sweep_duplicate_count(sweep);
    if (duplicates > 0)
        text_print(text,
                   "%zu of %zu points and repeats give a trial that is there already: left "
                   "out\n",
                   duplicates, duplicates + sweep_trial_count(sweep));
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

static void add_trial(struct table *table, const struct shown *shown, const struct sweep_row *row,
                      size_t column)
{
    char value[TEXT_NUMBER_MAX];
    table_cell(table, "%s", row->id);
    add_key_cells(table, shown, row->value);
    table_cell(table, "%s", sweep_labels_value(value, row->last[column]));
    table_cell(table, "%s", sweep_labels_value(value, row->best[column]));
    table_cell(table, "%.4g", row->epochs);
    table_cell(table, "%.2f", row->seconds);
    table_cell(table, "%s", sweep_status_word(row->status));
}

static int add_trials(struct text *text, const struct sweep_results *results, size_t width)
{
    const struct sweep *sweep = sweep_results_sweep(results);
    const struct sweep_metric_settings *metric = &sweep_settings(sweep)->metric;
    const struct sweep_row *best[BEST];
    size_t count = sweep_results_best(results, best, BEST);
    struct shown shown = shown_keys(sweep, true);
    struct columns columns = {0};
    struct table table;
    add_column(&columns, "trial", 'l');
    add_key_columns(&columns, sweep, &shown);
    add_column(&columns, metric->name, 'r');
    add_column(&columns, "best", 'r');
    add_column(&columns, "epochs", 'r');
    add_column(&columns, "seconds", 'r');
    add_column(&columns, "status", 'l');
    table_start(&table, columns.alignment, columns.heading);
    table.width = width;
    for (size_t i = 0; i < count; i++)
        add_trial(&table, &shown, best[i], metric->column);
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

static void add_point(struct table *table, const struct shown *shown, const struct ranked *point)
{
    char mean[TEXT_NUMBER_MAX], deviation[TEXT_NUMBER_MAX];
    add_key_cells(table, shown, point->value);
    table_cell(table, "%zu", point->summary.count);
    table_cell(table, "%s", sweep_labels_value(mean, point->summary.mean_last));
    table_cell(table, "%s", sweep_labels_value(deviation, point->summary.std_last));
    table_cell(table, "%s", sweep_labels_value(mean, point->summary.mean_best));
    table_cell(table, "%s", sweep_labels_value(deviation, point->summary.std_best));
}

static int add_points(struct text *text, const struct sweep_results *results, size_t width)
{
    const struct sweep *sweep = sweep_results_sweep(results);
    struct ranked *point = calloc(sweep_point_count(sweep), sizeof *point);
    struct shown shown = shown_keys(sweep, false);
    struct columns columns = {0};
    struct table table;
    if (!point)
        return error_memory("the table", sweep_point_count(sweep) * sizeof *point);
    size_t count = list_points(point, results);
    add_key_columns(&columns, sweep, &shown);
    add_column(&columns, "n", 'r');
    add_column(&columns, sweep_settings(sweep)->metric.name, 'r');
    add_column(&columns, "deviation", 'r');
    add_column(&columns, "best", 'r');
    add_column(&columns, "deviation", 'r');
    table_start(&table, columns.alignment, columns.heading);
    table.width = width;
    for (size_t i = 0; i < count; i++)
        add_point(&table, &shown, &point[i]);
    free(point);
    return table_finish(&table, 0, text);
}

int sweep_tables_best(struct text *text, const struct sweep_results *results, size_t width)
{
    return has_repeats(sweep_results_sweep(results)) ? add_points(text, results, width)
                                                     : add_trials(text, results, width);
}

void sweep_tables_winner(struct text *text, const struct sweep_results *results, const char *folder,
                         size_t width)
{
    enum { INDENT = 6 };
    const struct sweep *sweep = sweep_results_sweep(results);
    const struct sweep_metric_settings *metric = &sweep_settings(sweep)->metric;
    const struct sweep_row *best;
    char value[TEXT_NUMBER_MAX];
    struct text line = {0};
    if (sweep_results_best(results, &best, 1) == 0 || best->values < sweep_key_count(sweep))
        return;
    text_print(&line, "best: %s/%s, %s %s, ", folder, best->path, metric->name,
               sweep_labels_value(value, best->last[metric->column]));
    sweep_labels_values(&line, sweep, best->value);
    text_wrap(text, text_get(&line), width, INDENT, "");
    text_free(&line);
}
