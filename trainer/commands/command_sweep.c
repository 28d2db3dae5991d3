/*
 * command_sweep.c - `trainer sweep SWEEP.yaml [key=value ...]`: a parameter study; or of a config,
 * `trainer sweep CONFIG key=value,value ... --metric NAME`.
 *
 * All trials are listed and validated, and their data opened, before anything is written. The same
 * command again goes on with what is missing.
 */
#include "argument_mistakes.h"
#include "base/error.h"
#include "command.h"
#include "display/format.h"
#include "engine/engine.h"
#include "runs/find_run.h"
#include "sweep/sweep_dry_run.h"
#include "sweep/sweep_run.h"
#include "sweep/sweep_script.h"
#include "system/launcher.h"
#include "system/signals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AUTO = -1 }; /* of --jobs and --threads */

struct sweep_flags {
    int64_t max_trials, jobs, threads; /* 0: not given */
    const char *metric, *output, *shard, *collect, *sbatch;
    int goal;                   /* of goal_words; -1: not given */
    int64_t slurm, steal_after; /* 0: not given */
    bool quiet, dry_run;
    struct launcher_wishes wishes;
};

static const char *const goal_words[] = {"maximize", "minimize"};

static const struct argument_option flag_options[] = {
    {"--metric", ARGUMENT_TEXT, .offset = offsetof(struct sweep_flags, metric), .value = "NAME",
     .help = "of a CONFIG: the measured column that trials are compared by"},
    {"--goal", ARGUMENT_CHOICE, .offset = offsetof(struct sweep_flags, goal), .value = "GOAL",
     .choices = "maximize,minimize", .help = "of --metric; default: as is usual for it"},
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
    {"--kernels", ARGUMENT_KEY, .key = "trainer.kernels", .value = "KIND",
     .help = "instruction set: auto, baseline, avx2, avx512; the folder keeps it"},
    {"--shard", ARGUMENT_TEXT, .offset = offsetof(struct sweep_flags, shard), .value = "I/N",
     .help = "run every N-th trial, from the I-th on: for N processes that share a folder; auto, "
             "auto/N: the I that the job array's variables say"},
    {"--steal-after", ARGUMENT_INTEGER, .offset = offsetof(struct sweep_flags, steal_after),
     .value = "SECONDS", .minimum = 60, .maximum = 1e9,
     .help = "take over from a host that has shown no sign of life for so long"},
    {"--slurm", ARGUMENT_INTEGER, .offset = offsetof(struct sweep_flags, slurm), .value = "N",
     .minimum = 1, .maximum = 100000,
     .help = "print a script for sbatch that runs the sweep in N shards, run nothing"},
    {"--sbatch", ARGUMENT_TEXT, .offset = offsetof(struct sweep_flags, sbatch), .value = "OPTIONS",
     .help = "of --slurm: further options, such as '--time=2:00:00 --mem=4G'"},
    {"--collect", ARGUMENT_TEXT, .offset = offsetof(struct sweep_flags, collect), .value = "DIR",
     .help = "write sweep.h5 and sweep.csv of the shards in this folder, train nothing"},
    {"--quiet", ARGUMENT_FLAG, .offset = offsetof(struct sweep_flags, quiet),
     .help = "print nothing but warnings and errors"},
    {"--alone", ARGUMENT_FLAG, .offset = offsetof(struct sweep_flags, wishes.alone),
     .help = "under mpirun or srun: the whole sweep in each process"},
    {"--stall", ARGUMENT_NUMBER, .offset = offsetof(struct sweep_flags, wishes.stall),
     .value = "SECONDS", .standard = "30",
     .help = "trainer-mpi: a rank that is silent for so long ends all; 0: never"},
    {0},
};

/* A sweep to run: its file, and what was said beside it. */
struct request {
    struct arena arena;
    const char *path;
    const char *const *settings;
    size_t count;
    int64_t max_trials;        /* 0: as the file says */
    const char *metric, *goal; /* of a config; NULL: not given */
    const char *kernels; /* "trainer.kernels=avx2": what the folder keeps; NULL: nothing else than
                            this process chose */
    const char *ran_on;  /* of --collect: "avx2", which this machine may lack; NULL: not known */
    struct sweep_shard shard;
    struct ranks *ranks; /* that run the sweep together; NULL: this process alone */
    const struct sweep_flags *flags;
    const char *line;
};

