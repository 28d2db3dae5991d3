/*
 * gradcheck_file.c - a gradient check as an HDF5 file: every column a dataset of its own.
 */
#include "gradcheck_file.h"
#include "base/build.h"
#include "base/error.h"
#include "base/file.h"
#include "hdf5/hdf5_image.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS_SIZE = 1 << 16, ROW_SIZE = 1 << 10 };

static const char *verdict_word(enum gradcheck_verdict verdict)
{
    static const char *const word[] = {
        [GRADCHECK_RIGHT] = "right",
        [GRADCHECK_WRONG] = "wrong",
        [GRADCHECK_INCONCLUSIVE] = "inconclusive",
    };
    return word[verdict];
}

const char *gradcheck_result_word(enum gradcheck_result result)
{
    static const char *const word[] = {
        [GRADCHECK_ROW_RIGHT] = "right",   [GRADCHECK_ROW_WRONG] = "wrong",
        [GRADCHECK_ROW_KINKS] = "kinks",   [GRADCHECK_ROW_ZERO] = "zero",
        [GRADCHECK_ROW_FROZEN] = "frozen", [GRADCHECK_ROW_NO_EFFECT] = "no effect",
    };
    return word[result];
}

/* One column of a table: where it stands in a row. */
struct field {
    const char *name, *long_name;
    enum { FIELD_COUNT, FIELD_NUMBER, FIELD_TEXT } type; /* size_t, double, const char * */
    size_t offset;
};

/* A row of /tensors and of /float32, its texts as they are written. */
struct tensor_row {
    struct gradcheck_row row;
    char shape[SHAPE_TEXT_MAX];
    const char *shape_text, *mode, *result;
};

struct single_row {
    struct gradcheck_single single;
    const char *mode, *tensor, *result;
};

static const struct field tensor_fields[] = {
    {"name", "the tensor", FIELD_TEXT, offsetof(struct tensor_row, row.tensor)},
    {"shape", "its dimensions", FIELD_TEXT, offsetof(struct tensor_row, shape_text)},
    {"mode", "of the passes", FIELD_TEXT, offsetof(struct tensor_row, mode)},
    {"elements", "numbers of the tensor", FIELD_COUNT, offsetof(struct tensor_row, row.count)},
    {"checked", "elements and directions compared", FIELD_COUNT,
     offsetof(struct tensor_row, row.checked)},
    {"skipped", "left out, at kinks", FIELD_COUNT, offsetof(struct tensor_row, row.skipped)},
    {"wrong", "outside the tolerance", FIELD_COUNT, offsetof(struct tensor_row, row.wrong)},
    {"error", "largest |a - n| / (atol / rtol + max(|a|, |n|))", FIELD_NUMBER,
     offsetof(struct tensor_row, row.error)},
    {"where", "element of that error; from `elements` on: a direction", FIELD_COUNT,
     offsetof(struct tensor_row, row.where)},
    {"analytic", "gradient by backward there", FIELD_NUMBER,
     offsetof(struct tensor_row, row.analytic)},
    {"numeric", "gradient by differences there", FIELD_NUMBER,
     offsetof(struct tensor_row, row.numeric)},
    {"mean_difference", "mean |a - n| of the elements", FIELD_NUMBER,
     offsetof(struct tensor_row, row.mean_difference)},
    {"result", "right, wrong, kinks, zero or frozen", FIELD_TEXT,
     offsetof(struct tensor_row, result)},
    {0},
};

static const struct field single_fields[] = {
    {"kernels", "instruction set", FIELD_TEXT, offsetof(struct single_row, single.isa)},
    {"mode", "of the passes", FIELD_TEXT, offsetof(struct single_row, mode)},
    {"tensor", "where the error is largest", FIELD_TEXT, offsetof(struct single_row, tensor)},
    {"error", "largest |g32 - g64| / |g64|, in norm", FIELD_NUMBER,
     offsetof(struct single_row, single.error)},
    {"result", "right, wrong, or other branches taken", FIELD_TEXT,
     offsetof(struct single_row, result)},
    {0},
};

/* Writes a column (count) of rows of `size` bytes. room has 8 bytes a row. */
static void put_column(struct image *image, hid_t group, hid_t scale, const struct field *field,
                       const char *rows, size_t count, size_t size, char *room)
{
    const hid_t stored[] = {H5T_STD_I64LE, H5T_IEEE_F64LE, image->text};
    const hid_t given[] = {H5T_NATIVE_INT64, H5T_NATIVE_DOUBLE, image->text};
    for (size_t i = 0; i < count; i++)
        memcpy(room + 8 * i, rows + i * size + field->offset, 8);
    hid_t dataset = image_dataset(image, group,
                                  &(struct image_array){.name = field->name,
                                                        .long_name = field->long_name,
                                                        .units = "",
                                                        .shape = shape_vector(count),
                                                        .stored = stored[field->type],
                                                        .given = given[field->type],
                                                        .data = room});
    image_attach(image, dataset, 0, scale);
    image_close(image, dataset);
}

