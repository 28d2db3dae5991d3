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
#include "train_internal.h"

#include "advice.h"
#include "base/clock.h"
#include "base/number.h"
#include "checkpoint.h"
#include "distributed/ranks.h"
#include "engine/denormals.h"
#include "engine/engine.h"
#include "engine/places.h"
#include "evaluate/columns.h"
#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- events ----------------------------------------------------------------------------------- */

void train_tell(struct loop *loop, enum event event, const char *text)
{
    if (!loop->observer || !loop->observer->event)
        return;
    bool over = event == EVENT_TRAINED || event == EVENT_FINISHED;
    double now = over ? loop->over : clock_seconds();
    const struct session_facts facts = session_facts(loop->session);
    const struct series *epochs = &loop->record.epochs;
    bool row = event == EVENT_EVALUATED && epochs->rows > 0;
    struct progress progress = {
        .step = (uint64_t)loop->at.step,
        .max_steps = loop->last_step == UINT64_MAX ? 0 : loop->last_step,
        .steps_per_epoch = loop->steps_per_epoch,
        .epoch = (double)loop->at.step / (double)loop->steps_per_epoch,
        .max_epochs = facts.max_epochs,
        .loss = loop->at.loss,
        .seconds = now - loop->began,
        .samples_per_second =
            now > loop->row_time ? (double)loop->at.samples / (now - loop->row_time) : (double)NAN,
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
void train_fail(struct loop *loop, int rc)
{
    loop->rc = rc;
    snprintf(loop->error, sizeof loop->error, "%s", error_text());
}

/* --- saving ----------------------------------------------------------------------------------- */

uint64_t train_step_number(const struct loop *loop)
{
    return (uint64_t)loop->at.step + 1;
}

struct schedule_memory train_schedule_memory(const struct run_state *state)
{
    return (struct schedule_memory){.best = state->schedule_best,
                                    .waited = state->schedule_waited,
                                    .cooldown = state->schedule_cooldown,
                                    .factor = state->schedule_factor};
}

struct run_state train_state(const struct loop *loop)
{
    struct run_state state = loop->at;
    double now = clock_seconds();
    state.row_seconds = now - loop->row_time;
    state.seconds = now - loop->began;
    return state;
}

/* Goes on from there. */
static void set_state(struct loop *loop, const struct run_state *state)
{
    double now = clock_seconds();
    loop->at = *state;
    loop->first_step = state->step;
    loop->row_time = now - state->row_seconds;
    loop->began = now - state->seconds;
    loop->ended = state->stopped > 0;
}

struct save_point train_save_point(const struct loop *loop, const struct run_state *state)
{
    return (struct save_point){.state = state,
                               .epochs_done = (uint64_t)state->step / loop->steps_per_epoch,
                               .trained = loop->updater.average,
                               .optimizer = {.states = loop->blocks,
                                             .name = loop->block_name,
                                             .x = loop->block,
                                             .layer_states = loop->block_states}};
}

void train_save(struct loop *loop)
{
    if (record_poll(&loop->record))
        train_tell(loop, EVENT_WARNING, error_text());
    if (!record_ready(&loop->record))
        return;
    struct run_state state = train_state(loop);
    struct save_point point = train_save_point(loop, &state);
    if (record_save(&loop->record, &point))
        train_tell(loop, EVENT_WARNING, error_text());
}

/* --- the loop --------------------------------------------------------------------------------- */

static bool row_due(const struct loop *loop)
{
    const struct session *session = loop->session;
    const struct option_interval *every = &session->trainer.evaluate.every;
    uint64_t step = (uint64_t)loop->at.step, count = (uint64_t)every->count;
    if (loop->at.row_step == loop->at.step || session->options.purpose == SESSION_REPLAY)
        return false;
    if (step == 0 || loop->ended || step == loop->last_step)
        return true;
    if (every->unit == INTERVAL_STEPS)
        return step % count == 0;
    if (every->unit == INTERVAL_SECONDS)
        return clock_seconds() - loop->row_time >= (double)every->count;
    return step % (loop->steps_per_epoch * (count ? count : 1)) == 0;
}

/* The rate of the step that comes. */
static double next_rate(const struct loop *loop)
{
    const struct schedule_memory memory = train_schedule_memory(&loop->at);
    return rate_of(&loop->session->rate, (uint64_t)(loop->at.step - loop->at.skipped), &memory);
}

/* Draws the samples of the step that comes. */
static void begin_step(struct loop *loop)
{
    loop->bad_pass = loop->bad_update = loop->unread = false;
    loop->bad_text[0] = '\0';
    loop->pass_loss = 0;
    loop->rate = next_rate(loop);
    loop->rows = sampler_take(&loop->session->sampler, (uint64_t)loop->at.step);
}

/* Decides the next turn; thread 0. A run that has nothing left to do is not interrupted any
 * more. */
static void choose_turn(struct loop *loop)
{
    double limit = loop->session->trainer.max_seconds;
    loop->ended = loop->ended || (uint64_t)loop->at.step >= loop->last_step ||
                  (limit >= 0 && clock_seconds() - loop->began >= limit);
    bool row = row_due(loop);
    loop->interrupted = loop->stop && *loop->stop && (row || !loop->ended);
    if (loop->rc || loop->interrupted || (loop->ended && !row))
        loop->turn = TURN_END;
    else if (row)
        loop->turn = TURN_EVALUATE;
    else
        loop->turn = loop->burst_over ? TURN_PAUSE : TURN_STEP;
    together_choose(loop);
    if (loop->turn == TURN_STEP)
        begin_step(loop);
}

/* Books the turn that all threads have finished; thread 0. */
static void finish_turn(struct loop *loop)
{
    if (loop->turn == TURN_STEP)
        train_finish_step(loop);
    else
        team_size_restart(&loop->team_size, clock_seconds());
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
            train_take_row(loop, worker);
        else
            train_take_step(loop, worker);
        team_barrier(worker);
        if (worker->thread == 0)
            finish_turn(loop);
    }
}

static void work(struct loop *loop, const struct worker *worker)
{
    do {
        if (worker->thread == 0) {
            team_size_next(&loop->team_size, clock_seconds());
            loop->burst_over = false;
        }
        team_barrier(worker);
        int size = loop->team_size.now;
        struct worker part = {.team = loop->team[size],
                              .thread = worker->thread,
                              .threads = loop->team_size.threads[size]};
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
        struct worker worker = {.team = loop->team[0],
                                .thread = omp_get_thread_num(),
                                .threads = omp_get_num_threads()};
        unsigned before = denormals_ignore();
        places_bind(&worker);
        if (worker.thread > 0)
            clock_leave_signal();
        if (worker.threads == wanted) {
            work(loop, &worker);
        } else if (worker.thread == 0) {
            team_size_init(&loop->team_size, 1, clock_seconds());
            work_burst(loop, &WORKER_ALONE);
        }
        denormals_restore(before);
    }
}

/* --- beginning and end ------------------------------------------------------------------------ */

/* Goes on from the checkpoint that the session's options name, if any. */
static int resume(struct loop *loop)
{
    struct run_state state;
    const struct session_options *options = &loop->session->options;
    const struct save_point point = train_save_point(loop, &loop->at);
    int rc = TRAINER_OK;
    if (!options->resume)
        return rc;
    if (ranks_lead(options->ranks))
        rc = checkpoint_resume(&state, loop->session, &loop->record, loop->evaluator,
                               &point.optimizer);
    rc = together_resume(loop, rc, &state);
    if (rc)
        return rc;
    set_state(loop, &state);
    loop->rate = record_last_rate(&loop->record, loop->rate);
    if (options->purpose == SESSION_REPLAY)
        loop->last_step = (uint64_t)state.failing;
    return TRAINER_OK;
}

static int create_teams(struct loop *loop)
{
    team_size_init(&loop->team_size, loop->session->threads, clock_seconds());
    int rc = TRAINER_OK;
    for (int i = 0; rc == TRAINER_OK && i < loop->team_size.sizes; i++)
        rc = team_create(&loop->team[i], loop->team_size.threads[i]);
    return rc;
}

/* Lists what checkpoints keep beside the weights. */
static void list_blocks(struct loop *loop)
{
    for (; loop->blocks < loop->updater.blocks; loop->blocks++) {
        loop->block_name[loop->blocks] = loop->updater.block_name[loop->blocks];
        loop->block[loop->blocks] = loop->updater.block[loop->blocks];
    }
    if (loop->best) {
        loop->block_name[loop->blocks] = "best";
        loop->block_states[loop->blocks] = loop->best_states;
        loop->block[loop->blocks++] = loop->best;
    }
}

/* Blocks for the optimizer, the layers' states of before a step, the best weights. */
static int create_blocks(struct loop *loop)
{
    struct session *session = loop->session;
    size_t size = session->engine->real_size;
    size_t states = graph_states(session->graph).count * size;
    size_t trained = graph_trained(session->graph).count * size;
    bool restores = session->trainer.early_stopping.restore;
    int rc = updater_create(&loop->updater, session->graph, &session->optimizer, &session->common,
                            session->trainer.accumulate, session->trainer.on_nan == ON_NAN_SKIP);
    if (rc)
        return rc;
    if (states > 0 && !(loop->layer_states = block_allocate("the layers' states", states)))
        return TRAINER_FAILED;
    if (restores && !(loop->best = block_allocate("the best weights", trained)))
        return TRAINER_FAILED;
    if (restores && states > 0 && !(loop->best_states = block_allocate("the best weights", states)))
        return TRAINER_FAILED;
    updater_start_average(&loop->updater);
    list_blocks(loop);
    return TRAINER_OK;
}

static int prepare(struct loop *loop, const char *run_path)
{
    struct session *session = loop->session;
    const struct schedule_memory memory = rate_first_memory();
    loop->steps_per_epoch = sampler_steps_per_epoch(&session->sampler);
    loop->last_step = session_last_step(session);
    loop->at = (struct run_state){.row_step = -1,
                                  .monitored_row = -1,
                                  .loss = (double)NAN,
                                  .monitored = (double)NAN,
                                  .kept = (double)NAN,
                                  .schedule_best = memory.best,
                                  .schedule_factor = memory.factor};
    loop->rate = next_rate(loop);
    int rc = together_start(session);
    if (rc == TRAINER_OK)
        rc = create_blocks(loop);
    if (rc == TRAINER_OK)
        rc = create_teams(loop);
    if (rc == TRAINER_OK)
        rc = evaluator_create(&loop->evaluator, session->graph, session->dataset,
                              session->evaluation_rows, (uint64_t)session->seed);
    if (rc == TRAINER_OK)
        evaluator_share(loop->evaluator, session->options.ranks);
    if (rc == TRAINER_OK)
        rc = record_open(&loop->record, session, run_path, loop->evaluator);
    loop->began = loop->row_time = loop->told = loop->checkpoint_time = clock_seconds();
    rc = ranks_agree(session->options.ranks, rc);
    return rc ? rc : resume(loop);
}

/* "max_steps is 1000": the bound that a run has come to. */
static void describe_bound(const struct loop *loop, char *text, size_t size)
{
    const struct trainer_settings *trainer = &loop->session->trainer;
    char number[NUMBER_SIZE];
    if ((uint64_t)loop->at.step < loop->last_step)
        snprintf(text, size, "max_seconds is %s", number_text(trainer->max_seconds, 0, number));
    else if (trainer->max_steps == loop->at.step)
        snprintf(text, size, "max_steps is %lld", (long long)trainer->max_steps);
    else
        snprintf(text, size, "max_epochs is %s", number_text(trainer->max_epochs, 0, number));
}

/* Why the run ends here, for people. */
static void describe_end(const struct loop *loop, char *text, size_t size)
{
    const struct stopping_settings *stopping = &loop->session->trainer.early_stopping;
    const char *nothing =
        loop->at.step == loop->first_step && loop->first_step > 0 ? "nothing left to do: " : "";
    char bound[96];
    if (loop->rc) {
        snprintf(text, size, "%s", loop->error);
    } else if (loop->interrupted) {
        snprintf(text, size, "interrupted");
    } else if (loop->at.stopped) {
        snprintf(text, size,
                 "%sstopped early: %s has not improved for %lld evaluations, since step %lld",
                 nothing, stopping->monitor, (long long)loop->at.waited,
                 (long long)(loop->at.monitored_row < 0 ? 0 : loop->at.monitored_row));
    } else {
        describe_bound(loop, bound, sizeof bound);
        snprintf(text, size, "%s%s", nothing, bound);
    }
}

/* The best row's weights stand in run.h5, whatever came after them; the last ones in the
 * checkpoint. */
static void restore_best(struct loop *loop)
{
    if (!loop->best || isnan(loop->at.monitored))
        return;
    unsigned before = denormals_ignore();
    train_restore_best(loop, &WORKER_ALONE);
    denormals_restore(before);
    loop->updater.average = NULL; /* what stands in the network is it already */
    loop->record.broken = false;
}

/* Tells a run of some length that learned nothing what may help. */
static void advise(struct loop *loop)
{
    enum { STEPS = 100 };
    const struct series *epochs = &loop->record.epochs;
    const size_t *count = loop->session->dataset->count;
    enum split split = count[SPLIT_TEST]         ? SPLIT_TEST
                       : count[SPLIT_VALIDATION] ? SPLIT_VALIDATION
                                                 : SPLIT_TRAIN;
    size_t column = (size_t)columns_place(MEASURED_LOSS, split, 0);
    char text[256];
    if (loop->rc || loop->interrupted || epochs->rows < 2 || loop->at.step < STEPS ||
        loop->at.step == loop->first_step || (uint64_t)loop->at.step < loop->steps_per_epoch)
        return;
    const double *last = epochs->value + (epochs->rows - 1) * (size_t)epochs->columns;
    if (advice_of(evaluator_classes(loop->evaluator), epochs->value[column], last[column], text,
                  sizeof text))
        train_tell(loop, EVENT_WARNING, text);
}

/* The last save, which the run's success depends on, and the last event. A run that failed keeps
 * the checkpoint from before. */
static void conclude(struct loop *loop)
{
    char *reason = loop->session->reason;
    describe_end(loop, reason, sizeof loop->session->reason);
    advise(loop);
    if (loop->rc == TRAINER_OK)
        train_tell(loop, EVENT_TRAINED, reason);
    enum run_status status = loop->rc            ? RUN_FAILED
                             : loop->interrupted ? RUN_INTERRUPTED
                                                 : RUN_COMPLETED;
    struct run_state state = train_state(loop);
    struct save_point point = train_save_point(loop, &state);
    record_end(&loop->record, status, loop->error, reason);
    int saved = loop->rc ? TRAINER_OK : record_last_checkpoint(&loop->record, &point);
    restore_best(loop);
    point = train_save_point(loop, &state);
    int rc = record_conclude(&loop->record, &point);
    loop->session->status = status;
    loop->session->resumable = loop->record.checkpoints;
    if (loop->rc == TRAINER_OK && (saved || rc))
        train_fail(loop, saved ? saved : rc);
    if (loop->rc)
        error_set(loop->rc, "%s", loop->error);
    train_tell(loop, EVENT_FINISHED, reason);
}

static void close_loop(struct loop *loop)
{
    record_close(&loop->record);
    evaluator_free(loop->evaluator);
    for (int i = 0; i < TEAM_SIZES_MAX; i++)
        team_free(loop->team[i]);
    updater_free(&loop->updater);
    free(loop->layer_states);
    free(loop->best);
    free(loop->best_states);
}

/* Beside training, which all ranks do in step, one may be long at work without the others. */
static void set_patience(struct ranks *ranks, bool patient)
{
    if (ranks)
        ranks->patient = patient;
}

int session_train(struct session *session, const char *run_path, const struct observer *observer,
                  const atomic_int *stop)
{
    struct loop loop = {.session = session, .observer = observer, .stop = stop};
    assert(session->sampler.batch > 0);
    int rc = prepare(&loop, run_path);
    if (rc == TRAINER_OK) {
        train_tell(&loop, EVENT_STARTED, NULL);
        set_patience(session->options.ranks, false);
        run_team(&loop);
        set_patience(session->options.ranks, true);
        loop.over = clock_seconds();
        conclude(&loop);
        rc = ranks_agree(session->options.ranks, loop.rc);
    }
    close_loop(&loop);
    return rc;
}
