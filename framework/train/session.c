/*
 * session.c - reads every section of a config and makes data, network and optimizer ready.
 *
 *     name: two_layer
 *     seed: 42
 *     data: {type: digits}
 *     model: {layers: [...]}
 *     optimizer: {type: sgd, learning_rate: 0.1}
 *     trainer: {batch_size: 100, max_steps: 10000}
 *     output: {folder: runs/mine}
 *
 * Every option of every section, defaults included, goes into the resolved config; training from
 * that repeats the run.
 */
#include "session.h"

#include "data/data.h"
#include "distributed/ranks.h"
#include "engine/engine.h"
#include "engine/places.h"
#include "layer.h"
#include "runfile/runfile.h"
#include "sections.h"
#include "stopping.h"
#include "update.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of an evaluation's batch: more would not leave room for the lists of MNIST's pixels in a usual
 * second-level cache. */
enum { EVALUATION_ROWS = 256, EVALUATION_BYTES = 32 << 20 };

/* Reads name and seed and starts the resolved config with them. The data stand first in it and are
 * read last. */
static int read_root(struct session *session, struct root_settings *root)
{
    struct options_context context = {
        .config = session->config, .owner = "the config", .groups = sections_list};
    int rc = options_read(&context, settings_root, config_root(session->config), root);
    session->seed = root->seed;
    session->name = root->name
                        ? root->name
                        : settings_default_name(config_arena(session->config),
                                                config_root(session->config)->at.file, "run");
    if (!session->name)
        return TRAINER_FAILED;
    if (!settings_name_valid(session->name))
        rc =
            config_error(&node_get(config_root(session->config), "name")->at,
                         "'name' must be letters, digits, '_', '-' and '.', and start with none of "
                         "'.', not '%s'",
                         session->name);
    char seed[32];
    snprintf(seed, sizeof seed, "%lld", (long long)session->seed);
    session->resolved = node_new(session->config, NODE_MAP, NULL, NULL, NULL);
    if (!session->resolved ||
        !node_new_text(session->config, session->resolved, "name", session->name) ||
        !node_new(session->config, NODE_SCALAR, session->resolved, "seed", seed) ||
        !node_new(session->config, NODE_MAP, session->resolved, "data", NULL))
        return TRAINER_FAILED;
    return rc;
}

/* The folder stays out of the resolved config: it says where this run is, not what it does, and the
 * next one needs another. */
static int read_output(struct session *session, const struct node *node)
{
    struct options_context context = {
        .config = session->config, .owner = "output", .groups = sections_list};
    struct folder_settings output = {0};
    int rc = options_read(&context, settings_output, node, &output);
    session->output_folder = output.folder;
    return rc;
}

/* The mapping of a section in the resolved config, made anew; NULL with a message. */
static struct node *resolve_section(struct session *session, const char *key)
{
    return node_new(session->config, NODE_MAP, session->resolved, key, NULL);
}

/* Fewer threads than there are processors where a step is small: a thread that has less than this
 * to do costs more in barriers than it saves. Measured on networks like 784-50-10. */
static const double FLOPS_PER_THREAD = 1.5e6;

/* Threads of the team, at the most: the graph has scratch for so many. What a config asks for only
 * OMP_THREAD_LIMIT lowers, as OpenMP grants no more. */
static void plan_threads(struct session *session)
{
    int configured = (int)session->trainer.threads, processors = places_processors();
    int most = places_thread_limit(&session->threads_limit);
    if (configured) {
        most = places_thread_most();
        session->threads_limit = "OMP_THREAD_LIMIT";
    }
    int wanted = configured ? configured : processors;
    session->processors = processors;
    session->threads = wanted < most ? wanted : most;
    if (wanted <= most)
        session->threads_limit = configured ? NULL : places_processors_limit();
    if (session->threads_limit)
        snprintf(session->threads_why, sizeof session->threads_why, "of %d processors, as %s says",
                 processors, session->threads_limit);
    else
        snprintf(session->threads_why, sizeof session->threads_why, "%s of %d processors",
                 configured ? "as configured" : "all", processors);
}

