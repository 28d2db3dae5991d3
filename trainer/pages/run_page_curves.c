/*
 * run_page_curves.c - what a run has measured, as curves and as tables.
 *
 *     loss            of each step, and over each split at evaluations
 *     each metric     over each split
 *     learning rate   where it changes, else its number
 *
 * A plot's curves come from one or both of the series. Long ones are thinned (thin.h), which the
 * page says; numbers in tables are printed in full.
 */
#include "base/error.h"
#include "display/run_lines.h"
#include "drawing/plot_svg.h"
#include "evaluate/columns.h"
#include "report/thin.h"
#include "run_page_sections.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURVES_MAX = 8 };

struct curve {
    const struct series *series;
    int column;
    char name[96];
    int colour;  /* of page.css: --c0, --c1, ... */
    double best; /* the value to mark; NaN: none */
};

struct page_plot {
    char id[96], title[96];
    size_t curves;
    struct curve curve[CURVES_MAX];
};

/* Points of a curve in the picture that stands where no script runs: about its pixels. */
enum { PICTURE_POINTS = 720 };

/* The room that thinning and interpolating take, and the points of a picture. */
struct room {
    size_t index[THIN_MOST];
    double x[THIN_MOST];
    double step[CURVES_MAX][PICTURE_POINTS], value[CURVES_MAX][PICTURE_POINTS];
};

/* Adds a curve where anything was measured. */
static void add_curve(struct page_plot *plot, const struct series *series, int column,
                      const char *name, int colour, const struct summing_up *score)
{
    if (plot->curves == CURVES_MAX || !series_measured(series, column))
        return;
    struct curve *curve = &plot->curve[plot->curves++];
    *curve = (struct curve){series, column, "", colour, (double)NAN};
    snprintf(curve->name, sizeof curve->name, "%s", name);
    if (score && strcmp(score->words, name) == 0)
        curve->best = score->best;
}

/* --- points --- */

/* Seconds at a step: measured at evaluations, between them on a straight line. */
static double seconds_at(const struct series *epochs, double step, size_t *row)
{
    int step_column = columns_place(MEASURED_STEP, SPLIT_COUNT, 0);
    int column = columns_place(MEASURED_SECONDS, SPLIT_COUNT, 0);
    while (*row + 1 < epochs->rows && series_at(epochs, *row + 1, step_column) <= step)
        (*row)++;
    if (epochs->rows == 0)
        return (double)NAN;
    size_t next = *row + 1 < epochs->rows ? *row + 1 : *row;
    double from = series_at(epochs, *row, step_column), to = series_at(epochs, next, step_column);
    double begin = series_at(epochs, *row, column), end = series_at(epochs, next, column);
    if (step < from) { /* before the first row, which is no row of step 0 */
        to = from;
        end = begin;
        from = begin = 0;
    }
    return to > from ? begin + (end - begin) * (step - from) / (to - from) : begin;
}

/* One column of x at the points that were kept. */
static void add_x(struct page *page, struct room *room, size_t kept, const struct series *series,
                  const char *key)
{
    int column = series_find(series, key);
    for (size_t i = 0; i < kept; i++)
        room->x[i] = series_at(series, room->index[i], column);
    page_data_column(page, key, room->x, kept, 1);
}

static void add_seconds(struct page *page, struct room *room, size_t kept,
                        const struct curve *curve, const struct series *epochs)
{
    size_t row = 0;
    if (epochs->rows == 0)
        return;
    for (size_t i = 0; i < kept; i++)
        room->x[i] = seconds_at(
            epochs, series_at(curve->series, room->index[i], series_find(curve->series, "step")),
            &row);
    page_data_column(page, "seconds", room->x, kept, 1);
}

static void add_points(struct page *page, struct room *room, const struct curve *curve,
                       const struct series *epochs)
{
    const struct series *series = curve->series;
    size_t width = (size_t)series->columns;
    size_t kept = thin(room->index, THIN_MOST, series->value + curve->column, series->rows, width);
    page_data_open(page, NULL, '{');
    page_data_text(page, "name", curve->name);
    page_data_number(page, "colour", curve->colour);
    add_x(page, room, kept, series, "step");
    add_x(page, room, kept, series, "epoch");
    add_seconds(page, room, kept, curve, epochs);
    for (size_t i = 0; i < kept; i++)
        room->x[i] = series_at(series, room->index[i], curve->column);
    page_data_column(page, "y", room->x, kept, 1);
    for (size_t i = 0; i < kept; i++)
        if (room->x[i] == curve->best) {
            page_data_number(page, "best", (double)i);
            break;
        }
    page_data_close(page, '}');
}

/* --- tables --- */

