/*
 * runfile_layout.c - the layout of a run file.
 *
 * What readers like: every array is a dataset of its own with a dimension scale on each axis
 * (xarray warns of one without), the scale named as its dimension; two dimensions for the two sides
 * of a confusion matrix; texts of variable length in UTF-8; `long_name` and `units` everywhere;
 * NX_class, default, signal and axes, by which NeXus viewers find a plot to show first.
 * NaN means not measured or not defined.
 */
#include "runfile_layout.h"
#include "base/build.h"
#include "base/error.h"
#include "evaluate/class_scores.h"
#include "hdf5/hdf5_image.h"
#include "runfile_data.h"
#include "runfile_model.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS_SIZE = 1 << 16 };

/* --- / --- */

static void put_facts(struct image *image, const struct image_contents *contents)
{
    const struct run_facts *facts = &contents->facts;
    const struct {
        const char *name, *text; /* text NULL: number */
        uint64_t number;
    } attributes[] = {
        {"format", HDF5_STAMP, 0},
        {"format_version", NULL, HDF5_STAMP_VERSION},
        {"kind", contents->kind, 0},
        {"status", run_status_word(facts->status), 0},
        {"error", facts->error, 0},
        {"reason", facts->reason, 0},
        {"start_time", facts->start_time, 0},
        {"end_time", facts->end_time, 0},
        {"updated_time", contents->machine.updated_time, 0},
        {"epochs_done", NULL, facts->epochs_done},
        {"steps_done", NULL, facts->steps_done},
        {"seed", NULL, facts->seed},
        {"threads", NULL, (uint64_t)facts->threads},
        {"precision", facts->precision, 0},
        {"kernels", facts->kernels, 0},
        {"sparse_input", facts->sparse_input, 0},
        {"version", build_version, 0},
        {"git_commit", build_git_commit, 0},
        {"compiler", build_compiler, 0},
        {"hdf5_version", hdf5_version(), 0},
        {"hostname", contents->machine.hostname, 0},
        {"cpu_model", contents->machine.cpu_model, 0},
        {"command_line", facts->command_line, 0},
        {"data_fingerprint", facts->data_fingerprint, 0},
        {"resumed_from", facts->resumed_from, 0},
        {"NX_class", "NXroot", 0},
        {"default", "metrics", 0},
    };
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (attributes[i].text)
            image_text(image, image->file, attributes[i].name, attributes[i].text);
        else
            image_number(image, image->file, attributes[i].name, attributes[i].number);
    if (facts->ranks == 0)
        return;
    image_number(image, image->file, "ranks", (uint64_t)facts->ranks);
    image_text(image, image->file, "hosts", facts->hosts);
    image_real(image, image->file, "exchange_share", facts->exchange_share);
}

/* --- /metrics --- */

/* How one table of metrics is shown. */
struct table {
    const char *group;      /* its name, below /metrics */
    const char *coordinate; /* the column that becomes the dimension's scale */
    const char *fractional; /* a counter that is stored as float64 all the same; or "" */
    const char *title;
};

static const struct table step_table = {"step", "step", "", "measured at steps"};
static const struct table epoch_table = {"epoch", "epoch", "epoch", "measured at evaluations"};

static bool is_counter(const char *name)
{
    return strcmp(name, "step") == 0 || strcmp(name, "epoch") == 0;
}

/* The column that a viewer plots first: the first that is measured. */
static const char *first_signal(const struct series *series)
{
    int column = 0;
    while (column < series->columns &&
           (is_counter(series->name[column]) || (series->absent && series->absent[column])))
        column++;
    return column < series->columns ? series->name[column] : "";
}

/* out[rows] = the column; false where a number in it is not whole. */
static bool take_whole(int64_t *out, const struct series *series, int column)
{
    const double limit = 0x1p53;
    const double *x = series->value + column;
    for (size_t row = 0; row < series->rows; row++, x += series->columns) {
        if (!(fabs(*x) <= limit && *x == trunc(*x)))
            return false;
        out[row] = (int64_t)*x;
    }
    return true;
}

static void take_column(double *out, const struct series *series, int column)
{
    const double *x = series->value + column;
    for (size_t row = 0; row < series->rows; row++, x += series->columns)
        out[row] = *x;
}

/* A column as a dataset (rows): counters as int64, the rest as float64. `room` has 8 bytes a row.
 */
