/*
 * ranks.h - the processes that train one network together.
 *
 *     rows of a batch      0 1 2 | 3 4 | 5 6        of 3 ranks, each with its threads
 *
 * Every rank has the whole data set and all weights. It computes its own rows; then blocks of rows
 * are exchanged, and from there on all ranks compute the same from the same numbers. So no sum is
 * another than that of one process, and a decision needs no more than that all take it from the
 * same facts. What depends on the time, on files or on signals is decided by rank 0.
 *
 * One thread of each rank calls, and all ranks call in the same order. An exchange does not fail:
 * where another rank is gone, the process ends. A pointer to ranks that is NULL: there is only this
 * process.
 */
#ifndef TRAINER_RANKS_H
#define TRAINER_RANKS_H

#include "engine/team.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are the same on all ranks after an exchange. */
struct ranks_block {
    void *x;     /* (rows, row_bytes) */
    size_t rows; /* cut among the ranks as team_range cuts them */
    size_t row_bytes;
    bool each;     /* but row i is that of rank i */
    bool from_one; /* but all rows are those of rank `source` */
    int source;
};

/* Bytes of each rank that `room` has place for. */
enum { RANKS_ROOM = 4096 };

/* What is exchanged for the gradients of parameters, see graph_sharing.c: as is faster; the rows
 * that they are made of; what ranks have made of theirs, where they can. Never changes a bit. */
enum ranks_sharing { RANKS_AUTO, RANKS_ROWS, RANKS_WEIGHTS };

struct ranks {
    int rank, count; /* 0 .. count-1, and how many */
    /* Sends what this rank has of each block to the others, and gets the rest. */
    void (*exchange)(struct ranks *ranks, const struct ranks_block *block, size_t blocks);
    void *context;            /* of exchange */
    const char *host, *hosts; /* this rank's machine; all ranks', each once, joined by commas */
    void *room;               /* (count, RANKS_ROOM) for whoever gathers something */
    bool patient; /* beside training the others may take any time, while they show that they live */
    enum ranks_sharing sharing;
    bool data_from_first; /* rank 0 alone reads the data, and sends them */
    int slices;           /* see struct worker */
    double stall;         /* seconds after which another one is; 0: never */
    double seconds;       /* spent in exchanges */
    uint64_t sent;        /* bytes */
    /* Keeps what is said of a rank that does not answer; NULL: nothing does. */
    void (*note)(void *log, const char *line);
    void *log;
};

/* Whether this process leads: reads, prints, writes. ranks NULL: it does. */
static inline bool ranks_lead(const struct ranks *ranks)
{
    return !ranks || ranks->rank == 0;
}

/* The rows of `rows` that a rank owns. */
void ranks_rows(const struct ranks *ranks, int rank, size_t rows, size_t *begin, size_t *end);

/* This worker of one team among those of all ranks. */
struct worker ranks_worker(const struct ranks *ranks, const struct worker *worker);

/* each[count], of `bytes` bytes each: from every rank its own, at its place. */
void ranks_gather(struct ranks *ranks, void *each, size_t bytes);

/* What rank `source` has at x becomes everyone's. */
void ranks_send(struct ranks *ranks, int source, void *x, size_t bytes);

/* The same of bytes that only rank 0 has: the others get a copy, for free(). *bytes NULL on rank 0:
 * nothing is sent. TRAINER_FAILED, on all ranks, where memory ran out on one. */
int ranks_send_bytes(struct ranks *ranks, char **bytes, size_t *count);

/* TRAINER_OK where rc is that on all ranks. Else, on all ranks, the error of the first one that has
 * one, with its message; that of another than rank 0 names rank and host. */
int ranks_agree(struct ranks *ranks, int rc);

#endif
