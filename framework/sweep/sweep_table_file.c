/*
 * sweep_table_file.c - see sweep_table.h.
 */
#include "base/error.h"
#include "base/number.h"
#include "evaluate/columns.h"
#include "hdf5/hdf5_read.h"
#include "sweep_table.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 4096 };

/* Columns of /runs that every row has. */
enum runs_column { ID, STATUS, ERROR, POINT, SEED, STEPS, EVALUATIONS, SECONDS, COLUMNS };

static const struct {
    const char *name;
    H5T_class_t class;
} columns[COLUMNS] = {
    [ID] = {"id", H5T_STRING},          [STATUS] = {"status", H5T_STRING},
    [ERROR] = {"error", H5T_STRING},    [POINT] = {"point", H5T_INTEGER},
    [SEED] = {"seed", H5T_INTEGER},     [STEPS] = {"steps", H5T_INTEGER},
    [SECONDS] = {"seconds", H5T_FLOAT}, [EVALUATIONS] = {"evaluations", H5T_INTEGER},
};

union cell {
    const char *text;
    int64_t whole;
    double number;
};

/* A file on its way into a table. */
struct reading {
    const char *path;
    hid_t file;
    struct sweep_table *table;
    struct arena *arena;         /* the table's */
    size_t rows, length;         /* of the runs; of the curves */
    union cell *column[COLUMNS]; /* [rows] each */
    double *curve;               /* (rows, length, columns of the series) */
    struct sweep_key *key;       /* [keys] */
    const char ***value;         /* [keys][rows] */
    size_t keys;
};

/* --- arrays --- */

/* Whether the file can hold as many elements as the dataset's shape says. */
static bool is_stored(hid_t dataset, struct shape shape)
{
    hid_t type = H5Dget_type(dataset);
    size_t size = H5Tget_size(type);
    bool stored = size > 0 && hdf5_read_most(dataset) / size >= shape_size(shape);
    hdf5_read_drop(type);
    return stored;
}

/* Opens a dataset of that shape and class of type. */
static int open_array(hid_t *dataset, const struct reading *reading,
                      const struct hdf5_read_place *place, struct shape shape, H5T_class_t class)
{
    char text[SHAPE_TEXT_MAX];
    int rc = hdf5_read_object(dataset, reading->file, reading->path, place, false);
    if (rc)
        return rc;
    hid_t type = H5Dget_type(*dataset);
    bool right = H5Tget_class(type) == class &&
                 (class == H5T_STRING ? H5Tis_variable_str(type) > 0 : H5Tget_size(type) <= 8);
    hdf5_read_drop(type);
    if (!right || !shape_equal(hdf5_read_shape(*dataset), shape) || !is_stored(*dataset, shape))
        return error_set(TRAINER_INVALID, "%s: %s is not a column of %s", reading->path,
                         place->name, shape_text(shape, text));
    return hdf5_read_check_storage(*dataset, reading->path, place->name, shape);
}

/* Reads whole numbers as int64, or others as double. */
static int read_numbers(const struct reading *reading, const struct hdf5_read_place *place,
                        struct shape shape, H5T_class_t class, void *out)
{
    hid_t dataset = H5I_INVALID_HID;
    hid_t type = class == H5T_INTEGER ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE;
    int rc = open_array(&dataset, reading, place, shape, class);
    if (rc == TRAINER_OK && shape_size(shape) > 0 &&
        H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) < 0)
        rc = hdf5_read_fail(reading->path, place->name);
    hdf5_read_drop(dataset);
    return rc;
}

/* Texts of variable length in memory. */
static hid_t text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

/* Copies what libhdf5 allocated into the arena, and has it freed. */
static int take_texts(struct reading *reading, hid_t type, hid_t space, char **texts, size_t count,
                      union cell *out)
{
    int rc = TRAINER_OK;
    for (size_t i = 0; i < count && rc == TRAINER_OK; i++) {
        const char *text = texts[i] ? texts[i] : "";
        out[i].text = arena_copy(reading->arena, text, strlen(text));
        rc = out[i].text ? TRAINER_OK : TRAINER_FAILED;
    }
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
    return rc;
}

