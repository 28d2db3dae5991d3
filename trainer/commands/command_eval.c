/*
 * command_eval.c - `trainer eval RUN [FILE]`: what a trained network is worth, split by split.
 *
 *     trainer eval runs/iris/latest --split test -o iris.json
 *     trainer eval runs/iris/latest new.csv
 *
 * The numbers are those of the last row of /metrics/epoch, beside what the commonest class, or the
 * mean, would give. A file needs nothing of the training data: what was learned of it is in the
 * run's file.
 */
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"
#include "command.h"
#include "data/data.h"
#include "display/format.h"
#include "engine/engine.h"
#include "engine/places.h"
#include "eval_report.h"
#include "evaluate/baseline.h"
#include "output_path.h"
#include "predict_input.h"
#include "runfile/runfile_data.h"
#include "runs/trained_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct eval_flags {
    const char *output;
    int split; /* index into the choices; -1: all */
};

static const struct argument_option eval_options[] = {
    {"--split", ARGUMENT_CHOICE, .value = "NAME", .offset = offsetof(struct eval_flags, split),
     .choices = "train,validation,test", .help = "evaluate this split alone"},
    {"--output", ARGUMENT_TEXT, .value = "FILE", .offset = offsetof(struct eval_flags, output),
     .help = "write it to a .json, .csv or .h5 file too"},
    {"--threads", ARGUMENT_KEY, .key = "trainer.threads", .value = "N",
     .help = "threads of the team"},
    {0},
};

static const enum split split_order[] = {SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST};
enum { SPLITS = sizeof split_order / sizeof *split_order };

enum { EVALUATION_ROWS = 256 /* of a pass over a file */ };
enum format { FORMAT_NONE, FORMAT_JSON, FORMAT_CSV, FORMAT_HDF5, FORMAT_UNKNOWN };

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), own = strlen(ending);
    return length >= own && strcmp(text + length - own, ending) == 0;
}

static enum format format_of(const char *path)
{
    return !path                      ? FORMAT_NONE
           : ends_with(path, ".json") ? FORMAT_JSON
           : ends_with(path, ".csv")  ? FORMAT_CSV
           : ends_with(path, ".h5")   ? FORMAT_HDF5
           : ends_with(path, ".hdf5") ? FORMAT_HDF5
                                      : FORMAT_UNKNOWN;
}

static int write_file(const struct eval_report *report, const char *path)
{
    struct text text = {0};
    enum format format = format_of(path);
    if (format == FORMAT_HDF5)
        return eval_file_write(report, path);
    if (format == FORMAT_JSON)
        eval_report_json(report, &text);
    else
        eval_report_csv(report, &text);
    int rc = text_status(&text);
    if (rc == TRAINER_OK)
        rc = file_replace(path, text_get(&text), text.length);
    text_free(&text);
    return rc;
}

/* A network with its weights, and labelled data for it. */
struct subject {
    struct graph *graph;
    const struct dataset *dataset;
    size_t rows; /* of a pass */
    int threads;
    uint64_t seed;
};

/* Evaluates one split and appends it to the report under that name. */
static int add_split(struct eval_report *report, const struct subject *subject,
                     struct evaluator *evaluator, enum split which, const char *name)
{
    struct eval_split *split = &report->split[report->splits];
    size_t metrics = registry_count(FAMILY_METRIC);
    *split = (struct eval_split){.name = name,
                                 .samples = subject->dataset->count[which],
                                 .metric = calloc(metrics + 1, sizeof(double))};
    if (!split->metric)
        return error_memory("an evaluation", metrics * sizeof(double));
    report->splits++;
    int rc = baseline_of(&split->baseline, subject->graph, subject->dataset, which, subject->rows);
    if (rc == TRAINER_OK)
        rc = evaluator_run_team(evaluator, which, subject->threads);
    if (rc)
        return rc;
    const struct scores *scores = evaluator_scores(evaluator);
    const struct evaluation *classes = evaluator_classes(evaluator);
    split->loss = scores->loss;
    memcpy(split->metric, scores->metric, metrics * sizeof(double));
    return classes->samples ? class_scores_count(&split->classes, classes) : TRAINER_OK;
}

