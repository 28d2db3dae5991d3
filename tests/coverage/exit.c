/*
 * exit.c - how children end that call _exit, in the build that counts lines: their counts are
 * written first, as exit() does by itself. cmake/coverage.cmake has them call this.
 */
#include <unistd.h>

void __gcov_dump(void);
_Noreturn void coverage_exit(int status);

_Noreturn void coverage_exit(int status)
{
    __gcov_dump();
    _exit(status);
}
