/*
 * table_settle.c - types, categories and classes once every row was seen, and what is wrong then.
 */
#include "base/error.h"
#include "table_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what is missing -------------------------------------------------------------------------- */

struct absence {
    const struct table_draft *draft;
    struct table_place place;
};

static int compare_absences(const void *a, const void *b)
{
    const struct table_place *x = &((const struct absence *)a)->place;
    const struct table_place *y = &((const struct absence *)b)->place;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* Lists the fields that must not be missing and are, of all columns in the order of the file. */
int table_check_absences(const struct table *table)
{
    struct absence *list = malloc((table->drafts * TABLE_PLACES + 1) * sizeof *list);
    size_t count = 0;
    if (!list)
        return error_memory("a table", table->drafts * TABLE_PLACES * sizeof *list);
    for (size_t i = 0; i < table->drafts; i++) {
        const struct table_draft *draft = &table->draft[i];
        for (size_t k = 0; k < draft->absences; k++)
            list[count++] = (struct absence){draft, draft->absence[k]};
    }
    qsort(list, count, sizeof *list, compare_absences);
    for (size_t i = 0; i < count; i++) {
        const struct table_draft *draft = list[i].draft;
        const struct table_place *at = &list[i].place;
        const char *goes_on = draft->is.role != TABLE_INPUT   ? "drop"
                              : draft->is.type == TABLE_INDEX ? "zero or drop"
                                                              : "mean, zero or drop";
        error_add(TRAINER_INVALID,
                  "%s:%zu:%zu: nothing in column '%s'; expected %s (missing: %s goes on)", at->path,
                  at->line, at->column, draft->is.name,
                  draft->texts                     ? "text"
                  : draft->is.role == TABLE_LABELS ? "a label"
                                                   : "a number",
                  goes_on);
    }
    free(list);
    return count ? TRAINER_INVALID : TRAINER_OK;
}

/* --- texts ------------------------------------------------------------------------------------ */

/* Labels that are numbers but for words such as NA: those are missing, not classes. */
static bool has_missing_words(const struct table *table, const struct table_draft *draft)
{
    size_t words = 0, numbers = 0;
    for (size_t i = 0; i < draft->vocabulary.count; i++) {
        struct csv_field field = {.text = draft->vocabulary.name[i],
                                  .length = draft->vocabulary.length[i]};
        struct decimal decimal;
        bool word = table_is_word(table->options, &field);
        words += word;
        numbers += !word && csv_number(&field, &table->options->format, &decimal);
    }
    return words > 0 && numbers > 0 && words + numbers == draft->vocabulary.count;
}

/* Takes the words for missing out of a vocabulary; rename[count] follows. */
static int drop_words(const struct table *table, struct table_draft *draft)
{
    struct vocabulary kept = {0};
    int rc = TRAINER_OK;
    for (size_t i = 0; !rc && i < draft->vocabulary.count; i++) {
        struct csv_field field = {.text = draft->vocabulary.name[i],
                                  .length = draft->vocabulary.length[i]};
        draft->rename[i] = -1;
        if (!table_is_word(table->options, &field))
            rc = vocabulary_add(&kept, field.text, field.length, &draft->rename[i]);
    }
    vocabulary_free(&draft->vocabulary);
    draft->vocabulary = kept;
    return rc;
}

/* Sorts the texts of a draft and keeps what each became. */
static int sort_texts(const struct table *table, struct table_draft *draft)
{
    size_t count = draft->vocabulary.count;
    draft->rename = calloc(count + 1, sizeof *draft->rename);
    int32_t *order = calloc(count + 1, sizeof *order);
    int rc =
        draft->rename && order ? TRAINER_OK : error_memory("a vocabulary", count * sizeof *order);
    bool words = !rc && draft->is.role == TABLE_LABELS && has_missing_words(table, draft);
    for (size_t i = 0; !rc && i < count; i++)
        draft->rename[i] = (int32_t)i;
    if (!rc && words && draft->is.missing != MISSING_DROP)
        rc = error_add(TRAINER_INVALID,
                       "%s:%zu:%zu: nothing in column '%s'; expected a label (missing: drop goes "
                       "on)",
                       draft->word_at.path, draft->word_at.line, draft->word_at.column,
                       draft->is.name);
    if (!rc && words)
        rc = drop_words(table, draft);
    if (!rc)
        rc = vocabulary_sort(&draft->vocabulary, order);
    for (size_t i = 0; !rc && i < count; i++)
        draft->rename[i] = draft->rename[i] < 0 ? -1 : order[draft->rename[i]];
    free(order);
    return rc;
}

static int check_categories(const struct table *table, const struct table_draft *draft)
{
    size_t most = table->options->max_categories, count = draft->vocabulary.count;
    if (draft->is.role != TABLE_INPUT || draft->is.type != TABLE_CATEGORY || count <= most)
        return TRAINER_OK;
    const struct table_place *at = &draft->string_at;
    if (!at->path)
        return error_add(TRAINER_INVALID,
                         "%s: '%s' has %zu categories; expected at most %zu (max_categories), or "
                         "exclude: [%s]",
                         table->path, draft->is.name, count, most, draft->is.name);
    return error_add(TRAINER_INVALID,
                     "%s:%zu:%zu: '%s' makes '%s' a column of %zu categories; expected numbers, or "
                     "at most %zu (max_categories), or exclude: [%s]",
                     at->path, at->line, at->column, draft->string, draft->is.name, count, most,
                     draft->is.name);
}

/* Whether all texts of a column are numbers once a comma is decimal, which some are not without. */
static bool has_decimal_commas(const struct table *table, const struct table_draft *draft)
{
    struct csv_format format = table->options->format;
    struct decimal decimal;
    bool all = format.decimal == '.' && draft->strings > 0;
    format.decimal = ',';
    format.thousands = '.';
    for (size_t i = 0; all && i < draft->vocabulary.count; i++) {
        struct csv_field field = {.text = draft->vocabulary.name[i],
                                  .length = draft->vocabulary.length[i]};
        bool number = csv_number(&field, &format, &decimal) && !decimal.padded;
        all = number || table_is_word(table->options, &field);
    }
    return all;
}

static void warn_of_column(const struct table *table, const struct table_draft *draft)
{
    if (!table->dataset || draft->typed)
        return;
    bool input = draft->is.role == TABLE_INPUT, texts = draft->texts && draft->string_at.path;
    if (texts && has_decimal_commas(table, draft))
        dataset_note(
            table->dataset, true,
            "%s:%zu:%zu: '%s' makes '%s' %s; with decimal: \",\" (and thousands: \".\") its "
            "fields are numbers",
            draft->string_at.path, draft->string_at.line, draft->string_at.column, draft->string,
            draft->is.name, input ? "categories" : "classes");
    else if (texts && input && draft->numbers >= draft->strings)
        dataset_note(table->dataset, true,
                     "%s:%zu:%zu: '%s' makes '%s' categories, though %" PRIu64 " of its %" PRIu64
                     " fields are numbers (columns: {%s: number} makes it an error)",
                     draft->string_at.path, draft->string_at.line, draft->string_at.column,
                     draft->string, draft->is.name, draft->numbers, draft->numbers + draft->strings,
                     draft->is.name);
}

/* --- all -------------------------------------------------------------------------------------- */

static int settle_texts(const struct table *table, struct table_draft *draft)
{
    if (!draft->typed || draft->is.role == TABLE_LABELS)
        draft->is.type = TABLE_CATEGORY;
    int rc = draft->known ? TRAINER_OK : sort_texts(table, draft);
    if (!rc)
        rc = check_categories(table, draft);
    draft->is.categories = draft->vocabulary.count;
    draft->is.category = draft->vocabulary.name;
    return rc;
}

static int settle_numbers(const struct table *table, struct table_draft *draft)
{
    bool zeros = draft->is.missing == MISSING_MEAN || draft->is.missing == MISSING_ZERO;
    draft->is.type = draft->typed ? draft->is.type : TABLE_NUMBER;
    if (draft->inexact && table->dataset)
        dataset_note(table->dataset, true, "'%s' has whole numbers that float32 cannot tell apart",
                     draft->is.name);
    if (draft->odd && draft->is.type == TABLE_INDEX)
        return error_add(TRAINER_INVALID,
                         "%s:%zu:%zu: '%s' in column '%s'; expected a whole number >= 0",
                         draft->string_at.path, draft->string_at.line, draft->string_at.column,
                         draft->string, draft->is.name);
    if (draft->numbers || zeros || draft->is.missing == MISSING_ERROR)
        return TRAINER_OK; /* absences are told elsewhere */
    return error_add(TRAINER_INVALID, "%s: column '%s' holds missing values only; expected numbers",
                     table->path, draft->is.name);
}

int table_settle(struct table *table, const struct table_cells *cells)
{
    int rc = table_check_absences(table);
    for (size_t i = 0; i < table->drafts && rc != TRAINER_FAILED; i++) {
        struct table_draft *draft = &table->draft[i];
        int wrong = draft->texts ? settle_texts(table, draft) : settle_numbers(table, draft);
        warn_of_column(table, draft);
        draft->known = true;
        rc = wrong ? wrong : rc;
        if (draft->is.role == TABLE_LABELS)
            table->labels_values = !draft->texts;
    }
    if (!rc && !cells->rows)
        rc = error_add(TRAINER_INVALID, "%s: there is no row", table->path);
    return rc;
}
