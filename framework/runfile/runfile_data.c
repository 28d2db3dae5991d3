/*
 * runfile_data.c - struct learned to /data, and back.
 */
#include "runfile_data.h"

#include "base/error.h"
#include "hdf5/hdf5_read.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 1 << 22 /* of one list */ };

/* --- writing ---------------------------------------------------------------------------------- */

/* A list of numbers or texts; nothing where there is none. */
static void put_list(struct image *image, hid_t group, const char *name, const char *long_name,
                     const void *data, size_t count, hid_t stored, hid_t given)
{
    if (!data || !count)
        return;
    image_close(image, image_dataset(image, group,
                                     &(struct image_array){.name = name,
                                                           .long_name = long_name,
                                                           .units = "",
                                                           .shape = shape_vector(count),
                                                           .stored = stored,
                                                           .given = given,
                                                           .data = data}));
}

static void put_names(struct image *image, hid_t group, const char *name, const char *long_name,
                      const char *const *names, size_t count)
{
    put_list(image, group, name, long_name, names, count, image->text, image->text);
}

static void put_reals(struct image *image, hid_t group, const char *name, const char *long_name,
                      const double *reals, size_t count)
{
    put_list(image, group, name, long_name, reals, count, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE);
}

static void put_integers(struct image *image, hid_t group, const char *name, const char *long_name,
                         const int64_t *integers, size_t count)
{
    put_list(image, group, name, long_name, integers, count, H5T_STD_I64LE, H5T_NATIVE_INT64);
}

static void put_input(struct image *image, hid_t group, const struct learned_input *input)
{
    size_t elements = shape_size(input->shape);
    int64_t dim[SHAPE_RANK_MAX];
    for (int i = 0; i < input->shape.rank; i++)
        dim[i] = (int64_t)input->shape.dim[i];
    put_integers(image, group, "shape", "dimensions of a sample", dim, (size_t)input->shape.rank);
    image_real(image, group, "scale", input->scale);
    image_number(image, group, "stored", input->stored);
    image_number(image, group, "first_index", input->first_index);
    put_reals(image, group, "offset", "subtracted from each channel", input->offset,
              input->channels);
    put_reals(image, group, "divisor", "each channel is divided by it", input->divisor,
              input->channels);
    put_reals(image, group, "fill", "what stands for a missing value", input->fill, elements);
    if (!input->feature)
        return;
    const char **name = image_memory(image, elements, sizeof *name);
    int64_t *flags = image_memory(image, elements, sizeof *flags);
    for (size_t i = 0; name && flags && i < elements; i++) {
        name[i] = input->feature[i].name;
        flags[i] = input->feature[i].indicator | input->feature[i].mean << 1;
    }
    put_names(image, group, "features", "names of the elements of a sample", name, elements);
    put_integers(image, group, "feature_flags", "1: 0 or 1; 2: missing values are filled", flags,
                 elements);
    free(name);
    free(flags);
}

