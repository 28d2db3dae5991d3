/*
 * folder.h - for tests: a folder of a test's own, and files in it.
 */
#ifndef TRAINER_FOLDER_H
#define TRAINER_FOLDER_H

#include <stddef.h>

/* Makes a new folder below /tmp and goes there; leaves it and removes it with all that is in it.
 * One at a time. */
void folder_enter(void);
void folder_leave(void);

/* The one that was entered last. */
const char *folder_path(void);

/* Writes a file. */
void folder_write(const char *path, const char *text);
void folder_write_bytes(const char *path, const void *bytes, size_t count);

/* Removes a file, or a folder with all that is in it; what isn't there is no mistake. */
void folder_remove(const char *path);

#endif
