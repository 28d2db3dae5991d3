/*
 * hdf5_image.c - libhdf5 in small words: a lock, its errors, and the parts of a file image.
 *
 * The image lives in libhdf5's core driver without a backing file, so no call here touches a disk,
 * but for files that need not fit into memory (image_open_file).
 * Its format is bounded to that of HDF5 1.8: every reader knows it, and libhdf5 1.10 writes images
 * of newer formats with a wrong checksum.
 *
 * Invariant: image->failed is set if and only if a message was left.
 */
#include "hdf5_image.h"
#include "base/error.h"

#include <hdf5_hl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REASON_SIZE = 512,
    CHUNK_BYTES_MAX = 16 << 20,  /* one checksum each; and what a reader must hold to check it */
    GROWTH_MIN = 1 << 16,        /* bytes by which an image grows */
    COMPACT_ATTRIBUTES_MAX = 64, /* kept in the object's header: no reader needs more than that */
    NETCDF_NAME_SIZE = 80,
};

/* --- the library --- */

static pthread_mutex_t library = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

/* What fails here fails again, with a message, in the first call that matters. */
static void make_ready(void)
{
    H5dont_atexit();
    H5open();
    H5PLset_loading_state(0);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void hdf5_enter(void)
{
    static bool ready;
    pthread_mutex_lock(&library);
    if (!ready) {
        make_ready();
        ready = true;
    }
}

void hdf5_leave(void)
{
    pthread_mutex_unlock(&library);
}

/* A small image is made and dropped: much of libhdf5 is set up when it is first used. */
void hdf5_prepare(void)
{
    static const double number;
    const struct image_array array = {.name = "x",
                                      .long_name = "x",
                                      .units = "",
                                      .shape = shape_vector(1),
                                      .stored = H5T_IEEE_F64LE,
                                      .given = H5T_NATIVE_DOUBLE,
                                      .data = &number,
                                      .checksum = true};
    struct image image;
    void *bytes = NULL;
    size_t count;
    hdf5_enter();
    image_open(&image, "an empty file", 0);
    hid_t group = image_group(&image, image.file, "group");
    hid_t scale = image_dimension(&image, group, "row", 1);
    hid_t dataset = image_dataset(&image, group, &array);
    image_attach(&image, dataset, 0, scale);
    image_close(&image, dataset);
    image_close(&image, scale);
    image_close(&image, group);
    if (image_finish(&image, &bytes, &count) != TRAINER_OK)
        error_clear(); /* what fails here fails again, with a message, where it matters */
    free(bytes);
    hdf5_leave();
}

/* The text ends with the number: "HDF5 library version 1.10.8". */
const char *hdf5_version(void)
{
    return strrchr(H5_VERS_INFO, ' ') + 1;
}

struct stack_ends {
    char outer[REASON_SIZE / 2], inner[REASON_SIZE / 2];
};

static herr_t note_ends(unsigned depth, const H5E_error2_t *entry, void *context)
{
    struct stack_ends *ends = context;
    char *end = depth == 0 ? ends->outer : ends->inner;
    snprintf(end, sizeof ends->outer, "%s", entry->desc); /* libhdf5 gives every entry one */
    return 0;
}

const char *hdf5_reason(char *text, size_t size)
{
    struct stack_ends ends = {.outer = "libhdf5 gave no reason"};
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, note_ends, &ends);
    snprintf(text, size, "%s%s%s", ends.outer, ends.inner[0] ? ": " : "", ends.inner);
    return text;
}

/* --- an image --- */

/* Notes that the last call of libhdf5 failed, at object/name of the image. */
static void fail(struct image *image, hid_t object, const char *name)
{
    char place[REASON_SIZE] = "", reason[REASON_SIZE];
    if (image->failed)
        return;
    hdf5_reason(reason, sizeof reason);
    if (object >= 0 && H5Iget_name(object, place, sizeof place) <= 0)
        place[0] = '\0';
    bool root = strcmp(place, "/") == 0;
    image->failed = true;
    error_set(TRAINER_FAILED, "%s: cannot build '%s%s%s': %s", image->path, root ? "" : place,
              name[0] && place[0] ? "/" : "", name, reason);
}