static int check_split(const struct dataset *dataset, int choice)
{
    if (choice < 0 || dataset->count[split_order[choice]] > 0)
        return TRAINER_OK;
    return error_set(TRAINER_INVALID, "--split %s: the data has no such samples",
                     split_words(split_order[choice])->name);
}

/* Of the splits that have samples the chosen one, or all. file: the data is one file, whose samples
 * are those of SPLIT_TRAIN. */
static int evaluate(struct eval_report *report, const struct subject *subject, int choice,
                    bool file)
{
    const struct column *asked = graph_prediction(subject->graph).column;
    struct evaluator *evaluator = NULL;
    int rc = evaluator_create(&evaluator, subject->graph, subject->dataset, subject->rows,
                              subject->seed);
    report->task = evaluate_task(subject->graph);
    report->class_name = asked ? asked->class_name : NULL;
    for (int i = 0; rc == TRAINER_OK && i < SPLITS; i++) {
        enum split split = split_order[i];
        if (subject->dataset->count[split] > 0 && (choice < 0 || choice == i))
            rc = add_split(report, subject, evaluator, split,
                           file ? "file" : split_words(split)->name);
    }
    evaluator_free(evaluator);
    return rc;
}

static int show(const struct eval_report *report, const char *output)
{
    struct text text = {0};
    int rc = eval_report_table(report, &text);
    if (rc == TRAINER_OK)
        rc = text_write(&text, stdout);
    text_free(&text);
    return rc == TRAINER_OK && output ? write_file(report, output) : rc;
}

/* --- the run's own data ----------------------------------------------------------------------- */

/* Says where the data is not what the run saw, though no setting asks for other data. */
static void warn_of_data(const struct trained_run *run, const struct dataset *dataset,
                         const struct arguments *arguments)
{
    char fingerprint[FINGERPRINT_TEXT];
    const char *trained = run->view.facts.data_fingerprint;
    for (size_t i = 0; i < arguments->settings; i++)
        if (strncmp(arguments->setting[i], "data", 4) == 0)
            return;
    dataset_fingerprint(dataset, fingerprint);
    if (*trained && strcmp(fingerprint, trained) != 0)
        text_warn("the data has changed since %s was trained: its fingerprint is %s, not %.100s",
                  run->path, fingerprint, trained);
}

static int evaluate_run(struct eval_report *report, struct trained_run *run,
                        const struct arguments *arguments)
{
    const struct eval_flags *flags = arguments->private;
    int rc = trained_run_open(run, arguments->setting, arguments->settings,
                              &(struct session_options){0});
    if (rc)
        return rc;
    struct session *session = run->opened.session;
    struct session_facts facts = session_facts(session);
    const struct subject subject = {.graph = session_graph(session),
                                    .dataset = session_dataset(session),
                                    .rows = facts.evaluation_rows,
                                    .threads = facts.threads,
                                    .seed = facts.seed};
    warn_of_data(run, subject.dataset, arguments);
    rc = check_split(subject.dataset, flags->split);
    if (rc == TRAINER_OK)
        rc = evaluate(report, &subject, flags->split, false);
    return rc == TRAINER_OK ? show(report, flags->output) : rc;
}

/* --- a file ----------------------------------------------------------------------------------- */

/* A file of labels beside FILE: `data.test.labels=Y.npy`. */
static const char *labels_file(const struct arguments *arguments)
{
    static const char key[] = "data.test.labels=";
    for (size_t i = 0; i < arguments->settings; i++)
        if (strncmp(arguments->setting[i], key, sizeof key - 1) == 0)
            return arguments->setting[i] + sizeof key - 1;
    return "";
}

/* A whole number of the config; `other` where there is a word. */
static int64_t find_count(struct config *config, const char *key, int64_t other)
{
    const struct node *node = config_find(config, key);
    int64_t count = 0;
    bool number = node && node->text && number_parse_integer(node->text, &count) && count > 0;
    return number ? count : other;
}

static int open_file(struct dataset **dataset, struct trained_run *run, struct learned *learned,
                     const struct arguments *arguments)
{
    struct config *config = run->opened.config;
    const char *path = arguments->word[1], *labels = labels_file(arguments), *kind;
    int rc = predict_input_kind(&kind, config, NULL, path);
    if (rc == TRAINER_OK)
        rc = runfile_read_data(run->path, &run->arena, learned);
    if (rc)
        return rc;
    char *absolute = *labels ? realpath(labels, NULL) : NULL;
    if (*labels && !absolute)
        return error_set(TRAINER_INVALID, "%s: %s", labels, strerror(errno));
    rc = predict_input_open(dataset, config, learned, kind, path, absolute ? absolute : "");
    free(absolute);
    if (rc == TRAINER_OK)
        open_print_notes(*dataset);
    return rc;
}