static hid_t put_column(struct image *image, hid_t group, const struct table *table,
                        const struct series *series, int column, void *room)
{
    const char *name = series->name[column];
    bool whole = is_counter(name) && strcmp(name, table->fractional) != 0 && room &&
                 take_whole(room, series, column);
    if (!whole && room)
        take_column(room, series, column);
    return image_dataset(image, group,
                         &(struct image_array){
                             .name = name,
                             .long_name = series->long_name[column],
                             .units = series->unit[column],
                             .shape = shape_vector(series->rows),
                             .stored = whole ? H5T_STD_I64LE : H5T_IEEE_F64LE,
                             .given = whole ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE,
                             .data = room,
                         });
}

static void put_table(struct image *image, hid_t metrics, const struct table *table,
                      const struct series *series)
{
    int coordinate = series_find(series, table->coordinate);
    assert(coordinate >= 0);
    void *room = image_memory(image, series->rows, sizeof(double));
    hid_t group = image_group(image, metrics, table->group);
    image_text(image, group, "NX_class", "NXdata");
    image_text(image, group, "title", table->title);
    image_text(image, group, "signal", first_signal(series));
    image_texts(image, group, "axes", &table->coordinate, 1);

    hid_t scale = put_column(image, group, table, series, coordinate, room);
    image_scale(image, scale, table->coordinate);
    for (int column = 0; column < series->columns; column++) {
        if (column != coordinate && !(series->absent && series->absent[column])) {
            hid_t dataset = put_column(image, group, table, series, column, room);
            image_attach(image, dataset, 0, scale);
            image_close(image, dataset);
        }
    }
    image_close(image, scale);
    image_close(image, group);
    free(room);
}

static void put_metrics(struct image *image, const struct image_contents *contents)
{
    hid_t metrics = image_group(image, image->file, "metrics");
    image_text(image, metrics, "NX_class", "NXentry");
    image_text(image, metrics, "default", contents->epochs.columns ? "epoch" : "step");
    if (contents->steps.columns)
        put_table(image, metrics, &step_table, &contents->steps);
    if (contents->epochs.columns)
        put_table(image, metrics, &epoch_table, &contents->epochs);
    image_close(image, metrics);
}

/* --- /evaluation --- */

static void put_scores(struct image *image, hid_t group, const struct class_scores *scores)
{
    const struct {
        const char *name, *long_name;
        const int64_t *integers; /* NULL: the reals */
        const double *reals;
        bool matrix;
    } arrays[] = {
        /* the two scales first */
        {"true_class", "class of a sample", scores->index, NULL, false},
        {"predicted_class", "class that the network says", scores->index, NULL, false},
        {"confusion_matrix", "number of samples", scores->confusion, NULL, true},
        {"precision", "share of right ones among those predicted", NULL, scores->precision, false},
        {"recall", "share of those found among those of the class", NULL, scores->recall, false},
        {"f1", "harmonic mean of precision and recall", NULL, scores->f1, false},
        {"support", "samples of the class", scores->support, NULL, false},
    };
    enum { SCALES = 2, ARRAYS = sizeof arrays / sizeof *arrays };
    size_t classes = scores->classes;
    hid_t scale[SCALES];
    for (int i = 0; i < ARRAYS; i++) {
        bool whole = arrays[i].integers != NULL;
        hid_t dataset = image_dataset(
            image, group,
            &(struct image_array){
                .name = arrays[i].name,
                .long_name = arrays[i].long_name,
                .units = "",
                .shape = arrays[i].matrix ? shape_matrix(classes, classes) : shape_vector(classes),
                .stored = whole ? H5T_STD_I64LE : H5T_IEEE_F64LE,
                .given = whole ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE,
                .data = whole ? (const void *)arrays[i].integers : arrays[i].reals,
            });
        if (i < SCALES) {
            image_scale(image, dataset, arrays[i].name);
            scale[i] = dataset;
            continue;
        }
        for (int axis = 0; axis <= arrays[i].matrix; axis++)
            image_attach(image, dataset, axis, scale[axis]);
        image_close(image, dataset);
    }
    image_close(image, scale[0]);
    image_close(image, scale[1]);
}

