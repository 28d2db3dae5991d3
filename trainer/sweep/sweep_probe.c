/*
 * sweep_probe.c - what a trial costs, measured on a few of its steps in a child.
 *
 *     first row (an evaluation) -> steps for PROBE_SECONDS, at the end of which the run is stopped
 *
 * Where rows follow one another sooner, the steps between the last two of them count.
 */
#include "sweep_probe.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/machine.h"
#include "system/subprocess.h"
#include "train/train.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const double PROBE_SECONDS = 0.1;

/* The trial to measure. */
struct subject {
    const struct sweep *sweep;
    size_t trial;
    const struct dataset *data;
    int threads;
};

struct probing {
    struct sweep_probe *probe;
    double began, first_ended, row_began, row_ended; /* first_ended: of the first row; 0: not yet */
    uint64_t row_step;
    double rows_each; /* steps; 0: never */
    atomic_int stop;
};

/* --- the child -------------------------------------------------------------------------------- */

static void end_steps(struct probing *probing, const struct progress *progress)
{
    double seconds = clock_seconds() - probing->row_ended;
    if (progress->step == probing->row_step || seconds < PROBE_SECONDS / 2 || probing->stop)
        return;
    probing->probe->step_seconds = seconds / (double)(progress->step - probing->row_step);
    probing->probe->bytes = machine_memory_own();
    probing->stop = SIGTERM;
}

static void end_row(struct probing *probing, const struct progress *progress, double now)
{
    probing->probe->row_seconds = now - probing->row_began;
    probing->probe->bytes = machine_memory_own();
    probing->row_step = progress->step;
    probing->row_ended = clock_seconds();
    if (probing->first_ended == 0)
        probing->first_ended = probing->row_ended;
    else if (probing->row_ended - probing->first_ended >= PROBE_SECONDS)
        probing->stop = SIGTERM;
}

static void observe(void *context, enum event event, const struct progress *progress)
{
    struct probing *probing = context;
    double now = clock_seconds();
    if (event == EVENT_STARTED)
        probing->probe->begin_seconds = now - probing->began;
    if (event == EVENT_EVALUATING) {
        /* A short run reaches its next row before any progress event. */
        if (progress->step > probing->row_step)
            probing->probe->step_seconds =
                (now - probing->row_ended) / (double)(progress->step - probing->row_step);
        probing->row_began = now;
    }
    if (event == EVENT_EVALUATED)
        end_row(probing, progress, now);
    if (event == EVENT_PROGRESS)
        end_steps(probing, progress);
}

static int measure(void *context, void *result)
{
    const struct subject *subject = context;
    struct sweep_probe *probe = result;
    struct session_options options = {.data = subject->data};
    struct probing probing = {.probe = probe, .began = clock_seconds()};
    struct observer observer = {observe, &probing};
    struct config *config = NULL;
    struct session *session = NULL;
    char setting[32];
    snprintf(setting, sizeof setting, "trainer.threads=%d", subject->threads);
    const char *settings[] = {setting};
    int rc = sweep_trial_config(subject->sweep, subject->trial, settings, 1, &config);
    if (rc == TRAINER_OK)
        rc = session_open(&session, config, &options);
    if (rc == TRAINER_OK) {
        double each = (double)session_facts(session).evaluate_steps;
        uint64_t last = session_last_step(session);
        probe->rows = each > 0 && last < UINT64_MAX ? 1 + ceil((double)last / each) : 1;
        rc = session_train(session, NULL, &observer, &probing.stop);
    }
    return rc;
}

/* --- this process ----------------------------------------------------------------------------- */

int sweep_probe(struct sweep_probe *probe, const struct sweep *sweep, size_t trial,
                const struct dataset *data, int threads)
{
    struct subject subject = {sweep, trial, data, threads};
    int status = 0;
    int rc = subprocess_call("measuring a trial", measure, &subject, probe, sizeof *probe, &status);
    if (rc == SUBPROCESS_LOST)
        rc = error_set(TRAINER_FAILED, "a trial did not finish while it was measured");
    return rc;
}

double sweep_probe_seconds(const struct sweep_probe *probe, uint64_t steps)
{
    return probe->begin_seconds + (double)steps * probe->step_seconds +
           probe->rows * probe->row_seconds;
}
