/*
 * train.c - the training loop.
 *
 *     step 0: row    each step: sample, forward, backward, update    epoch end: row, snapshot
 *
 * One team runs the whole loop, in bursts; team_size.h says how many of its threads work in a
 * burst, while the others sleep at the barrier behind it. Thread 0 decides what comes next and
 * writes it into struct loop; a barrier hands it to the others. So they all take the same turns,
 * and all of a step's barriers are passed equally often.
 */
#include "base/clock.h"
#include "checkpoint.h"
#include "data/batch.h"
#include "engine/denormals.h"
#include "engine/engine.h"
#include "engine/fused_step.h"
#include "evaluate/columns.h"
#include "nonfinite.h"
#include "record.h"
#include "session.h"
#include "team_size.h"
#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double PROGRESS_SECONDS = 0.1;

enum turn { TURN_STEP, TURN_EVALUATE, TURN_PAUSE /* of a burst */, TURN_END };

/* What a run has come to; thread 0 writes it between barriers. */
struct loop {
    struct session *session;
    const struct observer *observer;
    const atomic_int *stop;
    const struct optimizer_kind *optimizer;
    void *state[OPTIMIZER_STATES_MAX]; /* as the trained block each */
    void *layer_states;                /* the graph's states as they were before this step */
    struct evaluator *evaluator;
    struct record record;
    struct team_size pace;
    struct team *team[PACE_SIZES_MAX]; /* of each size; the first is of all threads */

    enum turn turn;
    bool burst_over;
    size_t rows;        /* of the current step */
    uint64_t step;      /* done */
    uint64_t last_step; /* UINT64_MAX: not bounded by steps */
    uint64_t steps_per_epoch;
    uint64_t row_step; /* of the last row; UINT64_MAX: none yet */
    double learning_rate;
    bool interrupted, ended;
    bool stopped;         /* by early stopping */
    atomic_bool bad_pass; /* of the current step: forward gave what is not finite; no update */
    atomic_bool bad_update;
    atomic_bool bad_states; /* of layers, which have their old values again */
    char bad_text[1024];    /* what was not finite in them */
    int rc;                 /* TRAINER_OK until the run failed */
    char error[2048];

    double loss, loss_sum; /* of the last step; since the last row */
    uint64_t loss_count, samples;
    uint64_t skipped;
    double began, row_time, told, checkpoint_time;
    double over;      /* when the last turn had ended: the last save is not training */
    double monitored; /* early stopping: the best so far */
    int64_t waited;   /* evaluations without improvement */
    double kept;      /* of the metric that best.h5 keeps, the best so far */
};

/* --- events ----------------------------------------------------------------------------------- */

static void tell(struct loop *loop, enum event event, const char *text)
{
    if (!loop->observer || !loop->observer->event)
        return;
    bool over = event == EVENT_TRAINED || event == EVENT_FINISHED;
    double now = over ? loop->over : clock_seconds();
    const struct session_facts facts = session_facts(loop->session);
    const struct series *epochs = &loop->record.epochs;
    bool row = event == EVENT_EVALUATED && epochs->rows > 0;
    struct progress progress = {
        .step = loop->step,
        .max_steps = loop->last_step == UINT64_MAX ? 0 : loop->last_step,
        .steps_per_epoch = loop->steps_per_epoch,
        .epoch = (double)loop->step / (double)loop->steps_per_epoch,
        .max_epochs = facts.max_epochs,
        .loss = loop->loss,
        .seconds = now - loop->began,
        .samples_per_second =
            now > loop->row_time ? (double)loop->samples / (now - loop->row_time) : (double)NAN,
        .max_seconds = facts.max_seconds,
        .row = row ? epochs->value + (epochs->rows - 1) * (size_t)epochs->columns : NULL,
        .epochs = epochs,
        .steps = &loop->record.steps,
        .text = text,
    };
    loop->told = now;
    loop->observer->event(loop->observer->context, event, &progress);
}

