/*
 * command_sweep.c - `trainer sweep SWEEP.yaml [key=value ...]`: a parameter study.
 *
 * All trials are listed and validated, and their data opened, before anything is written. The same
 * command again goes on with what is missing.
 */
#include "base/error.h"
#include "commands.h"
#include "sweep/sweep_dry_run.h"
#include "sweep/sweep_run.h"
#include "system/run_folder.h"
#include "system/signals.h"

#include <stdlib.h>
#include <string.h>

enum { AUTO = -1 }; /* of --jobs and --threads */

struct sweep_flags {
    int64_t max_trials, jobs, threads; /* 0: not given */
    const char *output, *collect;
    struct argument_share shard;
    bool quiet, dry_run;
};

static const struct argument_option flag_options[] = {
    {"--max-trials", ARGUMENT_INTEGER, .offset = offsetof(struct sweep_flags, max_trials),
     .value = "N", .minimum = 1, .help = "points of the sweep, repeats not counted"},
    {"--jobs", ARGUMENT_INTEGER, .offset = offsetof(struct sweep_flags, jobs), .value = "N",
     .minimum = 1, .word = "auto", .word_value = AUTO, .help = "trials side by side"},
    {"--threads", ARGUMENT_INTEGER, .offset = offsetof(struct sweep_flags, threads), .value = "N",
     .minimum = 1, .word = "auto", .word_value = AUTO, .help = "threads of each trial"},
    {"--output", ARGUMENT_TEXT, .offset = offsetof(struct sweep_flags, output), .value = "DIR",
     .help = "the sweep's folder; default: runs/<name>"},
    {"--dry-run", ARGUMENT_FLAG, .offset = offsetof(struct sweep_flags, dry_run),
     .help = "list the trials and what they cost, write nothing"},
    {"--shard", ARGUMENT_SHARE, .offset = offsetof(struct sweep_flags, shard), .value = "I/N",
     .help = "run every N-th trial, from the I-th on: for N processes that share a folder"},
    {"--collect", ARGUMENT_TEXT, .offset = offsetof(struct sweep_flags, collect), .value = "DIR",
     .help = "write sweep.h5 and sweep.csv of the shards in this folder, train nothing"},
    {"--quiet", ARGUMENT_FLAG, .offset = offsetof(struct sweep_flags, quiet),
     .help = "print nothing but warnings and errors"},
    {0},
};

/* --- running ---------------------------------------------------------------------------------- */

/* A sweep to run: its file, and what was said beside it. */
struct request {
    struct arena arena;
    const char *path;
    const char *const *settings;
    size_t count;
    int64_t max_trials; /* 0: as the file says */
    const struct sweep_flags *flags;
    const char *line;
};

static const char max_trials_option[] = "--max-trials=";

/* What --collect has to know again: the settings, and the one option that changes the trials. */
static int describe(const struct sweep_folder *folder, const struct sweep *sweep,
                    struct request *request)
{
    size_t count = request->count;
    const char **all = arena_array(&request->arena, count + 1, sizeof *all);
    if (!all)
        return TRAINER_FAILED;
    memcpy(all, request->settings, count * sizeof *all);
    if (request->max_trials > 0 &&
        !(all[count++] = arena_print(&request->arena, "%s%lld", max_trials_option,
                                     (long long)request->max_trials)))
        return TRAINER_FAILED;
    return sweep_folder_describe(folder, sweep, request->path, all, count);
}

static int run_in_folder(struct sweep_run *run, struct request *request, const char *path)
{
    struct sweep_folder folder;
    int rc = sweep_folder_claim(&folder, path, run->shard);
    if (rc != TRAINER_OK)
        return rc;
    run->folder = &folder;
    if (request->flags->collect) {
        rc = sweep_run_collect(run);
    } else {
        rc = describe(&folder, run->sweep, request);
        if (rc == TRAINER_OK)
            rc = sweep_run(run);
    }
    sweep_folder_close(&folder);
    return rc;
}

/* The sweep's folder in the arena: as the command line, the file or its name say. */
static const char *folder_of(struct request *request, const struct sweep_settings *settings)
{
    const char *named = request->flags->collect  ? request->flags->collect
                        : request->flags->output ? request->flags->output
                                                 : settings->folder;
    return named ? named : arena_print(&request->arena, "runs/%s", settings->name);
}