/* Whether a row of epochs is in the table: all, or as many, evenly, as a curve has points. */
static bool is_listed(size_t row, size_t rows)
{
    size_t step = (rows + THIN_MOST - 1) / THIN_MOST;
    return row % step == 0 || row + 1 == rows;
}

static void add_evaluations(struct page *page, const struct page_plot *plot,
                            const struct series *epochs)
{
    static const char *const first[] = {"epoch", "step", "seconds"};
    enum { FIRST = sizeof first / sizeof *first };
    page_table(page, plot->id, "At evaluations");
    page_row(page);
    for (int i = 0; i < FIRST; i++)
        page_heading(page, first[i]);
    for (size_t i = 0; i < plot->curves; i++)
        if (plot->curve[i].series == epochs)
            page_heading(page, plot->curve[i].name);
    for (size_t row = 0; row < epochs->rows; row++) {
        if (!is_listed(row, epochs->rows))
            continue;
        page_row(page);
        for (int i = 0; i < FIRST; i++)
            page_number(page, series_at(epochs, row, series_find(epochs, first[i])), 0);
        for (size_t i = 0; i < plot->curves; i++)
            if (plot->curve[i].series == epochs)
                page_number(page, series_at(epochs, row, plot->curve[i].column), 0);
    }
    page_table_end(page);
}

/* The points of a curve of steps. */
static void add_steps(struct page *page, struct room *room, const struct curve *curve)
{
    const struct series *steps = curve->series;
    char name[128];
    size_t kept = thin(room->index, THIN_MOST, steps->value + curve->column, steps->rows,
                       (size_t)steps->columns);
    snprintf(name, sizeof name, "%s at steps", curve->name);
    page_table(page, name, name);
    page_row(page);
    page_heading(page, "step");
    page_heading(page, "epoch");
    page_heading(page, curve->name);
    for (size_t i = 0; i < kept; i++) {
        page_row(page);
        page_number(page, series_at(steps, room->index[i], STEP_STEP), 0);
        page_number(page, series_at(steps, room->index[i], STEP_EPOCH), 0);
        page_number(page, series_at(steps, room->index[i], curve->column), 0);
    }
    page_table_end(page);
}

static void add_tables(struct page *page, struct room *room, const struct page_plot *plot,
                       const struct series *epochs)
{
    bool evaluated = false;
    page_details(page, "The numbers");
    for (size_t i = 0; i < plot->curves; i++)
        evaluated |= plot->curve[i].series == epochs;
    if (evaluated)
        add_evaluations(page, plot, epochs);
    for (size_t i = 0; i < plot->curves; i++)
        if (plot->curve[i].series != epochs)
            add_steps(page, room, &plot->curve[i]);
    page_details_end(page);
}

/* --- plots --- */

/* "Loss across steps: training loss ends at 0.05, test loss at 0.08." */
static void describe(struct text *words, const struct page_plot *plot)
{
    text_print(words, "%s across training:", plot->title);
    for (size_t i = 0; i < plot->curves; i++) {
        const struct curve *curve = &plot->curve[i];
        size_t row = curve->series->rows;
        while (row > 1 && isnan(series_at(curve->series, row - 1, curve->column)))
            row--;
        text_print(words, "%s %s ends at %.4g", i > 0 ? "," : "", curve->name,
                   series_at(curve->series, row - 1, curve->column));
    }
    text_print(words, ".");
    for (size_t i = 0; i < plot->curves; i++)
        if (plot->curve[i].series->rows > THIN_MOST) {
            text_print(words,
                       " Of %zu points of a curve at most %d are drawn and listed: the least and "
                       "the greatest of each bucket, the first and the last.",
                       plot->curve[i].series->rows, THIN_MOST);
            break;
        }
}

/* The curves by step, for readers without scripts and for printers. */
static void add_picture(struct text *out, struct room *room, const struct page_plot *plot)
{
    struct plot_series drawn[CURVES_MAX];
    for (size_t i = 0; i < plot->curves; i++) {
        const struct curve *curve = &plot->curve[i];
        const struct series *series = curve->series;
        size_t kept = thin(room->index, PICTURE_POINTS, series->value + curve->column, series->rows,
                           (size_t)series->columns);
        drawn[i] = (struct plot_series){.name = curve->name,
                                        .count = kept,
                                        .x = room->step[i],
                                        .y = room->value[i],
                                        .colour = (size_t)curve->colour,
                                        .dash = i,
                                        .best = PLOT_NO_ROW};
        for (size_t j = 0; j < kept; j++) {
            room->step[i][j] = series_at(series, room->index[j], series_find(series, "step"));
            room->value[i][j] = series_at(series, room->index[j], curve->column);
            if (room->value[i][j] == curve->best && drawn[i].best == PLOT_NO_ROW)
                drawn[i].best = j;
        }
    }
    const struct plot picture = {
        .title = plot->title, .x = {.label = "step"}, .series = drawn, .count = plot->curves};
    plot_svg(&picture, &(struct plot_svg){.width = 720, .height = 320}, out);
}