/* Options that change the trials, as the folder keeps them. */
static const char max_trials_option[] = "--max-trials=", metric_option[] = "--metric=",
                  goal_option[] = "--goal=", base_option[] = "--config=";

/* Appends "option=value" where there is a value. */
static int keep(struct request *request, const char **all, size_t *count, const char *option,
                const char *value)
{
    if (!value)
        return TRAINER_OK;
    all[*count] = arena_print(&request->arena, "%s%s", option, value);
    return all[(*count)++] ? TRAINER_OK : TRAINER_FAILED;
}

/* What --collect has to know again, the settings and the options that change the trials; and, for
 * whoever looks, the base config. */
static int describe(const struct sweep_folder *folder, const struct sweep *sweep,
                    struct request *request)
{
    enum { OPTIONS = 4 };
    size_t count = request->count;
    char trials[32], *base = realpath(sweep_settings(sweep)->config, NULL);
    const char **all = arena_array(&request->arena, count + OPTIONS, sizeof *all);
    int rc = all ? TRAINER_OK : TRAINER_FAILED;
    snprintf(trials, sizeof trials, "%lld", (long long)request->max_trials);
    if (rc == TRAINER_OK) {
        memcpy(all, request->settings, count * sizeof *all);
        rc = keep(request, all, &count, base_option, base);
    }
    if (rc == TRAINER_OK)
        rc = keep(request, all, &count, metric_option, request->metric);
    if (rc == TRAINER_OK)
        rc = keep(request, all, &count, goal_option, request->goal);
    if (rc == TRAINER_OK && request->max_trials > 0)
        rc = keep(request, all, &count, max_trials_option, trials);
    free(base);
    return rc ? rc : sweep_folder_describe(folder, sweep, request->path, all, count);
}

/* Says where an earlier sweep of this file lies, if its folder had a shortened name. */
static void note_former(struct sweep_run *run, struct request *request, const char *path)
{
    const char *former = sweep_settings(run->sweep)->former_name;
    const char *folder = former ? arena_print(&request->arena, "runs/%s", former) : NULL;
    if (folder && !request->flags->output && sweep_folder_is_of(folder, request->path) &&
        access(path, F_OK) != 0)
        run->note =
            arena_print(&request->arena,
                        "an earlier sweep of %s lies in %s, which was named up to the first "
                        "dot; this one goes to %s",
                        request->path, folder, path);
    error_clear();
}

/* --- kernels: the first shard's are all others' ---------------------------------------------- */

static const char kernels_key[] = "trainer.kernels";

/* Whether a key=value word, or an option that stands for one, says which. */
static bool names_kernels(const char *word)
{
    size_t length = strlen(kernels_key);
    return strncmp(word, kernels_key, length) == 0 && word[length] == '=';
}

static bool kernels_are_given(const struct request *request)
{
    bool given = false;
    for (size_t i = 0; i < request->count; i++)
        given = given || names_kernels(request->settings[i]);
    return given;
}

/* Whether trials differ in them: the folder has no say then. */
static bool kernels_vary(const struct sweep *sweep)
{
    bool vary = false;
    for (size_t i = 0; i < sweep_key_count(sweep); i++)
        vary = vary || strcmp(sweep_key(sweep, i)->name, kernels_key) == 0 ||
               strcmp(sweep_key(sweep, i)->name, "trainer") == 0;
    return vary;
}

