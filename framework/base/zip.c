/*
 * zip.c - reads a zip archive's end record and central directory.
 */
#include "zip.h"
#include "error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LOCAL_HEADER = 0x04034b50,
    ENTRY = 0x02014b50,
    END = 0x06054b50,
    END_64 = 0x06064b50,
    LOCATOR_64 = 0x07064b50,
};

/* Bytes of each record's fixed part. */
enum { LOCAL_SIZE = 30, ENTRY_SIZE = 46, END_SIZE = 22, END_64_SIZE = 56, LOCATOR_64_SIZE = 20 };

enum {
    COMMENT_MOST = UINT16_MAX,
    DIRECTORY_MOST = 16 << 20,
    EXTRA_64 = 1,    /* an extra field's id: 64-bit sizes */
    LISTED_MAX = 10, /* members named in a message */
    FLAG_ENCRYPTED = 1,
    METHOD_STORED = 0,
    METHOD_DEFLATED = 8,
};

struct archive {
    int descriptor;
    uint64_t size;
    const char *path;
    unsigned char *directory; /* [length] */
    size_t length;
};

/* One entry of the central directory. */
struct entry {
    const unsigned char *name; /* [name_length] */
    size_t name_length, length;
    unsigned flags, method;
    uint64_t packed, unpacked, local;
    uint32_t checksum;
};

static uint64_t little_endian(const unsigned char *bytes, int count)
{
    uint64_t value = 0;
    while (count-- > 0)
        value = value << 8 | bytes[count];
    return value;
}

static int broken(const struct archive *archive, uint64_t offset, const char *what)
{
    return error_add(TRAINER_INVALID, "%s: offset %" PRIu64 ": %s; expected a whole zip archive",
                     archive->path, offset, what);
}

/* Exactly count bytes at an offset. */
static int read_at(const struct archive *archive, uint64_t offset, void *bytes, size_t count)
{
    if (offset > archive->size || count > archive->size - offset)
        return broken(archive, offset, "a record lies outside the file");
    for (size_t got = 0; got < count;) {
        ssize_t done =
            pread(archive->descriptor, (char *)bytes + got, count - got, (off_t)(offset + got));
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return error_add(TRAINER_FAILED, "%s: offset %" PRIu64 ": cannot read: %s",
                             archive->path, offset + got,
                             done < 0 ? strerror(errno) : "the file became shorter");
        got += (size_t)done;
    }
    return TRAINER_OK;
}

/* --- the directory --- */

/* The offset of the end record, which a comment may follow. */
static int find_end(const struct archive *archive, uint64_t *end)
{
    size_t most = END_SIZE + COMMENT_MOST;
    size_t length = archive->size < most ? (size_t)archive->size : most;
    unsigned char *tail = malloc(length + 1);
    if (!tail)
        return error_memory(archive->path, length);
    int rc = read_at(archive, archive->size - length, tail, length);
    bool found = false;
    for (size_t i = length + 1 - END_SIZE; !rc && !found && length >= END_SIZE && i-- > 0;)
        if (little_endian(tail + i, 4) == END) {
            *end = archive->size - length + i;
            found = true;
        }
    free(tail);
    return rc || found ? rc : broken(archive, archive->size, "no end record");
}

/* Where the directory lies and how long it is; 64-bit numbers have a record of their own. */
static int find_directory(const struct archive *archive, uint64_t *offset, uint64_t *length)
{
    unsigned char end[END_SIZE], locator[LOCATOR_64_SIZE], wide[END_64_SIZE];
    uint64_t at = 0;
    int rc = find_end(archive, &at);
    if (!rc)
        rc = read_at(archive, at, end, sizeof end);
    if (rc)
        return rc;
    *length = little_endian(end + 12, 4);
    *offset = little_endian(end + 16, 4);
    if (at < sizeof locator || read_at(archive, at - sizeof locator, locator, sizeof locator) ||
        little_endian(locator, 4) != LOCATOR_64)
        return TRAINER_OK;
    at = little_endian(locator + 8, 8);
    rc = read_at(archive, at, wide, sizeof wide);
    if (!rc && little_endian(wide, 4) != END_64)
        rc = broken(archive, at, "no 64-bit end record");
    *length = little_endian(wide + 40, 8);
    *offset = little_endian(wide + 48, 8);
    return rc;
}

/* archive->directory is for free(). */
static int read_directory(struct archive *archive)
{
    uint64_t offset, length;
    int rc = find_directory(archive, &offset, &length);
    if (!rc && length > DIRECTORY_MOST)
        rc = broken(archive, offset, "a directory of more than 16 MiB");
    if (rc)
        return rc;
    archive->length = (size_t)length;
    archive->directory = malloc(archive->length + 1);
    if (!archive->directory)
        return error_memory(archive->path, archive->length);
    return read_at(archive, offset, archive->directory, archive->length);
}

/* --- entries --- */