/* `threads: auto` looks at the work of a step: forward, and twice that backward. */
static void choose_threads(struct session *session)
{
    double flops = 0;
    for (size_t i = 0; i < graph_layer_count(session->graph); i++)
        flops += 3 * graph_layer_facts(session->graph, i).flops;
    double most = ceil(flops * (double)session->trainer.batch_size / FLOPS_PER_THREAD);
    if (session->trainer.threads || most >= session->threads)
        return;
    snprintf(session->threads_why, sizeof session->threads_why, "of %d processors; steps are small",
             session->threads);
    session->threads = most > 1 ? (int)most : 1;
    session->threads_limit = NULL;
}

/* Whether the config is held to what only training needs: an end, a loss, an optimizer. */
static bool is_for_training(const struct session *session)
{
    enum session_purpose purpose = session->options.purpose;
    return purpose == SESSION_TRAIN || purpose == SESSION_PLAN || purpose == SESSION_REPLAY;
}

/* Whether data values and weights are left out. */
static bool is_described(const struct session *session)
{
    enum session_purpose purpose = session->options.purpose;
    return purpose == SESSION_DESCRIBE || purpose == SESSION_PLAN || session->wrong;
}

static bool is_view(const struct session *session)
{
    return session->options.purpose == SESSION_VIEW;
}

/* Whether a layer of the model is of a kind that is a loss. */
static bool names_loss(const struct session *session)
{
    const struct node *layers = node_get(node_get(config_root(session->config), "model"), "layers");
    bool found = false;
    for (const struct node *n = layers ? layers->first : NULL; n && !found; n = n->next) {
        const struct node *type = node_get(n, "type");
        const struct registry_entry *entry =
            type && type->kind == NODE_SCALAR ? registry_find(FAMILY_LAYER, type->text) : NULL;
        const struct layer_kind *kind =
            entry ? (const struct layer_kind *)registry_kind(entry, 0) : NULL;
        found = kind && (kind->flags & LAYER_LOSS);
    }
    return found;
}

/* Reports a config without a bound, and what else may have been meant: a graph of numbers is not
 * trained. */
static int refuse_endless(const struct session *session, const struct node *trainer)
{
    const struct node *root = config_root(session->config);
    return config_error(trainer ? &trainer->at : &root->at,
                        "'trainer' needs max_steps, max_epochs or max_seconds%s%s",
                        names_loss(session) ? "" : "; without a loss layer: trainer graph ",
                        names_loss(session) ? "" : root->at.file);
}

static int read_trainer(struct session *session, const struct node *node)
{
    struct trainer_settings *trainer = &session->trainer;
    struct options_context context = {.config = session->config,
                                      .owner = "trainer",
                                      .groups = sections_list,
                                      .resolved = resolve_section(session, "trainer")};
    int rc =
        context.resolved ? options_read(&context, settings_trainer, node, trainer) : TRAINER_FAILED;
    if (rc == TRAINER_FAILED)
        return rc;
    if (rc == TRAINER_OK && trainer->max_steps == UNLIMITED && trainer->max_epochs < 0 &&
        trainer->max_seconds < 0 && is_for_training(session))
        rc = refuse_endless(session, node);
    plan_threads(session);
    enum precision precision = is_view(session) ? PRECISION_DOUBLE : PRECISION_SINGLE;
    const char *kernels = session->options.kernels ? session->options.kernels : trainer->kernels;
    int engine_rc = engine_find(&session->engine, precision, kernels);
    return rc ? rc : engine_rc;
}

