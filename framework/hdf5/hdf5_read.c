/*
 * hdf5_read.c - opens what a file that someone else may have made is expected to hold.
 *
 * libhdf5 1.10 trusts what it reads more than it should, so it is asked for as little as possible:
 * the file is opened read-only; nothing is iterated; only paths that are expected are opened, each
 * component a hard link (a soft, external or user-defined one could lead anywhere); a dataset's
 * type, shape, layout and filters must be among the known ones before a number of it is read; and
 * what is read is as large as the network at hand.
 */
#include "hdf5_read.h"
#include "base/error.h"
#include "base/file.h"
#include "base/file_type.h"
#include "base/text.h"
#include "hdf5_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    REASON_SIZE = 512,
    TEXT_BYTES_MAX = 16 << 20,
    SUPERBLOCK_LEAST = 48, /* with fewer bytes libhdf5 does not see that the rest is missing */
};

struct hdf5_read_place hdf5_read_place(const char *first, const char *second, const char *third,
                                       const char *fourth)
{
    struct hdf5_read_place place = {.part = {first, second, third, fourth}};
    for (int i = 0; i < LOAD_PARTS_MAX && place.part[i]; i++)
        text_append(place.name, LOAD_NAME_SIZE, "/%s", place.part[i]);
    return place;
}

int hdf5_read_path(struct hdf5_read_place *place, const char *path, const char *where)
{
    int parts = 0;
    *place = (struct hdf5_read_place){0};
    size_t length = strlen(where);
    if (length + 2 > LOAD_NAME_SIZE)
        return error_set(TRAINER_INVALID, "%s: a path of %zu bytes; expected fewer than %d", path,
                         length, LOAD_NAME_SIZE - 1);
    snprintf(place->name, sizeof place->name, "%s%s", *where == '/' ? "" : "/", where);
    memcpy(place->text, where, length);
    for (char *rest = place->text, *part; (part = strsep(&rest, "/"));) {
        if (!*part)
            continue;
        if (parts == LOAD_PARTS_MAX || !strcmp(part, ".") || !strcmp(part, ".."))
            parts = LOAD_PARTS_MAX + 1;
        else
            place->part[parts++] = part;
        if (parts > LOAD_PARTS_MAX)
            break;
    }
    if (parts < 1 || parts > LOAD_PARTS_MAX)
        return error_set(TRAINER_INVALID, "%s: '%s' is no path of a dataset; expected one as /a/b",
                         path, where);
    return TRAINER_OK;
}

int hdf5_read_fail(const char *path, const char *what)
{
    char reason[REASON_SIZE];
    hdf5_reason(reason, sizeof reason);
    return error_set(TRAINER_INVALID, "%s: cannot read %s: %s", path, what, reason);
}

void hdf5_read_drop(hid_t handle)
{
    if (handle >= 0)
        H5Idec_ref(handle);
}

/* --- texts --- */

herr_t hdf5_read_texts(hid_t dataset, hid_t type, void *texts)
{
    hid_t small = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_buffer(small, HDF5_TEXT_BUFFER, NULL, NULL);
    herr_t status = H5Dread(dataset, type, H5S_ALL, H5S_ALL, small, texts);
    hdf5_read_drop(small);
    return status;
}

bool hdf5_read_text(const struct hdf5_read_text *source, char **text)
{
    char *read = NULL;
    bool done = false;
    hid_t memory = H5Tcopy(H5T_C_S1);
    if (H5Tget_class(source->type) == H5T_STRING && H5Tis_variable_str(source->type) > 0 &&
        H5Sget_simple_extent_type(source->space) == H5S_SCALAR && memory >= 0 &&
        H5Tset_size(memory, H5T_VARIABLE) >= 0 &&
        H5Tset_cset(memory, H5Tget_cset(source->type)) >= 0) {
        herr_t status = source->dataset >= 0 ? hdf5_read_texts(source->dataset, memory, &read)
                                             : H5Aread(source->attribute, memory, &read);
        *text = status >= 0 ? strndup(read ? read : "", TEXT_BYTES_MAX) : NULL;
        done = *text != NULL;
    }
    hdf5_read_drop(memory);
    H5free_memory(read);
    return done;
}

/* --- the file --- */

