/*
 * eval_report.h - what `trainer eval` found, as a table, JSON, CSV or HDF5.
 *
 *     JSON   {"run": "...", "steps": 2000, "classes": ["setosa", ...],
 *             "splits": {"test": {"samples": 30, "loss": 0.05, "accuracy": 0.97, ..., "baseline":
 *             0.33, "confusion_matrix": [[10, 0, 0], ...], "per_class": {"setosa": {...}}}}}
 *     CSV    split,metric,value
 *     HDF5   /test/accuracy, /test/confusion_matrix, /test/per_class/setosa/precision, ...
 *
 * A number that can't be had is null, an empty cell, NaN.
 */
#ifndef TRAINER_EVAL_REPORT_H
#define TRAINER_EVAL_REPORT_H

#include "base/text.h"
#include "dataset.h"
#include "evaluate/class_scores.h"

/* One split, evaluated. */
struct eval_split {
    const char *name; /* "test"; "file" */
    size_t samples;
    double loss, baseline;
    double *metric;              /* [registry_count(FAMILY_METRIC)]; NaN where there is none */
    struct class_scores classes; /* classes 0: labels are none */
};

struct eval_report {
    const char *run; /* path of its file */
    uint64_t steps;
    struct metric_task task;
    const char *const *class_name; /* (task.classes); NULL: numbers */
    size_t splits;
    struct eval_split split[SPLIT_COUNT];
};

void eval_report_free(struct eval_report *report);

/* The name of a class; one that has a number only is written into text[EVAL_CLASS_SIZE]. */
enum { EVAL_CLASS_SIZE = 24 };
const char *eval_class_name(const struct eval_report *report, size_t index, char *text);

/* Each appends to text; memory that ran out shows in text_status, or is returned. */
int eval_report_table(const struct eval_report *report, struct text *text);
void eval_report_json(const struct eval_report *report, struct text *text);
void eval_report_csv(const struct eval_report *report, struct text *text);

/* eval_file.c: writes HDF5 to a path, whole or not at all. */
int eval_file_write(const struct eval_report *report, const char *path);

#endif