static void put_evaluation(struct image *image, const struct evaluation *evaluation)
{
    static const char *const axes[] = {"true_class", "predicted_class"};
    struct class_scores scores;
    if (image->failed)
        return;
    if (class_scores_count(&scores, evaluation) != TRAINER_OK) {
        image->failed = true;
        return;
    }
    hid_t group = image_group(image, image->file, "evaluation");
    image_text(image, group, "NX_class", "NXdata");
    image_text(image, group, "title", "classes of the last evaluation");
    image_text(image, group, "signal", "confusion_matrix");
    image_texts(image, group, "axes", axes, 2);
    put_scores(image, group, &scores);
    image_close(image, group);
    class_scores_free(&scores);
}

/* --- /state, /batch --- */

static void put_classes(struct image *image, hid_t group, const struct evaluation *evaluation)
{
    const struct {
        const char *name, *long_name;
        const int32_t *class;
    } lists[] = {
        {"true_class", "class of a sample of the last evaluation", evaluation->true_class},
        {"predicted_class", "class that the network says", evaluation->predicted_class},
    };
    hid_t scale = image_dimension(image, group, "sample", evaluation->samples);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        hid_t dataset = image_dataset(image, group,
                                      &(struct image_array){
                                          .name = lists[i].name,
                                          .long_name = lists[i].long_name,
                                          .units = "",
                                          .shape = shape_vector(evaluation->samples),
                                          .stored = H5T_STD_I32LE,
                                          .given = H5T_NATIVE_INT32,
                                          .data = lists[i].class,
                                      });
        image_attach(image, dataset, 0, scale);
        image_close(image, dataset);
    }
    image_close(image, scale);
    image_number(image, group, "classes", evaluation->classes);
}

static void put_state(struct image *image, const struct image_contents *contents)
{
    hid_t group = image_group(image, image->file, "state");
    for (size_t i = 0; i < RUN_MEMBERS; i++)
        image_real(image, group, run_members[i].name,
                   run_member_get(contents->state, &run_members[i]));
    if (contents->evaluation.samples)
        put_classes(image, group, &contents->evaluation);
    image_close(image, group);
}

static void put_batch(struct image *image, const struct image_contents *contents)
{
    hid_t group = image_group(image, image->file, "batch");
    hid_t scale = image_dimension(image, group, "row", contents->samples);
    hid_t dataset = image_dataset(image, group,
                                  &(struct image_array){
                                      .name = "sample",
                                      .long_name = "position in the training data as stored",
                                      .units = "",
                                      .shape = shape_vector(contents->samples),
                                      .stored = H5T_STD_U32LE,
                                      .given = H5T_NATIVE_UINT32,
                                      .data = contents->sample,
                                  });
    image_attach(image, dataset, 0, scale);
    image_close(image, dataset);
    image_close(image, scale);
    image_close(image, group);
}

/* --- all of it --- */

/* Bytes that the file will take: the numbers, and something for every object. */
static size_t expected_size(const struct image_contents *contents)
{
    const struct series *steps = &contents->steps, *epochs = &contents->epochs;
    size_t numbers = steps->rows * (size_t)steps->columns + epochs->rows * (size_t)epochs->columns;
    size_t bytes = HEADERS_SIZE + numbers * sizeof(double);
    for (size_t i = 0; i < contents->tensors; i++)
        bytes += shape_size(contents->tensor[i].shape) * contents->tensor[i].real_size *
                 (1 + contents->optimizer_states);
    return bytes;
}

int runfile_image(void **bytes, size_t *count, const char *path,
                  const struct image_contents *contents)
{
    struct image image;
    hdf5_enter();
    image_open(&image, path, expected_size(contents));
    put_facts(&image, contents);
    image_document(&image, "config", "config as given", contents->facts.config);
    image_document(&image, "config_resolved", "config with includes, overrides and defaults",
                   contents->facts.config_resolved);
    if (contents->facts.config_origins && *contents->facts.config_origins)
        image_document(&image, "config_origins", "where each value of the config comes from",
                       contents->facts.config_origins);
    put_metrics(&image, contents);
    if (contents->learned)
        runfile_put_data(&image, contents->learned);
    if (contents->evaluation.samples)
        put_evaluation(&image, &contents->evaluation);
    if (contents->layers)
        runfile_put_model(&image, contents);
    if (contents->state) {
        put_state(&image, contents);
        runfile_put_optimizer(&image, contents);
    }
    if (contents->samples)
        put_batch(&image, contents);
    int rc = image_finish(&image, bytes, count);
    hdf5_leave();
    return rc;
}
