/*
 * file_type.h - what a file is that is not what it should be, by its first bytes.
 */
#ifndef TRAINER_FILE_TYPE_H
#define TRAINER_FILE_TYPE_H

#include <stddef.h>

/* As many bytes tell all types apart. */
enum { FILE_TYPE_BYTES = 48 };

/* For a message: "a ZIP archive". NULL: a type that is not known here. */
const char *file_type_of(const unsigned char *bytes, size_t count);

/* The same of a file that is there. */
const char *file_type_at(const char *path);

#endif
