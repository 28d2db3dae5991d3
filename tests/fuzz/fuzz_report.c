/*
 * fuzz_report.c - any bytes as a run's file: what can be read of it becomes a page and plots, as of
 * `trainer report` and `trainer plot`; the rest is told in one line.
 *
 * Pages and pictures are UTF-8 without control characters, whatever the file holds. No child reads
 * the file before, which would take a hundred times as long, so libhdf5 may crash: run.sh counts
 * such files, and has the program tell each. Sections that need the network are not made.
 */
#include "base/error.h"
#include "base/utf8.h"
#include "drawing/plot_svg.h"
#include "drawing/plot_text.h"
#include "evaluate/columns.h"
#include "fuzz.h"
#include "pages/run_page.h"
#include "runs/run_plots.h"

#include <stdlib.h>
#include <string.h>

static struct fuzz_file file;

static void check_error(int rc)
{
    if (rc != TRAINER_OK && error_count() != 1)
        abort();
    error_clear();
}

static void check_text(const char *text, const char *end)
{
    uint32_t character = 0;
    size_t length = strlen(text);
    if (length < strlen(end) || strcmp(text + length - strlen(end), end) != 0)
        abort();
    for (size_t bytes; *text; text += bytes) {
        bytes = utf8_decode(text, 4, &character);
        bool control = character < 0x20 && character != '\n' && character != '\t';
        if (bytes == 0 || control || (character >= 0x7f && character < 0xa0))
            abort();
    }
}

static void draw_page(const struct run_record *record)
{
    struct page page = {.plain = true}; /* to hash Chart.js would take longer than all else */
    int rc = run_page_make(&page, record);
    if (rc == TRAINER_OK)
        check_text(text_get(&page.document), "</html>\n");
    check_error(rc);
    page_free(&page);
}

static void draw_plots(const struct run_record *record)
{
    struct run_plots plots = {0};
    struct text svg = {0}, text = {0};
    int rc = run_plots_make(&plots, record, NULL, 1, &(struct run_plots_choice){0});
    if (rc == TRAINER_OK) {
        plot_svg_panels(plots.plot, plots.count, &(struct plot_svg){720, 320, true}, &svg);
        check_text(text_get(&svg), "</svg>\n");
        rc = plot_text_panels(plots.plot, plots.count,
                              &(struct plot_text){.columns = 80, .lines = 18, .utf8 = true}, &text);
        check_text(text_get(&text), "\n");
    }
    check_error(rc);
    text_free(&svg);
    text_free(&text);
    run_plots_free(&plots);
}

/* The record of a file: a run that has saved nothing more. */
static void draw(const struct runfile_view *view)
{
    const struct run_record record = {
        .place = {.folder = "run"}, .view = *view, .name = view->facts.config, .status = "running"};
    draw_page(&record);
    draw_plots(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct runfile_view view = {0};
    if (columns_list(&view.arena, &view.steps, &view.epochs, NULL) != TRAINER_OK)
        abort();
    int rc =
        runfile_read(&view, fuzz_file_fill(&file, data, size), RUNFILE_METRICS | RUNFILE_CONFUSION);
    check_error(rc);
    if (rc == TRAINER_OK)
        draw(&view);
    runfile_view_free(&view);
    return 0;
}
