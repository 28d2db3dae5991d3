/*
 * sweep_display.c - draws the running trials, and prints the ended ones.
 *
 * Invariant: the cursor stands at the start of the line below the drawn ones; whoever prints takes
 * them off first.
 */
#include "sweep_display.h"
#include "base/clock.h"
#include "display/progress.h"
#include "sweep_labels.h"
#include "system/streams.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum { BAR_LEAST = 6, BAR_MOST = 40, GAP = 2, INDENT = 6, ROWS_DEFAULT = 24, TOTALS = 5 };

static const double DRAW_SECONDS = 0.1;

void sweep_display_init(struct sweep_display *display, FILE *out, bool quiet)
{
    *display = (struct sweep_display){.out = out, .quiet = quiet};
    display->terminal = progress_style(&display->style, out) && !quiet;
}

void sweep_display_free(struct sweep_display *display)
{
    text_free(&display->text);
}

void sweep_display_clear(struct sweep_display *display)
{
    if (display->lines > 0)
        fprintf(display->out, "\r\x1b[%zuA\x1b[J", display->lines);
    display->lines = 0;
    fflush(display->out);
}

void sweep_display_print(struct sweep_display *display, struct text *text)
{
    sweep_display_clear(display);
    if (!display->quiet)
        text_write(text, display->out);
    text->length = 0;
    streams_flush();
}

void sweep_display_warn(struct sweep_display *display, const char *line)
{
    sweep_display_clear(display);
    text_warn("%s", line);
}

/* --- a trial that ended ----------------------------------------------------------------------- */

static size_t ended_count(const struct sweep_view *view)
{
    size_t sum = 0;
    for (int i = 0; i < SWEEP_STATUS_COUNT; i++)
        sum += i == SWEEP_TRIAL_RUNNING ? 0 : view->count[i];
    return sum;
}

void sweep_display_ended(struct sweep_display *display, const struct sweep_view *view, size_t trial)
{
    const struct sweep_row *row = sweep_results_of(view->results, trial);
    const struct sweep_metric_settings *metric = &sweep_settings(view->sweep)->metric;
    bool bad = row->status == SWEEP_TRIAL_FAILED || row->status == SWEEP_TRIAL_KILLED;
    char value[TEXT_NUMBER_MAX], trials[TEXT_NUMBER_MAX];
    struct text *text = &display->text;
    if (display->quiet || (display->terminal && !bad))
        return;
    int width = snprintf(trials, sizeof trials, "%zu", view->trials);
    text_print(text, "%*zu/%s  %-11s  %s %6s  %7.2f s  ", width, ended_count(view), trials,
               sweep_status_word(row->status), metric->name,
               sweep_labels_value(value, row->last[metric->column]), row->seconds);
    sweep_labels_trial(text, view->sweep, trial);
    text_print(text, "%s%s\n", row->error[0] ? ": " : "", row->error);
    sweep_display_print(display, text);
}

/* --- drawing ---------------------------------------------------------------------------------- */

/* The first characters of the text that fit into `most` columns; with `fill` blanks up to there. */
static void add_cut(struct text *text, const char *words, size_t most, bool fill)
{
    size_t columns = text_columns(words, strlen(words)), length = strlen(words);
    while (columns > most)
        columns = text_columns(words, --length);
    text_add(text, words, length);
    if (fill)
        text_spaces(text, most - columns);
}

/* What stands behind a trial's bar, in the longest form that leaves room for its label: with epoch
 * and metric, with the metric's value alone, or the value only. Returns its columns. */
static size_t write_state(char *state, size_t size, const struct sweep_view *view,
                          const struct sweep_slot *slot, size_t most)
{
    const char *metric = sweep_settings(view->sweep)->metric.name;
    char percent[TEXT_NUMBER_MAX] = "", value[TEXT_NUMBER_MAX];
    double fraction = slot->fraction, epoch = floor(10 * slot->epoch) / 10;
    if (!isnan(fraction))
        snprintf(percent, sizeof percent, "%3.0f %%  ", floor(100 * fraction));
    sweep_labels_value(value, slot->metric);
    int length = snprintf(state, size, "%sepoch %4.1f  %s %6s", percent, epoch, metric, value);
    if ((size_t)length > most)
        length = snprintf(state, size, "%sepoch %4.1f  %6s", percent, epoch, value);
    if ((size_t)length > most)
        length = snprintf(state, size, "%s%6s", percent, value);
    return (size_t)length;
}