static int check_format(const char *path, hid_t file)
{
    char *format = NULL;
    int rc = TRAINER_OK;
    if (H5Aexists(file, "format") <= 0) {
        return error_set(TRAINER_INVALID,
                         "%s: is not a run file (attribute 'format' is missing); a file of weights "
                         "made elsewhere needs the root attributes format = '%s' and "
                         "format_version = %d, and /model/<layer>/<parameter>",
                         path, HDF5_STAMP, HDF5_STAMP_VERSION);
    }
    hid_t attribute = H5Aopen(file, "format", H5P_DEFAULT);
    struct hdf5_read_text source = {H5Aget_type(attribute), H5Aget_space(attribute),
                                    H5I_INVALID_HID, attribute};
    if (!hdf5_read_text(&source, &format)) {
        rc = error_set(TRAINER_INVALID, "%s: is not a run file (attribute 'format' is not a text)",
                       path);
    } else if (strcmp(format, HDF5_STAMP) != 0) {
        rc = error_set(TRAINER_INVALID,
                       "%s: is not a run file (attribute 'format' is '%.64s', not '%s')", path,
                       format, HDF5_STAMP);
    }
    hdf5_read_drop(source.type);
    hdf5_read_drop(source.space);
    hdf5_read_drop(attribute);
    free(format);
    return rc;
}

static int check_version(const char *path, hid_t file)
{
    long long version = 0;
    if (H5Aexists(file, "format_version") <= 0) {
        return error_set(TRAINER_INVALID, "%s: has no format version; this program reads %d", path,
                         HDF5_STAMP_VERSION);
    }
    hid_t attribute = H5Aopen(file, "format_version", H5P_DEFAULT);
    hid_t type = H5Aget_type(attribute);
    hid_t space = H5Aget_space(attribute);
    bool read = H5Tget_class(type) == H5T_INTEGER &&
                H5Sget_simple_extent_type(space) == H5S_SCALAR &&
                H5Aread(attribute, H5T_NATIVE_LLONG, &version) >= 0;
    hdf5_read_drop(space);
    hdf5_read_drop(type);
    hdf5_read_drop(attribute);
    if (!read)
        return error_set(TRAINER_INVALID, "%s: attribute 'format_version' is not an integer", path);
    if (version != HDF5_STAMP_VERSION) {
        return error_set(TRAINER_INVALID, "%s: has format version %lld; this program reads %d",
                         path, version, HDF5_STAMP_VERSION);
    }
    return TRAINER_OK;
}

static herr_t note_truncated(unsigned depth, const H5E_error2_t *entry, void *context)
{
    (void)depth;
    bool *truncated = context;
    *truncated = *truncated || entry->min_num == H5E_TRUNCATED;
    return 0;
}

/* Why H5Fopen failed. Of the file that a full disk or a copy has cut short libhdf5 speaks in words
 * of its own. */
static int open_fail(const char *path)
{
    struct stat facts;
    bool truncated = false;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, note_truncated, &truncated);
    if (stat(path, &facts) != 0 || (!truncated && facts.st_size >= SUPERBLOCK_LEAST))
        return hdf5_read_fail(path, "the file");
    return error_set(TRAINER_INVALID,
                     "%s: is cut short: only the first %lld bytes are there of an HDF5 file", path,
                     (long long)facts.st_size);
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
    int rc = *file < 0 ? open_fail(path) : TRAINER_OK;
    hdf5_read_drop(access);
    return rc;
}

int hdf5_read_open_any(hid_t *file, const char *path)
{
    int rc = file_check(path);
    if (rc != TRAINER_OK)
        return rc;
    const char *type = file_type_at(path);
    if (H5Fis_hdf5(path) <= 0)
        return error_set(TRAINER_INVALID, "%s: is %s%snot an HDF5 file", path, type ? type : "",
                         type ? ", " : "");
    return open_unlocked(file, path);
}

int hdf5_read_open(hid_t *file, const char *path)
{
    int rc = hdf5_read_open_any(file, path);
    if (rc != TRAINER_OK)
        return rc;
    rc = check_format(path, *file);
    if (rc == TRAINER_OK)
        rc = check_version(path, *file);
    if (rc != TRAINER_OK)
        hdf5_read_drop(*file);
    return rc;
}

/* --- datasets --- */

