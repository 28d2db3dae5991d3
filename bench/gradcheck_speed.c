/*
 * gradcheck_speed.c - how fast the gradient check evaluates a network, beside a plain forward pass.
 *
 * Both run on all threads, each with a graph of its own and a batch of three samples in float64:
 * the check of every element of 784-50-10, and of samples of a network of four million
 * parameters.
 */
#include "base/error.h"
#include "gradcheck/gradcheck_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char small[] = "seed: 42\ndata: {type: digits, train: 64, test: 8}\n"
                            "model: {layers: [{type: Affine, units: 50}, {type: ReLU}, "
                            "{type: Affine, units: 10}, {type: SoftmaxWithLoss}]}\n";
static const char large[] = "seed: 42\ndata: {type: digits, train: 64, test: 8}\n"
                            "model: {layers: [{type: Affine, units: 2000}, {type: ReLU}, "
                            "{type: Affine, units: 1200}, {type: ReLU}, "
                            "{type: Affine, units: 10}, {type: SoftmaxWithLoss}]}\n";

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Forward passes a second of one graph, for about half a second. */
static double forward_rate(struct graph *graph, size_t rows)
{
    struct graph_pass pass = {.training = true, .rows = rows, .worker = WORKER_ALONE};
    batch_take(graph_batch(graph), SPLIT_TRAIN, NULL, 0, rows, &pass.worker);
    double began = clock_seconds(), now = began;
    size_t passes = 0;
    for (; now - began < 0.5; now = clock_seconds())
        for (int i = 0; i < 8; i++, passes++)
            graph_forward(graph, &pass);
    return (double)passes / (now - began);
}

/* Plain forward passes a second, of all threads together; negative where a graph could not be
 * built. */
static double plain_rate(struct session *session)
{
    enum { THREADS_MAX = 256 };
    struct graph *graph[THREADS_MAX] = {NULL};
    struct graph_options options = {
        .engine = session->engine, .rows = GRADCHECK_SAMPLES, .threads = 1, .values_only = true};
    const struct node *model = node_get(config_root(session->config), "model");
    int threads = session->threads < THREADS_MAX ? session->threads : THREADS_MAX, rc = TRAINER_OK;
    double rate = 0;
    for (int i = 0; i < threads && rc == TRAINER_OK; i++)
        rc = graph_build(&graph[i], session->config, model, NULL, session->dataset, &options);
#pragma omp parallel for num_threads(threads) reduction(+ : rate)
    for (int i = 0; i < threads; i++)
        rate += rc == TRAINER_OK ? forward_rate(graph[i], GRADCHECK_SAMPLES) : 0;
    for (int i = 0; i < threads; i++)
        graph_free(graph[i]);
    return rc == TRAINER_OK ? rate : -1;
}

static int measure(const char *title, const char *yaml, size_t elements)
{
    struct config *config = NULL;
    struct session *session = NULL;
    struct gradcheck_report *report = NULL;
    int rc = config_read_text(&config, title, NULL, yaml, strlen(yaml), NULL, 0);
    if (rc == TRAINER_OK)
        rc = session_open(
            &session, config,
            &(struct session_options){.purpose = SESSION_VIEW, .rows = GRADCHECK_SAMPLES});
    double plain = rc == TRAINER_OK ? plain_rate(session) : -1;
    if (rc == TRAINER_OK && plain >= 0)
        rc = gradcheck_run(&report, session, &(struct gradcheck_options){.elements = elements});
    if (report) {
        double rate = (double)report->evaluations / report->seconds;
        printf("%-24s %9.3g %9.3g %8.0f %% %7.1f s\n", title, rate, plain, 100 * rate / plain,
               report->seconds);
    } else {
        fprintf(stderr, "%s: %s\n", title, error_text());
    }
    rc = report ? TRAINER_OK : TRAINER_FAILED;
    gradcheck_free(report);
    session_close(session);
    config_free(config);
    return rc;
}

int main(void)
{
    printf("%-24s %9s %9s %10s %9s\n", "gradcheck, passes/s", "check", "plain", "of plain",
           "in all");
    int rc = measure("39,760 weights, all", small, GRADCHECK_ALL);
    return measure("4.0 million, sampled", large, GRADCHECK_AUTO) || rc ? EXIT_FAILURE
                                                                        : EXIT_SUCCESS;
}
