/*
 * eval_report.c - evaluations as a table, JSON and CSV.
 */
#include "eval_report.h"
#include "base/csv.h"
#include "base/error.h"
#include "base/number.h"
#include "display/json.h"
#include "display/table.h"

#include <math.h>
#include <stdlib.h>

enum { MATRIX_COLUMNS_MAX = 10 }; /* classes whose confusion matrix stands beside them */

void eval_report_free(struct eval_report *report)
{
    for (size_t i = 0; i < report->splits; i++) {
        free(report->split[i].metric);
        class_scores_free(&report->split[i].classes);
    }
    *report = (struct eval_report){0};
}

const char *eval_class_name(const struct eval_report *report, size_t index, char *text)
{
    if (report->class_name)
        return report->class_name[index];
    snprintf(text, EVAL_CLASS_SIZE, "%zu", index);
    return text;
}

/* The kind of a metric that applies; NULL of one that does not. */
static const struct metric_kind *metric_at(const struct eval_report *report, size_t index)
{
    if (!evaluate_applies(&report->task, index))
        return NULL;
    return (const struct metric_kind *)registry_kind(registry_at(FAMILY_METRIC, index), 0);
}

/* --- table --- */

static void number_cell(struct table *table, double value)
{
    bool plain = value == 0 || (fabs(value) >= 0.001 && fabs(value) < 10000);
    table_cell(table, isnan(value) ? "-" : plain ? "%.4f" : "%.3e", value);
}

static int add_splits(const struct eval_report *report, struct text *text)
{
    const char *headings[TABLE_COLUMNS_MAX] = {"split", "samples", "loss"};
    char alignments[TABLE_COLUMNS_MAX + 1] = "lrr", count[TEXT_NUMBER_MAX];
    size_t columns = 3, metrics = registry_count(FAMILY_METRIC);
    struct table table;
    for (size_t i = 0; i < metrics && columns + 1 < TABLE_COLUMNS_MAX; i++) {
        const struct metric_kind *kind = metric_at(report, i);
        if (!kind)
            continue;
        headings[columns] = kind->words ? kind->words : kind->base.title;
        alignments[columns++] = 'r';
    }
    headings[columns] = "baseline";
    alignments[columns] = 'r';
    table_start(&table, alignments, headings);
    for (size_t s = 0; s < report->splits; s++) {
        const struct eval_split *split = &report->split[s];
        table_cell(&table, "%s", split->name);
        table_cell(&table, "%s", text_count(count, split->samples));
        number_cell(&table, split->loss);
        for (size_t i = 0, shown = 3; i < metrics && shown < columns; i++)
            if (metric_at(report, i)) {
                number_cell(&table, split->metric[i]);
                shown++;
            }
        number_cell(&table, split->baseline);
    }
    return table_finish(&table, 0, text);
}

/* Precision, recall, F1 and support of each class, and its row of the confusion matrix. */
static int add_classes(const struct eval_report *report, const struct eval_split *split,
                       struct text *text)
{
    enum { SCORES = 5 };
    const struct class_scores *scores = &split->classes;
    size_t classes = scores->classes, shown = classes <= MATRIX_COLUMNS_MAX ? classes : 0;
    const char *headings[SCORES + MATRIX_COLUMNS_MAX] = {"class", "precision", "recall", "f1",
                                                         "support"};
    char alignments[] = "lrrrrrrrrrrrrrr", names[MATRIX_COLUMNS_MAX][EVAL_CLASS_SIZE];
    struct table table;
    for (size_t c = 0; c < shown; c++)
        headings[SCORES + c] = eval_class_name(report, c, names[c]);
    alignments[SCORES + shown] = '\0';
    text_print(text, "\n%s by class%s\n", split->name,
               shown ? "; on the right the confusion matrix, true classes in rows" : "");
    table_start(&table, alignments, headings);
    for (size_t c = 0; c < classes; c++) {
        char name[EVAL_CLASS_SIZE];
        table_cell(&table, "%s", eval_class_name(report, c, name));
        number_cell(&table, scores->precision[c]);
        number_cell(&table, scores->recall[c]);
        number_cell(&table, scores->f1[c]);
        table_cell(&table, "%lld", (long long)scores->support[c]);
        for (size_t d = 0; d < shown; d++)
            table_cell(&table, "%lld", (long long)scores->confusion[c * classes + d]);
    }
    return table_finish(&table, 0, text);
}