/* The kind with its options, what all optimizers may be told, and the schedule. */
static int read_optimizer(struct session *session, const struct node *node)
{
    struct options_context context = {.config = session->config,
                                      .owner = "optimizer",
                                      .groups = sections_list,
                                      .variant = session->engine->variant,
                                      .resolved = resolve_section(session, "optimizer"),
                                      .known = settings_optimizer_keys};
    const struct node *map = node->kind == NODE_MAP ? node : NULL;
    int rc = context.resolved
                 ? options_read_kind(&context, FAMILY_OPTIMIZER, node, &session->optimizer)
                 : TRAINER_FAILED;
    if (rc == TRAINER_FAILED)
        return rc;
    struct node *resolved = context.resolved;
    context.partial = true;
    int common_rc = options_read(&context, settings_optimizer, map, &session->common);
    context.resolved = NULL;
    int schedule_rc = options_read(&context, settings_schedule, map, &session->common);
    if (schedule_rc == TRAINER_OK)
        schedule_rc =
            rate_read(&session->rate, session->config, session->common.schedule, resolved);
    if (rc == TRAINER_OK) {
        const struct optimizer_base *base = session->optimizer.private;
        session->rate.learning_rate = base->learning_rate;
    }
    return rc ? rc : common_rc ? common_rc : schedule_rc;
}

/* Rows of an evaluation's forward pass where the config leaves them open: many, unless the values
 * of as many exceed EVALUATION_BYTES and those of a step; row_bytes: of one row. */
static size_t choose_evaluation_rows(size_t train, size_t row_bytes)
{
    size_t most = EVALUATION_BYTES / (row_bytes > 0 ? row_bytes : 1);
    size_t rows = most < EVALUATION_ROWS ? most : EVALUATION_ROWS;
    return train > rows ? train : rows;
}

/* Rows of an evaluation's forward pass, and the most rows of any pass. */
static size_t plan_rows(struct session *session, size_t row_bytes)
{
    size_t train = (size_t)session->trainer.batch_size;
    if (is_view(session)) {
        train = session->dataset->count[SPLIT_TRAIN] ? session->dataset->count[SPLIT_TRAIN] : 1;
        if (session->options.rows > 0 && session->options.rows < train)
            train = session->options.rows;
        session->evaluation_rows = train;
        return train;
    }
    session->evaluation_rows = (size_t)session->trainer.evaluate.batch_size;
    if (session->evaluation_rows == 0)
        session->evaluation_rows = choose_evaluation_rows(train, row_bytes);
    return train > session->evaluation_rows ? train : session->evaluation_rows;
}

const char *session_weights(struct config *config)
{
    struct options_context context = {.config = config, .owner = "model", .partial = true};
    const struct node *section = node_get(config_root(config), "model");
    struct model_settings model = {0};
    bool read = section && options_read(&context, settings_model, section, &model) == TRAINER_OK;
    return read ? model.weights : NULL;
}

/* The keys of `model` and of its layers, before there are data. */
static int read_model(struct session *session, const struct node *node)
{
    static const char *const known[] = {"layers", NULL};
    struct options_context context = {.config = session->config,
                                      .owner = "model",
                                      .groups = sections_list,
                                      .resolved = resolve_section(session, "model"),
                                      .known = known};
    struct model_settings model = {0};
    if (!context.resolved)
        return TRAINER_FAILED;
    int rc = options_read(&context, settings_model, node, &model);
    session->weights = model.weights;
    int layers_rc = graph_check(session->config, node, session->engine);
    return rc ? rc : layers_rc;
}

/* What must be known of the network before its data are prepared: the bytes of a row's values, and
 * whether anyone would read columns as lists without zeros; *sparse is cleared where nobody. */
static int look_ahead(struct session *session, const struct node *node, size_t *row_bytes,
                      bool *sparse)
{
    struct graph *graph;
    struct graph_options options = {
        .engine = session->engine, .rows = 1, .threads = 1, .plan_only = true};
    int rc = graph_build(&graph, session->config, node, NULL, session->dataset, &options);
    if (rc)
        return rc;
    *row_bytes = graph_memory(graph).values;
    *sparse = *sparse && graph_can_read_lists(graph);
    graph_free(graph);
    return TRAINER_OK;
}

