/*
 * runs_page.c - see runs_page.h.
 */
#include "runs_page.h"
#include "base/error.h"
#include "drawing/plot_svg.h"
#include "runs/run_comparison.h"
#include "runs/run_plots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 720, HEIGHT = 320, NUMBERS_MOST = 200 };

/* --- tables --- */

static void add_runs(struct page *page, const struct run_set *set)
{
    page_section(page, "runs", "Runs");
    page_table(page, "runs", "The runs, by what differs");
    page_row(page);
    page_heading(page, "run");
    page_heading(page, "status");
    page_heading(page, "folder");
    for (size_t i = 0; i < set->count; i++) {
        page_row(page);
        page_row_heading(page, set->label[i]);
        page_cell(page, set->record[i].status);
        page_cell(page, set->record[i].place.folder);
    }
    page_table_end(page);
}

/* A heading for each run, behind `first`. */
static void add_headings(struct page *page, const struct run_set *set, const char *first)
{
    page_row(page);
    page_heading(page, first);
    for (size_t i = 0; i < set->count; i++)
        page_heading(page, set->label[i]);
}

static void add_keys(struct page *page, const struct compared_runs *compared)
{
    page_section(page, "differences", "What differs");
    if (compared->keys == 0) {
        page_element(page, "p", "The runs' configs are the same.");
        return;
    }
    page_table(page, "differences", "Keys of the configs that are not the same everywhere");
    add_headings(page, compared->set, "key");
    for (size_t k = 0; k < compared->keys; k++) {
        page_row(page);
        page_row_heading(page, compared->key[k]);
        for (size_t i = 0; i < compared->set->count; i++) {
            const char *value = run_comparison_value(compared, i, compared->key[k]);
            page_cell(page, value ? value : "not set");
        }
    }
    page_table_end(page);
}

static void add_results(struct page *page, const struct compared_runs *compared)
{
    page_section(page, "results", "Results");
    if (compared->numbers == 0) {
        page_element(page, "p", "Nothing was measured.");
        return;
    }
    page_table(page, "results", "Numbers of the last evaluation; the best of a line has a star");
    add_headings(page, compared->set, "measured");
    for (size_t n = 0; n < compared->numbers; n++) {
        const struct run_number *number = &compared->number[n];
        double best = run_comparison_best(compared, n);
        page_row(page);
        page_row_heading(page, number->title);
        for (size_t i = 0; i < compared->set->count; i++)
            if (number->value[i] == best)
                page_element(page, "td class=\"n\"", "%.6g *", number->value[i]);
            else
                page_number(page, number->value[i], 6);
    }
    page_table_end(page);
}

/* --- curves --- */

/* The same plots over steps, epochs and seconds: their series stand in the same order. */
struct overlaid {
    struct run_plots over[3];
};

static int make_plots(struct overlaid *plots, const struct run_set *set)
{
    int rc = TRAINER_OK;
    for (int x = 0; x < 3 && rc == TRAINER_OK; x++)
        rc = run_plots_make(&plots->over[x], set->record, set->label, set->count,
                            &(struct run_plots_choice){.x = (enum run_plots_x)x});
    return rc;
}

static void add_series(struct page *page, const struct overlaid *plots, size_t plot, size_t index)
{
    static const char *const keys[] = {"step", "epoch", "seconds"};
    const struct plot_series *series = &plots->over[0].plot[plot].series[index];
    page_data_open(page, NULL, '{');
    page_data_text(page, "name", series->name);
    page_data_number(page, "colour", (double)series->colour);
    page_data_number(page, "dash", (double)series->dash);
    for (int x = 0; x < 3; x++)
        page_data_column(page, keys[x], plots->over[x].plot[plot].series[index].x, series->count,
                         1);
    page_data_column(page, "y", series->y, series->count, 1);
    if (series->best != PLOT_NO_ROW)
        page_data_number(page, "best", (double)series->best);
    page_data_close(page, '}');
}

/* The points of all series as rows; of long ones the last. */
static void add_numbers(struct page *page, const struct plot *plot)
{
    page_details(page, "The numbers");
    page_table(page, plot->title, plot->title);
    page_row(page);
    page_heading(page, "run");
    page_heading(page, "step");
    page_heading(page, plot->title);
    for (size_t s = 0; s < plot->count; s++) {
        const struct plot_series *series = &plot->series[s];
        size_t first = series->count > NUMBERS_MOST ? series->count - NUMBERS_MOST : 0;
        for (size_t i = first; i < series->count; i++) {
            page_row(page);
            page_row_heading(page, series->name);
            page_number(page, series->x[i], 0);
            page_number(page, series->y[i], 0);
        }
    }
    page_table_end(page);
    page_details_end(page);
}

static int add_plot(struct page *page, const struct overlaid *plots, size_t index)
{
    const struct plot *plot = &plots->over[0].plot[index];
    struct text picture = {0};
    char id[64], words[160];
    snprintf(id, sizeof id, "plot-%zu", index);
    snprintf(words, sizeof words, "%s across training: %zu curves.", plot->title, plot->count);
    plot_svg(plot, &(struct plot_svg){.width = WIDTH, .height = HEIGHT}, &picture);
    int rc = text_status(&picture);
    page_element(page, "h3", "%s", plot->title);
    page_figure(page, id, words, text_get(&picture));
    add_numbers(page, plot);
    page_figure_end(page);
    page_data_open(page, NULL, '{');
    page_data_text(page, "id", id);
    page_data_text(page, "y", plot->title);
    page_data_open(page, "series", '[');
    for (size_t s = 0; s < plot->count; s++)
        add_series(page, plots, index, s);
    page_data_close(page, ']');
    page_data_close(page, '}');
    text_free(&picture);
    return rc;
}

static bool is_measured(const struct run_set *set)
{
    bool any = false;
    for (size_t i = 0; i < set->count; i++)
        any = any || set->record[i].view.epochs.rows > 0;
    return any;
}

static int add_curves(struct page *page, const struct run_set *set)
{
    struct overlaid plots = {0};
    page_section(page, "curves", "Curves");
    if (!is_measured(set)) {
        page_element(page, "p", "Nothing was measured.");
        return TRAINER_OK;
    }
    int rc = make_plots(&plots, set);
    page_data_open(page, "plots", '[');
    for (size_t i = 0; i < plots.over[0].count && rc == TRAINER_OK; i++)
        rc = add_plot(page, &plots, i);
    page_data_close(page, ']');
    for (int x = 0; x < 3; x++)
        run_plots_free(&plots.over[x]);
    return rc;
}

int runs_page_make(struct page *page, const struct run_set *set)
{
    struct compared_runs *compared = calloc(1, sizeof *compared);
    int rc = compared ? run_comparison_make(compared, set)
                      : error_memory("a comparison", sizeof *compared);
    char title[64];
    snprintf(title, sizeof title, "%zu runs", set->count);
    page_open(page, title);
    if (rc == TRAINER_OK) {
        add_runs(page, set);
        add_keys(page, compared);
        add_results(page, compared);
        rc = add_curves(page, set);
    }
    page_close(page);
    if (compared)
        run_comparison_free(compared);
    free(compared);
    return rc;
}