int eval_report_table(const struct eval_report *report, struct text *text)
{
    text_print(text, "%s: step %llu\n", report->run, (unsigned long long)report->steps);
    int rc = add_splits(report, text);
    for (size_t s = 0; rc == TRAINER_OK && s < report->splits; s++)
        if (report->split[s].classes.classes > 0)
            rc = add_classes(report, &report->split[s], text);
    return rc;
}

/* --- JSON --- */

static void add_class_json(struct json *json, const struct eval_report *report,
                           const struct class_scores *scores)
{
    json_open(json, "confusion_matrix", '[');
    for (size_t c = 0; c < scores->classes; c++) {
        json_open(json, NULL, '[');
        for (size_t d = 0; d < scores->classes; d++)
            json_count(json, NULL, (uint64_t)scores->confusion[c * scores->classes + d]);
        json_close(json, ']');
    }
    json_close(json, ']');
    json_open(json, "per_class", '{');
    for (size_t c = 0; c < scores->classes; c++) {
        char name[EVAL_CLASS_SIZE];
        json_open(json, eval_class_name(report, c, name), '{');
        json_number(json, "precision", scores->precision[c]);
        json_number(json, "recall", scores->recall[c]);
        json_number(json, "f1", scores->f1[c]);
        json_count(json, "support", (uint64_t)scores->support[c]);
        json_close(json, '}');
    }
    json_close(json, '}');
}

static void add_split_json(struct json *json, const struct eval_report *report,
                           const struct eval_split *split)
{
    json_open(json, split->name, '{');
    json_count(json, "samples", split->samples);
    json_number(json, "loss", split->loss);
    for (size_t i = 0; i < registry_count(FAMILY_METRIC); i++)
        if (metric_at(report, i))
            json_number(json, registry_at(FAMILY_METRIC, i)->name, split->metric[i]);
    json_number(json, "baseline", split->baseline);
    if (split->classes.classes > 0)
        add_class_json(json, report, &split->classes);
    json_close(json, '}');
}

void eval_report_json(const struct eval_report *report, struct text *text)
{
    struct json json = {.text = text};
    json_open(&json, NULL, '{');
    json_string(&json, "run", report->run);
    json_count(&json, "steps", report->steps);
    json_open(&json, "classes", '[');
    for (size_t c = 0; c < report->task.classes; c++) {
        char name[EVAL_CLASS_SIZE];
        json_string(&json, NULL, eval_class_name(report, c, name));
    }
    json_close(&json, ']');
    json_open(&json, "splits", '{');
    for (size_t s = 0; s < report->splits; s++)
        add_split_json(&json, report, &report->split[s]);
    json_close(&json, '}');
    json_close(&json, '}');
}

/* --- CSV --- */

/* A row; the names of what is measured of a class follow each other: "per_class.setosa.f1". */
static void add_value(struct text *text, const char *split, const char *metric, double value)
{
    char digits[NUMBER_SIZE];
    csv_field(text, split);
    csv_separate(text);
    csv_field(text, metric);
    csv_separate(text);
    csv_field(text, isfinite(value) ? number_text(value, 0, digits) : "");
    csv_end(text);
}

static void add_classes_csv(const struct eval_report *report, const struct eval_split *split,
                            struct text *text)
{
    const struct class_scores *scores = &split->classes;
    const char *const names[] = {"precision", "recall", "f1", "support"};
    for (size_t c = 0; c < scores->classes; c++) {
        const double value[] = {scores->precision[c], scores->recall[c], scores->f1[c],
                                (double)scores->support[c]};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            char name[EVAL_CLASS_SIZE];
            struct text metric = {0};
            text_print(&metric, "per_class.%s.%s", eval_class_name(report, c, name), names[i]);
            add_value(text, split->name, text_get(&metric), value[i]);
            text->failed |= metric.failed;
            text_free(&metric);
        }
    }
}

void eval_report_csv(const struct eval_report *report, struct text *text)
{
    text_print(text, "split,metric,value\n");
    for (size_t s = 0; s < report->splits; s++) {
        const struct eval_split *split = &report->split[s];
        add_value(text, split->name, "samples", (double)split->samples);
        add_value(text, split->name, "loss", split->loss);
        for (size_t i = 0; i < registry_count(FAMILY_METRIC); i++)
            if (metric_at(report, i))
                add_value(text, split->name, registry_at(FAMILY_METRIC, i)->name, split->metric[i]);
        add_value(text, split->name, "baseline", split->baseline);
        add_classes_csv(report, split, text);
    }
}
