/* fuzz_file.c - see fuzz.h. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fuzz_file fuzz_file_make(void)
{
    struct fuzz_file file;
    const char *folder = getenv("TMPDIR");
    snprintf(file.path, sizeof file.path, "%s/fuzz_XXXXXX", folder ? folder : "/tmp");
    file.descriptor = mkstemp(file.path);
    if (file.descriptor < 0)
        abort();
    return file;
}

void fuzz_file_fill(const struct fuzz_file *file, const void *bytes, size_t size)
{
    if (ftruncate(file->descriptor, 0) != 0 ||
        pwrite(file->descriptor, bytes, size, 0) != (ssize_t)size)
        abort();
}
