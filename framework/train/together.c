/*
 * together.c - of several processes: that all begin alike, and take the same turns.
 *
 *     at the beginning    weights and checkpoint, which rank 0 has read, become everyone's;
 *                         all measure what decides whether ranks share large weights
 *     before each turn    every rank: what it would do, whether it failed, which signal came
 *                         all: the turn of rank 0; the end, where any rank failed or got a signal
 *
 * Ranks differ in clocks, signals, files; all else they compute alike.
 */
#include "train_internal.h"

#include "base/error.h"
#include "distributed/link.h"
#include "distributed/ranks.h"
#include <stdio.h>

static void send_parameters(const struct session *session)
{
    struct ranks *ranks = session->options.ranks;
    for (size_t i = 0; i < graph_parameter_count(session->graph); i++) {
        const struct parameter *parameter = graph_parameter(session->graph, i);
        ranks_send(ranks, 0, parameter->x, parameter->count * session->engine->real_size);
    }
}

int together_start(const struct session *session)
{
    struct ranks *ranks = session->options.ranks;
    struct link link;
    double speed;
    if (!ranks)
        return TRAINER_OK;
    if (session->weights && !session->options.resume)
        send_parameters(session);
    int threads = session->threads; /* hosts may have different processors */
    ranks_send(ranks, 0, &threads, sizeof threads);
    int rc = graph_measure_speed(session->engine, threads, ranks, &link, &speed);
    if (rc)
        return rc;
    ranks->slices = graph_share_gradients(session->graph, (size_t)session->trainer.batch_size,
                                          ranks, &link, speed);
    return TRAINER_OK;
}

int together_resume(struct loop *loop, int rc, struct run_state *state)
{
    const struct session *session = loop->session;
    struct ranks *ranks = session->options.ranks;
    size_t size = session->engine->real_size;
    size_t trained = graph_trained(session->graph).count * size;
    size_t states = graph_states(session->graph).count * size;
    rc = ranks_agree(ranks, rc);
    if (rc || !ranks)
        return rc;
    ranks_send(ranks, 0, state, sizeof *state);
    send_parameters(session);
    for (int i = 0; i < loop->blocks; i++) {
        ranks_send(ranks, 0, loop->block[i], trained);
        if (loop->block_states[i])
            ranks_send(ranks, 0, loop->block_states[i], states);
    }
    return TRAINER_OK;
}

/* What a rank knows before a turn. */
struct vote {
    enum turn turn;
    bool ended, interrupted, failed;
    int signal; /* 0: none came */
};

/* The run ends with the failure of a rank: its message becomes everyone's. */
static void fail_all(struct loop *loop, struct ranks *ranks)
{
    if (loop->rc)
        error_set(loop->rc, "%s", loop->error);
    train_fail(loop, ranks_agree(ranks, loop->rc));
    loop->turn = TURN_END;
}

void together_choose(struct loop *loop)
{
    struct ranks *ranks = loop->session->options.ranks;
    if (!ranks)
        return;
    struct vote *vote = ranks->room;
    bool failed = false;
    vote[ranks->rank] = (struct vote){.turn = loop->turn,
                                      .ended = loop->ended,
                                      .interrupted = loop->interrupted,
                                      .failed = loop->rc != TRAINER_OK,
                                      .signal = loop->stop ? *loop->stop : 0};
    ranks_gather(ranks, vote, sizeof *vote);
    loop->turn = vote[0].turn;
    loop->ended = vote[0].ended;
    for (int i = ranks->count - 1; i >= 0; i--) {
        failed = failed || vote[i].failed;
        if (vote[i].signal)
            loop->session->signal = vote[i].signal;
    }
    /* A run that has nothing left to do is not interrupted any more. */
    loop->interrupted = vote[0].interrupted || (loop->session->signal && vote[0].turn != TURN_END);
    if (loop->interrupted)
        loop->turn = TURN_END;
    if (failed)
        fail_all(loop, ranks);
}
