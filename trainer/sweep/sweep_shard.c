/*
 * sweep_shard.c - shards as they are written, and as the schedulers' variables say.
 */
#include "sweep_shard.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHARDS_MOST = 999999 };

/* A task of a job array: `id` of first, first + step, ..., `count` of them. */
struct task {
    const char *variable; /* that names it */
    long id, first, step, count;
    bool sized; /* the others but id are known */
};

/* The variable's whole number; false where it isn't set to one. */
static bool read_variable(const char *name, long *value)
{
    const char *text = getenv(name);
    char *end;
    if (!text || !*text)
        return false;
    *value = strtol(text, &end, 10);
    return *end == '\0' && *value >= 0 && *value <= SHARDS_MOST;
}

static bool find_task(struct task *task)
{
    long last;
    *task = (struct task){.variable = "SLURM_ARRAY_TASK_ID", .step = 1};
    if (read_variable(task->variable, &task->id)) {
        task->sized = read_variable("SLURM_ARRAY_TASK_MIN", &task->first) &&
                      read_variable("SLURM_ARRAY_TASK_COUNT", &task->count);
        read_variable("SLURM_ARRAY_TASK_STEP", &task->step);
        return true;
    }
    task->variable = "SGE_TASK_ID";
    if (read_variable(task->variable, &task->id)) {
        read_variable("SGE_TASK_STEPSIZE", &task->step);
        task->sized = read_variable("SGE_TASK_FIRST", &task->first) &&
                      read_variable("SGE_TASK_LAST", &last) && task->step > 0 &&
                      last >= task->first;
        task->count = task->sized ? (last - task->first) / task->step + 1 : 0;
        return true;
    }
    task->variable = "PBS_ARRAY_INDEX";
    return read_variable(task->variable, &task->id);
}

/* The number of a task in a whole array, which begins at 0 or 1; 0 where it may be a part of one,
 * which counts its own tasks only. */
static long number_in_array(const struct task *task)
{
    bool whole = task->sized && task->first <= 1 && task->step > 0 &&
                 (task->id - task->first) % task->step == 0;
    long number = whole ? (task->id - task->first) / task->step + 1 : 0;
    return number > 0 && number <= task->count ? number : 0;
}

/* "auto" */
static int take_task(struct sweep_shard *shard, const struct task *task)
{
    long number = number_in_array(task);
    if (number == 0)
        return error_add(TRAINER_INVALID,
                         "--shard auto: %s=%ld does not say of how many shards; give their number: "
                         "--shard auto/8",
                         task->variable, task->id);
    *shard = (struct sweep_shard){(size_t)number, (size_t)task->count};
    return TRAINER_OK;
}

/* "auto/8": of a whole array of 8 the task's place in it, of another one its number. */
static int take_task_of(struct sweep_shard *shard, const struct task *task, int of)
{
    long number = task->count == of ? number_in_array(task) : 0;
    if (number == 0)
        number = task->id + (task->sized && task->first == 0 ? 1 : 0);
    if (number < 1 || number > of)
        return error_add(TRAINER_INVALID, "--shard auto/%d: %s=%ld is no shard from 1 to %d", of,
                         task->variable, task->id, of);
    *shard = (struct sweep_shard){(size_t)number, (size_t)of};
    return TRAINER_OK;
}

/* "auto", "auto/8" */
static int read_auto(struct sweep_shard *shard, const char *text)
{
    struct task task;
    int length = -1, of = 0;
    if (text[4] == '/' && (sscanf(text, "auto/%6d%n", &of, &length) != 1 || text[length] || of < 1))
        return error_add(TRAINER_INVALID, "--shard must be auto or auto/N, not '%s'", text);
    if (!find_task(&task))
        return error_add(TRAINER_INVALID,
                         "--shard %s: this is no task of a job array: SLURM_ARRAY_TASK_ID, "
                         "SGE_TASK_ID and PBS_ARRAY_INDEX are not set",
                         text);
    return of == 0 ? take_task(shard, &task) : take_task_of(shard, &task, of);
}

int sweep_shard_read(struct sweep_shard *shard, const char *text)
{
    int length = -1;
    *shard = (struct sweep_shard){1, 1};
    if (!text)
        return TRAINER_OK;
    if (strcmp(text, "auto") == 0 || strncmp(text, "auto/", 5) == 0)
        return read_auto(shard, text);
    if (strspn(text, "0123456789/") == strlen(text) &&
        sscanf(text, "%6zu/%6zu%n", &shard->number, &shard->of, &length) == 2 &&
        text[length] == '\0' && shard->number >= 1 && shard->number <= shard->of)
        return TRAINER_OK;
    return error_add(TRAINER_INVALID,
                     "--shard must be I/N with 1 <= I <= N, such as 2/4, or auto, not '%s'", text);
}
