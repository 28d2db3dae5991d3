/*
 * trained_run.c - everything comes from the run's file: config, weights, which kernels it used.
 */
#include "trained_run.h"
#include "base/error.h"
#include "display/format.h"
#include "engine/engine.h"
#include "find_run.h"
#include "system/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The file of a run that the word stands for. */
static int find(struct trained_run *run, const char *word)
{
    struct stat facts;
    int rc = find_run_file(&run->arena, word, &run->path);
    if (rc || run->path)
        return rc;
    if (stat(word, &facts) != 0)
        return error_set(TRAINER_INVALID, "%s: %s", word, strerror(errno));
    return error_set(TRAINER_INVALID, "%s: expected a run's folder, its %s or a checkpoint", word,
                     RUN_FILE);
}

int trained_run_read(struct trained_run *run, const char *word)
{
    int rc = find(run, word);
    if (rc == TRAINER_OK)
        rc = find_beside(sandbox_read_trained(&run->view, run->path), run->path);
    return rc;
}

const char *trained_run_kernels(const struct trained_run *run)
{
    const struct engine *engine;
    const char *kernels = run->view.facts.kernels;
    if (engine_find(&engine, PRECISION_SINGLE, kernels) == TRAINER_OK)
        return kernels;
    text_warn("%s: it was trained with %.100s kernels, which this machine lacks; results may "
              "differ in the last digits",
              run->path, kernels);
    return "auto";
}

int trained_run_open(struct trained_run *run, const char *const *setting, size_t settings,
                     const struct session_options *more)
{
    struct session_options options = *more;
    const char *yaml = run->view.facts.config_resolved;
    options.kernels = trained_run_kernels(run);
    int rc = config_read_text(&run->opened.config, run->path, NULL, yaml, strlen(yaml), setting,
                              settings);
    if (rc == TRAINER_OK)
        rc = session_open(&run->opened.session, run->opened.config, &options);
    if (rc == TRAINER_OK)
        rc = runfile_load_weights(run->path, session_graph(run->opened.session));
    return rc;
}

void trained_run_free(struct trained_run *run)
{
    open_close(&run->opened);
    runfile_view_free(&run->view);
    arena_free(&run->arena);
}
