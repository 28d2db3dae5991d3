/*
 * runfile_model.c - tensors in a run file, each axis with a named dimension.
 */
#include "runfile_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 256 };

/* The dimensions that the tensors of a layer share: matrices are (in, out), vectors (out). */
enum { SIDES = 2 };

struct side {
    const char *name;
    size_t size;
    hid_t scale; /* negative until a tensor needs it */
};

/* Gives an axis its dimension. Where the shared one has another size, or the tensor is of higher
 * rank, the axis has one of its own, such as kernel_0. */
static void put_axis(struct image *image, hid_t group, struct side *sides,
                     const struct image_tensor *tensor, hid_t dataset, int axis)
{
    size_t size = tensor->shape.dim[axis];
    int rank = tensor->shape.rank;
    struct side *side = rank <= SIDES ? &sides[axis + SIDES - rank] : NULL;
    if (side && side->scale < 0) {
        side->size = size;
        side->scale = image_dimension(image, group, side->name, size);
    }
    if (side && side->size == size) {
        image_attach(image, dataset, axis, side->scale);
        return;
    }
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%s_%d", tensor->name, axis);
    hid_t scale = image_dimension(image, group, name, size);
    image_attach(image, dataset, axis, scale);
    image_close(image, scale);
}

static void put_tensor(struct image *image, hid_t group, struct side *sides,
                       const struct image_tensor *tensor)
{
    char long_name[NAME_SIZE];
    bool single = tensor->real_size == sizeof(float);
    snprintf(long_name, sizeof long_name, "%s of %s", tensor->name, tensor->layer);
    hid_t dataset = image_dataset(image, group,
                                  &(struct image_array){
                                      .name = tensor->name,
                                      .long_name = long_name,
                                      .units = "",
                                      .shape = tensor->shape,
                                      .stored = single ? H5T_IEEE_F32LE : H5T_IEEE_F64LE,
                                      .given = single ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE,
                                      .data = tensor->x,
                                      .checksum = true,
                                  });
    for (int axis = 0; axis < tensor->shape.rank; axis++)
        put_axis(image, group, sides, tensor, dataset, axis);
    image_close(image, dataset);
}

/* The tensors of a layer, each axis with its dimension. */
static void put_tensors(struct image *image, hid_t group, const char *layer,
                        const struct image_tensor *tensor, size_t tensors)
{
    struct side sides[SIDES] = {{"in", 0, H5I_INVALID_HID}, {"out", 0, H5I_INVALID_HID}};
    for (size_t i = 0; i < tensors; i++)
        if (strcmp(tensor[i].layer, layer) == 0)
            put_tensor(image, group, sides, &tensor[i]);
    for (int i = 0; i < SIDES; i++)
        image_close(image, sides[i].scale);
}

static void put_layer(struct image *image, hid_t model, const struct image_layer *layer,
                      const struct image_contents *contents)
{
    hid_t group = image_group(image, model, layer->name);
    image_text(image, group, "type", layer->kind);
    put_tensors(image, group, layer->name, contents->tensor, contents->tensors);
    image_close(image, group);
}

/* Every layer has a group, so that `layers` can be followed; those without parameters an empty one.
 */
void runfile_put_model(struct image *image, const struct image_contents *contents)
{
    const char **names = image_memory(image, contents->layers, sizeof *names);
    hid_t model = image_group(image, image->file, "model");
    for (size_t i = 0; names && i < contents->layers; i++)
        names[i] = contents->layer[i].name;
    image_text(image, model, "NX_class", "NXcollection");
    image_texts(image, model, "layers", names, contents->layers);
    for (size_t i = 0; i < contents->layers; i++)
        put_layer(image, model, &contents->layer[i], contents);
    image_close(image, model);
    free(names);
}

void runfile_put_optimizer(struct image *image, const struct image_contents *contents)
{
    hid_t optimizer = image_group(image, image->file, "optimizer");
    for (size_t i = 0; i < contents->optimizer_states; i++) {
        const struct image_state *state = &contents->optimizer[i];
        hid_t group = image_group(image, optimizer, state->name);
        for (size_t j = 0; j < contents->layers; j++) {
            const char *layer = contents->layer[j].name;
            hid_t of_layer = image_group(image, group, layer);
            put_tensors(image, of_layer, layer, state->tensor, state->tensors);
            image_close(image, of_layer);
        }
        image_close(image, group);
    }
    image_close(image, optimizer);
}