/* Ends the run with the current message. */
static void fail(struct loop *loop, int rc)
{
    loop->rc = rc;
    snprintf(loop->error, sizeof loop->error, "%s", error_text());
}

/* --- saving ----------------------------------------------------------------------------------- */

static struct run_state state_now(const struct loop *loop)
{
    double now = clock_seconds();
    return (struct run_state){
        .step = (double)loop->step,
        .row_step = loop->row_step == UINT64_MAX ? -1 : (double)loop->row_step,
        .loss = loop->loss,
        .loss_sum = loop->loss_sum,
        .loss_count = (double)loop->loss_count,
        .samples = (double)loop->samples,
        .row_seconds = now - loop->row_time,
        .seconds = now - loop->began,
        .monitored = loop->monitored,
        .waited = (double)loop->waited,
        .stopped = loop->stopped,
        .kept = loop->kept,
        .skipped = (double)loop->skipped,
    };
}

static void set_state(struct loop *loop, const struct run_state *state)
{
    double now = clock_seconds();
    loop->step = (uint64_t)state->step;
    loop->row_step = state->row_step < 0 ? UINT64_MAX : (uint64_t)state->row_step;
    loop->loss = state->loss;
    loop->loss_sum = state->loss_sum;
    loop->loss_count = (uint64_t)state->loss_count;
    loop->samples = (uint64_t)state->samples;
    loop->row_time = now - state->row_seconds;
    loop->began = now - state->seconds;
    loop->monitored = state->monitored;
    loop->waited = (int64_t)state->waited;
    loop->stopped = loop->ended = state->stopped > 0;
    loop->kept = state->kept;
    loop->skipped = (uint64_t)state->skipped;
}

static struct moment moment_of(const struct loop *loop, const struct run_state *state)
{
    return (struct moment){
        .state = state,
        .epochs_done = (uint64_t)state->step / loop->steps_per_epoch,
        .optimizer = {loop->optimizer->states, loop->optimizer->state_names, loop->state}};
}

/* Saves what is due, if the last save is long enough ago. */
static void save(struct loop *loop)
{
    if (record_poll(&loop->record))
        tell(loop, EVENT_WARNING, error_text());
    if (!record_ready(&loop->record))
        return;
    struct run_state state = state_now(loop);
    struct moment moment = moment_of(loop, &state);
    if (record_save(&loop->record, &moment))
        tell(loop, EVENT_WARNING, error_text());
}

/* Whether the last row's value of that column is better than `best` by more than min_delta; NaN is
 * never better, and anything is better than NaN. */
static bool improves(const struct loop *loop, int column, double best, double min_delta)
{
    double value = record_last(&loop->record, column);
    bool larger = columns_facts(column).direction == DIRECTION_LARGER;
    double gain = larger ? value - best : best - value;
    return !isnan(value) && (isnan(best) || gain > min_delta);
}

/* Whether the monitored metric has not improved for `patience` rows. */
static bool no_longer_improves(struct loop *loop)
{
    const struct stopping_settings *stopping = &loop->session->trainer.early_stopping;
    if (stopping->patience == 0)
        return false;
    int column = columns_find(stopping->monitor);
    if (improves(loop, column, loop->monitored, stopping->min_delta)) {
        loop->monitored = record_last(&loop->record, column);
        loop->waited = 0;
        return false;
    }
    return ++loop->waited >= stopping->patience;
}