/* Of shards all run the kernels that are kept; a whole sweep may be told others. */
static int check_kept(const struct request *request, const char *path, const char *kept)
{
    const struct engine *engine;
    char why[256];
    if (kernels_are_given(request))
        return error_set(TRAINER_INVALID,
                         "%s: its first shard chose the kernels '%s' for all; leave out --kernels, "
                         "or begin another sweep with --output DIR",
                         path, kept);
    if (engine_find(&engine, PRECISION_SINGLE, kept) == TRAINER_OK)
        return TRAINER_OK;
    snprintf(why, sizeof why, "%s", error_text());
    return error_set(TRAINER_INVALID,
                     "%s: keeps the kernels that the sweep began with: %s; --output DIR begins "
                     "another one",
                     path, why);
}

/* Looks at the kernels that the folder keeps. *again: they are others than those that this process
 * chose, and the sweep must be opened anew with them. */
static int recall_kernels(const struct sweep *sweep, struct request *request, const char *path,
                          bool *again)
{
    const char *kept = kernels_vary(sweep) ? NULL : sweep_folder_kernels(&request->arena, path);
    bool whole = request->shard.of == 1;
    *again = false;
    if (!kept || strcmp(kept, sweep_trial(sweep, 0)->kernels) == 0 ||
        (whole && kernels_are_given(request)))
        return TRAINER_OK;
    int rc = check_kept(request, path, kept);
    if (rc != TRAINER_OK)
        return rc;
    request->kernels = arena_print(&request->arena, "%s=%s", kernels_key, kept);
    *again = true;
    return request->kernels ? TRAINER_OK : TRAINER_FAILED;
}

/* Keeps the kernels for all shards, unless one has done so. */
static int keep_kernels(const struct sweep_run *run, const struct request *request)
{
    bool replace = run->shard.of == 1 && kernels_are_given(request);
    return kernels_vary(run->sweep)
               ? TRAINER_OK
               : sweep_folder_keep_kernels(run->folder, sweep_trial(run->sweep, 0)->kernels,
                                           replace);
}

/* --- running ---------------------------------------------------------------------------------- */

/* What rank 0 found in the folder becomes all ranks', or what any of them has failed with. */
static int share_kernels(struct request *request, int rc, bool *again)
{
    struct {
        bool again;
        char word[64];
    } found = {.again = *again};
    if (!request->ranks || (rc = ranks_agree(request->ranks, rc)) != TRAINER_OK)
        return rc;
    snprintf(found.word, sizeof found.word, "%s", request->kernels ? request->kernels : "");
    ranks_send(request->ranks, 0, &found, sizeof found);
    *again = found.again;
    if (*found.word)
        request->kernels = arena_print(&request->arena, "%s", found.word);
    return ranks_agree(request->ranks, *found.word && !request->kernels ? TRAINER_FAILED : rc);
}

/* In a folder that was claimed. */
static int settle(struct sweep_run *run, struct request *request, bool *again)
{
    int rc = keep_kernels(run, request);
    if (rc == TRAINER_OK)
        rc = recall_kernels(run->sweep, request, run->folder->path, again);
    return rc == TRAINER_OK && !*again ? describe(run->folder, run->sweep, request) : rc;
}

static int run_in_folder(struct sweep_run *run, struct request *request, const char *path,
                         bool *again)
{
    struct sweep_folder folder;
    note_former(run, request, path);
    int claimed =
        sweep_folder_claim(&folder, path, run->shard, (double)request->flags->steal_after);
    run->folder = &folder;
    int rc = claimed == TRAINER_OK ? settle(run, request, again) : claimed;
    rc = share_kernels(request, rc, again);
    if (rc == TRAINER_OK && !*again) {
        rc = sweep_run(run);
        if (run->deal)
            sweep_ranks_dismiss(run->deal, rc);
    }
    if (claimed == TRAINER_OK)
        sweep_folder_close(&folder);
    return rc;
}

/* On another rank than 0, which has the folder. */
static int follow(const struct sweep_run *run, struct request *request, const char *path,
                  bool *again)
{
    const struct sweep_work work = {run->sweep, run->data, path, request->line};
    int rc = share_kernels(request, TRAINER_OK, again);
    return rc == TRAINER_OK && !*again ? sweep_ranks_work(run->deal, &work) : rc;
}

