/*
 * sweep_plan.c - the points of a sweep become trials, each validated as a single run is.
 *
 *     point -> a value for each key -> copy of the base config -> session, shapes only -> hash
 *
 * Invariants: trials stand in the order of their points; no two have the same config_hash; what a
 * trial refers to lives in the memory of the sweep's config.
 */
#include "base/build.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "engine/engine.h"
#include "evaluate/columns.h"
#include "graph/graph.h"
#include "sweep_internal.h"
#include "train/session.h"
#include "train/stopping.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMPLAINTS_MAX = 20, TEXT_SIZE = 1024 };

/* --- the identity of a config --- */

/* Whether the identity leaves a node of the resolved config out. */
static bool is_left_out(const struct node *node)
{
    static const struct {
        const char *parent, *key;
    } out[] = {{NULL, "name"},
               {NULL, "output"},
               {"trainer", "threads"},
               {"trainer", "kernels"},
               {"trainer", "checkpoint"}};
    const struct node *parent = node->parent;
    bool found = false;
    for (size_t i = 0; i < sizeof out / sizeof *out && node->key && parent; i++) {
        bool there = out[i].parent ? parent->key && !strcmp(parent->key, out[i].parent) &&
                                         parent->parent && !parent->parent->parent
                                   : !parent->parent;
        found = found || (there && strcmp(node->key, out[i].key) == 0);
    }
    return found;
}

static uint64_t hash_node(uint64_t hash, const struct node *node)
{
    static const char *const open[] = {"", "[", "{"};
    if (is_left_out(node))
        return hash;
    hash = hash_text(hash, node->key ? node->key : "");
    hash = hash_text(hash, node->kind == NODE_SCALAR ? node->text : open[node->kind]);
    for (const struct node *child = node->first; child; child = child->next)
        hash = hash_node(hash, child);
    return hash_text(hash, "");
}

/* --- what is wrong with trials --- */

/* Mistakes that trials have, each line once. */
struct complaints {
    int count;
    struct {
        char text[TEXT_SIZE];
        const struct sweep_planned *trial; /* the first that has it */
        size_t trials;                     /* how many have */
    } line[COMPLAINTS_MAX];
};

/* Takes over the lines of the message. */
static void complain(struct complaints *complaints, const struct sweep_planned *trial)
{
    for (const char *line = error_text(), *end; line; line = *end ? end + 1 : NULL) {
        char text[TEXT_SIZE];
        int i = 0;
        end = line + strcspn(line, "\n");
        snprintf(text, sizeof text, "%.*s", (int)(end - line), line);
        while (i < complaints->count && strcmp(complaints->line[i].text, text) != 0)
            i++;
        if (i == COMPLAINTS_MAX)
            continue;
        if (i == complaints->count) {
            memcpy(complaints->line[i].text, text, sizeof text);
            complaints->line[i].trial = trial;
            complaints->line[i].trials = 0;
            complaints->count++;
        }
        complaints->line[i].trials++;
    }
}

/* " (with a=1, b=2)": the trial's values. */
static const char *trial_text(const struct sweep *sweep, const struct sweep_planned *trial,
                              char *text)
{
    snprintf(text, TEXT_SIZE, " (with ");
    for (size_t k = 0; k < sweep->keys; k++)
        text_append(text, TEXT_SIZE, "%s%s=%s", k ? ", " : "", sweep->key[k].name,
                    trial->facts.value[k]);
    return text_append(text, TEXT_SIZE, ")");
}

/* Makes them the message. A line that only some trials have, and that does not stand in the sweep's
 * file, says which values led to it. */
static int tell(const struct sweep *sweep, const struct complaints *complaints, size_t trials)
{
    const char *file = config_root(sweep->config)->at.file;
    size_t length = strlen(file);
    char text[TEXT_SIZE];
    error_clear();
    for (int i = 0; i < complaints->count; i++) {
        const char *line = complaints->line[i].text;
        bool here = strncmp(line, file, length) == 0 && line[length] == ':';
        bool all = complaints->line[i].trials == trials;
        error_add(TRAINER_INVALID, "%s%s", line,
                  here || all ? "" : trial_text(sweep, complaints->line[i].trial, text));
    }
    return TRAINER_INVALID;
}

/* --- validation --- */

/* The base config with the trial's values. */
static int make_config(const struct sweep *sweep, const struct sweep_planned *trial,
                       struct config **config)
{
    *config = NULL;
    int rc = config_copy(config, sweep->base);
    for (size_t k = 0; *config && k < sweep->keys && rc != TRAINER_FAILED; k++) {
        int own =
            config_set(*config, sweep->key[k].name, trial->value[k], &sweep->key_node[k]->key_at);
        rc = own ? own : rc;
    }
    if (rc) {
        config_free(*config);
        *config = NULL;
    }
    return rc;
}

/* A metric that the trial never measures can't compare trials. One that is neither better large nor
 * small, such as `seconds`, is measured always. */
static int check_metric(const struct sweep *sweep, const struct session *session)
{
    const struct sweep_metric_settings *metric = &sweep->settings.metric;
    if (columns_facts((int)metric->column).direction == DIRECTION_NONE)
        return TRAINER_OK;
    return stopping_check_metric(session, "metric", metric->name,
                                 &node_get(sweep->metric, "name")->at);
}

