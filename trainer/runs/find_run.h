/*
 * find_run.h - what a path is that a user gave for a config or a run, and what was probably meant.
 */
#ifndef TRAINER_FIND_RUN_H
#define TRAINER_FIND_RUN_H

#include "base/arena.h"

enum place {
    PLACE_NOTHING,  /* nothing is there, or it can't be looked at */
    PLACE_FILE,     /* a file, such as a config */
    PLACE_RUN_FILE, /* an HDF5 file, such as run.h5 or checkpoint.h5 */
    PLACE_RUN,      /* the folder of a run */
    PLACE_RUNS,     /* a folder whose `latest` is a run */
    PLACE_SWEEP,    /* the folder of a sweep */
    PLACE_FOLDER,   /* another folder */
};

enum place find_place(const char *path);

/* The run file that a path stands for: the path itself, or run.h5 in a run's folder; *run is NULL
 * where it is neither. TRAINER_INVALID with what was probably meant where it is a folder without
 * run.h5. */
int find_run_file(struct arena *arena, const char *path, const char **run);

/* Of a run's file that could not be read, for which rc is the code: adds to the message which other
 * file of the run is there. Returns rc. */
int find_beside(int rc, const char *path);

/* TRAINER_OK unless the path is something else than a config (than a run's folder) that is easily
 * taken for it; then TRAINER_INVALID with what was probably meant. A path where nothing is, is left
 * to whoever opens it. */
int find_config(const char *path);
int find_run_folder(const char *path);
/* The same for a sweep's file. */
int find_sweep(const char *path);
/* ... and for data: a folder of pictures, say. */
int find_data(const char *path);

#endif
