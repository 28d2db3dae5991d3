/*
 * sweep_record.h - one sweep as its page shows it, by the files of its folder alone.
 *
 *     sweep.h5     tried in a sandbox first     log*.jsonl   when trials ended
 *     sweep.lock   whether it goes on
 */
#ifndef TRAINER_SWEEP_RECORD_H
#define TRAINER_SWEEP_RECORD_H

#include "sweep_facts.h"

struct sweep_record {
    struct arena arena; /* holds the texts below */
    const char *folder; /* as the user names it */
    const char *status; /* "completed", "running on othernode", "interrupted", ... */
    struct sweep_table table;
    struct sweep_facts facts;
};

/* TRAINER_INVALID where sweep.h5 can't be read, or is not there since no trial has ended. Free with
 * sweep_record_free whatever is returned. */
int sweep_record_read(struct sweep_record *record, const char *folder);
void sweep_record_free(struct sweep_record *record);

#endif
