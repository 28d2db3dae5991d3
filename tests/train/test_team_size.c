/* test_team_size.c - on how many threads a run works, on machines that are only simulated. */
#include "support/suite.h"
#include "train/team_size.h"

/* Seconds of a step on that many threads. */
typedef double simulated(int threads, double time);

static double idle(int threads, double time)
{
    (void)time;
    return 0.001 / threads;
}

/* A team waits for its slowest thread, which has half a processor, and the kernel's time slices. */
static double half_busy(int threads, double time)
{
    (void)time;
    return threads == 1 ? 0.001 : 0.0025 / threads;
}

static double busy_for_a_while(int threads, double time)
{
    return time >= 10 && time < 20 ? half_busy(threads, time) : idle(threads, time);
}

/* Threads that share one processor. */
static double no_faster(int threads, double time)
{
    (void)time;
    return 0.001 * (1 + 0.05 * (threads - 1));
}

static double slow_steps(int threads, double time)
{
    (void)time;
    return 0.3 / threads;
}

struct outcome {
    double seconds[17]; /* on each number of threads, since `from` */
    double work;        /* steps done since then */
};

static struct outcome run(simulated *machine, int threads, double from, double to)
{
    struct team_size team;
    struct outcome outcome = {0};
    double time = 0;
    team_size_init(&team, threads, time);
    while (time < to) {
        bool over = false;
        for (team_size_next(&team, time); !over && time < to;) {
            int working = team.threads[team.now];
            double seconds = machine(working, time);
            if (working < 1 || working > threads) /* an assertion costs more than a step */
                ck_abort_msg("a step on %d of %d threads", working, threads);
            time += seconds;
            over = team_size_step(&team, time);
            outcome.seconds[working] += time > from ? seconds : 0;
            outcome.work += time > from;
        }
    }
    return outcome;
}

START_TEST(an_idle_machine_is_used_whole)
{
    static const int teams[] = {2, 3, 8, 16};
    for (size_t i = 0; i < sizeof teams / sizeof teams[0]; i++) {
        struct outcome outcome = run(idle, teams[i], 1, 60);
        ck_assert_double_gt(outcome.work * idle(teams[i], 0), 0.985 * 59);
    }
}
END_TEST

START_TEST(trials_of_slow_steps_cost_as_little)
{
    struct outcome outcome = run(slow_steps, 2, 10, 600);
    ck_assert_double_gt(outcome.work * slow_steps(2, 0), 0.985 * 590);
}
END_TEST

START_TEST(threads_that_wait_for_a_busy_processor_are_left_asleep)
{
    struct outcome outcome = run(half_busy, 2, 0, 20);
    ck_assert_double_gt(outcome.seconds[1], 0.98 * 20);
}
END_TEST

START_TEST(threads_that_gain_nothing_are_left_asleep)
{
    struct outcome outcome = run(no_faster, 16, 2, 20);
    ck_assert_double_gt(outcome.seconds[1], 0.9 * 18);
}
END_TEST

START_TEST(a_load_that_comes_and_goes_is_noticed_within_a_second_or_two)
{
    struct outcome outcome = run(busy_for_a_while, 2, 10, 20);
    ck_assert_double_gt(outcome.seconds[1], 0.95 * 10);
    outcome = run(busy_for_a_while, 2, 20, 30);
    ck_assert_double_gt(outcome.seconds[2], 0.8 * 10);
}
END_TEST

START_TEST(one_thread_works_in_one_burst)
{
    struct team_size team;
    team_size_init(&team, 1, 0);
    team_size_next(&team, 0);
    for (int i = 1; i < 1000; i++)
        ck_assert(!team_size_step(&team, i));
    ck_assert_int_eq(team.threads[team.now], 1);
}
END_TEST

/* A row of the series ends what is measured, or its seconds would count as steps'. */
START_TEST(what_restarts_a_burst_does_not_count)
{
    struct team_size team;
    team_size_init(&team, 2, 0);
    team_size_next(&team, 0);
    ck_assert(!team_size_step(&team, 0.001));
    team_size_restart(&team, 5);
    ck_assert(!team_size_step(&team, 5.001));
    ck_assert(team_size_step(&team, 5.021));
    team_size_next(&team, 5.021);
    ck_assert_double_eq_tol(team.fastest[0], 0.0105, 1e-9);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_idle_machine_is_used_whole,
        trials_of_slow_steps_cost_as_little,
        threads_that_wait_for_a_busy_processor_are_left_asleep,
        threads_that_gain_nothing_are_left_asleep,
        a_load_that_comes_and_goes_is_noticed_within_a_second_or_two,
        one_thread_works_in_one_burst,
        what_restarts_a_burst_does_not_count,
        NULL,
    };
    return suite_main("team size", SUITE_IN_PROCESS, 1, tests);
}