static int read_texts(struct reading *reading, const struct hdf5_read_place *place, size_t count,
                      union cell *out)
{
    hid_t dataset = H5I_INVALID_HID, space = H5I_INVALID_HID, type = text_type();
    char **texts = calloc(count ? count : 1, sizeof *texts);
    int rc = texts ? open_array(&dataset, reading, place, shape_vector(count), H5T_STRING)
                   : error_memory(reading->path, count * sizeof *texts);
    if (rc == TRAINER_OK && count > 0) {
        space = H5Dget_space(dataset);
        rc = hdf5_read_texts(dataset, type, texts) < 0
                 ? hdf5_read_fail(reading->path, place->name)
                 : take_texts(reading, type, space, texts, count, out);
    }
    hdf5_read_drop(space);
    hdf5_read_drop(dataset);
    hdf5_read_drop(type);
    free(texts);
    return rc;
}

/* Reads a column of /runs of that class. */
static int read_column(struct reading *reading, const char *name, H5T_class_t class,
                       union cell **out)
{
    struct hdf5_read_place place = hdf5_read_place("runs", name, NULL, NULL);
    *out = arena_array(reading->arena, reading->rows, sizeof **out);
    if (!*out)
        return TRAINER_FAILED;
    return class == H5T_STRING
               ? read_texts(reading, &place, reading->rows, *out)
               : read_numbers(reading, &place, shape_vector(reading->rows), class, *out);
}

/* The length of a dimension, as far as the file holds its numbers. */
static int read_length(const struct reading *reading, const struct hdf5_read_place *place,
                       H5T_class_t class, size_t *length)
{
    hid_t dataset = H5I_INVALID_HID;
    int rc = hdf5_read_object(&dataset, reading->file, reading->path, place, false);
    struct shape shape = rc ? shape_scalar() : hdf5_read_shape(dataset);
    hdf5_read_drop(dataset);
    if (rc)
        return rc;
    if (shape.rank != 1)
        return error_set(TRAINER_INVALID, "%s: %s is not a list", reading->path, place->name);
    dataset = H5I_INVALID_HID;
    rc = open_array(&dataset, reading, place, shape, class);
    hdf5_read_drop(dataset);
    *length = shape.dim[0];
    return rc;
}

/* --- /curves --- */

static bool has_child(const struct reading *reading, const char *group, const char *name)
{
    struct hdf5_read_place place = hdf5_read_place(group, NULL, NULL, NULL);
    hid_t parent = H5I_INVALID_HID;
    bool found =
        hdf5_read_object(&parent, reading->file, reading->path, &place, true) == TRAINER_OK &&
        H5Lexists(parent, name, H5P_DEFAULT) > 0;
    hdf5_read_drop(parent);
    return found;
}

/* Reads one column of all curves between the others; one that the file lacks is NaN. */
static int read_curve(struct reading *reading, size_t metric, double *room)
{
    const char *name = metric ? reading->table->metrics.name[metric] : "epochs";
    struct hdf5_read_place place = hdf5_read_place("curves", name, NULL, NULL);
    size_t metrics = (size_t)reading->table->metrics.columns,
           count = reading->rows * reading->length;
    bool there = metric == 0 || has_child(reading, "curves", name);
    int rc = there ? read_numbers(reading, &place, shape_matrix(reading->rows, reading->length),
                                  H5T_FLOAT, room)
                   : TRAINER_OK;
    for (size_t i = 0; rc == TRAINER_OK && i < count; i++)
        reading->curve[i * metrics + metric] = there ? room[i] : (double)NAN;
    return rc;
}

