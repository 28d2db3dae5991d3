/*
 * table_columns.c - which field is which column: headers, names, positions.
 */
#include "base/error.h"
#include "base/suggest.h"
#include "table_internal.h"
#include "task.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- names ------------------------------------------------------------------------------------ */

static bool same(const struct csv_field *field, const char *name)
{
    return strlen(name) == field->length && !memcmp(name, field->text, field->length);
}

size_t table_count_numbers(const struct table *table, const struct csv_field *field, size_t fields)
{
    struct decimal decimal;
    size_t numbers = 0;
    for (size_t i = 0; i < fields; i++)
        numbers += csv_number(&field[i], &table->options->format, &decimal);
    return numbers;
}

/* Each name once; nameless columns may be many. */
static int check_names(const struct csv_reader *reader, const struct csv_field *field,
                       size_t fields)
{
    struct vocabulary seen = {0};
    int rc = TRAINER_OK;
    for (size_t i = 0; i < fields && rc != TRAINER_FAILED; i++) {
        int32_t number;
        size_t before = seen.count;
        if (!field[i].length)
            continue;
        if (vocabulary_add(&seen, field[i].text, field[i].length, &number))
            rc = TRAINER_FAILED;
        else if (seen.count == before)
            rc = csv_error(reader, &field[i], "column '%.*s' again; expected a name of its own",
                           (int)field[i].length, field[i].text);
    }
    vocabulary_free(&seen);
    return rc;
}

/* The names of the columns: from the header, or c1, c2, ... */
static int keep_names(struct table *table, const struct csv_field *field, size_t fields)
{
    table->fields = fields;
    table->name = arena_array(table->arena, fields, sizeof *table->name);
    bool kept = table->name != NULL;
    for (size_t i = 0; kept && i < fields; i++) {
        table->name[i] = table->header ? arena_copy(table->arena, field[i].text, field[i].length)
                                       : arena_print(table->arena, "c%zu", i + 1);
        kept = table->name[i] != NULL;
    }
    return kept ? TRAINER_OK : TRAINER_FAILED;
}

/* --- the columns that the config names -------------------------------------------------------- */

static size_t find_name(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->fields; i++)
        if (!strcmp(table->name[i], name))
            return i;
    return SIZE_MAX;
}

static int no_column(const struct table *table, const char *name, const struct position *at)
{
    char hint[512] = "";
    const char *closest = suggest_closest(name, table->name, table->fields);
    if (closest)
        snprintf(hint, sizeof hint, "; did you mean '%s'?", closest);
    return config_error(at, "no column '%s' in %s%s", name, table->path, hint);
}

/* The field that a reference means. */
static int resolve(const struct table *table, const struct table_reference *reference, size_t *at)
{
    int64_t fields = (int64_t)table->fields, position = reference->position;
    if (reference->name) {
        *at = find_name(table, reference->name);
        return *at < SIZE_MAX ? TRAINER_OK : no_column(table, reference->name, reference->at);
    }
    if (position == 0 || position > fields || position < -fields)
        return config_error(reference->at, "no column %" PRId64 " in %s, which has %zu", position,
                            table->path, table->fields);
    *at = (size_t)(position > 0 ? position - 1 : fields + position);
    return TRAINER_OK;
}

/* What each field is for. */
enum use { USE_NONE, USE_INPUT, USE_LABELS, USE_WEIGHTS, USE_EXCLUDED };

static int mark(const struct table *table, const struct table_references *references, enum use use,
                uint8_t *of)
{
    int rc = TRAINER_OK;
    for (size_t i = 0; i < references->count; i++) {
        const struct table_reference *reference = &references->reference[i];
        size_t at;
        int wrong = resolve(table, reference, &at);
        if (!wrong && of[at] != USE_NONE)
            wrong = config_error(reference->at, "column '%s' is named twice", table->name[at]);
        if (!wrong)
            of[at] = (uint8_t)use;
        rc = wrong ? wrong : rc;
    }
    return rc;
}

static struct table_draft *add_draft(struct table *table, size_t field, enum table_role role)
{
    struct table_draft *draft = &table->draft[table->drafts];
    draft->is = (struct table_column){.name = table->name[field],
                                      .position = (int64_t)field,
                                      .role = role,
                                      .missing = table->options->missing};
    table->at[table->drafts++] = field;
    return draft;
}

/* Inputs in their order, then labels, then weights. */
static int add_drafts(struct table *table, const uint8_t *use)
{
    const struct table_options *options = table->options;
    const struct table_references *const lists[] = {&options->inputs, &options->labels,
                                                    &options->weights};
    size_t at = 0;
    for (size_t i = 0; options->all_inputs && i < table->fields; i++) {
        if (use[i] != USE_NONE)
            continue;
        if (*table->name[i])
            add_draft(table, i, TABLE_INPUT);
        else if (table->dataset)
            dataset_note(table->dataset, false, "%s: column %zu has no name and is no input",
                         table->path, i + 1);
    }
    for (enum table_role role = TABLE_INPUT; role < TABLE_ROLE_COUNT; role++)
        for (size_t i = 0; i < lists[role]->count; i++) {
            int rc = resolve(table, &lists[role]->reference[i], &at);
            if (rc)
                return rc;
            add_draft(table, at, role);
        }
    return TRAINER_OK;
}

