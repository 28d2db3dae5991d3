/*
 * sweep_run.c - runs the trials of a sweep that are not done yet.
 */
#include "sweep_run.h"
#include "base/clock.h"
#include "base/error.h"
#include "hdf5/hdf5_image.h"
#include "sweep_display.h"
#include "sweep_jobs.h"
#include "sweep_recorder.h"
#include "sweep_restore.h"
#include "sweep_sizes.h"
#include "sweep_tables.h"
#include "system/signals.h"
#include "system/streams.h"
#include "train/record.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* How long the sweep sleeps while nothing happens: where it draws, and where it only has to see a
 * signal or that it is time to record. */
static const double DRAWING_SECONDS = 0.1, SLEEP_SECONDS = 0.25;

/* A sweep while it goes on. */
struct state {
    const struct sweep_run *run;
    const struct sweep_settings *settings;
    struct sweep_recorder recorder;
    struct sweep_jobs *jobs;
    struct sweep_display display;
    struct sweep_view view;
    struct sweep_sizes sizes;
    size_t *pending; /* trials to run, in that order */
    size_t count, next;
    bool failed;      /* on_error: stop */
    char error[2048]; /* why */
    double began;
    double work, work_done; /* of the pending ones; see work_of */
    char warned[2048];
    double warned_at, held_at;
};

/* --- telling ---------------------------------------------------------------------------------- */

static void warn(struct state *state, const char *line)
{
    double now = clock_seconds();
    if (strcmp(line, state->warned) == 0 && now - state->warned_at < REPEAT_SECONDS)
        return;
    snprintf(state->warned, sizeof state->warned, "%s", line);
    state->warned_at = now;
    sweep_display_warn(&state->display, line);
}

static void warn_early(const char *line)
{
    text_warn("%s", line);
}

/* What a trial costs, in numbers that only compare: a small step costs more than its FLOPs. */
static double work_of(const struct state *state, size_t trial)
{
    static const double FLOPS_OF_A_STEP = 2e5;
    const struct sweep_cost *cost = &sweep_trial(state->run->sweep, trial)->cost;
    return ((double)cost->steps + 1) * (cost->flops + FLOPS_OF_A_STEP);
}

/* Rate and time left, by the work that is done, running trials by their fraction. */
static void update_times(struct state *state)
{
    double seconds = clock_seconds() - state->began, done = state->work_done;
    size_t running = sweep_jobs_running(state->jobs), ended = state->next - running;
    for (size_t i = 0; i < running; i++) {
        struct sweep_job_facts job = sweep_jobs_at(state->jobs, i);
        double fraction = job.slot->fraction;
        done += isnan(fraction) ? 0 : fraction * work_of(state, job.trial);
    }
    bool known = done > 0.001 * state->work && seconds > 0.5;
    state->view.per_minute = ended > 0 ? (double)ended / seconds * 60 : (double)NAN;
    state->view.seconds_left = known ? seconds * (state->work - done) / done : (double)NAN;
}

static void draw(struct state *state)
{
    if (!state->display.terminal)
        return;
    update_times(state);
    sweep_display_draw(&state->display, &state->view);
}

static void count_trials(struct state *state)
{
    memset(state->view.count, 0, sizeof state->view.count);
    for (size_t i = 0; i < sweep_trial_count(state->run->sweep); i++) {
        const struct sweep_row *row = sweep_results_of(state->recorder.results, i);
        if (row && i % state->run->shard.of == state->run->shard.number - 1)
            state->view.count[row->status]++;
    }
}

static void note_best(struct state *state, size_t trial)
{
    const struct sweep_results *results = state->recorder.results;
    const struct sweep_metric_settings *metric = &state->settings->metric;
    const struct sweep_row *row = sweep_results_of(results, trial);
    const struct sweep_row *best =
        state->view.best == SIZE_MAX ? NULL : sweep_results_of(results, state->view.best);
    double value = row->last[metric->column];
    if (!isnan(value) &&
        (!best || sweep_better((enum sweep_goal)metric->goal, value, best->last[metric->column])))
        state->view.best = trial;
}

/* --- what the jobs send ----------------------------------------------------------------------- */

static bool reported(void *context, size_t trial, int rung, double value)
{
    struct state *state = context;
    bool go_on;
    if (sweep_recorder_reported(&state->recorder, trial, rung, value, &go_on) != TRAINER_OK)
        warn(state, error_text());
    return go_on;
}

/* Lets no further trial start; those that run stop with a checkpoint. */
static void begin_stop(struct state *state)
{
    state->view.stopping = true;
    sweep_jobs_stop(state->jobs);
}

