/*
 * hdf5_read_text.c - attributes and documents: what a file says of itself.
 */
#include "base/error.h"
#include "hdf5_read.h"

#include <stdlib.h>
#include <string.h>

const char *hdf5_read_words(struct arena *arena, hid_t object, const char *name)
{
    char *text = NULL;
    if (H5Aexists(object, name) <= 0)
        return "";
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    struct hdf5_read_text source = {H5Aget_type(attribute), H5Aget_space(attribute),
                                    H5I_INVALID_HID, attribute};
    bool read = hdf5_read_text(&source, &text);
    const char *copy = read ? arena_copy(arena, text, strlen(text)) : "";
    free(text);
    hdf5_read_drop(source.type);
    hdf5_read_drop(source.space);
    hdf5_read_drop(attribute);
    return copy;
}

bool hdf5_read_scalar(hid_t object, const char *name, H5T_class_t class, hid_t type, void *value)
{
    if (H5Aexists(object, name) <= 0)
        return false;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    hid_t stored = H5Aget_type(attribute), space = H5Aget_space(attribute);
    bool read = H5Tget_class(stored) == class && H5Sget_simple_extent_type(space) == H5S_SCALAR &&
                H5Aread(attribute, type, value) >= 0;
    hdf5_read_drop(space);
    hdf5_read_drop(stored);
    hdf5_read_drop(attribute);
    return read;
}

int hdf5_read_document(const char **text, struct arena *arena, hid_t file, const char *path,
                       const char *name)
{
    struct hdf5_read_place place = hdf5_read_place(name, NULL, NULL, NULL);
    hid_t dataset = H5I_INVALID_HID;
    char *read = NULL;
    int rc = hdf5_read_object(&dataset, file, path, &place, false);
    if (rc == TRAINER_OK)
        rc = hdf5_read_check_storage(dataset, path, place.name, shape_scalar());
    if (rc == TRAINER_OK) {
        struct hdf5_read_text source = {H5Dget_type(dataset), H5Dget_space(dataset), dataset,
                                        H5I_INVALID_HID};
        if (!hdf5_read_text(&source, &read))
            rc = error_set(TRAINER_INVALID, "%s: %s is not a text", path, place.name);
        hdf5_read_drop(source.type);
        hdf5_read_drop(source.space);
    }
    if (rc == TRAINER_OK && !(*text = arena_copy(arena, read, strlen(read))))
        rc = TRAINER_FAILED;
    free(read);
    hdf5_read_drop(dataset);
    return rc;
}