/* Takes the 64-bit numbers of an extra field, in the order of those that were too large. */
static void widen(struct entry *entry, const unsigned char *extra, size_t length)
{
    uint64_t *const number[] = {&entry->unpacked, &entry->packed, &entry->local};
    while (length >= 4) {
        size_t id = (size_t)little_endian(extra, 2), size = (size_t)little_endian(extra + 2, 2);
        const unsigned char *value = extra + 4;
        if (size > length - 4)
            return;
        for (size_t i = 0; id == EXTRA_64 && i < sizeof number / sizeof *number; i++) {
            bool fits = (size_t)(value - extra) + 8 <= size + 4;
            if (*number[i] != UINT32_MAX || !fits)
                continue;
            *number[i] = little_endian(value, 8);
            value += 8;
        }
        extra += size + 4;
        length -= size + 4;
    }
}

/* The entry at *position, which moves behind it; false at the directory's end. */
static int next_entry(const struct archive *archive, size_t *position, struct entry *entry,
                      bool *ended)
{
    const unsigned char *at = archive->directory + *position;
    size_t left = archive->length - *position;
    *ended = left == 0;
    if (*ended)
        return TRAINER_OK;
    if (left < ENTRY_SIZE || little_endian(at, 4) != ENTRY)
        return broken(archive, *position, "a damaged directory");
    size_t extra = (size_t)little_endian(at + 30, 2), comment = (size_t)little_endian(at + 32, 2);
    *entry = (struct entry){
        .name = at + ENTRY_SIZE,
        .name_length = (size_t)little_endian(at + 28, 2),
        .flags = (unsigned)little_endian(at + 8, 2),
        .method = (unsigned)little_endian(at + 10, 2),
        .checksum = (uint32_t)little_endian(at + 16, 4),
        .packed = little_endian(at + 20, 4),
        .unpacked = little_endian(at + 24, 4),
        .local = little_endian(at + 42, 4),
    };
    entry->length = ENTRY_SIZE + entry->name_length + extra + comment;
    if (entry->length > left)
        return broken(archive, *position, "a damaged directory");
    widen(entry, entry->name + entry->name_length, extra);
    *position += entry->length;
    return TRAINER_OK;
}

static bool is_named(const struct entry *entry, const char *name)
{
    size_t length = strlen(name);
    bool suffixed = entry->name_length == length + 4 && !memcmp(entry->name + length, ".npy", 4);
    return (suffixed || entry->name_length == length) && !memcmp(entry->name, name, length);
}

/* Where the member's data begin: behind a local header whose lengths are its own. */
static int locate(const struct archive *archive, const struct entry *entry,
                  struct zip_member *member)
{
    unsigned char header[LOCAL_SIZE];
    if (entry->flags & FLAG_ENCRYPTED)
        return broken(archive, entry->local, "an encrypted member");
    if (entry->method != METHOD_STORED && entry->method != METHOD_DEFLATED)
        return broken(archive, entry->local, "a member that is neither stored nor deflated");
    int rc = read_at(archive, entry->local, header, sizeof header);
    if (!rc && little_endian(header, 4) != LOCAL_HEADER)
        rc = broken(archive, entry->local, "no local header");
    if (rc)
        return rc;
    *member = (struct zip_member){
        .begin = entry->local + LOCAL_SIZE + little_endian(header + 26, 2) +
                 little_endian(header + 28, 2),
        .packed = entry->packed,
        .unpacked = entry->unpacked,
        .checksum = entry->checksum,
        .deflated = entry->method == METHOD_DEFLATED,
    };
    if (member->begin > archive->size || member->packed > archive->size - member->begin)
        return broken(archive, member->begin, "a member lies outside the file");
    if (!member->deflated && member->packed != member->unpacked)
        return broken(archive, member->begin, "a stored member of two sizes");
    return TRAINER_OK;
}

/* "a.npz: no array 'x'; it has a, b". Names are shown as far as they are plain. */
static int not_there(const struct archive *archive, const char *name)
{
    char list[512] = "";
    size_t position = 0, used = 0, shown = 0;
    struct entry entry;
    bool ended = false;
    while (!next_entry(archive, &position, &entry, &ended) && !ended && shown < LISTED_MAX) {
        size_t length = entry.name_length;
        bool plain = length < 64 && used + length + 4 < sizeof list;
        for (size_t i = 0; plain && i < length; i++)
            plain = entry.name[i] >= ' ' && entry.name[i] < 127;
        if (length > 4 && !memcmp(entry.name + length - 4, ".npy", 4))
            length -= 4;
        if (plain)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%.*s", shown++ ? ", " : "",
                                     (int)length, (const char *)entry.name);
    }
    return error_add(TRAINER_INVALID, "%s: no array '%s'; it has %s%s", archive->path, name,
                     shown ? list : "none", ended ? "" : ", ...");
}

int zip_find(struct zip_member *member, int descriptor, uint64_t size, const char *path,
             const char *name)
{
    struct archive archive = {.descriptor = descriptor, .size = size, .path = path};
    struct entry entry;
    size_t position = 0;
    bool ended = false, found = false;
    int rc = read_directory(&archive);
    while (!rc && !ended && !found) {
        rc = next_entry(&archive, &position, &entry, &ended);
        found = !rc && !ended && is_named(&entry, name);
    }
    if (!rc)
        rc = found ? locate(&archive, &entry, member) : not_there(&archive, name);
    free(archive.directory);
    return rc;
}
