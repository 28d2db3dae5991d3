/*
 * command_eval.c - `trainer eval RUN`: what a trained network is worth, split by split.
 *
 *     trainer eval runs/iris/latest --split test -o iris.json
 *
 * The numbers are those of the last row of /metrics/epoch, beside what the commonest class, or the
 * mean, would give.
 */
#include "base/error.h"
#include "base/file.h"
#include "commands.h"
#include "display/format.h"
#include "eval_report.h"
#include "evaluate/baseline.h"
#include "runs/trained_run.h"

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

/* Evaluates one split and appends it to the report. */
static int add_split(struct eval_report *report, struct session *session,
                     struct evaluator *evaluator, enum split which)
{
    const struct dataset *dataset = session_dataset(session);
    struct session_facts facts = session_facts(session);
    struct eval_split *split = &report->split[report->splits];
    size_t metrics = registry_count(FAMILY_METRIC);
    *split = (struct eval_split){.name = split_words(which)->name,
                                 .samples = dataset->count[which],
                                 .metric = calloc(metrics + 1, sizeof(double))};
    if (!split->metric)
        return error_memory("an evaluation", metrics * sizeof(double));
    report->splits++;
    int rc = baseline_of(&split->baseline, session_graph(session), dataset, which,
                         facts.evaluation_rows);
    if (rc == TRAINER_OK)
        rc = evaluator_run_team(evaluator, which, facts.threads);
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

static void describe(struct eval_report *report, const struct graph *graph)
{
    const struct column *asked = graph_prediction(graph).column;
    report->task = evaluate_task(graph);
    report->class_name = asked ? asked->class_name : NULL;
}

static int evaluate(struct eval_report *report, struct session *session, int choice)
{
    const struct dataset *dataset = session_dataset(session);
    struct session_facts facts = session_facts(session);
    struct evaluator *evaluator = NULL;
    int rc = check_split(dataset, choice);
    if (rc == TRAINER_OK)
        rc = evaluator_create(&evaluator, session_graph(session), dataset, facts.evaluation_rows,
                              facts.seed);
    if (rc == TRAINER_OK)
        describe(report, session_graph(session));
    for (int i = 0; rc == TRAINER_OK && i < (int)(sizeof split_order / sizeof *split_order); i++)
        if (dataset->count[split_order[i]] > 0 && (choice < 0 || choice == i))
            rc = add_split(report, session, evaluator, split_order[i]);
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

static int run_eval(const struct arguments *arguments)
{
    const struct eval_flags *flags = arguments->private;
    struct trained_run run = {0};
    struct eval_report report = {0};
    if (format_of(flags->output) == FORMAT_UNKNOWN)
        return error_set(TRAINER_INVALID, "--output '%s': expected a name in .json, .csv or .h5",
                         flags->output);
    int rc = trained_run_read(&run, arguments->word[0]);
    if (rc == TRAINER_OK)
        rc = trained_run_open(&run, arguments->setting, arguments->settings,
                              &(struct session_options){0});
    if (rc == TRAINER_OK) {
        report.run = run.path;
        report.steps = run.view.facts.steps_done;
        rc = evaluate(&report, run.opened.session, flags->split);
    }
    if (rc == TRAINER_OK)
        rc = show(&report, flags->output);
    eval_report_free(&report);
    trained_run_free(&run);
    return rc;
}

const struct command command_eval = {
    .name = "eval",
    .group = GROUP_RUNS,
    .rank = 4,
    .words = "RUN [key=value ...]",
    .summary = "Measure a trained network, split by split and class by class",
    .help =
        "RUN is a run's folder, its run.h5, or a checkpoint such as best.h5. The numbers are\n"
        "those of the last evaluation of the run, beside what the commonest class, or the mean,\n"
        "would give. Without --split all splits that have samples.\n",
    .example = "trainer eval runs/two_layer/latest --split test -o scores.json",
    .options = eval_options,
    .private_size = sizeof(struct eval_flags),
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .run = run_eval,
};
