/*
 * command_compare.c - `trainer compare RUN...`: what differs between runs, and what came of it.
 *
 *     two_layer                1       2
 *     optimizer.learning_rate  0.1     0.5
 *     test loss                0.3292  0.2002 *
 *     test accuracy            0.9080  0.9460 *
 *
 * A column is a run. Keys of the configs that are the same everywhere are left out; the best of a
 * row has a star. Where a line has no room for all runs, tables stand below each other.
 */
#include "base/csv.h"
#include "base/error.h"
#include "base/utf8.h"
#include "command.h"
#include "display/progress.h"
#include "display/table.h"
#include "runs/run_comparison.h"
#include "runs/run_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_MAX = 64, VALUE_SHOWN = 40 };

struct compare_flags {
    bool csv;
};

static const struct argument_option compare_options[] = {
    {"--csv", ARGUMENT_FLAG, .offset = offsetof(struct compare_flags, csv),
     .help = "print CSV: a line for each run, numbers in full"},
    {0},
};

/* ---- the table ---- */

/* A row of the table, for all runs; cells are for free(). */
struct row {
    char *title;
    char *cell[RUN_SET_MOST];
};

/* A text for free(), long ones shortened, with a mark behind it; NULL when memory ran out. */
static char *copy_cell(const char *text, const char *mark)
{
    struct text cell = {0};
    text_shortened(&cell, text, VALUE_SHOWN);
    text_string(&cell, mark);
    if (cell.failed)
        text_free(&cell);
    return cell.data;
}

static void fill_rows(const struct compared_runs *comparison, struct row *row)
{
    const struct run_set *set = comparison->set;
    for (size_t run = 0; run < set->count; run++) {
        char text[CELL_MAX];
        struct row *next = row;
        snprintf(text, sizeof text, "%zu", run + 1);
        (next++)->cell[run] = copy_cell(text, "");
        for (size_t i = 0; i < comparison->keys; i++) {
            const char *value = run_comparison_value(comparison, run, comparison->key[i]);
            (next++)->cell[run] = copy_cell(value ? value : "-", "");
        }
        (next++)->cell[run] = copy_cell(set->record[run].status, "");
        for (size_t i = 0; i < comparison->numbers; i++) {
            const struct run_number *number = &comparison->number[i];
            bool best = number->value[run] == run_comparison_best(comparison, i);
            if (isnan(number->value[run]))
                snprintf(text, sizeof text, "-");
            else
                snprintf(text, sizeof text, number->share ? "%.4f" : "%.6g", number->value[run]);
            (next++)->cell[run] = copy_cell(text, best ? " *" : "");
        }
    }
    (row++)->title = copy_cell("run", "");
    for (size_t i = 0; i < comparison->keys; i++)
        (row++)->title = copy_cell(comparison->key[i], "");
    (row++)->title = copy_cell("status", "");
    for (size_t i = 0; i < comparison->numbers; i++)
        (row++)->title = copy_cell(comparison->number[i].title, "");
}

static size_t widest(const struct row *row, size_t rows, size_t run)
{
    size_t most = 0;
    for (size_t i = 0; i < rows; i++) {
        size_t columns = text_columns(row[i].cell[run], strlen(row[i].cell[run]));
        most = columns > most ? columns : most;
    }
    return most;
}

/* Runs from `first` on that fit into a line; at least one. */
static size_t runs_that_fit(const struct row *row, size_t rows, size_t runs, size_t first,
                            size_t width)
{
    size_t used = 0, last = first;
    for (size_t i = 0; i < rows; i++) {
        size_t columns = text_columns(row[i].title, strlen(row[i].title));
        used = columns > used ? columns : used;
    }
    while (last < runs && last - first + 2 < TABLE_COLUMNS_MAX) {
        used += 2 + widest(row, rows, last);
        if (used > width && last > first)
            break;
        last++;
    }
    return last;
}

static int add_table(struct text *text, const struct row *row, size_t rows, size_t first,
                     size_t last)
{
    char alignment[TABLE_COLUMNS_MAX + 1] = "";
    memset(alignment, 'l', last - first + 1);
    struct table table;
    table_start(&table, alignment, NULL);
    for (size_t i = 0; i < rows; i++) {
        table_cell(&table, "%s", row[i].title);
        for (size_t run = first; run < last; run++)
            table_cell(&table, "%s", row[i].cell[run]);
    }
    return table_finish(&table, 0, text);
}