/* Each checks what a call of libhdf5 returned, and hands a handle on. */
static hid_t check_handle(struct image *image, hid_t handle, hid_t object, const char *name)
{
    if (handle < 0)
        fail(image, object, name);
    return handle;
}

static void check(struct image *image, herr_t status, hid_t object, const char *name)
{
    if (status < 0)
        fail(image, object, name);
}

void image_close(struct image *image, hid_t handle)
{
    if (handle >= 0)
        check(image, H5Idec_ref(handle), H5I_INVALID_HID, "a handle");
}

/* Creation order is tracked and indexed; attributes stay in the object's header. */
static hid_t creation_list(struct image *image, hid_t class, bool group)
{
    enum { ORDER = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED };
    hid_t list = check_handle(image, H5Pcreate(class), H5I_INVALID_HID, "a property list");
    if (list < 0)
        return list;
    if (H5Pset_attr_creation_order(list, ORDER) < 0 ||
        H5Pset_attr_phase_change(list, COMPACT_ATTRIBUTES_MAX, 0) < 0 ||
        (group && H5Pset_link_creation_order(list, ORDER) < 0))
        fail(image, H5I_INVALID_HID, "a property list");
    return list;
}

static hid_t transfer_list(struct image *image)
{
    hid_t list =
        check_handle(image, H5Pcreate(H5P_DATASET_XFER), H5I_INVALID_HID, "a property list");
    if (list >= 0 && H5Pset_buffer(list, HDF5_TEXT_BUFFER, NULL, NULL) < 0)
        fail(image, H5I_INVALID_HID, "a property list");
    return list;
}

static hid_t text_type(struct image *image)
{
    hid_t type = check_handle(image, H5Tcopy(H5T_C_S1), H5I_INVALID_HID, "the text type");
    if (type >= 0 && (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0))
        fail(image, H5I_INVALID_HID, "the text type");
    return type;
}

/* Closing the file closes what is still open in it, so that a failed build leaks no object.
 * written: the file; NULL: none, the image stays in memory. */
static hid_t create_file(struct image *image, const char *written, size_t expected)
{
    hid_t file = H5I_INVALID_HID;
    hid_t made_by = creation_list(image, H5P_FILE_CREATE, true);
    hid_t access =
        check_handle(image, H5Pcreate(H5P_FILE_ACCESS), H5I_INVALID_HID, "a property list");
    size_t growth = expected / 4 + GROWTH_MIN;
    if (!image->failed && ((!written && H5Pset_fapl_core(access, growth, 0) < 0) ||
                           H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) < 0 ||
                           H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) < 0))
        fail(image, H5I_INVALID_HID, "a property list");
    if (!image->failed) {
        file = check_handle(
            image, H5Fcreate(written ? written : image->path, H5F_ACC_TRUNC, made_by, access),
            H5I_INVALID_HID, "/");
    }
    image_close(image, access);
    image_close(image, made_by);
    return file;
}

static void open_image(struct image *image, const char *path, const char *written, size_t expected)
{
    *image = (struct image){.path = path};
    image->group_made_by = creation_list(image, H5P_GROUP_CREATE, true);
    image->data_made_by = creation_list(image, H5P_DATASET_CREATE, false);
    image->written_by = transfer_list(image);
    image->text = text_type(image);
    image->file = create_file(image, written, expected);
}

void image_open(struct image *image, const char *path, size_t expected)
{
    open_image(image, path, NULL, expected);
}

void image_open_file(struct image *image, const char *path, const char *written)
{
    open_image(image, path, written, 0);
}

static void copy_file(struct image *image, void **bytes, size_t *count)
{
    check(image, H5Fflush(image->file, H5F_SCOPE_GLOBAL), H5I_INVALID_HID, "/");
    ssize_t size = H5Fget_file_image(image->file, NULL, 0);
    if (size <= 0) {
        fail(image, H5I_INVALID_HID, "/");
        return;
    }
    *bytes = malloc((size_t)size);
    if (!*bytes) {
        image->failed = true;
        error_memory(image->path, (size_t)size);
        return;
    }
    *count = (size_t)size;
    if (H5Fget_file_image(image->file, *bytes, *count) != size)
        fail(image, H5I_INVALID_HID, "/");
}

