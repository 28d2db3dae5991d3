/*
 * sweep_frame.c - rows become columns, and columns CSV.
 */
#include "sweep_frame.h"
#include "base/csv.h"
#include "base/error.h"
#include "base/number.h"
#include "base/series.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Significant digits of what was measured, in CSV: readers want no more. */
enum { DIGITS = 10 };

/* --- cells --- */

/* A column that stands in every row. */
struct field {
    const char *name, *long_name, *units;
    enum { FIELD_INTEGER, FIELD_NUMBER, FIELD_CHARS, FIELD_TEXT, FIELD_STATUS } type;
    size_t offset; /* in struct sweep_row */
};

static const struct field first_fields[] = {
    {"id", "hash of what the trial depends on", "", FIELD_CHARS, offsetof(struct sweep_row, id)},
    {"path", "folder below the sweep's", "", FIELD_CHARS, offsetof(struct sweep_row, path)},
    {"status", "completed, stopped, failed, killed, interrupted or running", "", FIELD_STATUS,
     offsetof(struct sweep_row, status)},
    {"error", "what went wrong", "", FIELD_TEXT, offsetof(struct sweep_row, error)},
    {"point", "point of the plan; -1: of an older one", "", FIELD_INTEGER,
     offsetof(struct sweep_row, point)},
    {"seed", "seed of the run", "", FIELD_INTEGER, offsetof(struct sweep_row, seed)},
    {0},
};

static const struct field last_fields[] = {
    {"epochs", "epochs done", "", FIELD_NUMBER, offsetof(struct sweep_row, epochs)},
    {"steps", "steps done", "", FIELD_INTEGER, offsetof(struct sweep_row, steps)},
    {"seconds", "time of all runs of the trial", "s", FIELD_NUMBER,
     offsetof(struct sweep_row, seconds)},
    {"evaluations", "rows of its curve that are measured", "", FIELD_INTEGER,
     offsetof(struct sweep_row, measured)},
    {0},
};

static union sweep_cell field_cell(const struct field *field, const struct sweep_row *row)
{
    static_assert(sizeof(size_t) == sizeof(int64_t), "counts are cells too");
    const char *at = (const char *)row + field->offset;
    union sweep_cell cell = {.text = at};
    if (field->type == FIELD_STATUS)
        cell.text = sweep_status_word(row->status);
    else if (field->type != FIELD_CHARS)
        memcpy(&cell, at, sizeof cell);
    return cell;
}

/* A value's text as a cell of the column's type; what is none of it is NaN, or "". */
static union sweep_cell value_cell(enum sweep_type type, const char *text)
{
    union sweep_cell cell = {.text = text ? text : ""};
    if (type == SWEEP_BOOLEAN)
        cell.integer = text && (*text == 't' || *text == 'T');
    else if (type == SWEEP_INTEGER && !(text && number_parse_integer(text, &cell.integer)))
        cell.integer = 0;
    else if (type == SWEEP_NUMBER && !(text && number_parse(text, &cell.number)))
        cell.number = (double)NAN;
    return cell;
}

/* --- building --- */

/* Appends a column of `rows` cells to a table; NULL when memory ran out. */
static union sweep_cell *add_column(struct sweep_frame *frame, struct sweep_column *table,
                                    size_t *count, size_t rows, struct sweep_column column)
{
    column.cell = arena_array(&frame->arena, rows, sizeof *column.cell);
    if (!column.name || !column.long_name || !column.cell)
        return NULL;
    table[(*count)++] = column;
    return column.cell;
}

static bool add_fields(struct sweep_frame *frame, const struct field *fields)
{
    static const enum sweep_type types[] = {[FIELD_INTEGER] = SWEEP_INTEGER,
                                            [FIELD_NUMBER] = SWEEP_NUMBER,
                                            [FIELD_CHARS] = SWEEP_TEXT,
                                            [FIELD_TEXT] = SWEEP_TEXT,
                                            [FIELD_STATUS] = SWEEP_TEXT};
    for (const struct field *field = fields; field->name; field++) {
        union sweep_cell *cell =
            add_column(frame, frame->runs, &frame->run_columns, frame->rows,
                       (struct sweep_column){field->name, field->long_name, field->units,
                                             types[field->type], DIGITS, NULL});
        for (size_t i = 0; cell && i < frame->rows; i++)
            cell[i] = field_cell(field, frame->row[i]);
        if (!cell)
            return false;
    }
    return true;
}

static const char *value_of(const struct sweep_row *row, size_t key)
{
    return key < row->values ? row->value[key] : NULL;
}

