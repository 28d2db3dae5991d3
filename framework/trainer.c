/*
 * trainer.c - the public functions, on top of the framework's own.
 */
#include "trainer.h"
#include "base/build.h"
#include "base/error.h"
#include "base/series.h"
#include "train/train.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { METRIC_NAME_MAX = 64 };

struct metric {
    char name[METRIC_NAME_MAX];
    double value;
};

struct trainer_session {
    struct config *config;
    struct session *session;
    struct metric *metric; /* of the last row */
    int metrics;
};

const char *trainer_version(void)
{
    return build_version;
}

const char *trainer_error(void)
{
    return error_text();
}

int trainer_session_open(trainer_session **session, const char *path,
                         const char *const *assignments, size_t count)
{
    trainer_session *made = calloc(1, sizeof *made);
    *session = NULL;
    if (!made)
        return error_memory("a session", sizeof *made);
    int rc = config_read(&made->config, path, assignments, count);
    if (rc == TRAINER_OK)
        rc = session_open(&made->session, made->config, &(struct session_options){0});
    if (rc) {
        trainer_session_close(made);
        return rc;
    }
    *session = made;
    return TRAINER_OK;
}

void trainer_session_close(trainer_session *session)
{
    if (!session)
        return;
    session_close(session->session);
    config_free(session->config);
    free(session->metric);
    free(session);
}

/* Keeps the row that has just been finished. Without memory for it, no metric is known. */
static void keep_row(void *context, enum event event, const struct progress *progress)
{
    trainer_session *session = context;
    if (event != EVENT_EVALUATED)
        return;
    const struct series *epochs = progress->epochs;
    if (!session->metric)
        session->metric = calloc((size_t)epochs->columns, sizeof *session->metric);
    session->metrics = session->metric ? epochs->columns : 0;
    for (int i = 0; i < session->metrics; i++) {
        struct metric *metric = &session->metric[i];
        size_t length = strnlen(epochs->name[i], METRIC_NAME_MAX - 1);
        memcpy(metric->name, epochs->name[i], length);
        metric->name[length] = '\0';
        metric->value = progress->row[i];
    }
}

int trainer_session_train(trainer_session *session, const char *run_path)
{
    struct observer observer = {.event = keep_row, .context = session};
    return session_train(session->session, run_path, &observer, NULL);
}

double trainer_session_metric(const trainer_session *session, const char *name)
{
    for (int i = 0; i < session->metrics; i++)
        if (strcmp(session->metric[i].name, name) == 0)
            return session->metric[i].value;
    return (double)NAN;
}

const float *trainer_session_parameter(const trainer_session *session, const char *layer,
                                       const char *name, size_t *count)
{
    const struct graph *graph = session_graph(session->session);
    for (size_t i = 0; i < graph_parameter_count(graph); i++) {
        const struct parameter *parameter = graph_parameter(graph, i);
        if (strcmp(parameter->layer, layer) == 0 && strcmp(parameter->name, name) == 0) {
            *count = parameter->count;
            return parameter->x;
        }
    }
    *count = 0;
    error_set(TRAINER_INVALID, "the network has no parameter '%s/%s'", layer, name);
    return NULL;
}
