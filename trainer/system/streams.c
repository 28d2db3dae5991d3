/*
 * streams.c - the standard streams.
 */
#include "streams.h"
#include "base/error.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* errno of the first write that failed. */
static int lost_by;

void streams_open(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
        if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF) {
            /* The lowest free number is the one missing. Nothing can be done where this fails. */
            int mode = descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY;
            (void)!open("/dev/null", mode);
        }
    }
}

/* Skips ":12" at text; NULL where it isn't there. */
static const char *skip_number(const char *text)
{
    if (*text != ':' || !isdigit((unsigned char)text[1]))
        return NULL;
    for (text++; isdigit((unsigned char)*text);)
        text++;
    return text;
}

/* What follows a place of digits, at ":12:34: " or ": offset 12: "; NULL where none is there. */
static const char *skip_place(const char *at)
{
    static const char offset[] = ": offset ";
    const char *end = skip_number(at);
    if (end)
        return skip_number(end);
    if (strncmp(at, offset, strlen(offset)) != 0)
        return NULL;
    end = at + strlen(offset);
    return isdigit((unsigned char)*end) ? end + strspn(end, "0123456789") : NULL;
}

/* Whether a line starts with "file:line:column: ", "file: offset N: " or "command line: ". */
static bool names_place(const char *line, size_t length)
{
    static const char command_line[] = "command line: ";
    if (length >= strlen(command_line) && memcmp(line, command_line, strlen(command_line)) == 0)
        return true;
    for (const char *at = line; (at = memchr(at, ':', length - (size_t)(at - line))); at++) {
        const char *end = skip_place(at);
        if (end && strncmp(end, ": ", 2) == 0)
            return true;
    }
    return false;
}

void streams_errors(void)
{
    const char *line = error_text();
    while (*line) {
        size_t length = strcspn(line, "\n");
        fprintf(stderr, "%s%.*s\n", names_place(line, length) ? "" : "trainer: ", (int)length,
                line);
        line += length + (line[length] == '\n');
    }
}

/* By descriptor: that this process has made it lose what finds no room. */
static atomic_bool hurried[STDERR_FILENO + 1];

void streams_wait(bool waits)
{
    for (int descriptor = STDOUT_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
        int flags = fcntl(descriptor, F_GETFL);
        if (flags < 0 || (waits ? !hurried[descriptor] : (flags & O_NONBLOCK) != 0))
            continue;
        hurried[descriptor] = !waits;
        fcntl(descriptor, F_SETFL, waits ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
    }
}

void streams_flush(void)
{
    if (fflush(stdout) != 0 && lost_by == 0 && errno != EAGAIN)
        lost_by = errno;
}

bool streams_foreground(FILE *out)
{
    pid_t group = tcgetpgrp(fileno(out));
    return group < 0 || group == getpgrp();
}

int streams_close(void)
{
    streams_flush();
    if (fclose(stdout) != 0 && lost_by == 0)
        lost_by = errno;
    if (lost_by == 0 || lost_by == EPIPE)
        return TRAINER_OK;
    fprintf(stderr, "trainer: standard output: %s\n", strerror(lost_by));
    return TRAINER_FAILED;
}
