/*
 * data_head.c - the first rows of the training part, as a network gets them.
 */
#include "base/csv.h"
#include "base/number.h"
#include "data/normalise.h"
#include "data/row_window.h"
#include "data/samples.h"
#include "data_open.h"

#include <stdio.h>
#include <string.h>

static void add_headings(const struct dataset *dataset, struct text *text)
{
    for (int i = 0; i < dataset->columns; i++) {
        const struct column *column = &dataset->column[i];
        size_t width = shape_size(column->shape);
        for (size_t k = 0; k < width; k++) {
            char name[128];
            snprintf(name, sizeof name, width > 1 ? "%s[%zu]" : "%s", column->name, k);
            if (i || k)
                csv_separate(text);
            csv_field(text, column->feature ? column->feature[k].name : name);
        }
    }
    csv_end(text);
}

/* A number as the network has it: the shortest text of the float32. */
static void add_number(struct text *text, const struct column *column, enum split stored, size_t at,
                       size_t element)
{
    double value;
    char number[NUMBER_SIZE];
    normalise_read(column, stored, at, element, 1, &value);
    for (int digits = 1; digits <= 9; digits++) {
        double read;
        number_text((double)(float)value, digits, number);
        if (number_parse(number, &read) && (float)read == (float)value)
            break;
    }
    csv_field(text, number);
}

/* One sample of a column. */
static int add_sample(const struct dataset *dataset, int index, enum split stored, size_t at,
                      struct text *text)
{
    struct row_window window;
    const struct column *column = &window.column;
    int rc = row_window_open(&window, dataset, &dataset->column[index], stored);
    if (!rc)
        rc = row_window_seek(&window, at);
    const int32_t *label = column->values[stored];
    size_t width = shape_size(column->shape);
    at -= window.first;
    for (size_t k = 0; !rc && k < width; k++) {
        if (index || k)
            csv_separate(text);
        if (column->stored != STORED_LABEL)
            add_number(text, column, stored, at, k);
        else if (column->class_name)
            csv_field(text, column->class_name[label[at * width + k]]);
        else
            text_print(text, "%d", label[at * width + k]);
    }
    row_window_close(&window);
    return rc;
}

int data_head(const struct dataset *dataset, size_t count, struct text *text)
{
    struct samples samples = samples_of(dataset, SPLIT_TRAIN);
    add_headings(dataset, text);
    for (size_t row = 0; row < count && row < samples.count; row++) {
        for (int i = 0; i < dataset->columns; i++) {
            int rc = add_sample(dataset, i, samples.stored, samples_at(&samples, row), text);
            if (rc)
                return rc;
        }
        csv_end(text);
    }
    return text_status(text);
}