static void keep_best(struct loop *loop)
{
    const char *name = loop->session->trainer.checkpoint.keep_best;
    int column = name ? columns_find(name) : -1;
    if (!name || !improves(loop, column, loop->kept, 0))
        return;
    loop->kept = record_last(&loop->record, column);
    struct run_state state = state_now(loop);
    struct moment moment = moment_of(loop, &state);
    if (record_keep_best(&loop->record, &moment))
        tell(loop, EVENT_WARNING, error_text());
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Sets a column of the row that is being made which belongs to no split. */
static void set_single(struct loop *loop, enum measured measured, double value)
{
    record_set(&loop->record, columns_place(measured, SPLIT_COUNT, 0), value);
}

static void start_row(struct loop *loop)
{
    double now = clock_seconds();
    record_start_row(&loop->record);
    set_single(loop, MEASURED_EPOCH, (double)loop->step / (double)loop->steps_per_epoch);
    set_single(loop, MEASURED_STEP, (double)loop->step);
    set_single(loop, MEASURED_RATE, loop->learning_rate);
    if (loop->loss_count > 0) {
        set_single(loop, MEASURED_BATCH_LOSS, loop->loss_sum / (double)loop->loss_count);
        set_single(loop, MEASURED_SPEED, (double)loop->samples / (now - loop->row_time));
    }
}

static void finish_row(struct loop *loop)
{
    loop->row_time = clock_seconds();
    set_single(loop, MEASURED_SECONDS, loop->row_time - loop->began);
    if (record_finish_row(&loop->record)) {
        fail(loop, TRAINER_FAILED);
        return; /* there is no row to tell of */
    }
    loop->row_step = loop->step;
    loop->loss_sum = 0;
    loop->loss_count = loop->samples = 0;
    tell(loop, EVENT_EVALUATED, NULL);
    loop->stopped = no_longer_improves(loop);
    loop->ended = loop->ended || loop->stopped;
    keep_best(loop);
    save(loop);
}

/* Puts one split's scores into the row that is being made. */
static void set_scores(struct loop *loop, enum split split)
{
    const struct scores *scores = evaluator_scores(loop->evaluator);
    record_set(&loop->record, columns_place(MEASURED_LOSS, split, 0), scores->loss);
    for (size_t i = 0; i < registry_count(FAMILY_METRIC); i++)
        record_set(&loop->record, columns_place(MEASURED_METRIC, split, i), scores->metric[i]);
}

/* Evaluates every split that there is and that the config wants; all threads. */
static void evaluate(struct loop *loop, const struct worker *worker)
{
    static const enum split splits[] = {SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST};
    const struct session *session = loop->session;
    const size_t *count = session->dataset->count;
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        enum split split = splits[i];
        bool kept = split == (count[SPLIT_TEST] ? SPLIT_TEST : SPLIT_VALIDATION);
        if (count[split] == 0 || (split == SPLIT_TRAIN && !session->trainer.evaluate.train))
            continue;
        evaluator_run(loop->evaluator, split, kept, worker);
        if (worker->thread == 0)
            set_scores(loop, split);
    }
}

static void take_row(struct loop *loop, const struct worker *worker)
{
    if (worker->thread == 0) {
        tell(loop, EVENT_EVALUATING, NULL);
        start_row(loop);
    }
    if (loop->session->trainer.evaluate.every.unit != INTERVAL_NEVER)
        evaluate(loop, worker);
    if (worker->thread == 0)
        finish_row(loop);
}

/* --- one step --------------------------------------------------------------------------------- */

/* Each thread updates its own ranges of the trained block, as far as layers have not done so.
 * finite: whether what they wrote is. */
static void update(struct loop *loop, bool finite, const struct worker *worker)
{
    const struct session *session = loop->session;
    struct graph_block block = graph_trained(session->graph);
    size_t parameter = 0;
    struct update update = {.private = session->optimizer.private,
                            .learning_rate = loop->learning_rate,
                            .step = loop->step + 1,
                            .x = block.x,
                            .g = block.g};
    memcpy(update.state, loop->state, sizeof update.state);
    while (graph_next_range(session->graph, worker, &parameter, &update.begin, &update.end))
        finite = nonfinite_update_ok(session->engine, loop->optimizer, &update) && finite;
    if (!finite)
        atomic_store_explicit(&loop->bad_update, true, memory_order_relaxed);
}

