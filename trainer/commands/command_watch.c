/*
 * command_watch.c - `trainer watch DIR`: the progress of a run or sweep of another process.
 *
 * All comes from its run file, which is replaced every now and then by a newer one, and from its
 * lock. With --plot the curves stand above the live line, instead of a line for each evaluation.
 */
#include "base/clock.h"
#include "base/error.h"
#include "command.h"
#include "display/live_plots.h"
#include "display/progress.h"
#include "runs/find_run.h"
#include "runs/run_listing.h"
#include "runs/run_plots.h"
#include "runs/sweep_listing.h"
#include "system/signals.h"
#include "train/settings.h"
#include "watch_sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct watch_flags {
    bool plot;
};

static const struct argument_option watch_options[] = {
    {"--plot", ARGUMENT_FLAG, .offset = offsetof(struct watch_flags, plot),
     .help = "draw the curves of a run above the live line; needs a terminal"},
    {0},
};

/* What is known of the run so far. */
struct watch {
    const char *folder;
    char *run_path;
    struct timespec changed; /* of the file that was read last */
    ino_t inode;
    size_t shown;             /* rows */
    double updated, patience; /* when the run saved last (since 1970); how long it may take */
    struct progress_display display;
    struct observer observer;
    bool plot; /* curves instead of lines */
    struct live_plots plots;
};

static void pause_shortly(void)
{
    const struct timespec time = {.tv_nsec = 200 * 1000 * 1000};
    nanosleep(&time, NULL);
}

/* Whether the run file is another one than the last time. */
static bool is_new(struct watch *watch)
{
    struct stat facts;
    if (stat(watch->run_path, &facts) != 0)
        return false;
    bool same = facts.st_ino == watch->inode && facts.st_mtim.tv_sec == watch->changed.tv_sec &&
                facts.st_mtim.tv_nsec == watch->changed.tv_nsec;
    watch->inode = facts.st_ino;
    watch->changed = facts.st_mtim;
    return !same;
}

/* The progress as the run itself would tell it, as far as the file knows. */
static struct progress make_progress(const struct runfile_view *view)
{
    const struct series *steps = &view->steps, *epochs = &view->epochs;
    double step = series_last(steps, "step");
    double epoch = series_last(steps, "epoch");
    double row_step = series_last(epochs, "step");
    double seconds = series_last(epochs, "seconds");
    struct progress progress = {
        .step = view->facts.steps_done,
        .steps_per_epoch = epoch > 0 ? (uint64_t)llround(step / epoch) : 1,
        .epoch = isnan(epoch) ? 0 : epoch,
        .loss = series_last(steps, "train_loss"),
        .seconds = row_step > 0 ? seconds * step / row_step : 0,
        .samples_per_second = series_last(epochs, "samples_per_second"),
        .epochs = epochs,
        .steps = steps,
    };
    return progress;
}

/* Fills the bounds from the config in the file. */
static int add_bounds(struct progress *progress, const struct runfile_view *view, const char *path)
{
    struct config *config = NULL;
    const char *yaml = view->facts.config_resolved;
    int rc = config_read_text(&config, path, NULL, yaml, strlen(yaml), NULL, 0);
    if (rc == TRAINER_OK) {
        struct trainer_settings trainer = settings_trainer_of(config);
        progress->max_steps = trainer.max_steps == UNLIMITED ? 0 : (uint64_t)trainer.max_steps;
        progress->max_epochs = fmax(trainer.max_epochs, 0);
        progress->max_seconds = fmax(trainer.max_seconds, 0);
        config_free(config);
    }
    return rc;
}

/* Draws the curves, once something was measured. */
static int draw(struct watch *watch, const struct runfile_view *view)
{
    const struct run_record record = {.place.folder = watch->folder, .view = *view};
    struct run_plots plots = {0};
    int rc = run_plots_make(&plots, &record, NULL, 1, &(struct run_plots_choice){0});
    if (rc == TRAINER_OK)
        rc = live_plots_draw(&watch->plots, watch->display.out, plots.plot, plots.count);
    watch->display.score = run_lines_sum_up(&view->epochs);
    run_plots_free(&plots);
    return rc == TRAINER_FAILED ? rc : TRAINER_OK;
}

/* Shows the rows that are new, then where the run is now. */
static int show(struct watch *watch, struct progress progress, const struct runfile_view *view)
{
    struct series epochs = view->epochs;
    int rc = watch->plot ? draw(watch, view) : TRAINER_OK;
    for (; !watch->plot && watch->shown < view->epochs.rows; watch->shown++) {
        epochs.rows = watch->shown + 1;
        progress.epochs = &epochs;
        progress.row = epochs.value + watch->shown * (size_t)epochs.columns;
        watch->observer.event(watch->observer.context, EVENT_EVALUATED, &progress);
    }
    progress.epochs = &view->epochs;
    progress.row = NULL;
    bool over = view->facts.status != RUN_RUNNING;
    watch->observer.event(watch->observer.context, over ? EVENT_FINISHED : EVENT_PROGRESS,
                          &progress);
    return rc;
}

