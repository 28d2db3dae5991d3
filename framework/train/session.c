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
#include "base/machine.h"
#include "engine/engine.h"
#include "runfile/runfile.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of an evaluation's batch: more would not leave room for the lists of MNIST's pixels in a usual
 * second-level cache. */
enum { EVALUATION_ROWS = 256 };

struct root {
    const char *name;
    int64_t seed;
    const struct node *data, *model, *optimizer, *trainer, *output;
};

static const struct option root_options[] = {
    {"name", OPTION_TEXT, offsetof(struct root, name), .help = "of the run; default: the file's"},
    {"seed", OPTION_INTEGER, offsetof(struct root, seed), .standard = "0", .minimum = 0,
     .maximum = 9e15, .help = "of everything that is drawn"},
    {"data", OPTION_NODE, offsetof(struct root, data), .required = true, .help = "the data set"},
    {"model", OPTION_NODE, offsetof(struct root, model), .required = true, .help = "the network"},
    {"optimizer", OPTION_NODE, offsetof(struct root, optimizer), .help = "the rule of a step"},
    {"trainer", OPTION_NODE, offsetof(struct root, trainer), .help = "how to train"},
    {"output", OPTION_NODE, offsetof(struct root, output), .help = "where results go"},
    {0},
};

static const struct option evaluate_options[] = {
    {"every", OPTION_INTERVAL, offsetof(struct evaluate_settings, every), .standard = "epoch",
     .help = "when to evaluate"},
    {"train", OPTION_BOOLEAN, offsetof(struct evaluate_settings, train), .standard = "false",
     .help = "evaluate the training data too"},
    {"batch_size", OPTION_INTEGER, offsetof(struct evaluate_settings, batch_size),
     .standard = "auto", .minimum = 1, .maximum = 1 << 24, .word = "auto",
     .help = "samples of one forward pass"},
    {0},
};

static const struct option stopping_options[] = {
    {"monitor", OPTION_TEXT, offsetof(struct stopping_settings, monitor),
     .standard = "validation_loss", .help = "the metric that must improve"},
    {"patience", OPTION_INTEGER, offsetof(struct stopping_settings, patience), .standard = "0",
     .minimum = 0, .maximum = 1e9, .help = "evaluations without improvement; 0: off"},
    {"min_delta", OPTION_NUMBER, offsetof(struct stopping_settings, min_delta), .standard = "0",
     .minimum = 0, .maximum = 1e9, .help = "what counts as improvement"},
    {0},
};

static const struct option checkpoint_options[] = {
    {"every", OPTION_INTERVAL, offsetof(struct checkpoint_settings, every), .standard = "epoch",
     .help = "when to save; less often where that would cost more than half a percent"},
    {"keep_best", OPTION_TEXT, offsetof(struct checkpoint_settings, keep_best),
     .help = "the metric whose best checkpoint is kept as best.h5"},
    {0},
};

static const struct option trainer_options[] = {
    {"batch_size", OPTION_INTEGER, offsetof(struct trainer_settings, batch_size), .standard = "100",
     .minimum = 1, .maximum = 1 << 24, .help = "samples of one step"},
    {"max_steps", OPTION_INTEGER, offsetof(struct trainer_settings, max_steps),
     .standard = "unlimited", .minimum = 0, .maximum = 9e15, .word = "unlimited",
     .word_value = UNLIMITED, .help = "steps to train"},
    {"max_epochs", OPTION_NUMBER, offsetof(struct trainer_settings, max_epochs),
     .standard = "unlimited", .minimum = 0, .maximum = 1e9, .word = "unlimited",
     .word_value = UNLIMITED, .help = "epochs to train"},
    {"max_seconds", OPTION_NUMBER, offsetof(struct trainer_settings, max_seconds),
     .standard = "unlimited", .minimum = 0, .maximum = 1e9, .word = "unlimited",
     .word_value = UNLIMITED, .help = "seconds to train"},
    {"sampling", OPTION_CHOICE, offsetof(struct trainer_settings, sampling), .standard = "shuffle",
     .choices = "shuffle,with_replacement,sequential", .help = "which samples make a step"},
    {"evaluate", OPTION_SECTION, offsetof(struct trainer_settings, evaluate),
     .section = evaluate_options, .help = "when and on what to evaluate"},
    {"early_stopping", OPTION_SECTION, offsetof(struct trainer_settings, early_stopping),
     .section = stopping_options, .help = "end when a metric no longer improves"},
    {"checkpoint", OPTION_SECTION, offsetof(struct trainer_settings, checkpoint),
     .section = checkpoint_options, .help = "when to save what `trainer resume` goes on from"},
    {"on_nan", OPTION_CHOICE, offsetof(struct trainer_settings, on_nan), .standard = "stop",
     .choices = "stop,skip", .help = "what to do with a step that gives NaN or infinity"},
    {"sparse_input", OPTION_CHOICE, offsetof(struct trainer_settings, sparse_input),
     .standard = "auto", .choices = "auto,always,never",
     .help = "whether layers skip zeros in the data; the results are the same"},
    {"threads", OPTION_INTEGER, offsetof(struct trainer_settings, threads), .standard = "auto",
     .minimum = 1, .maximum = 1024, .word = "auto", .help = "threads of the team"},
    {"kernels", OPTION_TEXT, offsetof(struct trainer_settings, kernels), .standard = "auto",
     .help = "instruction set: auto, baseline, avx2, avx512"},
    {0},
};

