/*
 * exit.c - how children begin and end in the build that counts lines: they count what they do and
 * no more, and what they have counted is written before _exit. cmake/coverage.cmake has them call
 * this.
 */
#include <unistd.h>

void __gcov_dump(void);
void __gcov_reset(void);

_Noreturn void coverage_exit(int status);
pid_t coverage_fork(void);

_Noreturn void coverage_exit(int status)
{
    __gcov_dump();
    _exit(status);
}

pid_t coverage_fork(void)
{
    pid_t child = fork();
    if (child == 0)
        __gcov_reset();
    return child;
}
