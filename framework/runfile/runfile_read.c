/*
 * runfile_read.c - facts, metrics and state of a file that someone else may have made.
 *
 *     facts      root attributes, config, config_resolved
 *     metrics    the columns that the caller names, of /metrics/step and /metrics/epoch
 *     state      /state with its attributes and classes, /batch
 *
 * Nothing is believed: a list is as long as its dataset says only where the file holds that many
 * numbers, so memory stays below a small multiple of the file's size.
 */
#include "base/error.h"
#include "hdf5/hdf5_read.h"
#include "runfile.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double CLASSES_MAX = 1 << 24;

/* --- attributes --- */

static uint64_t read_count(hid_t object, const char *name)
{
    uint64_t value = 0;
    return hdf5_read_scalar(object, name, H5T_INTEGER, H5T_NATIVE_UINT64, &value) ? value : 0;
}

/* --- facts --- */

/* The attributes that are facts for people, numbers and texts. */
static int read_attributes(struct runfile_view *view, hid_t file)
{
    static const char *const name[] = {
        "kind",         "status",        "error",        "reason",           "start_time",
        "end_time",     "updated_time",  "epochs_done",  "steps_done",       "seed",
        "threads",      "ranks",         "hosts",        "precision",        "kernels",
        "sparse_input", "version",       "git_commit",   "compiler",         "hdf5_version",
        "hostname",     "cpu_model",     "command_line", "data_fingerprint", "resumed_from",
        "format",       "format_version"};
    enum { NAMES = sizeof name / sizeof *name };
    struct runfile_attribute *list = arena_array(&view->arena, NAMES, sizeof *list);
    view->attribute = list;
    view->attributes = 0;
    for (int i = 0; list && i < NAMES; i++) {
        uint64_t number;
        bool counted = hdf5_read_scalar(file, name[i], H5T_INTEGER, H5T_NATIVE_UINT64, &number);
        const char *text = counted ? arena_print(&view->arena, "%" PRIu64, number)
                                   : hdf5_read_words(&view->arena, file, name[i]);
        if (!text)
            return TRAINER_FAILED;
        if (*text)
            list[view->attributes++] = (struct runfile_attribute){name[i], text};
    }
    return list ? TRAINER_OK : TRAINER_FAILED;
}

static int read_facts(struct runfile_view *view, hid_t file, const char *path)
{
    struct run_facts *facts = &view->facts;
    const char *status;
    const struct {
        const char *name, **text;
    } texts[] = {
        {"kind", &view->kind},
        {"hostname", &view->hostname},
        {"updated_time", &view->updated_time},
        {"status", &status},
        {"error", &facts->error},
        {"reason", &facts->reason},
        {"start_time", &facts->start_time},
        {"end_time", &facts->end_time},
        {"precision", &facts->precision},
        {"kernels", &facts->kernels},
        {"sparse_input", &facts->sparse_input},
        {"command_line", &facts->command_line},
        {"data_fingerprint", &facts->data_fingerprint},
        {"resumed_from", &facts->resumed_from},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!(*texts[i].text = hdf5_read_words(&view->arena, file, texts[i].name)))
            return TRAINER_FAILED;
    facts->status = run_status_parse(status);
    facts->epochs_done = read_count(file, "epochs_done");
    facts->steps_done = read_count(file, "steps_done");
    facts->seed = read_count(file, "seed");
    facts->threads = (int)read_count(file, "threads");
    int rc = read_attributes(view, file);
    if (rc == TRAINER_OK)
        rc = hdf5_read_document(&facts->config, &view->arena, file, path, "config");
    if (rc == TRAINER_OK)
        rc = hdf5_read_document(&facts->config_resolved, &view->arena, file, path,
                                "config_resolved");
    facts->config_origins = "";
    if (rc == TRAINER_OK && H5Lexists(file, "config_origins", H5P_DEFAULT) > 0)
        rc = hdf5_read_document(&facts->config_origins, &view->arena, file, path, "config_origins");
    return rc;
}

/* --- lists of numbers --- */

/* The numbers of a vector, if the file can hold them all; -1 where it is none. */
static hssize_t vector_length(hid_t dataset)
{
    hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    hssize_t length =
        H5Sget_simple_extent_ndims(space) == 1 ? H5Sget_simple_extent_npoints(space) : -1;
    size_t size = H5Tget_size(type);
    if (length > 0 && (size == 0 || hdf5_read_most(dataset) / size < (hsize_t)length))
        length = -1;
    hdf5_read_drop(type);
    hdf5_read_drop(space);
    return length;
}