/* Draws the samples of the next step and asks for them, a thread's share each, while there is still
 * this step's work to do. */
static void prepare_step(struct loop *loop, const struct worker *worker)
{
    struct sampler *sampler = &loop->session->sampler;
    size_t begin, end;
    team_range(worker, sampler_rows(sampler, loop->step + 1), 1, &begin, &end);
    if (!sampler_prepare(sampler, loop->step + 1, begin, end))
        return;
    batch_fetch(graph_batch(loop->session->graph), sampler->next, begin, end);
    if (worker->thread == 0)
        sampler->prepared = loop->step + 1;
}

/* Lets the layers write their states. Where they come out not finite they get their old values
 * back, and the step is bad; the weights have moved already where layers took the step. */
static bool commit_states(struct loop *loop, const struct graph_pass *pass)
{
    struct graph *graph = loop->session->graph;
    const struct engine *engine = loop->session->engine;
    const struct worker *worker = &pass->worker;
    struct graph_block states = graph_states(graph);
    size_t begin, end, size = engine->real_size;
    if (!graph_commits(graph))
        return true;
    team_range(worker, states.count, 64, &begin, &end);
    char *now = (char *)states.x + begin * size,
         *before = (char *)loop->layer_states + begin * size;
    memcpy(before, now, (end - begin) * size);
    team_barrier(worker);
    graph_commit(graph, pass);
    if (engine->first_bad(now, end - begin) != end - begin)
        atomic_store_explicit(&loop->bad_states, true, memory_order_relaxed);
    team_barrier(worker);
    if (!atomic_load_explicit(&loop->bad_states, memory_order_relaxed))
        return true;
    if (worker->thread == 0) {
        nonfinite_describe(graph, loop->step + 1, loop->session->sampler.index, loop->rows,
                           loop->bad_text, sizeof loop->bad_text);
        loop->bad_update = loop->optimizer->plain;
        loop->bad_pass = true;
    }
    team_barrier(worker);
    memcpy(now, before, (end - begin) * size);
    return false;
}

/* bad_pass is set before the barriers of backward and read behind them, so that all threads agree
 * whether to update. */
static void take_step(struct loop *loop, const struct worker *worker)
{
    struct session *session = loop->session;
    struct fused_step fused = {.rate = loop->learning_rate, .finite = true};
    struct graph_pass pass = {.training = true,
                              .seed = (uint64_t)session->seed,
                              .step = loop->step,
                              .rows = loop->rows,
                              .worker = *worker,
                              .fused = loop->optimizer->plain ? &fused : NULL,
                              .hold = &loop->bad_pass};
    batch_take(graph_batch(session->graph), SPLIT_TRAIN, session->sampler.index, 0, loop->rows,
               worker);
    team_barrier(worker);
    graph_forward(session->graph, &pass);
    bool finite = nonfinite_outputs_ok(session->graph, loop->rows, worker);
    if (worker->thread == 0) {
        loop->loss = graph_loss(session->graph, loop->rows);
        finite = finite && isfinite(loop->loss);
    }
    if (!finite)
        atomic_store_explicit(&loop->bad_pass, true, memory_order_relaxed);
    prepare_step(loop, worker);
    graph_backward(session->graph, &pass);
    if (!atomic_load_explicit(&loop->bad_pass, memory_order_relaxed) && commit_states(loop, &pass))
        update(loop, fused.finite, worker);
}

/* The state from which the bad step can be taken again: this one where the weights are still good,
 * else that of the last checkpoint. False where there is none. */
static bool find_good_state(struct loop *loop, struct run_state *state)
{
    struct runfile_view view = {0};
    *state = state_now(loop);
    if (!loop->bad_update)
        return true;
    loop->record.broken = true;
    if (!loop->record.checkpoints)
        return false;
    const char *path = record_path(&loop->record, RUN_CHECKPOINT);
    struct moment moment = moment_of(loop, state);
    runfile_flush(loop->record.file); /* where that fails, an older checkpoint serves */
    bool found =
        path && runfile_read(&view, path, RUNFILE_STATE) == TRAINER_OK &&
        runfile_load_checkpoint(path, loop->session->graph, &moment.optimizer) == TRAINER_OK;
    *state = view.state;
    runfile_view_free(&view);
    return found;
}

