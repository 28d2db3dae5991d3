/*
 * predict_output.c - the rows of predictions: CSV as they come, arrays collected until the end.
 */
#include "predict_output.h"
#include "base/csv.h"
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"
#include "engine/engine.h"
#include "evaluate/decision.h"
#include "file_kinds.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum form { FORM_CSV, FORM_HDF5, FORM_NPY };

/* Numbers that are collected: (rows, width). */
struct floats {
    size_t used, room;
    float *value;
};

struct predict_output {
    const struct predict_names *names;
    enum form form;
    const char *path; /* borrowed; NULL: standard output */
    char *temporary;  /* what is written until it is whole; NULL: nothing */
    FILE *file;       /* of CSV */
    struct text text; /* of CSV, not written yet */
    size_t rows;
    struct floats prediction, probability; /* of HDF5 and npy */
};

const char *predict_class_name(const struct predict_names *names, size_t index, char *text)
{
    if (names->class_name)
        return names->class_name[index];
    snprintf(text, PREDICT_NAME_SIZE, "%zu", index);
    return text;
}

static const char *target_name(const struct predict_names *names, size_t index, char *text)
{
    if (names->target_name)
        return names->target_name[index];
    snprintf(text, PREDICT_NAME_SIZE, "%zu", index + 1);
    return text;
}

/* --- what a row says -------------------------------------------------------------------------- */

/* Element j of a row, in the units of the data. */
static float element_of(const struct predict_names *names, const struct engine *engine,
                        const struct prediction *said, size_t row, size_t j)
{
    double value = engine->get(said->x, row * said->width + j);
    if (names->task.divisor)
        value = value * names->task.divisor[j] + names->task.offset[j];
    return (float)value;
}

/* The probability of a class; of one unit that is all but what it gives class 1. */
static float probability_of(const struct engine *engine, const struct prediction *said, size_t row,
                            size_t class)
{
    if (said->task == TASK_CLASS)
        return (float)engine->get(said->x, row * said->width + class);
    double yes = engine->get(said->x, row);
    return (float)(class ? yes : 1 - yes);
}

/* --- CSV -------------------------------------------------------------------------------------- */

static void add_named(struct text *text, const char *prefix, const char *name)
{
    struct text cell = {0};
    csv_separate(text);
    text_print(&cell, "%s%s", prefix, name);
    csv_field(text, text_get(&cell));
    text->failed |= cell.failed;
    text_free(&cell);
}

static void add_header(struct text *text, const struct predict_names *names)
{
    const struct metric_task *task = &names->task;
    bool classes = task->task & TASK_CLASSES, labels = task->task == TASK_LABELS;
    char name[PREDICT_NAME_SIZE];
    csv_field(text, names->heading);
    for (size_t i = 0; i < names->kept; i++)
        add_named(text, "", names->kept_name[i]);
    if (classes || (task->width == 1 && !labels))
        add_named(text, "prediction", "");
    if (classes)
        add_named(text, "probability", "");
    for (size_t c = 0; names->probabilities && c < task->classes; c++)
        add_named(text, "p_", predict_class_name(names, c, name));
    for (size_t j = 0; (labels || (!classes && task->width > 1)) && j < task->width; j++)
        add_named(text, "prediction_", target_name(names, j, name));
    for (size_t j = 0; labels && j < task->width; j++)
        add_named(text, "probability_", target_name(names, j, name));
    csv_end(text);
}

static void add_number(struct text *text, float value)
{
    char digits[NUMBER_SIZE];
    csv_separate(text);
    text_string(text, number_text_single(value, digits));
}

static void add_class_cells(struct text *text, const struct predict_names *names,
                            const struct engine *engine, const struct prediction *said, size_t row)
{
    char name[PREDICT_NAME_SIZE];
    int32_t class;
    decision_said(engine, said, row, 1, &class);
    csv_separate(text);
    csv_field(text, predict_class_name(names, (size_t) class, name));
    add_number(text, probability_of(engine, said, row, (size_t) class));
    for (size_t c = 0; names->probabilities && c < names->task.classes; c++)
        add_number(text, probability_of(engine, said, row, c));
}

