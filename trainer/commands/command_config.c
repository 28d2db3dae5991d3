/*
 * command_config.c - `trainer config CONFIG|RUN`: the resolved config as YAML.
 *
 * A RUN is a run's folder or its run.h5; of one, the config stored in it is printed as it is. Of a
 * CONFIG, everything that training would use: includes, key=value and defaults worked in.
 */
#include "base/error.h"
#include "commands.h"
#include "print_session.h"
#include "runfile/run.h"
#include "runfile/runfile.h"
#include "system/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Whether the file starts as HDF5 files do. One that can't be read does not. */
static bool is_hdf5(const char *path)
{
    static const char signature[] = "\x89HDF\r\n\x1a\n";
    char start[sizeof signature - 1];
    FILE *file = fopen(path, "rb");
    bool found = file && fread(start, 1, sizeof start, file) == sizeof start &&
                 memcmp(start, signature, sizeof start) == 0;
    if (file)
        fclose(file);
    return found;
}

/* The run file that the word stands for: the word itself, or run.h5 in the folder. *path is NULL
 * where it is no run. */
static int find_run(struct arena *arena, const char *word, const char **path)
{
    struct stat facts;
    *path = NULL;
    if (stat(word, &facts) != 0)
        return TRAINER_OK; /* reading it as a config says what is wrong */
    if (S_ISDIR(facts.st_mode)) {
        *path = arena_print(arena, "%s/" RUN_FILE, word);
        if (!*path)
            return TRAINER_FAILED;
        return stat(*path, &facts) == 0
                   ? TRAINER_OK
                   : error_set(TRAINER_INVALID, "%s: no " RUN_FILE " in this folder", word);
    }
    *path = S_ISREG(facts.st_mode) && is_hdf5(word) ? word : NULL;
    return TRAINER_OK;
}

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
    int rc = find_run(&arena, arguments->word[0], &path);
    if (rc == TRAINER_OK && path)
        rc = print_stored(path, arguments);
    else if (rc == TRAINER_OK)
        rc = print_session(arguments, &(struct session_options){.describe_only = true}, fill);
    arena_free(&arena);
    return rc;
}

const struct command command_config = {
    .name = "config",
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
