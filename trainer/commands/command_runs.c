/*
 * command_runs.c - `trainer runs [DIR]`: the runs of a folder, as a table.
 *
 *     run                   status       epochs  steps  result                age
 *     runs/two_layer/0001   completed        16  10,000 test accuracy 0.9712  3 min
 *
 * Reads only. Links are not followed, so `latest` lists no run twice.
 */
#include "base/error.h"
#include "commands.h"
#include "display/run_lines.h"
#include "display/table.h"
#include "runs/run_listing.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 4 };

/* "42 s", "3 min", "5 h", "12 d" into text[size]. */
static const char *age_text(double seconds, char *text, size_t size)
{
    static const struct {
        double below, unit;
        const char *name;
    } units[] = {{100, 1, "s"},
                 {100 * 60, 60, "min"},
                 {48 * 3600, 3600, "h"},
                 {(double)INFINITY, 86400, "d"}};
    size_t i = 0;
    while (seconds >= units[i].below)
        i++;
    if (isnan(seconds))
        snprintf(text, size, "-");
    else
        snprintf(text, size, "%.0f %s", fmax(seconds, 0) / units[i].unit, units[i].name);
    return text;
}

static void add_run(struct table *table, const char *folder, const struct runfile_view *view)
{
    char number[TEXT_NUMBER_MAX], age[TEXT_NUMBER_MAX];
    struct summing_up score = run_lines_sum_up(&view->epochs);
    table_cell(table, "%s", folder);
    table_cell(table, "%s", run_status_word(view->facts.status));
    table_cell(table, "%s", text_count(number, view->facts.epochs_done));
    table_cell(table, "%s", text_count(number, view->facts.steps_done));
    if (*score.words)
        table_cell(table, "%s %.4f", score.words, score.last);
    else
        table_cell(table, "-");
    table_cell(table, "%s", age_text(run_listing_age(view->facts.start_time), age, sizeof age));
}

/* A run that can't be read is a row too: it does not hide the others. */
static void add_unreadable(struct table *table, const char *folder)
{
    bool begun = run_folder_owner(folder).alive;
    const char *const cells[] = {folder, begun ? "starting" : "unreadable", "-", "-", "-", "-"};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        table_cell(table, "%s", cells[i]);
}

static bool has_file(const char *folder, const char *name)
{
    struct stat facts;
    char *path = run_folder_path(folder, name);
    bool found = path && lstat(path, &facts) == 0 && S_ISREG(facts.st_mode);
    free(path);
    return found;
}

static int visible_folder(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN);
}

static int add_folder(struct table *table, const char *folder, int depth, size_t *found);

/* Looks into the folders of a folder, in the order of their names. */
static int add_folders(struct table *table, const char *folder, int depth, size_t *found)
{
    struct dirent **entry = NULL;
    int count = scandir(folder, &entry, visible_folder, alphasort);
    int rc = TRAINER_OK;
    if (count < 0)
        return depth == 0 ? error_set(TRAINER_INVALID, "%s: %s", folder, strerror(errno))
                          : TRAINER_OK;
    for (int i = 0; i < count; i++) {
        char *path = rc == TRAINER_OK ? run_folder_path(folder, entry[i]->d_name) : NULL;
        if (rc == TRAINER_OK)
            rc = path ? add_folder(table, path, depth + 1, found) : TRAINER_FAILED;
        free(path);
        free(entry[i]);
    }
    free(entry);
    return rc;
}

static int add_folder(struct table *table, const char *folder, int depth, size_t *found)
{
    struct runfile_view view;
    struct stat facts;
    if (depth > DEPTH_MAX || (depth > 0 && (lstat(folder, &facts) != 0 || !S_ISDIR(facts.st_mode))))
        return TRAINER_OK;
    if (!has_file(folder, RUN_FILE) && !has_file(folder, "lock"))
        return add_folders(table, folder, depth, found);
    ++*found;
    int rc = run_listing_read(&view, folder, false);
    if (rc == TRAINER_OK) {
        add_run(table, folder, &view);
        runfile_view_free(&view);
    } else if (rc == TRAINER_INVALID) {
        add_unreadable(table, folder);
    }
    return rc == TRAINER_FAILED ? rc : TRAINER_OK;
}

static int run_runs(const struct arguments *arguments)
{
    static const char *const headings[] = {"run", "status", "epochs", "steps", "result", "age"};
    const char *folder = arguments->words > 0 ? arguments->word[0] : "runs";
    struct table table;
    struct text text = {0};
    size_t found = 0;
    table_start(&table, "llrrlr", headings);
    int rc = add_folder(&table, folder, 0, &found);
    int finished = table_finish(&table, 0, &text);
    if (rc == TRAINER_OK && found == 0)
        rc = error_set(TRAINER_INVALID, "%s: there is no run in this folder", folder);
    if (rc == TRAINER_OK)
        rc = finished == TRAINER_OK ? text_write(&text, stdout) : finished;
    text_free(&text);
    return rc;
}

const struct command command_runs = {
    .name = "runs",
    .group = GROUP_RUNS,
    .rank = 1,
    .example = "trainer runs",
    .words = "[DIR]",
    .summary = "List runs: status, epochs, steps, result, age",
    .help = "DIR is where to look, runs/ unless named. Nothing is written. A run whose process is "
            "gone\n"
            "is listed as interrupted.\n",
    .words_min = 0,
    .words_max = 1,
    .run = run_runs,
};
