/*
 * settings.c - the tables of all sections but data and layers.
 *
 *     name: two_layer
 *     seed: 42
 *     optimizer: {type: sgd, learning_rate: 0.1, clip_norm: 1}
 *     trainer: {batch_size: 100, max_steps: 10000}
 *     output: {folder: runs/mine}
 *
 * No key of these sections is read but through its table.
 */
#include "settings.h"

#include "base/error.h"

#include <string.h>

const struct option settings_root[] = {
    {"name", OPTION_TEXT, offsetof(struct root_settings, name),
     .help = "of the run; default: the file's"},
    {"seed", OPTION_INTEGER, offsetof(struct root_settings, seed), .standard = "0", .minimum = 0,
     .maximum = 9e15, .help = "of everything that is drawn"},
    {"data", OPTION_NODE, offsetof(struct root_settings, data), .required = true,
     .help = "the data set"},
    {"model", OPTION_NODE, offsetof(struct root_settings, model), .required = true,
     .help = "the network"},
    {"optimizer", OPTION_NODE, offsetof(struct root_settings, optimizer),
     .help = "the rule of a step; plain descent where none is named"},
    {"trainer", OPTION_NODE, offsetof(struct root_settings, trainer), .help = "how to train"},
    {"output", OPTION_NODE, offsetof(struct root_settings, output), .help = "where results go"},
    {0},
};

const struct option settings_default_optimizer[] = {
    {"optimizer", OPTION_NODE, offsetof(struct root_settings, optimizer), .standard = "{type: sgd}",
     .help = "of a config for training that names none"},
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
    {"restore", OPTION_BOOLEAN, offsetof(struct stopping_settings, restore), .standard = "false",
     .help = "end with the weights of the best evaluation, however the run ends"},
    {0},
};

static const struct option checkpoint_options[] = {
    {"every", OPTION_INTERVAL, offsetof(struct checkpoint_settings, every), .standard = "epoch",
     .help = "when to save; less often where that would cost more than half a percent"},
    {"keep_best", OPTION_TEXT, offsetof(struct checkpoint_settings, keep_best),
     .help = "the metric whose best checkpoint is kept as best.h5"},
    {0},
};

const struct option settings_trainer[] = {
    {"batch_size", OPTION_INTEGER, offsetof(struct trainer_settings, batch_size), .standard = "100",
     .minimum = 1, .maximum = 1 << 24, .help = "samples of one pass"},
    {"accumulate", OPTION_INTEGER, offsetof(struct trainer_settings, accumulate), .standard = "1",
     .minimum = 1, .maximum = 1 << 16, .help = "passes of one step, whose gradients are averaged"},
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
    {"last_batch", OPTION_CHOICE, offsetof(struct trainer_settings, last_batch), .standard = "keep",
     .choices = "keep,drop", .help = "what to do with a short step at the end of an epoch"},
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

const struct option settings_model[] = {
    {"weights", OPTION_PATH, offsetof(struct model_settings, weights),
     .help = "run file to start from"},
    {0},
};

const struct option settings_output[] = {
    {"folder", OPTION_PATH, offsetof(struct folder_settings, folder),
     .help = "the run's folder; default: runs/<name>/<number>"},
    {0},
};

const struct option settings_optimizer[] = {
    {"clip_norm", OPTION_NUMBER, offsetof(struct optimizer_settings, clip_norm), .standard = "0",
     .minimum = 0, .maximum = 1e9, .help = "the longest gradient, over all parameters; 0: off"},
    {"clip_value", OPTION_NUMBER, offsetof(struct optimizer_settings, clip_value), .standard = "0",
     .minimum = 0, .maximum = 1e9, .help = "the largest element of a gradient; 0: off"},
    {"l1", OPTION_NUMBER, offsetof(struct optimizer_settings, l1), .standard = "0", .minimum = 0,
     .maximum = 1e6, .help = "times a weight's sign, added to its gradient"},
    {"average", OPTION_NUMBER, offsetof(struct optimizer_settings, average), .standard = "0",
     .minimum = 0, .maximum = 1, .below_maximum = true,
     .help = "share that stays of a running mean of the weights, which is evaluated; 0: off"},
    {"decay_biases", OPTION_BOOLEAN, offsetof(struct optimizer_settings, decay_biases),
     .standard = "false", .help = "weight_decay and l1 for biases, gamma and beta too"},
    {0},
};

/* Read by rate.c, which writes the resolved one. */
const struct option settings_schedule[] = {
    {"schedule", OPTION_NODE, offsetof(struct optimizer_settings, schedule),
     .help = "how the learning rate changes; default: constant"},
    {0},
};

const char *const settings_optimizer_keys[] = {"clip_norm",    "clip_value", "l1", "average",
                                               "decay_biases", "schedule",   NULL};

struct trainer_settings settings_trainer_of(struct config *config)
{
    struct options_context context = {.config = config, .owner = "trainer", .partial = true};
    struct trainer_settings trainer = {0};
    options_read(&context, settings_trainer, node_get(config_root(config), "trainer"), &trainer);
    error_clear();
    return trainer;
}

static const char name_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

bool settings_name_valid(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && strlen(name) < 128 &&
           strspn(name, name_letters) == strlen(name);
}

const char *settings_default_name(struct arena *arena, const char *path, const char *other)
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