static void add_cells(struct text *text, const struct predict_names *names,
                      const struct engine *engine, const struct prediction *said, size_t row)
{
    size_t width = names->task.width;
    bool labels = names->task.task == TASK_LABELS;
    if (names->task.task & TASK_CLASSES) {
        add_class_cells(text, names, engine, said, row);
        return;
    }
    for (size_t j = 0; j < width; j++) {
        float value = element_of(names, engine, said, row, j);
        add_number(text, labels ? value > 0.5F : value);
    }
    for (size_t j = 0; labels && j < width; j++)
        add_number(text, element_of(names, engine, said, row, j));
}

/* As many empty cells as a prediction has. */
static void add_blanks(struct text *text, const struct predict_names *names)
{
    const struct metric_task *task = &names->task;
    size_t cells = task->task & TASK_CLASSES   ? 2 + (names->probabilities ? task->classes : 0)
                   : task->task == TASK_LABELS ? 2 * task->width
                                               : task->width;
    for (size_t i = 0; i < cells; i++)
        csv_separate(text);
}

/* --- arrays ----------------------------------------------------------------------------------- */

static int append(struct floats *floats, float value)
{
    if (floats->used == floats->room) {
        size_t room = floats->room ? 2 * floats->room : 1024;
        float *grown = realloc(floats->value, room * sizeof *grown);
        if (!grown)
            return error_memory("the predictions", room * sizeof *grown);
        floats->value = grown;
        floats->room = room;
    }
    floats->value[floats->used++] = value;
    return TRAINER_OK;
}

/* Columns of a prediction and of its probabilities. */
static size_t prediction_width(const struct predict_names *names)
{
    return names->task.task & TASK_CLASSES ? 1 : names->task.width;
}

static size_t probability_width(const struct predict_names *names)
{
    return names->task.task & TASK_CLASSES   ? names->task.classes
           : names->task.task == TASK_LABELS ? names->task.width
                                             : 0;
}

static int collect(struct predict_output *output, const struct engine *engine,
                   const struct prediction *said, size_t row)
{
    const struct predict_names *names = output->names;
    bool classes = names->task.task & TASK_CLASSES, labels = names->task.task == TASK_LABELS;
    size_t own = prediction_width(names), width = probability_width(names);
    int32_t class = -1;
    int rc = TRAINER_OK;
    if (classes && said)
        decision_said(engine, said, row, 1, &class);
    for (size_t j = 0; rc == TRAINER_OK && j < own; j++) {
        float value = classes ? (float)class
                      : said  ? element_of(names, engine, said, row, j)
                              : (float)NAN;
        rc = append(&output->prediction, labels && said ? value > 0.5F : value);
    }
    for (size_t j = 0; rc == TRAINER_OK && j < width; j++) {
        float value = !said     ? (float)NAN
                      : classes ? probability_of(engine, said, row, j)
                                : element_of(names, engine, said, row, j);
        rc = append(&output->probability, value);
    }
    return rc;
}

/* An npy file of format 1.0: probabilities where there are some, else values. */
static int write_npy(const struct predict_output *output)
{
    enum { HEADER = 128, MAGIC = 10 };
    size_t width = probability_width(output->names);
    const struct floats *floats = width ? &output->probability : &output->prediction;
    size_t bytes = floats->used * sizeof *floats->value;
    char *file = malloc(HEADER + bytes + 1);
    if (!file)
        return error_memory(output->path, HEADER + bytes);
    width = width ? width : prediction_width(output->names);
    memset(file, ' ', HEADER);
    memcpy(file, "\x93NUMPY\x01\x00\x76\x00", MAGIC);
    int length = snprintf(file + MAGIC, HEADER - MAGIC,
                          "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, %zu), }",
                          output->rows, width);
    file[MAGIC + length] = ' ';
    file[HEADER - 1] = '\n';
    if (bytes > 0)
        memcpy(file + HEADER, floats->value, bytes);
    int rc = file_replace(output->path, file, HEADER + bytes);
    free(file);
    return rc;
}

static int write_hdf5(const struct predict_output *output)
{
    const struct predict_arrays arrays = {.names = output->names,
                                          .rows = output->rows,
                                          .columns = prediction_width(output->names),
                                          .width = probability_width(output->names),
                                          .prediction = output->prediction.value,
                                          .probability = output->probability.value};
    void *bytes = NULL;
    size_t count = 0;
    int rc = predict_file_build(&bytes, &count, output->path, &arrays);
    if (rc == TRAINER_OK)
        rc = file_replace(output->path, bytes, count);
    free(bytes);
    return rc;
}

/* --- the output ------------------------------------------------------------------------------- */

