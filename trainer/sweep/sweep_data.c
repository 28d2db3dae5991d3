/*
 * sweep_data.c - opens each data set of a sweep once, and identifies the trials by it.
 *
 * Trials have the same data where their `data` sections are the same and, if the kind draws by it,
 * their seeds. Whether it does is known once one is open.
 */
#include "sweep_data.h"
#include "base/error.h"
#include "base/machine.h"
#include "data/data.h"
#include "data/sparse_input.h"
#include "runs/open_session.h"

#include <omp.h>
#include <stdlib.h>

struct shared {
    size_t trial;  /* by whose config it is opened */
    size_t number; /* sweep_trial.data */
    uint64_t seed;
    bool seeded; /* only trials of that seed have it */
    size_t bytes;
    char fingerprint[FINGERPRINT_TEXT];
    struct config *config; /* NULL: closed */
    struct dataset *dataset;
};

struct sweep_data {
    struct sweep *sweep;
    struct shared *set;
    size_t sets, capacity;
    size_t *of; /* [trials]: index of a trial's set */
    size_t limit;
    bool together;
};

static void close_set(struct shared *set)
{
    dataset_close(set->dataset);
    if (set->config)
        config_free(set->config);
    set->dataset = NULL;
    set->config = NULL;
}

/* Lists and fingerprints; numbers that no trial would read in lists are not listed. */
static int prepare(struct shared *set, const struct sweep_trial *trial)
{
    bool never = trial->sparse_input == SPARSE_NEVER;
    return dataset_prepare(set->dataset, never ? SPARSE_NEVER : SPARSE_AUTO);
}

static int open_set(const struct sweep_data *data, struct shared *set)
{
    int rc = sweep_trial_config(data->sweep, set->trial, NULL, 0, &set->config);
    if (rc != TRAINER_OK)
        return rc;
    const struct node *section = node_get(config_root(set->config), "data");
    error_clear();
    rc = open_session_try_data(set->config);
    if (rc == TRAINER_OK)
        rc = dataset_open(&set->dataset, set->config, section, NULL, set->seed, false);
    if (rc == TRAINER_OK)
        rc = prepare(set, sweep_trial(data->sweep, set->trial));
    if (rc != TRAINER_OK) {
        close_set(set);
        return rc;
    }
    set->seeded = set->dataset->seeded;
    /* A list has six bytes for each four that are not all zero, and those are less than 0.6. */
    set->bytes = 2 * dataset_bytes(set->dataset);
    return TRAINER_OK;
}

size_t sweep_data_bytes(const struct sweep_data *data)
{
    size_t sum = 0;
    for (size_t i = 0; i < data->sets; i++)
        sum += data->set[i].dataset ? data->set[i].bytes : 0;
    return sum;
}

/* Closes others, from the first on, until what is open is within the limit. */
static void make_room(struct sweep_data *data, const struct shared *kept)
{
    for (size_t i = 0; i < data->sets && sweep_data_bytes(data) > data->limit; i++)
        if (&data->set[i] != kept && data->set[i].dataset) {
            close_set(&data->set[i]);
            data->together = false;
        }
}

static bool has(const struct shared *set, const struct sweep_trial *trial)
{
    return set->number == trial->data && (!set->seeded || set->seed == trial->seed);
}

static struct shared *add_set(struct sweep_data *data)
{
    if (data->sets == data->capacity) {
        size_t capacity = data->capacity ? 2 * data->capacity : 4;
        struct shared *grown = realloc(data->set, capacity * sizeof *grown);
        if (!grown) {
            error_memory("the data sets", capacity * sizeof *grown);
            return NULL;
        }
        data->set = grown;
        data->capacity = capacity;
    }
    data->set[data->sets] = (struct shared){0};
    return &data->set[data->sets];
}

/* Finds or opens the set of a trial, and identifies the trial by it. */
static int identify(struct sweep_data *data, size_t index)
{
    const struct sweep_trial *trial = sweep_trial(data->sweep, index);
    size_t i = 0;
    while (i < data->sets && !has(&data->set[i], trial))
        i++;
    if (i == data->sets) {
        struct shared *set = add_set(data);
        if (!set)
            return TRAINER_FAILED;
        *set = (struct shared){.trial = index, .number = trial->data, .seed = trial->seed};
        int rc = open_set(data, set);
        if (rc != TRAINER_OK)
            return rc;
        data->sets++;
        dataset_fingerprint(set->dataset, set->fingerprint);
        make_room(data, set);
    }
    data->of[index] = i;
    sweep_identify(data->sweep, index, data->set[i].fingerprint);
    return TRAINER_OK;
}

int sweep_data_open(struct sweep_data **data, struct sweep *sweep)
{
    size_t trials = sweep_trial_count(sweep);
    struct sweep_data *opened = calloc(1, sizeof *opened);
    *data = NULL;
    if (opened)
        opened->of = calloc(trials ? trials : 1, sizeof *opened->of);
    if (!opened || !opened->of) {
        free(opened);
        return error_memory("the data sets", trials * sizeof(size_t));
    }
    omp_set_num_threads(1);
    opened->sweep = sweep;
    opened->limit = machine_memory() / 2;
    opened->together = true;
    int rc = TRAINER_OK;
    for (size_t i = 0; i < trials && rc == TRAINER_OK; i++)
        rc = identify(opened, i);
    if (rc != TRAINER_OK) {
        sweep_data_close(opened);
        return rc;
    }
    *data = opened;
    return TRAINER_OK;
}

void sweep_data_close(struct sweep_data *data)
{
    if (!data)
        return;
    for (size_t i = 0; i < data->sets; i++)
        close_set(&data->set[i]);
    free(data->set);
    free(data->of);
    free(data);
}

int sweep_data_of(struct sweep_data *data, size_t trial, const struct dataset **dataset)
{
    struct shared *set = &data->set[data->of[trial]];
    int rc = TRAINER_OK;
    if (!set->dataset) {
        rc = open_set(data, set);
        make_room(data, set);
    }
    *dataset = set->dataset;
    return rc;
}

size_t sweep_data_sets(const struct sweep_data *data)
{
    return data->sets;
}

size_t sweep_data_set(const struct sweep_data *data, size_t trial)
{
    return data->of[trial];
}

bool sweep_data_together(const struct sweep_data *data)
{
    return data->together;
}
