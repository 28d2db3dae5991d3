/*
 * command_report.c - `trainer report RUN`: one file to look at, in any browser, without a network.
 *
 *     trainer report runs/two_layer/latest      runs/two_layer/0001/report.html, 410 kB
 *     trainer report runs/width_and_rate        a sweep: runs/width_and_rate/report.html
 *     trainer report runs/two_layer             all runs in it, laid over each other: report.html
 */
#include "base/error.h"
#include "base/utf8.h"
#include "command.h"
#include "display/format.h"
#include "file_kinds.h"
#include "output_path.h"
#include "pages/run_page.h"
#include "pages/runs_page.h"
#include "pages/sweep_page.h"
#include "pages/sweep_record.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct report_flags {
    const char *output;
};

static const struct argument_option report_options[] = {
    {"--output", ARGUMENT_TEXT, .value = "FILE", .offset = offsetof(struct report_flags, output),
     .help = "write the page there, an .html file, not into the run's folder"},
    {0},
};

/* The folder that a link such as `latest` names, where that is one beside the link; else the folder
 * itself. */
static const char *follow(struct arena *arena, const char *folder)
{
    char name[256];
    ssize_t length = readlink(folder, name, sizeof name);
    const char *slash = strrchr(folder, '/');
    int before = slash ? (int)(slash - folder) + 1 : 0;
    if (length <= 0 || (size_t)length == sizeof name || memchr(name, '/', (size_t)length))
        return folder;
    return arena_print(arena, "%.*s%.*s", before, folder, (int)length, name);
}

/* Commands on the page and its path name the folder itself: what `latest` is changes. */
static int settle(struct arena *arena, struct run_place *place)
{
    const char *folder = follow(arena, place->folder), *slash;
    if (folder == place->folder || !folder)
        return folder ? TRAINER_OK : TRAINER_FAILED;
    place->folder = folder;
    if (place->file && (slash = strrchr(place->file, '/')))
        place->file = arena_print(arena, "%s%s", folder, slash);
    return TRAINER_OK;
}

/* Beside the run or sweep; of several in the current folder. */
static const char *path_of(struct run_places *places, const char *output)
{
    if (output || places->count > 1)
        return output ? output : "report.html";
    return arena_print(&places->arena, "%s/report.html", places->place[0].folder);
}

static int find_places(struct run_places *places, const struct arguments *arguments)
{
    int rc = TRAINER_OK;
    for (size_t i = 0; i < arguments->words && rc == TRAINER_OK; i++)
        rc = run_places_of(places, arguments->word[i]);
    return rc;
}

static int make_run(struct page *page, const struct run_place *place)
{
    struct run_record record = {0};
    int rc = run_record_read(&record, place, true);
    if (rc == TRAINER_OK)
        rc = run_page_make(page, &record);
    run_record_free(&record);
    return rc;
}

static int make_sweep(struct page *page, const struct run_place *place)
{
    struct sweep_record record = {0};
    int rc = sweep_record_read(&record, place->folder);
    if (rc == TRAINER_OK)
        rc = sweep_page_make(page, &record);
    sweep_record_free(&record);
    return rc;
}

/* Sweeps among the words stand for their trials. */
static int make_runs(struct page *page, const struct arguments *arguments)
{
    struct run_set set = {0};
    int rc = run_set_read(&set, arguments->word, arguments->words, false);
    if (rc == TRAINER_OK)
        rc = runs_page_make(page, &set);
    run_set_free(&set);
    return rc;
}

static int make_page(struct page *page, const struct run_places *places,
                     const struct arguments *arguments)
{
    const struct run_place *first = &places->place[0];
    if (places->count > 1)
        return make_runs(page, arguments);
    return first->sweep ? make_sweep(page, first) : make_run(page, first);
}

static int print_path(const struct page *page, const char *path)
{
    struct text text = {0};
    char bytes[TEXT_NUMBER_MAX];
    text_string(&text, path);
    utf8_make_plain(text.data, "");
    text_print(&text, ", %s\n", text_bytes(bytes, (double)page->document.length));
    int rc = text_write(&text, stdout);
    text_free(&text);
    return rc;
}

/* A page under another name would be opened by another program. */
static int check_output(const char *output)
{
    if (!output || file_ends_in(output, ".html") || file_ends_in(output, ".htm"))
        return output_check_folder(output);
    return error_set(TRAINER_INVALID, "%s: expected a file's name that ends in .html", output);
}

static int run_report(const struct arguments *arguments)
{
    const struct report_flags *flags = arguments->private;
    struct run_places places = {0};
    struct page page = {0};
    const char *path = NULL;
    int rc = check_output(flags->output);
    if (rc == TRAINER_OK)
        rc = find_places(&places, arguments);
    for (size_t i = 0; i < places.count && rc == TRAINER_OK; i++)
        rc = settle(&places.arena, &places.place[i]);
    if (rc == TRAINER_OK && !(path = path_of(&places, flags->output)))
        rc = TRAINER_FAILED;
    if (rc == TRAINER_OK)
        rc = page_check_path(path);
    if (rc == TRAINER_OK)
        rc = make_page(&page, &places, arguments);
    if (rc == TRAINER_OK)
        rc = page_write(&page, path);
    if (rc == TRAINER_OK)
        rc = print_path(&page, path);
    page_free(&page);
    run_places_free(&places);
    return rc;
}

const struct command command_report = {
    .name = "report",
    .also = ",html,page,view,dashboard,look,tensorboard,",
    .group = GROUP_RUNS,
    .rank = 3,
    .words = "RUN...",
    .summary = "Write a page on a run or sweep that any browser opens",
    .help = "RUN is a run's folder, its run.h5 or a checkpoint, or the folder of a sweep; it may "
            "still\n"
            "go on, or have failed. The page is report.html in that folder, unless named. It holds "
            "its\n"
            "numbers, needs no other file, and replaces nothing but an older report.\n",
    .example = "trainer report runs/two_layer/latest",
    .options = report_options,
    .private_size = sizeof(struct report_flags),
    .words_min = 1,
    .words_max = RUN_SET_MOST,
    .run = run_report,
};
