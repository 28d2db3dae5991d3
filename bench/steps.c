/*
 * steps.c - serves training steps: a turn for each line of standard input, asleep in between.
 *
 *     bench_steps CONFIG [key=value ...]
 *     asked    "1.0"                          train for so many seconds
 *     answers  {"step_us": 152.1, "steps": 5919}    microseconds of a step, and how many there were
 *
 * The data are read once. Each turn trains a new network and counts from its first progress event
 * on, a tenth of a second after the start: what is cold at first is not counted. Nothing is
 * evaluated, no file is written. So two builds, or a build and a peer, can take turns of a second
 * without starting processes.
 */
#include "base/error.h"
#include "config/config.h"
#include "parts/passive.h"
#include "train/train.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { SETTINGS_MAX = 64, SETTING_ROOM = 64 };

/* What the events of a turn showed. */
struct turn {
    bool begun;
    double from_seconds, to_seconds;
    uint64_t from_step, to_step;
};

static void note(void *context, enum event event, const struct progress *progress)
{
    struct turn *turn = context;
    if (event == EVENT_PROGRESS && !turn->begun) {
        turn->begun = true;
        turn->from_seconds = progress->seconds;
        turn->from_step = progress->step;
    }
    if (event == EVENT_TRAINED) {
        turn->to_seconds = progress->seconds;
        turn->to_step = progress->step;
    }
}

/* Opens a session of the config; words: its path and assignments, which end with NULL. */
static int open_session(struct session **session, struct config **config, char **words,
                        const char *seconds, const struct session_options *options)
{
    char limit[SETTING_ROOM];
    const char *settings[SETTINGS_MAX + 3];
    size_t count = 0;
    for (; words[1 + count] && count < SETTINGS_MAX; count++)
        settings[count] = words[1 + count];
    snprintf(limit, sizeof limit, "trainer.max_seconds=%s", seconds);
    settings[count++] = "trainer.evaluate.every=never";
    settings[count++] = limit;
    int rc = config_read(config, words[0], settings, count);
    return rc ? rc : session_open(session, *config, options);
}

static void close_session(struct session *session, struct config *config)
{
    session_close(session);
    if (config)
        config_free(config);
}

static int take_turn(char **words, const char *seconds, const struct session_options *options)
{
    static const atomic_int never_stop = 0;
    struct session *session = NULL;
    struct config *config = NULL;
    struct turn turn = {0};
    struct observer observer = {note, &turn};
    int rc = open_session(&session, &config, words, seconds, options);
    if (rc == TRAINER_OK)
        rc = session_train(session, NULL, &observer, &never_stop);
    close_session(session, config);
    uint64_t steps = turn.to_step - turn.from_step;
    if (rc == TRAINER_OK && (!turn.begun || steps == 0))
        rc = error_set(TRAINER_INVALID, "%s s are too short for a step", seconds);
    if (rc == TRAINER_OK)
        printf("{\"step_us\": %.4f, \"steps\": %llu}\n",
               (turn.to_seconds - turn.from_seconds) / (double)steps * 1e6,
               (unsigned long long)steps);
    fflush(stdout);
    return rc;
}

int main(int count, char **words)
{
    struct session *session = NULL;
    struct config *config = NULL;
    char seconds[SETTING_ROOM / 2];
    if (count < 2) {
        fprintf(stderr, "usage: bench_steps CONFIG [key=value ...]\n");
        return EXIT_FAILURE;
    }
    passive_start(words);
    int rc = open_session(&session, &config, words + 1, "1", &(struct session_options){0});
    const struct session_options borrowing = {.data = session ? session_dataset(session) : NULL};
    if (rc == TRAINER_OK)
        printf("{}\n");
    fflush(stdout);
    while (rc == TRAINER_OK && scanf("%31s", seconds) == 1)
        rc = take_turn(words + 1, seconds, &borrowing);
    if (rc)
        fprintf(stderr, "%s\n", error_text());
    close_session(session, config);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
