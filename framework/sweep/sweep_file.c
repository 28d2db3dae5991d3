/*
 * sweep_file.c - sweep.h5 and sweep.csv: the columns of sweep_frame.h as files.
 *
 * Each group has dimension scales of its own: readers of netCDF look for them in the group and
 * above it, not beside it.
 */
#include "sweep_file.h"
#include "base/build.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/series.h"
#include "hdf5/hdf5_image.h"
#include "sweep_frame.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HEADERS_SIZE = 1 << 16, TEXT_BYTES = 64, TIME_SIZE = 32 };

static const char *const goal_words[] = {
    [SWEEP_MAXIMIZE] = "maximize", [SWEEP_MINIMIZE] = "minimize"};

static void put_facts(struct image *image, const struct sweep *sweep,
                      const struct sweep_status_facts *facts)
{
    const struct sweep_settings *settings = sweep_settings(sweep);
    char updated[TIME_SIZE];
    const struct {
        const char *name, *text;
    } texts[] = {
        {"format", HDF5_STAMP},
        {"kind", "sweep"},
        {"name", settings->name},
        {"status", run_status_word(facts->status)},
        {"error", facts->error ? facts->error : ""},
        {"metric", settings->metric.name},
        {"goal", goal_words[settings->metric.goal]},
        {"updated_time", clock_text(updated, sizeof updated)},
        {"version", build_version},
        {"git_commit", build_git_commit},
        {"hdf5_version", hdf5_version()},
        {"command_line", facts->command_line ? facts->command_line : ""},
        {"NX_class", "NXroot"},
        {"default", "curves"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        image_text(image, image->file, texts[i].name, texts[i].text);
    image_number(image, image->file, "format_version", HDF5_STAMP_VERSION);
    image_number(image, image->file, "seed", (uint64_t)settings->seed);
    image_number(image, image->file, "trials", sweep_trial_count(sweep));
    image_number(image, image->file, "points", sweep_point_count(sweep));
    image_real(image, image->file, "seconds", facts->seconds);
}

/* --- tables --- */

static hid_t put_column(struct image *image, hid_t group, const struct sweep_column *column,
                        size_t rows)
{
    const struct {
        hid_t stored, given;
    } types[] = {
        [SWEEP_INTEGER] = {H5T_STD_I64LE, H5T_NATIVE_INT64},
        [SWEEP_NUMBER] = {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE},
        [SWEEP_BOOLEAN] = {H5T_STD_U8LE, H5T_NATIVE_INT64},
        [SWEEP_TEXT] = {image->text, image->text},
    };
    hid_t dataset = image_dataset(image, group,
                                  &(struct image_array){.name = column->name,
                                                        .long_name = column->long_name,
                                                        .units = column->units,
                                                        .shape = shape_vector(rows),
                                                        .stored = types[column->type].stored,
                                                        .given = types[column->type].given,
                                                        .data = column->cell});
    if (column->type == SWEEP_BOOLEAN)
        image_text(image, dataset, "dtype", "bool"); /* xarray's word for it */
    return dataset;
}

/* The dimension `run`, with the row's number. */
static hid_t put_run_scale(struct image *image, hid_t group, size_t rows)
{
    union sweep_cell *cell = image_memory(image, rows, sizeof *cell);
    for (size_t i = 0; cell && i < rows; i++)
        cell[i].integer = (int64_t)i;
    hid_t scale = put_column(
        image, group, &(struct sweep_column){"run", "row of the table", "", SWEEP_INTEGER, 0, cell},
        rows);
    image_scale(image, scale, "run");
    free(cell);
    return scale;
}

/* All columns with that scale. */
static void put_columns(struct image *image, hid_t group, hid_t scale,
                        const struct sweep_column *column, size_t columns, size_t rows)
{
    for (size_t c = 0; c < columns; c++) {
        hid_t dataset = put_column(image, group, &column[c], rows);
        image_attach(image, dataset, 0, scale);
        image_close(image, dataset);
    }
}

/* `keys` names the columns that the sweep varies, for whoever reads the file back. */
static void put_runs(struct image *image, const struct sweep_frame *frame)
{
    size_t keys = sweep_results_keys(frame->results);
    const char **names = image_memory(image, keys, sizeof *names);
    if (!names)
        return;
    for (size_t k = 0; k < keys; k++)
        names[k] = sweep_results_key(frame->results, k)->name;
    hid_t group = image_group(image, image->file, "runs");
    image_texts(image, group, "keys", names, keys);
    hid_t scale = put_run_scale(image, group, frame->rows);
    put_columns(image, group, scale, frame->runs, frame->run_columns, frame->rows);
    image_close(image, scale);
    image_close(image, group);
    free(names);
}

/* The first column is the dimension. */
static void put_points(struct image *image, const struct sweep_frame *frame)
{
    hid_t group = image_group(image, image->file, "points");
    hid_t scale = put_column(image, group, &frame->points[0], frame->point_rows);
    image_scale(image, scale, frame->points[0].name);
    put_columns(image, group, scale, frame->points + 1, frame->point_columns - 1,
                frame->point_rows);
    image_close(image, scale);
    image_close(image, group);
}

/* --- curves --- */

static size_t curve_length(const struct sweep_frame *frame)
{
    return frame->rows ? frame->row[frame->longest]->measured : 0;
}

/* out (runs, length): one column of all curves, padded with NaN. */
static void take_curves(double *out, const struct sweep_frame *frame, size_t metric)
{
    size_t length = curve_length(frame);
    size_t metrics = (size_t)sweep_results_metrics(frame->results)->columns;
    for (size_t i = 0; i < frame->rows; i++)
        for (size_t r = 0; r < length; r++)
            *out++ = r < frame->row[i]->measured ? frame->row[i]->curve[r * metrics + metric]
                                                 : (double)NAN;
}

/* The dimension `epoch`: those of the longest curve. */
static hid_t put_epoch_scale(struct image *image, hid_t group, const struct sweep_frame *frame)
{
    size_t length = curve_length(frame);
    size_t metrics = (size_t)sweep_results_metrics(frame->results)->columns;
    union sweep_cell *cell = image_memory(image, length, sizeof *cell);
    for (size_t r = 0; cell && r < length; r++)
        cell[r].number = frame->row[frame->longest]->curve[r * metrics];
    hid_t scale = put_column(image, group,
                             &(struct sweep_column){"epoch", "epochs done in the longest run", "",
                                                    SWEEP_NUMBER, 0, cell},
                             length);
    image_scale(image, scale, "epoch");
    free(cell);
    return scale;
}

/* `epoch` is the name of the dimension, so the column of that name is `epochs` here. */
static void put_curve(struct image *image, hid_t group, const hid_t scale[2],
                      const struct sweep_frame *frame, size_t metric, double *room)
{
    const struct series *series = sweep_results_metrics(frame->results);
    take_curves(room, frame, metric);
    hid_t dataset =
        image_dataset(image, group,
                      &(struct image_array){.name = metric == 0 ? "epochs" : series->name[metric],
                                            .long_name = series->long_name[metric],
                                            .units = series->unit[metric],
                                            .shape = shape_matrix(frame->rows, curve_length(frame)),
                                            .stored = H5T_IEEE_F64LE,
                                            .given = H5T_NATIVE_DOUBLE,
                                            .data = room});
    for (int axis = 0; axis < 2; axis++)
        image_attach(image, dataset, axis, scale[axis]);
    image_close(image, dataset);
}

static void put_curves(struct image *image, const struct sweep_frame *frame)
{
    static const char *const axes[] = {"run", "epoch"};
    const struct sweep_settings *settings = sweep_settings(sweep_results_sweep(frame->results));
    size_t metrics = (size_t)sweep_results_metrics(frame->results)->columns;
    double *room = image_memory(image, frame->rows * curve_length(frame), sizeof *room);
    if (!room)
        return;
    hid_t group = image_group(image, image->file, "curves");
    image_text(image, group, "NX_class", "NXdata");
    image_text(image, group, "signal", settings->metric.name);
    image_texts(image, group, "axes", axes, 2);
    const hid_t scale[] = {put_run_scale(image, group, frame->rows),
                           put_epoch_scale(image, group, frame)};
    for (size_t m = 0; m < metrics; m++)
        if (m == 0 || sweep_frame_measured(frame, m))
            put_curve(image, group, scale, frame, m, room);
    image_close(image, scale[0]);
    image_close(image, scale[1]);
    image_close(image, group);
    free(room);
}

/* --- files --- */

static int build(void **bytes, size_t *count, const char *path, const struct sweep_frame *frame,
                 const struct sweep_status_facts *facts)
{
    const struct sweep *sweep = sweep_results_sweep(frame->results);
    size_t cells = frame->run_columns +
                   curve_length(frame) * (size_t)sweep_results_metrics(frame->results)->columns;
    struct image image;
    hdf5_enter();
    image_open(&image, path,
               HEADERS_SIZE + frame->rows * (cells * sizeof(double) + 4 * TEXT_BYTES));
    put_facts(&image, sweep, facts);
    image_document(&image, "sweep", "the sweep as given", sweep_source(sweep));
    image_document(&image, "config", "the base config as given", sweep_base_source(sweep));
    put_runs(&image, frame);
    put_curves(&image, frame);
    put_points(&image, frame);
    int rc = image_finish(&image, bytes, count);
    hdf5_leave();
    return rc;
}

int sweep_file_write(const char *h5, const char *csv, const struct sweep_results *results,
                     const struct sweep_status_facts *facts)
{
    struct sweep_frame frame;
    void *bytes = NULL;
    struct text text = {0};
    size_t count = 0;
    int rc = sweep_frame_open(&frame, results);
    if (rc)
        return rc;
    rc = build(&bytes, &count, h5, &frame, facts);
    if (rc == TRAINER_OK)
        rc = sweep_frame_csv(&frame, &text);
    if (rc == TRAINER_OK)
        rc = file_replace_shared(h5, bytes, count);
    if (rc == TRAINER_OK)
        rc = file_replace_shared(csv, text.data, text.length);
    free(bytes);
    text_free(&text);
    sweep_frame_close(&frame);
    return rc;
}
