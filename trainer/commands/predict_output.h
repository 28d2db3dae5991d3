/*
 * predict_output.h - predictions as CSV, HDF5 or NumPy's npy.
 *
 *     CSV, classes   row,prediction,probability            and p_<class> each, where asked for
 *     CSV, values    row,prediction                        of several: prediction_<name> each
 *     CSV, labels    row,prediction_<name>...,probability_<name>...
 *     HDF5           /prediction (N) class numbers, or (N, targets); /probability (N, C); /classes
 *     npy            (N, C) probabilities, or (N, targets) values
 *
 * Numbers are float32, in CSV with the fewest digits that read back as the same. A file appears
 * whole or not at all; CSV is written row by row, and flushed after each call where nobody buffers.
 */
#ifndef TRAINER_PREDICT_OUTPUT_H
#define TRAINER_PREDICT_OUTPUT_H

#include "graph/graph.h"
#include "metric.h"

/* What predictions are called. All is borrowed. */
struct predict_names {
    struct metric_task task;
    const char *const *class_name;  /* (task.classes); NULL: numbers */
    const char *const *target_name; /* (task.width) of values and labels; NULL: numbers from 1 */
    const char *heading;            /* "row", or "file" of pictures */
    size_t kept;                    /* columns that are copied behind it ... */
    const char *const *kept_name;   /* ... and their names */
    bool probabilities;             /* CSV: those of all classes */
};

struct predict_output;

/* Opens an output; path NULL: CSV on standard output. Its ending says which form. Free with
 * predict_output_close, which removes what was not finished. */
int predict_output_open(struct predict_output **output, const char *path,
                        const struct predict_names *names);
void predict_output_close(struct predict_output *output);

/* Adds row `row` of a prediction. label: what stands in the first column; kept (names->kept).
 * said NULL: there is no prediction, the cells stay empty. */
int predict_output_add(struct predict_output *output, const char *label, const char *const *kept,
                       const struct engine *engine, const struct prediction *said, size_t row);

/* Has what was added so far read by whoever reads standard output. */
int predict_output_flush(struct predict_output *output);

/* The file is there when this returns TRAINER_OK. */
int predict_output_finish(struct predict_output *output);

/* predict_file.c: the bytes of an HDF5 file, for free(). prediction (rows, columns) and probability
 * (rows, width), each NULL where there is none; of classes, prediction is (rows) numbers. */
struct predict_arrays {
    const struct predict_names *names;
    size_t rows, columns, width;
    const float *prediction, *probability;
};
int predict_file_build(void **bytes, size_t *count, const char *path,
                       const struct predict_arrays *arrays);

/* The name of a class or target into text[PREDICT_NAME_SIZE], unless it has one. */
enum { PREDICT_NAME_SIZE = 24 };
const char *predict_class_name(const struct predict_names *names, size_t index, char *text);

#endif
