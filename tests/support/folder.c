/*
 * folder.c - see folder.h.
 */
#include "folder.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

void folder_enter(void)
{
    snprintf(folder, sizeof folder, "/tmp/trainer_test_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

void folder_leave(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    folder_remove(folder);
}

const char *folder_path(void)
{
    return folder;
}

void folder_write(const char *path, const char *text)
{
    folder_write_bytes(path, text, strlen(text));
}

void folder_write_bytes(const char *path, const void *bytes, size_t count)
{
    FILE *file = fopen(path, "wbe");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, count, file), count);
    ck_assert_int_eq(fclose(file), 0);
}

void folder_remove(const char *path)
{
    char command[512];
    ck_assert_int_lt(snprintf(command, sizeof command, "rm -rf '%s'", path), (int)sizeof command);
    ck_assert_int_eq(system(command), 0);
}
