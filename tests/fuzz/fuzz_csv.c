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

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    file = fuzz_file_make();
    return 0;
}

/* Labels are classes of their column; the fingerprint reads every byte. */
static void check_data(struct dataset *dataset)
{
    char fingerprint[FINGERPRINT_TEXT];
    for (int i = 0; i < dataset->columns; i++) {
        const struct column *column = &dataset->column[i];
        const int32_t *label = column->values[SPLIT_TRAIN];
        for (size_t k = 0; column->stored == STORED_LABEL && k < dataset->count[SPLIT_TRAIN]; k++)
            if (label[k] < 0 || (size_t)label[k] >= column->classes)
                abort();
    }
    dataset_fingerprint(dataset, fingerprint);
}

/* The same file row by row: it ends, with all rows or with a message. */
static void check_stream(const struct dataset *dataset)
{
    struct arena arena = {0};
    struct learned learned;
    struct source *source;
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config *config = NULL;
    struct dataset *dataset = NULL;
    char text[1024];
    unsigned flags = size ? *data++ : 0;
    size -= size > 0;
    fuzz_file_fill(&file, data, size);
    snprintf(text, sizeof text, "data: {type: csv, train: %s%s%s%s%s%s%s%s}", file.path,
             flags & LABELS ? ", labels: -1" : "",
             flags & DROP   ? ", missing: drop"
             : flags & MEAN ? ", missing: mean"
                            : "",
             flags & PLAIN ? ", header: false" : "", flags & LATIN ? ", encoding: latin1" : "",
             flags & COMMA ? ", decimal: \",\", thousands: \".\"" : "",
             flags & INDEX ? ", columns: {c1: index}" : "",
             flags & ZSCORE ? ", normalize: zscore" : "");
    if (config_read_text(&config, "x.yaml", NULL, text, strlen(text), NULL, 0) != TRAINER_OK)
        abort();
    struct node *resolved = node_new(config, NODE_MAP, NULL, NULL, NULL);
    int rc =
        dataset_open(&dataset, config, node_get(config_root(config), "data"), resolved, 1, false);
    if (rc == TRAINER_OK) {
        check_data(dataset);
        check_stream(dataset);
    } else if (error_count() < 1)
        abort();
    dataset_close(dataset);
    config_free(config);
    return 0;
}