/* The first column has to be there: it proves how large the file's curves are. */
static int read_curves(struct reading *reading)
{
    struct hdf5_read_place epoch = hdf5_read_place("curves", "epoch", NULL, NULL);
    struct hdf5_read_place epochs = hdf5_read_place("curves", "epochs", NULL, NULL);
    size_t metrics = (size_t)reading->table->metrics.columns, count = 0;
    hid_t dataset = H5I_INVALID_HID;
    double *room = NULL;
    int rc = read_length(reading, &epoch, H5T_FLOAT, &reading->length);
    if (rc == TRAINER_OK)
        rc = open_array(&dataset, reading, &epochs, shape_matrix(reading->rows, reading->length),
                        H5T_FLOAT);
    hdf5_read_drop(dataset);
    if (rc)
        return rc;
    count = reading->rows * reading->length;
    room = malloc((count ? count : 1) * sizeof *room);
    reading->curve = malloc((count ? count : 1) * metrics * sizeof *room);
    if (!room || !reading->curve)
        rc = error_memory(reading->path, count * metrics * sizeof *room);
    for (size_t m = 0; m < metrics && rc == TRAINER_OK; m++)
        rc = read_curve(reading, m, room);
    free(room);
    return rc;
}

/* --- keys --- */

/* The names of the keys: an attribute of /runs. */
static int read_key_names(struct reading *reading, union cell **names)
{
    struct hdf5_read_place place = hdf5_read_place("runs", NULL, NULL, NULL);
    hid_t group = H5I_INVALID_HID, type = text_type();
    char *texts[KEYS_MAX] = {0};
    int rc = hdf5_read_object(&group, reading->file, reading->path, &place, true);
    hid_t attribute =
        rc || H5Aexists(group, "keys") <= 0 ? H5I_INVALID_HID : H5Aopen(group, "keys", H5P_DEFAULT);
    hid_t space = attribute < 0 ? H5I_INVALID_HID : H5Aget_space(attribute);
    hid_t stored = attribute < 0 ? H5I_INVALID_HID : H5Aget_type(attribute);
    hssize_t count = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    if (rc == TRAINER_OK && (count < 0 || count > KEYS_MAX || H5Tis_variable_str(stored) <= 0 ||
                             H5Aread(attribute, type, texts) < 0))
        rc = error_set(TRAINER_INVALID, "%s: attribute 'keys' of /runs is not a list of texts",
                       reading->path);
    if (rc == TRAINER_OK) {
        reading->keys = (size_t)count;
        *names = arena_array(reading->arena, reading->keys, sizeof **names);
        rc = *names ? take_texts(reading, type, space, texts, reading->keys, *names)
                    : TRAINER_FAILED;
    }
    hdf5_read_drop(stored);
    hdf5_read_drop(space);
    hdf5_read_drop(attribute);
    hdf5_read_drop(group);
    hdf5_read_drop(type);
    return rc;
}

/* The type that a key's column was written with; TRAINER_INVALID where it is none of ours. */
static int read_key_type(const struct reading *reading, const char *name, enum sweep_type *type,
                         H5T_class_t *class)
{
    struct hdf5_read_place place = hdf5_read_place("runs", name, NULL, NULL);
    hid_t dataset = H5I_INVALID_HID;
    int rc = hdf5_read_object(&dataset, reading->file, reading->path, &place, false);
    if (rc)
        return rc;
    hid_t stored = H5Dget_type(dataset);
    *class = H5Tget_class(stored);
    *type = *class == H5T_FLOAT        ? SWEEP_NUMBER
            : *class == H5T_STRING     ? SWEEP_TEXT
            : H5Tget_size(stored) == 1 ? SWEEP_BOOLEAN
                                       : SWEEP_INTEGER;
    hdf5_read_drop(stored);
    hdf5_read_drop(dataset);
    return *class == H5T_FLOAT || *class == H5T_STRING || *class == H5T_INTEGER
               ? TRAINER_OK
               : error_set(TRAINER_INVALID, "%s: %s has no type of a key", reading->path,
                           place.name);
}

