/*
 * data_file.h - a file of data, read once from front to back and never trusted.
 *
 * Only regular files are opened: a pipe or a device could block or never end. gzip is
 * recognised by its content and unpacked; offsets and counts are those of the unpacked bytes. A
 * file takes the same small memory whatever the file says.
 */
#ifndef TRAINER_DATA_FILE_H
#define TRAINER_DATA_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct data_file;

/* Opens path, or where that is missing path.gz. hint: added to the message where neither is there,
 * or NULL. TRAINER_INVALID with one line, "<path>: cannot open: <why>", and *file is NULL. */
int data_file_open(struct data_file **file, const char *path, const char *hint);

/* The same for the member `member` (or `member`.npy) of the zip archive at path, whose size and
 * checksum are then checked as it is read; data_file_size is that of its packed bytes. */
int data_file_open_member(struct data_file **file, const char *path, const char *member);

/* NULL is nothing to close. */
void data_file_close(struct data_file *file);

/* The file that was opened, as messages have it: path or path.gz, "<path>: <member>"; without the
 * current folder in front. Valid until data_file_close. */
const char *data_file_path(const struct data_file *file);

bool data_file_packed(const struct data_file *file);

/* Unpacked bytes read so far. */
uint64_t data_file_offset(const struct data_file *file);

/* The size of the file itself, as it was when it was opened. */
uint64_t data_file_size(const struct data_file *file);

/* The most bytes that it can hold: its size; of gzip 1032 times that, deflate's limit. */
uint64_t data_file_most(const struct data_file *file);

/* Reads `wanted` bytes, or fewer at the end: *got. An error names the file and the offset; bytes
 * then holds garbage. */
int data_file_read(struct data_file *file, void *bytes, size_t wanted, size_t *got);

/* Reads up to `wanted` further bytes into a block for free(): *got of them, fewer where the file
 * ends before. Of a plain file memory for all of them is allocated at once; of a packed one it
 * follows the bytes that were unpacked, to twice their number. On an error *bytes is NULL. */
int data_file_read_all(struct data_file *file, uint64_t wanted, void **bytes, size_t *got);

/* Reads `count` bytes at an offset of content that is not packed, wherever the file stands. Any
 * thread may call. TRAINER_INVALID where the file ends before. */
int data_file_read_at(const struct data_file *file, uint64_t offset, void *bytes, size_t count);

/* Reports what is wrong with the content: adds "<path>: offset <offset>: <text>" to the message and
 * returns TRAINER_INVALID. */
__attribute__((format(printf, 3, 4))) int data_file_error(const struct data_file *file,
                                                          uint64_t offset, const char *format, ...);

#endif
