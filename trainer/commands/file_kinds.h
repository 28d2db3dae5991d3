/*
 * file_kinds.h - what the endings of files' names tell, such as the kind of a data set.
 *
 *     table.csv.gz    csv            x.npy    npy            cat.png    images
 */
#ifndef TRAINER_FILE_KINDS_H
#define TRAINER_FILE_KINDS_H

#include <stdbool.h>

/* NULL: the name tells none. whole: of files alone that can be a data set, with labels: neither a
 * picture nor an IDX file is. */
const char *file_kind(const char *path, bool whole);

/* Whether a file's name has that ending, and more before it. */
bool file_ends_in(const char *path, const char *ending);

#endif
