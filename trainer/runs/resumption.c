/*
 * resumption.c - a run to be resumed: finds its checkpoint and opens the session.
 */
#include "resumption.h"
#include "base/error.h"
#include "base/file.h"
#include "display/format.h"
#include "engine/engine.h"
#include "open_session.h"
#include "system/run_folder.h"
#include "system/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads folder/name; TRAINER_INVALID with a message where it isn't a checkpoint of ours. */
static int read_checkpoint(struct resumption *run, const char *name)
{
    char *path = run_folder_path(run->folder, name);
    int rc = path ? sandbox_read(&run->view, path, RUNFILE_STATE) : TRAINER_FAILED;
    if (rc == TRAINER_OK)
        run->checkpoint = path;
    else
        free(path);
    return rc;
}

/* Nothing is lost where the run has no checkpoint because it had only begun. */
static bool only_begun(const char *folder)
{
    struct runfile_view view = {0};
    char *path = run_folder_path(folder, RUN_FILE);
    bool begun = path && (!file_exists(path) || (sandbox_read(&view, path, 0) == TRAINER_OK &&
                                                 view.facts.steps_done == 0));
    runfile_view_free(&view);
    free(path);
    return begun;
}

int resumption_find(struct resumption *run)
{
    static const char newest[] = RUN_CHECKPOINT, before[] = RUN_CHECKPOINT_BEFORE;
    char *path = run_folder_path(run->folder, newest), words[2048];
    if (!path)
        return TRAINER_FAILED;
    bool missing = !file_exists(path);
    free(path);
    int rc = read_checkpoint(run, newest);
    if (rc != TRAINER_INVALID)
        return rc;
    snprintf(words, sizeof words, "%s", error_text());
    rc = read_checkpoint(run, before);
    if (rc == TRAINER_OK)
        text_warn("%s; going on from %s", words, run->checkpoint);
    if (rc != TRAINER_INVALID)
        return rc;
    if (missing && only_begun(run->folder))
        return TRAINER_OK;
    return error_set(TRAINER_INVALID, missing ? "%s: there is no checkpoint to go on from" : "%s",
                     missing ? run->folder : words);
}

static int check_kernels(const struct resumption *run)
{
    const struct engine *engine;
    char words[1024];
    if (engine_find(&engine, PRECISION_SINGLE, run->view.facts.kernels) == TRAINER_OK)
        return TRAINER_OK;
    snprintf(words, sizeof words, "%s", error_text());
    return error_set(TRAINER_INVALID,
                     "%s: the run began with %s kernels, and others would give other numbers: %s",
                     run->checkpoint, run->view.facts.kernels, words);
}

void resumption_free(struct resumption *run)
{
    runfile_view_free(&run->view);
    free(run->checkpoint);
    run->checkpoint = NULL;
}

int resumption_open(struct opened *opened, const struct resumption *run,
                    const char *const *settings, size_t count, const struct session_options *more)
{
    struct session_options options = *more;
    int rc;
    *opened = (struct opened){0};
    options.resume = run->checkpoint;
    if (run->checkpoint) {
        const char *text = run->view.facts.config_resolved;
        rc = check_kernels(run);
        options.kernels = run->view.facts.kernels;
        if (rc == TRAINER_OK)
            rc = config_read_text(&opened->config, run->checkpoint, run->folder, text, strlen(text),
                                  settings, count);
    } else {
        char *path = run_folder_path(run->folder, "config.yaml");
        rc = path ? config_read(&opened->config, path, settings, count) : TRAINER_FAILED;
        free(path);
    }
    if (rc == TRAINER_OK)
        rc = open_session_try_data(opened->config);
    if (rc == TRAINER_OK)
        rc = session_open(&opened->session, opened->config, &options);
    return rc;
}
