/*
 * watch_sweep.c - `trainer watch` for a sweep that other processes run.
 *
 *     0ae251d313e883ea  completed    test_accuracy 0.9712  learning_rate=0.1 units=50
 *     rates: 12 trials begun: 10 completed, 2 running; best: test_accuracy 0.9712 ...
 *
 * All comes from the sweep's folder, whose table is replaced as trials end.
 */
#include "watch_sweep.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/key_end.h"
#include "base/utf8.h"
#include "display/progress.h"
#include "runs/run_listing.h"
#include "runs/sweep_listing.h"
#include "system/signals.h"
#include "system/streams.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How a trial stood when the table was read last. */
struct seen {
    char id[SWEEP_ID_SIZE];
    bool ended;
};

struct watch {
    const char *folder;
    struct style style;
    bool terminal, drawn;
    struct seen *seen; /* [count], by id */
    size_t count;
    struct text text;
};

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct seen *)a)->id, ((const struct seen *)b)->id);
}

static bool has_ended(const struct watch *watch, const char *id)
{
    struct seen wanted = {0};
    snprintf(wanted.id, sizeof wanted.id, "%s", id);
    const struct seen *found =
        watch->seen ? bsearch(&wanted, watch->seen, watch->count, sizeof wanted, by_id) : NULL;
    return found && found->ended;
}

/* "learning_rate=0.1 units=50". */
static void add_values(struct text *text, const struct listed_sweep *sweep,
                       const struct listed_trial *trial)
{
    for (size_t i = 0; i < sweep->keys; i++)
        text_print(text, "%s%s=%s", i > 0 ? " " : "", key_end_unique(sweep->key, sweep->keys, i),
                   trial->value[i]);
}

static void add_result(struct text *text, const struct listed_sweep *sweep,
                       const struct listed_trial *trial)
{
    if (isfinite(trial->result))
        text_print(text, "%s %.4f  ", sweep->metric, trial->result);
    add_values(text, sweep, trial);
}

/* Takes the live line off the screen. */
static void erase(struct watch *watch)
{
    if (watch->drawn)
        fputs("\r\x1b[K", stdout);
    watch->drawn = false;
}

static int print_text(struct watch *watch)
{
    erase(watch);
    utf8_make_plain(watch->text.data, "\n");
    int rc = text_write(&watch->text, stdout);
    streams_flush();
    return rc;
}

/* Prints the trials that have ended since, and remembers how all stand. */
static int show_ended(struct watch *watch, const struct listed_sweep *sweep)
{
    struct seen *now = calloc(sweep->trials + 1, sizeof *now);
    if (!now)
        return error_memory("a list of trials", (sweep->trials + 1) * sizeof *now);
    for (size_t i = 0; i < sweep->trials; i++) {
        const struct listed_trial *trial = &sweep->trial[i];
        bool before = has_ended(watch, trial->id);
        snprintf(now[i].id, sizeof now[i].id, "%s", trial->id);
        now[i].ended = trial->status != SWEEP_TRIAL_RUNNING;
        if (now[i].ended && !before) {
            text_print(&watch->text, "%s  %-11s  ", trial->id, sweep_status_word(trial->status));
            add_result(&watch->text, sweep, trial);
            text_print(&watch->text, "\n");
        }
    }
    qsort(now, sweep->trials, sizeof *now, by_id);
    free(watch->seen);
    watch->seen = now;
    watch->count = sweep->trials;
    return print_text(watch);
}

/* "rates: 12 trials begun: 10 completed, 2 running". */
static void add_counts(struct text *text, const struct listed_sweep *sweep)
{
    const char *mark = ": ";
    text_print(text, "%s: %zu trial%s begun", sweep->name, sweep->trials,
               sweep->trials == 1 ? "" : "s");
    for (int i = 1; i <= SWEEP_STATUS_COUNT; i++) {
        int status = i % SWEEP_STATUS_COUNT; /* those that run come last */
        if (sweep->count[status] > 0) {
            text_print(text, "%s%zu %s", mark, sweep->count[status],
                       sweep_status_word((enum sweep_status)status));
            mark = ", ";
        }
    }
}

static void draw(struct watch *watch, const struct listed_sweep *sweep)
{
    struct text line = {0};
    if (!watch->terminal || !streams_foreground(stdout))
        return;
    progress_style(&watch->style, stdout);
    add_counts(&line, sweep);
    if (sweep->best) {
        text_print(&line, "; best: ");
        add_result(&line, sweep, sweep->best);
    }
    utf8_make_plain(line.data, "");
    const char *shown = text_get(&line);
    printf("\r%.*s\x1b[K", (int)(utf8_at(shown, watch->style.width) - shown), shown);
    fflush(stdout);
    watch->drawn = true;
    text_free(&line);
}

static int tell_end(struct watch *watch, const struct listed_sweep *sweep, double silence)
{
    char age[TEXT_NUMBER_MAX];
    struct text *text = &watch->text;
    add_counts(text, sweep);
    if (silence > 0)
        text_print(text, "\nsilent for %s on %s", text_age(age, silence), sweep->owner.host);
    else if (sweep->status == RUN_INTERRUPTED)
        text_print(text, "\ninterrupted; the same command goes on");
    if (sweep->best) {
        text_print(text, "\nbest: ");
        add_result(text, sweep, sweep->best);
        text_print(text, "\nits run: %s/trials/%s", watch->folder, sweep->best->id);
    }
    text_print(text, "\n");
    return print_text(watch);
}

/* Reads and shows how the sweep stands; *over: there is nothing more to wait for. */
static int look(struct watch *watch, bool *over)
{
    struct listed_sweep sweep;
    int rc = sweep_listing_read(&sweep, watch->folder);
    double silence = clock_date() - sweep.changed;
    bool foreign = sweep.owner.elsewhere && !sweep.owner.alive;
    silence = foreign && silence > SILENCE_LEAST ? silence : 0;
    *over = sweep.status != RUN_RUNNING || silence > 0;
    if (rc == TRAINER_OK)
        rc = show_ended(watch, &sweep);
    if (rc == TRAINER_OK && *over)
        rc = tell_end(watch, &sweep, silence);
    else if (rc == TRAINER_OK)
        draw(watch, &sweep);
    sweep_listing_free(&sweep);
    return rc;
}

int watch_sweep(const char *folder)
{
    const struct timespec pause = {.tv_nsec = 500 * 1000 * 1000};
    struct watch watch = {.folder = folder};
    bool over = false;
    int rc = TRAINER_OK;
    watch.terminal = progress_style(&watch.style, stdout);
    signals_defer(watch.terminal);
    while (rc == TRAINER_OK && !over && !signals_stop) {
        rc = look(&watch, &over);
        if (rc == TRAINER_OK && !over)
            nanosleep(&pause, NULL);
    }
    erase(&watch);
    fflush(stdout);
    free(watch.seen);
    text_free(&watch.text);
    return rc == TRAINER_OK && signals_stop ? signals_status(signals_stop) : rc;
}
