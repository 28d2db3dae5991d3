/*
 * sweep_pictures.c - the plots of a sweep's page where no scripts run.
 */
#include "sweep_pictures.h"
#include "base/error.h"
#include "drawing/plot_svg.h"

#include <stdio.h>
#include <stdlib.h>

enum { BEST = 5, QUANTILES = 3, GREY = 5 };

/* Appends a plot that stands where scripts don't run. */
static int add(struct page *page, const struct plot *plot)
{
    page_markup(page, "<div class=\"static picture\">\n");
    plot_svg(plot, &(struct plot_svg){.width = 720, .height = 320}, &page->body);
    page_markup(page, "</div>\n");
    return text_status(&page->body);
}

/* The trials that are drawn: each k-th by rank, the best first; how many. */
static size_t choose(const struct sweep_facts *facts, size_t row[SWEEP_PICTURE_TRIALS])
{
    size_t stride = (facts->ranked + SWEEP_PICTURE_TRIALS - 1) / SWEEP_PICTURE_TRIALS, count = 0;
    for (size_t i = 0; i < facts->ranked; i += stride)
        row[count++] = facts->order[i];
    return count;
}

static double last_of(const struct sweep_facts *facts, size_t row)
{
    return facts->last[row * (size_t)facts->table->metrics.columns + facts->metric];
}

/* The last metric of trials against a parameter; NULL: seconds. */
static int add_points(struct page *page, const struct sweep_facts *facts,
                      const struct sweep_parameter *parameter)
{
    size_t row[SWEEP_PICTURE_TRIALS], count = choose(facts, row);
    double x[SWEEP_PICTURE_TRIALS], y[SWEEP_PICTURE_TRIALS];
    struct text title = {0};
    for (size_t i = 0; i < count; i++) {
        x[i] = parameter ? parameter->value[row[i]] : facts->table->row[row[i]].seconds;
        y[i] = last_of(facts, row[i]);
    }
    const struct plot_series points = {
        .count = count, .x = x, .y = y, .shape = PLOT_POINTS, .best = 0};
    struct plot plot = {.x = {.label = "seconds"}, .series = &points, .count = 1};
    if (parameter)
        plot.x =
            (struct plot_axis){parameter->label, parameter->log, parameter->word, parameter->words};
    text_print(&title, "%s against %s", facts->table->metric, plot.x.label);
    plot.title = text_get(&title);
    int rc = text_status(&title);
    rc = rc == TRAINER_OK ? add(page, &plot) : rc;
    text_free(&title);
    return rc;
}

static void tell_share(struct page *page, const struct sweep_facts *facts)
{
    if (facts->ranked > SWEEP_PICTURE_TRIALS)
        page_element(page, "p class=\"static note\"",
                     "At most %d of %zu trials are drawn, at equal distances by rank.",
                     SWEEP_PICTURE_TRIALS, facts->ranked);
}

int sweep_pictures_parameters(struct page *page, const struct sweep_facts *facts)
{
    int rc = TRAINER_OK;
    tell_share(page, facts);
    for (size_t i = 0; i < facts->parameters && facts->ranked > 0 && rc == TRAINER_OK; i++)
        rc = add_points(page, facts, &facts->parameter[i]);
    return rc;
}

int sweep_pictures_cost(struct page *page, const struct sweep_facts *facts)
{
    return facts->ranked > 0 ? add_points(page, facts, NULL) : TRAINER_OK;
}

/* ---- curves ---- */

/* What is drawn, on one allocation of 2 * length numbers for each series. */
struct curves {
    size_t length, count;
    double *room;
    char name[BEST][32];
    struct plot_series series[BEST + QUANTILES];
};

static struct plot_series *add_series(struct curves *curves, const char *name)
{
    double *x = curves->room + 2 * curves->length * curves->count;
    struct plot_series *series = &curves->series[curves->count++];
    *series =
        (struct plot_series){.name = name, .x = x, .y = x + curves->length, .best = PLOT_NO_ROW};
    return series;
}

static void set_point(struct plot_series *series, double x, double y)
{
    ((double *)series->x)[series->count] = x;
    ((double *)series->y)[series->count++] = y;
}

static void add_best(struct curves *curves, const struct sweep_facts *facts)
{
    size_t columns = (size_t)facts->table->metrics.columns;
    for (size_t i = 0; i < BEST && i < facts->ranked; i++) {
        const struct sweep_table_row *row = &facts->table->row[facts->order[i]];
        snprintf(curves->name[i], sizeof curves->name[i], "trial %zu", facts->order[i]);
        struct plot_series *series = add_series(curves, curves->name[i]);
        series->colour = i;
        series->dash = i;
        for (size_t r = 0; r < row->measured; r++)
            set_point(series, row->curve[r * columns], row->curve[r * columns + facts->metric]);
    }
}

static void add_quantiles(struct curves *curves, const struct sweep_band *band, size_t count)
{
    static const char *const names[QUANTILES] = {"10 % of all", "median of all", "90 % of all"};
    static const size_t dashes[QUANTILES] = {2, 1, 2};
    for (size_t i = 0; i < QUANTILES && count > 0; i++) {
        struct plot_series *series = add_series(curves, names[i]);
        series->colour = GREY;
        series->dash = dashes[i];
        for (size_t r = 0; r < count; r++)
            set_point(series, band[r].epoch,
                      i == 0   ? band[r].low
                      : i == 1 ? band[r].middle
                               : band[r].high);
    }
}

int sweep_pictures_curves(struct page *page, const struct sweep_facts *facts)
{
    size_t length = facts->table->length;
    struct curves curves = {.length = length};
    size_t numbers = 2 * (length + 1) * (BEST + QUANTILES);
    struct sweep_band *band = calloc(length + 1, sizeof *band);
    curves.room = calloc(numbers, sizeof *curves.room);
    size_t count =
        curves.room && band ? sweep_facts_band(facts, facts->metric, NULL, 0, band) : SIZE_MAX;
    int rc = count < SIZE_MAX ? TRAINER_OK : error_memory("curves", numbers * sizeof(double));
    if (rc == TRAINER_OK) {
        add_quantiles(&curves, band, count);
        add_best(&curves, facts);
        const struct plot plot = {.title = facts->table->metric,
                                  .x = {.label = "epoch"},
                                  .series = curves.series,
                                  .count = curves.count};
        rc = curves.count > 0 ? add(page, &plot) : TRAINER_OK;
    }
    free(band);
    free(curves.room);
    return rc;
}
