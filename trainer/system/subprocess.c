/*
 * subprocess.c - forks a child that leaves its verdict in shared memory; one that leaves none
 * did not finish.
 */
#include "subprocess.h"
#include "base/error.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct verdict {
    bool told;
    int code;
    char text[4000];
    _Alignas(max_align_t) char result[];
};

int subprocess_wait(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/* A child that outlived its parent would keep what it shares with it: the lock of a folder. */
static _Noreturn void be_child(struct verdict *verdict, pid_t parent,
                               int (*work)(void *context, void *result), void *context)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    verdict->code = work(context, verdict->result);
    snprintf(verdict->text, sizeof verdict->text, "%s", error_text());
    verdict->told = true;
    _exit(0);
}

int subprocess_call(const char *what, int (*work)(void *context, void *result), void *context,
                    void *result, size_t size, int *status)
{
    size_t bytes = sizeof(struct verdict) + size;
    struct verdict *verdict =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (verdict == MAP_FAILED)
        return error_memory("a verdict", bytes);
    int rc;
    pid_t parent = getpid(), child = fork();
    if (child == 0)
        be_child(verdict, parent, work, context);
    if (child < 0) {
        rc = error_set(TRAINER_FAILED, "%s: cannot start a process: %s", what, strerror(errno));
    } else {
        *status = subprocess_wait(child);
        rc = verdict->told ? verdict->code : SUBPROCESS_LOST;
        if (size > 0)
            memcpy(result, verdict->result, size);
        if (rc < 0)
            error_set(rc, "%s", verdict->text);
    }
    munmap(verdict, bytes);
    return rc;
}