static void put_table(struct image *image, hid_t group, const struct learned_table *table)
{
    size_t categories = 0, at = 0, count = table->columns;
    for (size_t i = 0; i < count; i++)
        categories += table->column[i].categories;
    const char **words = image_memory(image, 4 * count + categories + 1, sizeof *words);
    int64_t *numbers = image_memory(image, 2 * count + 1, sizeof *numbers);
    for (size_t i = 0; words && numbers && i < count; i++) {
        const struct table_column *column = &table->column[i];
        words[i] = column->name;
        words[count + i] = table_type_words[column->type];
        words[2 * count + i] = table_role_words[column->role];
        words[3 * count + i] = table_missing_words[column->missing];
        numbers[i] = column->position;
        numbers[count + i] = (int64_t)column->categories;
        for (size_t k = 0; k < column->categories; k++)
            words[4 * count + at++] = column->category[k];
    }
    if (words && numbers) {
        put_names(image, group, "columns", "columns that are read", words, count);
        put_names(image, group, "column_types", "what they are", words + count, count);
        put_names(image, group, "column_roles", "what for", words + 2 * count, count);
        put_names(image, group, "column_missing", "what a missing field becomes", words + 3 * count,
                  count);
        put_integers(image, group, "column_positions", "in the training file, from 0", numbers,
                     count);
        put_integers(image, group, "column_categories", "how many each has", numbers + count,
                     count);
        put_names(image, group, "categories", "one column's behind the other", words + 4 * count,
                  categories);
        put_names(image, group, "missing_values", "words for a missing number", table->word,
                  table->words);
    }
    const struct {
        const char *name;
        uint64_t value;
    } facts[] = {{"header", table->header},
                 {"delimiter", (unsigned char)table->delimiter},
                 {"decimal", (unsigned char)table->decimal},
                 {"thousands", (unsigned char)table->thousands},
                 {"comment", (unsigned char)table->comment},
                 {"latin1", table->latin1},
                 {"skip", (uint64_t)table->skip}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        image_number(image, group, facts[i].name, facts[i].value);
    free(words);
    free(numbers);
}

/* The first input stands in /data itself, the others below. */
static void put_inputs(struct image *image, hid_t group, const struct learned *learned)
{
    const char **name = image_memory(image, learned->inputs + 1, sizeof *name);
    for (size_t i = 0; name && i < learned->inputs; i++)
        name[i] = learned->input[i].name;
    if (name)
        put_names(image, group, "input_names", "columns of numbers", name, learned->inputs);
    free(name);
    if (learned->inputs)
        put_input(image, group, &learned->input[0]);
    if (learned->inputs < 2)
        return;
    hid_t inputs = image_group(image, group, "inputs");
    for (size_t i = 1; i < learned->inputs; i++) {
        hid_t of = image_group(image, inputs, learned->input[i].name);
        put_input(image, of, &learned->input[i]);
        image_close(image, of);
    }
    image_close(image, inputs);
}

void runfile_put_data(struct image *image, const struct learned *learned)
{
    hid_t group = image_group(image, image->file, "data");
    put_names(image, group, "kind", "of data set", &learned->kind, 1);
    image_number(image, group, "labelled", learned->labelled);
    image_number(image, group, "label_classes", learned->classes);
    image_number(image, group, "label_targets", learned->targets);
    put_inputs(image, group, learned);
    put_names(image, group, "classes", "names of the classes", learned->class_name,
              learned->classes);
    put_names(image, group, "targets", "names of the values of a label", learned->target_name,
              learned->targets);
    put_reals(image, group, "label_offset", "subtracted from labels", learned->label_offset,
              learned->targets);
    put_reals(image, group, "label_divisor", "labels are divided by it", learned->label_divisor,
              learned->targets);
    if (learned->table)
        put_table(image, group, learned->table);
    image_close(image, group);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* What is read, and how it went: after a failure nothing more is. */
struct reading {
    const char *path;
    hid_t file;
    struct arena *arena;
    const char *input; /* of /data/inputs; NULL: in /data itself */
    int rc;
};

static int fail(struct reading *reading, const char *name, const char *what)
{
    if (!reading->rc)
        reading->rc = error_set(TRAINER_INVALID, "%s: %s %s", reading->path, name, what);
    return reading->rc;
}

/* Opens a list; false where it is not there, or where something failed. *count: its length. */
static bool open_list(struct reading *reading, const char *name, hid_t *dataset, size_t *count,
                      struct hdf5_read_place *place)
{
    hid_t group = H5I_INVALID_HID;
    *place = reading->input ? hdf5_read_place("data", "inputs", reading->input, NULL)
                            : hdf5_read_place("data", NULL, NULL, NULL);
    *count = 0;
    if (reading->rc)
        return false;
    reading->rc = hdf5_read_object(&group, reading->file, reading->path, place, true);
    bool there = !reading->rc && H5Lexists(group, name, H5P_DEFAULT) > 0;
    hdf5_read_drop(group);
    if (!there)
        return false;
    *place = reading->input ? hdf5_read_place("data", "inputs", reading->input, name)
                            : hdf5_read_place("data", name, NULL, NULL);
    reading->rc = hdf5_read_object(dataset, reading->file, reading->path, place, false);
    if (reading->rc)
        return false;
    struct shape shape = hdf5_read_shape(*dataset);
    if (shape.rank != 1 || shape.dim[0] > NAMES_MAX) {
        fail(reading, place->name, "is no list, or too long a one");
    } else {
        *count = shape.dim[0];
        reading->rc = hdf5_read_check_storage(*dataset, reading->path, place->name, shape);
    }
    if (reading->rc)
        hdf5_read_drop(*dataset);
    return !reading->rc;
}

/* A list of numbers as `type`, of `size` bytes each; NULL where it is not there. */
static void *read_numbers(struct reading *reading, const char *name, hid_t type, size_t size,
                          size_t *count)
{
    struct hdf5_read_place place;
    hid_t dataset;
    if (!open_list(reading, name, &dataset, count, &place))
        return NULL;
    void *numbers = arena_array(reading->arena, *count + 1, size);
    hid_t stored = H5Dget_type(dataset);
    H5T_class_t class = H5Tget_class(stored);
    if (!numbers)
        reading->rc = TRAINER_FAILED;
    else if (class != H5T_FLOAT && class != H5T_INTEGER)
        fail(reading, place.name, "holds no numbers");
    else if (*count && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) < 0)
        reading->rc = hdf5_read_fail(reading->path, place.name);
    hdf5_read_drop(stored);
    hdf5_read_drop(dataset);
    return reading->rc ? NULL : numbers;
}

static const double *read_reals(struct reading *reading, const char *name, size_t *count)
{
    return read_numbers(reading, name, H5T_NATIVE_DOUBLE, sizeof(double), count);
}

/* A list of texts; NULL where it is not there. */
static const char *const *read_names(struct reading *reading, const char *name, size_t *count)
{
    struct hdf5_read_place place;
    hid_t dataset;
    if (!open_list(reading, name, &dataset, count, &place))
        return NULL;
    const char **names = arena_array(reading->arena, *count + 1, sizeof *names);
    char **read = calloc(*count + 1, sizeof *read);
    hid_t stored = H5Dget_type(dataset), memory = H5Tcopy(H5T_C_S1), space = H5Dget_space(dataset);
    H5Tset_size(memory, H5T_VARIABLE);
    H5Tset_cset(memory, H5T_CSET_UTF8);
    bool good = names && read && H5Tis_variable_str(stored) > 0 &&
                (!*count || hdf5_read_texts(dataset, memory, read) >= 0);
    if (!good)
        fail(reading, place.name, "is no list of texts");
    for (size_t i = 0; good && i < *count; i++) {
        const char *text = read[i] ? read[i] : "";
        names[i] = arena_copy(reading->arena, text, strlen(text));
        if (!names[i])
            reading->rc = TRAINER_FAILED;
    }
    if (good && *count)
        H5Dvlen_reclaim(memory, space, H5P_DEFAULT, read);
    free(read);
    hdf5_read_drop(space);
    hdf5_read_drop(memory);
    hdf5_read_drop(stored);
    hdf5_read_drop(dataset);
    return reading->rc ? NULL : names;
}

/* A number that is an attribute of the group; NaN where it is none. */
static double read_attribute(const struct reading *reading, const char *name)
{
    struct hdf5_read_place place = reading->input
                                       ? hdf5_read_place("data", "inputs", reading->input, NULL)
                                       : hdf5_read_place("data", NULL, NULL, NULL);
    hid_t group = H5I_INVALID_HID;
    double value = (double)NAN;
    if (reading->rc || hdf5_read_object(&group, reading->file, reading->path, &place, true))
        return value;
    if (H5Aexists(group, name) > 0) {
        hid_t attribute = H5Aopen(group, name, H5P_DEFAULT);
        hid_t space = H5Aget_space(attribute), type = H5Aget_type(attribute);
        H5T_class_t class = H5Tget_class(type);
        if (H5Sget_simple_extent_type(space) != H5S_SCALAR ||
            (class != H5T_INTEGER && class != H5T_FLOAT) ||
            H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) < 0)
            value = (double)NAN;
        hdf5_read_drop(type);
        hdf5_read_drop(space);
        hdf5_read_drop(attribute);
    }
    hdf5_read_drop(group);
    return value;
}

