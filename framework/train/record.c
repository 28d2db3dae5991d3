/*
 * record.c - see record.h.
 */
#include "record.h"
#include "base/clock.h"
#include "config/config_origins.h"
#include "data/data_learned.h"
#include "distributed/ranks.h"
#include "engine/engine.h"
#include "evaluate/columns.h"
#include "session.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *record_path(struct record *record, const char *name)
{
    const char *path = record->run_path, *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) + 1 : 0;
    return arena_print(&record->arena, "%.*s%s", length, path, name);
}

/* Gives a further slot of the writer its path. */
static int add_file(struct record *record, enum runfile_slot slot, const char *name, bool previous)
{
    const char *path = record_path(record, name);
    const char *before = path && previous ? arena_print(&record->arena, "%s.prev", path) : NULL;
    if (!path || (previous && !before))
        return TRAINER_FAILED;
    return runfile_add(record->file, slot, path, before);
}

static int open_files(struct record *record, const char *path)
{
    const struct checkpoint_settings *settings = &record->session->trainer.checkpoint;
    record->run_path = path;
    record->checkpoints = settings->every.unit != INTERVAL_NEVER;
    record->checkpoint_due = record->checkpoints;
    int rc = runfile_open(&record->file, path);
    if (rc == TRAINER_OK && record->checkpoints)
        rc = add_file(record, RUNFILE_CHECKPOINT, RUN_CHECKPOINT, true);
    if (rc == TRAINER_OK && settings->keep_best)
        rc = add_file(record, RUNFILE_BEST, RUN_BEST, false);
    return rc;
}

/* Names of the data columns whose zeros are skipped, joined by commas; NULL with a message. */
static const char *sparse_columns(struct graph *graph, struct arena *arena)
{
    const struct batch *batch = graph_batch(graph);
    const char *names = "";
    for (int i = 0; names && i < batch->columns; i++)
        if (batch->column[i].sparse || batch->column[i].lists)
            names = arena_print(arena, "%s%s%s", names, *names ? "," : "",
                                batch->column[i].column->name);
    return names;
}

/* The columns of both series, and which of them this run cannot have. */
static int list_columns(struct record *record)
{
    int rc = columns_list(&record->arena, &record->steps, &record->epochs, &record->row);
    size_t count = (size_t)record->epochs.columns;
    bool *absent = rc == TRAINER_OK ? arena_array(&record->arena, count, sizeof *absent) : NULL;
    const struct metric_task *task = evaluator_task(record->evaluator);
    for (size_t i = 0; absent && i < count; i++) {
        struct column_facts facts = columns_facts((int)i);
        absent[i] = facts.kind && !evaluate_applies(task, facts.metric);
    }
    record->epochs.absent = absent;
    return absent ? TRAINER_OK : TRAINER_FAILED;
}

int record_open(struct record *record, struct session *session, const char *path,
                const struct evaluator *evaluator)
{
    size_t length;
    *record = (struct record){.session = session, .evaluator = evaluator};
    int rc = list_columns(record);
    if (rc == TRAINER_OK && !(record->config_resolved = config_emit(session->resolved, &length)))
        rc = TRAINER_FAILED;
    if (rc == TRAINER_OK &&
        !(record->config_origins = config_origins(session->config, session->resolved, NULL)))
        rc = TRAINER_FAILED;
    if (rc == TRAINER_OK)
        rc = data_learned(session->dataset, &record->arena, &record->learned);
    if (rc == TRAINER_OK && path)
        rc = open_files(record, path);
    if (rc) {
        record_close(record);
        return rc;
    }
    record->opened = clock_seconds();
    record->exchanged = session->options.ranks ? session->options.ranks->seconds : 0;
    clock_text(record->start_time, sizeof record->start_time);
    dataset_fingerprint(session->dataset, record->fingerprint);
    const struct session_options *options = &session->options;
    record->saved = options->brief_seconds > 0 ? clock_seconds() + options->brief_seconds : 0;
    record->facts = (struct run_facts){
        .status = RUN_RUNNING,
        .error = "",
        .reason = "",
        .start_time = record->start_time,
        .end_time = record->end_time,
        .seed = (uint64_t)session->seed,
        .threads = session->threads,
        .ranks = options->ranks ? options->ranks->count : 0,
        .hosts = options->ranks ? options->ranks->hosts : "",
        .precision = session->engine->precision == PRECISION_SINGLE ? "float32" : "float64",
        .kernels = session->engine->isa,
        .sparse_input = sparse_columns(session->graph, &record->arena),
        .command_line = options->command_line ? options->command_line : "",
        .data_fingerprint = record->fingerprint,
        .resumed_from = options->resumed_from ? options->resumed_from : "",
        .config = config_source(session->config),
        .config_resolved = record->config_resolved,
        .config_origins = record->config_origins,
    };
    return record->facts.sparse_input ? TRAINER_OK : TRAINER_FAILED;
}

