/*
 * file.h - whole files: replaced atomically, read up to a limit.
 *
 * A reader of a file that file_replace writes sees the old bytes or the new ones, never a part of
 * them, whatever interrupts the write: a full disk, a kill, a power cut. Messages name the path and
 * carry errno's words.
 */
#ifndef TRAINER_FILE_H
#define TRAINER_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes bytes[0..count) to PATH.tmp, syncs it, renames it to path and syncs the folder.
 * TRAINER_FAILED leaves the file at path as it was and no PATH.tmp (except that an error of the
 * last step, syncing the folder, is returned although the new file is in place). */
int file_replace(const char *path, const void *bytes, size_t count);

/* The same where other processes, also of other hosts, may replace it at that moment: the file gets
 * its name from another one than PATH.tmp, of this process alone. One of them comes last. */
int file_replace_shared(const char *path, const void *bytes, size_t count);

/* As file_replace, and the file that was at path before is afterwards at `previous`, instead of any
 * older one there. At every moment a whole file is at path, and after the first two calls at
 * previous. On an error both are as they were. */
int file_replace_keeping(const char *path, const char *previous, const void *bytes, size_t count);

/* The same for a file that others write, piece by piece: creates PATH.tmp, empty, and returns its
 * name in *temporary. */
int file_begin(const char *path, char **temporary);

/* Ends that: PATH.tmp, which must be closed, takes its place where rc is TRAINER_OK, else it is
 * removed and rc returned. Frees the name; NULL: nothing was begun. */
int file_end(const char *path, char *temporary, int rc);

/* For many very short jobs: what is replaced before this time of clock_seconds() is not synced, and
 * the caller calls file_sync_folder before it relies on it. After a kill all is there even so, but
 * after a power cut it may be missing. 0, as at the start: all is synced. Call before threads
 * start. */
void file_sync_after(double seconds);

/* Has all on disk that was written to the folder's file system. */
int file_sync_folder(const char *folder);

/* The path as messages have it: without the current folder in front, so as people typed it. */
const char *file_short(const char *path);

/* Whether there is something at path, of whatever type. */
bool file_exists(const char *path);

/* TRAINER_INVALID unless path is a regular file that this process may read. */
int file_check(const char *path);

/* Reads a regular file of at most `limit` bytes. *bytes is for free() and has a NUL behind the last
 * byte. TRAINER_INVALID where it can't be read or is larger. */
int file_read(const char *path, size_t limit, char **bytes, size_t *count);

/* The same from a pipe or device too; waits for who writes there. */
int file_read_stream(const char *path, size_t limit, char **bytes, size_t *count);

#endif
