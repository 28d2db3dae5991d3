/*
 * command_predict.c - `trainer predict RUN INPUT`: what a trained network says of new samples.
 *
 *     trainer predict runs/iris/latest new.csv -o out.csv
 *
 * A row's prediction has the same bits wherever the row stands, and on any number of threads
 * (evaluate/predict.h).
 */
#include "base/error.h"
#include "commands.h"
#include "data/data.h"
#include "engine/engine.h"
#include "evaluate/evaluate.h"
#include "evaluate/predict.h"
#include "predict_input.h"
#include "predict_output.h"
#include "runs/trained_run.h"

#include <stdio.h>
#include <string.h>

struct predict_flags {
    const char *output, *type;
    bool probabilities;
    int64_t threads; /* 0: auto */
};

static const struct argument_option predict_options[] = {
    {"--output", ARGUMENT_TEXT, .value = "FILE", .offset = offsetof(struct predict_flags, output),
     .help = "a .csv, .h5 or .npy file; default: CSV on standard output"},
    {"--probabilities", ARGUMENT_FLAG, .offset = offsetof(struct predict_flags, probabilities),
     .help = "a column for the probability of each class"},
    {"--type", ARGUMENT_TEXT, .value = "KIND", .offset = offsetof(struct predict_flags, type),
     .help = "kind of data that INPUT is; default: by its name, else the run's"},
    {"--threads", ARGUMENT_INTEGER, .value = "N", .offset = offsetof(struct predict_flags, threads),
     .standard = "auto", .minimum = 1, .maximum = 1024, .word = "auto",
     .help = "threads of the team"},
    {0},
};

/* A run, opened to predict. */
struct predicting {
    struct trained_run run;
    struct dataset *inputs;
    struct predictor *predictor;
    struct predict_output *output;
    struct predict_names names;
};

static void close_all(struct predicting *predicting)
{
    predict_output_close(predicting->output);
    predictor_free(predicting->predictor);
    dataset_close(predicting->inputs);
    trained_run_free(&predicting->run);
}

static int read_config(struct trained_run *run)
{
    const char *yaml = run->view.facts.config_resolved;
    return config_read_text(&run->opened.config, run->path, NULL, yaml, strlen(yaml), NULL, 0);
}

/* The network, with the run's weights. */
static int make_predictor(struct predicting *predicting, int threads)
{
    struct trained_run *run = &predicting->run;
    struct config *config = run->opened.config;
    const struct engine *engine;
    int rc = engine_find(&engine, PRECISION_SINGLE, trained_run_kernels(run));
    if (rc == TRAINER_OK)
        rc =
            predictor_create(&predicting->predictor, config, node_get(config_root(config), "model"),
                             predicting->inputs, engine, threads);
    if (rc == TRAINER_OK)
        rc = runfile_load_weights(run->path, predictor_graph(predicting->predictor));
    if (rc == TRAINER_OK && evaluate_task(predictor_graph(predicting->predictor)).task == TASK_NONE)
        rc = error_set(TRAINER_INVALID, "%s: the network has no loss that predicts", run->path);
    return rc;
}

static int predict_rows(struct predicting *predicting)
{
    struct graph *graph = predictor_graph(predicting->predictor);
    const struct engine *engine = graph_engine(graph);
    struct prediction said = graph_prediction(graph);
    size_t count = predicting->inputs->count[SPLIT_TRAIN];
    int rc = TRAINER_OK;
    for (size_t first = 0; rc == TRAINER_OK && first < count; first += PREDICT_ROWS) {
        size_t rows = count - first < PREDICT_ROWS ? count - first : PREDICT_ROWS;
        predictor_run(predicting->predictor, first, rows);
        for (size_t r = 0; rc == TRAINER_OK && r < rows; r++) {
            char label[32];
            snprintf(label, sizeof label, "%zu", first + r + 1);
            rc = predict_output_add(predicting->output, label, NULL, engine, &said, r);
        }
    }
    return rc ? rc : predict_output_finish(predicting->output);
}

static int predict(struct predicting *predicting, const struct arguments *arguments)
{
    const struct predict_flags *flags = arguments->private;
    struct trained_run *run = &predicting->run;
    int rc = trained_run_read(run, arguments->word[0]);
    if (rc == TRAINER_OK)
        rc = read_config(run);
    if (rc == TRAINER_OK)
        rc = predict_input_open(&predicting->inputs, run->opened.config, flags->type,
                                arguments->word[1]);
    if (rc == TRAINER_OK)
        rc = make_predictor(predicting, (int)flags->threads);
    if (rc)
        return rc;
    predicting->names = (struct predict_names){
        .task = evaluate_task(predictor_graph(predicting->predictor)),
        .heading = "row",
        .probabilities = flags->probabilities,
    };
    rc = predict_output_open(&predicting->output, flags->output, &predicting->names);
    return rc ? rc : predict_rows(predicting);
}

static int run_predict(const struct arguments *arguments)
{
    struct predicting predicting = {0};
    int rc = predict(&predicting, arguments);
    close_all(&predicting);
    return rc;
}

const struct command command_predict = {
    .name = "predict",
    .group = GROUP_RUNS,
    .rank = 5,
    .words = "RUN INPUT",
    .summary = "Let a trained network predict",
    .help = "RUN is a run's folder, its run.h5, or a checkpoint such as best.h5. INPUT is read as\n"
            "the run's data was; it needs no labels.\n",
    .example = "trainer predict runs/iris/latest new.csv -o out.csv",
    .options = predict_options,
    .private_size = sizeof(struct predict_flags),
    .words_min = 2,
    .words_max = 2,
    .run = run_predict,
};
