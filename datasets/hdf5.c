/*
 * hdf5.c - arrays in HDF5 files, of h5py, MATLAB, netCDF-4 or our own.
 *
 *     data: {type: hdf5, train: {file: d.h5, inputs: /x, labels: /y}, test: {file: t.h5, ...}}
 *     data: {type: hdf5, train: {file: d.h5, inputs: {left: /a, right: /b}}, split: {test: 0.2}}
 *
 * The first dimension counts samples. Bool (h5py's), integers of 8 to 64 bits, floats of 16 to 64
 * bits in either byte order, text as labels; contiguous or in chunks, plain or through deflate,
 * shuffle, fletcher32. What the file is not expected to hold is not looked at; the program tries
 * such a file in a child process first, as it does with run files.
 *
 * Inputs of more than `memory` bytes stay in their file, whose rows are read as they are wanted:
 * where they lie one behind the other as the machine has them from the file itself, else through
 * the library, a chunk for each row.
 */
#include "arrays/array.h"
#include "base/file.h"
#include "dataset.h"
#include "hdf5/hdf5_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES_MOST = 256 << 20, INFLATE_MOST = 1032, CHUNK_BYTES_SLOW = 1 << 16 };

struct hdf5_split {
    const char *file;
    struct option_sources inputs;
    struct option_sources labels, weights; /* one each */
};

struct hdf5_data {
    struct hdf5_split train, test, validation;
    double scale; /* 0: auto */
    const char *memory;
};

/* A data set while it is read. */
struct progress {
    const char *first; /* the split's first array, whose samples the others have too */
    struct vocabulary classes;
    size_t room; /* bytes that inputs may still take in memory */
};

/* A dataset that is open. */
struct opened {
    hid_t dataset, type;
    hid_t memory; /* its type as the machine has it */
    struct array *array;
};

/* --- types ------------------------------------------------------------------------------------ */

/* h5py's bool: FALSE 0, TRUE 1 in 8 bits. */
static bool is_bool(hid_t type)
{
    int8_t no = -1, yes = -1;
    return H5Tget_class(type) == H5T_ENUM && H5Tget_size(type) == 1 && H5Tget_nmembers(type) == 2 &&
           H5Tget_member_index(type, "FALSE") >= 0 && H5Tget_member_index(type, "TRUE") >= 0 &&
           H5Tenum_valueof(type, "FALSE", &no) >= 0 && H5Tenum_valueof(type, "TRUE", &yes) >= 0 &&
           no == 0 && yes == 1;
}

/* IEEE's 16 bits: sign, 5 bits of exponent, 10 of fraction. */
static bool is_half(hid_t type)
{
    size_t sign, exponent_at, exponent, fraction_at, fraction;
    return H5Tget_size(type) == 2 &&
           H5Tget_fields(type, &sign, &exponent_at, &exponent, &fraction_at, &fraction) >= 0 &&
           sign == 15 && exponent_at == 10 && exponent == 5 && fraction_at == 0 && fraction == 10 &&
           H5Tget_ebias(type) == 15;
}