static bool is_numbers(hid_t dataset)
{
    hid_t type = H5Dget_type(dataset);
    H5T_class_t class = H5Tget_class(type);
    bool numbers = (class == H5T_INTEGER || class == H5T_FLOAT) && H5Tget_size(type) <= 8;
    hdf5_read_drop(type);
    return numbers;
}

/* Opens a list and finds its length; *dataset is for hdf5_read_drop(). */
static int open_list(hid_t *dataset, size_t *length, hid_t file, const char *path,
                     const struct hdf5_read_place *place)
{
    int rc = hdf5_read_object(dataset, file, path, place, false);
    hssize_t count = rc == TRAINER_OK ? vector_length(*dataset) : 0;
    if (rc == TRAINER_OK && (count < 0 || !is_numbers(*dataset)))
        rc = error_set(TRAINER_INVALID, "%s: %s is not a list of numbers", path, place->name);
    if (rc == TRAINER_OK)
        rc = hdf5_read_check_storage(*dataset, path, place->name, shape_vector((size_t)count));
    *length = (size_t)(count > 0 ? count : 0);
    return rc;
}

/* Reads a list of whole numbers, such as classes, into the view's memory, as a type of 32 bits. */
static int read_list(void **list, size_t *length, struct arena *arena, hid_t file, const char *path,
                     const struct hdf5_read_place *place, hid_t type)
{
    hid_t dataset = H5I_INVALID_HID;
    int rc = open_list(&dataset, length, file, path, place);
    if (rc == TRAINER_OK && !(*list = arena_array(arena, *length, sizeof(int32_t))))
        rc = TRAINER_FAILED;
    if (rc == TRAINER_OK && *length > 0 &&
        H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *list) < 0)
        rc = hdf5_read_fail(path, place->name);
    hdf5_read_drop(dataset);
    return rc;
}

/* --- metrics --- */

static bool has_child(hid_t group, const char *name)
{
    return H5Lexists(group, name, H5P_DEFAULT) > 0;
}

/* Reads one column of a table of `rows` rows into the series; NaN where the table lacks it. */
static int read_column(struct series *series, int column, double *room, hid_t file,
                       const char *path, const struct hdf5_read_place *place)
{
    hid_t dataset = H5I_INVALID_HID;
    size_t length, columns = (size_t)series->columns;
    int rc = open_list(&dataset, &length, file, path, place);
    if (rc == TRAINER_OK && length != series->rows)
        rc = error_set(TRAINER_INVALID, "%s: %s has %zu numbers; the table has %zu rows", path,
                       place->name, length, series->rows);
    if (rc == TRAINER_OK && length > 0 &&
        H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, room) < 0)
        rc = hdf5_read_fail(path, place->name);
    for (size_t row = 0; rc == TRAINER_OK && row < length; row++)
        series->value[row * columns + (size_t)column] = room[row];
    hdf5_read_drop(dataset);
    return rc;
}

/* Makes room for as many rows as the coordinate has. */
static int make_rows(struct series *series, double **room, hid_t file, const char *path,
                     const char *table)
{
    struct hdf5_read_place place = hdf5_read_place("metrics", table, table, NULL);
    hid_t dataset = H5I_INVALID_HID;
    size_t rows = 0;
    int rc = open_list(&dataset, &rows, file, path, &place);
    hdf5_read_drop(dataset);
    if (rc != TRAINER_OK)
        return rc;
    size_t columns = (size_t)series->columns;
    series->value = calloc(rows ? rows : 1, columns * sizeof(double));
    *room = calloc(rows ? rows : 1, sizeof(double));
    if (!series->value || !*room)
        return error_memory(path, rows * columns * sizeof(double));
    for (size_t i = 0; i < rows * columns; i++)
        series->value[i] = (double)NAN;
    series->rows = series->capacity = rows;
    return TRAINER_OK;
}

