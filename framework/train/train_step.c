/*
 * train_step.c - one step: sample, forward, backward, update.
 *
 *     each pass: forward, backward, the layers' states      then: norm, update, average
 *
 * Whether a step is good is decided by all threads alike, behind a barrier. A bad one leaves
 * layers' states as they were; weights, the optimizer's states and the average too, unless the
 * update itself made what is not finite, which ends the run. With `on_nan: skip` that is tried out
 * before.
 */
#include "train_internal.h"

#include "advice.h"
#include "base/clock.h"
#include "checkpoint.h"
#include "data/batch.h"
#include "distributed/ranks.h"
#include "engine/engine.h"
#include "engine/fused_step.h"
#include "nonfinite.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double PROGRESS_SECONDS = 0.1;

static bool is_bad(const struct loop *loop)
{
    return atomic_load_explicit(&loop->bad_pass, memory_order_relaxed);
}

static void set_bad(struct loop *loop)
{
    atomic_store_explicit(&loop->bad_pass, true, memory_order_relaxed);
}

/* Says what is not finite in this pass, while it can be seen. Thread 0. */
static void describe_pass(struct loop *loop, const struct graph_pass *pass)
{
    const struct session *session = loop->session;
    unsigned char flags = 0;
    graph_exchange_results(session->graph, pass, GRAPH_OUTPUTS, &flags);
    nonfinite_describe(session->graph, train_step_number(loop),
                       session->sampler.index + pass->first, pass->rows, loop->bad_text,
                       sizeof loop->bad_text);
}

/* --- the layers' states ----------------------------------------------------------------------- */

/* This thread's share of the states, and of the copy from before the step. */
struct share {
    char *now, *before;
    size_t count, bytes;
};

static struct share states_share(const struct loop *loop, const struct worker *worker)
{
    struct graph_block states = graph_states(loop->session->graph);
    size_t begin, end, size = loop->session->engine->real_size;
    if (states.count == 0)
        return (struct share){0};
    team_range(worker, states.count, 64, &begin, &end);
    return (struct share){(char *)states.x + begin * size,
                          (char *)loop->layer_states + begin * size, end - begin,
                          (end - begin) * size};
}

/* Puts back the states from before the step. */
static void restore_states(struct loop *loop, const struct worker *worker)
{
    struct share share = states_share(loop, worker);
    if (graph_commits(loop->session->graph))
        memcpy(share.now, share.before, share.bytes);
}

/* Lets the layers write their states, behind a good pass; the step is bad where one is not
 * finite. */
static void commit_states(struct loop *loop, const struct graph_pass *pass)
{
    struct graph *graph = loop->session->graph;
    const struct worker *worker = &pass->worker;
    struct share share = states_share(loop, worker);
    if (!graph_commits(graph))
        return;
    if (pass->first == 0)
        memcpy(share.before, share.now, share.bytes);
    team_barrier(worker);
    graph_commit(graph, pass);
    if (loop->session->engine->first_bad(share.now, share.count) != share.count)
        set_bad(loop);
    team_barrier(worker);
    if (worker->thread == 0 && is_bad(loop))
        describe_pass(loop, pass);
}

/* --- passes ----------------------------------------------------------------------------------- */

/* Draws the samples of the next step and asks for them, a thread's share each, while there is still
 * this step's work to do. */
static void prepare_step(struct loop *loop, const struct worker *worker)
{
    struct sampler *sampler = &loop->session->sampler;
    uint64_t next = train_step_number(loop);
    size_t begin, end;
    team_range(worker, sampler_rows(sampler, next), 1, &begin, &end);
    if (!sampler_prepare(sampler, next, begin, end))
        return;
    batch_fetch(graph_batch(loop->session->graph), sampler->next, begin, end);
    if (worker->thread == 0)
        sampler->prepared = next;
}

/* Of samples that stay in their file: the next pass's are read while this one computes. A file that
 * failed makes the pass a bad one; train_finish_step ends the run. */
static void read_ahead(struct loop *loop, const struct graph_pass *pass, bool last)
{
    const struct batch *batch = graph_batch(loop->session->graph);
    const struct sampler *sampler = &loop->session->sampler;
    uint64_t next = train_step_number(loop);
    size_t most = (size_t)loop->session->trainer.batch_size, begin = pass->first + pass->rows;
    if (last) {
        prepare_step(loop, &pass->worker);
        team_barrier(&pass->worker);
    }
    if (pass->worker.thread != 0)
        return;
    size_t left = last ? sampler_rows(sampler, next) : loop->rows - begin;
    if (!last || sampler->prepared == next)
        batch_ask(batch, last ? sampler->next : sampler->index + begin, left < most ? left : most);
    if (batch_status(batch))
        set_bad(loop);
}

/* What a rank tells the others of its pass. */
enum { PASS_BAD = 1, PASS_UNREAD = 2 };

