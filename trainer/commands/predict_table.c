/*
 * predict_table.c - rows of a table stream, PREDICT_ROWS at a time, predicted and written.
 */
#include "predict_table.h"
#include "base/data_file.h"
#include "base/error.h"
#include "display/format.h"
#include "engine/engine.h"
#include "runs/open_session.h"
#include "table/table_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct predict_table {
    struct arena arena;
    const char *name;         /* for messages */
    struct data_file *source; /* NULL: a pipe or a terminal */
    struct table_stream *stream;
    size_t kept;
    const char **kept_name, **cell; /* (kept): names; texts of one row */
    uint64_t rows, blanks;
};

/* Cuts the names at their commas. */
static int read_keep(struct predict_table *table, const char *keep)
{
    size_t most = keep ? strlen(keep) + 1 : 0;
    table->kept_name = arena_array(&table->arena, most, sizeof *table->kept_name);
    table->cell = arena_array(&table->arena, most, sizeof *table->cell);
    if (!table->kept_name || !table->cell)
        return TRAINER_FAILED;
    while (keep && *keep) {
        size_t length = strcspn(keep, ",");
        const char *name = arena_copy(&table->arena, keep, length);
        if (!name)
            return TRAINER_FAILED;
        table->kept_name[table->kept++] = name;
        keep += length + (keep[length] == ',');
    }
    return TRAINER_OK;
}

/* Whether whoever writes to standard input may wait for an answer before the next row. */
static bool is_conversation(void)
{
    struct stat facts;
    return fstat(STDIN_FILENO, &facts) != 0 || !S_ISREG(facts.st_mode);
}

static int open_source(struct predict_table *table, const char *path)
{
    bool input = strcmp(path, "-") == 0;
    table->name = input ? "standard input" : path;
    if (input && is_conversation())
        return TRAINER_OK;
    return data_file_open(&table->source, input ? "/dev/stdin" : path, NULL);
}

static int open_table(struct predict_table *table, const struct predict_table_options *options)
{
    int rc = read_keep(table, options->keep);
    if (rc == TRAINER_OK)
        rc = open_source(table, options->path);
    const struct table_stream_options stream = {.name = table->name,
                                                .origin = options->origin,
                                                .unseen_zeros = options->unseen_zeros,
                                                .blank_rows = options->blank_rows,
                                                .keep = table->kept,
                                                .column = table->kept_name,
                                                .rows = PREDICT_ROWS};
    if (rc == TRAINER_OK)
        rc = table_stream_open(&table->stream, options->learned, table->source, STDIN_FILENO,
                               &stream);
    if (rc == TRAINER_OK)
        open_print_notes(table_stream_dataset(table->stream));
    return rc;
}

int predict_table_open(struct predict_table **out, const struct predict_table_options *options)
{
    struct predict_table *table = calloc(1, sizeof *table);
    *out = NULL;
    if (!table)
        return error_memory("a table", sizeof *table);
    int rc = open_table(table, options);
    if (rc) {
        predict_table_close(table);
        return rc;
    }
    *out = table;
    return TRAINER_OK;
}

void predict_table_close(struct predict_table *table)
{
    if (!table)
        return;
    table_stream_close(table->stream);
    data_file_close(table->source);
    arena_free(&table->arena);
    free(table);
}

const struct dataset *predict_table_dataset(const struct predict_table *table)
{
    return table_stream_dataset(table->stream);
}

const char *const *predict_table_kept(const struct predict_table *table, size_t *count)
{
    *count = table->kept;
    return table->kept_name;
}

static int write_row(struct predict_table *table, struct predict_output *output,
                     const struct engine *engine, const struct prediction *said, size_t row)
{
    bool bad = table_stream_bad(table->stream, row);
    char label[32];
    for (size_t k = 0; k < table->kept; k++)
        table->cell[k] = table_stream_text(table->stream, row, k);
    table->blanks += bad;
    snprintf(label, sizeof label, "%llu", (unsigned long long)++table->rows);
    return predict_output_add(output, label, table->cell, engine, bad ? NULL : said, row);
}

/* The next rows: read, predicted, written; *got of them. */
static int predict_block(struct predict_table *table, struct predictor *predictor,
                         struct predict_output *output, size_t *got)
{
    struct graph *graph = predictor_graph(predictor);
    struct prediction said = graph_prediction(graph);
    int rc = table_stream_next(table->stream, got);
    if (rc || *got == 0)
        return rc;
    predictor_run(predictor, 0, *got);
    for (size_t r = 0; rc == TRAINER_OK && r < *got; r++)
        rc = write_row(table, output, graph_engine(graph), &said, r);
    if (rc == TRAINER_OK && !table->source)
        rc = predict_output_flush(output);
    return rc;
}

int predict_table_run(struct predict_table *table, struct predictor *predictor,
                      struct predict_output *output)
{
    const struct graph *graph = predictor_graph(predictor);
    size_t got = 0;
    int rc;
    for (int c = 0; c < table_stream_dataset(table->stream)->columns; c++)
        if (graph_class_limit(graph, c))
            table_stream_limit(table->stream, c, graph_class_limit(graph, c));
    do
        rc = predict_block(table, predictor, output, &got);
    while (rc == TRAINER_OK && got > 0);
    if (rc == TRAINER_OK && table->blanks > 0)
        text_warn("%s: %llu of %llu rows are wrong and have no prediction", table->name,
                  (unsigned long long)table->blanks, (unsigned long long)table->rows);
    return rc;
}