/* The table's coordinate is named as the table. */
static int read_table(struct series *series, hid_t file, const char *path, const char *table)
{
    struct hdf5_read_place place = hdf5_read_place("metrics", table, NULL, NULL);
    hid_t group = H5I_INVALID_HID;
    double *room = NULL;
    if (series->columns == 0 || !has_child(file, "metrics"))
        return TRAINER_OK;
    struct hdf5_read_place metrics = hdf5_read_place("metrics", NULL, NULL, NULL);
    int rc = hdf5_read_object(&group, file, path, &metrics, true);
    bool found = rc == TRAINER_OK && has_child(group, table);
    hdf5_read_drop(group);
    if (!found)
        return rc;
    group = H5I_INVALID_HID;
    rc = hdf5_read_object(&group, file, path, &place, true);
    if (rc == TRAINER_OK)
        rc = make_rows(series, &room, file, path, table);
    for (int i = 0; rc == TRAINER_OK && i < series->columns; i++)
        if (has_child(group, series->name[i])) {
            place = hdf5_read_place("metrics", table, series->name[i], NULL);
            rc = read_column(series, i, room, file, path, &place);
        }
    hdf5_read_drop(group);
    free(room);
    return rc;
}

/* --- state --- */

static int read_members(struct run_state *state, hid_t group, const char *path)
{
    for (size_t i = 0; i < RUN_MEMBERS; i++) {
        const struct run_member *member = &run_members[i];
        double value = member->standard;
        if (!hdf5_read_scalar(group, member->name, H5T_FLOAT, H5T_NATIVE_DOUBLE, &value) &&
            !member->later)
            return error_set(TRAINER_INVALID, "%s: /state has no number '%s'", path, member->name);
        if (member->counter && !(value >= member->least && value <= 0x1p53))
            return error_set(TRAINER_INVALID, "%s: '%s' of /state is out of range", path,
                             member->name);
        run_member_set(state, member, value);
    }
    if (state->row_step > state->step)
        return error_set(TRAINER_INVALID, "%s: 'row_step' of /state is out of range", path);
    return TRAINER_OK;
}

static bool classes_fit(const struct evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->samples; i++)
        if ((uint32_t)evaluation->true_class[i] >= evaluation->classes ||
            (uint32_t)evaluation->predicted_class[i] >= evaluation->classes)
            return false;
    return true;
}

/* The classes of the last evaluation, where it had some. */
static int read_classes(struct runfile_view *view, hid_t file, hid_t group, const char *path)
{
    struct evaluation *evaluation = &view->evaluation;
    struct hdf5_read_place truth = hdf5_read_place("state", "true_class", NULL, NULL);
    struct hdf5_read_place said = hdf5_read_place("state", "predicted_class", NULL, NULL);
    void *true_class = NULL, *predicted_class = NULL;
    size_t count = 0;
    if (!has_child(group, "true_class"))
        return TRAINER_OK;
    int rc = read_list(&true_class, &evaluation->samples, &view->arena, file, path, &truth,
                       H5T_NATIVE_INT32);
    if (rc == TRAINER_OK)
        rc = read_list(&predicted_class, &count, &view->arena, file, path, &said, H5T_NATIVE_INT32);
    if (rc != TRAINER_OK)
        return rc;
    evaluation->true_class = true_class;
    evaluation->predicted_class = predicted_class;
    evaluation->classes = read_count(group, "classes");
    if (count != evaluation->samples || (double)evaluation->classes > CLASSES_MAX ||
        !classes_fit(evaluation))
        return error_set(TRAINER_INVALID, "%s: the classes in /state do not fit together", path);
    return TRAINER_OK;
}

static int read_state(struct runfile_view *view, hid_t file, const char *path)
{
    struct hdf5_read_place state = hdf5_read_place("state", NULL, NULL, NULL);
    struct hdf5_read_place batch = hdf5_read_place("batch", "sample", NULL, NULL);
    hid_t group = H5I_INVALID_HID;
    void *sample = NULL;
    if (strcmp(view->kind, "run") == 0)
        return error_set(TRAINER_INVALID, "%s: is a run file, not a checkpoint", path);
    int rc = hdf5_read_object(&group, file, path, &state, true);
    if (rc == TRAINER_OK)
        rc = read_members(&view->state, group, path);
    if (rc == TRAINER_OK)
        rc = read_classes(view, file, group, path);
    if (rc == TRAINER_OK && has_child(file, "batch"))
        rc =
            read_list(&sample, &view->samples, &view->arena, file, path, &batch, H5T_NATIVE_UINT32);
    view->sample = sample;
    hdf5_read_drop(group);
    return rc;
}

/* --- the confusion matrix --- */

