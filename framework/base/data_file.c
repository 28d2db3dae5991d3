/*
 * data_file.c - plain files through pread(2), gzip through zlib's inflate.
 *
 * Invariant of a packed file: `inside` says that a gzip member has begun and not ended. Members
 * may follow each other, as gzip allows, with zeros between and behind them; a file that ends
 * inside one was cut short.
 */
#include "data_file.h"

#include "arena.h"
#include "error.h"
#include "file.h"
#include "zip.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    BUFFER_SIZE = 64 << 10, /* packed bytes read at a time */
    PIECE_SIZE = 4 << 20,   /* bytes that a thread reads at a time */
    PIECE_MOST = 1 << 30,   /* bytes asked of inflate at a time, which counts in 32 bits */
    INFLATE_MOST = 1032,    /* deflate's longest match: 258 bytes from 2 bits */
    GZIP_WINDOW = 15 + 16,  /* zlib: the largest window, gzip's header */
    RAW_WINDOW = -15,       /* no header */
    GUESS = 8,              /* of a packed file this many times its size is allocated at first */
};

struct data_file {
    int descriptor;
    bool packed, inside;
    uint64_t size, offset;
    uint64_t position; /* in the file itself: the next byte to read */
    uint64_t end;      /* in the file itself: no byte is read from here on */
    bool member;       /* of a zip archive: ... */
    bool unpacked;     /* ... its deflated data have come to their end */
    uint64_t whole;    /* ... bytes that it holds */
    uint32_t expected; /* ... their checksum */
    uint32_t checksum; /* ... that of the bytes read so far */
    z_stream stream;
    unsigned char buffer[BUFFER_SIZE];
    char path[];
};

static int cannot_open(const char *path, const char *why)
{
    return error_add(TRAINER_INVALID, "%s: cannot open: %s", path, why);
}

/* pread(2) at an offset of the file until count bytes or its end are there. Returns errno. */
static int read_piece(int descriptor, uint64_t offset, void *bytes, size_t count, size_t *got)
{
    *got = 0;
    while (*got < count) {
        ssize_t done =
            pread(descriptor, (char *)bytes + *got, count - *got, (off_t)(offset + *got));
        if (done < 0 && errno != EINTR)
            return errno;
        if (done == 0)
            break;
        *got += done > 0 ? (size_t)done : 0;
    }
    return 0;
}

/* The same for many bytes, shared out among threads: half of the time of such reads goes into pages
 * that the kernel clears. */
static int read_pieces(int descriptor, uint64_t offset, void *bytes, size_t count, size_t *got)
{
    size_t sum = 0;
    int error = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : sum) reduction(max : error)
    for (size_t begin = 0; begin < count; begin += PIECE_SIZE) {
        size_t left = count - begin, part;
        int why = read_piece(descriptor, offset + begin, (char *)bytes + begin,
                             left < PIECE_SIZE ? left : PIECE_SIZE, &part);
        error = why > error ? why : error;
        sum += part;
    }
    *got = sum;
    return error;
}

/* The next count bytes of the file, or as many as there are. */
static int read_file(struct data_file *file, void *bytes, size_t count, size_t *got)
{
    uint64_t left = file->end - file->position;
    count = count < left ? count : (size_t)left;
    int error = count > PIECE_SIZE
                    ? read_pieces(file->descriptor, file->position, bytes, count, got)
                    : read_piece(file->descriptor, file->position, bytes, count, got);
    file->position += *got;
    if (error)
        return error_add(TRAINER_FAILED, "%s: offset %" PRIu64 ": cannot read: %s", file->path,
                         file->offset, strerror(error));
    return TRAINER_OK;
}

/* Opens the file for good: it must be a regular one. O_NONBLOCK, or a named pipe would wait for its
 * writer. */
static int open_regular(struct data_file *file)
{
    file->descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->descriptor < 0)
        return cannot_open(file->path, strerror(errno));
    struct stat status;
    if (fstat(file->descriptor, &status) != 0)
        return cannot_open(file->path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return cannot_open(file->path, S_ISDIR(status.st_mode) ? "it is a folder, not a file"
                                                               : "it is not a regular file");
    file->size = (uint64_t)status.st_size;
    file->end = UINT64_MAX; /* a file may grow while it is read */
    return TRAINER_OK;
}

/* gzip begins with 1f 8b. */
static int start_unpacking(struct data_file *file)
{
    unsigned char magic[2] = {0};
    if (pread(file->descriptor, magic, sizeof magic, 0) != sizeof magic || magic[0] != 0x1f ||
        magic[1] != 0x8b)
        return TRAINER_OK;
    if (inflateInit2(&file->stream, GZIP_WINDOW) != Z_OK)
        return error_memory("unpacking gzip", sizeof(z_stream));
    file->packed = true;
    return TRAINER_OK;
}

