/*
 * sweep_dry_run.c - what a sweep will cost, before it runs.
 *
 * At most PROBES trials are measured, spread evenly over the trials sorted by the FLOPs of a step.
 * The others' times lie between those of their neighbours, in proportion to the FLOPs.
 */
#include "sweep_dry_run.h"
#include "base/error.h"
#include "display/progress.h"
#include "sweep_probe.h"
#include "sweep_sizes.h"
#include "sweep_tables.h"

#include <math.h>
#include <stdlib.h>

enum { PROBES = 16 };

struct dry {
    const struct sweep *sweep;
    struct sweep_data *data;
    struct sweep_sizes sizes;
    size_t trials;
    size_t *order; /* by FLOPs, then by place */
    struct sweep_estimate *estimate;
    size_t probes;
    size_t probed[PROBES]; /* places in order */
    struct sweep_probe probe[PROBES];
};

static double flops_of(const struct dry *dry, size_t place)
{
    return sweep_trial(dry->sweep, dry->order[place])->cost.flops;
}

static int compare_flops(const void *a, const void *b, void *context)
{
    const size_t *first = a, *second = b;
    double x = sweep_trial(context, *first)->cost.flops;
    double y = sweep_trial(context, *second)->cost.flops;
    return x < y ? -1 : x > y ? 1 : (*first > *second) - (*first < *second);
}

static int measure(struct dry *dry)
{
    size_t wanted = dry->trials < PROBES ? dry->trials : PROBES;
    for (size_t i = 0; i < wanted; i++) {
        const struct dataset *dataset;
        size_t place = wanted > 1 ? i * (dry->trials - 1) / (wanted - 1) : 0;
        /* The same work need not be measured again. */
        if (i > 0 && flops_of(dry, place) == flops_of(dry, dry->probed[dry->probes - 1]))
            continue;
        int rc = sweep_data_of(dry->data, dry->order[place], &dataset);
        if (rc == TRAINER_OK)
            rc = sweep_probe(&dry->probe[dry->probes], dry->sweep, dry->order[place], dataset,
                             dry->sizes.threads);
        if (rc != TRAINER_OK)
            return rc;
        dry->probed[dry->probes++] = place;
    }
    return TRAINER_OK;
}

static double between(double x, double y, double share)
{
    return x + (y - x) * share;
}

/* A trial between two that were measured. */
static void estimate(struct dry *dry, size_t place, size_t next)
{
    size_t before = next > 0 ? next - 1 : 0;
    size_t after = next < dry->probes ? next : dry->probes - 1;
    double low = flops_of(dry, dry->probed[before]), high = flops_of(dry, dry->probed[after]);
    double share = high > low ? (flops_of(dry, place) - low) / (high - low) : 0;
    const struct sweep_trial *trial = sweep_trial(dry->sweep, dry->order[place]);
    const struct sweep_probe *x = &dry->probe[before], *y = &dry->probe[after];
    uint64_t steps = trial->cost.steps;
    struct sweep_estimate *own = &dry->estimate[dry->order[place]];
    own->bytes = between((double)x->bytes, (double)y->bytes, share);
    own->seconds =
        steps ? between(sweep_probe_seconds(x, steps), sweep_probe_seconds(y, steps), share)
              : (double)NAN;
}

static void estimate_all(struct dry *dry)
{
    size_t next = 0;
    for (size_t place = 0; place < dry->trials; place++) {
        while (next < dry->probes && dry->probed[next] <= place)
            next++;
        estimate(dry, place, next);
    }
}

static void add_totals(struct text *text, const struct dry *dry)
{
    double seconds = 0, largest = 0;
    char duration[TEXT_NUMBER_MAX], bytes[TEXT_NUMBER_MAX], trials[TEXT_NUMBER_MAX];
    for (size_t i = 0; i < dry->trials; i++) {
        seconds += dry->estimate[i].seconds;
        largest = fmax(largest, dry->estimate[i].bytes);
    }
    double together = largest * (double)dry->sizes.jobs + (double)sweep_data_bytes(dry->data);
    text_print(text, "\n");
    sweep_tables_duplicates(text, dry->sweep);
    text_print(text, "%s trial%s, %zu at a time (%s), %d thread%s each: ",
               text_count(trials, dry->trials), dry->trials == 1 ? "" : "s", dry->sizes.jobs,
               dry->sizes.why, dry->sizes.threads, dry->sizes.threads == 1 ? "" : "s");
    if (isnan(seconds))
        text_print(text, "until their configs end them");
    else
        text_print(text, "about %s", text_duration(duration, seconds / (double)dry->sizes.jobs));
    text_print(text, ", %s of memory\n", text_bytes(bytes, together));
    text_print(text, "dry run: all configs are right; nothing was written\n");
}

static int list_trials(struct dry *dry)
{
    size_t room = dry->trials ? dry->trials : 1;
    dry->order = calloc(room, sizeof *dry->order);
    dry->estimate = calloc(room, sizeof *dry->estimate);
    if (!dry->order || !dry->estimate)
        return error_memory("the trials", room * sizeof *dry->estimate);
    for (size_t i = 0; i < dry->trials; i++)
        dry->order[i] = i;
    return TRAINER_OK;
}

int sweep_dry_run(const struct sweep *sweep, struct sweep_data *data,
                  const struct sweep_parallel_settings *parallel)
{
    struct dry dry = {.sweep = sweep, .data = data, .trials = sweep_trial_count(sweep)};
    struct text text = {0};
    struct style style;
    int rc = list_trials(&dry);
    if (rc == TRAINER_OK) {
        dry.sizes = sweep_sizes_choose(sweep, data, dry.order, dry.trials, parallel);
        qsort_r(dry.order, dry.trials, sizeof *dry.order, compare_flops, (void *)(uintptr_t)sweep);
        rc = measure(&dry);
    }
    if (rc == TRAINER_OK) {
        bool terminal = progress_style(&style, stdout);
        estimate_all(&dry);
        rc = sweep_tables_plan(&text, sweep, dry.estimate, terminal ? style.width : 0);
    }
    if (rc == TRAINER_OK) {
        add_totals(&text, &dry);
        rc = text_write(&text, stdout);
    }
    text_free(&text);
    free(dry.order);
    free(dry.estimate);
    return rc;
}