static int build_graph(struct session *session, const struct node *node)
{
    bool described = is_described(session);
    bool sparse = !described && (!is_view(session) || session->options.rows > 0);
    size_t row_bytes;
    int rc = look_ahead(session, node, &row_bytes, &sparse);
    if (rc)
        return rc;
    rc = sparse
             ? dataset_sparsify(session->dataset, (enum sparse_input)session->trainer.sparse_input)
             : TRAINER_OK;
    if (rc)
        return rc;
    struct graph_options options = {.engine = session->engine,
                                    .rows = plan_rows(session, row_bytes),
                                    .threads = session->threads,
                                    .seed = (uint64_t)session->seed,
                                    .edge_gradients = is_view(session),
                                    .sparse = sparse,
                                    .plan_only = described};
    rc = graph_build(&session->graph, session->config, node, node_get(session->resolved, "model"),
                     session->dataset, &options);
    if (rc == TRAINER_OK)
        choose_threads(session);
    return rc;
}

/* A sampler that says how many steps an epoch has, without any memory. */
static struct sampler count_steps(const struct session *session)
{
    const struct trainer_settings *trainer = &session->trainer;
    return (struct sampler){.sampling = (enum sampling)trainer->sampling,
                            .samples = session->dataset->count[SPLIT_TRAIN],
                            .batch = (size_t)(trainer->batch_size * trainer->accumulate),
                            .drop = trainer->last_batch == LAST_BATCH_DROP};
}

/* Where a key of the section stands, or what it would stand in. */
static const struct position *section_key(const struct session *session, const struct node *section,
                                          const char *key)
{
    const struct node *at = node_get(section, key);
    return at ? &at->at : section ? &section->at : &config_root(session->config)->at;
}

static int open_sampler(struct session *session)
{
    struct sampler plan = count_steps(session);
    const struct node *trainer = node_get(config_root(session->config), "trainer");
    const char *key = session->trainer.accumulate > 1 ? "accumulate" : "batch_size";
    int rc =
        sampler_check(plan.sampling, plan.samples, plan.batch, section_key(session, trainer, key));
    if (rc || is_described(session))
        return rc;
    rc = sampler_open(&session->sampler, plan.sampling, (uint64_t)session->seed, plan.samples,
                      plan.batch, session->dataset->position[SPLIT_TRAIN]);
    session->sampler.drop = plan.drop;
    return rc;
}

/* What the optimizer needs to know of data and trainer. */
static int plan_rate(struct session *session)
{
    struct sampler sampler = count_steps(session);
    if (!session->optimizer.kind || sampler.samples == 0)
        return TRAINER_OK;
    uint64_t last = session_last_step(session);
    if (session->common.average > 0 && last == 0 && is_for_training(session))
        return config_error(section_key(session, session->optimizer.node, "average"),
                            "'average' of optimizer: there is nothing to average in 0 steps");
    if (last == UINT64_MAX && !is_for_training(session))
        return TRAINER_OK;
    return rate_plan(&session->rate, session->config, (double)sampler_steps_per_epoch(&sampler),
                     last);
}

/* Whether a pass of training has one sample alone. */
static bool has_batch_of_one(const struct session *session)
{
    const struct trainer_settings *trainer = &session->trainer;
    struct sampler sampler = count_steps(session);
    return trainer->batch_size == 1 ||
           (sampler.sampling != SAMPLING_WITH_REPLACEMENT && !sampler.drop &&
            sampler.samples % (size_t)trainer->batch_size == 1);
}