/* What is not finite in the current step. */
static void describe_step(const struct loop *loop, char *text, size_t size)
{
    const struct session *session = loop->session;
    if (loop->bad_states)
        snprintf(text, size, "%s", loop->bad_text);
    else
        nonfinite_describe(session->graph, loop->step + 1, session->sampler.index, loop->rows, text,
                           size);
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
        state.failing = (double)(loop->step + 1);
        struct moment moment = moment_of(loop, &state);
        if (record_failure(&loop->record, &moment, what, session->sampler.index, loop->rows, &path))
            tell(loop, EVENT_WARNING, error_text());
    }
    if (path)
        error_set(TRAINER_FAILED, "%s; see how it came to this: trainer replay %s", what, path);
    else
        error_set(TRAINER_FAILED, "%s", what);
    fail(loop, TRAINER_FAILED);
}

/* Warns of the first skipped step, the second, the fourth, and so on. */
static void skip_step(struct loop *loop)
{
    char what[1024], text[1200];
    loop->skipped++;
    if (loop->skipped & (loop->skipped - 1))
        return;
    describe_step(loop, what, sizeof what);
    snprintf(text, sizeof text, "%s; the step is skipped (%llu so far)", what,
             (unsigned long long)loop->skipped);
    tell(loop, EVENT_WARNING, text);
}

/* Books the step that all threads have finished; thread 0. */
static void finish_step(struct loop *loop)
{
    const struct session *session = loop->session;
    uint64_t step = loop->step + 1;
    bool bad = loop->bad_pass || loop->bad_update;
    double epoch = (double)step / (double)loop->steps_per_epoch;
    if (record_step(&loop->record, step, epoch, loop->loss, loop->learning_rate))
        fail(loop, TRAINER_FAILED);
    if (loop->bad_update || (bad && session->trainer.on_nan == ON_NAN_STOP)) {
        fail_step(loop);
        return;
    }
    if (bad)
        skip_step(loop);
    loop->step = step;
    loop->loss_sum += bad ? 0 : loop->loss;
    loop->loss_count += !bad;
    loop->samples += loop->rows;
    double now = clock_seconds();
    loop->burst_over = team_size_step(&loop->pace, now);
    if (checkpoint_is_due(&session->trainer.checkpoint.every, step, loop->steps_per_epoch,
                          now - loop->checkpoint_time)) {
        loop->record.checkpoint_due = loop->record.checkpoints;
        loop->checkpoint_time = now;
    }
    if (now - loop->told < PROGRESS_SECONDS)
        return;
    tell(loop, EVENT_PROGRESS, NULL);
    save(loop);
}

/* --- the loop --------------------------------------------------------------------------------- */

static bool row_due(const struct loop *loop)
{
    const struct option_interval *every = &loop->session->trainer.evaluate.every;
    if (loop->row_step == loop->step || loop->session->options.replay)
        return false;
    if (loop->step == 0 || loop->ended || loop->step == loop->last_step)
        return true;
    if (every->unit == INTERVAL_NEVER) /* rows of each epoch still, without an evaluation */
        return loop->step % loop->steps_per_epoch == 0;
    return checkpoint_is_due(every, loop->step, loop->steps_per_epoch,
                             clock_seconds() - loop->row_time);
}

/* Decides the next turn, and draws its samples; thread 0. A run that has nothing left to do is not
 * interrupted any more. */