/* Applies what `columns` says. */
static int apply_ask(struct table *table, const struct table_ask *ask)
{
    size_t field = find_name(table, ask->name), again;
    if (field == SIZE_MAX)
        return no_column(table, ask->name, ask->at);
    for (size_t i = 0; i < table->drafts; i++) {
        struct table_draft *draft = &table->draft[i];
        if (table->at[i] != field)
            continue;
        draft->is.missing = ask->patient ? ask->missing : draft->is.missing;
        if (!ask->typed)
            continue;
        if (draft->is.role != TABLE_INPUT)
            return config_error(ask->at, "'%s' is no input, and has no type of its own", ask->name);
        draft->typed = true;
        draft->is.type = ask->type;
        draft->texts = ask->type == TABLE_CATEGORY || ask->type == TABLE_ORDER;
        draft->known = ask->type == TABLE_ORDER;
        int rc = ask->type == TABLE_ORDER
                     ? vocabulary_list(&draft->vocabulary, ask->order, ask->orders, &again)
                     : TRAINER_OK;
        if (rc == TRAINER_INVALID)
            return config_error(ask->at, "'%s' stands twice in the order", ask->order[again]);
        if (rc)
            return rc;
    }
    return TRAINER_OK;
}

/* Labels are numbers or texts from the beginning, as far as that is known. */
static int prepare_labels(struct table *table)
{
    const struct table_options *options = table->options;
    enum labels_as as = options->classes->as;
    bool several = options->labels.count > 1;
    if (several && as == LABELS_CLASSES)
        return config_error(options->at, "labels_as: classes takes one column of labels, not %zu",
                            options->labels.count);
    if (several && as == LABELS_AUTO)
        as = LABELS_VALUES;
    bool classes =
        as == LABELS_CLASSES ||
        (as == LABELS_AUTO && (options->classes->count || options->tasks & TASK_CLASSES));
    for (size_t i = 0; i < table->drafts; i++) {
        struct table_draft *draft = &table->draft[i];
        bool labels = draft->is.role == TABLE_LABELS;
        if (draft->is.role == TABLE_WEIGHTS || (labels && as >= LABELS_VALUES))
            draft->typed = true; /* as a number */
        if (draft->is.role != TABLE_INPUT && draft->is.missing != MISSING_DROP)
            draft->is.missing = MISSING_ERROR;
        if (!labels || !classes)
            continue;
        draft->texts = draft->typed = true;
        draft->is.type = TABLE_CATEGORY;
        draft->known = options->classes->count > 0;
        size_t again;
        int rc = draft->known ? vocabulary_list(&draft->vocabulary, options->classes->name,
                                                options->classes->count, &again)
                              : TRAINER_OK;
        if (rc == TRAINER_INVALID)
            return config_error(options->classes->at, "class '%s' stands twice",
                                options->classes->name[again]);
        if (rc)
            return rc;
    }
    return TRAINER_OK;
}

int table_find_columns(struct table *table, const struct csv_reader *reader,
                       const struct csv_field *field, size_t fields)
{
    const struct table_options *options = table->options;
    int rc = table->header ? check_names(reader, field, fields) : TRAINER_OK;
    if (!rc)
        rc = keep_names(table, field, fields);
    size_t most = fields + options->labels.count + options->weights.count + options->inputs.count;
    uint8_t *use = rc ? NULL : arena_array(table->arena, fields, sizeof *use);
    table->draft = rc ? NULL : arena_array(table->arena, most, sizeof *table->draft);
    table->at = rc ? NULL : arena_array(table->arena, most, sizeof *table->at);
    if (rc || !use || !table->draft || !table->at)
        return rc ? rc : TRAINER_FAILED;
    int wrong[] = {mark(table, &options->labels, USE_LABELS, use),
                   mark(table, &options->weights, USE_WEIGHTS, use),
                   mark(table, &options->exclude, USE_EXCLUDED, use),
                   mark(table, &options->inputs, USE_INPUT, use)};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        rc = wrong[i] ? wrong[i] : rc;
    if (!rc)
        rc = add_drafts(table, use);
    for (size_t i = 0; !rc && i < options->asks; i++)
        rc = apply_ask(table, &options->ask[i]);
    if (!rc)
        rc = prepare_labels(table);
    if (!rc && (!table->drafts || table->draft[0].is.role != TABLE_INPUT))
        rc = config_error(options->at, "%s has no column that is an input", table->path);
    return rc;
}

