/*
 * sweep_numbers.c - see sweep_numbers.h.
 */
#include "sweep_numbers.h"
#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The data on their way into a page, and room for one column of the rows. */
struct filling {
    struct page *page;
    const struct sweep_facts *facts;
    const struct sweep_table *table;
    size_t columns; /* measured */
    double *room;   /* [rows] */
    float *single;  /* (rows, length) */
    uint32_t *code; /* [rows] */
};

/* --- columns --- */

/* Whether float32, rounded to seven digits, is the number. */
static bool is_single(double value)
{
    char text[NUMBER_SIZE];
    double back;
    double single = (double)(float)value;
    if (isnan(value) || single == value)
        return true;
    return number_parse(number_text(single, 7, text), &back) && back == value;
}

static void add_numbers(struct filling *filling, const double *value)
{
    size_t rows = filling->table->rows;
    bool wide = false;
    for (size_t i = 0; i < rows && !wide; i++)
        wide = !is_single(value[i]);
    page_data_number(filling->page, "bytes", wide ? 8 : 4);
    if (wide)
        page_data_bytes(filling->page, "data", value, rows * sizeof *value);
    else
        page_data_column(filling->page, "data", value, rows, 1);
}

/* Indices of words; NaN: not set. */
static void add_words(struct filling *filling, const double *value, const char *const *word,
                      size_t words)
{
    size_t rows = filling->table->rows;
    page_data_open(filling->page, "words", '[');
    for (size_t i = 0; i < words; i++)
        page_data_text(filling->page, NULL, word[i]);
    page_data_close(filling->page, ']');
    for (size_t i = 0; i < rows; i++)
        filling->code[i] = isnan(value[i]) ? 0 : (uint32_t)value[i] + 1;
    page_data_bytes(filling->page, "data", filling->code, rows * sizeof *filling->code);
}

static void add_keys(struct filling *filling)
{
    struct page *page = filling->page;
    page_data_open(page, "keys", '[');
    for (size_t p = 0; p < filling->facts->parameters; p++) {
        const struct sweep_parameter *parameter = &filling->facts->parameter[p];
        page_data_open(page, NULL, '{');
        page_data_text(page, "name", parameter->name);
        page_data_text(page, "label", parameter->label);
        page_data_number(page, "exact", 1);
        page_data_number(page, "log", parameter->log);
        if (parameter->word)
            add_words(filling, parameter->value, parameter->word, parameter->words);
        else
            add_numbers(filling, parameter->value);
        page_data_close(page, '}');
    }
    page_data_close(page, ']');
}

/* --- what was measured --- */

/* The column in the room. exact: shown with all its digits. */
static void add_column(struct filling *filling, const char *name, const char *label, bool exact)
{
    page_data_open(filling->page, NULL, '{');
    page_data_text(filling->page, "name", name);
    page_data_text(filling->page, "label", label);
    page_data_number(filling->page, "exact", exact);
    add_numbers(filling, filling->room);
    page_data_close(filling->page, '}');
}

static bool is_measured(const struct filling *filling, size_t column)
{
    bool any = false;
    for (size_t i = 0; i < filling->table->rows && !any; i++)
        any = isfinite(filling->facts->best[i * filling->columns + column]);
    return any;
}

/* The last and the best values of a column. */
static void add_metric(struct filling *filling, size_t column)
{
    static const char *const words[][2] = {{"final_", ""}, {"best_", "best "}};
    const double *values[] = {filling->facts->last, filling->facts->best};
    const char *metric = filling->table->metrics.name[column];
    for (int best = 0; best < 2; best++) {
        char name[128], label[128];
        for (size_t i = 0; i < filling->table->rows; i++)
            filling->room[i] = values[best][i * filling->columns + column];
        snprintf(name, sizeof name, "%s%s", words[best][0], metric);
        snprintf(label, sizeof label, "%s%s", words[best][1], metric);
        add_column(filling, name, label, false);
    }
}

/* Rows' own numbers. */
static void add_counts(struct filling *filling)
{
    const struct sweep_table *table = filling->table;
    for (size_t i = 0; i < table->rows; i++)
        filling->room[i] = (double)table->row[i].seed;
    add_column(filling, "seed", "seed", true);
    for (size_t i = 0; i < table->rows; i++)
        filling->room[i] = filling->facts->last[i * filling->columns];
    add_column(filling, "epochs", "epochs", false);
    for (size_t i = 0; i < table->rows; i++)
        filling->room[i] = (double)table->row[i].steps;
    add_column(filling, "steps", "steps", true);
    for (size_t i = 0; i < table->rows; i++)
        filling->room[i] = table->row[i].seconds;
    add_column(filling, "seconds", "seconds", false);
}

/* The metric first: it stands beside the keys. */
static void add_measured(struct filling *filling)
{
    const struct sweep_facts *facts = filling->facts;
    page_data_open(filling->page, "measured", '[');
    add_metric(filling, facts->metric);
    for (size_t c = 0; c < filling->columns; c++)
        if (c != facts->metric && sweep_facts_has_best(facts, c) && is_measured(filling, c))
            add_metric(filling, c);
    add_counts(filling);
    page_data_close(filling->page, ']');
}

/* --- rows --- */

static void add_status(struct filling *filling)
{
    const char *words[SWEEP_STATUS_COUNT];
    for (int s = 0; s < SWEEP_STATUS_COUNT; s++)
        words[s] = sweep_status_word((enum sweep_status)s);
    for (size_t i = 0; i < filling->table->rows; i++)
        filling->room[i] = filling->table->row[i].status;
    page_data_open(filling->page, "status", '{');
    add_words(filling, filling->room, words, SWEEP_STATUS_COUNT);
    page_data_close(filling->page, '}');
}