struct model_settings {
    const char *weights;
};

static const struct option model_options[] = {
    {"weights", OPTION_PATH, offsetof(struct model_settings, weights),
     .help = "run file to start from"},
    {0},
};

struct output_settings {
    const char *folder;
};

static const struct option output_options[] = {
    {"folder", OPTION_PATH, offsetof(struct output_settings, folder),
     .help = "the run's folder; default: runs/<name>/<number>"},
    {0},
};

static const char name_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

bool session_name_valid(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && strlen(name) < 128 &&
           strspn(name, name_letters) == strlen(name);
}

const char *session_default_name(struct arena *arena, const char *path, const char *other)
{
    enum { LONGEST = 100 };
    const char *slash = path ? strrchr(path, '/') : NULL, *base = slash ? slash + 1 : path;
    const char *dot = base ? strrchr(base, '.') : NULL;
    size_t length = !base ? 0 : dot > base ? (size_t)(dot - base) : strlen(base);
    char *name = arena_copy(arena, length ? base : other, length ? length : strlen(other));
    for (char *c = name; c && *c; c++)
        if (!strchr(name_letters, *c) || (c == name && *c == '.'))
            *c = '_';
    if (name && strlen(name) > LONGEST)
        name[LONGEST] = '\0';
    return name;
}

/* Reads name and seed and starts the resolved config with them. */
static int read_root(struct session *session, struct root *root)
{
    struct options_context context = {.config = session->config, .owner = "the config"};
    int rc = options_read(&context, root_options, config_root(session->config), root);
    session->seed = root->seed;
    session->name = root->name ? root->name
                               : session_default_name(config_arena(session->config),
                                                      config_root(session->config)->at.file, "run");
    if (!session->name)
        return TRAINER_FAILED;
    if (!session_name_valid(session->name))
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
        !node_new(session->config, NODE_SCALAR, session->resolved, "seed", seed))
        return TRAINER_FAILED;
    return rc;
}

/* The folder stays out of the resolved config: it says where this run is, not what it does, and the
 * next one needs another. */
static int read_output(struct session *session, const struct node *node)
{
    struct options_context context = {.config = session->config, .owner = "output"};
    struct output_settings output = {0};
    int rc = options_read(&context, output_options, node, &output);
    session->output_folder = output.folder;
    return rc;
}

/* Reads a section that is one table; adds it to the resolved config under `key`. */
static int read_section(struct session *session, const char *key, const struct option *table,
                        const struct node *node, void *target)
{
    struct options_context context = {.config = session->config, .owner = key};
    context.resolved = node_new(session->config, NODE_MAP, session->resolved, key, NULL);
    return context.resolved ? options_read(&context, table, node, target) : TRAINER_FAILED;
}

/* Fewer threads than there are processors where a step is small: a thread that has less than this
 * to do costs more in barriers than it saves. Measured on networks like 784-50-10. */
static const double FLOPS_PER_THREAD = 1.5e6;

