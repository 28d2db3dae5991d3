/*
 * child.h - for tests: runs the program in a child and lets things happen to it.
 *
 * What is counted and hit are the calls by which files change: open for writing, write, fsync,
 * ftruncate, rename, link, unlink, mkdir; standard streams not counted. The child is traced, with a
 * filter that stops it at these calls only.
 */
#ifndef TRAINER_CHILD_H
#define TRAINER_CHILD_H

#include <stdbool.h>
#include <stddef.h>

/* A command line behind the program's name. */
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

struct child_plan {
    const char *const *argv; /* behind the program's name; ends with NULL */
    long size_limit;         /* RLIMIT_FSIZE; 0: none */
    bool traced;             /* needed for the rest: */
    int from, until;         /* the calls [from, until), counted from 1 ... */
    int error;               /* ... fail with this errno; 0: they don't */
    int signal;              /* before call `from` this signal comes; 0: none */
    int again;               /* and once more before this call; 0: no */
};

struct child_end {
    int status; /* as a shell has it: 128 + the signal for one that was killed */
    int calls;
};

/* Runs the program that was built, or $TRAINER_PROGRAM, to its end. Its output is in the files
 * `out` and `err` then. */
struct child_end child_run(const struct child_plan *plan);

/* Starts it, untraced; child_wait ends it: after so many seconds by each of the signals, that many
 * seconds apart. Signal 0: none. */
int child_start(const char *const *argv);
struct child_end child_wait(int child);
void child_pause(double seconds);

/* Whether the children of this process can be traced here; a sanitizer may forbid it. */
bool child_traceable(void);

/* Whether their files can be limited: ThreadSanitizer needs a file of its own. */
bool child_limitable(void);

/* The end of a file, or all of it; "" where there is none. Reused by the next call. */
const char *child_read(const char *path);

/* 0 .. limit-1; another sequence in every process. */
int child_draw(int limit);

/* `light`, times TRAINER_SOAK where the environment has it: the long tests do many times as much,
 * those with sanitizers a part. At least 1. */
int child_count(int light);

#endif