void record_close(struct record *record)
{
    runfile_close(record->file);
    series_free(&record->steps);
    series_free(&record->epochs);
    free(record->config_resolved);
    free(record->config_origins);
    arena_free(&record->arena);
    *record = (struct record){0};
}

/* Moves the rows of a series that has the same columns. */
static void take_rows(struct series *to, struct series *from)
{
    series_free(to);
    to->value = from->value;
    to->rows = from->rows;
    to->capacity = from->capacity;
    from->value = NULL;
    from->rows = from->capacity = 0;
}

/* What an argument has not set since comes from where the first run had it. */
static int restore_origins(struct record *record, const struct runfile_view *view)
{
    struct session *session = record->session;
    char *origins = config_origins(session->config, session->resolved, view->facts.config_origins);
    if (!origins)
        return TRAINER_FAILED;
    free(record->config_origins);
    record->facts.config_origins = record->config_origins = origins;
    return TRAINER_OK;
}

int record_restore(struct record *record, struct runfile_view *view)
{
    struct run_facts *facts = &record->facts;
    const struct {
        const char **to, *from;
    } texts[] = {
        {&facts->config, view->facts.config},
        {&facts->command_line, view->facts.command_line},
        {&facts->start_time, view->facts.start_time},
        {&facts->resumed_from, view->facts.resumed_from},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i].to == &facts->resumed_from && record->session->options.resumed_from)
            continue;
        if (!(*texts[i].to = arena_copy(&record->arena, texts[i].from, strlen(texts[i].from))))
            return TRAINER_FAILED;
    }
    take_rows(&record->steps, &view->steps);
    take_rows(&record->epochs, &view->epochs);
    return restore_origins(record, view);
}

int record_step(struct record *record, uint64_t step, double epoch, double loss, double rate)
{
    const double row[] = {(double)step, epoch, loss, rate};
    record->pending = true;
    return series_append(&record->steps, row);
}

void record_start_row(struct record *record)
{
    for (int i = 0; i < record->epochs.columns; i++)
        record->row[i] = (double)NAN;
}

void record_set(struct record *record, int column, double value)
{
    record->row[column] = value;
}

int record_finish_row(struct record *record)
{
    record->pending = true;
    return series_append(&record->epochs, record->row);
}

double record_last(const struct record *record, int column)
{
    const struct series *epochs = &record->epochs;
    return epochs->rows ? series_at(epochs, epochs->rows - 1, column) : (double)NAN;
}

/* --- saving --- */

double record_exchange_share(const struct record *record)
{
    const struct ranks *ranks = record->session->options.ranks;
    double seconds = clock_seconds() - record->opened;
    return ranks && seconds > 0 ? (ranks->seconds - record->exchanged) / seconds : 0;
}

/* Hands one slot's snapshot to the writer. */
static int hand_over(struct record *record, enum runfile_slot slot, const struct save_point *point,
                     bool wait)
{
    record->facts.steps_done = (uint64_t)point->state->step;
    record->facts.epochs_done = point->epochs_done;
    record->facts.exchange_share = record_exchange_share(record);
    struct snapshot snapshot = {.slot = slot,
                                .later = slot == RUNFILE_BEST,
                                .facts = &record->facts,
                                .learned = &record->learned,
                                .steps = &record->steps,
                                .epochs = &record->epochs,
                                .evaluation = evaluator_classes(record->evaluator),
                                .graph = record->broken ? NULL : record->session->graph};
    if (slot != RUNFILE_CHECKPOINT)
        snapshot.trained = point->trained;
    if (slot != RUNFILE_RUN) {
        snapshot.state = point->state;
        snapshot.optimizer = point->optimizer;
    }
    return runfile_save(record->file, &snapshot, wait);
}

