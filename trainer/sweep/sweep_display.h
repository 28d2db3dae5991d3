/*
 * sweep_display.h - shows a sweep while it goes on.
 *
 *     units=50 learning_rate=0.1   █████▊     58 %  epoch  1.1  test_accuracy 0.9512
 *     units=100 learning_rate=0.1  ██         20 %  epoch  0.4  test_accuracy 0.1034
 *     64 trials: 23 completed, 2 running, 1 failed; 371 a minute, 0:07 left
 *     best: test_accuracy 0.9712, units=50 learning_rate=0.12
 *
 * On a terminal these lines are drawn anew at most ten times a second, and lines that are told
 * stand above them. Elsewhere there is a line for each trial that ended, without a control
 * character. With quiet nothing is shown but warnings, which go to standard error.
 */
#ifndef TRAINER_SWEEP_DISPLAY_H
#define TRAINER_SWEEP_DISPLAY_H

#include "display/run_lines.h"
#include "sweep/sweep_results.h"
#include "sweep_jobs.h"

#include <stdio.h>

struct sweep_display {
    FILE *out;
    bool quiet, terminal;
    struct style style;
    size_t lines; /* on the screen, above the cursor */
    double drawn_at;
    struct text text;
};

/* What there is to show. */
struct sweep_view {
    const struct sweep *sweep;
    const struct sweep_results *results;
    const struct sweep_jobs *jobs; /* NULL: none yet */
    size_t trials;                 /* of this sweep, or of this shard */
    size_t best;                   /* the best trial so far; SIZE_MAX: none yet */
    size_t count[SWEEP_STATUS_COUNT];
    double per_minute, seconds_left; /* NaN: not known */
    bool stopping;
};

/* Free with sweep_display_free. */
void sweep_display_init(struct sweep_display *display, FILE *out, bool quiet);
void sweep_display_free(struct sweep_display *display);

/* Draws, on a terminal, if it is time to. */
void sweep_display_draw(struct sweep_display *display, const struct sweep_view *view);

/* A trial ended: a line of it. On a terminal only of one that failed or was killed. */
void sweep_display_ended(struct sweep_display *display, const struct sweep_view *view,
                         size_t trial);

/* Prints lines that end with '\n', and empties the text; prints a warning. */
void sweep_display_print(struct sweep_display *display, struct text *text);
void sweep_display_warn(struct sweep_display *display, const char *line);

/* Appends "64 trials: 23 completed, 2 running, 1 failed". */
void sweep_display_counts(struct text *text, const struct sweep_view *view);

/* Takes the drawn lines off the screen. */
void sweep_display_clear(struct sweep_display *display);

#endif
