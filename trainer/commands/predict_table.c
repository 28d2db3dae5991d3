/*
 * predict_table.c - rows gathered into a block of PREDICT_ROWS, predicted, written.
 */
#include "predict_table.h"
#include "base/error.h"
#include "base/text.h"
#include "data/data.h"
#include "engine/engine.h"
#include "runs/open_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEEP_MAX = 1024, ERRORS_MOST = 1000 /* after which the rest of a file is not looked at */ };

/* Rows that wait to be predicted. */
struct block {
    size_t rows;
    size_t good; /* of them, in the data set's first samples */
    bool bad[PREDICT_ROWS];
    uint64_t number[PREDICT_ROWS];  /* from 1 */
    struct text kept[PREDICT_ROWS]; /* the copied fields, each with its final NUL */
};

struct predict_table {
    struct table_rows *rows;
    struct dataset *dataset;
    double *inputs; /* (width) of one row */
    struct block block;
    size_t block_rows; /* that are gathered before they are predicted */
    size_t kept;
    size_t keep[KEEP_MAX]; /* fields */
    const char *kept_name[KEEP_MAX];
    uint64_t number, blanks;
};

/* A data set of one block, whose columns are those that the network reads. */
static int make_dataset(struct predict_table *table, const struct learned *learned)
{
    struct dataset *dataset = table->dataset = calloc(1, sizeof *dataset);
    if (!dataset)
        return error_memory("a block of rows", sizeof *dataset);
    dataset->count[SPLIT_TRAIN] = PREDICT_ROWS;
    for (size_t i = 0; i < learned->inputs; i++) {
        const struct learned_input *input = &learned->input[i];
        struct column *column = dataset_column(dataset, input->name, input->stored, input->shape);
        if (!column)
            return TRAINER_INVALID;
        column->scale = input->scale;
        column->feature = input->feature;
        column->offset = input->offset;
        column->divisor = input->divisor;
        column->fill = input->fill;
        column->values[SPLIT_TRAIN] =
            dataset_block(dataset, "a block of rows",
                          PREDICT_ROWS * shape_size(input->shape) * stored_size(input->stored));
        if (!column->values[SPLIT_TRAIN])
            return TRAINER_FAILED;
    }
    return TRAINER_OK;
}

/* Finds the columns to be copied. */
static int find_kept(struct predict_table *table, const char *keep)
{
    int rc = TRAINER_OK;
    while (rc == TRAINER_OK && keep && *keep) {
        size_t length = strcspn(keep, ",");
        char *name = arena_copy(&table->dataset->arena, keep, length);
        if (!name)
            return TRAINER_FAILED;
        if (table->kept == KEEP_MAX)
            return error_set(TRAINER_INVALID, "--keep: more than %d columns", KEEP_MAX);
        rc = table_rows_find(table->rows, name, &table->keep[table->kept]);
        table->kept_name[table->kept++] = name;
        keep += length + (keep[length] == ',');
    }
    return rc;
}

/* Whether whoever writes the rows may wait for an answer before the next one. */
static bool is_conversation(const char *path)
{
    struct stat facts;
    return strcmp(path, "-") == 0 && !(fstat(STDIN_FILENO, &facts) == 0 && S_ISREG(facts.st_mode));
}

static int open_table(struct predict_table *table, const struct learned *learned,
                      const char *origin, const char *path, const char *keep, bool unseen_zeros)
{
    int rc = make_dataset(table, learned);
    const struct table_rows_options options = {.table = learned->table,
                                               .origin = origin,
                                               .unseen_zeros = unseen_zeros,
                                               .notes = table->dataset};
    bool input = strcmp(path, "-") == 0;
    if (rc == TRAINER_OK)
        rc = table_rows_open(&table->rows, &options, input ? NULL : path, STDIN_FILENO);
    if (rc == TRAINER_OK)
        rc = find_kept(table, keep);
    if (rc)
        return rc;
    size_t width = table_rows_width(table->rows);
    table->inputs = malloc((width + 1) * sizeof *table->inputs);
    table->block_rows = is_conversation(path) ? 1 : PREDICT_ROWS;
    if (!table->inputs)
        return error_memory("a row", width * sizeof *table->inputs);
    const struct column *column = dataset_find(table->dataset, "inputs");
    if (!column || shape_size(column->shape) != width)
        return error_set(TRAINER_INVALID, "%s: its /data does not fit together", origin);
    open_print_notes(table->dataset);
    return TRAINER_OK;
}

int predict_table_open(struct predict_table **out, const struct learned *learned,
                       const char *origin, const char *path, const char *keep, bool unseen_zeros)
{
    struct predict_table *table = calloc(1, sizeof *table);
    *out = NULL;
    if (!table)
        return error_memory("a table", sizeof *table);
    int rc = open_table(table, learned, origin, path, keep, unseen_zeros);
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
    table_rows_close(table->rows);
    dataset_close(table->dataset);
    for (size_t i = 0; i < PREDICT_ROWS; i++)
        text_free(&table->block.kept[i]);
    free(table->inputs);
    free(table);
}