static bool is_float(hid_t type)
{
    const hid_t known[] = {H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (H5Tequal(type, known[i]) > 0)
            return true;
    return is_half(type);
}

static const char *class_name(H5T_class_t class)
{
    static const char *const names[] = {[H5T_INTEGER] = "integers of another size",
                                        [H5T_FLOAT] = "floats of another format",
                                        [H5T_TIME] = "times",
                                        [H5T_STRING] = "text",
                                        [H5T_BITFIELD] = "bit fields",
                                        [H5T_OPAQUE] = "opaque bytes (dates?)",
                                        [H5T_COMPOUND] = "structures",
                                        [H5T_REFERENCE] = "references",
                                        [H5T_ENUM] = "an enumeration",
                                        [H5T_VLEN] = "lists of different lengths",
                                        [H5T_ARRAY] = "arrays within arrays"};
    bool known = class >= 0 && (size_t) class < sizeof names / sizeof *names;
    return known ? names[class] : "an unknown type";
}

/* The type of integers that the machine has in place of the file's. */
static hid_t native_integer(size_t size, bool is_signed)
{
    switch (size) {
    case 1:
        return is_signed ? H5T_NATIVE_INT8 : H5T_NATIVE_UINT8;
    case 2:
        return is_signed ? H5T_NATIVE_INT16 : H5T_NATIVE_UINT16;
    case 4:
        return is_signed ? H5T_NATIVE_INT32 : H5T_NATIVE_UINT32;
    default:
        return is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
    }
}

/* Sets the array's type and the type in memory; names what is not read. */
static int take_type(struct opened *opened)
{
    struct array *array = opened->array;
    H5T_class_t class = H5Tget_class(opened->type);
    size_t size = H5Tget_size(opened->type);
    if (!size)
        return hdf5_read_fail(array->file, array->place);
    bool word = size == 1 || size == 2 || size == 4 || size == 8;
    array->size = size;
    opened->memory = H5I_INVALID_HID;
    if (is_bool(opened->type)) {
        array->type = ARRAY_BOOL;
        opened->memory = H5Tcopy(opened->type);
    } else if (class == H5T_INTEGER && word) {
        bool is_signed = H5Tget_sign(opened->type) != H5T_SGN_NONE;
        array->type = is_signed ? ARRAY_INTEGER : ARRAY_UNSIGNED;
        opened->memory = H5Tcopy(native_integer(size, is_signed));
    } else if (class == H5T_FLOAT && is_float(opened->type)) {
        array->type = ARRAY_FLOAT;
        opened->memory = H5Tcopy(size == 8   ? H5T_NATIVE_DOUBLE
                                 : size == 4 ? H5T_NATIVE_FLOAT
                                             : opened->type);
        if (size == 2)
            H5Tset_order(opened->memory, H5T_ORDER_LE);
    } else if (class == H5T_STRING) {
        array->type = ARRAY_TEXT;
        opened->memory = H5Tcopy(opened->type);
        if (H5Tis_variable_str(opened->type) <= 0)
            H5Tset_strpad(opened->memory, H5T_STR_NULLPAD);
    }
    if (opened->memory >= 0)
        return TRAINER_OK;
    return error_add(TRAINER_INVALID, "%s: %s: %s; expected numbers or text", array->file,
                     array->place, class_name(class));
}

/* --- values ----------------------------------------------------------------------------------- */

/* Texts of any length become texts of one, the longest. */
static int read_strings(struct opened *opened, size_t count)
{
    struct array *array = opened->array;
    size_t longest = 1, bytes;
    hid_t space = H5Dget_space(opened->dataset);
    char **text = calloc(count, sizeof *text);
    int rc = text ? TRAINER_OK : error_memory(array->file, count * sizeof *text);
    if (!rc && H5Dread(opened->dataset, opened->memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0)
        rc = hdf5_read_fail(array->file, array->place);
    for (size_t i = 0; !rc && i < count; i++) {
        size_t length = text[i] ? strlen(text[i]) : 0;
        longest = length > longest ? length : longest;
    }
    if (!rc && (__builtin_mul_overflow(longest, count, &bytes) ||
                !(array->bytes = calloc(count, longest))))
        rc = error_memory(array->file, SIZE_MAX);
    for (size_t i = 0; !rc && i < count; i++)
        if (text[i])
            memcpy((char *)array->bytes + i * longest, text[i], strlen(text[i]));
    if (text)
        H5Dvlen_reclaim(opened->memory, space, H5P_DEFAULT, text);
    free(text);
    hdf5_read_drop(space);
    array->size = longest;
    return rc;
}

/* Whether the file holds as many bytes as the dataset promises, as far as its layout can tell. */
static int check_size(const struct opened *opened, size_t bytes)
{
    hid_t list = H5Dget_create_plist(opened->dataset);
    hsize_t stored = hdf5_read_stored(opened->dataset);
    bool chunked = H5Pget_layout(list) == H5D_CHUNKED, packed = H5Pget_nfilters(list) > 0;
    hsize_t chunk[H5S_MAX_RANK], piece = H5Tget_size(opened->type);
    int rank = chunked ? H5Pget_chunk(list, H5S_MAX_RANK, chunk) : 0;
    for (int i = 0; i < rank; i++)
        piece = piece > CHUNK_BYTES_MOST ? piece : piece * chunk[i];
    hdf5_read_drop(list);
    if (chunked && piece > CHUNK_BYTES_MOST)
        return error_add(TRAINER_INVALID,
                         "%s: %s: chunks of more than 256 MiB; h5repack -l changes that",
                         opened->array->file, opened->array->place);
    if (packed ? stored >= bytes / INFLATE_MOST : stored >= bytes)
        return TRAINER_OK;
    return error_add(TRAINER_INVALID, "%s: %s: %zu bytes are promised, %" PRIu64 " are in the file",
                     opened->array->file, opened->array->place, bytes, (uint64_t)stored);
}

/* Elements and bytes of the array, as far as the file bears them out. */
static int count_bytes(const struct opened *opened, size_t *count, size_t *bytes)
{
    const struct array *array = opened->array;
    *count = 1;
    *bytes = 0;
    for (int i = 0; i < array->rank; i++)
        if (__builtin_mul_overflow(*count, array->dim[i], count))
            return error_memory(array->file, SIZE_MAX);
    if (__builtin_mul_overflow(*count, array->size, bytes))
        return error_memory(array->file, SIZE_MAX);
    return check_size(opened, *bytes);
}

static int read_values(struct opened *opened, size_t count, size_t bytes)
{
    struct array *array = opened->array;
    if (array->type == ARRAY_TEXT && H5Tis_variable_str(opened->type) > 0)
        return read_strings(opened, count);
    array->bytes = block_reserve(array->file, bytes);
    if (!array->bytes)
        return TRAINER_FAILED;
    if (H5Dread(opened->dataset, opened->memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, array->bytes) < 0)
        return hdf5_read_fail(array->file, array->place);
    return TRAINER_OK;
}

/* --- rows that stay in their file ------------------------------------------------------------- */

struct hdf5_rows {
    struct data_file
        *source; /* of rows that lie as they are in memory; NULL: the library reads them */
    uint64_t begin;
    size_t row; /* bytes of a sample */
    hid_t file, dataset, memory;
    struct array array; /* without bytes */
};

static int read_rows(void *context, size_t first, size_t rows, void *bytes)
{
    const struct hdf5_rows *of = context;
    hsize_t start[H5S_MAX_RANK] = {first}, count[H5S_MAX_RANK] = {rows};
    if (of->source)
        return data_file_read_at(of->source, of->begin + first * of->row, bytes, rows * of->row);
    for (int i = 1; i < of->array.rank; i++)
        count[i] = of->array.dim[i];
    hdf5_enter();
    hid_t space = H5Dget_space(of->dataset);
    hid_t block = H5Screate_simple(of->array.rank, count, NULL);
    bool good = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                H5Dread(of->dataset, of->memory, block, space, H5P_DEFAULT, bytes) >= 0;
    int rc = good ? TRAINER_OK : hdf5_read_fail(of->array.file, of->array.place);
    hdf5_read_drop(block);
    hdf5_read_drop(space);
    hdf5_leave();
    return rc;
}

static void close_rows(void *context)
{
    struct hdf5_rows *rows = context;
    hdf5_enter();
    hdf5_read_drop(rows->memory);
    hdf5_read_drop(rows->dataset);
    hdf5_read_drop(rows->file);
    hdf5_leave();
    data_file_close(rows->source);
    free(rows);
}

/* Says where each row that is read will unpack a large chunk, and what makes that unnecessary. */
static void warn_of_chunks(struct dataset *dataset, const struct opened *opened)
{
    hsize_t chunk[H5S_MAX_RANK];
    hid_t list = H5Dget_create_plist(opened->dataset);
    bool packed = H5Pget_layout(list) == H5D_CHUNKED && H5Pget_nfilters(list) > 0;
    int rank = packed ? H5Pget_chunk(list, H5S_MAX_RANK, chunk) : 0;
    size_t bytes = opened->array->size;
    for (int i = 0; i < rank; i++)
        bytes *= (size_t)chunk[i];
    hdf5_read_drop(list);
    if (rank && chunk[0] > 1 && bytes > CHUNK_BYTES_SLOW)
        dataset_note(
            dataset, true,
            "%s: %s stays in the file, in packed chunks of %zu bytes, one of which is "
            "unpacked for each sample; h5repack -l CONTI -f NONE %s NEW.h5 makes that fast",
            opened->array->file, opened->array->place, bytes, opened->array->file);
}

/* Makes the column of a dataset that stays in its file. */
static int keep_in_file(struct dataset *dataset, enum split split, const char *name, hid_t file,
                        const struct opened *opened, double scale)
{
    struct array *array = opened->array;
    struct hdf5_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return error_memory(array->file, sizeof *rows);
    *rows = (struct hdf5_rows){.row = array->size, .array = *array};
    rows->file = file; /* which closes all of its objects when it is closed itself */
    rows->dataset = opened->dataset;
    rows->memory = opened->memory;
    H5Iinc_ref(rows->file);
    H5Iinc_ref(rows->dataset);
    H5Iinc_ref(rows->memory);
    for (int i = 1; i < array->rank; i++)
        rows->row *= array->dim[i];
    haddr_t begin = H5Dget_offset(opened->dataset);
    int rc = TRAINER_OK;
    if (begin != HADDR_UNDEF && H5Tequal(opened->type, opened->memory) > 0) {
        rows->begin = begin;
        rc = data_file_open(&rows->source, array->file, NULL);
    }
    if (rc) {
        close_rows(rows);
        return rc;
    }
    warn_of_chunks(dataset, opened);
    return array_keep_in_file(
        dataset, split, name, array, scale,
        &(struct array_source){.context = rows, .read = read_rows, .close = close_rows});
}

/* --- a column --------------------------------------------------------------------------------- */

/* The dimensions, samples first. */
static int take_shape(const struct opened *opened)
{
    struct array *array = opened->array;
    hsize_t dim[H5S_MAX_RANK];
    hid_t space = H5Dget_space(opened->dataset);
    int rank = H5Sget_simple_extent_ndims(space);
    bool whole =
        rank >= 1 && rank <= ARRAY_RANK_MAX && H5Sget_simple_extent_dims(space, dim, NULL) == rank;
    hdf5_read_drop(space);
    if (!whole)
        return error_add(TRAINER_INVALID, "%s: %s: %d dimensions; expected 1 to %d, samples first",
                         array->file, array->place, rank, ARRAY_RANK_MAX);
    array->rank = rank;
    for (int i = 0; i < rank; i++) {
        array->dim[i] = (size_t)dim[i];
        if (!dim[i])
            return error_add(TRAINER_INVALID, "%s: %s: an empty array; expected samples",
                             array->file, array->place);
    }
    return TRAINER_OK;
}

/* Opens the dataset at a path of an open file: its type and its shape. */
static int open_array(struct dataset *dataset, hid_t file, const char *path, const char *where,
                      struct opened *opened)
{
    struct hdf5_read_place place;
    struct array *array = opened->array;
    int rc = hdf5_read_path(&place, path, where);
    array->file = path;
    array->place = rc ? "" : arena_print(&dataset->arena, "%s", place.name);
    if (!rc)
        rc = array->place ? hdf5_read_object(&opened->dataset, file, path, &place, false)
                          : TRAINER_FAILED;
    if (!rc)
        rc = hdf5_read_check_source(opened->dataset, path, place.name);
    if (!rc)
        opened->type = H5Dget_type(opened->dataset);
    if (!rc)
        rc = take_type(opened);
    return rc ? rc : take_shape(opened);
}

/* What is read of a split: the column's name and where it is. */
struct wanted {
    const char *column, *where;
    bool inputs, labels;
    double scale;
};

static int count_samples(struct dataset *dataset, enum split split, const struct array *array,
                         struct progress *progress)
{
    if (!progress->first) {
        progress->first = array->place;
        dataset->count[split] = array->dim[0];
    }
    if (array->dim[0] == dataset->count[split])
        return TRAINER_OK;
    return error_add(TRAINER_INVALID, "%s: %s has %zu samples, but %s has %zu", array->file,
                     array->place, array->dim[0], progress->first, dataset->count[split]);
}

/* Reads the values, or leaves them where they are: *left. */
static int take_values(struct dataset *dataset, enum split split, hid_t file,
                       const struct wanted *wanted, struct opened *opened,
                       struct progress *progress, bool *left)
{
    size_t count, bytes;
    int rc = count_bytes(opened, &count, &bytes);
    if (rc)
        return rc;
    *left = wanted->inputs && opened->array->type != ARRAY_TEXT && bytes > progress->room;
    if (*left)
        return keep_in_file(dataset, split, wanted->column, file, opened, wanted->scale);
    if (wanted->inputs && bytes <= progress->room)
        progress->room -= bytes;
    rc = read_values(opened, count, bytes);
    return rc ? rc : array_settle(opened->array);
}

static int read_column(struct dataset *dataset, enum split split, hid_t file, const char *path,
                       const struct wanted *wanted, struct progress *progress)
{
    struct array array = {0};
    struct opened opened = {H5I_INVALID_HID, H5I_INVALID_HID, H5I_INVALID_HID, &array};
    bool left = false;
    int rc = open_array(dataset, file, path, wanted->where, &opened);
    if (!rc)
        rc = count_samples(dataset, split, &array, progress);
    if (!rc && (wanted->labels || !dataset->describe_only))
        rc = take_values(dataset, split, file, wanted, &opened, progress, &left);
    hdf5_read_drop(opened.memory);
    hdf5_read_drop(opened.type);
    hdf5_read_drop(opened.dataset);
    if (!rc && wanted->labels)
        rc = array_labels(dataset, split, &array, &progress->classes);
    else if (!rc && !left)
        rc = array_inputs(dataset, split, wanted->column, &array, wanted->scale);
    free(array.bytes);
    return rc;
}

/* --- a split ---------------------------------------------------------------------------------- */

/* path: of the file, as messages have it. */
static int read_columns(struct dataset *dataset, enum split split, hid_t file, const char *path,
                        const struct hdf5_split *from, struct progress *progress)
{
    const struct hdf5_data *hdf5 = dataset->private;
    progress->first = NULL;
    int rc = TRAINER_OK;
    bool labelled = !dataset->learned || dataset->labelled;
    for (size_t i = 0; !rc && i < from->inputs.count; i++) {
        const char *name = from->inputs.name[i];
        rc = read_column(dataset, split, file, path,
                         &(struct wanted){.column = name ? name : "inputs",
                                          .where = from->inputs.where[i],
                                          .inputs = true,
                                          .scale = hdf5->scale},
                         progress);
    }
    if (!rc && labelled && from->labels.count)
        rc =
            read_column(dataset, split, file, path,
                        &(struct wanted){.where = from->labels.where[0], .labels = true}, progress);
    if (!rc && labelled && from->weights.count)
        rc = read_column(
            dataset, split, file, path,
            &(struct wanted){.column = "weights", .where = from->weights.where[0], .scale = 1},
            progress);
    return rc;
}

static int read_split(struct dataset *dataset, enum split split, const struct hdf5_split *from,
                      struct progress *progress)
{
    hid_t file;
    const char *path = file_short(from->file);
    hdf5_enter();
    int rc = hdf5_read_open_any(&file, path);
    if (!rc) {
        rc = read_columns(dataset, split, file, path, from, progress);
        hdf5_read_drop(file);
    }
    hdf5_leave();
    return rc;
}

static int hdf5_open(struct dataset *dataset)
{
    const struct hdf5_data *hdf5 = dataset->private;
    struct progress progress = {0};
    int rc = array_memory(dataset, hdf5->memory, &progress.room);
    if (!rc)
        rc = read_split(dataset, SPLIT_TRAIN, &hdf5->train, &progress);
    if (!rc && hdf5->test.file && !dataset->learned)
        rc = read_split(dataset, SPLIT_TEST, &hdf5->test, &progress);
    if (!rc && hdf5->validation.file && !dataset->learned)
        rc = read_split(dataset, SPLIT_VALIDATION, &hdf5->validation, &progress);
    vocabulary_free(&progress.classes);
    return rc;
}

static const struct option split_options[] = {
    {"file", OPTION_PATH, offsetof(struct hdf5_split, file), .required = true,
     .help = "HDF5 file in which the others are"},
    {"inputs", OPTION_SOURCES, offsetof(struct hdf5_split, inputs), .required = true,
     .help = "dataset of the samples, or datasets by column"},
    {"labels", OPTION_SOURCES, offsetof(struct hdf5_split, labels),
     .help = "dataset of their classes or values"},
    {"weights", OPTION_SOURCES, offsetof(struct hdf5_split, weights),
     .help = "dataset of a weight a sample, for the loss's third input"},
    {0},
};

static const struct option hdf5_options[] = {
    {"train", OPTION_SECTION, offsetof(struct hdf5_data, train), .required = true,
     .section = split_options, .help = "training data"},
    {"test", OPTION_SECTION, offsetof(struct hdf5_data, test), .section = split_options,
     .help = "test data"},
    {"validation", OPTION_SECTION, offsetof(struct hdf5_data, validation), .section = split_options,
     .help = "validation data"},
    {"scale", OPTION_NUMBER, offsetof(struct hdf5_data, scale), .standard = "auto", .minimum = 0,
     .above_minimum = true, .word = "auto", .word_value = 0,
     .help = "factor of every input; auto: 1/255 for unsigned bytes, 1 for others"},
    {"memory", OPTION_TEXT, offsetof(struct hdf5_data, memory), .standard = "auto",
     .help =
         "what inputs may take, as 4 GiB; others stay in their file. auto: half of what is free"},
    {0},
};

const struct dataset_kind dataset_hdf5 = {
    .base =
        {
            .title = "HDF5",
            .help = "arrays in HDF5 files",
            .options = hdf5_options,
            .private_size = sizeof(struct hdf5_data),
        },
    .open = hdf5_open,
    .names_classes = true,
    .foreign = true,
};