/* Gets the losses of all rows, and whether another rank has found a bad one. */
static void exchange_losses(struct loop *loop, const struct graph_pass *pass)
{
    struct graph *graph = loop->session->graph;
    unsigned char flags = is_bad(loop) ? PASS_BAD : 0;
    if (batch_status(graph_batch(graph)))
        flags |= PASS_UNREAD;
    graph_exchange_results(graph, pass, GRAPH_LOSSES, &flags);
    loop->unread = flags & PASS_UNREAD;
    if (flags)
        set_bad(loop);
}

/* Looks whether the values that forward made are finite; thread 0 also books the loss. */
static void check_forward(struct loop *loop, const struct graph_pass *pass)
{
    struct graph *graph = loop->session->graph;
    const struct worker worker = ranks_worker(pass->ranks, &pass->worker);
    if (!nonfinite_outputs_ok(graph, pass->rows, &worker))
        set_bad(loop);
    if (pass->ranks)
        team_barrier(&pass->worker);
    if (pass->worker.thread != 0)
        return;
    if (pass->ranks)
        exchange_losses(loop, pass);
    double loss = graph_loss(graph, pass->rows);
    if (pass->rows == loop->rows)
        loop->pass_loss = loss;
    else
        loop->pass_loss += loss * (double)pass->rows / (double)loop->rows;
    if (!isfinite(loss))
        set_bad(loop);
}

/* Forward and backward of one pass. bad_pass is set before the barriers of backward and read behind
 * them, so that all threads agree. */
static void take_pass(struct loop *loop, struct graph_pass *pass)
{
    struct session *session = loop->session;
    bool last = pass->first + pass->rows == loop->rows;
    bool ahead = graph_batch(session->graph)->ahead;
    batch_take(graph_batch(session->graph), SPLIT_TRAIN, session->sampler.index + pass->first, 0,
               pass->rows, &pass->worker);
    team_barrier(&pass->worker);
    if (ahead)
        read_ahead(loop, pass, last);
    graph_forward(session->graph, pass);
    check_forward(loop, pass);
    if (last && !ahead)
        prepare_step(loop, &pass->worker);
    graph_backward(session->graph, pass);
    if (is_bad(loop)) {
        if (pass->worker.thread == 0)
            describe_pass(loop, pass);
        return;
    }
    commit_states(loop, pass);
}

/* All passes of the step; false where one was bad. */
static bool take_passes(struct loop *loop, struct fused_step *fused, const struct worker *worker)
{
    const struct session *session = loop->session;
    size_t batch = (size_t)session->trainer.batch_size, passes = (loop->rows + batch - 1) / batch;
    for (size_t i = 0; i < passes; i++) {
        size_t first = i * batch, left = loop->rows - first;
        struct graph_pass pass = {.training = true,
                                  .seed = (uint64_t)session->seed,
                                  .step = (uint64_t)loop->at.step,
                                  .rows = left < batch ? left : batch,
                                  .first = first,
                                  .step_rows = loop->rows,
                                  .worker = *worker,
                                  .ranks = session->options.ranks,
                                  .fused = loop->updater.fuses ? fused : NULL,
                                  .hold = &loop->bad_pass};
        take_pass(loop, &pass);
        if (is_bad(loop))
            return false;
        updater_add_pass(&loop->updater, (int64_t)i, (int64_t)passes, worker);
        if (i + 1 < passes)
            team_barrier(worker);
    }
    if (passes > 1)
        team_barrier(worker);
    return true;
}

/* --- the update ------------------------------------------------------------------------------- */

static uint64_t updates_before(const struct loop *loop)
{
    return (uint64_t)(loop->at.step - loop->at.skipped);
}

/* Says what the norm, or the update that was tried, is not finite by. Thread 0. */
static void describe_update(struct loop *loop, const struct update_step *step)
{
    if (!updater_describe(&loop->updater, step, false, train_step_number(loop), loop->bad_text,
                          sizeof loop->bad_text))
        snprintf(loop->bad_text, sizeof loop->bad_text,
                 "step %llu: the norm of the gradient is not finite",
                 (unsigned long long)train_step_number(loop));
}

/* Whether the step may be taken; all threads find the same. */
static bool is_good_update(struct loop *loop, const struct update_step *step,
                           const struct worker *worker)
{
    bool norm = isfinite(step->scale);
    if (norm && !loop->updater.tries)
        return true;
    if (!norm || !updater_try(&loop->updater, step, worker))
        set_bad(loop);
    team_barrier(worker);
    if (is_bad(loop) && worker->thread == 0)
        describe_update(loop, step);
    return !is_bad(loop);
}

void train_take_step(struct loop *loop, const struct worker *worker)
{
    struct fused_step fused = {.rate = loop->rate, .finite = true};
    struct update_step step;
    bool good = take_passes(loop, &fused, worker);
    if (good) {
        updater_begin(&loop->updater, updates_before(loop), loop->rate, &step, worker);
        good = is_good_update(loop, &step, worker);
    }
    if (!good) {
        team_barrier(worker);
        restore_states(loop, worker);
        return;
    }
    bool finite = updater_take(&loop->updater, &step, worker);
    if (!finite || !fused.finite)
        atomic_store_explicit(&loop->bad_update, true, memory_order_relaxed);
}

/* --- the books -------------------------------------------------------------------------------- */

