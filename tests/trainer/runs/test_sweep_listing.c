/*
 * test_sweep_listing.c - a sweep read from the outside, from files written here by hand.
 */
#include "base/error.h"
#include "runs/sweep_listing.h"
#include "support/folder.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char heading[] = "run,id,path,status,error,point,seed,optimizer.learning_rate,text,"
                              "epochs,steps,seconds,evaluations,final_test_loss,best_test_loss\n";

static void make_sweep(const char *yaml, const char *csv)
{
    char text[4096];
    ck_assert_int_eq(mkdir("s", 0777), 0);
    ck_assert_int_eq(mkdir("s/trials", 0777), 0);
    folder_write("s/sweep.yaml", yaml);
    folder_write("s/log.jsonl", "{\"time\": 1700000000, \"event\": \"note\", \"text\": \"x\"}\n");
    snprintf(text, sizeof text, "%s%s", heading, csv);
    folder_write("s/sweep.csv", text);
}

START_TEST(a_table_is_read_with_its_quotes)
{
    struct listed_sweep sweep;
    make_sweep("config: x.yaml\nname: rates\nmetric: {name: test_loss, goal: minimize}\n",
               "0,aa,trials/aa,completed,,0,1,0.1,\"a, \"\"b\"\"\",2,20,0.5,3,0.5,0.4\n"
               "1,bb,trials/bb,failed,\"not\nfinite\",1,1,10,c,2,20,0.5,3,,\n"
               "2,cc,trials/cc,completed,,2,1,0.01,d,2,20,0.5,3,0.25,0.2\n");
    ck_assert(sweep_listing_found("s"));
    ck_assert_int_eq(sweep_listing_read(&sweep, "s"), TRAINER_OK);
    ck_assert_str_eq(sweep.name, "rates");
    ck_assert_str_eq(sweep.metric, "test_loss");
    ck_assert(!sweep.maximize);
    ck_assert_uint_eq(sweep.keys, 2);
    ck_assert_str_eq(sweep.key[0], "optimizer.learning_rate");
    ck_assert_uint_eq(sweep.trials, 3);
    ck_assert_str_eq(sweep.trial[0].value[1], "a, \"b\"");
    ck_assert_int_eq(sweep.trial[1].status, SWEEP_TRIAL_FAILED);
    ck_assert(isnan(sweep.trial[1].result));
    ck_assert_uint_eq(sweep.count[SWEEP_TRIAL_COMPLETED], 2);
    ck_assert_str_eq(sweep.best->id, "cc");
    ck_assert(fabs(sweep.started - 1700000000) < 1);
    ck_assert_int_eq(sweep.status, RUN_COMPLETED);
    sweep_listing_free(&sweep);
}
END_TEST

START_TEST(a_trial_that_nobody_goes_on_with_makes_it_interrupted)
{
    struct listed_sweep sweep;
    make_sweep("config: x.yaml\n", "0,aa,trials/aa,running,,0,1,0.1,a,0,0,0,0,,\n");
    ck_assert_int_eq(sweep_listing_read(&sweep, "s"), TRAINER_OK);
    ck_assert_str_eq(sweep.name, "s");
    ck_assert_int_eq(sweep.status, RUN_INTERRUPTED);
    ck_assert_ptr_null(sweep.best);
    sweep_listing_free(&sweep);
    folder_write("s/sweep.lock", "some-other-node 12\n");
    ck_assert_int_eq(sweep_listing_read(&sweep, "s"), TRAINER_OK);
    ck_assert_int_eq(sweep.status, RUN_RUNNING);
    ck_assert(sweep.owner.elsewhere);
    sweep_listing_free(&sweep);
}
END_TEST

START_TEST(damaged_tables_tell_nothing)
{
    static const char *const damaged[] = {"", "\"", "0,aa\n", "a,\"b", ",,,,,,,,,,,,,,,,,,,\n"};
    make_sweep("config: [\n", "");
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        struct listed_sweep sweep;
        char text[4096];
        snprintf(text, sizeof text, "%s%s", i % 2 ? "" : heading, damaged[i]);
        folder_write("s/sweep.csv", text);
        ck_assert_int_eq(sweep_listing_read(&sweep, "s"), TRAINER_OK);
        ck_assert_uint_eq(sweep.trials, 0);
        sweep_listing_free(&sweep);
    }
    unlink("s/sweep.yaml");
    ck_assert(!sweep_listing_found("s"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_listing");
    TCase *reading = tcase_create("reading");
    tcase_add_checked_fixture(reading, folder_enter, folder_leave);
    tcase_add_test(reading, a_table_is_read_with_its_quotes);
    tcase_add_test(reading, a_trial_that_nobody_goes_on_with_makes_it_interrupted);
    tcase_add_test(reading, damaged_tables_tell_nothing);
    suite_add_tcase(suite, reading);
    return suite_run(suite, SUITE_FORKED);
}
