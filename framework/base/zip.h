/*
 * zip.h - where a member of a zip archive lies, for archives of arrays (.npz).
 *
 *     local header, data | local header, data | ... | central directory | [zip64 end] | end
 *
 * Only the central directory is believed, and of that only what the file's size bears out. Members
 * are stored or deflated; encrypted ones, other methods and archives of several volumes are refused
 * by name. The format: PKWARE's APPNOTE 6.3.
 */
#ifndef TRAINER_ZIP_H
#define TRAINER_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zip_member {
    uint64_t begin;    /* offset of its data in the file */
    uint64_t packed;   /* bytes of data */
    uint64_t unpacked; /* bytes that they hold */
    uint32_t checksum; /* CRC-32 of these */
    bool deflated;
};

/* Finds the member `name`, or `name`.npy, of the archive of `size` bytes that is open at
 * `descriptor`. path is for messages. TRAINER_INVALID names the members that there are. */
int zip_find(struct zip_member *member, int descriptor, uint64_t size, const char *path,
             const char *name);

#endif
