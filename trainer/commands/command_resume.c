/*
 * command_resume.c - `trainer resume RUN_DIR [key=value ...]`: continues a run.
 *
 *     trainer resume runs/two_layer/latest                            # in place
 *     trainer resume runs/two_layer/0003 max_steps=20000 --output more   # in a copy
 *
 * A run that was killed before it wrote any checkpoint starts over from its config.yaml.
 */
#include "base/error.h"
#include "base/file.h"
#include "command.h"
#include "config/key_hints.h"
#include "distributed/ranks.h"
#include "runs/find_run.h"
#include "runs/rank_session.h"
#include "runs/resumption.h"
#include "runs/train_run.h"
#include "system/launcher.h"
#include "system/signals.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct resume_flags {
    const char *output;
    bool quiet;
    struct launcher_wishes wishes;
};

static const struct argument_option resume_options[] = {
    {"--output", ARGUMENT_TEXT, .offset = offsetof(struct resume_flags, output), .value = "DIR",
     .help = "go on in this new folder; the run stays as it is"},
    {"--threads", ARGUMENT_KEY, .key = "trainer.threads", .value = "N",
     .help = "threads to train on, or auto"},
    {"--quiet", ARGUMENT_FLAG, .offset = offsetof(struct resume_flags, quiet),
     .help = "print nothing but warnings and errors"},
    {"--alone", ARGUMENT_FLAG, .offset = offsetof(struct resume_flags, wishes.alone),
     .help = "under mpirun or srun: the whole training in each process"},
    {"--stall", ARGUMENT_NUMBER, .offset = offsetof(struct resume_flags, wishes.stall),
     .value = "SECONDS", .standard = "30",
     .help = "trainer-mpi: a rank that is silent for so long ends all; 0: never"},
    {"--data-from-rank-0", ARGUMENT_FLAG,
     .offset = offsetof(struct resume_flags, wishes.data_from_first),
     .help = "trainer-mpi: rank 0 alone reads the data, and sends them"},
    {"--exchange", ARGUMENT_CHOICE, .offset = offsetof(struct resume_flags, wishes.sharing),
     .value = "WHAT", .choices = "auto,rows,weights", .standard = "auto",
     .help = "trainer-mpi: rows, or shares of gradients too; auto: as is faster"},
    {0},
};

/* What may change when a run is resumed: its end, and what leaves its numbers alone. */
static const char *const may_change[] = {"max_steps", "max_epochs", "max_seconds", "threads"};

/* --- the key=value of the command line --- */

/* "max_steps=5" or "trainer.max_steps=5" as the latter, in the arena; NULL with a message, which
 * names the run's folder. */
static const char *check_setting(struct arena *arena, const char *setting, const char *folder)
{
    static const char section[] = "trainer.";
    size_t prefix = strncmp(setting, section, strlen(section)) == 0 ? strlen(section) : 0;
    const char *key = setting + prefix;
    size_t length = strcspn(key, "=");
    for (size_t i = 0; i < sizeof may_change / sizeof may_change[0]; i++)
        if (strlen(may_change[i]) == length && strncmp(key, may_change[i], length) == 0)
            return arena_print(arena, "%s%s", section, key);
    const char *bare = arena_copy(arena, setting, strcspn(setting, "="));
    const char *full = bare ? key_hints_find(bare) : NULL;
    error_set(TRAINER_INVALID,
              "'%s' can't change when a run goes on; max_steps, max_epochs, max_seconds and "
              "threads can; a new run begins with its weights: trainer CONFIG "
              "model.weights=%s/run.h5 %s%s",
              bare, folder, full ? full : bare, setting + strcspn(setting, "="));
    return NULL;
}

static int check_settings(const char ***settings, struct arena *arena,
                          const struct arguments *arguments)
{
    *settings = arena_array(arena, arguments->settings, sizeof **settings);
    if (!*settings)
        return TRAINER_FAILED;
    for (size_t i = 0; i < arguments->settings; i++)
        if (!((*settings)[i] = check_setting(arena, arguments->setting[i], arguments->word[0])))
            return TRAINER_INVALID;
    return TRAINER_OK;
}

/* --- resuming --- */

/* A run can't end before where it is. */
static int check_end(const struct resumption *run, const struct session *session)
{
    uint64_t last = session_last_step(session), done = run->view.facts.steps_done;
    if (done <= last)
        return TRAINER_OK;
    return error_set(TRAINER_INVALID, "%s: %llu steps are done already, more than %llu",
                     run->checkpoint, (unsigned long long)done, (unsigned long long)last);
}