static int collect(struct sweep_run *run, const char *path)
{
    struct sweep_folder folder;
    int rc = sweep_folder_join(&folder, path);
    if (rc != TRAINER_OK)
        return rc;
    run->folder = &folder;
    rc = sweep_run_collect(run);
    sweep_folder_close(&folder);
    return rc;
}

/* Runs the sweep, all ranks together. */
static int run_trials(struct sweep_run *run, struct request *request, const char *path, bool *again)
{
    struct ranks *ranks = request->ranks;
    int rc = ranks ? sweep_ranks_open(&run->deal, ranks) : TRAINER_OK;
    rc = ranks_agree(ranks, rc);
    if (rc == TRAINER_OK && ranks)
        rc = sweep_ranks_compare(ranks, run->sweep);
    if (rc == TRAINER_OK)
        rc = ranks_lead(request->ranks) ? run_in_folder(run, request, path, again)
                                        : follow(run, request, path, again);
    sweep_ranks_close(run->deal);
    return rc;
}

static struct sweep_parallel_settings parallel_of(const struct sweep *sweep,
                                                  const struct sweep_flags *flags)
{
    struct sweep_parallel_settings parallel = sweep_settings(sweep)->parallel;
    if (flags->jobs != 0)
        parallel.trials = flags->jobs == AUTO ? 0 : flags->jobs;
    if (flags->threads != 0)
        parallel.threads_per_trial = flags->threads == AUTO ? 0 : flags->threads;
    return parallel;
}

/* Processors of a shard: one for each thread of its trials, as far as they are given. */
static int64_t processors_of(const struct sweep *sweep, const struct sweep_flags *flags)
{
    struct sweep_parallel_settings parallel = parallel_of(sweep, flags);
    return (parallel.trials > 0 ? parallel.trials : 1) *
           (parallel.threads_per_trial > 0 ? parallel.threads_per_trial : 1);
}

/* Prints the script of --slurm. */
static int write_script(const struct sweep *sweep, struct request *request, const char *path)
{
    const struct sweep_flags *flags = request->flags;
    const char **argument = arena_array(&request->arena, request->count + 6, sizeof *argument);
    size_t count = request->count;
    struct text text = {0};
    char number[32];
    if (!argument)
        return TRAINER_FAILED;
    if (strcmp(request->path, "-") == 0)
        return error_set(TRAINER_INVALID, "--slurm: what comes through a pipe is gone when the job "
                                          "runs; name a file");
    memcpy(argument, request->settings, count * sizeof *argument);
    const struct {
        const char *option;
        int64_t value;
    } numbers[] = {{"--max-trials=", flags->max_trials},
                   {"--jobs=", flags->jobs},
                   {"--threads=", flags->threads},
                   {"--steal-after=", flags->steal_after}};
    int rc = keep(request, argument, &count, metric_option, request->metric);
    if (rc == TRAINER_OK)
        rc = keep(request, argument, &count, goal_option, request->goal);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && rc == TRAINER_OK; i++) {
        snprintf(number, sizeof number, "%lld", (long long)numbers[i].value);
        if (numbers[i].value != 0)
            rc = keep(request, argument, &count, numbers[i].option,
                      numbers[i].value == AUTO ? "auto" : number);
    }
    struct sweep_script script = {.name = sweep_settings(sweep)->name,
                                  .path = request->path,
                                  .folder = path,
                                  .argument = argument,
                                  .arguments = count,
                                  .shards = flags->slurm,
                                  .processors = processors_of(sweep, flags),
                                  .sbatch = flags->sbatch};
    if (rc == TRAINER_OK)
        rc = sweep_script_write(&text, &script);
    if (rc == TRAINER_OK)
        rc = text_write(&text, stdout);
    text_free(&text);
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

/* What can be said before the data are read. */
static int check_folder(const struct sweep *sweep, const struct request *request, const char *path)
{
    const struct sweep_flags *flags = request->flags;
    bool parts = flags->slurm > 0 ? flags->slurm > 1 : request->shard.of > 1;
    if (parts && sweep_settings(sweep)->early_stopping.type != SWEEP_STOPPING_NONE)
        return error_set(TRAINER_INVALID,
                         "early_stopping compares trials while they run, and shards don't see "
                         "each other's; leave it out, or run the sweep as a whole");
    return flags->collect ? TRAINER_OK : sweep_folder_check(path, request->path);
}

