/*
 * command_data.c - `trainer data CONFIG [--sheet FILE.png]`: what is in a config's data set.
 *
 * Ranges and class counts are taken over all samples of a split, with values scaled as a network
 * gets them. (count, shape) are the dimensions of a column's values throughout.
 */
#include "base/error.h"
#include "commands.h"
#include "data/data.h"
#include "data/normalise.h"
#include "data/samples.h"
#include "display/contact_sheet.h"
#include "display/table.h"
#include "print_session.h"

#include <math.h>
#include <stdlib.h>

enum { SHEET_ROWS = 20, SHEET_COLUMNS = 32, CLASSES_SHOWN = 100 };

struct data_flags {
    const char *sheet;
    int split; /* enum split */
};

static const struct argument_option data_options[] = {
    {"--sheet", ARGUMENT_TEXT, .value = "FILE.png", .offset = offsetof(struct data_flags, sheet),
     .help = "draw the first samples as one image instead, with their classes"},
    {"--split", ARGUMENT_CHOICE, .value = "SPLIT", .offset = offsetof(struct data_flags, split),
     .choices = "train,test,validation", .standard = "train",
     .help = "whose samples are drawn: train, test or validation"},
    {0},
};

static const char *const stored_name[] = {[STORED_BYTE] = "bytes",
                                          [STORED_FLOAT] = "float32",
                                          [STORED_DOUBLE] = "float64",
                                          [STORED_LABEL] = "labels"};

/* One split of a column. */
struct part {
    const struct column *column;
    const void *values; /* (stored samples, shape); NULL: there are none */
    struct samples samples;
    size_t width; /* elements of a sample */
};

static struct part part_of(const struct dataset *dataset, int index, enum split split)
{
    const struct column *column = &dataset->column[index];
    struct samples samples = samples_of(dataset, split);
    return (struct part){.column = column,
                         .values = column->values[samples.stored],
                         .samples = samples,
                         .width = shape_size(column->shape)};
}

struct range {
    double least, most, mean;
};

static struct range range_of(const struct part *part)
{
    struct range range = {HUGE_VAL, -HUGE_VAL, 0};
    for (size_t i = 0; i < part->samples.count; i++) {
        size_t first = samples_at(&part->samples, i) * part->width;
        for (size_t j = 0; j < part->width; j++) {
            double value;
            normalise_read(part->column, part->values, first + j, j, 1, &value);
            range.least = fmin(range.least, value);
            range.most = fmax(range.most, value);
            range.mean += value;
        }
    }
    range.mean /= (double)part->samples.count * (double)part->width;
    return range;
}

static int add_columns(const struct dataset *dataset, struct text *text)
{
    static const char *const headings[] = {"column",  "stored as", "shape", "split",
                                           "samples", "least",     "most",  "mean"};
    struct table table;
    table_start(&table, "llllrrrr", headings);
    for (int i = 0; i < dataset->columns; i++) {
        for (enum split split = 0; split < SPLIT_COUNT; split++) {
            struct part part = part_of(dataset, i, split);
            char shape[SHAPE_TEXT_MAX], count[TEXT_NUMBER_MAX];
            if (part.samples.count == 0 || !part.values)
                continue;
            struct range range = range_of(&part);
            table_cell(&table, "%s", part.column->name);
            table_cell(&table, "%s", stored_name[part.column->stored]);
            table_cell(&table, "%s", shape_text(part.column->shape, shape));
            table_cell(&table, "%s", split_words(split)->name);
            table_cell(&table, "%s", text_count(count, part.samples.count));
            table_cell(&table, "%.6g", range.least);
            table_cell(&table, "%.6g", range.most);
            table_cell(&table, "%.6g", range.mean);
        }
    }
    return table_finish(&table, 0, text);
}

/* Counts the labels of each class into tally (classes). Labels outside were refused when the data
 * was opened. */