/* The same, whole and in [0, most]; else the reading fails. */
static uint64_t read_whole(struct reading *reading, const char *name, double most)
{
    double value = read_attribute(reading, name);
    if (value >= 0 && value <= most && value == floor(value))
        return (uint64_t)value;
    fail(reading, "/data", name);
    return 0;
}

static void read_input(struct reading *reading, struct learned_input *input)
{
    size_t rank, offsets, divisors, fills, features, flags, elements;
    const int64_t *dim = read_numbers(reading, "shape", H5T_NATIVE_INT64, sizeof(int64_t), &rank);
    input->scale = read_attribute(reading, "scale");
    input->stored = (enum stored)read_whole(reading, "stored", STORED_DOUBLE);
    /* Missing from runs of earlier versions, which had no lists. */
    input->first_index = read_attribute(reading, "first_index") == 1;
    input->shape.rank = (int)(rank <= SHAPE_RANK_MAX ? rank : 0);
    for (int i = 0; dim && i < input->shape.rank; i++)
        input->shape.dim[i] = dim[i] > 0 ? (size_t)dim[i] : 0;
    struct column column = {.shape = input->shape};
    elements = shape_size(input->shape);
    input->channels = column_channels(&column);
    input->offset = read_reals(reading, "offset", &offsets);
    input->divisor = read_reals(reading, "divisor", &divisors);
    input->fill = read_reals(reading, "fill", &fills);
    const char *const *name = read_names(reading, "features", &features);
    const int64_t *flag =
        read_numbers(reading, "feature_flags", H5T_NATIVE_INT64, sizeof(int64_t), &flags);
    bool fits = elements > 0 && rank <= SHAPE_RANK_MAX && isfinite(input->scale) &&
                offsets == divisors && (!offsets || offsets == input->channels) &&
                (!fills || fills == elements) && (!features || features == elements) &&
                features == flags;
    for (size_t i = 0; fits && i < divisors; i++)
        fits = isfinite(input->offset[i]) && isfinite(input->divisor[i]) && input->divisor[i] > 0;
    for (size_t i = 0; fits && i < fills; i++)
        fits = isfinite(input->fill[i]);
    if (!fits) {
        fail(reading, "/data", "does not fit together");
        return;
    }
    if (!features)
        return;
    struct feature *feature = arena_array(reading->arena, features, sizeof *feature);
    for (size_t i = 0; feature && i < features; i++)
        feature[i] = (struct feature){name[i], flag[i] & 1, flag[i] & 2};
    input->feature = feature;
    reading->rc = feature ? reading->rc : TRAINER_FAILED;
}