/* `seed` is a column of every row already. */
static bool is_a_field(const char *name)
{
    bool found = false;
    for (const struct field *field = first_fields; field->name; field++)
        found = found || strcmp(field->name, name) == 0;
    for (const struct field *field = last_fields; field->name; field++)
        found = found || strcmp(field->name, name) == 0;
    return found;
}

/* Whole numbers and truths have no value for "not there": such a column becomes one of numbers. */
static enum sweep_type type_of(const struct sweep_frame *frame, size_t key)
{
    enum sweep_type type = sweep_results_key(frame->results, key)->type;
    bool complete = true;
    for (size_t i = 0; i < frame->rows; i++)
        complete = complete && value_of(frame->row[i], key);
    return complete || type == SWEEP_TEXT ? type : SWEEP_NUMBER;
}

static bool add_keys(struct sweep_frame *frame)
{
    for (size_t k = 0; k < sweep_results_keys(frame->results); k++) {
        const char *name = sweep_results_key(frame->results, k)->name;
        if (is_a_field(name))
            continue;
        enum sweep_type type = type_of(frame, k);
        union sweep_cell *cell = add_column(frame, frame->runs, &frame->run_columns, frame->rows,
                                            (struct sweep_column){name, name, "", type, 0, NULL});
        for (size_t i = 0; cell && i < frame->rows; i++)
            cell[i] = value_cell(type, value_of(frame->row[i], k));
        if (!cell)
            return false;
    }
    return true;
}

bool sweep_frame_measured(const struct sweep_frame *frame, size_t metric)
{
    bool measured = sweep_settings(sweep_results_sweep(frame->results))->metric.column == metric;
    size_t metrics = (size_t)sweep_results_metrics(frame->results)->columns;
    for (size_t i = 0; i < frame->rows && !measured; i++)
        for (size_t r = 0; r < frame->row[i]->measured && !measured; r++)
            measured = isfinite(frame->row[i]->curve[r * metrics + metric]);
    return measured;
}

/* final_* of all that is measured but counters and times, best_* of what has a best. */
static bool add_metric(struct sweep_frame *frame, size_t metric, bool best)
{
    const struct series *series = sweep_results_metrics(frame->results);
    const char *name = series->name[metric], *long_name = series->long_name[metric];
    struct arena *arena = &frame->arena;
    union sweep_cell *cell = add_column(
        frame, frame->runs, &frame->run_columns, frame->rows,
        (struct sweep_column){arena_print(arena, "%s_%s", best ? "best" : "final", name),
                              arena_print(arena, "%s: %s", best ? "best" : "last", long_name), "",
                              SWEEP_NUMBER, DIGITS, NULL});
    for (size_t i = 0; cell && i < frame->rows; i++)
        cell[i].number = (best ? frame->row[i]->best : frame->row[i]->last)[metric];
    return cell != NULL;
}

static bool add_metrics(struct sweep_frame *frame)
{
    size_t metrics = (size_t)sweep_results_metrics(frame->results)->columns;
    enum sweep_goal goal;
    for (int best = 0; best < 2; best++)
        for (size_t m = 0; m < metrics; m++)
            if (sweep_results_goal(frame->results, m, &goal) && sweep_frame_measured(frame, m) &&
                !add_metric(frame, m, best))
                return false;
    return true;
}

/* The first trial of each point that has any, into first[]; how many. */
static size_t list_points(const struct sweep *sweep, size_t *first)
{
    size_t points = 0;
    for (size_t i = 0; i < sweep_trial_count(sweep); i++)
        if (i == 0 || sweep_trial(sweep, i)->point != sweep_trial(sweep, i - 1)->point)
            first[points++] = i;
    return points;
}

/* What the repeats of each point gave. */
static bool add_summaries(struct sweep_frame *frame, const size_t *first)
{
    const struct sweep *sweep = sweep_results_sweep(frame->results);
    const char *metric = sweep_settings(sweep)->metric.name;
    struct arena *arena = &frame->arena;
    const struct sweep_column columns[] = {
        {"point", "point of the plan", "", SWEEP_INTEGER, DIGITS, NULL},
        {"n", "completed repeats", "", SWEEP_INTEGER, DIGITS, NULL},
        {arena_print(arena, "mean_final_%s", metric), "mean of the last values", "", SWEEP_NUMBER,
         DIGITS, NULL},
        {arena_print(arena, "std_final_%s", metric), "their deviation, over n - 1", "",
         SWEEP_NUMBER, DIGITS, NULL},
        {arena_print(arena, "mean_best_%s", metric), "mean of the best values", "", SWEEP_NUMBER,
         DIGITS, NULL},
        {arena_print(arena, "std_best_%s", metric), "their deviation, over n - 1", "", SWEEP_NUMBER,
         DIGITS, NULL},
    };
    enum { COLUMNS = sizeof columns / sizeof *columns };
    union sweep_cell *cell[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
        cell[c] =
            add_column(frame, frame->points, &frame->point_columns, frame->point_rows, columns[c]);
        if (!cell[c])
            return false;
    }
    for (size_t i = 0; i < frame->point_rows; i++) {
        size_t point = sweep_trial(sweep, first[i])->point;
        struct sweep_summary summary = sweep_results_summary(frame->results, point);
        cell[0][i].integer = (int64_t)point;
        cell[1][i].integer = (int64_t)summary.count;
        cell[2][i].number = summary.mean_last;
        cell[3][i].number = summary.std_last;
        cell[4][i].number = summary.mean_best;
        cell[5][i].number = summary.std_best;
    }
    return true;
}