static void count_classes(const struct part *part, uint64_t *tally)
{
    const int32_t *label = part->values;
    for (size_t i = 0; i < part->samples.count; i++) {
        size_t first = samples_at(&part->samples, i) * part->width;
        for (size_t j = 0; j < part->width; j++) {
            int32_t k = label[first + j];
            if (k >= 0 && (size_t)k < part->column->classes)
                tally[k]++;
        }
    }
}

/* Appends the table of one column of labels; past CLASSES_SHOWN only how many there are. */
static int add_classes(const struct dataset *dataset, int index, struct text *text)
{
    static const char *const headings[] = {"class", "train", "test", "validation"};
    const struct column *column = &dataset->column[index];
    text_print(text, "\n%s: %zu classes\n", column->name, column->classes);
    if (column->classes == 0 || column->classes > CLASSES_SHOWN)
        return TRAINER_OK;
    uint64_t *tally = calloc(SPLIT_COUNT * column->classes, sizeof *tally);
    if (!tally)
        return error_memory("class counts", SPLIT_COUNT * column->classes * sizeof *tally);
    for (enum split split = 0; split < SPLIT_COUNT; split++) {
        struct part part = part_of(dataset, index, split);
        if (part.samples.count > 0 && part.values)
            count_classes(&part, tally + split * column->classes);
    }
    struct table table;
    table_start(&table, dataset->count[SPLIT_VALIDATION] > 0 ? "rrrr" : "rrr", headings);
    for (size_t k = 0; k < column->classes; k++) {
        table_cell(&table, "%zu", k);
        for (size_t split = 0; split + 1 < table.columns; split++) {
            char count[TEXT_NUMBER_MAX];
            table_cell(&table, "%s", text_count(count, tally[split * column->classes + k]));
        }
    }
    free(tally);
    return table_finish(&table, 2, text);
}

static int describe_data(const struct dataset *dataset, struct text *text)
{
    char bytes[TEXT_NUMBER_MAX];
    text_print(text, "%s: %d column%s, %s\n\n", dataset->kind->base.title, dataset->columns,
               dataset->columns == 1 ? "" : "s", text_bytes(bytes, (double)dataset_bytes(dataset)));
    int rc = add_columns(dataset, text);
    for (int i = 0; i < dataset->columns && rc == TRAINER_OK; i++)
        if (dataset->column[i].stored == STORED_LABEL)
            rc = add_classes(dataset, i, text);
    return rc;
}

static int draw_sheet(const struct dataset *dataset, const struct data_flags *flags,
                      struct text *text)
{
    enum split split = (enum split)flags->split;
    size_t most = SHEET_ROWS * SHEET_COLUMNS, all = dataset->count[split];
    size_t count = all < most ? all : most;
    size_t columns = count > 0 && count < SHEET_COLUMNS ? count : SHEET_COLUMNS;
    size_t rows = count > 0 ? (count + columns - 1) / columns : 1;
    int rc = contact_sheet_write(flags->sheet, dataset, split, rows, columns);
    if (rc == TRAINER_OK)
        text_print(text, "%s: the first %zu %s samples\n", flags->sheet, count,
                   split == SPLIT_TRAIN ? "training" : split_words(split)->name);
    return rc;
}

static int fill(struct session *session, const void *private, struct text *text)
{
    const struct data_flags *flags = private;
    const struct dataset *dataset = session_dataset(session);
    return flags->sheet ? draw_sheet(dataset, flags, text) : describe_data(dataset, text);
}

static int run_data(const struct arguments *arguments)
{
    return print_session(arguments, &(struct session_options){0}, fill);
}

const struct command command_data = {
    .name = "data",
    .also = ",dataset,sheet,",
    .group = GROUP_CONFIG,
    .rank = 3,
    .example = "trainer data configs/two_layer.yaml --sheet digits.png",
    .words = "CONFIG [key=value ...]",
    .summary = "Print the data's splits, ranges and classes, or draw samples",
    .options = data_options,
    .private_size = sizeof(struct data_flags),
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .run = run_data,
};