/* Whether all are numbers of samples, which can be added up. */
static bool are_counts(const int64_t *count, size_t length)
{
    const int64_t most = INT64_C(1) << 53;
    int64_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        if (count[i] < 0 || count[i] > most - sum)
            return false;
        sum += count[i];
    }
    return true;
}

/* The matrix of the last evaluation, where there is one: (classes, classes). */
static int read_confusion(struct runfile_view *view, hid_t file, const char *path)
{
    struct hdf5_read_place group = hdf5_read_place("evaluation", NULL, NULL, NULL);
    struct hdf5_read_place place = hdf5_read_place("evaluation", "confusion_matrix", NULL, NULL);
    hid_t object = H5I_INVALID_HID, dataset = H5I_INVALID_HID;
    if (!has_child(file, "evaluation"))
        return TRAINER_OK;
    int rc = hdf5_read_object(&object, file, path, &group, true);
    if (rc == TRAINER_OK)
        rc = hdf5_read_object(&dataset, file, path, &place, false);
    struct shape shape = rc == TRAINER_OK ? hdf5_read_shape(dataset) : shape_scalar();
    if (rc == TRAINER_OK &&
        (shape.rank != 2 || shape.dim[0] != shape.dim[1] || !is_numbers(dataset) ||
         hdf5_read_most(dataset) / sizeof(int64_t) < shape_size(shape)))
        rc = error_set(TRAINER_INVALID, "%s: %s is no square of numbers", path, place.name);
    if (rc == TRAINER_OK)
        rc = hdf5_read_check_storage(dataset, path, place.name, shape);
    if (rc == TRAINER_OK &&
        !(view->confusion = arena_array(&view->arena, shape_size(shape), sizeof(int64_t))))
        rc = TRAINER_FAILED;
    if (rc == TRAINER_OK &&
        H5Dread(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, view->confusion) < 0)
        rc = hdf5_read_fail(path, place.name);
    if (rc == TRAINER_OK && !are_counts(view->confusion, shape_size(shape)))
        rc = error_set(TRAINER_INVALID, "%s: %s holds no numbers of samples", path, place.name);
    view->classes = rc == TRAINER_OK ? shape.dim[0] : 0;
    hdf5_read_drop(dataset);
    hdf5_read_drop(object);
    return rc;
}

/* --- all of it --- */

static int read_parts(struct runfile_view *view, hid_t file, const char *path, unsigned parts)
{
    int rc = read_facts(view, file, path);
    if (rc == TRAINER_OK && parts & RUNFILE_METRICS)
        rc = read_table(&view->steps, file, path, "step");
    if (rc == TRAINER_OK && parts & RUNFILE_METRICS)
        rc = read_table(&view->epochs, file, path, "epoch");
    if (rc == TRAINER_OK && parts & RUNFILE_STATE)
        rc = read_state(view, file, path);
    if (rc == TRAINER_OK && parts & RUNFILE_CONFUSION)
        rc = read_confusion(view, file, path);
    return rc;
}

/* What is read has an arena of its own until all of it is there: the caller's holds his columns. */
int runfile_read(struct runfile_view *view, const char *path, unsigned parts)
{
    struct runfile_view read = *view;
    hid_t file = H5I_INVALID_HID;
    read.arena = (struct arena){0};
    hdf5_enter();
    int rc = hdf5_read_open(&file, path);
    if (rc == TRAINER_OK) {
        rc = read_parts(&read, file, path, parts);
        hdf5_read_drop(file);
    }
    hdf5_leave();
    if (rc == TRAINER_OK) {
        arena_take(&read.arena, &view->arena);
        *view = read;
        return TRAINER_OK;
    }
    if (read.steps.value != view->steps.value)
        free(read.steps.value);
    if (read.epochs.value != view->epochs.value)
        free(read.epochs.value);
    arena_free(&read.arena);
    return rc;
}

void runfile_view_free(struct runfile_view *view)
{
    series_free(&view->steps);
    series_free(&view->epochs);
    arena_free(&view->arena);
}

int runfile_read_config(const char *path, char **text, size_t *length)
{
    struct runfile_view view = {0};
    int rc = runfile_read(&view, path, 0);
    if (rc != TRAINER_OK)
        return rc;
    *text = strdup(view.facts.config_resolved);
    *length = *text ? strlen(*text) : 0;
    runfile_view_free(&view);
    return *text ? TRAINER_OK : error_memory(path, 1);
}
