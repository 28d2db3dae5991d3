/*
 * suite.c - see suite.h.
 */
#include "suite.h"
#include <stdlib.h>

int suite_run(Suite *suite, enum suite_fork fork)
{
    SRunner *runner = srunner_create(suite);
    if (fork == SUITE_IN_PROCESS)
        srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int suite_main(const char *name, enum suite_fork fork, int times, const TTest *const *tests)
{
    TCase *tcase = tcase_create(name);
    for (size_t i = 0; tests[i]; i++)
        tcase_add_loop_test(tcase, tests[i], 0, times);
    tcase_set_timeout(tcase, 120);
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, fork);
}
