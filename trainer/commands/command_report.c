/*
 * command_report.c - `trainer report RUN`: one file to look at, in any browser, without a network.
 *
 *     trainer report runs/two_layer/latest      runs/two_layer/0001/report.html, 410 kB
 *     trainer report runs/width_and_rate        a sweep: runs/width_and_rate/report.html
 */
#include "base/error.h"
#include "commands.h"
#include "display/format.h"
#include "pages/run_page.h"
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
     .help = "write the page there, not into the run's folder"},
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

static int find_run(struct run_places *places, const char *word)
{
    int rc = run_places_of(places, word);
    if (rc == TRAINER_OK && places->count > 1)
        return error_set(TRAINER_INVALID,
                         "%s: %zu runs and sweeps are below this folder; expected "
                         "one run, such as %s",
                         word, places->count, places->place[0].folder);
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

static int print_path(const struct page *page, const char *path)
{
    struct text text = {0};
    char bytes[TEXT_NUMBER_MAX];
    text_print(&text, "%s, %s\n", path, text_bytes(bytes, (double)page->document.length));
    int rc = text_write(&text, stdout);
    text_free(&text);
    return rc;
}

static int run_report(const struct arguments *arguments)
{
    const struct report_flags *flags = arguments->private;
    struct run_places places = {0};
    struct page page = {0};
    const char *path = NULL;
    int rc = find_run(&places, arguments->word[0]);
    if (rc == TRAINER_OK)
        rc = settle(&places.arena, &places.place[0]);
    if (rc == TRAINER_OK)
        path = flags->output ? flags->output
                             : arena_print(&places.arena, "%s/report.html", places.place[0].folder);
    if (rc == TRAINER_OK && !path)
        rc = TRAINER_FAILED;
    if (rc == TRAINER_OK)
        rc = page_check_path(path);
    if (rc == TRAINER_OK)
        rc = (places.place[0].sweep ? make_sweep : make_run)(&page, &places.place[0]);
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
    .words = "RUN",
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
    .words_max = 1,
    .run = run_report,
};
