/*
 * train_row.c - one row of the epoch series: what is measured, and what follows from it.
 *
 *     evaluate every split (with the average, where there is one) -> the row -> early stopping,
 *     the best checkpoint, the best weights, the schedule
 */
#include "train_internal.h"

#include "base/clock.h"
#include "evaluate/columns.h"
#include "stopping.h"
#include <string.h>

/* --- what follows from a row ------------------------------------------------------------------ */

/* Keeps the trained block, or its average, and the layers' states as the best row's. */
static void keep_weights(struct loop *loop)
{
    size_t size = loop->session->engine->real_size;
    struct graph_block block = graph_trained(loop->session->graph);
    struct graph_block states = graph_states(loop->session->graph);
    if (!loop->best)
        return;
    memcpy(loop->best, loop->updater.average ? loop->updater.average : block.x, block.count * size);
    if (states.count > 0)
        memcpy(loop->best_states, states.x, states.count * size);
}

/* Whether the monitored metric has not improved for `patience` rows. */
static bool no_longer_improves(struct loop *loop)
{
    const struct stopping_settings *stopping = &loop->session->trainer.early_stopping;
    if (stopping->patience == 0 && !stopping->restore)
        return false;
    int column = columns_find(stopping->monitor);
    double value = record_last(&loop->record, column);
    if (stopping_improves(column, value, loop->at.monitored, stopping->min_delta)) {
        loop->at.monitored = value;
        loop->at.monitored_row = loop->at.step;
        loop->at.waited = 0;
        keep_weights(loop);
        return false;
    }
    return ++loop->at.waited >= stopping->patience && stopping->patience > 0;
}

static void keep_best(struct loop *loop)
{
    const char *name = loop->session->trainer.checkpoint.keep_best;
    int column = name ? columns_find(name) : -1;
    if (!name || !stopping_improves(column, record_last(&loop->record, column), loop->at.kept, 0))
        return;
    loop->at.kept = record_last(&loop->record, column);
    struct run_state state = train_state(loop);
    struct save_point point = train_save_point(loop, &state);
    if (record_keep_best(&loop->record, &point))
        train_tell(loop, EVENT_WARNING, error_text());
}

/* Tells the schedule what it watches. */
static void observe(struct loop *loop)
{
    const char *name = rate_monitor(&loop->session->rate);
    if (!name || loop->last_step == 0)
        return;
    int column = columns_find(name);
    struct schedule_memory memory = train_schedule_memory(&loop->at);
    rate_observe(&loop->session->rate, record_last(&loop->record, column),
                 columns_facts(column).direction == DIRECTION_LARGER, &memory);
    loop->at.schedule_best = memory.best;
    loop->at.schedule_waited = memory.waited;
    loop->at.schedule_cooldown = memory.cooldown;
    loop->at.schedule_factor = memory.factor;
}

/* --- the row ---------------------------------------------------------------------------------- */

/* Sets a column of the row that is being made which belongs to no split. */
static void set_single(struct loop *loop, enum measured measured, double value)
{
    record_set(&loop->record, columns_place(measured, SPLIT_COUNT, 0), value);
}

static void start_row(struct loop *loop)
{
    double now = clock_seconds();
    record_start_row(&loop->record);
    set_single(loop, MEASURED_EPOCH, (double)loop->at.step / (double)loop->steps_per_epoch);
    set_single(loop, MEASURED_STEP, (double)loop->at.step);
    set_single(loop, MEASURED_RATE, loop->rate);
    if (loop->at.loss_count > 0) {
        set_single(loop, MEASURED_BATCH_LOSS, loop->at.loss_sum / (double)loop->at.loss_count);
        set_single(loop, MEASURED_SPEED, (double)loop->at.samples / (now - loop->row_time));
    }
}

static void finish_row(struct loop *loop)
{
    loop->row_time = clock_seconds();
    set_single(loop, MEASURED_SECONDS, loop->row_time - loop->began);
    if (record_finish_row(&loop->record)) {
        train_fail(loop, TRAINER_FAILED);
        return; /* there is no row to tell of */
    }
    loop->at.row_step = loop->at.step;
    loop->at.loss_sum = 0;
    loop->at.loss_count = loop->at.samples = 0;
    train_tell(loop, EVENT_EVALUATED, NULL);
    loop->at.stopped = no_longer_improves(loop);
    loop->ended = loop->ended || loop->at.stopped;
    observe(loop);
    keep_best(loop);
    train_save(loop);
}

/* Puts one split's scores into the row that is being made. */
static void set_scores(struct loop *loop, enum split split)
{
    const struct scores *scores = evaluator_scores(loop->evaluator);
    record_set(&loop->record, columns_place(MEASURED_LOSS, split, 0), scores->loss);
    for (size_t i = 0; i < registry_count(FAMILY_METRIC); i++)
        record_set(&loop->record, columns_place(MEASURED_METRIC, split, i), scores->metric[i]);
}

/* The split whose classes are kept: the test data, else validation. */
static enum split kept_split(const struct session *session)
{
    return session->dataset->count[SPLIT_TEST] ? SPLIT_TEST : SPLIT_VALIDATION;
}

/* Evaluates every split that there is and that the config wants; all threads. */
static void evaluate(struct loop *loop, const struct worker *worker)
{
    static const enum split splits[] = {SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST};
    const struct session *session = loop->session;
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        enum split split = splits[i];
        if (session->dataset->count[split] == 0 ||
            (split == SPLIT_TRAIN && !session->trainer.evaluate.train))
            continue;
        evaluator_run(loop->evaluator, split, split == kept_split(session), worker);
        if (worker->thread == 0)
            set_scores(loop, split);
    }
}

/* The average stands in the parameters' place while the network is evaluated. */
static void swap_average(struct loop *loop, const struct worker *worker)
{
    if (!loop->updater.average)
        return;
    team_barrier(worker);
    updater_swap_average(&loop->updater, worker);
    team_barrier(worker);
}

void train_take_row(struct loop *loop, const struct worker *worker)
{
    if (worker->thread == 0) {
        train_tell(loop, EVENT_EVALUATING, NULL);
        start_row(loop);
    }
    if (loop->session->trainer.evaluate.every.unit != INTERVAL_NEVER) {
        swap_average(loop, worker);
        evaluate(loop, worker);
        swap_average(loop, worker);
    }
    if (worker->thread != 0)
        return;
    int rc = batch_status(graph_batch(loop->session->graph));
    if (rc)
        train_fail(loop, rc);
    else if (!evaluator_unread(loop->evaluator))
        finish_row(loop);
}

void train_restore_best(struct loop *loop, const struct worker *worker)
{
    const struct session *session = loop->session;
    size_t size = session->engine->real_size;
    struct graph_block block = graph_trained(session->graph);
    struct graph_block states = graph_states(session->graph);
    if (worker->thread == 0) {
        memcpy(block.x, loop->best, block.count * size);
        if (states.count > 0)
            memcpy(states.x, loop->best_states, states.count * size);
    }
    team_barrier(worker);
    if (session->dataset->count[kept_split(session)] > 0)
        evaluator_run(loop->evaluator, kept_split(session), true, worker);
    team_barrier(worker);
}