/* A cell as the YAML text that it came from; NULL: the row has no such key. */
static const char *cell_text(struct reading *reading, enum sweep_type type, union cell cell)
{
    char text[NUMBER_SIZE];
    switch (type) {
    case SWEEP_TEXT:
        return *cell.text ? cell.text : NULL;
    case SWEEP_BOOLEAN:
        return cell.whole ? "true" : "false";
    case SWEEP_INTEGER:
        return arena_print(reading->arena, "%" PRId64, cell.whole);
    case SWEEP_NUMBER:
        break;
    }
    return isfinite(cell.number)
               ? arena_print(reading->arena, "%s", number_text(cell.number, 0, text))
               : NULL;
}

/* The seed of repeats has no column of its own: it is every row's. */
static int read_key(struct reading *reading, const char *name)
{
    struct sweep_key *key = &reading->key[reading->keys];
    H5T_class_t class = H5T_INTEGER;
    union cell *cell = reading->column[SEED];
    int rc = TRAINER_OK;
    *key = (struct sweep_key){.name = name, .type = SWEEP_INTEGER};
    if (strcmp(name, columns[SEED].name) != 0) {
        rc = read_key_type(reading, name, &key->type, &class);
        if (rc == TRAINER_OK)
            rc = read_column(reading, name, class, &cell);
    }
    const char **value = arena_array(reading->arena, reading->rows, sizeof *value);
    if (rc || !value)
        return rc ? rc : TRAINER_FAILED;
    for (size_t i = 0; i < reading->rows; i++)
        value[i] = cell_text(reading, key->type, cell[i]);
    reading->value[reading->keys++] = value;
    return TRAINER_OK;
}

static int read_keys(struct reading *reading)
{
    union cell *names;
    int rc = read_key_names(reading, &names);
    size_t count = reading->keys;
    reading->keys = 0;
    if (rc)
        return rc;
    reading->key = arena_array(reading->arena, count, sizeof *reading->key);
    reading->value = arena_array(reading->arena, count, sizeof *reading->value);
    if (!reading->key || !reading->value)
        return TRAINER_FAILED;
    for (size_t k = 0; k < count && rc == TRAINER_OK; k++)
        rc = read_key(reading, names[k].text);
    return rc;
}

/* --- rows --- */

/* What makes a row unusable: an id that is none, a status that isn't known, a curve longer than the
 * file's. */
static int check_row(const struct reading *reading, size_t row)
{
    int64_t evaluations = reading->column[EVALUATIONS][row].whole;
    const char *id = reading->column[ID][row].text;
    if (strlen(id) != SWEEP_ID_SIZE - 1 || strspn(id, "0123456789abcdef") != SWEEP_ID_SIZE - 1 ||
        sweep_status_parse(reading->column[STATUS][row].text) == SWEEP_STATUS_COUNT ||
        evaluations < 0 || (uint64_t)evaluations > reading->length)
        return error_set(TRAINER_INVALID, "%s: row %zu of /runs is damaged", reading->path, row);
    return TRAINER_OK;
}