static int run_opened(struct sweep *sweep, struct request *request, bool *again)
{
    const struct sweep_flags *flags = request->flags;
    struct sweep_run run = {.sweep = sweep,
                            .shard = request->shard,
                            .parallel = parallel_of(sweep, flags),
                            .command_line = request->line,
                            .again = flags->collect ? NULL : request->line,
                            .quiet = flags->quiet};
    const char *path = folder_of(request, sweep_settings(sweep));
    int rc = path ? check_folder(sweep, request, path) : TRAINER_FAILED;
    if (rc == TRAINER_OK && flags->slurm > 0)
        return write_script(sweep, request, path);
    if (rc == TRAINER_OK && !flags->collect && ranks_lead(request->ranks))
        rc = recall_kernels(sweep, request, path, again);
    rc = share_kernels(request, rc, again);
    if (rc != TRAINER_OK || *again)
        return rc;
    rc = ranks_agree(request->ranks, sweep_data_open(&run.data, sweep));
    if (rc == TRAINER_OK)
        rc = flags->dry_run   ? sweep_dry_run(sweep, run.data, &run.parallel)
             : flags->collect ? collect(&run, path)
                              : run_trials(&run, request, path, again);
    sweep_data_close(run.data);
    return rc;
}

/* Opens the sweep, with the folder's kernels where it keeps some, and runs it. *again: it has to be
 * opened once more, with kernels that were found only now. */
static int run_once(struct request *request, bool *again)
{
    struct sweep *sweep;
    const char **all = arena_array(&request->arena, request->count + 1, sizeof *all);
    *again = false;
    if (!all)
        return TRAINER_FAILED;
    memcpy(all, request->settings, request->count * sizeof *all);
    all[request->count] = request->kernels;
    const struct sweep_options options = {.assignments = all,
                                          .count = request->count + (request->kernels != NULL),
                                          .max_trials = request->max_trials,
                                          .metric = request->metric,
                                          .goal = request->goal,
                                          .ran_on = request->ran_on};
    int rc = ranks_agree(request->ranks, sweep_open(&sweep, request->path, &options));
    if (rc == TRAINER_OK)
        rc = run_opened(sweep, request, again);
    sweep_close(sweep);
    return rc;
}

static int run_request(struct request *request)
{
    bool again;
    int rc;
    do
        rc = run_once(request, &again);
    while (rc == TRAINER_OK && again);
    return rc;
}

/* What stands behind an option that describe() wrote; NULL where the line is another. */
static const char *kept(const char *line, const char *option)
{
    size_t length = strlen(option);
    return strncmp(line, option, length) == 0 ? line + length : NULL;
}

/* Shards' results are looked at on any machine: what they ran on is theirs, and nothing runs. */
static void recall_ran_on(struct request *request, const char **settings)
{
    size_t count = 0;
    request->ran_on = sweep_folder_kernels(&request->arena, request->flags->collect);
    for (size_t i = 0; i < request->count; i++)
        if (!request->ran_on || !names_kernels(settings[i]))
            settings[count++] = settings[i];
    request->count = count;
}

/* Takes file, settings and options from the folder that is collected. */
static int recall(struct request *request)
{
    const char **arguments;
    size_t count;
    int rc = sweep_folder_arguments(&request->arena, request->flags->collect, &request->path,
                                    &arguments, &count);
    if (rc != TRAINER_OK)
        return rc;
    if (*request->path != '/' || strncmp(request->path, "/dev/", strlen("/dev/")) == 0)
        return error_set(TRAINER_INVALID,
                         "%s: its sweep was read from a pipe and can't be read again; the command "
                         "that ran it makes the table too",
                         request->flags->collect);
    for (; count > 0 && strncmp(arguments[count - 1], "--", 2) == 0; count--) {
        const char *line = arguments[count - 1], *trials = kept(line, max_trials_option);
        const char *metric = kept(line, metric_option), *goal = kept(line, goal_option);
        request->max_trials = trials ? strtoll(trials, NULL, 10) : request->max_trials;
        request->metric = metric ? metric : request->metric;
        request->goal = goal ? goal : request->goal;
    }
    request->settings = arguments;
    request->count = count;
    recall_ran_on(request, arguments);
    return TRAINER_OK;
}