static int run_opened(struct sweep *sweep, struct request *request)
{
    const struct sweep_settings *settings = sweep_settings(sweep);
    const struct sweep_flags *flags = request->flags;
    struct sweep_run run = {.sweep = sweep,
                            .shard = {flags->shard.number, flags->shard.of},
                            .parallel = settings->parallel,
                            .command_line = request->line,
                            .again = request->line,
                            .quiet = flags->quiet};
    if (flags->jobs != 0)
        run.parallel.trials = flags->jobs == AUTO ? 0 : flags->jobs;
    if (flags->threads != 0)
        run.parallel.threads_per_trial = flags->threads == AUTO ? 0 : flags->threads;
    const char *path = folder_of(request, settings);
    int rc = path ? sweep_data_open(&run.data, sweep) : TRAINER_FAILED;
    if (rc == TRAINER_OK)
        rc = flags->dry_run ? sweep_dry_run(sweep, run.data, &run.parallel)
                            : run_in_folder(&run, request, path);
    sweep_data_close(run.data);
    return rc;
}

static int run_request(struct request *request)
{
    struct sweep *sweep;
    const struct sweep_options options = {.assignments = request->settings,
                                          .count = request->count,
                                          .max_trials = request->max_trials};
    int rc = sweep_open(&sweep, request->path, &options);
    if (rc != TRAINER_OK)
        return rc;
    rc = run_opened(sweep, request);
    sweep_close(sweep);
    return rc;
}

/* Takes file and settings from the folder that is collected. */
static int recall(struct request *request)
{
    const size_t prefix = strlen(max_trials_option);
    const char **arguments;
    size_t count;
    int rc = sweep_folder_arguments(&request->arena, request->flags->collect, &request->path,
                                    &arguments, &count);
    if (rc != TRAINER_OK)
        return rc;
    request->settings = arguments;
    request->count = count;
    if (count > 0 && strncmp(arguments[count - 1], max_trials_option, prefix) == 0) {
        request->count--;
        request->max_trials = strtoll(arguments[count - 1] + prefix, NULL, 10);
    }
    return TRAINER_OK;
}

static int check_words(const struct arguments *arguments)
{
    const struct sweep_flags *flags = arguments->private;
    if (!flags->collect && arguments->words == 0)
        return error_set(TRAINER_INVALID, "SWEEP.yaml is missing; usage: trainer sweep %s",
                         arguments->command->words);
    if (flags->collect && (arguments->words > 0 || arguments->settings > 0 || flags->shard.of > 1))
        return error_set(TRAINER_INVALID, "--collect takes no file, no key=value and no --shard: "
                                          "the folder knows them");
    return TRAINER_OK;
}

static int run_sweep(const struct arguments *arguments)
{
    struct request request = {.settings = arguments->setting,
                              .count = arguments->settings,
                              .flags = arguments->private,
                              .line = arguments->line};
    request.max_trials = request.flags->max_trials;
    int rc = check_words(arguments);
    if (rc == TRAINER_OK && request.flags->collect)
        rc = recall(&request);
    else if (rc == TRAINER_OK)
        request.path = arguments->word[0];
    if (rc == TRAINER_OK) {
        signals_catch();
        rc = run_request(&request);
        signals_release();
    }
    arena_free(&request.arena);
    return rc;
}

const struct command command_sweep = {
    .name = "sweep",
    .group = GROUP_TRAIN,
    .rank = 2,
    .example = "trainer sweep configs/sweeps/rate_width_weights.yaml --dry-run",
    .words = "SWEEP.yaml [key=value ...]",
    .summary = "Train many variants of a config side by side, into one table",
    .help = "key=value changes the base config. All trials are checked before the first one "
            "starts. The\nfolder gets sweep.h5 and sweep.csv, and each trial has a run folder in "
            "trials/. The same\ncommand again goes on with what is missing, whatever ended the "
            "sweep; a changed file adds\ntrials. Ctrl-C lets the trials save themselves and "
            "stop.\n",
    .options = flag_options,
    .private_size = sizeof(struct sweep_flags),
    .words_min = 0,
    .words_max = 1,
    .settings = true,
    .run = run_sweep,
};
