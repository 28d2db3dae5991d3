/*
 * command_replay.c - `trainer replay FILE`: takes the step that failed once more.
 *
 * The file that a failed run leaves holds the state from which the step is reached again: on the
 * same data, kernels and config it fails in the same way. Then what every layer made of the batch
 * is shown.
 */
#include "base/error.h"
#include "command.h"
#include "display/table.h"
#include "engine/engine.h"
#include "runfile/runfile.h"
#include "runs/find_run.h"
#include "runs/open_session.h"
#include "system/sandbox.h"
#include "system/signals.h"

#include <math.h>
#include <string.h>

/* What a tensor holds. */
struct span {
    double least, most; /* of the finite ones; NaN where there is none */
    size_t nan, infinite;
};

static struct span span_of(const struct engine *engine, const void *x, size_t count)
{
    struct span span = {(double)NAN, (double)NAN, 0, 0};
    for (size_t i = 0; i < count; i++) {
        double value = engine->get(x, i);
        span.nan += isnan(value) != 0;
        span.infinite += isinf(value) != 0;
        if (isfinite(value)) {
            span.least = fmin(span.least, value);
            span.most = fmax(span.most, value);
        }
    }
    return span;
}

static void add_row(struct table *table, const char *layer, const char *tensor,
                    const struct span *span)
{
    table_cell(table, "%s", layer);
    table_cell(table, "%s", tensor);
    table_cell(table, "%.4g", span->least);
    table_cell(table, "%.4g", span->most);
    table_cell(table, "%zu", span->nan);
    table_cell(table, "%zu", span->infinite);
}

/* One row for every parameter and every output, in the order of the layers. */
static int show_tensors(const struct graph *graph, size_t rows)
{
    static const char *const headings[] = {"layer", "tensor", "least", "most", "nan", "infinite"};
    const struct engine *engine = graph_engine(graph);
    struct table table;
    struct text text = {0};
    table_start(&table, "llrrrr", headings);
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        struct layer_facts layer = graph_layer_facts(graph, i);
        for (size_t p = 0; p < graph_parameter_count(graph); p++) {
            const struct parameter *parameter = graph_parameter(graph, p);
            if (strcmp(parameter->layer, layer.name) != 0)
                continue;
            struct span span = span_of(engine, parameter->x, parameter->count);
            add_row(&table, layer.name, parameter->name, &span);
        }
        struct span span = span_of(engine, layer.x, rows * shape_size(layer.out));
        add_row(&table, layer.name, "output", &span);
    }
    int rc = table_finish(&table, 0, &text);
    if (rc == TRAINER_OK)
        rc = text_write(&text, stdout);
    text_free(&text);
    return rc;
}

static int show_samples(const struct runfile_view *view)
{
    enum { SHOWN = 20 };
    struct text text = {0};
    text_print(&text, "samples of the batch:");
    for (size_t i = 0; i < view->samples && i < SHOWN; i++)
        text_print(&text, " %lu", (unsigned long)view->sample[i]);
    text_print(&text, view->samples > SHOWN ? " ... (%zu)\n" : "\n", view->samples);
    int rc = text_write(&text, stdout);
    text_free(&text);
    return rc;
}

/* Trains from the file to the failing step. */
static int take_again(struct session *session, const struct runfile_view *view)
{
    int rc = session_train(session, NULL, NULL, &signals_stop);
    if (signals_stop)
        return signals_status(signals_stop);
    if (rc == TRAINER_OK)
        return error_set(TRAINER_FAILED, "it did not happen again: step %lld is finite",
                         (long long)view->state.failing);
    if (rc == TRAINER_INVALID || strcmp(error_text(), view->facts.error) != 0)
        return rc;
    printf("%s: the same again\n", error_text());
    rc = show_samples(view);
    return rc == TRAINER_OK ? show_tensors(session_graph(session), view->samples) : rc;
}

static int replay(const char *path, const struct runfile_view *view)
{
    struct opened opened = {0};
    struct session_options options = {
        .resume = path, .purpose = SESSION_REPLAY, .kernels = view->facts.kernels};
    const char *yaml = view->facts.config_resolved;
    if (strcmp(view->kind, "failure") != 0)
        return error_set(TRAINER_INVALID, "%s: is not a failure but a %s file", path, view->kind);
    printf("from step %lld to step %lld\n", (long long)view->state.step,
           (long long)view->state.failing);
    int rc = config_read_text(&opened.config, path, NULL, yaml, strlen(yaml), NULL, 0);
    if (rc == TRAINER_OK)
        rc = open_session_try_data(opened.config);
    if (rc == TRAINER_OK)
        rc = session_open(&opened.session, opened.config, &options);
    if (rc == TRAINER_OK) {
        signals_defer(0);
        rc = take_again(opened.session, view);
    }
    open_close(&opened);
    return rc;
}

static int run_replay(const struct arguments *arguments)
{
    const char *path = arguments->word[0];
    struct runfile_view view = {0};
    enum place place = find_place(path);
    if (place == PLACE_RUN || place == PLACE_RUNS)
        return error_set(TRAINER_INVALID, "%s: is a folder; did you mean %s%s/failure.h5?", path,
                         path, place == PLACE_RUNS ? "/latest" : "");
    int rc = sandbox_read(&view, path, RUNFILE_STATE);
    signals_catch();
    if (rc == TRAINER_OK)
        rc = replay(path, &view);
    signals_release();
    runfile_view_free(&view);
    return rc;
}

const struct command command_replay = {
    .name = "replay",
    .group = GROUP_RUNS,
    .rank = 3,
    .example = "trainer replay runs/two_layer/0001/failure.h5",
    .words = "FILE",
    .summary = "Take the step of a failed run once more and show every tensor",
    .help = "FILE is the failure.h5 that a run leaves in its folder when a number becomes NaN or\n"
            "infinite. Exit status 0 where the same happens again.\n",
    .words_min = 1,
    .words_max = 1,
    .run = run_replay,
};