static struct sweep_cost cost_of(const struct session *session)
{
    struct session_facts facts = session_facts(session);
    struct graph_memory memory = graph_memory(session->graph);
    bool bounded = facts.last_step != UINT64_MAX;
    struct sweep_cost cost = {.steps = bounded ? facts.last_step : 0,
                              .bytes = memory.parameters + memory.gradients + memory.values +
                                       memory.scratch + facts.optimizer_bytes};
    for (size_t i = 0; i < graph_layer_count(session->graph); i++) {
        struct layer_facts layer = graph_layer_facts(session->graph, i);
        cost.parameters += layer.parameters;
        cost.flops += 3 * layer.flops * (double)facts.batch_size;
    }
    return cost;
}

/* Which of the distinct data sections it is. */
static int find_data(struct sweep *sweep, const struct node *section, size_t *index)
{
    uint64_t hash = hash_node(HASH_START, section);
    size_t i = 0;
    while (i < sweep->data_count && sweep->data[i] != hash)
        i++;
    if (i == sweep->data_count) {
        uint64_t *grown = realloc(sweep->data, (i + 1) * sizeof *grown);
        if (!grown)
            return error_memory("the data sections", (i + 1) * sizeof *grown);
        sweep->data = grown;
        sweep->data[sweep->data_count++] = hash;
    }
    *index = i;
    return TRAINER_OK;
}

/* Mixes in what the file of the first weights holds, which may be other weights tomorrow. Most
 * sweeps have one such file: it is read once. path NULL: there is none. */
static int mix_weights(struct sweep *sweep, const char *path, uint64_t *hash)
{
    char *bytes;
    size_t count;
    if (!path)
        return TRAINER_OK;
    if (!sweep->weights || strcmp(sweep->weights, path) != 0) {
        int rc = file_read(path, SIZE_MAX / 4, &bytes, &count);
        if (rc)
            return rc;
        sweep->weights_hash = hash_bytes(HASH_START, bytes, count);
        free(bytes);
        if (!(sweep->weights = arena_print(config_arena(sweep->config), "%s", path)))
            return TRAINER_FAILED;
    }
    *hash = hash_bytes(*hash, &sweep->weights_hash, sizeof sweep->weights_hash);
    return TRAINER_OK;
}

static uint64_t hash_data(struct config *config)
{
    const struct node *section = node_get(config_root(config), "data");
    return section ? hash_node(HASH_START, section) : 0;
}

static void forget_described(struct sweep *sweep)
{
    session_close(sweep->described);
    config_free(sweep->described_config);
    sweep->described = NULL;
    sweep->described_config = NULL;
}

/* Most sweeps have one data set: it is described once, and the trials that follow share it. */
static void keep_described(struct sweep *sweep, struct session *session, struct config *config)
{
    forget_described(sweep);
    sweep->described = session;
    sweep->described_config = config;
    sweep->described_data = hash_data(config);
}

/* Opens the trial's session and fills its facts. */
static int validate(struct sweep *sweep, struct sweep_planned *trial)
{
    struct session_options options = {.purpose = SESSION_PLAN};
    struct sweep_trial *facts = &trial->facts;
    struct config *config;
    struct session *session = NULL;
    int rc = make_config(sweep, trial, &config);
    if (rc)
        return rc;
    if (sweep->described && sweep->described_data == hash_data(config))
        options.data = sweep->described->dataset;
    rc = session_open(&session, config, &options);
    if (rc == TRAINER_OK)
        rc = check_metric(sweep, session);
    if (rc == TRAINER_OK)
        rc = find_data(sweep, node_get(session->resolved, "data"), &facts->data);
    if (rc == TRAINER_OK) {
        facts->seed = (uint64_t)session->seed;
        facts->kernels = sweep->ran_on ? sweep->ran_on : session->engine->isa;
        facts->sparse_input = (int)session_facts(session).sparse_input;
        facts->cost = cost_of(session);
        facts->config_hash = hash_text(hash_node(HASH_START, session->resolved), facts->kernels);
        rc = mix_weights(sweep, session->weights, &facts->config_hash);
    }
    if (rc == TRAINER_OK && !options.data && !session->dataset->seeded) {
        keep_described(sweep, session, config);
        return TRAINER_OK;
    }
    session_close(session);
    config_free(config);
    return rc;
}

/* --- points --- */

/* How many points there are, before repeats, and values of the repeats. TRAINER_INVALID where they
 * are more than can be planned. */
static int count_points(const struct sweep *sweep, size_t *points, size_t *repeats)
{
    size_t axes = sweep->axes - sweep->repeats, all = 1;
    size_t most = (size_t)sweep->settings.max_trials;
    *repeats = sweep->repeats ? sweep->axis[axes].count : 1;
    for (size_t a = 0; a < axes && sweep->settings.method == SWEEP_GRID; a++)
        if (__builtin_mul_overflow(all, sweep->axis[a].count, &all))
            all = SIZE_MAX;
    if (sweep->settings.method == SWEEP_RANDOM || (most && most < all))
        all = most;
    *points = all;
    if (all > SWEEP_TRIALS_MAX / *repeats)
        return config_error(&config_root(sweep->config)->at,
                            "the sweep has more than %d trials; `max_trials` takes the first of "
                            "them",
                            SWEEP_TRIALS_MAX);
    return TRAINER_OK;
}

