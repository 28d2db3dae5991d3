/*
 * sweep_folder.h - the folder of a sweep.
 *
 *     runs/width_and_rate/
 *         sweep.yaml, base.yaml     the two YAML files as they were read last
 *         arguments.txt             whose sweep it is and how it was started, for --collect
 *         log.jsonl                 what happened; log-2-of-4.jsonl: what happened in shard 2 of 4
 *         trials/0123456789abcdef/  the run of each trial
 *         sweep.h5, sweep.csv       the results
 *         kernels                   the instruction set that the first shard chose for all
 *         sweep.lock                locked by the sweep that writes here
 *
 * Shards of a sweep share the lock; each has one of its own too.
 */
#ifndef TRAINER_SWEEP_FOLDER_H
#define TRAINER_SWEEP_FOLDER_H

#include "base/arena.h"
#include "sweep/sweep.h"
#include "sweep_shard.h"

struct sweep_folder {
    struct arena arena;
    const char *path;
    const char *log, *h5, *csv; /* in it */
    int lock, shard_lock;       /* descriptors; -1: not held */
    char shard_lock_name[64];   /* "": a whole sweep */
    bool reads;                 /* sweep_folder_join */
    const char *gone;           /* the host that the lock was taken from; NULL: from none */
};

/* The folder at this path, made where it isn't there and claimed. TRAINER_INVALID where another
 * sweep writes in it; one of another host that has shown no sign of life for steal_after seconds
 * (0: however long) is taken as gone. Trials that a killed sweep has left behind are waited for:
 * they stop by themselves. Free with sweep_folder_close. */
int sweep_folder_claim(struct sweep_folder *folder, const char *path, struct sweep_shard shard,
                       double steal_after);

/* Shows that this sweep lives, to be called every FOLDER_LOCK_SIGNS seconds; false where another
 * process has taken its lock. Does nothing for a reader. */
bool sweep_folder_hold(const struct sweep_folder *folder);

/* The same for who calls it often: does nothing until FOLDER_LOCK_SIGNS seconds after *held_at, and
 * is true then. 0: never yet. */
bool sweep_folder_keep_holding(const struct sweep_folder *folder, double *held_at);

/* The same of a folder that is there, to read what shards have done while they go on.
 * TRAINER_INVALID where a whole sweep writes in it. */
int sweep_folder_join(struct sweep_folder *folder, const char *path);

/* Lets the locks go; children that still run hold them on. */
void sweep_folder_close(struct sweep_folder *folder);

/* TRAINER_INVALID where the folder has the sweep of another file than this one. One whose file is
 * gone, such as a project that was moved, is taken as this one's. */
int sweep_folder_check(const char *folder, const char *path);

/* Whether the folder has the sweep of this file. */
bool sweep_folder_is_of(const char *folder, const char *path);

/* The kernels that a sweep's folder keeps, in the arena; NULL where there are none. */
const char *sweep_folder_kernels(struct arena *arena, const char *folder);

/* Keeps the kernels, unless others are kept already and replace is false. */
int sweep_folder_keep_kernels(const struct sweep_folder *folder, const char *kernels, bool replace);

/* Of how many shards the folder has logs; 0: of none. */
size_t sweep_folder_shards(const struct sweep_folder *folder);

/* Writes sweep.yaml, base.yaml and arguments.txt, whose first line is the file's path. arguments:
 * key=value and options, one by one. */
int sweep_folder_describe(const struct sweep_folder *folder, const struct sweep *sweep,
                          const char *path, const char *const *arguments, size_t count);

/* How a sweep in a folder was started: the YAML's path and the arguments, in the arena. */
int sweep_folder_arguments(struct arena *arena, const char *folder, const char **path,
                           const char ***arguments, size_t *count);

/* The folder of a trial, for free(); NULL with a message. What a host that is gone has locked there
 * is free then. */
char *sweep_folder_trial(const struct sweep_folder *folder, const char *id);

/* Calls read() for each log of the folder, in the order of their names, until one is not
 * TRAINER_OK. */
int sweep_folder_logs(const struct sweep_folder *folder,
                      int (*read)(void *context, const char *path), void *context);

#endif
