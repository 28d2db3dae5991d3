/*
 * end_launcher.c - see end_launcher.h.
 */
#include "end_launcher.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const launcher_name[] = {"mpirun", "orterun", "mpiexec",        "orted",
                                            "prted",  "prterun", "hydra_pmi_proxy"};
enum { NAMES = sizeof launcher_name / sizeof *launcher_name, NAME_SIZE = 32 };

/* A process's name, and its parent; 0: it can't be read. Neither name has a ')' in it that is
 * looked for. */
static int read_process(int pid, char name[NAME_SIZE])
{
    char path[32];
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (fscanf(file, "%*d (%31[^)]) %*c %d", name, &parent) != 2)
        parent = 0;
    fclose(file);
    return parent;
}

static int is_launcher(const char *name)
{
    for (size_t i = 0; i < NAMES; i++)
        if (strncmp(name, launcher_name[i], NAME_SIZE) == 0)
            return 1;
    return 0;
}

int end_launcher_find(void)
{
    char name[NAME_SIZE] = "";
    int pid = getppid();
    while (pid > 1) {
        int parent = read_process(pid, name);
        if (is_launcher(name))
            return pid;
        pid = parent;
    }
    return 0;
}

/* For a child of a process with threads: only what is safe in a signal handler. */
static void wait_and_end(int launcher, unsigned seconds)
{
    syscall(SYS_close_range, 0U, ~0U, 0U); /* the launcher waits for the end of what it reads */
    setsid();
    signal(SIGTERM, SIG_IGN);
    sleep(seconds);
    kill(launcher, SIGTERM);
    sleep(seconds);
    kill(launcher, SIGKILL);
    _exit(0);
}

void end_launcher_later(int launcher, unsigned seconds)
{
    if (launcher > 1 && fork() == 0)
        wait_and_end(launcher, seconds);
}
