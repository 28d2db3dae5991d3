/*
 * turns.c - alternates two sides' bursts and sorts what they took.
 */
#include "turns.h"
#include "base/arena.h"
#include "base/error.h"
#include <stdlib.h>
#include <time.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value below which that share of count sorted ones lies. */
static double quantile(const double *sorted, size_t count, double share)
{
    return sorted[(size_t)(share * (double)(count - 1) + 0.5)];
}

static double burst(const struct side *side, size_t repeats, double pause)
{
    struct timespec rest = {.tv_nsec = (long)(pause * 1e9)};
    nanosleep(&rest, NULL);
    return side->burst(side->context, repeats);
}

/* How many repeats take about so long, at least one; 0 where the side failed. */
static size_t enough(const struct side *side, double wanted, double pause)
{
    size_t repeats = 1;
    for (;;) {
        double seconds = burst(side, repeats, pause);
        if (seconds < 0)
            return 0;
        double taken = seconds * (double)repeats;
        if (taken >= wanted / 4)
            return seconds > 0 ? (size_t)(wanted / seconds) + 1 : repeats;
        repeats *= taken * 8 < wanted ? 8 : 2;
    }
}

/* seconds[side][turn], ratio[turn] */
static int measure(const struct side side[2], const struct turn_settings *settings,
                   double *seconds[2], double *ratio)
{
    size_t repeats[2];
    for (int s = 0; s < 2; s++) {
        repeats[s] = enough(&side[s], settings->burst_seconds, settings->pause_seconds);
        if (repeats[s] == 0)
            return TRAINER_FAILED;
    }
    for (size_t turn = 0; turn < settings->turns; turn++) {
        for (size_t i = 0; i < 2; i++) {
            size_t s = (turn + i) % 2;
            seconds[s][turn] = burst(&side[s], repeats[s], settings->pause_seconds);
            if (seconds[s][turn] < 0)
                return TRAINER_FAILED;
        }
        ratio[turn] = seconds[1][turn] / seconds[0][turn];
    }
    return TRAINER_OK;
}

int turns_take(struct turn_result *result, const struct side side[2],
               const struct turn_settings *settings)
{
    size_t turns = settings->turns;
    double *all = block_allocate("the turns' seconds", 3 * turns * sizeof *all);
    if (!all)
        return TRAINER_FAILED;
    double *seconds[2] = {all, all + turns}, *ratio = all + 2 * turns;
    int rc = measure(side, settings, seconds, ratio);
    for (int i = 0; i < 3; i++)
        qsort(all + (size_t)i * turns, turns, sizeof *all, compare);
    for (int s = 0; s < 2; s++) {
        result->median[s] = quantile(seconds[s], turns, 0.5);
        result->least[s] = seconds[s][0];
    }
    result->low_ratio = quantile(ratio, turns, 0.25);
    result->ratio = quantile(ratio, turns, 0.5);
    result->high_ratio = quantile(ratio, turns, 0.75);
    free(all);
    return rc;
}
