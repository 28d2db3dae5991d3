/*
 * test_run.c - how a run stands, as a word and back.
 */
#include "runfile/run.h"
#include "support/suite.h"

START_TEST(a_status_is_its_word)
{
    static const char *const words[] = {"running", "completed", "failed", "interrupted"};
    for (int i = 0; i < 4; i++) {
        ck_assert_str_eq(run_status_word((enum run_status)i), words[i]);
        ck_assert_int_eq(run_status_parse(words[i]), i);
    }
    ck_assert_int_eq(run_status_parse(""), RUN_RUNNING);
    ck_assert_int_eq(run_status_parse("complete"), RUN_RUNNING);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_status_is_its_word, NULL};
    return suite_main("run", SUITE_FORKED, 1, tests);
}
