/*
 * sweep.c - a sweep from its opening to its end, and what may be asked of it.
 *
 * It is read by sweep_read.c and planned by sweep_plan.c; nothing changes afterwards but the ids of
 * the trials, which sweep_identify sets.
 */
#include "base/error.h"
#include "sweep_internal.h"
#include <math.h>
#include <stdlib.h>

int sweep_open(struct sweep **out, const char *path, const struct sweep_options *options)
{
    struct sweep *sweep = calloc(1, sizeof *sweep);
    *out = NULL;
    error_clear();
    if (!sweep)
        return error_memory("a sweep", sizeof *sweep);
    sweep->ran_on = options->ran_on;
    int rc = sweep_read(sweep, path, options);
    if (rc == TRAINER_OK)
        rc = sweep_plan(sweep);
    if (rc) {
        sweep_close(sweep);
        return rc;
    }
    *out = sweep;
    return TRAINER_OK;
}

void sweep_close(struct sweep *sweep)
{
    if (!sweep)
        return;
    config_free(sweep->base);
    config_free(sweep->config);
    free(sweep->data);
    free(sweep);
}

const struct sweep_settings *sweep_settings(const struct sweep *sweep)
{
    return &sweep->settings;
}

const char *sweep_source(const struct sweep *sweep)
{
    return sweep->source;
}

const char *sweep_base_source(const struct sweep *sweep)
{
    return config_source(sweep->base);
}

size_t sweep_key_count(const struct sweep *sweep)
{
    return sweep->keys;
}

const struct sweep_key *sweep_key(const struct sweep *sweep, size_t index)
{
    return &sweep->key[index];
}

size_t sweep_trial_count(const struct sweep *sweep)
{
    return sweep->trials;
}

const struct sweep_trial *sweep_trial(const struct sweep *sweep, size_t index)
{
    return &sweep->trial[index].facts;
}

size_t sweep_point_count(const struct sweep *sweep)
{
    return sweep->points;
}

size_t sweep_duplicate_count(const struct sweep *sweep)
{
    return sweep->duplicates;
}

bool sweep_better(enum sweep_goal goal, double a, double b)
{
    if (isnan(a) || isnan(b))
        return !isnan(a);
    return goal == SWEEP_MAXIMIZE ? a > b : a < b;
}