bool record_ready(const struct record *record)
{
    if (!record->file || !record->pending)
        return false;
    double wait = SAVE_SPACING * runfile_cost(record->file);
    if (runfile_failing(record->file) && wait < RETRY_SECONDS)
        wait = RETRY_SECONDS;
    return clock_seconds() - record->saved >= wait;
}

/* After a failure: all is to be saved again. TRAINER_FAILED where the current message is news:
 * another one than before, or a while ago. */
static int tell_failure(struct record *record)
{
    double now = clock_seconds();
    record->pending = true;
    record->checkpoint_due = record->checkpoints;
    if (strcmp(record->warned, error_text()) == 0 && now - record->warned_at < REPEAT_SECONDS)
        return TRAINER_OK;
    snprintf(record->warned, sizeof record->warned, "%s", error_text());
    record->warned_at = now;
    return TRAINER_FAILED;
}

int record_poll(struct record *record)
{
    if (!record->file || runfile_poll(record->file) == TRAINER_OK)
        return TRAINER_OK;
    return tell_failure(record);
}

int record_save(struct record *record, const struct save_point *point)
{
    int checkpoint = TRAINER_OK;
    record->saved = clock_seconds();
    record->pending = false;
    if (record->checkpoint_due) {
        record->checkpoint_due = false;
        checkpoint = hand_over(record, RUNFILE_CHECKPOINT, point, false);
    }
    int run = hand_over(record, RUNFILE_RUN, point, false);
    if (checkpoint == TRAINER_OK && run == TRAINER_OK)
        return TRAINER_OK;
    return tell_failure(record);
}

int record_keep_best(struct record *record, const struct save_point *point)
{
    if (!record->file || hand_over(record, RUNFILE_BEST, point, false) == TRAINER_OK)
        return TRAINER_OK;
    return tell_failure(record);
}

double record_last_rate(const struct record *record, double none)
{
    const struct series *steps = &record->steps;
    return steps->rows ? series_at(steps, steps->rows - 1, STEP_RATE) : none;
}

void record_end(struct record *record, enum run_status status, const char *error,
                const char *reason)
{
    record->facts.status = status;
    record->facts.error = error;
    record->facts.reason = reason;
    clock_text(record->end_time, sizeof record->end_time);
}

int record_last_checkpoint(struct record *record, const struct save_point *point)
{
    bool brief = record->facts.status == RUN_COMPLETED && clock_seconds() < record->saved;
    if (!record->file || !record->checkpoints || brief)
        return TRAINER_OK;
    return hand_over(record, RUNFILE_CHECKPOINT, point, true);
}

int record_conclude(struct record *record, const struct save_point *point)
{
    if (!record->file)
        return TRAINER_OK;
    int run = hand_over(record, RUNFILE_RUN, point, true);
    int rest = runfile_flush(record->file);
    return run ? run : rest;
}

int record_failure(struct record *record, const struct save_point *point, const char *error,
                   const uint32_t *sample, size_t samples, const char **path)
{
    *path = NULL;
    if (!record->file)
        return TRAINER_OK;
    const char *name = record_path(record, RUN_FAILURE);
    if (!name)
        return TRAINER_FAILED;
    struct run_facts facts = record->facts;
    facts.error = error;
    facts.status = RUN_FAILED;
    facts.steps_done = (uint64_t)point->state->step;
    facts.epochs_done = point->epochs_done;
    int rc = runfile_write(name, &(struct snapshot){.facts = &facts,
                                                    .learned = &record->learned,
                                                    .graph = record->session->graph,
                                                    .state = point->state,
                                                    .optimizer = point->optimizer,
                                                    .sample = sample,
                                                    .samples = samples});
    *path = rc == TRAINER_OK ? name : NULL;
    return rc;
}
