/*
 * command_data.c - `trainer data CONFIG|FILE`: what is in a config's data set, or in a data file.
 *
 *     trainer data iris.yaml                          columns, classes, rows that are there twice
 *     trainer data iris.csv --labels species --starter >iris.yaml
 *     trainer data iris.yaml --write iris.h5          all samples, as the network gets them
 *
 * Of a config `data` and `seed` are read alone: the rest may be missing or unfinished.
 */
#include "base/error.h"
#include "command.h"
#include "data_open.h"
#include "data_summary.h"
#include "display/contact_sheet.h"
#include "display/format.h"
#include "output_path.h"

enum { SHEET_ROWS = 20, SHEET_COLUMNS = 32 };

struct data_flags {
    const char *sheet, *labels, *write;
    int split; /* enum split */
    int64_t head;
    bool starter;
};

static const struct argument_option data_options[] = {
    {"--labels", ARGUMENT_TEXT, .value = "NAME", .offset = offsetof(struct data_flags, labels),
     .help = "of a file without a config: the column that is to be predicted"},
    {"--head", ARGUMENT_INTEGER, .value = "N", .offset = offsetof(struct data_flags, head),
     .minimum = 1, .help = "print the first N training samples as the network gets them, as CSV"},
    {"--write", ARGUMENT_TEXT, .value = "OUT.h5", .offset = offsetof(struct data_flags, write),
     .help = "write all samples as the network gets them, for data of type hdf5"},
    {"--starter", ARGUMENT_FLAG, .offset = offsetof(struct data_flags, starter),
     .help = "of a file without a config: print one that trains on it"},
    {"--sheet", ARGUMENT_TEXT, .value = "FILE.png", .offset = offsetof(struct data_flags, sheet),
     .help = "draw the first samples as one image instead, with their classes"},
    {"--split", ARGUMENT_CHOICE, .value = "SPLIT", .offset = offsetof(struct data_flags, split),
     .choices = "train,test,validation", .standard = "train",
     .help = "whose samples are drawn: train, test or validation"},
    {0},
};

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

/* What the flags ask for, into text. */
static int answer(const struct data_source *source, const char *path,
                  const struct data_flags *flags, struct text *text)
{
    const struct dataset *dataset = source->dataset;
    if (flags->sheet)
        return draw_sheet(dataset, flags, text);
    if (flags->starter)
        return source->kind ? data_starter(source, path, flags->labels, text)
                            : error_set(TRAINER_INVALID,
                                        "--starter takes a data file, and %s is a "
                                        "config already",
                                        path);
    if (flags->head)
        return data_head(dataset, (size_t)flags->head, text);
    if (!flags->write)
        return data_summary(dataset, text);
    int rc = data_file_write(dataset, flags->write);
    if (!rc)
        text_print(text, "%s: all samples as the network gets them\n", flags->write);
    return rc;
}

static int run_data(const struct arguments *arguments)
{
    const struct data_flags *flags = arguments->private;
    const char *path = arguments->word[0];
    struct data_source source = {0};
    struct text text = {0};
    int rc = output_check_picture(flags->sheet, OUTPUT_PNG);
    if (!rc)
        rc = output_check_folder(flags->write);
    if (!rc)
        rc = output_check_input(flags->write, path);
    if (!rc)
        rc =
            data_source_open(&source, path, flags->labels, arguments->setting, arguments->settings);
    if (!rc && flags->labels && !source.kind)
        rc = error_set(TRAINER_INVALID, "--labels is of a data file; %s says data.labels itself",
                       path);
    if (!rc)
        rc = answer(&source, path, flags, &text);
    if (!rc)
        rc = text_write(&text, stdout);
    text_free(&text);
    data_source_close(&source);
    return rc;
}

const struct command command_data = {
    .name = "data",
    .also = ",dataset,sheet,",
    .group = GROUP_CONFIG,
    .rank = 3,
    .example = "trainer data configs/two_layer.yaml --sheet digits.png",
    .words = "CONFIG|FILE [key=value ...]",
    .summary = "Print the data's columns and classes; draw or write samples",
    .options = data_options,
    .private_size = sizeof(struct data_flags),
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .run = run_data,
};
