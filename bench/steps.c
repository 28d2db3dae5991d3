/*
 * steps.c - serves training steps: a turn for each line of standard input, asleep in between.
 *
 *     bench_steps CONFIG [key=value ...]
 *     asked    "1.0"                          train for so many seconds
 *     answers  {"step_us": 152.1, "steps": 5919}    microseconds of a step, and how many there were
 *
 * bench_steps-mpi is the same with an MPI: rank 0 is asked, all train together, and the answer has
 * the share of the time that went into exchanges, and the bytes that rank 0 sent a step. $EXCHANGE
 * is what --exchange says: rows, weights; not set: auto.
 *
 * The data are read once. Each turn trains a new network and counts from its first event on that
 * comes a tenth of a second after the start: what is cold at first is not counted. Nothing is
 * evaluated, no file is written. So two builds, or a build and a peer, can take turns of a second
 * without starting processes.
 */
#include "base/error.h"
#include "config/config.h"
#include "distributed/ranks.h"
#include "parts/passive.h"
#include "system/launcher.h"
#include "train/train.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SETTINGS_MAX = 64, SETTING_ROOM = 64, SECONDS_ROOM = 32 };

static const double WARM_SECONDS = 0.1;

/* How far a turn was at an event. */
struct mark {
    uint64_t step, sent;
    double seconds, exchanging;
};

/* What the events of a turn showed. */
struct turn {
    const struct ranks *ranks; /* NULL: this process is alone */
    bool begun;
    struct mark from, to;
};

static void note(void *context, enum event event, const struct progress *progress)
{
    struct turn *turn = context;
    const struct ranks *ranks = turn->ranks;
    const struct mark mark = {.step = progress->step,
                              .seconds = progress->seconds,
                              .sent = ranks ? ranks->sent : 0,
                              .exchanging = ranks ? ranks->seconds : 0};
    /* Where epochs are short there are no events but the rows at their ends. */
    bool going = event == EVENT_PROGRESS || event == EVENT_EVALUATED;
    if (going && !turn->begun && mark.seconds >= WARM_SECONDS) {
        turn->begun = true;
        turn->from = mark;
    }
    if (event == EVENT_TRAINED)
        turn->to = mark;
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
    settings[count++] = "trainer.max_steps=1000000000"; /* the seconds end a turn */
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

/* Answers with what the turn was like. */
static int answer(const struct turn *turn, const char *asked)
{
    uint64_t steps = turn->to.step - turn->from.step;
    double seconds = turn->to.seconds - turn->from.seconds;
    if (!turn->begun || steps == 0)
        return error_set(TRAINER_INVALID, "%s s are too short for a step", asked);
    printf("{\"step_us\": %.4f, \"steps\": %llu", seconds / (double)steps * 1e6,
           (unsigned long long)steps);
    if (turn->ranks)
        printf(", \"exchange_share\": %.4f, \"sent_bytes\": %.1f",
               (turn->to.exchanging - turn->from.exchanging) / seconds,
               (double)(turn->to.sent - turn->from.sent) / (double)steps);
    printf("}\n");
    fflush(stdout);
    return TRAINER_OK;
}

static int take_turn(char **words, const char *seconds, const struct session_options *options)
{
    static const atomic_int never_stop = 0;
    struct session *session = NULL;
    struct config *config = NULL;
    struct turn turn = {.ranks = options->ranks};
    struct observer observer = {note, &turn};
    int rc = open_session(&session, &config, words, seconds, options);
    if (rc == TRAINER_OK)
        rc = session_train(session, NULL, &observer, &never_stop);
    close_session(session, config);
    if (rc == TRAINER_OK && ranks_lead(options->ranks))
        rc = answer(&turn, seconds);
    return ranks_agree(options->ranks, rc);
}

/* The seconds that rank 0 is asked for, on all ranks; false at the end of its input. */
static bool ask(char seconds[SECONDS_ROOM], struct ranks *ranks)
{
    bool more = !ranks_lead(ranks) || scanf("%31s", seconds) == 1;
    if (!more)
        seconds[0] = '\0';
    if (ranks)
        ranks_send(ranks, 0, seconds, SECONDS_ROOM);
    return seconds[0] != '\0';
}

/* Takes a turn for each line. */
static int serve(char **words, struct ranks *ranks)
{
    struct session *session = NULL;
    struct config *config = NULL;
    char seconds[SECONDS_ROOM];
    int rc = open_session(&session, &config, words, "1", &(struct session_options){0});
    const struct session_options options = {.data = session ? session_dataset(session) : NULL,
                                            .ranks = ranks};
    rc = ranks_agree(ranks, rc);
    if (rc == TRAINER_OK && ranks_lead(ranks))
        printf("{}\n");
    fflush(stdout);
    while (rc == TRAINER_OK && ask(seconds, ranks))
        rc = take_turn(words, seconds, &options);
    close_session(session, config);
    return rc;
}

/* What $EXCHANGE says that ranks exchange; "auto" where it isn't set. */
static enum ranks_sharing read_sharing(void)
{
    const char *text = getenv("EXCHANGE");
    if (!text)
        return RANKS_AUTO;
    return strcmp(text, "rows") == 0 ? RANKS_ROWS : RANKS_WEIGHTS;
}

int main(int count, char **words)
{
    struct ranks *ranks = NULL;
    const struct launcher_wishes wishes = {.sharing = read_sharing()};
    if (count < 2) {
        fprintf(stderr, "usage: bench_steps CONFIG [key=value ...]\n");
        return EXIT_FAILURE;
    }
    passive_start(words);
    int rc = launcher_join("bench_steps", &wishes, &ranks);
    if (rc == TRAINER_OK)
        rc = serve(words + 1, ranks);
    if (rc)
        fprintf(stderr, "%s\n", error_text());
    launcher_leave(rc != TRAINER_OK);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