static void add_errors(struct filling *filling)
{
    page_data_open(filling->page, "errors", '{');
    for (size_t i = 0; i < filling->table->rows; i++) {
        char row[24];
        snprintf(row, sizeof row, "%zu", i);
        if (*filling->table->row[i].error)
            page_data_text(filling->page, row, filling->table->row[i].error);
    }
    page_data_close(filling->page, '}');
}

static void add_rows(struct filling *filling)
{
    const struct sweep_facts *facts = filling->facts;
    const struct sweep_table *table = filling->table;
    struct page *page = filling->page;
    add_status(filling);
    page_data_open(page, "ids", '[');
    for (size_t i = 0; i < table->rows; i++)
        page_data_text(page, NULL, table->row[i].id);
    page_data_close(page, ']');
    add_errors(filling);
    page_data_number(page, "repeats", facts->repeats);
    for (size_t i = 0; i < table->rows; i++)
        filling->code[i] = (uint32_t)table->row[i].point;
    if (facts->repeats)
        page_data_bytes(page, "points", filling->code, table->rows * sizeof *filling->code);
    if (!facts->ended)
        return;
    page_data_open(page, "ends", '{');
    add_numbers(filling, facts->ended);
    page_data_close(page, '}');
}

/* --- curves --- */

size_t sweep_numbers_stride(const struct sweep_table *table)
{
    return table->rows * table->length * sizeof(float) / SWEEP_CURVE_BYTES + 1;
}

/* Evaluations that the page takes of each trial. */
static size_t taken(const struct sweep_table *table)
{
    size_t stride = sweep_numbers_stride(table);
    return (table->length + stride - 1) / stride;
}

/* One column of the curves of row[rows]. */
static void add_curve(struct filling *filling, const char *key, const struct sweep_table_row *row,
                      size_t rows, size_t column)
{
    size_t stride = sweep_numbers_stride(filling->table), length = taken(filling->table);
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < length; k++)
            filling->single[i * length + k] =
                k * stride < row[i].measured
                    ? (float)row[i].curve[k * stride * filling->columns + column]
                    : (float)NAN;
    page_data_bytes(filling->page, key, filling->single, rows * length * sizeof(float));
}

/* The metric's curves, and those of others while there is room. */
static void add_curves(struct filling *filling)
{
    const struct sweep_facts *facts = filling->facts;
    size_t size = filling->table->rows * taken(filling->table) * sizeof(float), used = 0;
    page_data_number(filling->page, "length", (double)taken(filling->table));
    page_data_open(filling->page, "curves", '[');
    for (size_t n = 0; n <= filling->columns; n++) {
        size_t column = n == 0 ? facts->metric : n - 1;
        bool again = n > 0 && column == facts->metric;
        if (again || !sweep_facts_has_best(facts, column) || !is_measured(filling, column) ||
            (n > 0 && used + size > SWEEP_CURVE_BYTES))
            continue;
        page_data_open(filling->page, NULL, '{');
        page_data_text(filling->page, "name", filling->table->metrics.name[column]);
        add_curve(filling, "data", filling->table->row, filling->table->rows, column);
        page_data_close(filling->page, '}');
        used += size;
    }
    page_data_close(filling->page, ']');
}

/* Whether trials were evaluated at different epochs. */
static bool own_epochs(const struct filling *filling, const struct sweep_table_row *longest)
{
    const struct sweep_table *table = filling->table;
    for (size_t i = 0; i < table->rows; i++)
        for (size_t r = 0; r < table->row[i].measured; r++)
            if (table->row[i].curve[r * filling->columns] != longest->curve[r * filling->columns])
                return true;
    return false;
}

static void add_epochs(struct filling *filling)
{
    const struct sweep_table *table = filling->table;
    const struct sweep_table_row *longest = table->row;
    for (size_t i = 1; i < table->rows; i++)
        if (table->row[i].measured > longest->measured)
            longest = &table->row[i];
    bool own = own_epochs(filling, longest);
    page_data_number(filling->page, "own_epochs", own);
    add_curve(filling, "epochs", own ? table->row : longest, own ? table->rows : table->rows > 0,
              0);
}

static void add_all(struct filling *filling)
{
    struct page *page = filling->page;
    page_data_open(page, "sweep", '{');
    page_data_text(page, "name", filling->table->name);
    page_data_text(page, "metric", filling->table->metric);
    page_data_text(page, "goal", filling->facts->maximize ? "maximize" : "minimize");
    page_data_number(page, "rows", (double)filling->table->rows);
    add_keys(filling);
    add_measured(filling);
    add_rows(filling);
    add_curves(filling);
    add_epochs(filling);
    page_data_close(page, '}');
}

int sweep_numbers_add(struct page *page, const struct sweep_facts *facts)
{
    const struct sweep_table *table = facts->table;
    size_t rows = table->rows + 1;
    struct filling filling = {.page = page,
                              .facts = facts,
                              .table = table,
                              .columns = (size_t)table->metrics.columns,
                              .room = malloc(rows * sizeof(double)),
                              .single = malloc(rows * (table->length + 1) * sizeof(float)),
                              .code = malloc(rows * sizeof(uint32_t))};
    bool fits = filling.room && filling.single && filling.code;
    if (fits)
        add_all(&filling);
    free(filling.room);
    free(filling.single);
    free(filling.code);
    return fits ? TRAINER_OK : error_memory("the numbers of a page", rows * sizeof(double));
}
