/*
 * sweep_script.h - the batch script that runs a sweep as a job array of SLURM.
 *
 *     trainer sweep s.yaml --slurm 8 --sbatch "--time=2:00:00" >job.sh
 *     sbatch job.sh
 *
 * Each task of the array is a shard. exec puts the program in the shell's place, so that it gets
 * SLURM's signals itself: SIGTERM a minute before the time is up, at which the trials save
 * themselves; a task that is requeued goes on with them.
 */
#ifndef TRAINER_SWEEP_SCRIPT_H
#define TRAINER_SWEEP_SCRIPT_H

#include "base/text.h"
#include <stdint.h>

struct sweep_script {
    const char *name;   /* of the sweep */
    const char *path;   /* the sweep's file, or the config */
    const char *folder; /* the sweep's */
    const char *const *argument;
    size_t arguments;           /* key=value words, and options with their values behind them */
    int64_t shards, processors; /* processors: of each */
    const char *sbatch;         /* further options of sbatch, as they are typed; NULL: none */
};

/* Appends the script. Paths become absolute; the words, quoted for a shell, are read in the folder
 * that this process is in. */
int sweep_script_write(struct text *text, const struct sweep_script *script);

#endif
