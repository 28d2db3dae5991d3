/*
 * progress.h - shows a run while it trains: where and when the lines of run_lines.h are printed.
 *
 * On a terminal a live line stands below the lines of the finished epochs and is redrawn at
 * most ten times a second, but not from the background. Elsewhere there are the finished lines
 * alone, without a control character. With quiet nothing is shown but warnings, which go to
 * standard error. The log gets every finished line in any case.
 */
#ifndef TRAINER_PROGRESS_H
#define TRAINER_PROGRESS_H

#include "run_lines.h"
#include "system/run_folder.h"
#include "train/train.h"

#include <stdio.h>

struct progress_display {
    FILE *out;
    bool quiet;
    bool terminal;             /* out is one that understands escape sequences */
    bool drawn;                /* the live line is on the screen */
    size_t headed;             /* columns of the heading printed last; 0: none yet */
    struct style style;        /* width as at the last drawing */
    struct run_folder *rundir; /* whose log is written */
    struct epoch_columns columns;
    struct summing_up score;
    uint64_t steps; /* the whole run's, at its end */
    double seconds;
    double drawn_at; /* monotonic seconds */
    double rate;     /* samples a second that were shown last */
    struct text line;
};

/* Whether out is a terminal that understands escape sequences; and how lines look there. */
bool progress_style(struct style *style, FILE *out);

/* Columns of what is printed into a pipe, and is not a run's own lines. */
enum { PROGRESS_PIPE_COLUMNS = 80 };

/* Whether the locale has all characters, on a terminal or not. */
bool progress_utf8(void);

/* rundir may be NULL. Free with progress_free. */
void progress_init(struct progress_display *display, FILE *out, bool quiet,
                   struct run_folder *rundir);
void progress_free(struct progress_display *display);

/* The observer that shows a run on this display. */
struct observer progress_observer(struct progress_display *display);

/* The lines before training, and after it where it did not fail. reason: why it ended, as the
 * session and the run file have it; "": not known. */
void progress_begin(struct progress_display *display, struct session *session);
void progress_end(struct progress_display *display, const char *run_path, bool interrupted,
                  const char *reason);

/* Takes the live line off the screen. */
void progress_clear(struct progress_display *display);

/* Prints a further line, and logs it. */
__attribute__((format(printf, 2, 3))) void progress_tell(struct progress_display *display,
                                                         const char *format, ...);

#endif