static void choose_turn(struct loop *loop)
{
    double limit = loop->session->trainer.max_seconds;
    loop->ended = loop->ended || loop->step >= loop->last_step ||
                  (limit >= 0 && clock_seconds() - loop->began >= limit);
    bool row = row_due(loop);
    loop->interrupted = loop->stop && *loop->stop && (row || !loop->ended);
    if (loop->rc || loop->interrupted || (loop->ended && !row)) {
        loop->turn = TURN_END;
    } else if (row) {
        loop->turn = TURN_EVALUATE;
    } else if (loop->burst_over) {
        loop->turn = TURN_PAUSE;
    } else {
        loop->turn = TURN_STEP;
        loop->bad_pass = loop->bad_update = loop->bad_states = false;
        loop->rows = sampler_take(&loop->session->sampler, loop->step);
    }
}

/* Books the turn that all threads have finished; thread 0. */
static void finish_turn(struct loop *loop)
{
    if (loop->turn == TURN_STEP)
        finish_step(loop);
    else
        team_size_restart(&loop->pace, clock_seconds());
}

/* Takes turns, on the threads of this burst, until it is over. */
static void work_burst(struct loop *loop, const struct worker *worker)
{
    for (;;) {
        if (worker->thread == 0)
            choose_turn(loop);
        team_barrier(worker);
        if (loop->turn == TURN_PAUSE || loop->turn == TURN_END)
            return;
        if (loop->turn == TURN_EVALUATE)
            take_row(loop, worker);
        else
            take_step(loop, worker);
        team_barrier(worker);
        if (worker->thread == 0)
            finish_turn(loop);
    }
}

static void work(struct loop *loop, const struct worker *worker)
{
    do {
        if (worker->thread == 0) {
            team_size_next(&loop->pace, clock_seconds());
            loop->burst_over = false;
        }
        team_barrier(worker);
        int size = loop->pace.now;
        struct worker part = {loop->team[size], worker->thread, loop->pace.threads[size]};
        if (part.thread < part.threads)
            work_burst(loop, &part);
        team_barrier(worker);
    } while (loop->turn != TURN_END);
}

/* Runs the loop on a team; alone where OpenMP grants fewer threads than asked for. */
static void run_team(struct loop *loop)
{
    int wanted = loop->session->threads;
#pragma omp parallel num_threads(wanted)
    {
        struct worker worker = {loop->team[0], omp_get_thread_num(), omp_get_num_threads()};
        unsigned before = denormals_ignore();
        if (worker.threads == wanted) {
            work(loop, &worker);
        } else if (worker.thread == 0) {
            team_size_init(&loop->pace, 1, clock_seconds());
            work_burst(loop, &WORKER_ALONE);
        }
        denormals_restore(before);
    }
}

/* Refuses a metric that this run does not measure. */
static int check_metric(const struct loop *loop, const char *key, const char *column)
{
    const size_t *count = loop->session->dataset->count;
    int place = columns_find(column);
    if (place < 0 || loop->record.epochs.absent[place])
        return error_set(TRAINER_INVALID, "%s '%s' is no metric of this run", key, column);
    if (columns_facts(place).split == SPLIT_VALIDATION && count[SPLIT_VALIDATION] == 0)
        return error_set(TRAINER_INVALID, "%s '%s' needs data.validation, which is 0", key, column);
    return TRAINER_OK;
}

static int check_metrics(const struct loop *loop)
{
    const struct trainer_settings *trainer = &loop->session->trainer;
    int rc = TRAINER_OK;
    if (trainer->early_stopping.patience > 0)
        rc = check_metric(loop, "early_stopping.monitor", trainer->early_stopping.monitor);
    if (rc == TRAINER_OK && trainer->checkpoint.keep_best)
        rc = check_metric(loop, "checkpoint.keep_best", trainer->checkpoint.keep_best);
    return rc;
}

