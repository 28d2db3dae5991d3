/*
 * sweep_script.c - writes the batch script of a sweep.
 */
#include "sweep_script.h"
#include "base/error.h"
#include "display/format.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where things are, as absolute paths. */
struct places {
    char program[PATH_MAX], current[PATH_MAX], path[PATH_MAX];
    struct text folder;
};

static int find_places(struct places *places, const struct sweep_script *script)
{
    ssize_t length = readlink("/proc/self/exe", places->program, sizeof places->program - 1);
    places->program[length > 0 ? length : 0] = '\0';
    if (length <= 0 || !getcwd(places->current, sizeof places->current) ||
        !realpath(script->path, places->path))
        return error_set(TRAINER_FAILED, "cannot find out where the program and %s are: %s",
                         script->path, strerror(errno));
    if (*script->folder != '/')
        text_print(&places->folder, "%s/", places->current);
    text_string(&places->folder, script->folder);
    if (strchr(places->program, '\n') || strchr(text_get(&places->folder), '\n'))
        return error_set(TRAINER_INVALID, "--slurm: a path with a line break fits in no comment");
    return text_status(&places->folder);
}

static void add_options(struct text *text, const struct sweep_script *script)
{
    text_print(text,
               "#SBATCH --job-name=%s\n"
               "#SBATCH --array=1-%lld\n"
               "#SBATCH --cpus-per-task=%lld\n"
               "#SBATCH --requeue\n"
               "#SBATCH --signal=B:TERM@60\n"
               "#SBATCH --output=%s-%%A_%%a.out\n"
               "#SBATCH --open-mode=append\n",
               script->name, (long long)script->shards, (long long)script->processors,
               script->name);
    if (script->sbatch)
        text_print(text, "#SBATCH %s\n", script->sbatch);
}

/* How to submit it, and to make the table when all tasks have ended. */
static void add_comments(struct text *text, const struct places *places)
{
    struct text collect = {0};
    text_shell_word(&collect, places->program);
    text_string(&collect, " sweep --collect ");
    text_shell_word(&collect, text_get(&places->folder));
    text_string(text, "\n# submit:   sbatch THIS_FILE\n"
                      "# collect:  sbatch --dependency=afterany:ID --wrap=");
    text_shell_word(text, text_get(&collect));
    text_string(text, "\n\n");
    text_free(&collect);
}

static void add_command(struct text *text, const struct sweep_script *script,
                        const struct places *places)
{
    text_string(text, "cd ");
    text_shell_word(text, places->current);
    text_string(text, " || exit\nexec ");
    text_shell_word(text, places->program);
    text_string(text, " sweep ");
    text_shell_word(text, places->path);
    for (size_t i = 0; i < script->arguments; i++) {
        text_spaces(text, 1);
        text_shell_word(text, script->argument[i]);
    }
    text_string(text, " --output ");
    text_shell_word(text, text_get(&places->folder));
    text_print(text, " --shard \"$SLURM_ARRAY_TASK_ID/%lld\" --quiet\n", (long long)script->shards);
}

int sweep_script_write(struct text *text, const struct sweep_script *script)
{
    struct places places = {.folder = {0}};
    if (script->sbatch && strpbrk(script->sbatch, "\r\n"))
        return error_set(TRAINER_INVALID, "--sbatch must be one line of options");
    int rc = find_places(&places, script);
    if (rc == TRAINER_OK) {
        text_string(text, "#!/bin/bash\n");
        add_options(text, script);
        add_comments(text, &places);
        add_command(text, script, &places);
        rc = text_status(text);
    }
    text_free(&places.folder);
    return rc;
}