static void put_table(struct image *image, const char *name, const char *dimension,
                      const struct field *fields, const void *rows, size_t count, size_t size)
{
    static_assert(sizeof(size_t) == 8 && sizeof(void *) == 8, "columns of eight bytes");
    char *room = image_memory(image, count, 8);
    if (!room)
        return;
    hid_t group = image_group(image, image->file, name);
    hid_t scale = image_dimension(image, group, dimension, count);
    for (const struct field *field = fields; field->name; field++)
        put_column(image, group, scale, field, rows, count, size, room);
    image_close(image, scale);
    image_close(image, group);
    free(room);
}

static const char *mode_word(bool training)
{
    return training ? "train" : "eval";
}

static void put_tensors(struct image *image, const struct gradcheck_report *report)
{
    struct tensor_row *rows = image_memory(image, report->count, sizeof *rows);
    if (!rows)
        return;
    for (size_t i = 0; i < report->count; i++) {
        rows[i].row = report->row[i];
        rows[i].shape_text = shape_text(report->row[i].shape, rows[i].shape);
        rows[i].mode = mode_word(report->row[i].training);
        rows[i].result = gradcheck_result_word(report->row[i].result);
    }
    put_table(image, "tensors", "tensor", tensor_fields, rows, report->count, sizeof *rows);
    free(rows);
}

static void put_singles(struct image *image, const struct gradcheck_report *report)
{
    struct single_row *rows = image_memory(image, report->singles, sizeof *rows);
    if (!rows)
        return;
    for (size_t i = 0; i < report->singles; i++) {
        const struct gradcheck_single *single = &report->single[i];
        rows[i] = (struct single_row){.single = *single,
                                      .mode = mode_word(single->training),
                                      .tensor = single->tensor ? single->tensor : "",
                                      .result = single->wrong             ? "wrong"
                                                : single->branches_differ ? "branches"
                                                                          : "right"};
    }
    put_table(image, "float32", "comparison", single_fields, rows, report->singles, sizeof *rows);
    free(rows);
}

static void put_facts(struct image *image, const struct gradcheck_report *report)
{
    const struct {
        const char *name, *text;
    } texts[] = {
        {"format", HDF5_STAMP},
        {"kind", "gradcheck"},
        {"version", build_version},
        {"git_commit", build_git_commit},
        {"verdict", verdict_word(report->verdict)},
        {"kernels", report->isa},
        {"unequal", report->unequal ? report->unequal : ""},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        image_text(image, image->file, texts[i].name, texts[i].text);
    image_number(image, image->file, "format_version", HDF5_STAMP_VERSION);
    image_number(image, image->file, "samples", report->samples);
    image_number(image, image->file, "threads", (uint64_t)report->threads);
    image_number(image, image->file, "draws", (uint64_t)report->draws);
    image_number(image, image->file, "evaluations", report->evaluations);
}

static void put_numbers(struct image *image, const struct gradcheck_report *report)
{
    const struct {
        const char *name, *long_name, *units;
        const double *value;
    } numbers[] = {
        {"rtol", "relative tolerance", "", &report->rtol},
        {"atol", "absolute tolerance", "", &report->atol},
        {"step", "largest step of the differences", "", &report->step},
        {"seconds", "time that the elements took", "s", &report->seconds},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        image_close(image, image_dataset(image, image->file,
                                         &(struct image_array){.name = numbers[i].name,
                                                               .long_name = numbers[i].long_name,
                                                               .units = numbers[i].units,
                                                               .shape = shape_scalar(),
                                                               .stored = H5T_IEEE_F64LE,
                                                               .given = H5T_NATIVE_DOUBLE,
                                                               .data = numbers[i].value}));
}

int gradcheck_file_write(const char *path, const struct gradcheck_report *report)
{
    struct image image;
    void *bytes = NULL;
    size_t count = 0;
    hdf5_enter();
    image_open(&image, path, HEADERS_SIZE + ROW_SIZE * (report->count + report->singles));
    put_facts(&image, report);
    put_numbers(&image, report);
    put_tensors(&image, report);
    put_singles(&image, report);
    int rc = image_finish(&image, &bytes, &count);
    hdf5_leave();
    if (rc == TRAINER_OK)
        rc = file_replace(path, bytes, count);
    free(bytes);
    return rc;
}