static void stop_on_error(struct state *state, size_t trial)
{
    const struct sweep_row *row = sweep_results_of(state->recorder.results, trial);
    bool bad = row->status == SWEEP_TRIAL_FAILED || row->status == SWEEP_TRIAL_KILLED;
    if (!bad || state->settings->on_error != SWEEP_STOP || state->view.stopping)
        return;
    snprintf(state->error, sizeof state->error, "trial %s %s: %s", row->id,
             sweep_status_word(row->status), row->error);
    state->failed = true;
    begin_stop(state);
}

static void ended(void *context, size_t trial, const struct sweep_outcome *outcome)
{
    struct state *state = context;
    state->work_done += work_of(state, trial);
    if (sweep_recorder_ended(&state->recorder, trial, outcome) != TRAINER_OK) {
        warn(state, error_text());
        return;
    }
    state->view.count[SWEEP_TRIAL_RUNNING]--;
    state->view.count[outcome->status]++;
    note_best(state, trial);
    sweep_display_ended(&state->display, &state->view, trial);
    stop_on_error(state, trial);
}

/* --- the loop --------------------------------------------------------------------------------- */

static int start_next(struct state *state)
{
    const struct sweep_run *run = state->run;
    size_t trial = state->pending[state->next];
    char *folder = sweep_folder_trial(run->folder, sweep_trial(run->sweep, trial)->id);
    struct sweep_task task = {.sweep = run->sweep,
                              .trial = trial,
                              .folder = folder,
                              .threads = state->sizes.threads,
                              .command_line = run->command_line};
    int rc = folder ? sweep_data_of(run->data, trial, &task.data) : TRAINER_FAILED;
    if (rc == TRAINER_OK)
        rc = sweep_jobs_start(state->jobs, &task);
    free(folder);
    if (rc != TRAINER_OK)
        return rc;
    state->next++;
    const struct sweep_row *before = sweep_results_of(state->recorder.results, trial);
    if (before)
        state->view.count[before->status]--;
    state->view.count[SWEEP_TRIAL_RUNNING]++;
    if (sweep_recorder_started(&state->recorder, trial) != TRAINER_OK)
        warn(state, error_text());
    return TRAINER_OK;
}

/* Fills the free places. That one can't start is only an error where none runs: those that run make
 * room. */
static int fill(struct state *state)
{
    while (sweep_jobs_have_room(state->jobs) && state->next < state->count) {
        int rc = start_next(state);
        if (rc != TRAINER_OK && sweep_jobs_running(state->jobs) == 0)
            return rc;
        if (rc != TRAINER_OK) {
            warn(state, error_text());
            break;
        }
    }
    return TRAINER_OK;
}

/* Shows now and then that this sweep lives. One whose lock was taken meanwhile, as it seemed gone,
 * stops. */
static void hold_folder(struct state *state)
{
    if (state->view.stopping || sweep_folder_keep_holding(state->run->folder, &state->held_at))
        return;
    snprintf(state->error, sizeof state->error,
             "%s: another process has taken this sweep over, because it seemed gone",
             state->run->folder->path);
    state->failed = true;
    begin_stop(state);
}

static int run_trials(struct state *state)
{
    double sleep = state->display.terminal ? DRAWING_SECONDS : SLEEP_SECONDS;
    int rc = TRAINER_OK;
    for (;;) {
        if (signals_stop && !state->view.stopping)
            begin_stop(state);
        hold_folder(state);
        if (!state->view.stopping)
            rc = fill(state);
        if (sweep_jobs_running(state->jobs) == 0)
            return rc;
        draw(state);
        sweep_jobs_wait(state->jobs, sleep, state->recorder.pipe);
        if (sweep_recorder_work(&state->recorder) != TRAINER_OK)
            warn(state, error_text());
    }
}

/* --- before and after ------------------------------------------------------------------------- */

static int compare_sets(const void *a, const void *b, void *context)
{
    const size_t *first = a, *second = b;
    size_t x = sweep_data_set(context, *first), y = sweep_data_set(context, *second);
    return x != y ? (x > y) - (x < y) : (*first > *second) - (*first < *second);
}

/* Lists the shard's trials that have not ended. */
static int list_pending(struct state *state)
{
    const struct sweep_run *run = state->run;
    size_t trials = sweep_trial_count(run->sweep);
    state->pending = calloc(trials ? trials : 1, sizeof *state->pending);
    if (!state->pending)
        return error_memory("the trials", trials * sizeof *state->pending);
    for (size_t i = run->shard.number - 1; i < trials; i += run->shard.of) {
        state->view.trials++;
        if (sweep_restore_done(&state->recorder, i)) {
            note_best(state, i);
            continue;
        }
        state->pending[state->count++] = i;
        state->work += work_of(state, i);
    }
    if (!sweep_data_together(run->data))
        qsort_r(state->pending, state->count, sizeof *state->pending, compare_sets, run->data);
    return TRAINER_OK;
}