static size_t less(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

/* "label  bar  state": the label is cut before the state is, and the bar has what is left. */
static void add_trial(struct sweep_display *display, const struct sweep_view *view,
                      const struct sweep_job_facts *job, size_t label_width)
{
    char state[256];
    struct text label = {0}, *text = &display->text;
    size_t width = display->style.width, least = BAR_LEAST + 2 * GAP;
    double fraction = job->slot->fraction;
    size_t used =
        write_state(state, sizeof state, view, job->slot, less(width, label_width + least));
    size_t room = less(width, used + least);
    size_t columns = label_width < room ? label_width : room;
    size_t bar = BAR_LEAST + less(room, columns);
    bar = bar < BAR_MOST ? bar : BAR_MOST;
    sweep_labels_trial(&label, view->sweep, job->trial);
    add_cut(text, text_get(&label), columns, true);
    text_spaces(text, columns > 0 ? GAP : 0);
    if (room > 0) {
        run_lines_bar(text, &display->style, bar, isnan(fraction) ? 0 : fraction);
        text_spaces(text, GAP);
    }
    add_cut(text, state, room > 0 ? used : width, false);
    text_print(text, "\x1b[K\n");
    text_free(&label);
}

static size_t widest_label(const struct sweep_view *view)
{
    size_t widest = 0;
    for (size_t i = 0; i < sweep_jobs_running(view->jobs); i++) {
        struct text label = {0};
        sweep_labels_trial(&label, view->sweep, sweep_jobs_at(view->jobs, i).trial);
        widest = label.length > widest ? label.length : widest;
        text_free(&label);
    }
    return widest;
}

void sweep_display_counts(struct text *text, const struct sweep_view *view)
{
    char number[TEXT_NUMBER_MAX];
    const char *mark = ": ";
    text_print(text, "%s trial%s", text_count(number, view->trials), view->trials == 1 ? "" : "s");
    for (int i = 1; i <= SWEEP_STATUS_COUNT; i++) {
        int status = i % SWEEP_STATUS_COUNT; /* those that run come last */
        if (view->count[status] == 0)
            continue;
        text_print(text, "%s%s %s", mark, text_count(number, view->count[status]),
                   sweep_status_word((enum sweep_status)status));
        mark = ", ";
    }
}

static void add_totals(struct sweep_display *display, const struct sweep_view *view)
{
    struct text line = {0};
    char left[TEXT_NUMBER_MAX];
    sweep_display_counts(&line, view);
    if (view->stopping)
        text_print(&line, "; stopping");
    else if (!isnan(view->per_minute))
        text_print(&line, "; %.3g a minute", view->per_minute);
    if (!view->stopping && !isnan(view->seconds_left))
        text_print(&line, ", %s left", text_duration(left, view->seconds_left));
    add_cut(&display->text, text_get(&line), display->style.width, false);
    text_print(&display->text, "\x1b[K\n");
    text_free(&line);
}

static void add_best(struct sweep_display *display, const struct sweep_view *view)
{
    const struct sweep_metric_settings *metric = &sweep_settings(view->sweep)->metric;
    char value[TEXT_NUMBER_MAX];
    struct text line = {0};
    if (view->best == SIZE_MAX)
        return;
    double best = sweep_results_of(view->results, view->best)->last[metric->column];
    text_print(&line, "best: %s %s, ", metric->name, sweep_labels_value(value, best));
    sweep_labels_trial(&line, view->sweep, view->best);
    text_wrap(&display->text, text_get(&line), display->style.width, INDENT, "\x1b[K");
    text_free(&line);
}

static size_t terminal_rows(FILE *out)
{
    struct winsize size;
    return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row
                                                                         : ROWS_DEFAULT;
}

static void add_trials(struct sweep_display *display, const struct sweep_view *view)
{
    size_t running = sweep_jobs_running(view->jobs), rows = terminal_rows(display->out);
    size_t most = rows > TOTALS + 2 ? rows - TOTALS - 2 : 1, widest = widest_label(view);
    size_t shown = running <= most ? running : most;
    for (size_t i = 0; i < shown; i++) {
        struct sweep_job_facts job = sweep_jobs_at(view->jobs, i);
        add_trial(display, view, &job, widest);
    }
    if (shown < running)
        text_print(&display->text, "... and %zu more\x1b[K\n", running - shown);
}

void sweep_display_draw(struct sweep_display *display, const struct sweep_view *view)
{
    double now = clock_seconds();
    struct text *text = &display->text;
    if (!display->terminal || now - display->drawn_at < DRAW_SECONDS)
        return;
    if (!streams_foreground(display->out)) {
        display->lines = 0; /* whatever stands above the cursor later is no longer ours */
        return;
    }
    progress_style(&display->style, display->out);
    if (display->lines > 0)
        text_print(text, "\r\x1b[%zuA", display->lines);
    add_trials(display, view);
    add_totals(display, view);
    add_best(display, view);
    text_print(text, "\x1b[J");
    display->lines = 0;
    for (size_t i = 0; i < text->length; i++)
        display->lines += text->data[i] == '\n';
    text_write(text, display->out);
    fflush(display->out);
    display->drawn_at = now;
}
