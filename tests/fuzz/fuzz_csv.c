/*
 * fuzz_csv.c - any bytes as a table, and as a further one that is read by what the first taught.
 *
 * The first byte chooses options: bit 0 labels, bit 1 what is missing is the mean, bit 2 no header,
 * bit 3 Latin-1, bit 4 a decimal comma, bit 5 an index, bit 6 normalised, bit 7 rows are dropped.
 */
#include "base/error.h"
#include "data/data.h"
#include "data/data_learned.h"
#include "fuzz.h"
#include "table/table_stream.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LABELS = 1,
    MEAN = 2,
    PLAIN = 4,
    LATIN = 8,
    COMMA = 16,
    INDEX = 32,
    ZSCORE = 64,
    DROP = 128
};

static struct fuzz_file file;

/* The same file row by row: it ends, with all rows or with a message. */
static void check_stream(const struct dataset *dataset)
{
    struct arena arena = {0};
    struct learned learned;
    struct data_file *source;
    struct table_stream *stream = NULL;
    const struct table_stream_options options = {
        .name = "f", .origin = "r", .rows = 3, .blank_rows = true};
    if (data_learned(dataset, &arena, &learned) != TRAINER_OK ||
        data_file_open(&source, file.path, NULL) != TRAINER_OK)
        abort();
    size_t got = 1;
    if (table_stream_open(&stream, &learned, source, -1, &options) == TRAINER_OK)
        while (got && table_stream_next(stream, &got) == TRAINER_OK)
            continue;
    table_stream_close(stream);
    data_file_close(source);
    arena_free(&arena);
}

/* Labels are classes of their column. */
static void check_data(struct dataset *dataset)
{
    fuzz_check_labels(dataset, false);
    check_stream(dataset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[1024];
    unsigned flags = size ? *data++ : 0;
    size -= size > 0;
    fuzz_file_fill(&file, data, size);
    snprintf(text, sizeof text, "{type: csv, train: %s%s%s%s%s%s%s%s}", file.path,
             flags & LABELS ? ", labels: -1" : "",
             flags & DROP   ? ", missing: drop"
             : flags & MEAN ? ", missing: mean"
                            : "",
             flags & PLAIN ? ", header: false" : "", flags & LATIN ? ", encoding: latin1" : "",
             flags & COMMA ? ", decimal: \",\", thousands: \".\"" : "",
             flags & INDEX ? ", columns: {c1: index}" : "",
             flags & ZSCORE ? ", normalize: zscore" : "");
    fuzz_open_data(text, true, check_data);
    return 0;
}
