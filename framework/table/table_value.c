/*
 * table_value.c - one field to a number, and what its column thereby is.
 */
#include "base/error.h"
#include "base/suggest.h"
#include "base/text.h"
#include "table_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WHOLE_SLOTS = 4096,
    SHOWN = 40,        /* bytes of a field in a message */
    CLASSES_SHOWN = 10 /* in a message */
};

bool table_is_word(const struct table_options *options, const struct csv_field *field)
{
    for (size_t i = 0; i < options->words; i++)
        if (strlen(options->word[i]) == field->length &&
            !memcmp(options->word[i], field->text, field->length))
            return true;
    return false;
}

/* Whether nothing but spaces is there. */
static bool is_blank(const struct csv_field *field)
{
    size_t i = 0;
    while (i < field->length && field->text[i] == ' ')
        i++;
    return i == field->length;
}

static struct table_place place_of(const struct table *table, const struct csv_reader *reader,
                                   const struct csv_field *field)
{
    struct table_place place = {.path = table->path};
    csv_place(reader, field, &place.line, &place.column);
    return place;
}

/* The field for a message: cut where it is long. */
static const char *shown(const struct csv_field *field, char text[SHOWN + 4])
{
    size_t length = field->length;
    if (length > SHOWN)
        for (length = SHOWN; length && ((unsigned char)field->text[length] & 0xC0) == 0x80;)
            length--;
    snprintf(text, SHOWN + 4, "%.*s%s", (int)length, field->text,
             length < field->length ? "..." : "");
    return text;
}

/* --- missing ---------------------------------------------------------------------------------- */