static void tell_end(struct watch *watch, const struct run_facts *facts)
{
    if (facts->status == RUN_FAILED) {
        progress_tell(&watch->display, "failed: %s", facts->error);
        return;
    }
    progress_end(&watch->display, watch->run_path, facts->status == RUN_INTERRUPTED, facts->reason);
    if (facts->status == RUN_INTERRUPTED)
        progress_tell(&watch->display, "go on with: trainer resume %s", watch->folder);
}

/* Reads and shows the newest file; *over: the run has ended. */
static int look(struct watch *watch, bool *over)
{
    struct runfile_view view;
    int rc = run_listing_read(&view, watch->folder, true);
    if (rc != TRAINER_OK)
        return rc;
    struct progress progress = make_progress(&view);
    rc = add_bounds(&progress, &view, watch->run_path);
    *over = view.facts.status != RUN_RUNNING;
    watch->updated = clock_date() - run_listing_age(view.updated_time);
    watch->patience = run_listing_patience(&view);
    if (rc == TRAINER_OK)
        rc = show(watch, progress, &view);
    if (rc == TRAINER_OK && *over)
        tell_end(watch, &view.facts);
    runfile_view_free(&view);
    return rc;
}

/* Whether a run of another host has been silent for too long to wait for it; then says so. */
static bool is_silent(struct watch *watch, const struct folder_owner *owner)
{
    char age[TEXT_NUMBER_MAX];
    double silence = clock_date() - watch->updated;
    if (watch->inode == 0 || owner->alive || !owner->elsewhere || silence <= watch->patience)
        return false;
    progress_tell(&watch->display, "silent for %s on %s: nobody here can tell whether it goes on",
                  text_age(age, silence), owner->host);
    return true;
}

/* Nobody trains in the folder, and it has no file. */
static int tell_unsaved(struct watch *watch)
{
    if (find_place(watch->folder) != PLACE_RUN)
        return error_set(TRAINER_INVALID, "%s: there is no run in this folder", watch->folder);
    progress_tell(&watch->display,
                  "interrupted before anything was saved; again from the start: trainer "
                  "%s/config.yaml",
                  watch->folder);
    return TRAINER_OK;
}

static int follow(struct watch *watch)
{
    bool over = false;
    int rc = TRAINER_OK;
    while (rc == TRAINER_OK && !over && !signals_stop) {
        struct folder_owner owner = run_folder_owner(watch->folder);
        bool alive = owner.alive || owner.elsewhere; /* on another host: not known */
        bool found = is_new(watch);
        if (!found && watch->inode == 0 && !alive)
            return tell_unsaved(watch);
        /* Without a process the file is final: read it once more. */
        if (found || (!alive && watch->inode != 0))
            rc = look(watch, &over);
        over = over || (rc == TRAINER_OK && is_silent(watch, &owner));
        if (rc == TRAINER_OK && !over)
            pause_shortly();
    }
    return rc == TRAINER_OK && signals_stop ? signals_status(signals_stop) : rc;
}

static int watch_run(const char *folder, bool plot)
{
    struct watch watch = {.folder = folder, .plot = plot};
    watch.run_path = run_folder_path(watch.folder, RUN_FILE);
    if (!watch.run_path)
        return TRAINER_FAILED;
    progress_init(&watch.display, stdout, false, NULL);
    watch.observer = progress_observer(&watch.display);
    signals_defer(watch.display.terminal);
    int rc = follow(&watch);
    progress_clear(&watch.display);
    progress_free(&watch.display);
    free(watch.run_path);
    return rc;
}

/* Whether curves can be drawn: of a run, on a terminal. */
static int check_plot(const char *folder, bool sweep)
{
    struct style style;
    if (sweep)
        return error_set(TRAINER_INVALID,
                         "--plot: %s is a sweep; expected a run, such as one of its trials",
                         folder);
    if (progress_style(&style, stdout))
        return TRAINER_OK;
    return error_set(TRAINER_INVALID,
                     "--plot draws on a terminal; expected one, or `trainer plot %s` to print the "
                     "curves once",
                     folder);
}

static int run_watch(const struct arguments *arguments)
{
    const char *folder = arguments->word[0];
    const struct watch_flags *flags = arguments->private;
    bool sweep = sweep_listing_found(folder);
    int rc = flags->plot ? check_plot(folder, sweep) : TRAINER_OK;
    if (rc == TRAINER_OK && !sweep)
        rc = find_run_folder(folder);
    if (rc != TRAINER_OK)
        return rc;
    signals_catch();
    rc = sweep ? watch_sweep(folder) : watch_run(folder, flags->plot);
    signals_release();
    return rc;
}

const struct command command_watch = {
    .name = "watch",
    .also = ",follow,tail,monitor,",
    .group = GROUP_RUNS,
    .rank = 2,
    .example = "trainer watch runs/two_layer/latest",
    .words = "DIR",
    .summary = "Show the progress of a run or sweep that another process trains",
    .help = "Ends when the run or sweep ends, or when one of another host has not saved for long. "
            "Who trains takes no notice of it.\n",
    .options = watch_options,
    .private_size = sizeof(struct watch_flags),
    .words_min = 1,
    .words_max = 1,
    .run = run_watch,
};
