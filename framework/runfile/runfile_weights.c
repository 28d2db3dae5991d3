/*
 * runfile_weights.c - weights and optimizer states from a file that someone else may have made.
 *
 *     /model/<layer>/<tensor>, /optimizer/<state>/<layer>/<tensor> -> the network's own memory
 *
 * All numbers are read into one buffer and checked there, so that after an error the network is as
 * it was before.
 */
#include "base/error.h"
#include "hdf5/hdf5_read.h"
#include "runfile_layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static int read_tensor(void *x, hid_t file, const char *path, const struct hdf5_read_place *at,
                       const struct image_tensor *tensor)
{
    struct hdf5_read_place place = *at;
    hid_t dataset = H5I_INVALID_HID;
    int rc = hdf5_read_object(&dataset, file, path, &place, false);
    if (rc == TRAINER_OK)
        rc = hdf5_read_check_type(dataset, path, place.name);
    if (rc == TRAINER_OK)
        rc = hdf5_read_check_shape(dataset, path, place.name, tensor->shape);
    if (rc == TRAINER_OK)
        rc = hdf5_read_check_storage(dataset, path, place.name, tensor->shape);
    hid_t given = tensor->real_size == sizeof(float) ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
    if (rc == TRAINER_OK && H5Dread(dataset, given, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) < 0)
        rc = hdf5_read_fail(path, place.name);
    if (rc == TRAINER_OK)
        rc = check_finite(x, path, place.name, tensor);
    hdf5_read_drop(dataset);
    return rc;
}

/* Reads all tensors one behind the other into the buffer. */
static int read_tensors(unsigned char *buffer, const char *path, const struct image_tensor *tensors,
                        size_t count, const struct image_state *states, size_t state_count)
{
    hid_t file = H5I_INVALID_HID;
    int rc = hdf5_read_open(&file, path);
    if (rc != TRAINER_OK)
        return rc;
    for (size_t i = 0; rc == TRAINER_OK && i < count; i++) {
        struct hdf5_read_place place =
            hdf5_read_place("model", tensors[i].layer, tensors[i].name, NULL);
        rc = read_tensor(buffer, file, path, &place, &tensors[i]);
        buffer += tensor_bytes(&tensors[i]);
    }
    for (size_t s = 0; s < state_count; s++)
        for (size_t i = 0; rc == TRAINER_OK && i < states[s].tensors; i++) {
            const struct image_tensor *tensor = &states[s].tensor[i];
            struct hdf5_read_place place =
                hdf5_read_place("optimizer", states[s].name, tensor->layer, tensor->name);
            rc = read_tensor(buffer, file, path, &place, tensor);
            buffer += tensor_bytes(tensor);
        }
    hdf5_read_drop(file);
    return rc;
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
    int rc = read_tensors(buffer, path, tensors, count, states, state_count);
    hdf5_leave();
    const unsigned char *from = buffer;
    if (rc == TRAINER_OK) {
        from = take_tensors(from, tensors, count);
        for (size_t s = 0; s < state_count; s++)
            from = take_tensors(from, states[s].tensor, states[s].tensors);
    }
    free(buffer);
    return rc;
}
