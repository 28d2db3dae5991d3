/*
 * runfile_try.c - reads every weight of a file and drops it.
 *
 * Not to learn whether the file is right, which loading reports with better messages, but whether
 * libhdf5 survives it: a process that may crash calls this before one that may not loads the file.
 * So everything is looked at that loading could ask for, and what loading would refuse unread is
 * passed over here.
 */
#include "base/error.h"
#include "hdf5/hdf5_read.h"
#include "runfile.h"

#include <stdlib.h>

/* /optimizer/<state>/<layer>/<tensor> */
enum { LEVELS_MAX = 4 };

/* Bytes of a dataset that loading could read; 0 where it would refuse or need not read it. */
static size_t readable_bytes(hid_t dataset, const char *path, const char *name, hid_t type)
{
    struct shape shape = hdf5_read_shape(dataset);
    if (H5Tget_class(type) != H5T_FLOAT || shape.rank < 0 ||
        hdf5_read_check_storage(dataset, path, name, shape) != TRAINER_OK)
        return 0;
    size_t count = shape_size(shape), size = H5Tget_size(type);
    hsize_t stored = hdf5_read_stored(dataset);
    return size > 0 && count / HDF5_READ_PACKED_MOST <= stored / size ? count * size : 0;
}

static int try_dataset(hid_t dataset, const char *path, const char *name)
{
    hid_t type = H5Dget_type(dataset);
    size_t bytes = readable_bytes(dataset, path, name, type);
    void *numbers = bytes ? malloc(bytes) : NULL;
    int rc = TRAINER_OK;
    if (bytes && !numbers)
        rc = error_memory(path, bytes);
    else if (bytes && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) < 0)
        rc = hdf5_read_fail(path, name);
    free(numbers);
    hdf5_read_drop(type);
    return rc;
}

static int try_object(hid_t object, const char *path, const char *name, int levels);

/* Opens the child of that number, if it is a hard link. */
static int try_child(hid_t group, const char *path, hsize_t index, int levels)
{
    char name[LOAD_NAME_SIZE];
    H5L_info_t link;
    if (H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, name, sizeof name,
                           H5P_DEFAULT) < 0 ||
        H5Lget_info(group, name, &link, H5P_DEFAULT) < 0)
        return hdf5_read_fail(path, "the names of its weights");
    if (link.type != H5L_TYPE_HARD)
        return TRAINER_OK;
    hid_t child = H5Oopen(group, name, H5P_DEFAULT);
    int rc = child >= 0 ? try_object(child, path, name, levels) : hdf5_read_fail(path, name);
    hdf5_read_drop(child);
    return rc;
}

static int try_object(hid_t object, const char *path, const char *name, int levels)
{
    H5I_type_t type = H5Iget_type(object);
    H5G_info_t group = {0};
    int rc = TRAINER_OK;
    if (type == H5I_DATASET)
        return try_dataset(object, path, name);
    if (type != H5I_GROUP || levels == 0)
        return TRAINER_OK;
    if (H5Gget_info(object, &group) < 0)
        return hdf5_read_fail(path, name);
    for (hsize_t i = 0; rc == TRAINER_OK && i < group.nlinks; i++)
        rc = try_child(object, path, i, levels - 1);
    return rc;
}

int runfile_try_weights(const char *path)
{
    static const char *const groups[] = {"model", "optimizer"};
    hid_t file = H5I_INVALID_HID;
    hdf5_enter();
    int rc = hdf5_read_open(&file, path);
    for (size_t i = 0; rc == TRAINER_OK && i < sizeof groups / sizeof *groups; i++) {
        struct hdf5_read_place place = hdf5_read_place(groups[i], NULL, NULL, NULL);
        hid_t group = H5I_INVALID_HID;
        if (H5Lexists(file, groups[i], H5P_DEFAULT) <= 0)
            continue;
        rc = hdf5_read_object(&group, file, path, &place, true);
        if (rc == TRAINER_OK)
            rc = try_object(group, path, groups[i], LEVELS_MAX - 1);
        hdf5_read_drop(group);
    }
    hdf5_read_drop(file);
    hdf5_leave();
    return rc;
}
