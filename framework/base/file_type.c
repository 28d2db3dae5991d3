/*
 * file_type.c - the signatures, a row each.
 */
#include "file_type.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct {
    const char *bytes;
    size_t length;
    const char *name;
} types[] = {
#define SIGNATURE(text) text, sizeof text - 1
    {SIGNATURE("PK\3\4"), "a ZIP archive (npy reads .npz; else unpack it)"},
    {SIGNATURE("\x1f\x8b"), "a gzip file"},
    {SIGNATURE("BZh91AY"), "a bzip2 file"},
    {SIGNATURE("\xfd"
               "7zXZ"),
     "an xz file"},
    {SIGNATURE("\x28\xb5\x2f\xfd"), "a zstd file"},
    {SIGNATURE("\x93NUMPY"), "a NumPy array (data.type: npy)"},
    {SIGNATURE("\x89HDF\r\n\x1a\n"), "an HDF5 file (data.type: hdf5)"},
    {SIGNATURE("\x89PNG"), "a PNG picture (data.type: images)"},
    {SIGNATURE("\xff\xd8\xff"), "a JPEG picture (data.type: images)"},
    {SIGNATURE("GIF89a"), "a GIF picture"},
    {SIGNATURE("%PDF-"), "a PDF document"},
    {SIGNATURE("PAR1\x15"), "a Parquet file"},
    {SIGNATURE("version https://git-lfs"), "a Git LFS pointer (`git lfs pull` fetches the file)"},
#undef SIGNATURE
};

/* A page that a server sent in place of the file: <!doctype html, <html. */
static bool is_html(const char *text, size_t count)
{
    static const char *const tags[] = {"<!doctype", "<html", "<?xml", "<head"};
    while (count > 0 && isspace((unsigned char)*text)) {
        text++;
        count--;
    }
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (count >= strlen(tags[i]) && strncasecmp(text, tags[i], strlen(tags[i])) == 0)
            return true;
    return false;
}

const char *file_type_of(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (count >= types[i].length && memcmp(bytes, types[i].bytes, types[i].length) == 0)
            return types[i].name;
    return is_html((const char *)bytes, count) ? "a web page, which a server may have sent instead"
                                               : NULL;
}

const char *file_type_at(const char *path)
{
    unsigned char bytes[FILE_TYPE_BYTES];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t got = descriptor < 0 ? 0 : read(descriptor, bytes, sizeof bytes);
    if (descriptor >= 0)
        close(descriptor);
    return got > 0 ? file_type_of(bytes, (size_t)got) : NULL;
}
