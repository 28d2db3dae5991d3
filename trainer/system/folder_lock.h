/*
 * folder_lock.h - who may write in a folder: a locked file in it, signed by who holds it.
 *
 *     runs/two_layer/0001/lock        n1.cluster 4711
 *
 * The lock is the kernel's and ends when all copies of the descriptor are closed, as they are when
 * the process and its children end. The file is never unlinked: a lock on a file without a name
 * would protect nothing. Of hosts that share a folder the kernels may be wrong in both ways, so a
 * `kept` lock has its holder show every few seconds that it lives:
 *
 *     a file server keeps the lock of a host that is gone     folder_lock_break takes it away
 *     NFS without lockd grants it to every host, or to none   who signed it and shows signs of life
 *                                                             holds it nevertheless
 */
#ifndef TRAINER_FOLDER_LOCK_H
#define TRAINER_FOLDER_LOCK_H

#include <stdbool.h>

struct folder_lock {
    const char *name, *holder; /* "lock"; "run": who, in messages */
    bool shared;               /* several may hold it at a time, but none who wants it alone */
    bool kept;                 /* who holds it alone calls folder_lock_keep */
};

/* The descriptor of the lock taken, for folder_lock_release or close; else an error code:
 * TRAINER_INVALID where another process holds it. Waits for children that a killed process has
 * left, and up to a minute to see whether the host that signed a kept lock lives. */
int folder_lock_take(const char *folder, const struct folder_lock *kind);

/* Closes it, and takes back the signature of who held it alone: none has to wait. */
void folder_lock_release(int lock);

/* Who writes in a folder, as its lock says. Changes nothing and disturbs no one. */
struct folder_owner {
    bool alive;     /* the lock is held, as far as this host can tell */
    long pid;       /* 0: not known */
    char host[256]; /* "": not known */
    bool elsewhere; /* that is another host than this one */
};
struct folder_owner folder_lock_owner(const char *folder, const char *name);

/* A sign of life of who holds a lock alone: touches the file, at least every FOLDER_LOCK_SIGNS
 * seconds. False where another process holds it by now. */
enum { FOLDER_LOCK_SIGNS = 10 };
bool folder_lock_keep(int lock, const char *folder, const char *name);

/* Takes a lock away from another host, `host`, that has not touched it for so many seconds of the
 * file system's clock: a new file takes the locked one's place. False, and nothing changes, where
 * it was signed by another one or touched since. Only for hosts that are known to be gone, or whose
 * locks are kept. */
bool folder_lock_break(const char *folder, const char *name, const char *host, double seconds);

#endif
