/*
 * command_predict.c - `trainer predict RUN INPUT`: what a trained network says of new samples.
 *
 *     trainer predict runs/iris/latest new.csv -o out.csv
 *
 * A row's prediction has the same bits wherever the row stands, and on any number of threads
 * (evaluate/predict.h).
 */
#include "base/error.h"
#include "command.h"
#include "data/data.h"
#include "engine/engine.h"
#include "evaluate/evaluate.h"
#include "evaluate/predict.h"
#include "output_path.h"
#include "predict_input.h"
#include "predict_output.h"
#include "predict_table.h"
#include "runfile/runfile_data.h"
#include "runs/trained_run.h"

#include <stdio.h>
#include <string.h>

enum { UNSEEN_ERROR, UNSEEN_ZEROS };
enum { BAD_ROWS_STOP, BAD_ROWS_BLANK };

struct predict_flags {
    const char *output, *type, *keep;
    bool probabilities;
    int unseen, bad_rows;
    int64_t threads; /* 0: auto */
};

static const struct argument_option predict_options[] = {
    {"--output", ARGUMENT_TEXT, .value = "FILE", .offset = offsetof(struct predict_flags, output),
     .help = "a .csv, .h5 or .npy file; default: CSV on standard output"},
    {"--probabilities", ARGUMENT_FLAG, .offset = offsetof(struct predict_flags, probabilities),
     .help = "a column for the probability of each class"},
    {"--keep", ARGUMENT_TEXT, .value = "COLUMN,...", .offset = offsetof(struct predict_flags, keep),
     .help = "columns of INPUT to copy into the CSV"},
    {"--unseen", ARGUMENT_CHOICE, .value = "WHAT", .offset = offsetof(struct predict_flags, unseen),
     .standard = "error", .choices = "error,zeros",
     .help = "what a category becomes that training never saw"},
    {"--bad-rows", ARGUMENT_CHOICE, .value = "WHAT",
     .offset = offsetof(struct predict_flags, bad_rows), .standard = "stop",
     .choices = "stop,blank", .help = "whether a wrong row ends it or has empty cells"},
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
    struct learned learned;       /* kind NULL: the run's file does not tell */
    struct predict_table *table;  /* of CSV; else NULL */
    struct dataset *opened;       /* of other kinds; else NULL */
    const struct dataset *inputs; /* of either */
    struct predictor *predictor;
    struct predict_output *output;
    struct predict_names names;
};

static void close_all(struct predicting *predicting)
{
    predict_output_close(predicting->output);
    predictor_free(predicting->predictor);
    dataset_close(predicting->opened);
    predict_table_close(predicting->table);
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
    const char *const *names = predicting->inputs->sample_name;
    int rc = TRAINER_OK;
    for (size_t first = 0; rc == TRAINER_OK && first < count; first += PREDICT_ROWS) {
        size_t rows = count - first < PREDICT_ROWS ? count - first : PREDICT_ROWS;
        predictor_run(predicting->predictor, first, rows);
        rc = batch_status(graph_batch(graph));
        for (size_t r = 0; rc == TRAINER_OK && r < rows; r++) {
            char number[32];
            snprintf(number, sizeof number, "%zu", first + r + 1);
            rc = predict_output_add(predicting->output, names ? names[first + r] : number, NULL,
                                    engine, &said, r);
        }
    }
    return rc;
}

/* What the run learned of its data; runs of earlier versions do not tell. */
static void read_learned(struct predicting *predicting)
{
    struct trained_run *run = &predicting->run;
    if (runfile_read_data(run->path, &run->arena, &predicting->learned))
        predicting->learned = (struct learned){0};
    error_clear();
}