/* One row a point: its values, without the seed, in which its repeats differ. */
static bool add_points(struct sweep_frame *frame)
{
    const struct sweep *sweep = sweep_results_sweep(frame->results);
    size_t *first = arena_array(&frame->arena, sweep_trial_count(sweep), sizeof *first);
    frame->point_rows = first ? list_points(sweep, first) : 0;
    if (!first || !add_summaries(frame, first))
        return false;
    for (size_t k = 0; k < sweep_key_count(sweep); k++) {
        const struct sweep_key *key = sweep_key(sweep, k);
        if (is_a_field(key->name))
            continue;
        union sweep_cell *value =
            add_column(frame, frame->points, &frame->point_columns, frame->point_rows,
                       (struct sweep_column){key->name, key->name, "", key->type, 0, NULL});
        for (size_t i = 0; value && i < frame->point_rows; i++)
            value[i] = value_cell(key->type, sweep_trial(sweep, first[i])->value[k]);
        if (!value)
            return false;
    }
    return true;
}

int sweep_frame_open(struct sweep_frame *frame, const struct sweep_results *results)
{
    enum { OTHERS = 16 };
    *frame = (struct sweep_frame){.results = results, .rows = sweep_results_rows(results)};
    struct arena *arena = &frame->arena;
    size_t metrics = (size_t)sweep_results_metrics(results)->columns;
    size_t most = OTHERS + sweep_results_keys(results) + 2 * metrics;
    frame->row = arena_array(arena, frame->rows, sizeof *frame->row);
    frame->runs = arena_array(arena, most, sizeof *frame->runs);
    frame->points = arena_array(arena, most, sizeof *frame->points);
    if (!frame->row || !frame->runs || !frame->points)
        goto failed;
    sweep_results_list(results, frame->row);
    for (size_t i = 0; i < frame->rows; i++)
        if (frame->row[i]->measured > frame->row[frame->longest]->measured)
            frame->longest = i;
    if (add_fields(frame, first_fields) && add_keys(frame) && add_fields(frame, last_fields) &&
        add_metrics(frame) && add_points(frame))
        return TRAINER_OK;
failed:
    sweep_frame_close(frame);
    return TRAINER_FAILED;
}

void sweep_frame_close(struct sweep_frame *frame)
{
    arena_free(&frame->arena);
}

/* --- CSV --- */

static void csv_cell(struct text *csv, enum sweep_type type, int digits, union sweep_cell cell)
{
    char text[NUMBER_SIZE];
    switch (type) {
    case SWEEP_INTEGER:
        text_print(csv, "%" PRId64, cell.integer);
        break;
    case SWEEP_NUMBER:
        csv_field(csv, isnan(cell.number) ? "" : number_text(cell.number, digits, text));
        break;
    case SWEEP_BOOLEAN:
        csv_field(csv, cell.integer ? "true" : "false");
        break;
    case SWEEP_TEXT:
        csv_field(csv, cell.text);
        break;
    }
}

int sweep_frame_csv(const struct sweep_frame *frame, struct text *csv)
{
    csv_field(csv, "run");
    for (size_t c = 0; c < frame->run_columns; c++) {
        csv_separate(csv);
        csv_field(csv, frame->runs[c].name);
    }
    csv_end(csv);
    for (size_t i = 0; i < frame->rows; i++) {
        csv_cell(csv, SWEEP_INTEGER, 0, (union sweep_cell){.integer = (int64_t)i});
        for (size_t c = 0; c < frame->run_columns; c++) {
            csv_separate(csv);
            csv_cell(csv, frame->runs[c].type, frame->runs[c].digits, frame->runs[c].cell[i]);
        }
        csv_end(csv);
    }
    return text_status(csv);
}