/* --- further files ---------------------------------------------------------------------------- */

/* Whether the draft must be found in a file. */
static bool is_needed(const struct table_draft *draft, bool labelled)
{
    return draft->is.role == TABLE_INPUT || labelled;
}

size_t table_field_named(const struct csv_field *field, size_t fields, const char *name)
{
    size_t at = 0;
    while (at < fields && !same(&field[at], name))
        at++;
    return at;
}

/* Fields that the caller reads and no draft does, each once. */
static size_t count_kept(const struct table *table, const struct csv_field *field, size_t fields)
{
    size_t count = 0;
    for (size_t k = 0; k < table->keep; k++) {
        size_t at = table_field_named(field, fields, table->kept[k]);
        bool fresh = at < fields;
        for (size_t i = 0; fresh && i < table->drafts; i++)
            fresh = table->at[i] != at;
        for (size_t i = 0; fresh && i < k; i++)
            fresh = strcmp(table->kept[i], table->kept[k]) != 0;
        count += fresh;
    }
    return count;
}

int table_find_by_name(struct table *table, const struct csv_reader *reader, bool labelled,
                       const struct csv_field *field, size_t fields)
{
    int rc = check_names(reader, field, fields);
    size_t further = fields, needed = 0;
    for (size_t i = 0; i < table->drafts; i++)
        needed += is_needed(&table->draft[i], labelled);
    for (size_t i = 0; i < table->drafts; i++) {
        const struct table_draft *draft = &table->draft[i];
        size_t at = table_field_named(field, fields, draft->is.name);
        table->at[i] = at < fields ? at : SIZE_MAX;
        further -= at < fields;
        if (at == fields && is_needed(draft, labelled))
            rc = csv_error(reader, NULL, "no column '%s'; expected the %zu columns of %s",
                           draft->is.name, needed,
                           table->origin ? table->origin : "the training data");
    }
    further -= count_kept(table, field, fields);
    if (further && !rc && table->dataset && !table->again)
        dataset_note(table->dataset, false, "%s: %zu column%s of it %s ignored", table->path,
                     further, further == 1 ? "" : "s", further == 1 ? "is" : "are");
    return rc;
}

static int find_by_position(struct table *table, const struct csv_reader *reader, bool labelled,
                            size_t fields)
{
    int rc = TRAINER_OK;
    for (size_t i = 0; i < table->drafts; i++) {
        const struct table_draft *draft = &table->draft[i];
        size_t at = (size_t)draft->is.position;
        table->at[i] = at < fields ? at : SIZE_MAX;
        if (at >= fields && is_needed(draft, labelled))
            rc = csv_error(reader, NULL, "no column %zu, which is '%s'; the row has %zu fields",
                           at + 1, draft->is.name, fields);
    }
    return rc;
}

/* Fields that are tried as numbers while they are scanned. */
static int want_numbers(struct table *table, struct csv_reader *reader, size_t fields)
{
    bool multi = table->options->classes->as == LABELS_MULTI;
    table->want = arena_array(table->arena, fields, sizeof *table->want);
    if (!table->want)
        return TRAINER_FAILED;
    for (size_t i = 0; i < table->drafts; i++) {
        struct table_draft *draft = &table->draft[i];
        draft->choosy = draft->byte || (multi && draft->is.role == TABLE_LABELS) ||
                        draft->is.role == TABLE_WEIGHTS || draft->is.type == TABLE_INDEX;
        if (!draft->texts && table->at[i] < fields)
            table->want[table->at[i]] = 1;
    }
    csv_want(reader, table->want, fields);
    return TRAINER_OK;
}

int table_open_file(struct table *table, struct csv_reader *reader, bool labelled,
                    const struct csv_field **field, size_t *fields, bool *first_row)
{
    bool learning = table->fields == 0;
    if (learning)
        table->header = table->options->header != HEADER_NONE;
    int rc = csv_next(reader, field, fields);
    if (rc)
        return rc;
    if (!*fields)
        return error_add(TRAINER_INVALID, "%s: the file is empty; expected %s", table->path,
                         table->header ? "column names" : "rows");
    if (table->options->header == HEADER_AUTO && table->header &&
        table_count_numbers(table, *field, *fields) == *fields)
        return csv_error(reader, *field,
                         "the first line holds numbers only; expected column names "
                         "(header: false takes it as data)");
    table->width = *fields;
    table->first_line = csv_record_line(reader);
    if (learning) {
        table->delimiter = csv_delimiter(reader);
        rc = table_find_columns(table, reader, *field, *fields);
    } else if (table->plain) {
        rc = table_open_plain(table, reader, labelled, *field, *fields);
    } else if (table->header) {
        rc = table_find_by_name(table, reader, labelled, *field, *fields);
    } else {
        rc = find_by_position(table, reader, labelled, *fields);
    }
    *first_row = !table->header;
    return rc ? rc : want_numbers(table, reader, *fields);
}