int image_finish(struct image *image, void **bytes, size_t *count)
{
    void *copy = NULL;
    size_t size = 0;
    if (!image->failed && bytes)
        copy_file(image, &copy, &size);
    if (image->file >= 0)
        check(image, H5Fclose(image->file), H5I_INVALID_HID, "/");
    image_close(image, image->text);
    image_close(image, image->written_by);
    image_close(image, image->data_made_by);
    image_close(image, image->group_made_by);
    if (image->failed) {
        free(copy);
        return TRAINER_FAILED;
    }
    if (bytes) {
        *bytes = copy;
        *count = size;
    }
    return TRAINER_OK;
}

hid_t image_group(struct image *image, hid_t parent, const char *name)
{
    if (image->failed)
        return H5I_INVALID_HID;
    return check_handle(image,
                        H5Gcreate2(parent, name, H5P_DEFAULT, image->group_made_by, H5P_DEFAULT),
                        parent, name);
}

/* --- attributes --- */

static hid_t make_space(struct image *image, struct shape shape, hid_t object, const char *name)
{
    hsize_t size[SHAPE_RANK_MAX];
    for (int i = 0; i < shape.rank; i++)
        size[i] = shape.dim[i];
    hid_t space = shape.rank ? H5Screate_simple(shape.rank, size, NULL) : H5Screate(H5S_SCALAR);
    return check_handle(image, space, object, name);
}

static void attribute(struct image *image, hid_t object, const struct image_array *array)
{
    hid_t made = H5I_INVALID_HID;
    hid_t space = H5I_INVALID_HID;
    if (!image->failed)
        space = make_space(image, array->shape, object, array->name);
    if (!image->failed) {
        made = check_handle(
            image, H5Acreate2(object, array->name, array->stored, space, H5P_DEFAULT, H5P_DEFAULT),
            object, array->name);
    }
    if (!image->failed)
        check(image, H5Awrite(made, array->given, array->data), object, array->name);
    image_close(image, made);
    image_close(image, space);
}

void image_text(struct image *image, hid_t object, const char *name, const char *text)
{
    attribute(image, object,
              &(struct image_array){
                  .name = name, .stored = image->text, .given = image->text, .data = &text});
}

void image_texts(struct image *image, hid_t object, const char *name, const char *const *texts,
                 size_t count)
{
    attribute(image, object,
              &(struct image_array){.name = name,
                                    .shape = shape_vector(count),
                                    .stored = image->text,
                                    .given = image->text,
                                    .data = texts});
}

void image_number(struct image *image, hid_t object, const char *name, uint64_t value)
{
    attribute(image, object,
              &(struct image_array){.name = name,
                                    .stored = value <= INT64_MAX ? H5T_STD_I64LE : H5T_STD_U64LE,
                                    .given = H5T_NATIVE_UINT64,
                                    .data = &value});
}

void image_real(struct image *image, hid_t object, const char *name, double value)
{
    attribute(
        image, object,
        &(struct image_array){
            .name = name, .stored = H5T_IEEE_F64LE, .given = H5T_NATIVE_DOUBLE, .data = &value});
}

/* --- datasets --- */

/* Chunks of at most CHUNK_BYTES_MAX, cut along the first axes: `bytes` is what one index of the
 * axes before takes. */
static void set_checksum(struct image *image, hid_t list, const struct image_array *array)
{
    hsize_t chunk[SHAPE_RANK_MAX];
    size_t bytes = shape_size(array->shape) * H5Tget_size(array->stored);
    for (int i = 0; bytes > 0 && i < array->shape.rank; i++) {
        size_t size = array->shape.dim[i], of_one = bytes / size;
        size_t fits = of_one < CHUNK_BYTES_MAX ? CHUNK_BYTES_MAX / of_one : 1;
        chunk[i] = fits < size ? fits : size;
        bytes = of_one;
    }
    if (bytes == 0 || H5Pset_chunk(list, array->shape.rank, chunk) < 0 ||
        H5Pset_fletcher32(list) < 0)
        fail(image, H5I_INVALID_HID, array->name);
}

