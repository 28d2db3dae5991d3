/*
 * run_folder.h - the folder of a run.
 *
 *     runs/two_layer/0001/        claimed by mkdir: runs started at once get numbers of their own
 *         run.h5                  metrics, weights, config
 *         config.yaml             the resolved config
 *         log.txt                 what was printed, one line an event
 *         checkpoint.h5           what `trainer resume` starts from; .prev: the one before
 *         best.h5                 with trainer.checkpoint.keep_best
 *         lock                    locked while the run trains; names the process and its host
 *     runs/two_layer/latest  ->   the run that was started last
 *
 * With --output the folder is the one named; a run that is there already stays unless force is
 * given.
 */
#ifndef TRAINER_RUN_FOLDER_H
#define TRAINER_RUN_FOLDER_H

#include "folder_lock.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct run_folder {
    char *folder;   /* "runs/two_layer/0001", or as named by --output */
    char *run_path; /* run.h5 in it */
    int lock;       /* descriptor of the locked file */
    FILE *log;
};

/* Claims a folder: the next number of runs/<name> where folder is NULL. TRAINER_INVALID where a
 * run is there already (and force is false) or trains there now. On an error a run
 * that is there stays as it was. Close with run_folder_close. */
int run_folder_claim(struct run_folder *rundir, const char *name, const char *folder, bool force);

/* Claims a folder that has a run, to resume it; log.txt is appended to. TRAINER_INVALID where it
 * has none, or the run trains now. */
int run_folder_reopen(struct run_folder *rundir, const char *folder);

/* "folder/name" for free(); NULL with a message. */
char *run_folder_path(const char *folder, const char *name);

/* Makes the folder and those above it that are missing. */
int run_folder_make(const char *folder);

/* Who trains in a folder, as the lock of the run says. */
struct folder_owner run_folder_owner(const char *folder);

/* Takes the lock of a run away from a host that is gone (folder_lock_break). */
void run_folder_break_lock(const char *folder, const char *host);

int run_folder_write_config(const struct run_folder *rundir, const char *yaml, size_t length);

/* Appends a line to log.txt, its control characters replaced. That a line is lost ends no run, so
 * no error is reported. Does nothing after run_folder_close. */
void run_folder_log(struct run_folder *rundir, const char *line);

/* Releases the lock and frees all; the folder stays. */
void run_folder_close(struct run_folder *rundir);

#endif
