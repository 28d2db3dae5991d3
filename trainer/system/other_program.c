/*
 * other_program.c - programs of other packages.
 */
#include "other_program.h"
#include "base/error.h"
#include "subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A file in memory with the text, to be read from its start; -1 where there is none. */
static int file_of(const struct text *text)
{
    int file = memfd_create("input", MFD_CLOEXEC);
    for (size_t done = 0; file >= 0 && done < text->length;) {
        ssize_t written = write(file, text->data + done, text->length - done);
        if (written > 0) {
            done += (size_t)written;
        } else if (errno != EINTR) {
            close(file);
            file = -1;
        }
    }
    if (file >= 0)
        lseek(file, 0, SEEK_SET);
    return file;
}

static int start(pid_t *child, const char *const *argv, int input, int output)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (!error)
        error = posix_spawnp(child, argv[0], &actions, NULL, (char **)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static void read_all(int pipe, struct text *output)
{
    char bytes[16384];
    ssize_t count;
    while ((count = read(pipe, bytes, sizeof bytes)) > 0 || (count < 0 && errno == EINTR))
        if (count > 0)
            text_add(output, bytes, (size_t)count);
}

int other_program_run(const char *const *argv, const char *package, const struct text *input,
                      struct text *output)
{
    int ends[2] = {-1, -1}, from = file_of(input);
    pid_t child;
    if (from < 0 || pipe2(ends, O_CLOEXEC) != 0) {
        int rc = error_set(TRAINER_FAILED, "%s: %s", argv[0], strerror(errno));
        if (from >= 0)
            close(from);
        return rc;
    }
    int error = start(&child, argv, from, ends[1]);
    close(from);
    close(ends[1]);
    if (!error)
        read_all(ends[0], output);
    close(ends[0]);
    if (error == ENOENT)
        return error_set(TRAINER_INVALID, "%s is not installed; expected it of the package %s",
                         argv[0], package);
    if (error)
        return error_set(TRAINER_FAILED, "%s: %s", argv[0], strerror(error));
    int status = subprocess_wait(child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return error_set(TRAINER_FAILED, "%s has failed", argv[0]);
    return text_status(output);
}