static int open_table(struct predicting *predicting, const struct arguments *arguments)
{
    const struct predict_flags *flags = arguments->private;
    if (!predicting->learned.kind)
        return error_set(TRAINER_INVALID,
                         "%s: it does not tell what its data was; expected INPUT of kind idx",
                         predicting->run.path);
    const struct predict_table_options options = {
        .learned = &predicting->learned,
        .origin = predicting->run.path,
        .path = arguments->word[1],
        .keep = flags->keep,
        .unseen_zeros = flags->unseen == UNSEEN_ZEROS,
        .blank_rows = flags->bad_rows == BAD_ROWS_BLANK,
    };
    int rc = predict_table_open(&predicting->table, &options);
    if (rc == TRAINER_OK)
        predicting->inputs = predict_table_dataset(predicting->table);
    return rc;
}

static int open_inputs(struct predicting *predicting, const struct arguments *arguments)
{
    const struct predict_flags *flags = arguments->private;
    struct config *config = predicting->run.opened.config;
    const char *path = arguments->word[1], *kind;
    int rc = predict_input_kind(&kind, config, flags->type, path);
    if (rc)
        return rc;
    if (strcmp(kind, "csv") == 0)
        return open_table(predicting, arguments);
    if (strcmp(path, "-") == 0)
        return error_set(TRAINER_INVALID, "-: standard input is read as CSV, not as %s", kind);
    if (flags->keep)
        return error_set(TRAINER_INVALID, "--keep: only CSV has columns to keep");
    rc = predict_input_open(&predicting->opened, config, &predicting->learned, kind, path, NULL);
    if (rc == TRAINER_OK)
        open_print_notes(predicting->opened);
    predicting->inputs = predicting->opened;
    return rc;
}

/* The names and units of what is predicted, as the training data had them. */
static void name_predictions(struct predicting *predicting, bool probabilities)
{
    const struct learned *learned = &predicting->learned;
    struct predict_names *names = &predicting->names;
    *names = (struct predict_names){
        .task = evaluate_task(predictor_graph(predicting->predictor)),
        .heading = predicting->inputs->sample_name ? "file" : "row",
        .probabilities = probabilities,
    };
    if (learned->classes == names->task.classes)
        names->class_name = learned->class_name;
    if (learned->targets == names->task.width) {
        names->target_name = learned->target_name;
        names->task.offset = learned->label_offset;
        names->task.divisor = learned->label_divisor;
    }
    if (predicting->table)
        names->kept_name = predict_table_kept(predicting->table, &names->kept);
}

static int predict(struct predicting *predicting, const struct arguments *arguments)
{
    const struct predict_flags *flags = arguments->private;
    struct trained_run *run = &predicting->run;
    int rc = output_check_folder(flags->output);
    if (rc == TRAINER_OK)
        rc = output_check_input(flags->output, arguments->word[1]);
    if (rc == TRAINER_OK)
        rc = trained_run_read(run, arguments->word[0]);
    if (rc == TRAINER_OK)
        rc = output_check_input(flags->output, run->path);
    if (rc == TRAINER_OK)
        rc = read_config(run);
    if (rc)
        return rc;
    read_learned(predicting);
    rc = open_inputs(predicting, arguments);
    if (rc == TRAINER_OK)
        rc = make_predictor(predicting, (int)flags->threads);
    if (rc)
        return rc;
    name_predictions(predicting, flags->probabilities);
    rc = predict_output_open(&predicting->output, flags->output, &predicting->names);
    if (rc)
        return rc;
    rc = predicting->table
             ? predict_table_run(predicting->table, predicting->predictor, predicting->output)
             : predict_rows(predicting);
    return rc ? rc : predict_output_finish(predicting->output);
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
    .also = ",infer,inference,classify,apply,",
    .group = GROUP_RUNS,
    .rank = 5,
    .words = "RUN INPUT|-",
    .summary = "Let a trained network predict",
    .help =
        "RUN is a run's folder, its run.h5, or a checkpoint such as best.h5. INPUT is read as\n"
        "the run's data was; it needs no labels. Columns of CSV are found by name. -: CSV from\n"
        "standard input, each line answered when it is there.\n",
    .example = "trainer predict runs/iris/latest new.csv -o out.csv",
    .options = predict_options,
    .private_size = sizeof(struct predict_flags),
    .words_min = 2,
    .words_max = 2,
    .run = run_predict,
};