/* Copies a file of the run into the new folder, where there is one. */
static int copy_file(const struct resumption *run, const char *name, const char *folder)
{
    char *from = run_folder_path(run->folder, name), *to = run_folder_path(folder, name),
         *bytes = NULL;
    size_t count = 0;
    int rc = from && to ? TRAINER_OK : TRAINER_FAILED;
    if (rc == TRAINER_OK && file_exists(from)) {
        rc = file_read(from, SIZE_MAX / 4, &bytes, &count);
        if (rc == TRAINER_OK)
            rc = file_replace(to, bytes, count);
    }
    free(bytes);
    free(from);
    free(to);
    return rc;
}

/* A copy can be resumed at once. */
static int claim_copy(struct run_folder *rundir, const struct resumption *run, const char *name,
                      const char *output)
{
    int rc = run_folder_claim(rundir, name, output, false);
    if (rc != TRAINER_OK)
        return rc;
    rc = copy_file(run, RUN_CHECKPOINT, output);
    if (rc == TRAINER_OK)
        rc = copy_file(run, RUN_BEST, output);
    if (rc != TRAINER_OK)
        run_folder_close(rundir);
    return rc;
}

/* Claims the run's folder, unless it is to be copied, and opens the session. */
static int open_run(struct opened *opened, struct resumption *run, struct run_folder *rundir,
                    const struct arguments *arguments, const char *const *settings,
                    const struct session_options *options)
{
    const struct resume_flags *flags = arguments->private;
    int rc = find_run_folder(run->folder);
    if (rc == TRAINER_OK && !flags->output)
        rc = run_folder_reopen(rundir, run->folder);
    if (rc == TRAINER_OK)
        rc = resumption_find(run);
    if (rc == TRAINER_OK)
        rc = resumption_open(opened, run, settings, arguments->settings, options);
    return rc ? rc : check_end(run, opened->session);
}

static int resume(struct resumption *run, const struct arguments *arguments,
                  const struct session_options *options)
{
    const struct resume_flags *flags = arguments->private;
    bool leads = ranks_lead(options->ranks);
    struct arena arena = {0};
    struct run_folder rundir = {.lock = -1};
    struct opened opened = {0};
    const char **settings;
    int rc = check_settings(&settings, &arena, arguments);
    if (rc == TRAINER_OK && leads)
        rc = open_run(&opened, run, &rundir, arguments, settings, options);
    rc = rank_session_open(&opened, rc, run->checkpoint != NULL, run->folder, options);
    if (rc == TRAINER_OK && flags->output) {
        rc = leads ? claim_copy(&rundir, run, session_facts(opened.session).name, flags->output)
                   : TRAINER_OK;
        rc = ranks_agree(options->ranks, rc);
    }
    if (rc == TRAINER_OK)
        rc = train_run(leads ? &rundir : NULL, opened.session, flags->quiet);
    open_close(&opened);
    run_folder_close(&rundir);
    arena_free(&arena);
    return rc;
}

static int run_resume(const struct arguments *arguments)
{
    const struct resume_flags *flags = arguments->private;
    struct session_options options = {.command_line = arguments->line};
    int rc = launcher_join("resume", &flags->wishes, &options.ranks);
    if (rc != TRAINER_OK)
        return rc;
    struct resumption run = {.folder = arguments->word[0]};
    char *from = flags->output ? realpath(run.folder, NULL) : NULL;
    options.resumed_from = from;
    signals_catch();
    rc = resume(&run, arguments, &options);
    signals_release();
    resumption_free(&run);
    free(from);
    return rc;
}

const struct command command_resume = {
    .name = "resume",
    .also = ",continue,restart,",
    .group = GROUP_TRAIN,
    .rank = 3,
    .example = "trainer resume runs/two_layer/latest max_steps=20000",
    .words = "RUN_DIR [key=value ...]",
    .summary = "Go on with a run that was interrupted, or train it longer",
    .help =
        "The run goes on from its last checkpoint, in the middle of an epoch too, as if it had\n"
        "never stopped: to the same bits, on any number of threads. key=value may change\n"
        "max_steps, max_epochs, max_seconds and threads.\n",
    .options = resume_options,
    .private_size = sizeof(struct resume_flags),
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .joins = true,
    .run = run_resume,
};
