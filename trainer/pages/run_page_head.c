/*
 * run_page_head.c - how a run stands, in words.
 *
 *     10,000 steps in 1.6 s; test accuracy 0.9779, best 0.9779 at epoch 16.67
 */
#include "base/error.h"
#include "display/run_lines.h"
#include "evaluate/columns.h"
#include "run_page_sections.h"

#include <math.h>
#include <string.h>

static const char *status_words(const struct run_record *record)
{
    switch (record->view.facts.status) {
    case RUN_COMPLETED:
        return "Completed.";
    case RUN_FAILED:
        return "Failed.";
    case RUN_INTERRUPTED:
        return "Interrupted: it can be resumed.";
    case RUN_RUNNING:
        break;
    }
    return "Still training when this page was made.";
}

static void add_result(struct page *page, const struct run_record *record)
{
    const struct runfile_view *view = &record->view;
    struct summing_up score = run_lines_sum_up(&view->epochs);
    double seconds = series_last(&view->epochs, "seconds");
    char steps[TEXT_NUMBER_MAX];
    page_markup(page, "<p>");
    page_text(page, "%s", text_counted(steps, view->facts.steps_done, "step"));
    if (!isnan(seconds))
        page_text(page, " in %.3g s", seconds);
    if (*score.words)
        page_text(page, "; %s %.4f, best %.4f at epoch %.4g", score.words, score.last, score.best,
                  score.best_epoch);
    page_markup(page, ".</p>\n");
}

/* --- warnings --- */

/* The row at which a loss was least. */
static size_t least_row(const struct series *epochs, int column)
{
    size_t least = 0;
    for (size_t row = 1; row < epochs->rows; row++)
        if (!(series_at(epochs, least, column) <= series_at(epochs, row, column)))
            least = row;
    return least;
}

/* A held-out loss that has gone up by a tenth or more, over three evaluations or more. */
static void warn_rising(struct page *page, const struct series *epochs)
{
    static const enum split splits[] = {SPLIT_TEST, SPLIT_VALIDATION};
    enum { ROWS_LEAST = 3 };
    const double rise = 1.1;
    for (size_t i = 0; epochs->rows > ROWS_LEAST && i < sizeof splits / sizeof *splits; i++) {
        int column = columns_place(MEASURED_LOSS, splits[i], 0);
        size_t row = least_row(epochs, column);
        double least = series_at(epochs, row, column);
        double last = series_at(epochs, epochs->rows - 1, column);
        double epoch = series_at(epochs, row, columns_place(MEASURED_EPOCH, SPLIT_COUNT, 0));
        if (epochs->rows - 1 - row < ROWS_LEAST || !(last > rise * least))
            continue;
        page_element(page, "p class=\"warning\"",
                     "The %s has been rising since epoch %.4g: %.4g there, %.4g at the end.",
                     columns_facts(column).title, epoch, least, last);
        return;
    }
}

/* Steps whose loss is no number. */
static void warn_not_finite(struct page *page, const struct series *steps)
{
    size_t count = 0, first = 0, width = (size_t)steps->columns;
    for (size_t row = steps->rows; row-- > 0;)
        if (!isfinite(steps->value[row * width + STEP_LOSS])) {
            count++;
            first = row;
        }
    if (count > 0)
        page_element(page, "p class=\"warning\"",
                     "%zu of %zu recorded steps %s a loss that is no finite number, the first is "
                     "step %.0f.",
                     count, steps->rows, count == 1 ? "has" : "have",
                     steps->value[first * width + STEP_STEP]);
}

int run_page_head(struct page *page, struct page_run *run)
{
    const struct run_record *record = run->record;
    const struct run_facts *facts = &record->view.facts;
    page_section(page, "status", "Status");
    page_markup(page, "<p><strong>");
    page_text(page, "%s", status_words(record));
    page_markup(page, "</strong> ");
    if (*facts->reason && strcmp(facts->reason, facts->error) != 0)
        page_text(page, "%s.", facts->reason);
    page_markup(page, "</p>\n");
    add_result(page, record);
    if (!record->place.file)
        page_element(page, "p class=\"warning\"", "The run has saved nothing yet.");
    if (*facts->error)
        page_element(page, "p class=\"warning\"", "%s", facts->error);
    if (*facts->resumed_from)
        page_element(page, "p class=\"note\"", "Resumed from %s.", facts->resumed_from);
    warn_not_finite(page, &record->view.steps);
    warn_rising(page, &record->view.epochs);
    return TRAINER_OK;
}