/* Goes on from the checkpoint that the session's options name, if any. */
static int resume(struct loop *loop)
{
    struct run_state state;
    const struct session_options *options = &loop->session->options;
    const struct moment moment = moment_of(loop, &(struct run_state){0});
    if (!options->resume)
        return TRAINER_OK;
    int rc =
        checkpoint_resume(&state, loop->session, &loop->record, loop->evaluator, &moment.optimizer);
    if (rc)
        return rc;
    set_state(loop, &state);
    if (options->replay)
        loop->last_step = (uint64_t)state.failing;
    return TRAINER_OK;
}

static int create_teams(struct loop *loop)
{
    team_size_init(&loop->pace, loop->session->threads, clock_seconds());
    int rc = TRAINER_OK;
    for (int i = 0; rc == TRAINER_OK && i < loop->pace.sizes; i++)
        rc = team_create(&loop->team[i], loop->pace.threads[i]);
    return rc;
}

static int prepare(struct loop *loop, const char *run_path)
{
    struct session *session = loop->session;
    loop->optimizer = (const struct optimizer_kind *)session->optimizer.kind;
    loop->learning_rate = loop->optimizer->learning_rate(session->optimizer.private);
    loop->steps_per_epoch = sampler_steps_per_epoch(&session->sampler);
    loop->last_step = session_last_step(session);
    loop->row_step = UINT64_MAX;
    loop->loss = loop->monitored = loop->kept = (double)NAN;
    size_t bytes = graph_trained(session->graph).count * session->engine->real_size;
    for (int i = 0; i < loop->optimizer->states; i++)
        if (!(loop->state[i] = block_allocate("the optimizer's state", bytes)))
            return TRAINER_FAILED;
    size_t states = graph_states(session->graph).count * session->engine->real_size;
    if (states > 0 && !(loop->layer_states = block_allocate("the layers' states", states)))
        return TRAINER_FAILED;
    int rc = create_teams(loop);
    if (rc == TRAINER_OK)
        rc = evaluator_create(&loop->evaluator, session->graph, session->dataset,
                              session->evaluation_rows, (uint64_t)session->seed);
    if (rc == TRAINER_OK)
        rc = record_open(&loop->record, session, run_path, loop->evaluator);
    if (rc == TRAINER_OK)
        rc = check_metrics(loop);
    loop->began = loop->row_time = loop->told = loop->checkpoint_time = clock_seconds();
    return rc ? rc : resume(loop);
}

/* The last save, which the run's success depends on, and the last event. A run that failed keeps
 * the checkpoint from before. */
static void conclude(struct loop *loop)
{
    if (loop->rc == TRAINER_OK)
        tell(loop, EVENT_TRAINED, NULL);
    enum run_status status = loop->rc            ? RUN_FAILED
                             : loop->interrupted ? RUN_INTERRUPTED
                                                 : RUN_COMPLETED;
    struct run_state state = state_now(loop);
    struct moment moment = moment_of(loop, &state);
    int rc = record_conclude(&loop->record, &moment, status, loop->error, loop->rc == TRAINER_OK);
    loop->session->status = status;
    loop->session->resumable = loop->record.checkpoints;
    if (loop->rc == TRAINER_OK && rc)
        fail(loop, rc);
    if (loop->rc)
        error_set(loop->rc, "%s", loop->error);
    tell(loop, EVENT_FINISHED, NULL);
}

int session_train(struct session *session, const char *run_path, const struct observer *observer,
                  const atomic_int *stop)
{
    struct loop loop = {.session = session, .observer = observer, .stop = stop};
    assert(session->sampler.batch > 0);
    int rc = prepare(&loop, run_path);
    if (rc)
        goto out;
    tell(&loop, EVENT_STARTED, NULL);
    run_team(&loop);
    loop.over = clock_seconds();
    conclude(&loop);
    rc = loop.rc;
out:
    record_close(&loop.record);
    evaluator_free(loop.evaluator);
    for (int i = 0; i < PACE_SIZES_MAX; i++)
        team_free(loop.team[i]);
    for (int i = 0; i < OPTIMIZER_STATES_MAX; i++)
        free(loop.state[i]);
    free(loop.layer_states);
    return rc;
}
