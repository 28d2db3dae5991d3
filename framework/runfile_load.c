/*
 * runfile_load.c - weights from a file that someone else may have made.
 *
 * libhdf5 1.10 trusts what it reads more than it should, so it is asked for as little as possible:
 * the file is opened read-only; nothing is iterated; only paths that are expected are opened, each
 * component a hard link (a soft, external or user-defined one could lead anywhere); a dataset's
 * type, shape, layout and filters must be among the known ones before a number of it is read; and
 * what is read is as large as the network at hand.
 */
#include "runfile_load.h"
#include "error.h"
#include "file.h"
#include "runfile.h"
#include "runfile_hdf5.h"
#include "runfile_image.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REASON_SIZE = 512, TEXT_BYTES_MAX = 16 << 20 };

struct load_place load_place(const char *first, const char *second, const char *third,
                             const char *fourth)
{
    struct load_place place = {.part = {first, second, third, fourth}};
    size_t used = 0;
    for (int i = 0; i < LOAD_PARTS_MAX && place.part[i] && used < LOAD_NAME_SIZE; i++)
        used += (size_t)snprintf(place.name + used, LOAD_NAME_SIZE - used, "/%s", place.part[i]);
    return place;
}

int load_fail(const char *path, const char *what)
{
    char reason[REASON_SIZE];
    hdf5_reason(reason, sizeof reason);
    return error_set(TRAINER_INVALID, "%s: cannot read %s: %s", path, what, reason);
}

void load_drop(hid_t handle)
{
    if (handle >= 0)
        H5Idec_ref(handle);
}

/* --- texts --- */

bool load_text(const struct load_text *source, char **text)
{
    char *read = NULL;
    bool done = false;
    hid_t memory = H5Tcopy(H5T_C_S1);
    if (H5Tget_class(source->type) == H5T_STRING && H5Tis_variable_str(source->type) > 0 &&
        H5Sget_simple_extent_type(source->space) == H5S_SCALAR && memory >= 0 &&
        H5Tset_size(memory, H5T_VARIABLE) >= 0 &&
        H5Tset_cset(memory, H5Tget_cset(source->type)) >= 0) {
        herr_t status = source->dataset >= 0
                            ? H5Dread(source->dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, &read)
                            : H5Aread(source->attribute, memory, &read);
        *text = status >= 0 ? strndup(read ? read : "", TEXT_BYTES_MAX) : NULL;
        done = *text != NULL;
    }
    load_drop(memory);
    H5free_memory(read);
    return done;
}

/* --- the file --- */

static int check_format(const char *path, hid_t file)
{
    char *format = NULL;
    int result = TRAINER_OK;
    if (H5Aexists(file, "format") <= 0) {
        return error_set(TRAINER_INVALID, "%s: is not a run file (attribute 'format' is missing)",
                         path);
    }
    hid_t attribute = H5Aopen(file, "format", H5P_DEFAULT);
    struct load_text source = {H5Aget_type(attribute), H5Aget_space(attribute), H5I_INVALID_HID,
                               attribute};
    if (!load_text(&source, &format)) {
        result = error_set(TRAINER_INVALID,
                           "%s: is not a run file (attribute 'format' is not a text)", path);
    } else if (strcmp(format, RUNFILE_FORMAT) != 0) {
        result = error_set(TRAINER_INVALID,
                           "%s: is not a run file (attribute 'format' is '%.64s', not '%s')", path,
                           format, RUNFILE_FORMAT);
    }
    load_drop(source.type);
    load_drop(source.space);
    load_drop(attribute);
    free(format);
    return result;
}

