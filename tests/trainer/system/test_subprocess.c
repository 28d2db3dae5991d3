/*
 * test_subprocess.c - functions called in a child: what comes back, and what becomes of a crash.
 */
#include "base/error.h"
#include "support/suite.h"
#include "system/subprocess.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int here; /* changed in the child alone */

static int add(void *context, void *result)
{
    here = 1;
    *(int *)result = *(int *)context + 2;
    return TRAINER_OK;
}

static int refuse(void *context, void *result)
{
    (void)context;
    (void)result;
    return error_set(TRAINER_INVALID, "the child's message");
}

static int crash(void *context, void *result)
{
    (void)context;
    *(int *)result = 7;
    abort();
}

static int leave(void *context, void *result)
{
    (void)context;
    (void)result;
    _exit(3);
}

START_TEST(the_result_comes_back_and_nothing_else)
{
    int two = 2, result = 0, status = -1;
    ck_assert_int_eq(subprocess_call("x", add, &two, &result, sizeof result, &status), TRAINER_OK);
    ck_assert_int_eq(result, 4);
    ck_assert_int_eq(here, 0);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(the_message_comes_back_with_the_code)
{
    int status;
    ck_assert_int_eq(subprocess_call("x", refuse, NULL, NULL, 0, &status), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "the child's message");
}
END_TEST

START_TEST(a_child_that_crashes_is_lost)
{
    int result = 0, status = 0;
    error_clear();
    ck_assert_int_eq(subprocess_call("x", crash, NULL, &result, sizeof result, &status),
                     SUBPROCESS_LOST);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    ck_assert_int_eq(result, 7);
    ck_assert_str_eq(error_text(), "");
    ck_assert_int_eq(subprocess_call("x", leave, NULL, NULL, 0, &status), SUBPROCESS_LOST);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_result_comes_back_and_nothing_else,
        the_message_comes_back_with_the_code,
        a_child_that_crashes_is_lost,
        NULL,
    };
    return suite_main("subprocess", SUITE_FORKED, 1, tests);
}
