/*
 * command_config.c - `trainer config CONFIG|RUN`: the resolved config as YAML.
 *
 * A RUN is a run's folder or its run.h5; of one, the config stored in it is printed as it is. Of a
 * CONFIG, everything that training would use: includes, key=value and defaults worked in.
 */
#include "base/error.h"
#include "command.h"
#include "print_session.h"
#include "runfile/runfile.h"
#include "runs/find_run.h"
#include "system/sandbox.h"

#include <stdio.h>
#include <stdlib.h>

/* Prints the config that is stored in a run file. */
static int print_stored(const char *path, const struct arguments *arguments)
{
    char *text = NULL;
    size_t length = 0;
    if (arguments->settings > 0) {
        return error_set(TRAINER_INVALID, "'%s': a run's stored config takes no key=value",
                         arguments->setting[0]);
    }
    int rc = sandbox_try_config(path);
    if (rc == TRAINER_OK)
        rc = runfile_read_config(path, &text, &length);
    if (rc == TRAINER_OK)
        fwrite(text, 1, length, stdout);
    free(text);
    return rc;
}

static int fill(struct session *session, const void *flags, struct text *text)
{
    size_t length;
    char *yaml = config_emit(session_resolved(session), &length);
    (void)flags;
    if (!yaml)
        return TRAINER_FAILED;
    text_add(text, yaml, length);
    free(yaml);
    return TRAINER_OK;
}

static int run_config(const struct arguments *arguments)
{
    struct arena arena = {0};
    const char *path;
    int rc = find_run_file(&arena, arguments->word[0], &path);
    if (rc == TRAINER_OK && path)
        rc = print_stored(path, arguments);
    else if (rc == TRAINER_OK)
        rc = print_session(arguments, &(struct session_options){.purpose = SESSION_DESCRIBE}, NULL,
                           fill);
    arena_free(&arena);
    return rc;
}

const struct command command_config = {
    .name = "config",
    .also = ",cat,dump,resolve,",
    .group = GROUP_CONFIG,
    .rank = 2,
    .example = "trainer config configs/two_layer.yaml optimizer.learning_rate=0.2",
    .words = "CONFIG|RUN [key=value ...]",
    .summary = "Print the resolved config of a file, or the one stored in a run",
    .help = "A RUN is a run's folder or its run.h5.\n",
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .run = run_config,
};