static void tell_begin(struct state *state)
{
    enum { PARTS = 4, PART_MAX = 192 };
    const struct sweep_run *run = state->run;
    char part[PARTS][PART_MAX], number[TEXT_NUMBER_MAX], shard[64] = "", done[64] = "";
    size_t before = state->view.trials - state->count, sets = sweep_data_sets(run->data);
    int threads = state->sizes.threads;
    if (run->shard.of > 1)
        snprintf(shard, sizeof shard, " of shard %zu of %zu", run->shard.number, run->shard.of);
    if (before > 0)
        snprintf(done, sizeof done, " (%zu done already)", before);
    snprintf(part[0], PART_MAX, "%s: %s trial%s%s%s", state->settings->name,
             text_count(number, state->view.trials), state->view.trials == 1 ? "" : "s", shard,
             done);
    snprintf(part[1], PART_MAX, "%zu at a time (%s)", state->sizes.jobs, state->sizes.why);
    snprintf(part[2], PART_MAX, "%d thread%s each", threads, threads == 1 ? "" : "s");
    snprintf(part[3], PART_MAX, "%zu data set%s of %s", sets, sets == 1 ? "" : "s",
             text_bytes(number, (double)sweep_data_bytes(run->data)));
    const char *const parts[PARTS] = {part[0], part[1], part[2], part[3]};
    run_lines_header(&state->display.text, &state->display.style, parts, PARTS);
    sweep_tables_duplicates(&state->display.text, run->sweep);
    sweep_display_print(&state->display, &state->display.text);
    if (run->note)
        sweep_display_warn(&state->display, run->note);
}

static size_t unfinished(const struct state *state)
{
    size_t sum = 0;
    for (size_t i = 0; i < state->count; i++)
        sum += !sweep_restore_done(&state->recorder, state->pending[i]);
    return sum;
}

/* Whether a shard has trials that have not ended. */
static bool misses(const struct state *state, size_t shard, size_t of)
{
    for (size_t i = 0; i < state->count; i++)
        if (state->pending[i] % of == shard - 1 &&
            !sweep_restore_done(&state->recorder, state->pending[i]))
            return true;
    return false;
}

/* "missing: 3 trials (shards 2, 7 of 8)": what --collect has not found, and who has it to do. */
static void add_missing(struct text *text, const struct state *state)
{
    size_t of = sweep_folder_shards(state->run->folder), left = unfinished(state), shards = 0;
    struct text list = {0};
    for (size_t shard = 1; shard <= of; shard++)
        if (misses(state, shard, of))
            text_print(&list, "%s%zu", shards++ > 0 ? ", " : "", shard);
    text_print(text, "missing: %zu trial%s", left, left == 1 ? "" : "s");
    if (shards > 0)
        text_print(text, " (shard%s %s of %zu)", shards == 1 ? "" : "s", text_get(&list), of);
    text_print(text, "\n");
    text_free(&list);
}

/* "64 trials: 62 completed, 2 failed; 10.4 s, 371 a minute" and where it all is. */
static void tell_end(struct state *state)
{
    const struct sweep_run *run = state->run;
    struct text *text = &state->display.text;
    double seconds = clock_seconds() - state->began;
    size_t width = state->display.terminal ? state->display.style.width : 0;
    if (state->display.quiet)
        return;
    sweep_display_clear(&state->display);
    if (sweep_tables_best(text, state->recorder.results, width) != TRAINER_OK)
        warn(state, error_text());
    sweep_display_print(&state->display, text);
    sweep_display_counts(text, &state->view);
    double rate = (double)state->next / seconds * 60;
    if (state->next > 0)
        text_print(text, "; %.2f s, %.*f a minute", seconds, rate < 100 ? 1 : 0, rate);
    text_print(text, "\n");
    sweep_tables_winner(text, state->recorder.results, run->folder->path, width);
    if (state->recorder.table)
        text_print(text, "results: %s, %s\n", run->folder->h5, run->folder->csv);
    else
        text_print(text, "when all shards are done: trainer sweep --collect %s\n",
                   run->folder->path);
    if (unfinished(state) > 0 && run->again)
        text_print(text, "go on with: %s\n", run->again);
    else if (unfinished(state) > 0)
        add_missing(text, state);
    if (state->recorder.table) {
        text_string(text, "look at it: trainer report ");
        text_shell_word(text, run->folder->path);
        text_string(text, "\n");
    }
    sweep_display_print(&state->display, text);
}