/* "1  runs/two_layer/0001": the numbers by which the tables call the runs. */
static void list_folders(const struct run_set *set, struct text *text)
{
    struct text line = {0};
    for (size_t run = 0; run < set->count; run++) {
        line.length = 0;
        text_print(&line, "%zu  %s", run + 1, set->record[run].place.folder);
        utf8_make_plain(line.data, "");
        text_print(text, "%s\n", text_get(&line));
    }
    text->failed |= line.failed;
    text_free(&line);
}

static int print_tables(const struct compared_runs *comparison, struct text *text)
{
    struct style style;
    size_t runs = comparison->set->count, rows = 2 + comparison->keys + comparison->numbers;
    struct row *row = calloc(rows, sizeof *row);
    int rc = row ? TRAINER_OK : error_memory("a table", rows * sizeof *row);
    size_t width = progress_style(&style, stdout) ? style.width : PROGRESS_PIPE_COLUMNS;
    if (rc == TRAINER_OK)
        fill_rows(comparison, row);
    for (size_t i = 0; i < rows && rc == TRAINER_OK; i++)
        for (size_t run = 0; run < runs; run++)
            if (!row[i].title || !row[i].cell[run])
                rc = error_memory("a table", CELL_MAX);
    if (rc == TRAINER_OK)
        list_folders(comparison->set, text);
    for (size_t first = 0, last; first < runs && rc == TRAINER_OK; first = last) {
        last = runs_that_fit(row, rows, runs, first, width);
        text_string(text, "\n");
        rc = add_table(text, row, rows, first, last);
    }
    for (size_t i = 0; i < rows && row; i++) {
        free(row[i].title);
        for (size_t run = 0; run < runs; run++)
            free(row[i].cell[run]);
    }
    free(row);
    return rc;
}

/* ---- CSV ---- */

static void print_csv(const struct compared_runs *comparison, struct text *text)
{
    char number[CELL_MAX];
    csv_field(text, "run");
    for (size_t i = 0; i < comparison->keys; i++) {
        csv_separate(text);
        csv_field(text, comparison->key[i]);
    }
    csv_separate(text);
    csv_field(text, "status");
    for (size_t i = 0; i < comparison->numbers; i++) {
        csv_separate(text);
        csv_field(text, comparison->number[i].name);
    }
    csv_end(text);
    for (size_t run = 0; run < comparison->set->count; run++) {
        csv_words(text, comparison->set->record[run].place.folder);
        for (size_t i = 0; i < comparison->keys; i++) {
            const char *value = run_comparison_value(comparison, run, comparison->key[i]);
            csv_separate(text);
            csv_words(text, value ? value : "");
        }
        csv_separate(text);
        csv_field(text, comparison->set->record[run].status);
        for (size_t i = 0; i < comparison->numbers; i++) {
            double value = comparison->number[i].value[run];
            csv_separate(text);
            number[0] = '\0';
            if (!isnan(value))
                snprintf(number, sizeof number, "%.17g", value);
            csv_field(text, number);
        }
        csv_end(text);
    }
}

static int run_compare(const struct arguments *arguments)
{
    const struct compare_flags *flags = arguments->private;
    struct run_set set = {0};
    struct text text = {0};
    struct compared_runs *comparison = calloc(1, sizeof *comparison);
    int rc = comparison ? TRAINER_OK : error_memory("a comparison", sizeof *comparison);
    if (rc == TRAINER_OK)
        rc = run_set_read(&set, arguments->word, arguments->words, false);
    if (rc == TRAINER_OK && set.count < 2)
        rc = error_set(TRAINER_INVALID, "%s: is one run; expected two or more",
                       set.record[0].place.folder);
    if (rc == TRAINER_OK)
        rc = run_comparison_make(comparison, &set);
    if (rc == TRAINER_OK && flags->csv)
        print_csv(comparison, &text);
    else if (rc == TRAINER_OK)
        rc = print_tables(comparison, &text);
    if (rc == TRAINER_OK)
        rc = text_write(&text, stdout);
    text_free(&text);
    if (comparison)
        run_comparison_free(comparison);
    free(comparison);
    run_set_free(&set);
    return rc;
}

const struct command command_compare = {
    .name = "compare",
    .also = ",diff,versus,",
    .group = GROUP_RUNS,
    .rank = 5,
    .words = "RUN...",
    .summary = "Tell what differs between runs, and what came of it",
    .help = "RUN is a run's folder, its run.h5 or a checkpoint, a folder of runs, or a sweep for\n"
            "its trials. Keys that are the same everywhere are left out; numbers are those of the\n"
            "last evaluation. A star marks the best of a line.\n",
    .example = "trainer compare runs/two_layer",
    .options = compare_options,
    .private_size = sizeof(struct compare_flags),
    .words_min = 1,
    .words_max = RUN_SET_MOST,
    .run = run_compare,
};
