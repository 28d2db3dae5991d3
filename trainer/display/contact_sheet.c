/*
 * contact_sheet.c - draws a contact sheet in memory, packs it by libpng and puts it in place whole.
 *
 *     +------------------------+
 *     |  [0]  [1]  [2]  [3]    |   columns samples a row, GAP pixels around each,
 *     |   7    2    1    0     |   and below each its class, where the data have labels
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
#include <ctype.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GAP = 2,
    SIDE_MAX = 1 << 15, /* of a sheet, in pixels: 1 GiB in all */
    BACKGROUND = 96,    /* the grey of gaps: neither paper nor ink */
    INK = 255,          /* of classes */
    GLYPH_HEIGHT = 5,
    GLYPH_WIDTH = 3,
    LABEL_HEIGHT = GLYPH_HEIGHT + GAP, /* what a class takes below a picture */
    NAME_MAX_SIZE = 32,
};

/* A glyph's rows from the top, three bits each, the left one highest. */
static const struct {
    char character;
    unsigned char row[GLYPH_HEIGHT];
} glyphs[] = {
    {'0', {7, 5, 5, 5, 7}}, {'1', {2, 6, 2, 2, 7}}, {'2', {7, 1, 7, 4, 7}}, {'3', {7, 1, 7, 1, 7}},
    {'4', {5, 5, 7, 1, 1}}, {'5', {7, 4, 7, 1, 7}}, {'6', {7, 4, 7, 5, 7}}, {'7', {7, 1, 1, 2, 2}},
    {'8', {7, 5, 7, 5, 7}}, {'9', {7, 5, 7, 1, 7}}, {'a', {2, 5, 7, 5, 5}}, {'b', {6, 5, 6, 5, 6}},
    {'c', {3, 4, 4, 4, 3}}, {'d', {6, 5, 5, 5, 6}}, {'e', {7, 4, 6, 4, 7}}, {'f', {7, 4, 6, 4, 4}},
    {'g', {3, 4, 5, 5, 3}}, {'h', {5, 5, 7, 5, 5}}, {'i', {7, 2, 2, 2, 7}}, {'j', {1, 1, 1, 5, 2}},
    {'k', {5, 5, 6, 5, 5}}, {'l', {4, 4, 4, 4, 7}}, {'m', {5, 7, 7, 5, 5}}, {'n', {6, 5, 5, 5, 5}},
    {'o', {2, 5, 5, 5, 2}}, {'p', {6, 5, 6, 4, 4}}, {'q', {2, 5, 5, 6, 3}}, {'r', {6, 5, 6, 5, 5}},
    {'s', {3, 4, 2, 1, 6}}, {'t', {7, 2, 2, 2, 2}}, {'u', {5, 5, 5, 5, 7}}, {'v', {5, 5, 5, 5, 2}},
    {'w', {5, 5, 7, 7, 5}}, {'x', {5, 5, 2, 5, 5}}, {'y', {5, 5, 2, 2, 2}}, {'z', {7, 1, 2, 4, 7}},
    {'-', {0, 0, 7, 0, 0}}, {'.', {0, 0, 0, 0, 2}}, {'_', {0, 0, 0, 0, 7}},
};

/* The pictures of a split, and how they lie on the sheet. */
struct sheet {
    const unsigned char *pictures; /* (stored, height, width) */
    const struct column *labels;   /* a class for each sample; NULL: none */
    struct samples samples;        /* those shown */
    size_t height, width;          /* of a picture */
    size_t below;                  /* pixels for the class below it */
    size_t columns;                /* pictures in a row */
    png_image image;               /* height and width of the sheet */
};

/* The column of one class a sample; NULL where there is none. */
static const struct column *find_labels(const struct dataset *dataset, enum split stored)
{
    for (int i = 0; i < dataset->columns; i++) {
        const struct column *column = &dataset->column[i];
        if (column->stored == STORED_LABEL && column->shape.rank == 0 && column->values[stored])
            return column;
    }
    return NULL;
}

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
    if (column->file[sheet->samples.stored])
        return error_set(TRAINER_INVALID,
                         "no sheet: the pictures stay in their file; data.memory allows more");
    if (!sheet->pictures || sheet->samples.count == 0)
        return error_set(TRAINER_INVALID, "no sheet: there are no %s samples",
                         split_words(split)->name);
    sheet->height = column->shape.dim[0];
    sheet->width = column->shape.dim[1];
    sheet->labels = find_labels(dataset, sheet->samples.stored);
    sheet->below = sheet->labels ? LABEL_HEIGHT : 0;
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
    size_t height = side_pixels(rows, sheet->height + sheet->below);
    size_t width = side_pixels(columns, sheet->width);
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

/* Draws a word at pixels, in rows of `stride`, as far as it fits into `width`. A character that has
 * no glyph is a blank. */
static void draw_word(unsigned char *pixels, size_t stride, size_t width, const char *word)
{
    for (size_t left = 0; *word && left + GLYPH_WIDTH <= width; word++, left += GLYPH_WIDTH + 1) {
        size_t i = 0, count = sizeof glyphs / sizeof glyphs[0];
        while (i < count && glyphs[i].character != tolower((unsigned char)*word))
            i++;
        for (size_t y = 0; i < count && y < GLYPH_HEIGHT; y++)
            for (size_t x = 0; x < GLYPH_WIDTH; x++)
                if (glyphs[i].row[y] >> (GLYPH_WIDTH - 1 - x) & 1)
                    pixels[y * stride + left + x] = INK;
    }
}

/* Draws the class of the sample at that position. */
static void draw_class(const struct sheet *sheet, unsigned char *pixels, size_t position)
{
    const int32_t *label = sheet->labels->values[sheet->samples.stored];
    const char *const *names = sheet->labels->class_name;
    char number[NAME_MAX_SIZE];
    int32_t k = label[position];
    bool named = names && k >= 0 && (size_t)k < sheet->labels->classes;
    snprintf(number, sizeof number, "%ld", (long)k);
    draw_word(pixels, sheet->image.width, sheet->width, named ? names[k] : number);
}

/* pixels (image.height, image.width) = the sheet */
static void sheet_draw(const struct sheet *sheet, unsigned char *pixels)
{
    size_t stride = sheet->image.width;
    memset(pixels, BACKGROUND, sheet->image.height * stride);
    for (size_t i = 0; i < sheet->samples.count; i++) {
        size_t position = samples_at(&sheet->samples, i);
        size_t top = GAP + i / sheet->columns * (sheet->height + sheet->below + GAP);
        size_t left = GAP + i % sheet->columns * (sheet->width + GAP);
        const unsigned char *picture = sheet->pictures + position * sheet->height * sheet->width;
        for (size_t row = 0; row < sheet->height; row++)
            memcpy(pixels + (top + row) * stride + left, picture + row * sheet->width,
                   sheet->width);
        if (sheet->labels)
            draw_class(sheet, pixels + (top + sheet->height + 1) * stride + left, position);
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
