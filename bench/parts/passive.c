/*
 * passive.c - the program, started once more.
 */
#include "passive.h"
#include <stdlib.h>
#include <unistd.h>

void passive_start(char **words)
{
    if (getenv("OMP_WAIT_POLICY"))
        return;
    setenv("OMP_WAIT_POLICY", "passive", 1);
    execv("/proc/self/exe", words);
}
