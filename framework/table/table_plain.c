/*
 * table_plain.c - what a table must hold for a network that was trained on arrays: numbers, one for
 * each element of its inputs, and where they are wanted the labels.
 *
 *     0,0,255,...,7            784 fields, an image of 28 x 28 of bytes, and its class
 *     left[0],left[1],right    the names that `trainer data --head` prints: any order
 *
 * With other names, or none, fields stand in the order of the inputs and of each one's elements in
 * memory. Labels are the column that data.labels names, else the one called `labels` or `label`,
 * else the last; inputs are all others.
 */
#include "base/error.h"
#include "table_internal.h"

#include <inttypes.h>
#include <string.h>

/* --- its columns ------------------------------------------------------------------------------ */

/* "left" of one element, else "left[0]", "left[1]", ...: columns from `first` on. */
static bool add_elements(struct arena *arena, struct table_column *column, size_t first,
                         const char *name, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        column[first + i] = (struct table_column){.position = (int64_t)(first + i)};
        column[first + i].name = count > 1 ? arena_print(arena, "%s[%zu]", name, i) : name;
        if (!column[first + i].name)
            return false;
    }
    return true;
}

/* Behind the inputs: a column of classes, or one for each target. */
static bool add_labels(struct arena *arena, struct table_column *column, size_t first,
                       const struct learned *learned)
{
    size_t count = learned->classes ? 1 : learned->targets;
    if (!add_elements(arena, column, first, "labels", count))
        return false;
    for (size_t i = first; i < first + count; i++) {
        column[i].role = TABLE_LABELS;
        column[i].type = learned->classes ? TABLE_CATEGORY : TABLE_NUMBER;
        column[i].categories = learned->classes;
        column[i].category = learned->class_name;
    }
    return true;
}

static struct learned_table *make_table(struct arena *arena, const struct learned *learned,
                                        bool labelled)
{
    bool labels = labelled && learned->labelled && (!learned->classes || learned->class_name);
    size_t inputs = 0, at = 0, more = labels ? learned->classes ? 1 : learned->targets : 0;
    for (size_t i = 0; i < learned->inputs; i++)
        inputs += shape_size(learned->input[i].shape);
    struct learned_table *table = arena_allocate(arena, sizeof *table);
    struct table_column *column = arena_array(arena, inputs + more, sizeof *column);
    if (!table || !column)
        return NULL;
    for (size_t i = 0; i < learned->inputs; i++) {
        size_t count = shape_size(learned->input[i].shape);
        if (!add_elements(arena, column, at, learned->input[i].name, count))
            return NULL;
        at += count;
    }
    if (labels && !add_labels(arena, column, at, learned))
        return NULL;
    *table = (struct learned_table){.decimal = '.', .columns = inputs + more, .column = column};
    return table;
}

int table_from_plain(struct table *table, const struct learned *learned, bool labelled,
                     const struct learned_table **plain)
{
    *plain = make_table(table->arena, learned, labelled);
    int rc = *plain ? table_from_learned(table, *plain) : TRAINER_FAILED;
    table->plain = true;
    for (size_t i = 0, at = 0; !rc && i < learned->inputs; i++)
        for (size_t k = shape_size(learned->input[i].shape); k > 0; k--)
            table->draft[at++].byte = learned->input[i].stored == STORED_BYTE;
    return rc;
}

/* --- the fields of a file --------------------------------------------------------------------- */

/* Drafts that are inputs come first. */
static size_t count_inputs(const struct table *table)
{
    size_t count = 0;
    while (count < table->drafts && table->draft[count].is.role == TABLE_INPUT)
        count++;
    return count;
}

static bool has_all_names(const struct table *table, const struct csv_field *field, size_t fields)
{
    bool all = table->header;
    for (size_t i = 0; all && i < table->drafts; i++)
        all = table_field_named(field, fields, table->draft[i].is.name) < fields;
    return all;
}

/* The field that labels begin at: as data.labels or the header says; SIZE_MAX: neither does. */
static int find_labels(const struct table *table, const struct csv_reader *reader,
                       const struct csv_field *field, size_t fields, size_t *at)
{
    const struct table_references *labels = &table->options->labels;
    const struct table_reference *asked = labels->count ? labels->reference : NULL;
    *at = fields;
    if (asked && !asked->name)
        *at =
            (size_t)(asked->position > 0 ? asked->position - 1 : (int64_t)fields + asked->position);
    else if (asked && table->header)
        *at = table_field_named(field, fields, asked->name);
    if (asked && *at >= fields && asked->name)
        return csv_error(reader, NULL, "no column '%s', which is to be the labels", asked->name);
    if (asked && *at >= fields)
        return csv_error(reader, NULL, "no column %" PRId64 ", which is to be the labels",
                         asked->position);
    if (!asked && table->header)
        *at = table_field_named(field, fields, "labels");
    if (!asked && table->header && *at == fields)
        *at = table_field_named(field, fields, "label");
    *at = *at < fields ? *at : SIZE_MAX;
    return TRAINER_OK;
}

/* Messages call columns as the file does. */
static int rename_drafts(struct table *table, const struct csv_field *field)
{
    for (size_t i = 0; i < table->drafts; i++) {
        size_t at = table->at[i];
        const char *name = table->header
                               ? arena_copy(table->arena, field[at].text, field[at].length)
                               : arena_print(table->arena, "c%zu", at + 1);
        if (!name)
            return TRAINER_FAILED;
        table->draft[i].is.name = name;
    }
    return TRAINER_OK;
}

int table_open_plain(struct table *table, const struct csv_reader *reader, bool labelled,
                     const struct csv_field *field, size_t fields)
{
    size_t inputs = count_inputs(table), targets = table->drafts - inputs, label, at = 0;
    const struct table_references *labels = &table->options->labels;
    table->header = table_count_numbers(table, field, fields) == 0;
    if (labels->count && labels->reference->name && targets == 1)
        table->draft[inputs].is.name = labels->reference->name;
    if (has_all_names(table, field, fields))
        return table_find_by_name(table, reader, labelled, field, fields);
    int rc = find_labels(table, reader, field, fields, &label);
    if (rc)
        return rc;
    size_t width = targets || label == SIZE_MAX ? targets : 1;
    if (fields != inputs + width)
        return csv_error(reader, NULL, "%zu field%s; expected %zu, the inputs%s of %s", fields,
                         fields == 1 ? "" : "s", inputs + targets, targets ? " and labels" : "",
                         table->origin);
    label = label < inputs ? label : inputs;
    for (size_t i = 0; i < inputs; i++, at++) {
        at += at == label ? width : 0;
        table->at[i] = at;
    }
    for (size_t i = 0; i < targets; i++)
        table->at[inputs + i] = label + i;
    if (width > targets && table->dataset)
        dataset_note(table->dataset, false, "%s: its labels are ignored", table->path);
    return rename_drafts(table, field);
}
