/* fuzz_file.c - see fuzz.h. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void make(struct fuzz_file *file)
{
    const char *folder = getenv("TMPDIR");
    snprintf(file->path, sizeof file->path, "%s/fuzz_XXXXXX", folder ? folder : "/tmp");
    file->descriptor = mkstemp(file->path);
    if (file->descriptor < 0)
        abort();
}

const char *fuzz_file_fill(struct fuzz_file *file, const void *bytes, size_t size)
{
    if (!file->path[0])
        make(file);
    if (ftruncate(file->descriptor, 0) != 0 ||
        pwrite(file->descriptor, bytes, size, 0) != (ssize_t)size)
        abort();
    return file->path;
}