/* Turns to a member of the archive that is open, which messages then name too. */
static int enter_member(struct data_file *file, const char *name)
{
    struct zip_member member;
    int rc = zip_find(&member, file->descriptor, file->size, file->path, name);
    if (rc)
        return rc;
    if (member.deflated && inflateInit2(&file->stream, RAW_WINDOW) != Z_OK)
        return error_memory("unpacking zip", sizeof(z_stream));
    file->packed = member.deflated;
    file->member = file->inside = true;
    file->size = member.packed;
    file->position = member.begin;
    file->end = member.begin + member.packed;
    file->whole = member.unpacked;
    file->expected = member.checksum;
    file->checksum = (uint32_t)crc32(0, NULL, 0);
    size_t length = strlen(file->path);
    memcpy(file->path + length, ": ", 2);
    memcpy(file->path + length + 2, name, strlen(name) + 1);
    return TRAINER_OK;
}

static bool is_missing(const char *path)
{
    struct stat status;
    return stat(path, &status) != 0 && errno == ENOENT;
}

/* Writes the name of the file to open into file->path, which has room for ".gz". */
static int choose_path(struct data_file *file, const char *path, const char *hint)
{
    size_t length = strlen(path);
    memcpy(file->path, path, length + 1);
    if (!is_missing(path))
        return TRAINER_OK;
    memcpy(file->path + length, ".gz", sizeof ".gz");
    if (!is_missing(file->path))
        return TRAINER_OK;
    return error_add(TRAINER_INVALID, "%s: cannot open: %s; nor is there %s%s%s", path,
                     strerror(ENOENT), file->path, hint ? "; " : "", hint ? hint : "");
}

/* member: a file of the archive at path; NULL: path itself, unpacked where it is gzip. */
static int open_path(struct data_file **file, const char *path, const char *member,
                     const char *hint)
{
    *file = NULL;
    path = file_short(path);
    size_t ending = member ? strlen(member) + sizeof ": " : sizeof ".gz";
    size_t bytes = sizeof **file + strlen(path) + ending;
    struct data_file *opened = calloc(1, bytes);
    if (!opened)
        return error_memory("a file's buffer", bytes);
    opened->descriptor = -1;
    int rc = TRAINER_OK;
    if (member)
        memcpy(opened->path, path, strlen(path) + 1);
    else
        rc = choose_path(opened, path, hint);
    if (!rc)
        rc = open_regular(opened);
    if (!rc)
        rc = member ? enter_member(opened, member) : start_unpacking(opened);
    if (rc)
        data_file_close(opened);
    else
        *file = opened;
    return rc;
}

int data_file_open(struct data_file **file, const char *path, const char *hint)
{
    return open_path(file, path, NULL, hint);
}

int data_file_open_member(struct data_file **file, const char *path, const char *member)
{
    return open_path(file, path, member, NULL);
}

void data_file_close(struct data_file *file)
{
    if (!file)
        return;
    if (file->packed)
        inflateEnd(&file->stream);
    if (file->descriptor >= 0)
        close(file->descriptor);
    free(file);
}

const char *data_file_path(const struct data_file *file)
{
    return file->path;
}

bool data_file_packed(const struct data_file *file)
{
    return file->packed;
}

uint64_t data_file_offset(const struct data_file *file)
{
    return file->offset;
}

uint64_t data_file_size(const struct data_file *file)
{
    return file->size;
}

uint64_t data_file_most(const struct data_file *file)
{
    if (!file->packed)
        return file->size;
    return file->size > UINT64_MAX / INFLATE_MOST ? UINT64_MAX : file->size * INFLATE_MOST;
}

int data_file_error(const struct data_file *file, uint64_t offset, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return error_add(TRAINER_INVALID, "%s: offset %" PRIu64 ": %s", file->path, offset,
                     length < 0 ? format : text);
}

/* Sees to it that there are packed bytes at hand; *ended where the file has no more. */
static int refill(struct data_file *file, bool *ended)
{
    *ended = file->unpacked;
    if (file->unpacked || file->stream.avail_in > 0)
        return TRAINER_OK;
    size_t got;
    int rc = read_file(file, file->buffer, sizeof file->buffer, &got);
    file->stream.next_in = file->buffer;
    file->stream.avail_in = (uInt)got;
    *ended = !got;
    return rc;
}

