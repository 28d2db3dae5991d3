/*
 * fuzz_predict.c - any bytes as what `trainer predict` and `trainer eval` are asked about.
 *
 * What a run's file keeps is there already: what was learned of the data, and a network. The first
 * byte chooses: bits 0 and 1 how the rest is read (a table for a network of a table, the same for
 * one of arrays, an array of NumPy's, lists), bit 2 that it has labels and is evaluated, bit 3
 * --bad-rows blank, bit 4 --unseen zeros, bit 5 --keep.
 *
 * Output files are whole or not there, and what is not there is told.
 */
#include "base/error.h"
#include "commands/predict_input.h"
#include "commands/predict_table.h"
#include "data/data.h"
#include "data/data_learned.h"
#include "engine/engine.h"
#include "evaluate/evaluate.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LABELLED = 4, BLANK = 8, ZEROS = 16, KEEP = 32, YAML_SIZE = 1024 };
enum form { TABLE, PLAIN, ARRAY, LISTS };

/* A network and what was learned of its data. */
struct trained {
    char yaml[YAML_SIZE];
    struct config *config;
    struct dataset *data;
    struct arena arena;
    struct learned learned;
};

static struct trained table, arrays;
static struct fuzz_file file, training;
static char output[sizeof file.path + 8];

static const char rows[] = "age,state,city,y\n39,Ohio,x,yes\n,Iowa,y,no\n50.5,Utah,x,no\n";
static const char table_yaml[] =
    "data: {type: csv, train: %s, labels: y, missing: mean, normalize: zscore, "
    "columns: {city: index}}\n"
    "model:\n"
    "  layers:\n"
    "    - {name: place, type: Embedding, size: 2, input: city}\n"
    "    - {type: Concat, input: [inputs, place]}\n"
    "    - {type: Affine, units: 2}\n"
    "    - {type: SoftmaxWithLoss}\n";
static const char array_yaml[] =
    "data: {type: inline, inputs: {x: [[0, 1, 2], [3, 4, 5]]}, labels: [0, 1]}\n"
    "model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}\n";

static void read_yaml(struct config **config, const char *yaml)
{
    if (config_read_text(config, "x.yaml", NULL, yaml, strlen(yaml), NULL, 0) != TRAINER_OK)
        abort();
}

static void train(struct trained *trained)
{
    read_yaml(&trained->config, trained->yaml);
    const struct node *section = node_get(config_root(trained->config), "data");
    if (dataset_open(&trained->data, trained->config, section, NULL, 1, false) != TRAINER_OK ||
        data_learned(trained->data, &trained->arena, &trained->learned) != TRAINER_OK)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    snprintf(table.yaml, sizeof table.yaml, table_yaml,
             fuzz_file_fill(&training, rows, sizeof rows - 1));
    memcpy(arrays.yaml, array_yaml, sizeof array_yaml);
    train(&table);
    train(&arrays);
    return 0;
}

/* The network for these inputs, and the output that it writes. */
struct answer {
    struct predictor *predictor;
    struct predict_output *output;
    struct predict_names names;
};

static int begin_answer(struct answer *answer, const struct trained *trained, struct config *config,
                        const struct dataset *inputs)
{
    const struct engine *engine;
    const struct node *model = node_get(config_root(config), "model");
    int rc = engine_find(&engine, PRECISION_SINGLE, "baseline");
    if (rc == TRAINER_OK)
        rc = predictor_create(&answer->predictor, config, model, inputs, engine, 1);
    if (rc)
        return rc;
    answer->names = (struct predict_names){
        .task = evaluate_task(predictor_graph(answer->predictor)),
        .heading = "row",
        .class_name = trained->learned.class_name,
        .probabilities = true,
    };
    return predict_output_open(&answer->output, output, &answer->names);
}

static int end_answer(struct answer *answer, int rc)
{
    if (rc == TRAINER_OK)
        rc = predict_output_finish(answer->output);
    predict_output_close(answer->output);
    predictor_free(answer->predictor);
    return rc;
}

static int predict_rows(struct answer *answer, const struct dataset *inputs)
{
    struct graph *graph = predictor_graph(answer->predictor);
    struct prediction said = graph_prediction(graph);
    size_t count = inputs->count[SPLIT_TRAIN];
    int rc = TRAINER_OK;
    for (size_t first = 0; rc == TRAINER_OK && first < count; first += PREDICT_ROWS) {
        size_t got = count - first < PREDICT_ROWS ? count - first : PREDICT_ROWS;
        predictor_run(answer->predictor, first, got);
        for (size_t r = 0; rc == TRAINER_OK && r < got; r++)
            rc = predict_output_add(answer->output, "1", NULL, graph_engine(graph), &said, r);
    }
    return rc;
}

static int predict_stream(const struct trained *trained, struct config *config, unsigned flags)
{
    struct answer answer = {0};
    struct predict_table *stream = NULL;
    const struct predict_table_options options = {.learned = &trained->learned,
                                                  .origin = "run.h5",
                                                  .path = file.path,
                                                  .keep = flags & KEEP ? "age,c2" : NULL,
                                                  .unseen_zeros = (flags & ZEROS) != 0,
                                                  .blank_rows = (flags & BLANK) != 0};
    int rc = predict_table_open(&stream, &options);
    if (rc == TRAINER_OK)
        rc = begin_answer(&answer, trained, config, predict_table_dataset(stream));
    if (rc == TRAINER_OK) {
        answer.names.kept_name = predict_table_kept(stream, &answer.names.kept);
        rc = predict_table_run(stream, answer.predictor, answer.output);
    }
    rc = end_answer(&answer, rc);
    predict_table_close(stream);
    return rc;
}

/* A whole file: predicted, or with its labels evaluated. */
static int use_whole(const struct trained *trained, struct config *config, const char *kind,
                     bool labelled)
{
    struct answer answer = {0};
    struct dataset *inputs = NULL;
    int rc = predict_input_open(&inputs, config, &trained->learned, kind, file.path,
                                labelled ? "" : NULL);
    if (rc == TRAINER_OK && labelled && strcmp(kind, "csv") == 0)
        fuzz_check_labels(inputs, true);
    if (rc == TRAINER_OK)
        rc = begin_answer(&answer, trained, config, inputs);
    if (rc == TRAINER_OK)
        rc = predict_rows(&answer, inputs);
    rc = end_answer(&answer, rc);
    dataset_close(inputs);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned flags = size ? *data++ : 0;
    enum form form = flags & 3;
    bool labelled = flags & LABELLED;
    const struct trained *trained = form == TABLE ? &table : &arrays;
    struct config *config;
    fuzz_file_fill(&file, data, size - (size > 0));
    snprintf(output, sizeof output, "%s.csv", file.path);
    read_yaml(&config, trained->yaml);
    error_clear();
    int rc = form > PLAIN || labelled ? use_whole(trained, config,
                                                  form == ARRAY   ? "npy"
                                                  : form == LISTS ? "libsvm"
                                                                  : "csv",
                                                  labelled)
                                      : predict_stream(trained, config, flags);
    if (rc == TRAINER_OK ? access(output, F_OK) != 0
                         : error_count() < 1 || access(output, F_OK) == 0)
        abort();
    unlink(output);
    config_free(config);
    error_clear();
    return 0;
}
