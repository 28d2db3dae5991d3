/*
 * command_train.c - `trainer [train] CONFIG [key=value ...]`: the main job.
 *
 * The config is read and the network built before anything is written, so a mistake leaves no
 * folder behind; a dry run stops there.
 */
#include "base/error.h"
#include "command.h"
#include "config/config.h"
#include "display/format.h"
#include "distributed/ranks.h"
#include "runs/open_session.h"
#include "runs/rank_session.h"
#include "runs/train_run.h"
#include "summary.h"
#include "system/launcher.h"
#include "system/run_folder.h"
#include "system/signals.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

struct train_flags {
    const char *output;
    bool force, quiet, dry_run;
    struct launcher_wishes wishes;
};

static const struct argument_option train_options[] = {
    {"--output", ARGUMENT_TEXT, .offset = offsetof(struct train_flags, output), .value = "DIR",
     .help = "the run's folder; default: runs/<name>/ and the next number"},
    {"--force", ARGUMENT_FLAG, .offset = offsetof(struct train_flags, force),
     .help = "overwrite the run that is in the folder"},
    {"--threads", ARGUMENT_KEY, .key = "trainer.threads", .value = "N",
     .help = "threads to train on, or auto"},
    {"--kernels", ARGUMENT_KEY, .key = "trainer.kernels", .value = "KIND",
     .help = "instruction set: auto, baseline, avx2, avx512"},
    {"--seed", ARGUMENT_KEY, .key = "seed", .value = "N", .help = "seed of all that is drawn"},
    {"--quiet", ARGUMENT_FLAG, .offset = offsetof(struct train_flags, quiet),
     .help = "print nothing but warnings and errors"},
    {"--dry-run", ARGUMENT_FLAG, .offset = offsetof(struct train_flags, dry_run),
     .help = "check config and data, print the summary, write nothing"},
    {"--alone", ARGUMENT_FLAG, .offset = offsetof(struct train_flags, wishes.alone),
     .help = "under mpirun or srun: the whole training in each process"},
    {"--stall", ARGUMENT_NUMBER, .offset = offsetof(struct train_flags, wishes.stall),
     .value = "SECONDS", .standard = "30",
     .help = "trainer-mpi: a rank that is silent for so long ends all; 0: never"},
    {"--data-from-rank-0", ARGUMENT_FLAG,
     .offset = offsetof(struct train_flags, wishes.data_from_first),
     .help = "trainer-mpi: rank 0 alone reads the data, and sends them"},
    {"--exchange", ARGUMENT_CHOICE, .offset = offsetof(struct train_flags, wishes.sharing),
     .value = "WHAT", .choices = "auto,rows,weights", .standard = "auto",
     .help = "trainer-mpi: rows, or shares of gradients too; auto: as is faster"},
    {0},
};

static int dry_run(struct session *session, bool quiet)
{
    struct text text = {0};
    int rc = summary_add(session, &text);
    text_print(&text, "\ndry run: config and data are right; nothing was written\n");
    if (rc == TRAINER_OK && !quiet)
        rc = text_write(&text, stdout);
    text_free(&text);
    return rc;
}

/* The folder of --output as an absolute path; NULL with a message when memory ran out. */
static const char *absolute(struct arena *arena, const char *folder)
{
    char here[PATH_MAX];
    while (strncmp(folder, "./", 2) == 0 && folder[2] != '\0')
        folder += 2;
    bool relative = *folder != '/' && getcwd(here, sizeof here);
    return relative ? arena_print(arena, "%s/%s", strcmp(here, "/") == 0 ? "" : here, folder)
                    : arena_copy(arena, folder, strlen(folder));
}

static int train(struct opened *opened, const struct train_flags *flags)
{
    struct session_facts facts = session_facts(opened->session);
    struct arena *arena = config_arena(opened->config);
    struct ranks *ranks = session_ranks(opened->session);
    bool leads = ranks_lead(ranks);
    struct run_folder rundir = {.lock = -1};
    const char *folder = flags->output ? absolute(arena, flags->output) : facts.output_folder;
    if (flags->output && !folder)
        return TRAINER_FAILED;
    int rc = leads ? run_folder_claim(&rundir, facts.name, folder, flags->force) : TRAINER_OK;
    rc = ranks_agree(ranks, rc);
    if (rc == TRAINER_OK)
        rc = train_run(leads ? &rundir : NULL, opened->session, flags->quiet);
    run_folder_close(&rundir);
    return rc;
}

static int open_and_train(const struct arguments *arguments, const struct session_options *options)
{
    const struct train_flags *flags = arguments->private;
    const char *path = arguments->word[0];
    struct opened opened = {0};
    int rc = TRAINER_OK;
    if (ranks_lead(options->ranks))
        rc = open_session(&opened, path, arguments->setting, arguments->settings, options);
    rc = rank_session_open(&opened, rc, false, path, options);
    if (rc == TRAINER_OK)
        rc = flags->dry_run ? dry_run(opened.session, flags->quiet) : train(&opened, flags);
    open_close(&opened);
    return rc;
}

static int run_train(const struct arguments *arguments)
{
    const struct train_flags *flags = arguments->private;
    struct session_options options = {.command_line = arguments->line};
    int rc = launcher_join("train", &flags->wishes, &options.ranks);
    if (rc != TRAINER_OK)
        return rc;
    signals_catch();
    rc = open_and_train(arguments, &options);
    signals_release();
    return rc;
}

const struct command command_train = {
    .name = "train",
    .also = ",fit,run,start,learn,",
    .group = GROUP_TRAIN,
    .rank = 1,
    .example = "trainer configs/two_layer.yaml trainer.max_steps=2000",
    .words = "CONFIG [key=value ...]",
    .summary = "Train the network that a YAML file describes",
    .help =
        "`trainer CONFIG` is the same. key=value changes a setting: trainer.max_steps=100,\n"
        "model.layers.affine1.units=200; values are YAML. The run's folder gets run.h5, "
        "config.yaml\n"
        "and log.txt, and the checkpoints that `trainer resume` goes on from. Ctrl-C ends a run "
        "and\nkeeps what it has reached.\n",
    .options = train_options,
    .private_size = sizeof(struct train_flags),
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .joins = true,
    .run = run_train,
};