/* One call of inflate into [bytes, bytes + room), *made bytes of it. */
static int inflate_piece(struct data_file *file, void *bytes, size_t room, size_t *made)
{
    z_stream *stream = &file->stream;
    if (!file->inside && inflateReset(stream) != Z_OK)
        return error_set(TRAINER_FAILED, "%s: zlib cannot be reset", file->path);
    file->inside = true;
    uInt piece = room < PIECE_MOST ? (uInt)room : PIECE_MOST;
    stream->next_out = bytes;
    stream->avail_out = piece;
    int status = inflate(stream, Z_NO_FLUSH);
    *made = piece - stream->avail_out;
    file->inside = status != Z_STREAM_END;
    file->unpacked = file->member && !file->inside;
    if (status == Z_MEM_ERROR)
        return error_memory("unpacking gzip", BUFFER_SIZE);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        return data_file_error(file, file->offset + *made, "corrupt %s data: %s",
                               file->member ? "zip" : "gzip",
                               stream->msg ? stream->msg : "no reason given");
    return TRAINER_OK;
}

/* Behind a member of gzip: skips zeros, with which tapes fill their blocks. */
static int skip_padding(struct data_file *file, bool *ended)
{
    z_stream *stream = &file->stream;
    int rc = TRAINER_OK;
    bool padded = file->offset > 0 && !file->inside && !file->member;
    while (!rc && padded && !*ended && *stream->next_in == 0) {
        stream->next_in++;
        stream->avail_in--;
        rc = refill(file, ended);
    }
    return rc;
}

static int read_packed(struct data_file *file, void *bytes, size_t wanted, size_t *got)
{
    *got = 0;
    while (*got < wanted) {
        bool ended;
        size_t made = 0;
        int rc = refill(file, &ended);
        if (!rc)
            rc = skip_padding(file, &ended);
        if (!rc && ended && file->inside)
            rc = data_file_error(file, file->offset, "the %s data is cut short",
                                 file->member ? "zip" : "gzip");
        if (rc || ended)
            return rc;
        rc = inflate_piece(file, (char *)bytes + *got, wanted - *got, &made);
        if (rc)
            return rc;
        *got += made;
        file->offset += made;
    }
    return TRAINER_OK;
}

/* Holds what was read of a member against what the archive says of it. */
static int check_member(struct data_file *file, const void *bytes, size_t count)
{
    file->checksum = (uint32_t)crc32_z(file->checksum, bytes, count);
    if (file->offset > file->whole)
        return data_file_error(file, file->whole, "the zip member goes on behind its end");
    if (file->offset == file->whole && file->checksum != file->expected)
        return data_file_error(file, file->offset, "corrupt zip data: the checksum is wrong");
    return TRAINER_OK;
}

int data_file_read(struct data_file *file, void *bytes, size_t wanted, size_t *got)
{
    int rc;
    if (file->packed) {
        rc = read_packed(file, bytes, wanted, got);
    } else {
        rc = read_file(file, bytes, wanted, got);
        file->offset += *got;
    }
    return rc || !file->member ? rc : check_member(file, bytes, *got);
}

int data_file_read_at(const struct data_file *file, uint64_t offset, void *bytes, size_t count)
{
    size_t got;
    int error =
        read_piece(file->descriptor, file->position - file->offset + offset, bytes, count, &got);
    if (error)
        return error_add(TRAINER_FAILED, "%s: offset %" PRIu64 ": cannot read: %s", file->path,
                         offset, strerror(error));
    return got == count ? TRAINER_OK
                        : data_file_error(file, offset + got, "the file has become shorter");
}

/* A block of `size` bytes that begins with the `used` bytes of *block, which is freed. */
static int resize(void **block, size_t used, size_t size)
{
    void *larger = block_reserve("data", size);
    if (!larger)
        return TRAINER_FAILED;
    if (used)
        memcpy(larger, *block, used);
    free(*block);
    *block = larger;
    return TRAINER_OK;
}

int data_file_read_all(struct data_file *file, uint64_t wanted, void **bytes, size_t *got)
{
    uint64_t size = file->size;
    uint64_t room = file->packed ? GUESS * size : size > file->offset ? size - file->offset : 0;
    size_t piece = 1;
    int rc = TRAINER_OK;
    *bytes = NULL;
    *got = 0;
    for (; !rc && piece && *got < wanted; room *= 2) {
        room = room > *got ? room : *got + 1;
        room = room < wanted ? room : wanted;
        rc = resize(bytes, *got, room);
        if (!rc)
            rc = data_file_read(file, (char *)*bytes + *got, room - *got, &piece);
        *got += rc ? 0 : piece;
        piece = !rc && *got == room;
    }
    if (rc) {
        free(*bytes);
        *bytes = NULL;
    }
    return rc;
}
