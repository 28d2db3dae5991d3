/*
 * predict_file.c - predictions as an HDF5 file.
 */
#include "hdf5/hdf5_image.h"
#include "predict_output.h"

#include <stdlib.h>

static void put(struct image *image, const char *name, const char *long_name, struct shape shape,
                hid_t stored, hid_t given, const void *data)
{
    hid_t dataset = image_dataset(image, image->file,
                                  &(struct image_array){.name = name,
                                                        .long_name = long_name,
                                                        .units = "",
                                                        .shape = shape,
                                                        .stored = stored,
                                                        .given = given,
                                                        .data = data});
    image_close(image, dataset);
}

/* Classes are whole numbers: -1 where there is no prediction. */
static void put_classes(struct image *image, const struct predict_arrays *arrays)
{
    const struct predict_names *names = arrays->names;
    size_t classes = names->task.classes;
    int64_t *class = image_memory(image, arrays->rows, sizeof *class);
    const char **name = image_memory(image, classes, sizeof *name);
    char(*text)[PREDICT_NAME_SIZE] = image_memory(image, classes, sizeof *text);
    for (size_t i = 0; class && i < arrays->rows; i++)
        class[i] = (int64_t)arrays->prediction[i];
    for (size_t c = 0; name && text && c < classes; c++)
        name[c] = predict_class_name(names, c, text[c]);
    put(image, "prediction", "number of the predicted class", shape_vector(arrays->rows),
        H5T_STD_I64LE, H5T_NATIVE_INT64, class);
    put(image, "classes", "name of each class", shape_vector(classes), image->text, image->text,
        name);
    free(class);
    free(name);
    free(text);
}

int predict_file_build(void **bytes, size_t *count, const char *path,
                       const struct predict_arrays *arrays)
{
    enum { EXTRA = 1 << 14 };
    struct image image;
    hdf5_enter();
    image_open(&image, path, arrays->rows * (arrays->width + arrays->columns) * 4 + EXTRA);
    if (arrays->names->task.task & TASK_CLASSES)
        put_classes(&image, arrays);
    else
        put(&image, "prediction", "predicted values", shape_matrix(arrays->rows, arrays->columns),
            H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, arrays->prediction);
    if (arrays->width > 0)
        put(&image, "probability", "probability of each class",
            shape_matrix(arrays->rows, arrays->width), H5T_IEEE_F32LE, H5T_NATIVE_FLOAT,
            arrays->probability);
    int rc = image_finish(&image, bytes, count);
    hdf5_leave();
    return rc;
}