static int add_absence(const struct table *table, struct table_draft *draft,
                       const struct csv_reader *reader, const struct csv_field *field,
                       double *value)
{
    *value = (double)NAN;
    bool needed = table_is_needed(&draft->is);
    if (table->strict && (needed || draft->is.missing == MISSING_DROP))
        return csv_error(reader, field, "nothing in column '%s'; expected %s", draft->is.name,
                         draft->texts ? "text" : "a number");
    draft->absent++;
    if (needed && draft->absences < TABLE_PLACES)
        draft->absence[draft->absences++] = place_of(table, reader, field);
    return TRAINER_OK;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Notes whole numbers that are different, and have the same float32. */
static int check_whole(struct table_draft *draft, double value)
{
    float rounded = (float)value;
    uint32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    if (!draft->whole)
        draft->whole = calloc(WHOLE_SLOTS, sizeof *draft->whole);
    if (!draft->whole)
        return error_memory("a table", WHOLE_SLOTS * sizeof(double));
    double *slot = &draft->whole[(bits ^ bits >> 12) % WHOLE_SLOTS];
    draft->inexact = draft->inexact || (*slot != 0 && *slot != value && (float)*slot == rounded);
    *slot = value;
    return TRAINER_OK;
}

static int add_number(const struct table *table, struct table_draft *draft,
                      const struct decimal *decimal, double *value)
{
    *value = decimal->value;
    draft->numbers++;
    draft->fraction = draft->fraction || !decimal->whole;
    if (table->options->wide || !decimal->whole || fabs(*value) <= TABLE_WHOLE_MAX ||
        draft->inexact)
        return TRAINER_OK;
    return check_whole(draft, *value);
}

static bool is_byte(double value)
{
    return value >= 0 && value <= 255 && value == floor(value);
}

static bool is_index(double value)
{
    return value >= 0 && value < INT32_MAX && value == floor(value);
}

/* What a number should be in a column that does not take every one; NULL: it is. */
static const char *expected_number(const struct table *table, const struct table_draft *draft,
                                   double value)
{
    bool multi = draft->is.role == TABLE_LABELS && table->options->classes->as == LABELS_MULTI;
    if (multi && value != 0 && value != 1)
        return "0 or 1 (labels_as: multi)";
    if (draft->byte && !is_byte(value))
        return "a whole number from 0 to 255, as in the training data";
    if (draft->is.role == TABLE_WEIGHTS && value < 0)
        return "a weight >= 0";
    if (draft->known && draft->is.type == TABLE_INDEX && !is_index(value))
        return "a whole number >= 0";
    return NULL;
}

static void keep_string(const struct table *table, struct table_draft *draft,
                        const struct csv_reader *reader, const struct csv_field *field)
{
    shown(field, draft->string);
    draft->string_at = place_of(table, reader, field);
}

/* The column is not numbers after all. */
static void become_texts(const struct table *table, struct table_draft *draft,
                         const struct csv_reader *reader, const struct csv_field *field, size_t row)
{
    draft->texts = true;
    draft->again = row > 0;
    keep_string(table, draft, reader, field);
}

/* Numbers that are not whole make an index texts; others are wrong unless something else does. */
static void note_odd(const struct table *table, struct table_draft *draft,
                     const struct csv_reader *reader, const struct csv_field *field)
{
    if (!draft->odd)
        keep_string(table, draft, reader, field);
    draft->odd = true;
}

/* --- texts ------------------------------------------------------------------------------------ */

/* "setosa, versicolor or virginica" */
static const char *list_classes(const struct vocabulary *vocabulary, char *text, size_t size)
{
    text[0] = '\0';
    for (size_t i = 0; i < vocabulary->count && vocabulary->count <= CLASSES_SHOWN; i++)
        text_append(text, size, "%s%s",
                    i == 0                      ? ""
                    : i + 1 < vocabulary->count ? ", "
                                                : " or ",
                    vocabulary->name[i]);
    if (vocabulary->count > CLASSES_SHOWN)
        snprintf(text, size, "one of %zu classes", vocabulary->count);
    return text;
}

static int unknown_text(const struct table *table, const struct table_draft *draft,
                        const struct csv_reader *reader, const struct csv_field *field)
{
    char text[SHOWN + 4], list[512], hint[256] = "";
    const struct vocabulary *known = &draft->vocabulary;
    const char *word = shown(field, text);
    if (draft->is.role == TABLE_LABELS)
        return csv_error(reader, field, "class '%s' of '%s'; expected %s%s", word, draft->is.name,
                         list_classes(known, list, sizeof list),
                         table->options->classes->count ? "" : ", as in the training data");
    const char *closest = suggest_closest(word, known->name, known->count);
    if (closest)
        snprintf(hint, sizeof hint, "; did you mean '%s'?", closest);
    return csv_error(reader, field, "'%s' is none of the %zu categories of '%s'%s%s%s", word,
                     known->count, draft->is.name, hint, table->unseen_hint ? " " : "",
                     table->unseen_hint ? table->unseen_hint : "");
}

/* The class of a label that is a number. Where the config gives names it may be that of a class. In
 * a plain table it is the class of that name, however it is written: NumPy writes 3.0e+00. */
static int32_t find_number(const struct table *table, const struct table_draft *draft,
                           const struct csv_field *field)
{
    struct decimal decimal;
    char name[32];
    double most = (double)draft->vocabulary.count;
    if (!csv_number(field, &table->options->format, &decimal))
        return -1;
    if (!table->plain)
        return table->options->classes->count && decimal.whole && decimal.value >= 0 &&
                       decimal.value < most
                   ? (int32_t)decimal.value
                   : -1;
    int length = snprintf(name, sizeof name, "%.0f", decimal.value);
    bool whole = fabs(decimal.value) < 1e15 && decimal.value == floor(decimal.value);
    return whole ? vocabulary_find(&draft->vocabulary, name, (size_t)length) : -1;
}

/* The number of a text in a vocabulary that is complete. */
static int find_text(const struct table *table, struct table_draft *draft,
                     const struct csv_reader *reader, const struct csv_field *field, double *value)
{
    int32_t number = vocabulary_find(&draft->vocabulary, field->text, field->length);
    if (number < 0 && draft->is.role == TABLE_LABELS)
        number = find_number(table, draft, field);
    bool zeros = table->unseen_zeros && draft->is.type == TABLE_CATEGORY;
    *value = number < 0 ? (double)NAN : number;
    return number < 0 && !zeros ? unknown_text(table, draft, reader, field) : TRAINER_OK;
}

static int add_text(const struct table *table, struct table_draft *draft,
                    const struct csv_reader *reader, const struct csv_field *field, double *value)
{
    struct decimal decimal;
    size_t before = draft->vocabulary.count;
    int32_t number;
    if (vocabulary_add(&draft->vocabulary, field->text, field->length, &number))
        return TRAINER_FAILED;
    *value = number;
    bool labels = draft->is.role == TABLE_LABELS;
    if (labels && draft->vocabulary.count > before && !draft->word_at.line &&
        table_is_word(table->options, field))
        draft->word_at = place_of(table, reader, field);
    if (table->again || draft->typed)
        return TRAINER_OK;
    /* How many are numbers all the same: for a warning. */
    if (csv_number(field, &table->options->format, &decimal) && !decimal.padded)
        draft->numbers++;
    else
        draft->strings++;
    return TRAINER_OK;
}

int table_value(struct table *table, struct table_draft *draft, const struct csv_reader *reader,
                const struct csv_field *field, size_t row, double *value)
{
    if (!draft->texts) {
        struct decimal decimal = field->decimal;
        bool number = field->number || csv_number(field, &table->options->format, &decimal);
        bool as_number = draft->known || (draft->typed && draft->is.type == TABLE_NUMBER);
        const char *expected = number ? expected_number(table, draft, decimal.value) : NULL;
        if (expected)
            return csv_error(reader, field, "'%.*s' in column '%s'; expected %s",
                             (int)field->length, field->text, draft->is.name, expected);
        if (number && draft->is.type == TABLE_INDEX && decimal.whole && !is_index(decimal.value))
            note_odd(table, draft, reader, field);
        if (number && (!decimal.padded || as_number))
            return add_number(table, draft, &decimal, value);
        if (is_blank(field) || table_is_word(table->options, field))
            return add_absence(table, draft, reader, field, value);
        char text[SHOWN + 4];
        *value = (double)NAN;
        if (as_number)
            return csv_error(reader, field, "'%s' in column '%s'; expected a number",
                             shown(field, text), draft->is.name);
        become_texts(table, draft, reader, field, row);
    }
    if (draft->again && !table->again) {
        draft->strings += !field->number;
        draft->numbers += field->number;
        return TRAINER_OK;
    }
    if (field->length == 0)
        return add_absence(table, draft, reader, field, value);
    return draft->known ? find_text(table, draft, reader, field, value)
                        : add_text(table, draft, reader, field, value);
}