/* The error of a table with trials that failed or were killed; TRAINER_OK where there are none. */
static int judge_trials(const struct state *state)
{
    const size_t *count = state->view.count;
    size_t failed = count[SWEEP_TRIAL_FAILED], lost = count[SWEEP_TRIAL_KILLED];
    const char *again = state->run->again;
    struct text text = {0};
    if (failed > 0)
        text_print(&text, "%zu of %zu trials failed", failed, state->view.trials);
    if (lost > 0)
        text_print(&text, "%s%zu trial%s killed", failed > 0 ? ", " : "", lost,
                   lost == 1 ? " was" : "s were");
    if (lost > 0 && again)
        text_print(&text, "; go on with: %s", again);
    int rc = failed + lost > 0 ? error_set(TRAINER_FAILED, "%s", text_get(&text)) : TRAINER_OK;
    text_free(&text);
    return rc;
}

/* The result of the whole sweep; rc is that of the loop. */
static int conclude(struct state *state, int rc)
{
    size_t left = unfinished(state);
    enum run_status status = rc != TRAINER_OK || state->failed ? RUN_FAILED
                             : left > 0                        ? RUN_INTERRUPTED
                                                               : RUN_COMPLETED;
    if (rc != TRAINER_OK)
        snprintf(state->error, sizeof state->error, "%s", error_text());
    int saved = sweep_recorder_finish(&state->recorder, status, state->error);
    if (rc == TRAINER_OK && saved != TRAINER_OK) {
        snprintf(state->error, sizeof state->error, "%s", error_text());
        rc = saved;
    }
    streams_wait(true); /* all is saved */
    tell_end(state);
    if (rc != TRAINER_OK || state->failed)
        return error_set(TRAINER_FAILED, "%s", state->error);
    if (signals_stop && left > 0)
        return signals_status(signals_stop);
    return judge_trials(state);
}

/* A rank has one trial at a time, with its threads. */
static void choose_sizes(struct state *state)
{
    const struct sweep_run *run = state->run;
    struct sweep_parallel_settings parallel = run->parallel;
    if (run->deal)
        parallel.trials = 1;
    state->sizes =
        sweep_sizes_choose(run->sweep, run->data, state->pending, state->count, &parallel);
    if (!run->deal)
        return;
    state->sizes.jobs = sweep_ranks_count(run->deal);
    state->sizes.saving = 0;
    state->sizes.why = "ranks";
}

static int prepare(struct state *state)
{
    const struct sweep_run *run = state->run;
    int rc = sweep_recorder_open(&state->recorder, run->sweep, run->folder, run->command_line,
                                 run->shard.of == 1);
    if (rc == TRAINER_OK)
        rc = sweep_restore(&state->recorder, warn_early);
    if (rc != TRAINER_OK)
        return rc;
    state->view.results = state->recorder.results;
    rc = list_pending(state);
    if (rc == TRAINER_OK)
        choose_sizes(state);
    count_trials(state);
    return rc;
}

int sweep_run(const struct sweep_run *run)
{
    struct state state = {.run = run,
                          .settings = sweep_settings(run->sweep),
                          .view = {.sweep = run->sweep,
                                   .best = SIZE_MAX,
                                   .per_minute = (double)NAN,
                                   .seconds_left = (double)NAN}};
    const struct sweep_listener listener = {reported, ended, &state};
    sweep_display_init(&state.display, stdout, run->quiet);
    int rc = prepare(&state);
    if (rc == TRAINER_OK)
        rc = sweep_jobs_create(&state.jobs, state.sizes.jobs, state.sizes.saving, &listener);
    if (rc == TRAINER_OK) {
        sweep_jobs_deal(state.jobs, run->deal);
        state.view.jobs = state.jobs;
        tell_begin(&state);
        hdf5_prepare();
        signals_defer(false);
        signals_watch_clock();
        state.began = clock_seconds();
        rc = conclude(&state, run_trials(&state));
    }
    sweep_jobs_free(state.jobs);
    sweep_recorder_close(&state.recorder);
    sweep_display_free(&state.display);
    free(state.pending);
    return rc;
}

int sweep_run_collect(const struct sweep_run *run)
{
    struct state state = {.run = run, .settings = sweep_settings(run->sweep)};
    state.view = (struct sweep_view){.sweep = run->sweep, .best = SIZE_MAX};
    sweep_display_init(&state.display, stdout, run->quiet);
    int rc = sweep_recorder_open(&state.recorder, run->sweep, run->folder, run->command_line, true);
    if (rc == TRAINER_OK)
        rc = sweep_restore(&state.recorder, warn_early);
    if (rc == TRAINER_OK) {
        state.view.results = state.recorder.results;
        rc = list_pending(&state);
        count_trials(&state);
    }
    if (rc == TRAINER_OK)
        rc = conclude(&state, TRAINER_OK);
    sweep_recorder_close(&state.recorder);
    sweep_display_free(&state.display);
    free(state.pending);
    return rc;
}
