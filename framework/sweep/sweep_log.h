/*
 * sweep_log.h - DIR/log.jsonl: what happened in a sweep, one line of JSON an event.
 *
 *     {"time": 1767225600.123, "event": "started", "trial": "0123456789abcdef"}
 *     {"time": ..., "event": "reported", "trial": "...", "rung": 0, "value": 0.9, "go_on": true}
 *     {"time": ..., "event": "ended", "trial": "...", "status": "failed", "seconds": 3.2,
 *      "text": "..."}                                    (on one line)
 *     {"time": ..., "event": "note", "text": "..."}
 *
 * The file only grows. An event is one write(2) at its end, so several programs may share the file.
 * A line that a kill or a full disk cut short is closed by the next program that opens the log, and
 * passed over by readers.
 */
#ifndef TRAINER_SWEEP_LOG_H
#define TRAINER_SWEEP_LOG_H

#include "sweep_results.h"

enum sweep_event {
    SWEEP_EVENT_STARTED,
    SWEEP_EVENT_REPORTED,
    SWEEP_EVENT_ENDED,
    SWEEP_EVENT_NOTE,
    SWEEP_EVENT_COUNT,
};

struct sweep_entry {
    enum sweep_event event;
    double time;              /* since 1970, UTC; set by sweep_log_append */
    const char *trial;        /* its id; not of a note */
    int rung;                 /* reported */
    double value;             /* reported; NaN is written as null */
    bool go_on;               /* reported */
    enum sweep_status status; /* ended */
    double seconds;           /* ended */
    const char *text;         /* the error of an ended one, or the note; NULL: "" */
};

struct sweep_log;

/* Opens it for appending, made where it isn't there. Free with sweep_log_close. */
int sweep_log_open(struct sweep_log **log, const char *path);

/* NULL is nothing to close. */
void sweep_log_close(struct sweep_log *log);

/* TRAINER_FAILED with the path and errno's words when the line could not be written whole. */
int sweep_log_append(struct sweep_log *log, const struct sweep_entry *entry);

/* Has all appended lines on disk. */
int sweep_log_sync(struct sweep_log *log);

/* Calls entry() for each event in the order written, until it returns something else than
 * TRAINER_OK, which is then returned. The entry's texts are valid during the call. A file that
 * isn't there has no events. *skipped (or NULL): how many lines were none of an event. */
int sweep_log_read(const char *path, int (*entry)(void *context, const struct sweep_entry *entry),
                   void *context, size_t *skipped);

#endif