static int add_plot(struct page *page, struct room *room, const struct page_plot *plot,
                    const struct series *epochs)
{
    struct text words = {0}, picture = {0};
    if (plot->curves == 0)
        return TRAINER_OK;
    describe(&words, plot);
    add_picture(&picture, room, plot);
    page_element(page, "h3", "%s", plot->title);
    page_figure(page, plot->id, text_get(&words), text_get(&picture));
    add_tables(page, room, plot, epochs);
    page_figure_end(page);
    page_data_open(page, NULL, '{');
    page_data_text(page, "id", plot->id);
    page_data_text(page, "y", plot->title);
    page_data_open(page, "series", '[');
    for (size_t i = 0; i < plot->curves; i++)
        add_points(page, room, &plot->curve[i], epochs);
    page_data_close(page, ']');
    page_data_close(page, '}');
    int rc = text_status(&words);
    if (rc == TRAINER_OK)
        rc = text_status(&picture);
    text_free(&words);
    text_free(&picture);
    return rc;
}

/* The colours of splits are the same in every plot. */
static int colour_of(enum split split)
{
    return split == SPLIT_TRAIN ? 0 : split == SPLIT_TEST ? 1 : 2;
}

static void add_splits(struct page_plot *plot, const struct series *epochs, enum measured measured,
                       size_t metric, const struct summing_up *score)
{
    static const enum split splits[] = {SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST};
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        int column = columns_place(measured, splits[i], metric);
        add_curve(plot, epochs, column, columns_facts(column).title, colour_of(splits[i]), score);
    }
}

static struct page_plot losses(const struct runfile_view *view, const struct summing_up *score)
{
    enum { COLOUR_STEPS = 5 };
    struct page_plot plot = {.id = "loss", .title = "Loss"};
    add_splits(&plot, &view->epochs, MEASURED_LOSS, 0, score);
    add_curve(&plot, &view->steps, STEP_LOSS, "loss of each step's batch", COLOUR_STEPS, NULL);
    return plot;
}

static struct page_plot metrics(const struct runfile_view *view, size_t metric,
                                const struct summing_up *score)
{
    const struct registry_entry *entry = registry_at(FAMILY_METRIC, metric);
    const struct metric_kind *kind = (const struct metric_kind *)registry_kind(entry, 0);
    struct page_plot plot = {0};
    snprintf(plot.id, sizeof plot.id, "%s", entry->name);
    snprintf(plot.title, sizeof plot.title, "%s", kind->words ? kind->words : kind->base.title);
    *plot.title = (char)toupper((unsigned char)*plot.title);
    add_splits(&plot, &view->epochs, MEASURED_METRIC, metric, score);
    return plot;
}

/* The learning rate: a plot only where it changes. */
static int add_rate(struct page *page, struct room *room, const struct runfile_view *view)
{
    const struct series *steps = &view->steps;
    struct page_plot plot = {.id = "learning-rate", .title = "Learning rate"};
    bool changes = false;
    for (size_t row = 1; row < steps->rows && !changes; row++)
        changes = series_at(steps, row, STEP_RATE) != series_at(steps, 0, STEP_RATE);
    if (changes) {
        add_curve(&plot, steps, STEP_RATE, "learning rate", 0, NULL);
        return add_plot(page, room, &plot, &view->epochs);
    }
    if (steps->rows > 0)
        page_element(page, "p", "The learning rate was %g in every recorded step.",
                     series_at(steps, 0, STEP_RATE));
    return TRAINER_OK;
}

int run_page_curves(struct page *page, struct page_run *run)
{
    const struct run_record *record = run->record;
    const struct runfile_view *view = &record->view;
    const struct summing_up score = run_lines_sum_up(&view->epochs);
    const struct page_plot loss = losses(view, &score);
    struct room *room = malloc(sizeof *room);
    if (!room)
        return error_memory("a report", sizeof *room);
    page_section(page, "curves", "Curves");
    page_data_open(page, "plots", '[');
    int rc = add_plot(page, room, &loss, &view->epochs);
    for (size_t i = 0; rc == TRAINER_OK && i < registry_count(FAMILY_METRIC); i++) {
        const struct page_plot plot = metrics(view, i, &score);
        rc = add_plot(page, room, &plot, &view->epochs);
    }
    if (rc == TRAINER_OK)
        rc = add_rate(page, room, view);
    page_data_close(page, ']');
    if (view->steps.rows == 0 && view->epochs.rows == 0)
        page_element(page, "p", "Nothing was measured.");
    else
        page_element(page, "p class=\"note\"",
                     "Seconds of single steps lie on straight lines between evaluations.");
    free(room);
    return rc;
}