/* A child that is a hard link to a group, or to a dataset where it is the last of the place. */
static int open_child(hid_t *child, hid_t parent, const char *path,
                      const struct hdf5_read_place *place, int index, bool group)
{
    const char *name = place->part[index];
    bool last = index + 1 == LOAD_PARTS_MAX || !place->part[index + 1];
    group = group || !last;
    H5L_info_t link;
    htri_t exists = H5Lexists(parent, name, H5P_DEFAULT);
    if (exists == 0)
        return error_set(TRAINER_INVALID, "%s: has no %s", path, place->name);
    if (exists < 0 || H5Lget_info(parent, name, &link, H5P_DEFAULT) < 0)
        return hdf5_read_fail(path, place->name);
    if (link.type != H5L_TYPE_HARD) {
        return error_set(TRAINER_INVALID, "%s: '%s' of %s is not a hard link", path, name,
                         place->name);
    }
    *child = group ? H5Gopen2(parent, name, H5P_DEFAULT) : H5Dopen2(parent, name, H5P_DEFAULT);
    return *child < 0 ? hdf5_read_fail(path, place->name) : TRAINER_OK;
}

int hdf5_read_object(hid_t *object, hid_t file, const char *path,
                     const struct hdf5_read_place *place, bool group)
{
    hid_t at = file;
    int rc = TRAINER_OK;
    for (int i = 0; rc == TRAINER_OK && i < LOAD_PARTS_MAX && place->part[i]; i++) {
        hid_t child = H5I_INVALID_HID;
        rc = open_child(&child, at, path, place, i, group);
        if (at != file)
            hdf5_read_drop(at);
        at = child;
    }
    *object = at;
    return rc;
}

/* IEEE numbers of 32 or 64 bits in either byte order, not just anything of class float. */
int hdf5_read_check_type(hid_t dataset, const char *path, const char *name)
{
    const hid_t known[] = {H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE};
    bool found = false;
    hid_t type = H5Dget_type(dataset);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        found = found || H5Tequal(type, known[i]) > 0;
    hdf5_read_drop(type);
    return found
               ? TRAINER_OK
               : error_set(TRAINER_INVALID, "%s: %s is not of type float32 or float64", path, name);
}

struct shape hdf5_read_shape(hid_t dataset)
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
    hdf5_read_drop(space);
    return shape;
}

hsize_t hdf5_read_stored(hid_t dataset)
{
    hsize_t stored = H5Dget_storage_size(dataset), size = 0;
    hid_t file = H5Iget_file_id(dataset);
    if (H5Fget_filesize(file, &size) < 0)
        size = 0;
    hdf5_read_drop(file);
    return stored < size ? stored : size;
}

/* Whether a dataset goes through deflate. */
static bool is_deflated(hid_t dataset)
{
    hid_t list = H5Dget_create_plist(dataset);
    int count = H5Pget_nfilters(list);
    bool deflated = false;
    for (int i = 0; i < count; i++) {
        unsigned flags;
        size_t values = 0;
        deflated = deflated || H5Pget_filter2(list, (unsigned)i, &flags, &values, NULL, 0, NULL,
                                              NULL) == H5Z_FILTER_DEFLATE;
    }
    hdf5_read_drop(list);
    return deflated;
}

hsize_t hdf5_read_most(hid_t dataset)
{
    return hdf5_read_stored(dataset) * (is_deflated(dataset) ? HDF5_READ_PACKED_MOST : 1);
}

int hdf5_read_check_shape(hid_t dataset, const char *path, const char *name, struct shape wanted)
{
    char has[SHAPE_TEXT_MAX], needs[SHAPE_TEXT_MAX];
    struct shape shape = hdf5_read_shape(dataset);
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

int hdf5_read_check_source(hid_t dataset, const char *path, const char *name)
{
    const char *wrong = NULL;
    hid_t list = H5Dget_create_plist(dataset);
    H5D_layout_t layout = H5Pget_layout(list);
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
        wrong = "is virtual: its numbers are in other files";
    else if (H5Pget_external_count(list) != 0)
        wrong = "has its numbers in other files";
    else if (!filters_known(list))
        wrong = "has a filter other than deflate, shuffle, fletcher32";
    hdf5_read_drop(list);
    return wrong ? error_set(TRAINER_INVALID, "%s: %s %s", path, name, wrong) : TRAINER_OK;
}

int hdf5_read_check_storage(hid_t dataset, const char *path, const char *name, struct shape shape)
{
    int rc = hdf5_read_check_source(dataset, path, name);
    if (rc != TRAINER_OK)
        return rc;
    hid_t list = H5Dget_create_plist(dataset);
    bool fit = H5Pget_layout(list) != H5D_CHUNKED || chunks_fit(list, shape);
    hdf5_read_drop(list);
    return fit ? TRAINER_OK
               : error_set(TRAINER_INVALID, "%s: %s has chunks larger than itself", path, name);
}
