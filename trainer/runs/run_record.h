/*
 * run_record.h - one run as pages, plots and tables show it: its name, status, config and metrics.
 *
 * All comes from one file, run.h5 or a checkpoint, which is read in a sandbox first. A run that was
 * killed before its first save has no file: it has its config.yaml and its status, and no metrics.
 */
#ifndef TRAINER_RUN_RECORD_H
#define TRAINER_RUN_RECORD_H

#include "run_places.h"
#include "runfile/runfile.h"

struct run_record {
    struct run_place place;   /* its texts are borrowed */
    struct runfile_view view; /* facts, attributes, /metrics/step, /metrics/epoch, confusion */
    const char *name;         /* of the config; the folder where that states none */
    const char *status;       /* "running", "silent for 7 d on othernode", ... */
};

/* Reads the run at a place that is no sweep. steps: /metrics/step and the confusion matrix too.
 * TRAINER_INVALID where its file can't be read. Free with run_record_free whatever is returned. */
int run_record_read(struct run_record *record, const struct run_place *place, bool steps);
void run_record_free(struct run_record *record);

#endif