/* Keeps what the network warns of among the notes that whoever opened the session shows. */
static void keep_warnings(struct session *session)
{
    const char *name = has_batch_of_one(session) ? graph_needs_rows(session->graph, 1) : NULL;
    for (const struct graph_note *note = graph_notes(session->graph); note; note = note->next)
        dataset_note(session->dataset, true, "%s", note->text);
    if (name)
        dataset_note(session->dataset, true, "'%s' has no statistics of a batch of one sample%s",
                     name,
                     session->trainer.batch_size == 1
                         ? ""
                         : ", the last of each epoch (last_batch: drop leaves it out)");
}

/* What only shows when data and network are both there. */
static int make_ready(struct session *session)
{
    int rc = plan_rate(session);
    if (!is_for_training(session))
        return rc;
    if (!graph_has_loss(session->graph))
        return error_add(TRAINER_INVALID, "the model has no loss layer; training needs one");
    int metrics_rc = stopping_check(session);
    rc = rc ? rc : metrics_rc;
    if (rc)
        return rc;
    keep_warnings(session);
    /* Of several processes the first reads weights, and sends them when training begins. */
    if (session->weights && !session->options.resume && !is_described(session) &&
        ranks_lead(session->options.ranks))
        rc = runfile_load_weights(session->weights, session->graph);
    return rc ? rc : open_sampler(session);
}

static int read_data(struct session *session, const struct node *section)
{
    const struct session_options *options = &session->options;
    uint64_t seed = (uint64_t)session->seed;
    struct node *data = node_get(session->resolved, "data");
    if (!section)
        return TRAINER_INVALID;
    if (options->data)
        return dataset_share(&session->dataset, options->data, session->config, section, data,
                             seed);
    return dataset_open(&session->dataset, session->config, section, data, seed,
                        is_described(session));
}

int session_refuse_sweep(const struct config *config)
{
    const struct node *root = config_root(config);
    const struct node *base = node_get(root, "config");
    if (!base || node_get(root, "data") || node_get(root, "model"))
        return TRAINER_OK;
    return config_error(&base->key_at, "this is a sweep, not a config; to run it: trainer sweep %s",
                        root->at.file);
}

/* Reads sections as far as they do not depend on one that failed; returns the first error. Keys are
 * looked at before the data are opened: a mistake in them costs no time, and what is left is then
 * described alone, for its mistakes. */
static int open_sections(struct session *session)
{
    struct root_settings root = {0};
    int sweep_rc = session_refuse_sweep(session->config);
    if (sweep_rc)
        return sweep_rc;
    int root_rc = read_root(session, &root);
    if (root_rc == TRAINER_FAILED)
        return root_rc;
    int trainer_rc = read_trainer(session, root.trainer);
    int model_rc = TRAINER_OK, optimizer_rc = TRAINER_OK, graph_rc = TRAINER_OK;
    /* Mistakes in these sections are told apart from mistakes in the others, once there is an
     * engine to name the kinds of. */
    if (session->engine && root.model)
        model_rc = read_model(session, root.model);
    if (!root.optimizer && !is_view(session))
        optimizer_rc = options_read(&(struct options_context){.config = session->config},
                                    settings_default_optimizer, NULL, &root);
    if (session->engine && root.optimizer)
        optimizer_rc = read_optimizer(session, root.optimizer);
    int output_rc = read_output(session, root.output);
    session->wrong = root_rc || trainer_rc || model_rc || optimizer_rc || output_rc;
    int data_rc = read_data(session, root.data);
    if (data_rc == TRAINER_OK && model_rc == TRAINER_OK && session->engine && root.model)
        graph_rc = build_graph(session, root.model);
    const int results[] = {root_rc,   trainer_rc, model_rc, optimizer_rc,
                           output_rc, data_rc,    graph_rc};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (results[i])
            return results[i];
    return make_ready(session);
}

