/*
 * data_file_write.c - samples as a network gets them, for `type: hdf5`.
 *
 *     /train/inputs    (sample, shape) float32
 *     /train/labels    (sample) class numbers, int32; or (sample, targets) float32
 *     /test/..., /validation/...
 *     /features        (element) names, of tables
 *     /classes         (class) names, where labels are classes
 *
 * Numbers are written a slice at a time, so that samples that stay in their file, or are lists, are
 * never all in memory.
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

/* What is held at a time of a column of numbers. */
enum { SLICE_BYTES = 1 << 20 };

/* Fills out (count, shape) with samples first, first + 1, ... of a split of a column. */
static int gather(struct row_window *window, const struct samples *samples, size_t first,
                  size_t count, void *out)
{
    enum { BLOCK = 256 };
    double value[BLOCK];
    const struct column *column = &window->column;
    const int32_t *label = column->values[samples->stored];
    size_t width = shape_size(column->shape);
    for (size_t i = 0; i < count; i++) {
        size_t at = samples_at(samples, first + i);
        int rc = row_window_seek(window, at);
        at -= window->first;
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

/* Writes a column slice by slice. */
static int put_slices(struct image *image, hid_t made, const struct image_array *array,
                      struct row_window *window, const struct samples *samples)
{
    size_t bytes = shape_size(window->column.shape) * sizeof(float);
    size_t most = bytes < SLICE_BYTES ? SLICE_BYTES / bytes : 1;
    void *slice = image_memory(image, most, bytes);
    int rc = slice ? TRAINER_OK : TRAINER_FAILED;
    for (size_t first = 0, count; !rc && !image->failed && first < samples->count; first += count) {
        count = samples->count - first < most ? samples->count - first : most;
        rc = gather(window, samples, first, count, slice);
        if (!rc)
            image_rows(image, made, array, first, count, slice);
    }
    free(slice);
    return rc;
}

static int put_column(struct image *image, hid_t group, const struct dataset *dataset,
                      const struct column *column, const struct samples *samples)
{
    struct row_window window;
    bool label = column->stored == STORED_LABEL;
    struct image_array array = {.name = column->name,
                                .long_name = "as the network gets it",
                                .units = "",
                                .shape = {.rank = column->shape.rank + 1, .dim = {samples->count}},
                                .stored = label ? H5T_STD_I32LE : H5T_IEEE_F32LE,
                                .given = label ? H5T_NATIVE_INT32 : H5T_NATIVE_FLOAT};
    if ((!column->values[samples->stored] && !column->lists[samples->stored] &&
         !column->file[samples->stored]) ||
        array.shape.rank > SHAPE_RANK_MAX)
        return TRAINER_OK;
    for (int i = 0; i < column->shape.rank; i++)
        array.shape.dim[i + 1] = column->shape.dim[i];
    int rc = row_window_open(&window, dataset, column, samples->stored);
    if (!rc) {
        hid_t made = image_dataset(image, group, &array);
        rc = put_slices(image, made, &array, &window, samples);
        image_close(image, made);
    }
    row_window_close(&window);
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

/* Everything into the empty file called `written`. */
static int write_all(const struct dataset *dataset, const char *path, const char *written)
{
    struct image image;
    int rc = TRAINER_OK;
    hdf5_enter();
    image_open_file(&image, path, written);
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
    int finished = image_finish(&image, NULL, NULL);
    hdf5_leave();
    return rc ? rc : finished;
}

int data_file_write(const struct dataset *dataset, const char *path)
{
    char *written;
    int rc = file_begin(path, &written);
    if (!rc)
        rc = write_all(dataset, path, written);
    return file_end(path, written, rc);
}
