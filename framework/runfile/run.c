/*
 * run.c - the words for the status of a run, and how its state is stored.
 */
#include "run.h"

#include <math.h>
#include <string.h>

static const char *const words[] = {
    [RUN_RUNNING] = "running",
    [RUN_COMPLETED] = "completed",
    [RUN_FAILED] = "failed",
    [RUN_INTERRUPTED] = "interrupted",
};

const char *run_status_word(enum run_status status)
{
    return words[status];
}

enum run_status run_status_parse(const char *word)
{
    enum run_status status = RUN_INTERRUPTED;
    while (status > RUN_RUNNING && strcmp(words[status], word) != 0)
        status--;
    return status;
}

/* A member's name in files is that in struct run_state. */
#define AT(member) #member, offsetof(struct run_state, member)
const struct run_member run_members[RUN_MEMBERS] = {
    {AT(step), .counter = true},
    {AT(row_step), .counter = true, .least = -1},
    {AT(loss), .counter = false},
    {AT(loss_sum), .counter = false},
    {AT(loss_count), .counter = true},
    {AT(samples), .counter = true},
    {AT(row_seconds), .counter = false},
    {AT(seconds), .counter = false},
    {AT(monitored), .counter = false},
    {AT(monitored_row), .counter = true, .least = -1, .later = true, .standard = -1},
    {AT(waited), .counter = true},
    {AT(stopped), .counter = true},
    {AT(kept), .counter = false},
    {AT(skipped), .counter = true},
    {AT(failing), .counter = true},
    {AT(schedule_best), .counter = false, .later = true, .standard = (double)NAN},
    {AT(schedule_waited), .counter = false, .later = true},
    {AT(schedule_cooldown), .counter = false, .later = true},
    {AT(schedule_factor), .counter = false, .later = true, .standard = 1},
};
#undef AT

double run_member_get(const struct run_state *state, const struct run_member *member)
{
    const char *at = (const char *)state + member->offset;
    return member->counter ? (double)*(const int64_t *)(const void *)at
                           : *(const double *)(const void *)at;
}

void run_member_set(struct run_state *state, const struct run_member *member, double value)
{
    char *at = (char *)state + member->offset;
    if (member->counter)
        *(int64_t *)(void *)at = (int64_t)value;
    else
        *(double *)(void *)at = value;
}