/* Takes the values of a point and one of its repeats. */
static int take_point(struct sweep *sweep, struct sweep_planned *trial, size_t point, size_t repeat)
{
    struct arena *arena = config_arena(sweep->config);
    trial->facts = (struct sweep_trial){.point = point, .repeat = repeat};
    trial->facts.value = arena_array(arena, sweep->keys, sizeof *trial->facts.value);
    trial->value = arena_array(arena, sweep->keys, sizeof *trial->value);
    if (!trial->facts.value || !trial->value)
        return TRAINER_FAILED;
    size_t rest = point;
    for (size_t a = sweep->axes; a-- > 0;) {
        const struct sweep_axis *axis = &sweep->axis[a];
        size_t choice = 0;
        if (sweep->repeats && a == sweep->axes - 1) {
            choice = repeat;
        } else if (axis->count && sweep->settings.method == SWEEP_RANDOM) {
            choice = sweep_axis_choice(sweep, axis, point);
        } else if (axis->count) {
            choice = rest % axis->count;
            rest /= axis->count;
        }
        if (sweep_axis_take(sweep, axis, point, choice, trial->value, trial->facts.value))
            return TRAINER_FAILED;
    }
    return TRAINER_OK;
}

/* Adds the trial of a point and repeat, unless it is wrong or there already. */
static int add_trial(struct sweep *sweep, size_t point, size_t repeat,
                     struct complaints *complaints)
{
    struct sweep_planned *trial = &sweep->trial[sweep->trials];
    if (take_point(sweep, trial, point, repeat))
        return TRAINER_FAILED;
    int rc = validate(sweep, trial);
    if (rc == TRAINER_INVALID) {
        complain(complaints, trial);
        sweep->trials++; /* a complaint may refer to it */
        return TRAINER_OK;
    }
    uint64_t hash = trial->facts.config_hash;
    if (rc == TRAINER_OK && hash_index_find(&sweep->by_config, hash) == SIZE_MAX)
        hash_index_add(&sweep->by_config, hash, sweep->trials++);
    return rc;
}

/* Tells the keys that differ from those that have one value in all trials. */
static void note_varying(struct sweep *sweep)
{
    for (size_t k = 0; k < sweep->keys; k++)
        for (size_t i = 1; i < sweep->trials && !sweep->key[k].varies; i++)
            sweep->key[k].varies =
                strcmp(sweep->trial[i].facts.value[k], sweep->trial[0].facts.value[k]) != 0;
}

int sweep_plan(struct sweep *sweep)
{
    struct arena *arena = config_arena(sweep->config);
    struct complaints *complaints = arena_allocate(arena, sizeof *complaints);
    size_t repeats;
    int rc = complaints ? count_points(sweep, &sweep->points, &repeats) : TRAINER_FAILED;
    if (rc)
        return rc;
    size_t most = sweep->points * repeats;
    sweep->trial = arena_array(arena, most, sizeof *sweep->trial);
    if (!sweep->trial || hash_index_open(&sweep->by_config, arena, most) ||
        hash_index_open(&sweep->by_id, arena, most))
        return TRAINER_FAILED;
    for (size_t i = 0; i < most && rc == TRAINER_OK; i++)
        rc = add_trial(sweep, i / repeats, i % repeats, complaints);
    forget_described(sweep);
    sweep->duplicates = most - sweep->trials;
    note_varying(sweep);
    if (rc == TRAINER_OK && complaints->count)
        rc = tell(sweep, complaints, most);
    return rc;
}

int sweep_trial_config(const struct sweep *sweep, size_t index, const char *const *assignments,
                       size_t count, struct config **config)
{
    int rc = make_config(sweep, &sweep->trial[index], config);
    for (size_t i = 0; rc == TRAINER_OK && i < count; i++)
        rc = config_assign(*config, assignments[i]);
    if (rc && *config) {
        config_free(*config);
        *config = NULL;
    }
    return rc;
}

void sweep_identify(struct sweep *sweep, size_t index, const char *fingerprint)
{
    struct sweep_trial *trial = &sweep->trial[index].facts;
    char text[SWEEP_ID_SIZE];
    snprintf(text, sizeof text, "%016" PRIx64, trial->config_hash);
    uint64_t hash = hash_text(random_hash(text), fingerprint);
    hash = hash_text(hash, build_version);
    snprintf(trial->id, sizeof trial->id, "%016" PRIx64, hash);
    hash_index_add(&sweep->by_id, hash, index);
}

size_t sweep_find(const struct sweep *sweep, const char *id)
{
    size_t index = hash_index_find(&sweep->by_id, strtoull(id, NULL, 16));
    return index < sweep->trials && strcmp(sweep->trial[index].facts.id, id) == 0 ? index
                                                                                  : SIZE_MAX;
}