static int check_version(const char *path, hid_t file)
{
    long long version = 0;
    if (H5Aexists(file, "format_version") <= 0) {
        return error_set(TRAINER_INVALID, "%s: has no format version; this program reads %d", path,
                         RUNFILE_FORMAT_VERSION);
    }
    hid_t attribute = H5Aopen(file, "format_version", H5P_DEFAULT);
    hid_t type = H5Aget_type(attribute);
    hid_t space = H5Aget_space(attribute);
    bool read = H5Tget_class(type) == H5T_INTEGER &&
                H5Sget_simple_extent_type(space) == H5S_SCALAR &&
                H5Aread(attribute, H5T_NATIVE_LLONG, &version) >= 0;
    load_drop(space);
    load_drop(type);
    load_drop(attribute);
    if (!read)
        return error_set(TRAINER_INVALID, "%s: attribute 'format_version' is not an integer", path);
    if (version != RUNFILE_FORMAT_VERSION) {
        return error_set(TRAINER_INVALID, "%s: has format version %lld; this program reads %d",
                         path, version, RUNFILE_FORMAT_VERSION);
    }
    return TRAINER_OK;
}

/* Files are replaced, never changed, so no lock is needed; some network file systems refuse one. */
static int open_unlocked(hid_t *file, const char *path)
{
    *file = H5I_INVALID_HID;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access >= 0 && H5Pset_file_locking(access, false, true) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0)
        *file = H5Fopen(path, H5F_ACC_RDONLY, access);
    /* Before anything is dropped, which would drop the reason too. */
    int result = *file < 0 ? load_fail(path, "the file") : TRAINER_OK;
    load_drop(access);
    return result;
}

int load_open(hid_t *file, const char *path)
{
    int result = file_check(path);
    if (result != TRAINER_OK)
        return result;
    if (H5Fis_hdf5(path) <= 0)
        return error_set(TRAINER_INVALID, "%s: is not an HDF5 file", path);
    result = open_unlocked(file, path);
    if (result != TRAINER_OK)
        return result;
    result = check_format(path, *file);
    if (result == TRAINER_OK)
        result = check_version(path, *file);
    if (result != TRAINER_OK)
        load_drop(*file);
    return result;
}

/* --- datasets --- */

/* A child that is a hard link to a group, or to a dataset where it is the last of the place. */
static int open_child(hid_t *child, hid_t parent, const char *path, const struct load_place *place,
                      int index, bool group)
{
    const char *name = place->part[index];
    bool last = index + 1 == LOAD_PARTS_MAX || !place->part[index + 1];
    group = group || !last;
    H5L_info_t link;
    htri_t exists = H5Lexists(parent, name, H5P_DEFAULT);
    if (exists == 0)
        return error_set(TRAINER_INVALID, "%s: has no %s", path, place->name);
    if (exists < 0 || H5Lget_info(parent, name, &link, H5P_DEFAULT) < 0)
        return load_fail(path, place->name);
    if (link.type != H5L_TYPE_HARD) {
        return error_set(TRAINER_INVALID, "%s: '%s' of %s is not a hard link", path, name,
                         place->name);
    }
    *child = group ? H5Gopen2(parent, name, H5P_DEFAULT) : H5Dopen2(parent, name, H5P_DEFAULT);
    return *child < 0 ? load_fail(path, place->name) : TRAINER_OK;
}

int load_object(hid_t *object, hid_t file, const char *path, const struct load_place *place,
                bool group)
{
    hid_t at = file;
    int result = TRAINER_OK;
    for (int i = 0; result == TRAINER_OK && i < LOAD_PARTS_MAX && place->part[i]; i++) {
        hid_t child = H5I_INVALID_HID;
        result = open_child(&child, at, path, place, i, group);
        if (at != file)
            load_drop(at);
        at = child;
    }
    *object = at;
    return result;
}

/* IEEE numbers of 32 or 64 bits in either byte order, not just anything of class float. */
static int check_type(hid_t dataset, const char *path, const char *name)
{
    const hid_t known[] = {H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE};
    bool found = false;
    hid_t type = H5Dget_type(dataset);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        found = found || H5Tequal(type, known[i]) > 0;
    load_drop(type);
    return found
               ? TRAINER_OK
               : error_set(TRAINER_INVALID, "%s: %s is not of type float32 or float64", path, name);
}

