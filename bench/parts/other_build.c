/*
 * other_build.c - both ends of the pipe.
 */
#include "other_build.h"
#include "base/error.h"
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int other_build_start(struct other_build *other, char *const *words)
{
    int down[2], up[2];
    posix_spawn_file_actions_t actions;
    *other = (struct other_build){0};
    if (pipe(down) != 0 || pipe(up) != 0)
        return error_set(TRAINER_FAILED, "a pipe: %s", strerror(errno));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, down[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, up[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, down[1]);
    posix_spawn_file_actions_addclose(&actions, up[0]);
    int error = posix_spawn(&other->process, words[0], &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(down[0]);
    close(up[1]);
    other->ask = fdopen(down[1], "w");
    other->answer = fdopen(up[0], "r");
    if (error || !other->ask || !other->answer)
        return error_set(TRAINER_FAILED, "cannot start %s: %s", words[0], strerror(error));
    return TRAINER_OK;
}

void other_build_end(struct other_build *other)
{
    if (other->ask)
        fclose(other->ask);
    if (other->answer)
        fclose(other->answer);
    if (other->process > 0)
        waitpid(other->process, NULL, 0);
}

double other_build_burst(void *context, size_t repeats)
{
    const struct other_product *product = context;
    struct other_build *other = product->other;
    const struct sizes *size = &product->operands->size;
    double seconds;
    fprintf(other->ask, "%zu %zu %zu %d %zu\n", size->m, size->n, size->k,
            (int)product->operands->form, repeats);
    fflush(other->ask);
    if (fscanf(other->answer, "%lf", &seconds) != 1) {
        error_set(TRAINER_FAILED, "the other build does not answer; does it know --serve?");
        return -1;
    }
    return seconds;
}

static bool is_same(const struct sizes *a, const struct sizes *b)
{
    return a->m == b->m && a->n == b->n && a->k == b->k;
}

int other_build_serve(const struct runner *runner)
{
    struct operands operands = {0};
    struct sizes size;
    int form, rc = TRAINER_OK;
    size_t repeats;
    while (rc == TRAINER_OK &&
           scanf("%zu %zu %zu %d %zu", &size.m, &size.n, &size.k, &form, &repeats) == 5) {
        if (!is_same(&operands.size, &size)) {
            operands_free(&operands);
            rc = operands_create(&operands, runner, &size);
        }
        operands.form = (enum form)form;
        if (rc == TRAINER_OK)
            printf("%.9g\n", operands_burst(&operands, repeats));
        fflush(stdout);
    }
    operands_free(&operands);
    return rc;
}
