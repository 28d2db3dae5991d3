/*
 * forward.c - serves forward passes of a network, as a program that predicts in a loop makes them.
 *
 *     bench_forward CONFIG [key=value ...]       batches are of trainer.batch_size rows
 *     asked    "1000"                  passes
 *     answers  {"seconds": 0.0123}     of all of them
 *
 * The network is built for inference with first weights. Each pass is a call of its own, by
 * trainer.threads threads: it reads the batch's columns, which hold samples of the training data,
 * and ends at the prediction.
 */
#include "base/clock.h"
#include "base/error.h"
#include "config/config.h"
#include "engine/denormals.h"
#include "parts/passive.h"
#include "train/train.h"
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

struct forward {
    struct graph *graph;
    struct team *team;
    size_t rows;
    int threads;
};

static int build(struct forward *forward, struct session *session, struct config *config)
{
    const struct session_facts facts = session_facts(session);
    forward->rows = (size_t)facts.batch_size;
    forward->threads = facts.threads;
    const struct graph_options options = {.engine = graph_engine(session_graph(session)),
                                          .rows = forward->rows,
                                          .threads = facts.threads,
                                          .values_only = true,
                                          .inference = true};
    int rc = graph_build(&forward->graph, config, node_get(config_root(config), "model"), NULL,
                         session_dataset(session), &options);
    if (rc == TRAINER_OK)
        rc = graph_initialize(forward->graph, facts.seed);
    return rc ? rc : team_create(&forward->team, facts.threads);
}

static void fill(struct forward *forward)
{
    batch_take(graph_batch(forward->graph), SPLIT_TRAIN, NULL, 0, forward->rows, &WORKER_ALONE);
}

static void run(struct forward *forward, const struct worker *worker)
{
    unsigned before = denormals_ignore();
    graph_forward(forward->graph, &(struct graph_pass){.rows = forward->rows, .worker = *worker});
    denormals_restore(before);
}

static void call(struct forward *forward)
{
    if (forward->threads == 1) {
        run(forward, &WORKER_ALONE);
        return;
    }
#pragma omp parallel num_threads(forward->threads)
    {
        struct worker worker = {
            .team = forward->team, .thread = omp_get_thread_num(), .threads = forward->threads};
        run(forward, &worker);
    }
}

static void serve(struct forward *forward)
{
    unsigned long passes;
    fill(forward);
    call(forward);
    printf("{}\n");
    fflush(stdout);
    while (scanf("%lu", &passes) == 1) {
        double begin = clock_seconds();
        for (unsigned long i = 0; i < passes; i++)
            call(forward);
        printf("{\"seconds\": %.9f}\n", clock_seconds() - begin);
        fflush(stdout);
    }
}

int main(int count, char **words)
{
    struct config *config = NULL;
    struct session *session = NULL;
    struct forward forward = {0};
    if (count < 2) {
        fprintf(stderr, "usage: bench_forward CONFIG [key=value ...]\n");
        return EXIT_FAILURE;
    }
    passive_start(words);
    int rc = config_read(&config, words[1], (const char *const *)words + 2, (size_t)count - 2);
    if (rc == TRAINER_OK)
        rc = session_open(&session, config, &(struct session_options){0});
    if (rc == TRAINER_OK)
        rc = build(&forward, session, config);
    if (rc == TRAINER_OK)
        serve(&forward);
    else
        fprintf(stderr, "%s\n", error_text());
    team_free(forward.team);
    graph_free(forward.graph);
    session_close(session);
    if (config)
        config_free(config);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