/* Threads of the team, at the most: the graph has scratch for so many. */
static void plan_threads(struct session *session)
{
    int processors = machine_processors();
    session->threads = session->trainer.threads ? (int)session->trainer.threads : processors;
    snprintf(session->threads_why, sizeof session->threads_why, "%s of %d processors",
             session->trainer.threads ? "as configured" : "all", processors);
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
}

/* Whether the config is held to what only training needs: an end, a loss, an optimizer. */
static bool is_for_training(const struct session *session)
{
    const struct session_options *options = &session->options;
    return options->describe_only ? options->trains : !options->graph_view;
}

static int read_trainer(struct session *session, const struct node *node)
{
    struct trainer_settings *trainer = &session->trainer;
    int rc = read_section(session, "trainer", trainer_options, node, trainer);
    if (rc == TRAINER_FAILED)
        return rc;
    if (rc == TRAINER_OK && trainer->max_steps == UNLIMITED && trainer->max_epochs < 0 &&
        trainer->max_seconds < 0 && is_for_training(session))
        rc = config_error(node ? &node->at : NULL,
                          "trainer needs an end: max_steps, max_epochs or max_seconds");
    plan_threads(session);
    enum precision precision = session->options.graph_view ? PRECISION_DOUBLE : PRECISION_SINGLE;
    const char *kernels = session->options.kernels ? session->options.kernels : trainer->kernels;
    int engine_rc = engine_find(&session->engine, precision, kernels);
    return rc ? rc : engine_rc;
}

static int read_optimizer(struct session *session, const struct node *node)
{
    struct options_context context = {
        .config = session->config, .owner = "optimizer", .variant = session->engine->variant};
    context.resolved = node_new(session->config, NODE_MAP, session->resolved, "optimizer", NULL);
    if (!context.resolved)
        return TRAINER_FAILED;
    return options_read_kind(&context, FAMILY_OPTIMIZER, node, &session->optimizer);
}

/* Rows of an evaluation's forward pass, and the most rows of any pass. */
static size_t plan_rows(struct session *session)
{
    size_t train = (size_t)session->trainer.batch_size;
    if (session->options.graph_view) {
        train = session->dataset->count[SPLIT_TRAIN] ? session->dataset->count[SPLIT_TRAIN] : 1;
        if (session->options.rows > 0 && session->options.rows < train)
            train = session->options.rows;
        session->evaluation_rows = train;
        return train;
    }
    session->evaluation_rows = (size_t)session->trainer.evaluate.batch_size;
    if (session->evaluation_rows == 0)
        session->evaluation_rows = train > EVALUATION_ROWS ? train : EVALUATION_ROWS;
    return train > session->evaluation_rows ? train : session->evaluation_rows;
}

const char *session_weights(struct config *config)
{
    struct options_context context = {.config = config, .owner = "model", .partial = true};
    const struct node *section = node_get(config_root(config), "model");
    struct model_settings model = {0};
    bool read = section && options_read(&context, model_options, section, &model) == TRAINER_OK;
    return read ? model.weights : NULL;
}

static int read_model(struct session *session, const struct node *node)
{
    struct node *resolved = node_new(session->config, NODE_MAP, session->resolved, "model", NULL);
    static const char *const known[] = {"layers", NULL};
    struct options_context context = {
        .config = session->config, .owner = "model", .resolved = resolved, .known = known};
    struct model_settings model = {0};
    if (!resolved)
        return TRAINER_FAILED;
    int options_rc = options_read(&context, model_options, node, &model);
    session->weights = model.weights;
    const struct session_options *view = &session->options;
    bool sparse = !view->describe_only && (!view->graph_view || view->rows > 0);
    int sparse_rc = sparse ? dataset_sparsify(session->dataset,
                                              (enum sparse_input)session->trainer.sparse_input)
                           : TRAINER_OK;
    if (sparse_rc)
        return sparse_rc;
    struct graph_options options = {.engine = session->engine,
                                    .rows = plan_rows(session),
                                    .threads = session->threads,
                                    .seed = (uint64_t)session->seed,
                                    .edge_gradients = session->options.graph_view,
                                    .sparse = sparse,
                                    .plan_only = session->options.describe_only};
    int rc =
        graph_build(&session->graph, session->config, node, resolved, session->dataset, &options);
    if (rc == TRAINER_OK)
        choose_threads(session);
    return rc ? rc : options_rc;
}