static int check_words(const struct arguments *arguments)
{
    const struct sweep_flags *flags = arguments->private;
    if (!flags->collect && arguments->words == 0) {
        argument_missing_word(arguments->command, arguments->setting, arguments->settings);
        return TRAINER_INVALID;
    }
    if (flags->collect && (arguments->words > 0 || arguments->settings > 0 || flags->shard))
        return error_set(TRAINER_INVALID, "--collect takes no file, no key=value and no --shard: "
                                          "the folder knows them");
    if (flags->sbatch && flags->slurm == 0)
        return error_set(TRAINER_INVALID, "--sbatch goes with --slurm N");
    if (flags->slurm > 0 && (flags->collect || flags->dry_run || flags->shard))
        return error_set(
            TRAINER_INVALID,
            "--slurm prints a script; it goes with no --collect, --dry-run or --shard");
    return TRAINER_OK;
}

/* What the command line and the folder that is collected say. */
static int prepare(struct request *request, const struct arguments *arguments)
{
    int rc = check_words(arguments);
    if (rc == TRAINER_OK && request->ranks && request->flags->jobs != 0)
        rc = error_set(TRAINER_INVALID, "--jobs: each rank trains one trial at a time");
    if (rc == TRAINER_OK)
        rc = sweep_shard_read(&request->shard, request->flags->shard);
    if (rc != TRAINER_OK)
        return rc;
    request->path = arguments->words > 0 ? arguments->word[0] : NULL;
    return request->flags->collect ? recall(request) : find_sweep(request->path);
}

static int run_sweep(const struct arguments *arguments)
{
    const struct sweep_flags *flags = arguments->private;
    struct request request = {.settings = arguments->setting,
                              .count = arguments->settings,
                              .max_trials = flags->max_trials,
                              .metric = flags->metric,
                              .goal = flags->goal >= 0 ? goal_words[flags->goal] : NULL,
                              .flags = flags,
                              .line = arguments->line};
    struct launcher_wishes wishes = flags->wishes;
    wishes.alone = wishes.alone || flags->shard;
    int rc = launcher_join("sweep", &wishes, &request.ranks);
    bool trains = !flags->collect && !flags->dry_run && flags->slurm == 0;
    if (rc == TRAINER_OK && !trains && !ranks_lead(request.ranks))
        return rc;
    if (!trains)
        request.ranks = NULL;
    if (rc == TRAINER_OK)
        rc = ranks_agree(request.ranks, prepare(&request, arguments));
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
    .also = ",search,tune,hpo,grid,study,",
    .group = GROUP_TRAIN,
    .rank = 2,
    .example = "trainer sweep configs/xor.yaml optimizer.learning_rate=0.1,1 --metric "
               "train_accuracy",
    .words = "SWEEP.yaml | CONFIG [key=value[,value ...] ...]",
    .summary = "Train many variants of a config side by side, into one table",
    .help =
        "A key of a CONFIG that has several values is varied, and --metric compares the "
        "trials; a file\nsays more (docs/sweeps.md), and key=value changes its base config. "
        "All trials are checked\nbefore the first one starts. The folder gets sweep.h5 and "
        "sweep.csv, and each trial has a run\nfolder in trials/. The same command again goes "
        "on with what is missing, whatever ended the\nsweep; a changed file adds trials. Ctrl-C "
        "lets the trials save themselves and stop. The exit\nstatus is 1 where trials "
        "failed.\n",
    .options = flag_options,
    .private_size = sizeof(struct sweep_flags),
    .words_min = 0,
    .words_max = 1,
    .settings = true,
    .joins = true,
    .run = run_sweep,
};
