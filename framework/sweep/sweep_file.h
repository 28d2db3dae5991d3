/*
 * sweep_file.h - the results of a sweep as sweep.h5 and sweep.csv.
 *
 *     /                name, status, metric, goal, updated_time, ... as attributes; sweep, config:
 *                      the two YAML texts
 *     /runs            one dataset a column, (run): run, id, path, status, error, point, seed;
 *                      each key of the sweep, typed; epochs, steps, seconds, evaluations;
 *                      final_* and best_* of losses and metrics
 *     /curves          one dataset a column of the epoch series, (run, epoch), padded with NaN;
 *                      `epoch` are the epochs of the longest curve, `epochs` those of each run
 *     /points          one dataset a column, (point): point, each key but the seed, n, mean and
 *                      deviation over the completed repeats
 *
 * A file of the format of runfile_layout.h, of the kind "sweep". sweep.csv has the columns of /runs
 * (RFC 4180; a number that is not there is empty). Both are replaced atomically and are complete at
 * any moment, also where several processes write them at once.
 */
#ifndef TRAINER_SWEEP_FILE_H
#define TRAINER_SWEEP_FILE_H

#include "runfile/run.h"
#include "sweep_results.h"

/* What the files say of the sweep itself. */
struct sweep_status_facts {
    enum run_status status; /* of the sweep as a whole */
    const char *error;      /* NULL: none */
    const char *command_line;
    double seconds; /* that it has run */
};

/* Writes both files, replacing what is there, with the disk's confirmation. TRAINER_FAILED with the
 * reason; an older file is then as it was. */
int sweep_file_write(const char *h5, const char *csv, const struct sweep_results *results,
                     const struct sweep_status_facts *facts);

/* Adds the rows of a sweep.h5 to results (sweep_results_add). A file that isn't there has none.
 * TRAINER_INVALID where it is no such file, or damaged: the results are then as before. The file is
 * trusted no more than by runfile_load_weights. */
int sweep_file_read(const char *h5, struct sweep_results *results);

#endif
