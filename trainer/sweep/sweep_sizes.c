/*
 * sweep_sizes.c - how many trials side by side, and on how many threads each.
 */
#include "sweep_sizes.h"
#include "base/error.h"
#include "base/machine.h"
#include "engine/places.h"
#include "sweep_probe.h"

#include <stdbool.h>

/* A trial needs about so much beyond its network: libraries, stacks, files being written. */
static const size_t BYTES_OF_PROCESS = 16 << 20;

/* Twice the threads must make steps at least so much faster. */
static const double WORTH_WHILE = 1.25;

enum { JOBS_MOST = 1024 };

/* False where the trial fails while it is measured: the sweep will report it. */
static bool measure(struct sweep_probe *probe, const struct sweep *sweep, struct sweep_data *data,
                    size_t trial, int threads)
{
    const struct dataset *dataset;
    return sweep_data_of(data, trial, &dataset) == TRAINER_OK &&
           sweep_probe(probe, sweep, trial, dataset, threads) == TRAINER_OK;
}

/* Doubles the threads, up to `most`, while the steps of a trial gain by it. */
static int choose_threads(const struct sweep *sweep, struct sweep_data *data, size_t trial,
                          size_t most)
{
    struct sweep_probe fewer, more;
    int threads = 1;
    if (most < 2 || !measure(&fewer, sweep, data, trial, threads))
        return threads;
    while ((size_t)threads * 2 <= most && measure(&more, sweep, data, trial, 2 * threads) &&
           more.step_seconds * WORTH_WHILE < fewer.step_seconds) {
        threads *= 2;
        fewer = more;
    }
    return threads;
}

static size_t planned_bytes(const struct sweep *sweep, size_t trial)
{
    return sweep_trial(sweep, trial)->cost.bytes + BYTES_OF_PROCESS;
}

/* Whether so many processes as planned come nowhere near what is available. */
static bool plenty(size_t available, size_t planned, size_t processes)
{
    return planned <= available / 4 / processes;
}

/* No more jobs than fit into nine tenths of the memory. It is measured only where it isn't plenty.
 */
static void fit_memory(struct sweep_sizes *sizes, const struct sweep *sweep,
                       struct sweep_data *data, size_t trial)
{
    size_t available = machine_memory(), planned = planned_bytes(sweep, trial);
    struct sweep_probe probe;
    if (plenty(available, planned, sizes->jobs))
        return;
    bool measured = measure(&probe, sweep, data, trial, sizes->threads);
    size_t own = measured && probe.bytes > planned ? probe.bytes : planned;
    size_t most = available / 10 * 9 / own;
    if (most < sizes->jobs) {
        sizes->jobs = most > 0 ? most : 1;
        sizes->why = "memory";
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The trials with the most work and the most memory stand for all. */
static struct sweep_sizes choose(const struct sweep *sweep, struct sweep_data *data, size_t count,
                                 size_t work, size_t memory,
                                 const struct sweep_parallel_settings *wanted)
{
    struct sweep_sizes sizes = {.why = "as configured"};
    const char *limit;
    size_t processors = (size_t)places_processors(), most = (size_t)places_thread_limit(&limit);
    size_t side = wanted->trials ? smaller((size_t)wanted->trials, count) : count;
    sizes.threads =
        wanted->threads_per_trial
            ? (int)smaller((size_t)wanted->threads_per_trial, (size_t)places_thread_most())
            : choose_threads(sweep, data, work, smaller(processors / side, most));
    if (wanted->trials) {
        sizes.jobs = smaller(side, JOBS_MOST);
        return sizes;
    }
    sizes.jobs = processors / (size_t)sizes.threads;
    sizes.why = sizes.jobs < count ? "processors" : "trials";
    sizes.jobs = smaller(smaller(sizes.jobs > 0 ? sizes.jobs : 1, count), JOBS_MOST);
    fit_memory(&sizes, sweep, data, memory);
    return sizes;
}

struct sweep_sizes sweep_sizes_choose(const struct sweep *sweep, struct sweep_data *data,
                                      const size_t *trials, size_t count,
                                      const struct sweep_parallel_settings *wanted)
{
    size_t work = 0, memory = 0;
    if (count == 0)
        return (struct sweep_sizes){.jobs = 1, .threads = 1, .why = "trials"};
    for (size_t i = 1; i < count; i++) {
        const struct sweep_cost *cost = &sweep_trial(sweep, trials[i])->cost;
        work = cost->flops > sweep_trial(sweep, trials[work])->cost.flops ? i : work;
        memory = cost->bytes > sweep_trial(sweep, trials[memory])->cost.bytes ? i : memory;
    }
    struct sweep_sizes sizes = choose(sweep, data, count, trials[work], trials[memory], wanted);
    size_t planned = planned_bytes(sweep, trials[memory]);
    if (plenty(machine_memory(), planned, 2 * sizes.jobs))
        sizes.saving = sizes.jobs;
    return sizes;
}