/* Takes all rows over from the columns. */
static int take_rows(struct reading *reading)
{
    struct sweep_table *table = reading->table;
    size_t stride = reading->length * (size_t)table->metrics.columns;
    const char **value = arena_array(reading->arena, reading->rows * reading->keys, sizeof *value);
    table->row = arena_array(reading->arena, reading->rows, sizeof *table->row);
    if (!table->row || !value)
        return TRAINER_FAILED;
    for (size_t i = 0; i < reading->rows; i++, value += reading->keys) {
        union cell cell[COLUMNS];
        for (int c = 0; c < COLUMNS; c++)
            cell[c] = reading->column[c][i];
        for (size_t k = 0; k < reading->keys; k++)
            value[k] = reading->value[k][i];
        if (check_row(reading, i))
            return TRAINER_INVALID;
        table->row[i] = (struct sweep_table_row){.id = cell[ID].text,
                                                 .status = sweep_status_parse(cell[STATUS].text),
                                                 .error = cell[ERROR].text,
                                                 .point = cell[POINT].whole,
                                                 .seed = cell[SEED].whole,
                                                 .steps = cell[STEPS].whole,
                                                 .seconds = cell[SECONDS].number,
                                                 .value = value,
                                                 .measured = (size_t)cell[EVALUATIONS].whole,
                                                 .curve = reading->curve + i * stride};
    }
    table->rows = reading->rows;
    table->keys = reading->keys;
    table->key = reading->key;
    return TRAINER_OK;
}

static bool same_value(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void find_varied(struct sweep_table *table)
{
    for (size_t k = 0; k < table->keys; k++)
        for (size_t i = 1; i < table->rows && !table->key[k].varies; i++)
            table->key[k].varies = !same_value(table->row[i].value[k], table->row[0].value[k]);
}

/* --- facts --- */

static int read_facts(const struct reading *reading)
{
    struct sweep_table *table = reading->table;
    hid_t file = reading->file;
    const struct {
        const char *name, **text;
    } texts[] = {
        {"name", &table->name},
        {"status", &table->status},
        {"error", &table->error},
        {"metric", &table->metric},
        {"goal", &table->goal},
        {"command_line", &table->command_line},
        {"updated_time", &table->updated_time},
        {"version", &table->version},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!(*texts[i].text = hdf5_read_words(reading->arena, file, texts[i].name)))
            return TRAINER_FAILED;
    hdf5_read_scalar(file, "seconds", H5T_FLOAT, H5T_NATIVE_DOUBLE, &table->seconds);
    hdf5_read_scalar(file, "trials", H5T_INTEGER, H5T_NATIVE_UINT64, &table->trials);
    hdf5_read_scalar(file, "points", H5T_INTEGER, H5T_NATIVE_UINT64, &table->points);
    int rc = hdf5_read_document(&table->source, reading->arena, file, reading->path, "sweep");
    if (rc == TRAINER_OK)
        rc = hdf5_read_document(&table->config, reading->arena, file, reading->path, "config");
    return rc;
}

static int read_file(struct reading *reading, bool facts)
{
    struct hdf5_read_place run = hdf5_read_place("runs", "run", NULL, NULL);
    int rc = hdf5_read_open(&reading->file, reading->path);
    if (rc)
        return rc;
    rc = read_length(reading, &run, H5T_INTEGER, &reading->rows);
    for (int c = 0; c < COLUMNS && rc == TRAINER_OK; c++)
        rc = read_column(reading, columns[c].name, columns[c].class, &reading->column[c]);
    if (rc == TRAINER_OK)
        rc = read_curves(reading);
    if (rc == TRAINER_OK)
        rc = read_keys(reading);
    if (rc == TRAINER_OK && facts)
        rc = read_facts(reading);
    hdf5_read_drop(reading->file);
    return rc;
}

int sweep_table_read(struct sweep_table *table, const char *h5, bool facts)
{
    struct series steps;
    *table = (struct sweep_table){0};
    struct reading reading = {
        .path = h5, .file = H5I_INVALID_HID, .table = table, .arena = &table->arena};
    int rc = columns_list(&table->arena, &steps, &table->metrics, NULL);
    if (rc)
        return rc;
    hdf5_enter();
    rc = read_file(&reading, facts);
    hdf5_leave();
    table->curve = reading.curve;
    table->length = reading.length;
    if (rc == TRAINER_OK)
        rc = take_rows(&reading);
    find_varied(table);
    return rc;
}

void sweep_table_free(struct sweep_table *table)
{
    free(table->curve);
    arena_free(&table->arena);
    *table = (struct sweep_table){0};
}