/* A scalar, or an array without elements, can't be chunked and has no checksum. */
static hid_t dataset_list(struct image *image, const struct image_array *array)
{
    hid_t list = check_handle(image, H5Pcopy(image->data_made_by), H5I_INVALID_HID, array->name);
    if (list >= 0 && array->checksum && array->shape.rank > 0 && shape_size(array->shape) > 0)
        set_checksum(image, list, array);
    return list;
}

hid_t image_dataset(struct image *image, hid_t parent, const struct image_array *array)
{
    if (image->failed)
        return H5I_INVALID_HID;
    hid_t dataset = H5I_INVALID_HID;
    hid_t space = make_space(image, array->shape, parent, array->name);
    hid_t list = dataset_list(image, array);
    if (!image->failed) {
        dataset = check_handle(
            image,
            H5Dcreate2(parent, array->name, array->stored, space, H5P_DEFAULT, list, H5P_DEFAULT),
            parent, array->name);
    }
    if (!image->failed && array->data && shape_size(array->shape) > 0) {
        check(image,
              H5Dwrite(dataset, array->given, H5S_ALL, H5S_ALL, image->written_by, array->data),
              parent, array->name);
    }
    image_text(image, dataset, "long_name", array->long_name);
    image_text(image, dataset, "units", array->units[0] ? array->units : "1");
    image_close(image, list);
    image_close(image, space);
    return dataset;
}

void image_rows(struct image *image, hid_t dataset, const struct image_array *array, size_t first,
                size_t count, const void *data)
{
    hsize_t start[SHAPE_RANK_MAX] = {first}, size[SHAPE_RANK_MAX] = {count};
    if (image->failed)
        return;
    for (int i = 1; i < array->shape.rank; i++)
        size[i] = array->shape.dim[i];
    hid_t file = make_space(image, array->shape, dataset, array->name);
    hid_t memory = check_handle(image, H5Screate_simple(array->shape.rank, size, NULL),
                                H5I_INVALID_HID, array->name);
    if (!image->failed)
        check(image, H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, size, NULL),
              H5I_INVALID_HID, array->name);
    if (!image->failed)
        check(image, H5Dwrite(dataset, array->given, memory, file, image->written_by, data),
              H5I_INVALID_HID, array->name);
    image_close(image, memory);
    image_close(image, file);
}

void image_document(struct image *image, const char *name, const char *long_name, const char *text)
{
    image_close(image, image_dataset(image, image->file,
                                     &(struct image_array){.name = name,
                                                           .long_name = long_name,
                                                           .units = "",
                                                           .stored = image->text,
                                                           .given = image->text,
                                                           .data = &text}));
}

hid_t image_dimension(struct image *image, hid_t parent, const char *name, size_t size)
{
    char netcdf_name[NETCDF_NAME_SIZE];
    snprintf(netcdf_name, sizeof netcdf_name,
             "This is a netCDF dimension but not a netCDF variable.%10zu", size);
    hid_t dataset = image_dataset(image, parent,
                                  &(struct image_array){.name = name,
                                                        .long_name = "dimension, without values",
                                                        .units = "",
                                                        .shape = shape_vector(size),
                                                        .stored = H5T_IEEE_F32BE});
    image_scale(image, dataset, netcdf_name);
    return dataset;
}

void image_scale(struct image *image, hid_t dataset, const char *dimension)
{
    if (!image->failed)
        check(image, H5DSset_scale(dataset, dimension), dataset, "");
}

void image_attach(struct image *image, hid_t dataset, int axis, hid_t scale)
{
    if (!image->failed)
        check(image, H5DSattach_scale(dataset, scale, (unsigned)axis), dataset, "");
}

void *image_memory(struct image *image, size_t count, size_t size)
{
    void *memory = image->failed ? NULL : calloc(count ? count : 1, size);
    if (!memory && !image->failed) {
        image->failed = true;
        error_memory(image->path, count * size);
    }
    return memory;
}