static int form_of(const char *path, enum form *form)
{
    static const struct {
        const char *ending;
        enum form form;
    } forms[] = {{".csv", FORM_CSV}, {".h5", FORM_HDF5}, {".hdf5", FORM_HDF5}, {".npy", FORM_NPY}};
    *form = FORM_CSV;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        *form = forms[i].form;
        if (!path || file_ends_in(path, forms[i].ending))
            return TRAINER_OK;
    }
    return error_set(TRAINER_INVALID, "--output '%s': expected a name in .csv, .h5 or .npy", path);
}

/* Nothing that was asked for is left out in silence. */
static int check_names(const struct predict_names *names, enum form form)
{
    if (names->kept && form != FORM_CSV)
        return error_set(TRAINER_INVALID, "--keep: only an --output of .csv has room for columns");
    if (names->probabilities && names->task.task == TASK_VALUES)
        return error_set(TRAINER_INVALID,
                         "--probabilities: the network predicts values, not classes");
    return TRAINER_OK;
}

static int fail_write(const struct predict_output *output)
{
    return error_set(TRAINER_FAILED, "%s: %s", output->path ? output->path : "standard output",
                     strerror(errno));
}

static int open_csv(struct predict_output *output)
{
    output->file = stdout;
    if (output->path) {
        size_t size = strlen(output->path) + sizeof ".tmp";
        output->temporary = malloc(size);
        if (!output->temporary)
            return error_memory(output->path, size);
        snprintf(output->temporary, size, "%s.tmp", output->path);
        output->file = fopen(output->temporary, "wb");
        if (!output->file)
            return fail_write(output);
    }
    add_header(&output->text, output->names);
    return predict_output_flush(output);
}

int predict_output_open(struct predict_output **out, const char *path,
                        const struct predict_names *names)
{
    struct predict_output *output = calloc(1, sizeof *output);
    *out = NULL;
    if (!output)
        return error_memory("predictions", sizeof *output);
    output->names = names;
    output->path = path;
    int rc = form_of(path, &output->form);
    if (rc == TRAINER_OK)
        rc = check_names(names, output->form);
    if (rc == TRAINER_OK && output->form == FORM_CSV)
        rc = open_csv(output);
    if (rc) {
        predict_output_close(output);
        return rc;
    }
    *out = output;
    return TRAINER_OK;
}

void predict_output_close(struct predict_output *output)
{
    if (!output)
        return;
    if (output->temporary && output->file) {
        fclose(output->file);
        unlink(output->temporary);
    }
    free(output->temporary);
    free(output->prediction.value);
    free(output->probability.value);
    text_free(&output->text);
    free(output);
}

/* Writes the text that has gathered. */
static int write_text(struct predict_output *output)
{
    struct text *text = &output->text;
    int rc = text_status(text);
    if (rc == TRAINER_OK && fwrite(text_get(text), 1, text->length, output->file) < text->length)
        rc = fail_write(output);
    text->length = 0;
    return rc;
}

int predict_output_add(struct predict_output *output, const char *label, const char *const *kept,
                       const struct engine *engine, const struct prediction *said, size_t row)
{
    enum { GATHERED = 1 << 16 };
    struct text *text = &output->text;
    output->rows++;
    if (output->form != FORM_CSV)
        return collect(output, engine, said, row);
    csv_field(text, label);
    for (size_t i = 0; i < output->names->kept; i++)
        add_named(text, "", kept[i]);
    if (said)
        add_cells(text, output->names, engine, said, row);
    else
        add_blanks(text, output->names);
    csv_end(text);
    return text->length < GATHERED ? TRAINER_OK : write_text(output);
}

int predict_output_flush(struct predict_output *output)
{
    if (output->form != FORM_CSV)
        return TRAINER_OK;
    int rc = write_text(output);
    if (rc == TRAINER_OK && fflush(output->file) != 0)
        rc = fail_write(output);
    return rc;
}

int predict_output_finish(struct predict_output *output)
{
    if (output->form == FORM_NPY)
        return write_npy(output);
    if (output->form == FORM_HDF5)
        return write_hdf5(output);
    int rc = predict_output_flush(output);
    if (rc || !output->path)
        return rc;
    bool written = fsync(fileno(output->file)) == 0;
    written = fclose(output->file) == 0 && written;
    output->file = NULL;
    if (written && rename(output->temporary, output->path) == 0)
        return TRAINER_OK;
    rc = fail_write(output);
    unlink(output->temporary);
    return rc;
}