struct shape load_shape(hid_t dataset)
{
    struct shape shape = {.rank = -1};
    hid_t space = H5Dget_space(dataset);
    if (H5Sget_simple_extent_type(space) != H5S_NULL)
        shape.rank = H5Sget_simple_extent_ndims(space);
    if (shape.rank > SHAPE_RANK_MAX)
        shape.rank = -1;
    if (shape.rank >= 0) {
        hsize_t size[SHAPE_RANK_MAX];
        shape.rank = H5Sget_simple_extent_dims(space, size, NULL);
        for (int i = 0; i < shape.rank; i++)
            shape.dim[i] = size[i];
    }
    load_drop(space);
    return shape;
}

hsize_t load_stored(hid_t dataset)
{
    hsize_t stored = H5Dget_storage_size(dataset), size = 0;
    hid_t file = H5Iget_file_id(dataset);
    if (H5Fget_filesize(file, &size) < 0)
        size = 0;
    load_drop(file);
    return stored < size ? stored : size;
}

int load_check_shape(hid_t dataset, const char *path, const char *name, struct shape wanted)
{
    char has[SHAPE_TEXT_MAX], needs[SHAPE_TEXT_MAX];
    struct shape shape = load_shape(dataset);
    if (shape.rank < 0) {
        return error_set(TRAINER_INVALID, "%s: %s has no shape, or one of more than %d dimensions",
                         path, name, SHAPE_RANK_MAX);
    }
    if (!shape_equal(shape, wanted)) {
        return error_set(TRAINER_INVALID, "%s: %s has shape %s; the network needs %s", path, name,
                         shape_text(shape, has), shape_text(wanted, needs));
    }
    return TRAINER_OK;
}

/* A chunk larger than its dataset would make libhdf5 allocate more than the network needs. */
static bool chunks_fit(hid_t list, struct shape shape)
{
    hsize_t chunk[SHAPE_RANK_MAX];
    if (H5Pget_chunk(list, SHAPE_RANK_MAX, chunk) != shape.rank)
        return false;
    for (int i = 0; i < shape.rank; i++)
        if (chunk[i] > shape.dim[i])
            return false;
    return true;
}

static bool filters_known(hid_t list)
{
    int count = H5Pget_nfilters(list);
    bool known = count >= 0;
    for (int i = 0; known && i < count; i++) {
        unsigned flags;
        size_t values = 0;
        H5Z_filter_t filter =
            H5Pget_filter2(list, (unsigned)i, &flags, &values, NULL, 0, NULL, NULL);
        known = filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE ||
                filter == H5Z_FILTER_FLETCHER32;
    }
    return known;
}

int load_check_storage(hid_t dataset, const char *path, const char *name, struct shape shape)
{
    const char *wrong = NULL;
    hid_t list = H5Dget_create_plist(dataset);
    H5D_layout_t layout = H5Pget_layout(list);
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
        wrong = "is virtual: its numbers are in other files";
    else if (H5Pget_external_count(list) != 0)
        wrong = "has its numbers in other files";
    else if (layout == H5D_CHUNKED && !chunks_fit(list, shape))
        wrong = "has chunks larger than itself";
    else if (!filters_known(list))
        wrong = "has a filter other than deflate, shuffle, fletcher32";
    load_drop(list);
    return wrong ? error_set(TRAINER_INVALID, "%s: %s %s", path, name, wrong) : TRAINER_OK;
}

/* --- weights --- */

static size_t tensor_bytes(const struct image_tensor *tensor)
{
    return shape_size(tensor->shape) * tensor->real_size;
}