/* The place of a word among those of an enumeration; what is none fails. */
static int word_of(struct reading *reading, const char *word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(word, words[i]))
            return i;
    fail(reading, "/data", "has a word that is not known");
    return 0;
}

/* The columns, whose lists have all been read. */
static void fill_columns(struct reading *reading, struct learned_table *table,
                         const char *const *const *words, const int64_t *position,
                         const int64_t *count, const char *const *category, size_t categories)
{
    struct table_column *column = arena_array(reading->arena, table->columns, sizeof *column);
    size_t at = 0;
    if (!column)
        reading->rc = TRAINER_FAILED;
    for (size_t i = 0; !reading->rc && i < table->columns; i++) {
        if (count[i] < 0 || (uint64_t)count[i] > categories - at || position[i] < 0) {
            fail(reading, "/data", "has columns that do not fit together");
            return;
        }
        column[i] = (struct table_column){
            .name = words[0][i],
            .position = position[i],
            .type =
                (enum table_type)word_of(reading, words[1][i], table_type_words, TABLE_TYPE_COUNT),
            .role =
                (enum table_role)word_of(reading, words[2][i], table_role_words, TABLE_ROLE_COUNT),
            .missing = (enum table_missing)word_of(reading, words[3][i], table_missing_words,
                                                   MISSING_COUNT),
            .categories = (size_t)count[i],
            .category = count[i] ? category + at : NULL};
        at += (size_t)count[i];
    }
    table->column = column;
}