const struct dataset *predict_table_dataset(const struct predict_table *table)
{
    return table->dataset;
}

const char *const *predict_table_kept(const struct predict_table *table, size_t *count)
{
    *count = table->kept;
    return table->kept_name;
}

/* --- a block ---------------------------------------------------------------------------------- */

/* Puts the inputs of a row behind the good ones of the block. */
static void store_inputs(struct predict_table *table)
{
    const struct column *column = dataset_find(table->dataset, "inputs");
    size_t width = shape_size(column->shape), at = table->block.good++ * width;
    void *values = (void *)(uintptr_t)column->values[SPLIT_TRAIN]; /* ours: make_dataset */
    for (size_t j = 0; j < width; j++)
        if (column->stored == STORED_DOUBLE)
            ((double *)values)[at + j] = table->inputs[j];
        else
            ((float *)values)[at + j] = (float)table->inputs[j];
}

/* Takes the row that was read into the block. */
static void add_row(struct predict_table *table, bool bad)
{
    struct block *block = &table->block;
    struct text *kept = &block->kept[block->rows];
    kept->length = 0;
    for (size_t i = 0; i < table->kept; i++) {
        const struct csv_field *field = table_rows_field(table->rows, table->keep[i]);
        if (field)
            text_add(kept, field->text, field->length);
        text_add(kept, "", 1);
    }
    block->bad[block->rows] = bad;
    block->number[block->rows++] = table->number;
    table->blanks += bad;
    if (!bad)
        store_inputs(table);
}

static int write_row(const struct predict_table *table, struct predict_output *output,
                     const struct engine *engine, const struct prediction *said, size_t row,
                     size_t place)
{
    const struct block *block = &table->block;
    const char *kept[KEEP_MAX], *next = text_get(&block->kept[row]);
    char label[32];
    for (size_t i = 0; i < table->kept; i++, next += strlen(next) + 1)
        kept[i] = next;
    snprintf(label, sizeof label, "%llu", (unsigned long long)block->number[row]);
    return predict_output_add(output, label, kept, engine, block->bad[row] ? NULL : said, place);
}

/* Predicts the block and writes its rows; the block is empty then. */
static int finish_block(struct predict_table *table, struct predictor *predictor,
                        struct predict_output *output)
{
    struct block *block = &table->block;
    struct graph *graph = predictor_graph(predictor);
    struct prediction said = graph_prediction(graph);
    int rc = TRAINER_OK;
    size_t place = 0;
    if (block->good > 0)
        predictor_run(predictor, 0, block->good);
    for (size_t r = 0; rc == TRAINER_OK && r < block->rows; r++) {
        rc = text_status(&block->kept[r]);
        if (rc == TRAINER_OK)
            rc = write_row(table, output, graph_engine(graph), &said, r, place);
        place += !block->bad[r];
    }
    block->rows = block->good = 0;
    if (rc == TRAINER_OK && table->block_rows == 1)
        rc = predict_output_flush(output);
    return rc;
}

/* Reads on behind a mistake, so that the message has what else is wrong. */
static int report_rest(struct predict_table *table)
{
    bool more = true;
    for (int errors = 1; more && errors < ERRORS_MOST && !table_rows_ended(table->rows);) {
        int rc = table_rows_next(table->rows, table->inputs, &more);
        if (rc == TRAINER_FAILED)
            return rc;
        errors += rc != TRAINER_OK;
    }
    return TRAINER_INVALID;
}

int predict_table_run(struct predict_table *table, struct predictor *predictor,
                      struct predict_output *output, bool blank)
{
    bool over = false;
    int rc = TRAINER_OK;
    error_clear();
    while (rc == TRAINER_OK && !over) {
        bool more = true;
        int wrong = table_rows_next(table->rows, table->inputs, &more);
        if (wrong == TRAINER_FAILED)
            return wrong;
        if (wrong && (!blank || table_rows_broken(table->rows)))
            return table->block_rows == 1 ? wrong : report_rest(table);
        if (wrong)
            error_clear();
        table->number += more;
        if (more)
            add_row(table, wrong != TRAINER_OK);
        over = !more || (wrong && table_rows_ended(table->rows));
        if (over || table->block.rows == table->block_rows)
            rc = finish_block(table, predictor, output);
    }
    if (rc)
        return rc;
    if (table->blanks > 0)
        fprintf(stderr,
                "trainer: warning: %s: %llu of %llu rows are wrong and have no prediction\n",
                table_rows_name(table->rows), (unsigned long long)table->blanks,
                (unsigned long long)table->number);
    return TRAINER_OK;
}