/* A double that is too large for a float has become infinite by now, and is found too. */
static int check_finite(const void *x, const char *path, const char *name,
                        const struct image_tensor *tensor)
{
    size_t count = shape_size(tensor->shape), bad = 0;
    if (tensor->real_size == sizeof(float))
        for (const float *single = x; bad < count && isfinite(single[bad]);)
            bad++;
    else
        for (const double *wide = x; bad < count && isfinite(wide[bad]);)
            bad++;
    if (bad == count)
        return TRAINER_OK;
    char text[SHAPE_TEXT_MAX];
    return error_set(TRAINER_INVALID, "%s: %s is not finite at %s", path, name,
                     shape_text(shape_index(tensor->shape, bad), text));
}

static int read_tensor(void *x, hid_t file, const char *path, const struct load_place *at,
                       const struct image_tensor *tensor)
{
    struct load_place place = *at;
    hid_t dataset = H5I_INVALID_HID;
    int result = load_object(&dataset, file, path, &place, false);
    if (result == TRAINER_OK)
        result = check_type(dataset, path, place.name);
    if (result == TRAINER_OK)
        result = load_check_shape(dataset, path, place.name, tensor->shape);
    if (result == TRAINER_OK)
        result = load_check_storage(dataset, path, place.name, tensor->shape);
    hid_t given = tensor->real_size == sizeof(float) ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
    if (result == TRAINER_OK && H5Dread(dataset, given, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) < 0)
        result = load_fail(path, place.name);
    if (result == TRAINER_OK)
        result = check_finite(x, path, place.name, tensor);
    load_drop(dataset);
    return result;
}

/* Reads all tensors one behind the other into the buffer. */
static int read_tensors(unsigned char *buffer, const char *path, const struct image_tensor *tensors,
                        size_t count, const struct image_state *states, size_t state_count)
{
    hid_t file = H5I_INVALID_HID;
    int result = load_open(&file, path);
    if (result != TRAINER_OK)
        return result;
    for (size_t i = 0; result == TRAINER_OK && i < count; i++) {
        struct load_place place = load_place("model", tensors[i].layer, tensors[i].name, NULL);
        result = read_tensor(buffer, file, path, &place, &tensors[i]);
        buffer += tensor_bytes(&tensors[i]);
    }
    for (size_t s = 0; s < state_count; s++)
        for (size_t i = 0; result == TRAINER_OK && i < states[s].tensors; i++) {
            const struct image_tensor *tensor = &states[s].tensor[i];
            struct load_place place =
                load_place("optimizer", states[s].name, tensor->layer, tensor->name);
            result = read_tensor(buffer, file, path, &place, tensor);
            buffer += tensor_bytes(tensor);
        }
    load_drop(file);
    return result;
}

static size_t all_bytes(const struct image_tensor *tensors, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += tensor_bytes(&tensors[i]);
    return bytes;
}

/* Spreads the buffer over the tensors; returns what follows in it. */
static const unsigned char *take_tensors(const unsigned char *from,
                                         const struct image_tensor *tensors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        memcpy(tensors[i].x, from, tensor_bytes(&tensors[i]));
        from += tensor_bytes(&tensors[i]);
    }
    return from;
}

int runfile_load_tensors(const char *path, const struct image_tensor *tensors, size_t count,
                         const struct image_state *states, size_t state_count)
{
    size_t bytes = all_bytes(tensors, count);
    for (size_t s = 0; s < state_count; s++)
        bytes += all_bytes(states[s].tensor, states[s].tensors);
    unsigned char *buffer = malloc(bytes ? bytes : 1);
    if (!buffer)
        return error_memory(path, bytes);
    hdf5_enter();
    int result = read_tensors(buffer, path, tensors, count, states, state_count);
    hdf5_leave();
    const unsigned char *from = buffer;
    if (result == TRAINER_OK) {
        from = take_tensors(from, tensors, count);
        for (size_t s = 0; s < state_count; s++)
            from = take_tensors(from, states[s].tensor, states[s].tensors);
    }
    free(buffer);
    return result;
}