/* What only shows when data and network are both there. */
static int make_ready(struct session *session)
{
    if (!is_for_training(session))
        return TRAINER_OK;
    if (!graph_has_loss(session->graph))
        return error_add(TRAINER_INVALID, "the model has no loss layer; training needs one");
    if (!session->optimizer.kind)
        return config_error(&config_root(session->config)->at,
                            "missing key 'optimizer' in the config");
    int rc =
        sampler_check((enum sampling)session->trainer.sampling,
                      session->dataset->count[SPLIT_TRAIN], (size_t)session->trainer.batch_size);
    if (rc || session->options.describe_only)
        return rc;
    if (session->weights && !session->options.resume) {
        rc = runfile_load_weights(session->weights, session->graph);
        if (rc)
            return rc;
    }
    return sampler_open(&session->sampler, (enum sampling)session->trainer.sampling,
                        (uint64_t)session->seed, session->dataset->count[SPLIT_TRAIN],
                        (size_t)session->trainer.batch_size,
                        session->dataset->position[SPLIT_TRAIN]);
}

static int read_data(struct session *session, const struct node *section)
{
    const struct session_options *options = &session->options;
    uint64_t seed = (uint64_t)session->seed;
    struct node *data = node_new(session->config, NODE_MAP, session->resolved, "data", NULL);
    if (!data)
        return TRAINER_FAILED;
    if (!section)
        return TRAINER_INVALID;
    if (options->data)
        return dataset_share(&session->dataset, options->data, session->config, section, data,
                             seed);
    return dataset_open(&session->dataset, session->config, section, data, seed,
                        options->describe_only);
}

/* Reads sections as far as they do not depend on one that failed; returns the first error. */
static int open_sections(struct session *session)
{
    struct root root = {0};
    int root_rc = read_root(session, &root);
    if (root_rc == TRAINER_FAILED)
        return root_rc;
    int data_rc = read_data(session, root.data);
    if (data_rc == TRAINER_FAILED)
        return data_rc;
    int trainer_rc = read_trainer(session, root.trainer);
    int model_rc = TRAINER_OK, optimizer_rc = TRAINER_OK;
    /* Mistakes in these sections are told apart from mistakes in the others, once there is an
     * engine to name the kinds of. */
    if (session->engine && root.model)
        model_rc = session->dataset ? read_model(session, root.model)
                                    : graph_check(session->config, root.model, session->engine);
    if (session->engine && root.optimizer)
        optimizer_rc = read_optimizer(session, root.optimizer);
    int output_rc = read_output(session, root.output);
    const int results[] = {root_rc, data_rc, trainer_rc, model_rc, optimizer_rc, output_rc};
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
        double of_epoch = (double)sampler_steps_per_epoch(&session->sampler);
        double epochs = ceil(trainer->max_epochs * of_epoch - 1e-9);
        steps = epochs < (double)steps ? (uint64_t)epochs : steps;
    }
    return steps;
}

enum run_status session_status(const struct session *session)
{
    return session->status;
}

bool session_resumable(const struct session *session)
{
    return session->resumable;
}

struct session_facts session_facts(const struct session *session)
{
    const struct trainer_settings *trainer = &session->trainer;
    struct sampler sampler = {.sampling = (enum sampling)trainer->sampling,
                              .samples = session->dataset->count[SPLIT_TRAIN],
                              .batch = (size_t)trainer->batch_size};
    return (struct session_facts){
        .name = session->name,
        .seed = (uint64_t)session->seed,
        .output_folder = session->output_folder,
        .threads = session->threads,
        .threads_why = session->threads_why,
        .batch_size = trainer->batch_size,
        .max_steps = trainer->max_steps == UNLIMITED ? 0 : (uint64_t)trainer->max_steps,
        .steps_per_epoch = sampler_steps_per_epoch(&sampler),
        .max_epochs = trainer->max_epochs < 0 ? 0 : trainer->max_epochs,
        .max_seconds = trainer->max_seconds < 0 ? 0 : trainer->max_seconds,
        .data_bytes = dataset_bytes(session->dataset),
    };
}