static void read_table(struct reading *reading, struct learned *learned)
{
    static const char *const lists[] = {"columns", "column_types", "column_roles",
                                        "column_missing"};
    struct learned_table *table = arena_allocate(reading->arena, sizeof *table);
    const char *const *words[4];
    size_t length[4], positions, counts, categories;
    for (int i = 0; i < 4; i++)
        words[i] = read_names(reading, lists[i], &length[i]);
    if (!words[0] || !table)
        return;
    const int64_t *position =
        read_numbers(reading, "column_positions", H5T_NATIVE_INT64, sizeof(int64_t), &positions);
    const int64_t *count =
        read_numbers(reading, "column_categories", H5T_NATIVE_INT64, sizeof(int64_t), &counts);
    const char *const *category = read_names(reading, "categories", &categories);
    table->word = read_names(reading, "missing_values", &table->words);
    table->columns = length[0];
    if (length[1] != length[0] || length[2] != length[0] || length[3] != length[0] ||
        positions != length[0] || counts != length[0])
        fail(reading, "/data", "has columns that do not fit together");
    table->header = read_whole(reading, "header", 1);
    table->delimiter = (char)read_whole(reading, "delimiter", 127);
    table->decimal = (char)read_whole(reading, "decimal", 127);
    table->thousands = (char)read_whole(reading, "thousands", 127);
    table->comment = (char)read_whole(reading, "comment", 127);
    table->latin1 = read_whole(reading, "latin1", 1);
    table->skip = (int64_t)read_whole(reading, "skip", 1e9);
    if (!reading->rc)
        fill_columns(reading, table, words, position, count, category, categories);
    learned->table = table;
}

static void read_inputs(struct reading *reading, struct learned *learned)
{
    const char *const *name = read_names(reading, "input_names", &learned->inputs);
    struct learned_input *input = arena_array(reading->arena, learned->inputs + 1, sizeof *input);
    if (!input)
        reading->rc = TRAINER_FAILED;
    for (size_t i = 0; !reading->rc && i < learned->inputs; i++) {
        reading->input = i ? name[i] : NULL;
        input[i].name = name[i];
        if (strchr(name[i], '/'))
            fail(reading, "/data", "has an input with a slash in its name");
        else
            read_input(reading, &input[i]);
    }
    reading->input = NULL;
    learned->input = input;
}

static void read_labels(struct reading *reading, struct learned *learned)
{
    size_t classes, targets, offsets, divisors;
    learned->labelled = read_whole(reading, "labelled", 1);
    learned->classes = read_whole(reading, "label_classes", NAMES_MAX);
    learned->targets = read_whole(reading, "label_targets", NAMES_MAX);
    learned->labels = learned->classes ? STORED_LABEL : STORED_FLOAT;
    learned->class_name = read_names(reading, "classes", &classes);
    learned->target_name = read_names(reading, "targets", &targets);
    learned->label_offset = read_reals(reading, "label_offset", &offsets);
    learned->label_divisor = read_reals(reading, "label_divisor", &divisors);
    if (classes != learned->classes || (targets && targets != learned->targets) ||
        offsets != divisors || (offsets && offsets > learned->targets))
        fail(reading, "/data", "has labels that do not fit together");
}

int runfile_read_data(const char *path, struct arena *arena, struct learned *learned)
{
    struct reading reading = {.path = path, .file = H5I_INVALID_HID, .arena = arena};
    *learned = (struct learned){.kind = ""};
    hdf5_enter();
    reading.rc = hdf5_read_open(&reading.file, path);
    if (!reading.rc) {
        if (H5Lexists(reading.file, "data", H5P_DEFAULT) <= 0)
            fail(&reading, "/data", "is missing: the run is of an earlier version");
        size_t kinds;
        const char *const *kind = read_names(&reading, "kind", &kinds);
        if (!kind || kinds != 1)
            fail(&reading, "/data", "does not say what kind of data it is of");
        else
            learned->kind = *kind;
        read_inputs(&reading, learned);
        read_labels(&reading, learned);
        read_table(&reading, learned);
        hdf5_read_drop(reading.file);
    }
    hdf5_leave();
    return reading.rc;
}