/* The network for the file's columns. */
static int make_graph(struct subject *subject, struct trained_run *run)
{
    struct config *config = run->opened.config;
    const struct engine *engine;
    int rc = engine_find(&engine, PRECISION_SINGLE, trained_run_kernels(run));
    if (rc)
        return rc;
    const struct graph_options options = {
        .engine = engine, .rows = subject->rows, .threads = subject->threads, .values_only = true};
    rc = graph_build(&subject->graph, config, node_get(config_root(config), "model"), NULL,
                     subject->dataset, &options);
    return rc ? rc : runfile_load_weights(run->path, subject->graph);
}

static int evaluate_file(struct eval_report *report, struct trained_run *run,
                         const struct arguments *arguments)
{
    const struct eval_flags *flags = arguments->private;
    const char *yaml = run->view.facts.config_resolved;
    struct dataset *dataset = NULL;
    struct learned learned = {0};
    struct subject subject = {.seed = run->view.facts.seed};
    if (flags->split >= 0)
        return error_set(TRAINER_INVALID, "--split: '%s' is a split of its own, `file`",
                         arguments->word[1]);
    int rc = config_read_text(&run->opened.config, run->path, NULL, yaml, strlen(yaml),
                              arguments->setting, arguments->settings);
    if (rc == TRAINER_OK)
        rc = open_file(&dataset, run, &learned, arguments);
    if (rc == TRAINER_OK) {
        struct config *config = run->opened.config;
        subject.dataset = dataset;
        subject.rows = (size_t)find_count(config, "trainer.evaluate.batch_size", EVALUATION_ROWS);
        subject.threads = (int)find_count(config, "trainer.threads", places_processors());
        rc = make_graph(&subject, run);
    }
    if (rc == TRAINER_OK)
        rc = evaluate(report, &subject, -1, true);
    if (rc == TRAINER_OK)
        rc = show(report, flags->output);
    graph_free(subject.graph);
    dataset_close(dataset);
    return rc;
}

static int run_eval(const struct arguments *arguments)
{
    const struct eval_flags *flags = arguments->private;
    struct trained_run run = {0};
    struct eval_report report = {0};
    if (format_of(flags->output) == FORMAT_UNKNOWN)
        return error_set(TRAINER_INVALID, "--output '%s': expected a name in .json, .csv or .h5",
                         flags->output);
    int rc = output_check_folder(flags->output);
    if (rc == TRAINER_OK && arguments->words > 1)
        rc = output_check_input(flags->output, arguments->word[1]);
    if (rc == TRAINER_OK)
        rc = trained_run_read(&run, arguments->word[0]);
    if (rc == TRAINER_OK)
        rc = output_check_input(flags->output, run.path);
    if (rc == TRAINER_OK) {
        report.run = run.path;
        report.steps = run.view.facts.steps_done;
        rc = arguments->words > 1 ? evaluate_file(&report, &run, arguments)
                                  : evaluate_run(&report, &run, arguments);
    }
    eval_report_free(&report);
    trained_run_free(&run);
    return rc;
}

const struct command command_eval = {
    .name = "eval",
    .also = ",evaluate,test,score,measure,",
    .group = GROUP_RUNS,
    .rank = 4,
    .words = "RUN [FILE] [key=value ...]",
    .summary = "Measure a trained network, split by split and class by class",
    .help =
        "RUN is a run's folder, its run.h5, or a checkpoint such as best.h5. The numbers are\n"
        "those of the last evaluation of the run, beside what the commonest class, or the mean,\n"
        "would give. Without --split all splits that have samples. FILE: labelled data of its own\n"
        "instead, read as the run's was; npy and idx also need data.test.labels=LABELS.\n",
    .example = "trainer eval runs/two_layer/latest --split test -o scores.json",
    .options = eval_options,
    .private_size = sizeof(struct eval_flags),
    .words_min = 1,
    .words_max = 2,
    .settings = true,
    .run = run_eval,
};
