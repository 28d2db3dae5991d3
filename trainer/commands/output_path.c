/*
 * output_path.c - the file that a command is told to write, judged before anything is computed.
 */
#include "output_path.h"
#include "base/error.h"
#include "file_kinds.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { START = 4096 /* bytes of a file in which its kind shows */ };

int output_check_folder(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    if (!slash || slash == path)
        return TRAINER_OK;
    char *folder = strndup(path, (size_t)(slash - path));
    if (!folder)
        return error_memory("a path", (size_t)(slash - path));
    struct stat facts;
    int rc = TRAINER_OK, error = stat(folder, &facts) == 0 ? 0 : errno;
    if (error && error != ENOENT && error != ENOTDIR)
        rc = error_set(TRAINER_INVALID, "%s: %s: %s", path, folder, strerror(error));
    else if (error || !S_ISDIR(facts.st_mode))
        rc = error_set(TRAINER_INVALID, "%s: no folder '%s'", path, folder);
    free(folder);
    return rc;
}

int output_check_input(const char *path, const char *input)
{
    struct stat written, read;
    if (!path || !input || stat(path, &written) != 0 || stat(input, &read) != 0)
        return TRAINER_OK;
    if (!S_ISREG(written.st_mode) || written.st_dev != read.st_dev || written.st_ino != read.st_ino)
        return TRAINER_OK;
    return error_set(TRAINER_INVALID, "%s: is what is read; expected another name", path);
}

/* Whether the first element is an svg; declarations and comments may stand before it. */
static bool is_svg(const char *text)
{
    for (;;) {
        text += strspn(text, " \t\r\n");
        const char *end = strncmp(text, "<?", 2) == 0     ? "?>"
                          : strncmp(text, "<!--", 4) == 0 ? "-->"
                          : strncmp(text, "<!", 2) == 0   ? ">"
                                                          : NULL;
        const char *next = end ? strstr(text, end) : NULL;
        if (!next)
            return strncmp(text, "<svg", 4) == 0;
        text = next + strlen(end);
    }
}

static bool is_png(const char *bytes)
{
    return memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static bool is_picture(const char *path, bool png)
{
    char start[START + 1] = "";
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    size_t count = fread(start, 1, START, file);
    fclose(file);
    start[count] = '\0';
    return png ? is_png(start) : is_svg(start);
}

int output_check_picture(const char *path, enum output_picture picture)
{
    static const char *const endings[] = {".svg", ".png", ".svg or .png"};
    struct stat facts;
    if (!path)
        return TRAINER_OK;
    bool png = picture != OUTPUT_SVG && file_ends_in(path, ".png");
    if (!png && (picture == OUTPUT_PNG || !file_ends_in(path, ".svg")))
        return error_set(TRAINER_INVALID, "%s: expected a file's name that ends in %s", path,
                         endings[picture]);
    int rc = output_check_folder(path);
    if (rc == TRAINER_OK && stat(path, &facts) == 0 &&
        !(S_ISREG(facts.st_mode) && is_picture(path, png)))
        rc = error_set(TRAINER_INVALID, "%s: is there and is no %s picture; expected another name",
                       path, png ? "PNG" : "SVG");
    return rc;
}
