/*
 * contact_sheet.c - draws a contact sheet in memory, packs it by libpng and puts it in place at
 * once.
 *
 *     +------------------------+
 *     |  [0]  [1]  [2]  [3]    |   columns samples a row, GAP pixels around each
 *     |  [4]  [5]  ...         |
 *     +------------------------+
 *
 * Invariants: the file at path is whole or as it was before (file_replace).
 */
#include "contact_sheet.h"
#include "base/error.h"
#include "base/file.h"
#include "data/samples.h"
#include <assert.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

enum {
    GAP = 2,
    SIDE_MAX = 1 << 15, /* of a sheet, in pixels: 1 GiB in all */
    BACKGROUND = 96,    /* the grey of gaps: neither paper nor ink */
};

/* The pictures of a split, and how they lie on the sheet. */
struct sheet {
    const unsigned char *pictures; /* (stored, height, width) */
    struct samples samples;        /* those shown */
    size_t height, width;          /* of a picture */
    size_t columns;                /* pictures in a row */
    png_image image;               /* height and width of the sheet */
};

static int sheet_find(struct sheet *sheet, const struct dataset *dataset, enum split split)
{
    const struct column *column = NULL;
    for (int i = 0; i < dataset->columns; i++)
        if (!strcmp(dataset->column[i].name, "inputs"))
            column = &dataset->column[i];
    if (!column)
        return error_set(TRAINER_INVALID, "no sheet: the data set has no column 'inputs'");
    char text[SHAPE_TEXT_MAX];
    if (column->stored != STORED_BYTE || column->shape.rank != 2)
        return error_set(TRAINER_INVALID,
                         "no sheet: 'inputs' of shape %s are not (height, width) bytes",
                         shape_text(column->shape, text));
    sheet->samples = samples_of(dataset, split);
    sheet->pictures = column->values[sheet->samples.stored];
    if (!sheet->pictures || sheet->samples.count == 0)
        return error_set(TRAINER_INVALID, "no sheet: there are no %s samples",
                         split_words(split)->name);
    sheet->height = column->shape.dim[0];
    sheet->width = column->shape.dim[1];
    return TRAINER_OK;
}

/* Pixels of a side that shows `count` pictures of `size`; SIDE_MAX + 1 where they are too many. */
static size_t side_pixels(size_t count, size_t size)
{
    if (size > SIDE_MAX || count > SIDE_MAX / (size + GAP))
        return SIDE_MAX + 1;
    return count * (size + GAP) + GAP;
}

static int sheet_plan(struct sheet *sheet, size_t rows, size_t columns)
{
    size_t height = side_pixels(rows, sheet->height), width = side_pixels(columns, sheet->width);
    if (height > SIDE_MAX || width > SIDE_MAX)
        return error_set(TRAINER_INVALID,
                         "no sheet: %zu x %zu pictures of %zu x %zu are wider or higher than %d "
                         "pixels",
                         rows, columns, sheet->height, sheet->width, SIDE_MAX);
    if (sheet->samples.count > rows * columns)
        sheet->samples.count = rows * columns;
    sheet->columns = columns;
    sheet->image.version = PNG_IMAGE_VERSION;
    sheet->image.format = PNG_FORMAT_GRAY;
    sheet->image.height = (png_uint_32)height;
    sheet->image.width = (png_uint_32)width;
    return TRAINER_OK;
}

/* pixels (image.height, image.width) = the sheet */
static void sheet_draw(const struct sheet *sheet, unsigned char *pixels)
{
    size_t stride = sheet->image.width;
    memset(pixels, BACKGROUND, sheet->image.height * stride);
    for (size_t i = 0; i < sheet->samples.count; i++) {
        size_t position = samples_at(&sheet->samples, i);
        size_t top = GAP + i / sheet->columns * (sheet->height + GAP);
        size_t left = GAP + i % sheet->columns * (sheet->width + GAP);
        const unsigned char *picture = sheet->pictures + position * sheet->height * sheet->width;
        for (size_t row = 0; row < sheet->height; row++)
            memcpy(pixels + (top + row) * stride + left, picture + row * sheet->width,
                   sheet->width);
    }
}

/* Packs pixels (image.height, image.width) as a PNG file at path. */
static int sheet_save(struct sheet *sheet, const unsigned char *pixels, const char *path)
{
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(sheet->image);
    void *packed = malloc(size);
    if (!packed)
        return error_memory("the packed sheet", size);
    int rc;
    if (png_image_write_to_memory(&sheet->image, packed, &size, 0, pixels, 0, NULL))
        rc = file_replace(path, packed, size);
    else
        rc = error_set(TRAINER_FAILED, "%s: cannot pack the sheet: %s", path, sheet->image.message);
    free(packed);
    return rc;
}

int contact_sheet_write(const char *path, const struct dataset *dataset, enum split split,
                        size_t rows, size_t columns)
{
    assert(rows >= 1 && columns >= 1);
    struct sheet sheet = {0};
    int rc = sheet_find(&sheet, dataset, split);
    if (rc == TRAINER_OK)
        rc = sheet_plan(&sheet, rows, columns);
    if (rc != TRAINER_OK)
        return rc;

    size_t size = (size_t)sheet.image.height * sheet.image.width;
    unsigned char *pixels = malloc(size);
    if (!pixels)
        return error_memory("the sheet", size);
    sheet_draw(&sheet, pixels);
    rc = sheet_save(&sheet, pixels, path);
    free(pixels);
    return rc;
}