int session_open(struct session **out, struct config *config, const struct session_options *options)
{
    struct session *session = calloc(1, sizeof *session);
    *out = NULL;
    error_clear();
    if (!session)
        return error_memory("a session", sizeof *session);
    session->config = config;
    session->options = *options;
    int rc = open_sections(session);
    if (rc) {
        session_close(session);
        return rc;
    }
    *out = session;
    return TRAINER_OK;
}

void session_close(struct session *session)
{
    if (!session)
        return;
    sampler_free(&session->sampler);
    graph_free(session->graph);
    dataset_close(session->dataset);
    free(session);
}

const struct node *session_resolved(const struct session *session)
{
    return session->resolved;
}

struct graph *session_graph(struct session *session)
{
    return session->graph;
}

const struct dataset *session_dataset(const struct session *session)
{
    return session->dataset;
}

uint64_t session_last_step(const struct session *session)
{
    const struct trainer_settings *trainer = &session->trainer;
    uint64_t steps = trainer->max_steps == UNLIMITED ? UINT64_MAX : (uint64_t)trainer->max_steps;
    if (trainer->max_epochs >= 0) {
        struct sampler sampler = count_steps(session);
        double of_epoch = (double)sampler_steps_per_epoch(&sampler);
        double epochs = ceil(trainer->max_epochs * of_epoch - 1e-9);
        steps = epochs < (double)steps ? (uint64_t)epochs : steps;
    }
    return steps;
}

enum run_status session_status(const struct session *session)
{
    return session->status;
}

const char *session_reason(const struct session *session)
{
    return session->reason;
}

struct ranks *session_ranks(const struct session *session)
{
    return session->options.ranks;
}

int session_signal(const struct session *session)
{
    return session->signal;
}

bool session_resumable(const struct session *session)
{
    return session->resumable;
}

/* Steps from one row of the epoch series to the next; 0: there are none between the first and the
 * last. An interval in seconds counts as an epoch. */
static uint64_t steps_between_rows(const struct session *session, uint64_t steps_per_epoch)
{
    const struct option_interval *every = &session->trainer.evaluate.every;
    if (every->unit == INTERVAL_NEVER)
        return 0;
    if (every->unit == INTERVAL_STEPS)
        return (uint64_t)every->count;
    return every->unit == INTERVAL_EPOCH ? (uint64_t)every->count * steps_per_epoch
                                         : steps_per_epoch;
}

/* Bytes that training takes beside the graph. */
static size_t optimizer_bytes(const struct session *session)
{
    if (!session->optimizer.kind)
        return 0;
    size_t trained = graph_trained(session->graph).count * session->engine->real_size;
    return updater_bytes(&session->optimizer, &session->common, session->trainer.accumulate,
                         trained);
}

struct session_facts session_facts(const struct session *session)
{
    const struct trainer_settings *trainer = &session->trainer;
    struct sampler sampler = count_steps(session);
    uint64_t steps_per_epoch = sampler_steps_per_epoch(&sampler);
    return (struct session_facts){
        .name = session->name,
        .seed = (uint64_t)session->seed,
        .output_folder = session->output_folder,
        .threads = session->threads,
        .threads_why = session->threads_why,
        .threads_limit = session->threads_limit,
        .processors = session->processors,
        .batch_size = trainer->batch_size * trainer->accumulate,
        .max_steps = trainer->max_steps == UNLIMITED ? 0 : (uint64_t)trainer->max_steps,
        .steps_per_epoch = steps_per_epoch,
        .max_epochs = trainer->max_epochs < 0 ? 0 : trainer->max_epochs,
        .max_seconds = trainer->max_seconds < 0 ? 0 : trainer->max_seconds,
        .last_step = session_last_step(session),
        .evaluate_steps = steps_between_rows(session, steps_per_epoch),
        .sparse_input = (enum sparse_input)trainer->sparse_input,
        .data_bytes = dataset_bytes(session->dataset),
        .optimizer_bytes = optimizer_bytes(session),
        .evaluation_rows = session->evaluation_rows,
    };
}
