/*
 * sweep_asha.c - the reports at each rung, and who goes on.
 *
 * A rung keeps its reports in the order in which they came. How many of them are better than a new
 * one is counted anew each time: thousands of reports take microseconds, a training step more.
 */
#include "sweep_asha.h"
#include "base/error.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { RUNGS_MAX = 64, CAPACITY_FIRST = 64 };

struct report {
    char id[SWEEP_ID_SIZE];
    double value;
    bool go_on;
};

struct rung {
    struct report *report; /* [count] */
    size_t count, capacity;
};

struct sweep_asha {
    enum sweep_goal goal;
    int64_t eta;
    struct rung rung[RUNGS_MAX];
};

int sweep_asha_create(struct sweep_asha **asha, const struct sweep_stopping_settings *settings,
                      enum sweep_goal goal)
{
    *asha = calloc(1, sizeof **asha);
    if (!*asha)
        return error_memory("early stopping", sizeof **asha);
    (*asha)->goal = goal;
    (*asha)->eta = settings->eta;
    return TRAINER_OK;
}

void sweep_asha_free(struct sweep_asha *asha)
{
    for (int i = 0; asha && i < RUNGS_MAX; i++)
        free(asha->rung[i].report);
    free(asha);
}

double sweep_asha_rung(const struct sweep_stopping_settings *settings, int rung)
{
    double epochs = settings->min_epochs;
    for (int i = 0; i < rung; i++)
        epochs *= (double)settings->eta;
    return epochs;
}

static const struct report *find_report(const struct rung *rung, const char *id)
{
    size_t i = 0;
    while (i < rung->count && strcmp(rung->report[i].id, id) != 0)
        i++;
    return i < rung->count ? &rung->report[i] : NULL;
}

static int add_report(struct rung *rung, const char *id, double value, bool go_on)
{
    assert(strlen(id) < SWEEP_ID_SIZE);
    if (rung->count == rung->capacity) {
        size_t capacity = rung->capacity ? 2 * rung->capacity : CAPACITY_FIRST;
        struct report *grown = realloc(rung->report, capacity * sizeof *grown);
        if (!grown)
            return error_memory("reports at a rung", capacity * sizeof *grown);
        rung->report = grown;
        rung->capacity = capacity;
    }
    struct report *report = &rung->report[rung->count++];
    *report = (struct report){.value = value, .go_on = go_on};
    memcpy(report->id, id, strlen(id) + 1);
    return TRAINER_OK;
}

/* Fewer than max(1, floor(n / eta)) of the n values are better, the new one counted. */
static bool is_among_the_best(const struct sweep_asha *asha, const struct rung *rung, double value)
{
    size_t better = 0, places = (rung->count + 1) / (size_t)asha->eta;
    for (size_t i = 0; i < rung->count; i++)
        better += sweep_better(asha->goal, rung->report[i].value, value);
    return better < (places ? places : 1);
}

int sweep_asha_report(struct sweep_asha *asha, const char *id, int rung, double value, bool *go_on)
{
    assert(rung >= 0 && rung < RUNGS_MAX);
    struct rung *at = &asha->rung[rung];
    const struct report *known = find_report(at, id);
    *go_on = known ? known->go_on : is_among_the_best(asha, at, value);
    return known ? TRAINER_OK : add_report(at, id, value, *go_on);
}

int sweep_asha_restore(struct sweep_asha *asha, const char *id, int rung, double value, bool go_on)
{
    assert(rung >= 0 && rung < RUNGS_MAX);
    struct rung *at = &asha->rung[rung];
    return find_report(at, id) ? TRAINER_OK : add_report(at, id, value, go_on);
}
