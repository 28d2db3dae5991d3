/*
 * data_file_write.c - samples as a network gets them, for `type: hdf5`.
 *
 *     /train/inputs    (sample, shape) float32
 *     /train/labels    (sample) class numbers, int32; or (sample, targets) float32
 *     /test/..., /validation/...
 *     /features        (element) names, of tables
 *     /classes         (class) names, where labels are classes
 */
#include "base/error.h"
#include "base/file.h"
#include "data/normalise.h"
#include "data/row_window.h"
#include "data/samples.h"
#include "data_open.h"
#include "hdf5/hdf5_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fills out (count, shape) with a split of a column. */
static int gather(struct row_window *window, const struct samples *samples, void *out)
{
    enum { BLOCK = 256 };
    double value[BLOCK];
    const struct column *column = &window->column;
    const int32_t *label = column->values[samples->stored];
    size_t width = shape_size(column->shape);
    for (size_t i = 0; i < samples->count; i++) {
        int rc = row_window_seek(window, samples_at(samples, i));
        size_t at = samples_at(samples, i) - window->first;
        if (rc)
            return rc;
        if (column->stored == STORED_LABEL) {
            memcpy((int32_t *)out + i * width, label + at * width, width * sizeof(int32_t));
            continue;
        }
        for (size_t k = 0, block; k < width; k += block) {
            block = width - k < BLOCK ? width - k : BLOCK;
            normalise_read(column, samples->stored, at, k, block, value);
            for (size_t j = 0; j < block; j++)
                ((float *)out)[i * width + k + j] = (float)value[j];
        }
    }
    return TRAINER_OK;
}

static int put_column(struct image *image, hid_t group, const struct dataset *dataset,
                      const struct column *column, const struct samples *samples)
{
    struct row_window window;
    bool label = column->stored == STORED_LABEL;
    struct shape shape = {.rank = column->shape.rank + 1, .dim = {samples->count}};
    if ((!column->values[samples->stored] && !column->lists[samples->stored] &&
         !column->file[samples->stored]) ||
        shape.rank > SHAPE_RANK_MAX)
        return TRAINER_OK;
    for (int i = 0; i < column->shape.rank; i++)
        shape.dim[i + 1] = column->shape.dim[i];
    void *values = image_memory(image, shape_size(shape), sizeof(float));
    if (!values)
        return TRAINER_FAILED;
    int rc = row_window_open(&window, dataset, column, samples->stored);
    if (!rc)
        rc = gather(&window, samples, values);
    row_window_close(&window);
    image_close(image, image_dataset(image, group,
                                     &(struct image_array){
                                         .name = column->name,
                                         .long_name = "as the network gets it",
                                         .units = "",
                                         .shape = shape,
                                         .stored = label ? H5T_STD_I32LE : H5T_IEEE_F32LE,
                                         .given = label ? H5T_NATIVE_INT32 : H5T_NATIVE_FLOAT,
                                         .data = values}));
    free(values);
    return rc;
}

static void put_names(struct image *image, const char *name, const char *const *names, size_t count)
{
    image_close(image, image_dataset(image, image->file,
                                     &(struct image_array){.name = name,
                                                           .long_name = "names",
                                                           .units = "",
                                                           .shape = shape_vector(count),
                                                           .stored = image->text,
                                                           .given = image->text,
                                                           .data = names}));
}

/* Names of the elements of a table's inputs, and of classes, also where they are numbers. */
static void put_all_names(struct image *image, const struct dataset *dataset)
{
    for (int i = 0; i < dataset->columns; i++) {
        const struct column *column = &dataset->column[i];
        bool labels = !strcmp(column->name, "labels") && column->stored == STORED_LABEL;
        bool inputs = !strcmp(column->name, "inputs") && column->feature;
        size_t count = labels ? column->classes : inputs ? shape_size(column->shape) : 0;
        const char **name = count ? image_memory(image, count, sizeof *name) : NULL;
        char(*number)[24] = count ? image_memory(image, count, sizeof *number) : NULL;
        for (size_t k = 0; name && number && k < count; k++) {
            snprintf(number[k], sizeof number[k], "%zu", k);
            name[k] = inputs               ? column->feature[k].name
                      : column->class_name ? column->class_name[k]
                                           : number[k];
        }
        if (name && number)
            put_names(image, inputs ? "features" : "classes", name, count);
        free(name);
        free(number);
    }
}

int data_file_write(const struct dataset *dataset, const char *path)
{
    struct image image;
    void *bytes = NULL;
    size_t count = 0, expected = 1 << 16;
    int rc = TRAINER_OK;
    for (int i = 0; i < dataset->columns; i++)
        expected += samples_bytes(dataset, &dataset->column[i], SPLIT_TRAIN);
    hdf5_enter();
    image_open(&image, path, expected);
    for (enum split split = 0; split < SPLIT_COUNT; split++) {
        struct samples samples = samples_of(dataset, split);
        if (!samples.count)
            continue;
        hid_t group = image_group(&image, image.file, split_words(split)->name);
        for (int i = 0; !rc && i < dataset->columns; i++)
            rc = put_column(&image, group, dataset, &dataset->column[i], &samples);
        image_close(&image, group);
    }
    put_all_names(&image, dataset);
    int finished = image_finish(&image, &bytes, &count);
    rc = rc ? rc : finished;
    hdf5_leave();
    if (!rc)
        rc = file_replace(path, bytes, count);
    free(bytes);
    return rc;
}