/* The state from which the bad step can be taken again: this one where the weights are still good,
 * else that of the last checkpoint. False where there is none. */
static bool find_good_state(struct loop *loop, struct run_state *state)
{
    struct runfile_view view = {0};
    *state = train_state(loop);
    if (!loop->bad_update)
        return true;
    loop->record.broken = true;
    if (!loop->record.checkpoints)
        return false;
    const char *path = record_path(&loop->record, RUN_CHECKPOINT);
    struct save_point point = train_save_point(loop, state);
    runfile_flush(loop->record.file); /* where that fails, an older checkpoint serves */
    bool found =
        path && runfile_read(&view, path, RUNFILE_STATE) == TRAINER_OK &&
        runfile_load_checkpoint(path, loop->session->graph, &point.optimizer) == TRAINER_OK;
    *state = view.state;
    runfile_view_free(&view);
    return found;
}

/* What is not finite in the current step. */
static void describe_step(const struct loop *loop, char *text, size_t size)
{
    const struct session *session = loop->session;
    const struct update_step step = {.rate = loop->rate, .scale = 1};
    bool seen = loop->bad_text[0] != '\0';
    if (seen)
        snprintf(text, size, "%s", loop->bad_text);
    else if (loop->bad_update &&
             nonfinite_describe_weight(session->graph, train_step_number(loop), text, size))
        seen = true;
    else if (!updater_describe(&loop->updater, &step, true, train_step_number(loop), text, size))
        snprintf(text, size, "step %llu: the update is not finite",
                 (unsigned long long)train_step_number(loop));
}

/* Ends the run: says what is not finite, and saves from where `trainer replay` gets there again. */
static void fail_step(struct loop *loop)
{
    const struct session *session = loop->session;
    char what[1024];
    const char *path = NULL;
    struct run_state state;
    describe_step(loop, what, sizeof what);
    if (loop->record.file && find_good_state(loop, &state)) {
        state.failing = loop->at.step + 1;
        struct save_point point = train_save_point(loop, &state);
        if (record_failure(&loop->record, &point, what, session->sampler.index, loop->rows, &path))
            train_tell(loop, EVENT_WARNING, error_text());
    }
    if (path)
        error_set(TRAINER_FAILED, "%s; see how it came to this: trainer replay %s", what, path);
    else
        error_set(TRAINER_FAILED, "%s", what);
    train_fail(loop, TRAINER_FAILED);
}

/* Warns of the first skipped step, the second, the fourth, and so on. */
static void skip_step(struct loop *loop)
{
    char what[1024], text[1200];
    uint64_t skipped = (uint64_t)++loop->at.skipped;
    if (skipped & (skipped - 1))
        return;
    describe_step(loop, what, sizeof what);
    snprintf(text, sizeof text, "%s; the step is skipped (%llu so far)", what,
             (unsigned long long)skipped);
    train_tell(loop, EVENT_WARNING, text);
}

/* Once, when a run of several processes has shown how it goes. */
static void advise_ranks(struct loop *loop, double now)
{
    static const double LOOK_SECONDS = 5;
    const struct ranks *ranks = loop->session->options.ranks;
    const struct graph *graph = loop->session->graph;
    char text[128];
    if (!ranks || loop->advised || now - loop->record.opened < LOOK_SECONDS)
        return;
    loop->advised = true;
    double work = graph_step_cost(graph, loop->rows, ranks->count).flops /
                  graph_step_cost(graph, loop->rows, 1).flops;
    if (advice_of_ranks(ranks->count, record_exchange_share(&loop->record), work, text,
                        sizeof text))
        train_tell(loop, EVENT_WARNING, text);
}

void train_finish_step(struct loop *loop)
{
    const struct session *session = loop->session;
    uint64_t step = train_step_number(loop);
    bool bad = loop->bad_pass || loop->bad_update;
    double epoch = (double)step / (double)loop->steps_per_epoch;
    int rc = batch_status(graph_batch(session->graph));
    if (rc)
        train_fail(loop, rc);
    if (rc || loop->unread)
        return;
    loop->at.loss = loop->pass_loss;
    if (record_step(&loop->record, step, epoch, loop->at.loss, loop->rate))
        train_fail(loop, TRAINER_FAILED);
    if (loop->bad_update || (bad && session->trainer.on_nan == ON_NAN_STOP)) {
        fail_step(loop);
        return;
    }
    if (bad)
        skip_step(loop);
    loop->at.step = (int64_t)step;
    loop->at.loss_sum += bad ? 0 : loop->at.loss;
    loop->at.loss_count += !bad;
    loop->at.samples += (int64_t)loop->rows;
    double now = clock_seconds();
    loop->burst_over = team_size_step(&loop->team_size, now);
    if (checkpoint_is_due(&session->trainer.checkpoint.every, step, loop->steps_per_epoch,
                          now - loop->checkpoint_time)) {
        loop->record.checkpoint_due = loop->record.checkpoints;
        loop->checkpoint_time = now;
    }
    if (now - loop->told < PROGRESS_SECONDS)
        return;
    advise_ranks(loop, now);
    train_tell(loop, EVENT_PROGRESS, NULL);
    train_save(loop);
}
