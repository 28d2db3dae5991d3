/*
 * stopping.c - whether a metric is measured, and whether it improves.
 */
#include "stopping.h"

#include "base/suggest.h"
#include "evaluate/columns.h"
#include "evaluate/evaluate.h"
#include "session.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

bool stopping_improves(int column, double value, double best, double min_delta)
{
    bool larger = columns_facts(column).direction == DIRECTION_LARGER;
    double gain = larger ? value - best : best - value;
    return !isnan(value) && (isnan(best) || gain > min_delta);
}

/* Why the column holds no number in any row, into text[size]; NULL where it will. */
static const char *never_measured(const struct session *session, const struct column_facts *column,
                                  char *text, size_t size)
{
    const size_t *count = session->dataset->count;
    const struct trainer_settings *trainer = &session->trainer;
    const struct metric_task task = evaluate_task(session->graph);
    if (column->split != SPLIT_COUNT && count[column->split] == 0)
        snprintf(text, size, "the data has no %.*s samples", (int)strcspn(column->name, "_"),
                 column->name);
    else if (column->measured == MEASURED_METRIC && !evaluate_applies(&task, column->metric))
        snprintf(text, size, "%s does not apply to what the network predicts",
                 column->kind->base.title);
    else if (column->measured == MEASURED_BATCH_LOSS)
        return NULL;
    else if (trainer->evaluate.every.unit == INTERVAL_NEVER)
        snprintf(text, size, "trainer.evaluate.every is never");
    else if (column->split == SPLIT_TRAIN && !trainer->evaluate.train)
        snprintf(text, size, "that takes trainer.evaluate.train: true");
    else
        return NULL;
    return text;
}

int stopping_check_metric(const struct session *session, const char *what, const char *name,
                          const struct position *at)
{
    enum { KNOWN_MAX = 128 };
    struct column_facts columns[KNOWN_MAX];
    const char *known[KNOWN_MAX], *reason = NULL;
    char why[256], words[2048] = "";
    size_t count = 0;
    for (int i = 0; i < columns_count() && count < KNOWN_MAX; i++) {
        columns[count] = columns_facts(i);
        if (columns[count].direction != DIRECTION_NONE &&
            !never_measured(session, &columns[count], why, sizeof why)) {
            known[count] = columns[count].name;
            count++;
        }
    }
    int place = columns_find(name);
    struct column_facts column = place < 0 ? (struct column_facts){0} : columns_facts(place);
    suggest_words(words, sizeof words, name, known, count, true);
    if (column.direction == DIRECTION_NONE)
        return config_error(at, "%s '%s' is no metric of this run%s", what, name, words);
    reason = never_measured(session, &column, why, sizeof why);
    return reason ? config_error(at, "%s '%s' is never measured: %s%s", what, name, reason, words)
                  : TRAINER_OK;
}

/* Where `key` of trainer.SECTION stands, else the section, else `trainer`. */
static const struct position *place_of(const struct session *session, const char *section,
                                       const char *key)
{
    const struct node *trainer = node_get(config_root(session->config), "trainer");
    const struct node *map = node_get(trainer, section), *node = node_get(map, key);
    return node ? &node->at : map ? &map->at : trainer ? &trainer->at : NULL;
}

/* Where the schedule's `monitor` stands, else the schedule. */
static const struct position *schedule_place(const struct session *session)
{
    const struct node *schedule = session->rate.node, *node = node_get(schedule, "monitor");
    return node ? &node->at : schedule ? &schedule->at : NULL;
}

/* Reports a metric that nothing is done with: early stopping is off without patience. */
static int check_patience(const struct session *session)
{
    const struct node *trainer = node_get(config_root(session->config), "trainer");
    const struct node *map = node_get(trainer, "early_stopping");
    const char *key = !node_is_null(node_get(map, "monitor"))     ? "monitor"
                      : !node_is_null(node_get(map, "min_delta")) ? "min_delta"
                                                                  : NULL;
    if (!key || !node_is_null(node_get(map, "patience")) || session->trainer.early_stopping.restore)
        return TRAINER_OK;
    return config_error(place_of(session, "early_stopping", key),
                        "early_stopping.%s does nothing without patience: the evaluations without "
                        "improvement that end the run; 0: none do",
                        key);
}

int stopping_check(const struct session *session)
{
    const struct stopping_settings *stopping = &session->trainer.early_stopping;
    bool stops = stopping->patience > 0 || stopping->restore;
    const struct {
        const char *what, *name; /* name NULL: steers nothing */
        const struct position *at;
    } metrics[] = {
        {"early_stopping.monitor", stops ? stopping->monitor : NULL,
         place_of(session, "early_stopping", "monitor")},
        {"checkpoint.keep_best", session->trainer.checkpoint.keep_best,
         place_of(session, "checkpoint", "keep_best")},
        {"schedule.monitor", rate_monitor(&session->rate), schedule_place(session)},
    };
    int rc = check_patience(session);
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        if (metrics[i].name && session_last_step(session) > 0 &&
            stopping_check_metric(session, metrics[i].what, metrics[i].name, metrics[i].at))
            rc = TRAINER_INVALID;
    return rc;
}
