/*
 * test_sweep_jobs.c - the processes of trials: who makes room for whom, and what they tell.
 */
#include "base/series.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"
#include "sweep/sweep_data.h"
#include "sweep/sweep_jobs.h"

#include <check.h>
#include <stdio.h>
#include <sys/stat.h>

enum { TRIALS = 20 };

/* What was seen while all trials ran. */
struct seen {
    size_t completed, rows[TRIALS]; /* of their curves */
    size_t most;                    /* that ran at a time */
    size_t overlap;                 /* that began while another one still ran */
};

static bool reported(void *context, size_t trial, int rung, double value)
{
    ck_abort_msg("trial %zu reports %g at rung %d of %p", trial, value, rung, context);
    return true;
}

static void ended(void *context, size_t trial, const struct sweep_outcome *outcome)
{
    struct seen *seen = context;
    ck_assert_msg(outcome->status == SWEEP_TRIAL_COMPLETED, "trial %zu: %s", trial, outcome->error);
    ck_assert_uint_eq(outcome->steps, 40);
    seen->rows[seen->completed++] = outcome->epochs->rows;
}

static void start(struct sweep_jobs *jobs, struct sweep *sweep, struct sweep_data *data,
                  size_t trial)
{
    char folder[32];
    struct sweep_task task = {
        .sweep = sweep, .trial = trial, .folder = folder, .threads = 1, .command_line = ""};
    snprintf(folder, sizeof folder, "trial%zu", trial);
    ck_assert_int_eq(sweep_data_of(data, trial, &task.data), 0);
    ck_assert_int_eq(sweep_jobs_start(jobs, &task), 0);
}

static struct seen run_all(size_t places, size_t saving)
{
    sweep_sample_start();
    struct seen seen = {0};
    const struct sweep_listener listener = {reported, ended, &seen};
    struct sweep *sweep =
        sweep_sample_open("method: random\nmax_trials: 20\n"
                          "parameters: {optimizer.learning_rate: {distribution: uniform, min: 1, "
                          "max: 2}}");
    struct sweep_data *data;
    struct sweep_jobs *jobs;
    ck_assert_int_eq(sweep_data_open(&data, sweep), 0);
    ck_assert_int_eq(sweep_jobs_create(&jobs, places, saving, &listener), 0);
    for (size_t next = 0; next < TRIALS || sweep_jobs_running(jobs) > 0;) {
        for (; next < TRIALS && sweep_jobs_have_room(jobs); next++) {
            seen.overlap += sweep_jobs_running(jobs) > 0;
            start(jobs, sweep, data, next);
        }
        size_t running = sweep_jobs_running(jobs);
        seen.most = running > seen.most ? running : seen.most;
        sweep_jobs_wait(jobs, 1, -1);
    }
    ck_assert_uint_eq(seen.completed, TRIALS);
    sweep_jobs_free(jobs);
    sweep_data_close(data);
    sweep_close(sweep);
    folder_leave();
    return seen;
}

START_TEST(one_place_is_for_one_trial_at_a_time)
{
    struct seen seen = run_all(1, 0);
    ck_assert_uint_eq(seen.most, 1);
    ck_assert_uint_eq(seen.overlap, 0);
}
END_TEST

/* Not each of them need be seen while it saves, but never is it none of twenty. */
START_TEST(a_trial_that_saves_itself_gives_its_place_to_the_next)
{
    struct seen seen = run_all(1, 1);
    ck_assert_uint_le(seen.most, 2);
    ck_assert_uint_ge(seen.overlap, 1);
}
END_TEST

START_TEST(places_and_saving_trials_together_bound_what_runs)
{
    ck_assert_uint_eq(run_all(3, 0).most, 3);
    ck_assert_uint_le(run_all(3, 2).most, 5);
}
END_TEST

/* The time at which the run file of the first trial was replaced last. */
static struct timespec changed(void)
{
    struct stat facts;
    ck_assert_int_eq(stat("trial0/run.h5", &facts), 0);
    return facts.st_mtim;
}

START_TEST(a_trial_that_another_process_completed_meanwhile_is_not_repeated)
{
    sweep_sample_start();
    struct seen seen = {0};
    const struct sweep_listener listener = {reported, ended, &seen};
    struct sweep *sweep = sweep_sample_open("parameters: {optimizer.learning_rate: [1, 2]}");
    struct sweep_data *data;
    struct sweep_jobs *jobs;
    struct timespec changed_at[2];
    ck_assert_int_eq(sweep_data_open(&data, sweep), 0);
    ck_assert_int_eq(sweep_jobs_create(&jobs, 1, 0, &listener), 0);
    for (int time = 0; time < 2; time++) {
        start(jobs, sweep, data, 0);
        while (sweep_jobs_running(jobs) > 0)
            sweep_jobs_wait(jobs, 1, -1);
        changed_at[time] = changed();
    }
    ck_assert_uint_eq(seen.completed, 2);
    ck_assert_mem_eq(&changed_at[0], &changed_at[1], sizeof *changed_at);
    ck_assert_uint_eq(seen.rows[0], seen.rows[1]);
    ck_assert_uint_gt(seen.rows[0], 0);
    sweep_jobs_free(jobs);
    sweep_data_close(data);
    sweep_close(sweep);
    folder_leave();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        one_place_is_for_one_trial_at_a_time,
        a_trial_that_saves_itself_gives_its_place_to_the_next,
        places_and_saving_trials_together_bound_what_runs,
        a_trial_that_another_process_completed_meanwhile_is_not_repeated,
        NULL,
    };
    return suite_main("sweep_jobs", SUITE_FORKED, 1, tests);
}
