/*
 * test_same_bits.c - a run file tells the same run, to the bit, whatever number of threads made it:
 * for every config that trains, and for generated networks of awkward sizes.
 */
#include "base/error.h"
#include "support/child.h"
#include "support/compare_runs.h"
#include "support/suite.h"
#include "train/train.h"
#include <glob.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 4096, NETWORKS = 15 };

/* More threads than processors too. The first ones are tried in every build. */
static const int teams[] = {1, 5, 2, 3, 8, 16};
enum { TEAMS = sizeof teams / sizeof *teams };

static char folder[] = "/tmp/trainer_same_bits_XXXXXX";

static const char *run_path(int threads)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%d.h5", folder, threads);
    return path;
}

/* Trains a config with the assignments on so many threads; how opening it went. */
static int train(const char *name, const char *text, const char *const *assignments, size_t count,
                 int threads)
{
    const char *all[8];
    char setting[32];
    struct config *config = NULL;
    struct session *session = NULL;
    ck_assert_uint_lt(count, 8);
    snprintf(setting, sizeof setting, "trainer.threads=%d", threads);
    for (size_t i = 0; i < count; i++)
        all[i] = assignments[i];
    all[count] = setting;
    int rc = text ? config_read_text(&config, name, NULL, text, strlen(text), all, count + 1)
                  : config_read(&config, name, all, count + 1);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    rc = session_open(&session, config, &(struct session_options){0});
    if (rc == TRAINER_OK)
        ck_assert_msg(session_train(session, run_path(threads), NULL, NULL) == TRAINER_OK, "%s: %s",
                      name, error_text());
    session_close(session);
    config_free(config);
    return rc;
}

/* All teams; a sanitizer's build, which looks at every access, the first two. */
static int team_count(void)
{
    int count = child_count(TEAMS);
    return count < 2 ? 2 : count < TEAMS ? count : TEAMS;
}

/* False where the config is not one to train. */
static bool check_teams(const char *name, const char *text, const char *const *assignments,
                        size_t count)
{
    char first[128];
    if (train(name, text, assignments, count, teams[0]) != TRAINER_OK)
        return false;
    snprintf(first, sizeof first, "%s", run_path(teams[0]));
    for (int i = 1; i < team_count(); i++) {
        ck_assert_int_eq(train(name, text, assignments, count, teams[i]), TRAINER_OK);
        const char *difference = compare_runs(first, run_path(teams[i]), "config*");
        ck_assert_msg(!*difference, "%s on %d threads: %s\n%s", name, teams[i], difference,
                      text ? text : "");
    }
    return true;
}

/* Less data and fewer steps than the configs ask for. MNIST's config is two_layer.yaml's network on
 * other data. */
START_TEST(every_config_that_trains)
{
    glob_t found;
    size_t trained = 0;
    ck_assert_int_eq(glob(TRAINER_SOURCE_DIR "/configs/*.yaml", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        const char *const settings[] = {"trainer.max_steps=30", "data.train=1200", "data.test=300"};
        const char *const convolved[] = {"trainer.max_steps=3", "data.train=60", "data.test=20",
                                         "trainer.batch_size=20"};
        bool slow = strstr(path, "convnet");
        if (strstr(path, "mnist"))
            continue;
        struct config *config;
        ck_assert_int_eq(config_read(&config, path, NULL, 0), TRAINER_OK);
        const struct node *type = node_get(node_get(config_root(config), "data"), "type");
        bool drawn = type && strcmp(type->text, "digits") == 0;
        config_free(config);
        trained += slow ? check_teams(path, NULL, convolved, 4)
                        : check_teams(path, NULL, settings, drawn ? 3 : 1);
    }
    globfree(&found);
    ck_assert_uint_ge(trained, 4);
}
END_TEST

/* A number from 1 to most, as xorshift has it. */
static unsigned draw(uint32_t *state, unsigned most)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return 1 + *state % most;
}

static const char *choose(uint32_t *state, const char *const *word, unsigned count)
{
    return word[draw(state, count) - 1];
}

__attribute__((format(printf, 2, 3))) static void append(char *text, const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    ck_assert_int_lt(vsnprintf(text + length, TEXT_MAX - length, format, arguments),
                     (int)(TEXT_MAX - length));
    va_end(arguments);
}

/* Up to three hidden layers, narrow and wide; now and then one that adds its own input. */
static void write_network(char *text, uint32_t *state)
{
    static const char *const activation[] = {"ReLU", "Sigmoid"};
    static const char *const sampling[] = {"shuffle", "with_replacement", "sequential"};
    static const char *const sparse[] = {"auto", "always", "never"};
    unsigned layers = draw(state, 4) - 1;
    snprintf(text, TEXT_MAX,
             "seed: %u\ndata: {type: digits, train: 260, test: 33, validation: %u}\n"
             "model:\n  layers:\n",
             draw(state, 1000), draw(state, 60) - 1);
    for (unsigned i = 0; i < layers; i++) {
        unsigned units = draw(state, 4) == 1 ? 120 + draw(state, 200) : draw(state, 70);
        append(text, "    - {name: a%u, type: Affine, units: %u, init: {type: normal, std: 0.1}}\n",
               i, units);
        append(text, "    - {name: f%u, type: %s}\n", i, choose(state, activation, 2));
        if (draw(state, 3) == 1)
            append(text,
                   "    - {name: b%u, type: Affine, units: %u}\n"
                   "    - {name: s%u, type: Add, input: [f%u, b%u]}\n",
                   i, units, i, i, i);
    }
    append(text,
           "    - {name: last, type: Affine, units: 10}\n"
           "    - {name: loss, type: SoftmaxWithLoss}\n"
           "optimizer: {type: sgd, learning_rate: 0.2}\n"
           "trainer: {batch_size: %u, max_steps: 7, sampling: %s, sparse_input: %s,\n"
           "          evaluate: {every: 3 steps, batch_size: %u, train: true}}\n",
           draw(state, 150), choose(state, sampling, 3), choose(state, sparse, 3),
           draw(state, 300));
}

START_TEST(generated_networks)
{
    uint32_t state = 2463534242u;
    char text[TEXT_MAX];
    for (int i = 0; i < child_count(NETWORKS); i++) {
        write_network(text, &state);
        ck_assert_msg(check_teams("generated.yaml", text, NULL, 0), "%s\n%s", error_text(), text);
    }
}
END_TEST

static void remove_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    remove(path);
}

int main(void)
{
    const TTest *const tests[] = {every_config_that_trains, generated_networks, NULL};
    if (!mkdtemp(folder))
        return EXIT_FAILURE;
    int status = suite_main("same bits", SUITE_IN_PROCESS, 1, tests);
    for (int i = 0; i < TEAMS; i++)
        remove(run_path(teams[i]));
    remove_file("checkpoint.h5");
    remove_file("checkpoint.h5.prev");
    rmdir(folder);
    return status;
}
