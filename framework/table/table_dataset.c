/*
 * table_dataset.c - cells of rows become columns, inputs in the place of their cells.
 */
#include "table_dataset.h"

#include "base/error.h"
#include "table_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what was learned ------------------------------------------------------------------------- */

static const char *const *copy_names(struct arena *arena, const char *const *name, size_t count)
{
    const char **copy = arena_array(arena, count, sizeof *copy);
    for (size_t i = 0; copy && i < count; i++)
        if (!(copy[i] = arena_copy(arena, name[i], strlen(name[i]))))
            return NULL;
    return copy;
}

/* What the table learned, in the data set's arena; NULL where memory ran out. */
static const struct learned_table *keep_learned(struct dataset *dataset, const struct table *table)
{
    const struct table_options *options = table->options;
    struct arena *arena = &dataset->arena;
    struct learned_table *learned = arena_allocate(arena, sizeof *learned);
    struct table_column *column = arena_array(arena, table->drafts, sizeof *column);
    if (!learned || !column)
        return NULL;
    *learned = (struct learned_table){.header = table->header,
                                      .delimiter = options->format.delimiter,
                                      .decimal = options->format.decimal,
                                      .thousands = options->format.thousands,
                                      .comment = options->format.comment,
                                      .latin1 = options->format.latin1,
                                      .skip = (int64_t)options->format.skip,
                                      .words = options->words,
                                      .word = copy_names(arena, options->word, options->words),
                                      .columns = table->drafts,
                                      .column = column};
    for (size_t i = 0; i < table->drafts; i++) {
        column[i] = table->draft[i].is;
        column[i].absent = table->draft[i].absent;
        column[i].name = arena_copy(arena, column[i].name, strlen(column[i].name));
        if (column[i].categories)
            column[i].category = copy_names(arena, column[i].category, column[i].categories);
        if (!column[i].name || (column[i].categories && !column[i].category))
            return NULL;
    }
    return learned->word ? learned : NULL;
}

/* Elements that a column becomes in `inputs`. */
static size_t elements_of(const struct table_column *column)
{
    if (column->role != TABLE_INPUT || column->type == TABLE_INDEX)
        return 0;
    return column->type == TABLE_CATEGORY ? column->categories : 1;
}

/* The elements that the inputs become: (*count) of them; NULL where memory ran out. */
static struct feature *make_features(struct arena *arena, const struct learned_table *table,
                                     size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < table->columns; i++)
        *count += elements_of(&table->column[i]);
    struct feature *feature = arena_array(arena, *count + 1, sizeof *feature);
    size_t at = 0;
    for (size_t i = 0; feature && i < table->columns; i++) {
        const struct table_column *column = &table->column[i];
        bool category = column->type == TABLE_CATEGORY;
        for (size_t k = 0; k < elements_of(column); k++) {
            const char *name = category
                                   ? arena_print(arena, "%s=%s", column->name, column->category[k])
                                   : column->name;
            feature[at++] = (struct feature){.name = name,
                                             .indicator = category,
                                             .mean = !category && column->missing == MISSING_MEAN};
            if (!name)
                return NULL;
        }
    }
    return feature;
}

/* --- columns ---------------------------------------------------------------------------------- */

/* How one draft's cells are turned. */
struct turn {
    const struct learned_table *table;
    const struct table *from;
    const struct table_cells *cells;
    bool learned;
    enum split split;
    size_t features; /* elements of inputs */
    size_t rows;     /* kept */
    uint8_t *drop;   /* (cells->rows); NULL: none is dropped */
};

static int make_columns(struct dataset *dataset, const struct table *table, bool wide)
{
    const struct learned_table *learned = dataset->table = keep_learned(dataset, table);
    size_t count, targets = 0;
    struct feature *feature = learned ? make_features(&dataset->arena, learned, &count) : NULL;
    struct feature *target =
        learned ? arena_array(&dataset->arena, learned->columns, sizeof *target) : NULL;
    enum stored stored = wide ? STORED_DOUBLE : STORED_FLOAT;
    struct column *column = NULL;
    if (!feature || !target)
        return TRAINER_FAILED;
    if (count && !(column = dataset_column(dataset, "inputs", stored, shape_vector(count))))
        return TRAINER_INVALID;
    if (count)
        column->feature = feature;
    for (size_t i = 0; i < learned->columns; i++) {
        const struct table_column *of = &learned->column[i];
        if (of->role == TABLE_LABELS)
            target[targets++] = (struct feature){.name = of->name};
        if (of->role != TABLE_INPUT || of->type != TABLE_INDEX)
            continue;
        if (dataset_find(dataset, of->name) || !strcmp(of->name, "labels") ||
            !strcmp(of->name, "weights"))
            return config_error(dataset->at, "a column of integers cannot be named '%s'", of->name);
        column = dataset_column(dataset, of->name, STORED_LABEL, shape_scalar());
        if (!column)
            return TRAINER_INVALID;
        column->classes = of->categories;
        column->class_name = of->categories ? of->category : NULL;
    }
    for (size_t i = 0; i < learned->columns; i++) {
        const struct table_column *of = &learned->column[i];
        bool classes = of->role == TABLE_LABELS && of->type == TABLE_CATEGORY;
        bool wanted = of->role != TABLE_INPUT && (!dataset->learned || dataset->labelled);
        if (!wanted || (of->role == TABLE_LABELS && dataset_find(dataset, "labels")))
            continue;
        column = of->role == TABLE_WEIGHTS
                     ? dataset_column(dataset, "weights", stored, shape_scalar())
                 : classes ? dataset_column(dataset, "labels", STORED_LABEL, shape_scalar())
                           : dataset_column(dataset, "labels", stored, shape_vector(targets));
        if (!column)
            return TRAINER_INVALID;
        column->classes = classes ? of->categories : 0;
        column->class_name = classes ? of->category : NULL;
        column->feature = of->role == TABLE_LABELS && !classes ? target : NULL;
    }
    return TRAINER_OK;
}

/* The value of a cell as it is settled: numbers of sorted texts; NaN where it is missing. */
static double settled(const struct turn *turn, size_t row, size_t draft)
{
    const struct table_draft *of = &turn->from->draft[draft];
    double value = cell_get(turn->cells, row, draft);
    if (!turn->learned || !of->texts || !of->rename || isnan(value))
        return value;
    int32_t number = of->rename[(int32_t)value];
    return number < 0 ? (double)NAN : number;
}

/* Marks the rows that miss a value and may be dropped. */
static int drop_rows(struct turn *turn)
{
    turn->rows = turn->cells->rows;
    for (size_t i = 0; i < turn->table->columns; i++) {
        if (turn->table->column[i].missing != MISSING_DROP || turn->from->at[i] == SIZE_MAX)
            continue;
        if (!turn->drop && !(turn->drop = calloc(turn->cells->rows + 1, 1)))
            return error_memory("the rows of a table", turn->cells->rows);
        for (size_t row = 0; row < turn->cells->rows; row++) {
            bool missing = !turn->drop[row] && isnan(settled(turn, row, i));
            turn->drop[row] = turn->drop[row] || missing;
            turn->rows -= missing;
        }
    }
    return TRAINER_OK;
}

/* The stored values of one split of a column. */
static inline void put(void *values, enum stored stored, size_t i, double value)
{
    if (stored == STORED_DOUBLE)
        ((double *)values)[i] = value;
    else if (stored == STORED_FLOAT)
        ((float *)values)[i] = (float)value;
    else if (stored == STORED_BYTE)
        ((uint8_t *)values)[i] = (uint8_t)value;
    else
        ((int32_t *)values)[i] = (int32_t)value;
}

/* Writes the inputs of a row from element `at` of values on. */
static inline void write_inputs(const struct turn *turn, size_t row, void *values,
                                enum stored stored, size_t at)
{
    memset((char *)values + at * stored_size(stored), 0, turn->features * stored_size(stored));
    for (size_t i = 0; i < turn->table->columns; i++) {
        const struct table_column *of = &turn->table->column[i];
        size_t elements = elements_of(of);
        if (!elements)
            continue;
        double value = settled(turn, row, i);
        if (of->type == TABLE_CATEGORY) {
            if (!isnan(value))
                put(values, stored, at + (size_t)value, 1);
        } else if (!isnan(value) || of->missing != MISSING_ZERO) {
            put(values, stored, at, value);
        }
        at += elements;
    }
}

/* Labels, weights, indices: of the draft `first` and the next ones of its role. */
static int fill_narrow(struct dataset *dataset, struct turn *turn, struct column *column,
                       size_t first)
{
    const struct table_column *of = &turn->table->column[first];
    size_t width = shape_size(column->shape), at = 0;
    if (turn->from->at[first] == SIZE_MAX) /* labels that are not there */
        return TRAINER_OK;
    void *values =
        dataset_reserve(dataset, column->name, turn->rows * width * stored_size(column->stored));
    if (!values)
        return TRAINER_FAILED;
    for (size_t row = 0; row < turn->cells->rows; row++) {
        if (turn->drop && turn->drop[row])
            continue;
        for (size_t k = 0; k < width; k++) {
            double value = settled(turn, row, first + k);
            value = isnan(value) && of->missing == MISSING_ZERO ? 0 : value;
            put(values, column->stored, at++, value);
            if (of->type == TABLE_INDEX && !of->categories && column->classes <= (size_t)value)
                column->classes = (size_t)value + 1;
        }
    }
    column->values[turn->split] = values;
    return TRAINER_OK;
}

/* Whether the inputs of a row are its first cells, as they are. */
static bool is_as_read(const struct turn *turn)
{
    bool plain = turn->features <= turn->cells->columns;
    for (size_t i = 0; plain && i < turn->features; i++) {
        const struct table_column *of = &turn->table->column[i];
        plain = of->role == TABLE_INPUT && of->type == TABLE_NUMBER &&
                of->missing != MISSING_ZERO && !turn->from->draft[i].texts;
    }
    return plain;
}

/* Moves the first bytes of each row that is kept to the front, one row behind the other. */
static void close_gaps(const struct turn *turn, struct table_cells *cells, size_t bytes)
{
    const size_t stride = cells->columns * (cells->wide ? sizeof(double) : sizeof(float));
    char *cell = cells->cell, *to = cell;
    for (size_t row = 0; row < cells->rows && (turn->drop || bytes < stride); row++) {
        if (turn->drop && turn->drop[row])
            continue;
        if (to != cell + row * stride)
            memmove(to, cell + row * stride, bytes);
        to += bytes;
    }
    cells->rows = turn->rows;
}

/* Writes rows [first, last), none of which lies where cells are still to be read. */
static void write_rows(const struct turn *turn, enum stored stored, size_t first, size_t last,
                       void *values)
{
    if (stored == STORED_FLOAT)
        for (size_t row = first; row < last; row++)
            write_inputs(turn, row, values, STORED_FLOAT, row * turn->features);
    else
        for (size_t row = first; row < last; row++)
            write_inputs(turn, row, values, stored, row * turn->features);
}

/* One row that may lie upon its own cells; row_values[features]: of `stored`. */
static void write_upon(const struct turn *turn, enum stored stored, size_t row, void *values,
                       void *row_values)
{
    const size_t bytes = turn->features * stored_size(stored);
    write_inputs(turn, row, row_values, stored, 0);
    memcpy((char *)values + row * bytes, row_values, bytes);
}

/* The inputs in place of the cells, values having room for both. Rows that are no wider are written
 * from the first on, and wider ones from the last on, so that no cell is lost; of these all threads
 * write those at a time that lie behind all cells left. */
static int write_all(const struct turn *turn, enum stored stored, void *values)
{
    enum { ROWS = 1024 /* of a piece */ };
    const size_t features = turn->features, columns = turn->cells->columns;
    size_t last = turn->cells->rows;
    void *row_values = calloc(features, stored_size(stored));
    if (!row_values)
        return error_memory("rows", features * stored_size(stored));
    for (size_t row = 0; features <= columns && row < last; row++)
        write_upon(turn, stored, row, values, row_values);
    last = features <= columns ? 0 : last;
    for (size_t first; features > columns; last = first) {
        const size_t end = last;
        first = (last * columns + features - 1) / features;
        if (last - first < ROWS)
            break;
#pragma omp parallel for schedule(static)
        for (size_t i = first; i < end; i += ROWS)
            write_rows(turn, stored, i, end - i < ROWS ? end : i + ROWS, values);
    }
    while (last-- > 0)
        write_upon(turn, stored, last, values, row_values);
    free(row_values);
    return TRAINER_OK;
}

static int fill_inputs(struct dataset *dataset, struct turn *turn, struct table_cells *cells)
{
    struct column *column = dataset_find(dataset, "inputs");
    if (!turn->features)
        return TRAINER_OK;
    const size_t size = stored_size(column->stored), bytes = turn->rows * turn->features * size;
    const bool as_read = is_as_read(turn);
    close_gaps(turn, cells, (as_read ? turn->features : cells->columns) * size);
    const bool wider = turn->features > cells->columns;
    if (wider && block_resize("inputs", &cells->cell, bytes))
        return TRAINER_FAILED;
    int rc = as_read ? TRAINER_OK : write_all(turn, column->stored, cells->cell);
    if (rc)
        return rc;
    void *smaller = wider ? NULL : realloc(cells->cell, bytes ? bytes : 1);
    void *values = smaller ? smaller : cells->cell;
    cells->cell = NULL;
    column->values[turn->split] = values;
    return dataset_keep(dataset, values);
}

/* The values of SPLIT_TRAIN, which are buffers here. */
static void *buffer_of(const struct column *column)
{
    return (void *)(uintptr_t)column->values[SPLIT_TRAIN];
}

int table_write_row(const struct dataset *dataset, const struct table *table,
                    const struct learned_table *learned, const struct table_cells *cells,
                    size_t row)
{
    enum { SMALL = 256 };
    struct turn turn = {.table = learned, .from = table, .cells = cells};
    double some[SMALL], *value = some;
    size_t features = 0;
    for (size_t i = 0, at = 0; i < learned->columns; i++) {
        const struct table_column *of = &learned->column[i];
        features += elements_of(of);
        if (of->role != TABLE_INPUT || of->type != TABLE_INDEX)
            continue;
        while (at < (size_t)dataset->columns && strcmp(dataset->column[at].name, of->name) != 0)
            at++;
        double index = settled(&turn, row, i);
        if (isnan(index) && of->missing == MISSING_ZERO)
            index = 0;
        put(buffer_of(&dataset->column[at]), STORED_LABEL, row, index);
    }
    if (!features)
        return TRAINER_OK;
    if (features > SMALL && !(value = malloc(features * sizeof *value)))
        return error_memory("a row", features * sizeof *value);
    turn.features = features;
    write_inputs(&turn, row, value, STORED_DOUBLE, 0);
    for (size_t at = 0, c = 0; at < features; c++) {
        const struct column *column = &dataset->column[c];
        size_t size = shape_size(column->shape);
        for (size_t k = 0; column->stored != STORED_LABEL && k < size; k++)
            put(buffer_of(column), column->stored, row * size + k, value[at++]);
    }
    if (value != some)
        free(value);
    return TRAINER_OK;
}

void table_clear_row(const struct dataset *dataset, size_t row)
{
    for (int i = 0; i < dataset->columns; i++) {
        const struct column *column = &dataset->column[i];
        size_t bytes = shape_size(column->shape) * stored_size(column->stored);
        memset((char *)buffer_of(column) + row * bytes, 0, bytes);
    }
}

int table_fill(struct dataset *dataset, const struct table *table, struct table_cells *cells,
               enum split split, bool learned)
{
    struct turn turn = {.from = table, .cells = cells, .learned = learned, .split = split};
    int rc = split == SPLIT_TRAIN ? make_columns(dataset, table, cells->wide) : TRAINER_OK;
    turn.table = dataset->table;
    if (!rc)
        rc = drop_rows(&turn);
    for (size_t i = 0; !rc && i < turn.table->columns; i++) {
        const struct table_column *of = &turn.table->column[i];
        bool first = !i || of[-1].role != of->role;
        turn.features += elements_of(of);
        if (of->role == TABLE_INPUT && of->type == TABLE_INDEX)
            rc = fill_narrow(dataset, &turn, dataset_find(dataset, of->name), i);
        else if (of->role != TABLE_INPUT && first &&
                 dataset_find(dataset, table_role_words[of->role]))
            rc = fill_narrow(dataset, &turn, dataset_find(dataset, table_role_words[of->role]), i);
    }
    if (!rc)
        rc = fill_inputs(dataset, &turn, cells);
    dataset->count[split] = turn.rows;
    if (!rc && !turn.rows)
        rc = error_add(TRAINER_INVALID, "%s: %s", table->path,
                       turn.drop ? "every row misses a value" : "there is no row");
    free(turn.drop);
    free(cells->cell);
    cells->cell = NULL;
    return rc;
}

/* --- arrays ----------------------------------------------------------------------------------- */

int table_make_inputs(struct dataset *dataset, const struct learned *learned, size_t rows)
{
    for (size_t i = 0; i < learned->inputs; i++) {
        const struct learned_input *input = &learned->input[i];
        struct column *column = dataset_column(dataset, input->name, input->stored, input->shape);
        size_t bytes = rows * shape_size(input->shape) * stored_size(input->stored);
        if (!column)
            return TRAINER_INVALID;
        column->scale = input->scale;
        column->feature = input->feature;
        column->offset = input->offset;
        column->divisor = input->divisor;
        column->fill = input->fill;
        column->values[SPLIT_TRAIN] = dataset_block(dataset, "rows of a table", bytes);
        if (!column->values[SPLIT_TRAIN])
            return TRAINER_FAILED;
    }
    return TRAINER_OK;
}

/* Classes, or numbers, which stay float64 where they will be normalised. */
static int fill_labels(struct dataset *dataset, struct turn *turn, size_t first)
{
    const struct learned *learned = dataset->learned;
    size_t targets = turn->table->columns - first;
    enum stored stored = learned->classes         ? STORED_LABEL
                         : learned->label_divisor ? STORED_DOUBLE
                                                  : STORED_FLOAT;
    struct column *column = dataset_column(
        dataset, "labels", stored, learned->classes ? shape_scalar() : shape_vector(targets));
    if (!column)
        return TRAINER_INVALID;
    column->classes = learned->classes;
    return fill_narrow(dataset, turn, column, first);
}

int table_fill_plain(struct dataset *dataset, const struct table *table,
                     const struct learned_table *plain, struct table_cells *cells)
{
    struct turn turn = {
        .table = plain, .from = table, .cells = cells, .split = SPLIT_TRAIN, .rows = cells->rows};
    size_t first = 0;
    while (first < plain->columns && plain->column[first].role == TABLE_INPUT)
        first++;
    int rc = table_make_inputs(dataset, dataset->learned, cells->rows);
    for (size_t row = 0; !rc && row < cells->rows; row++)
        rc = table_write_row(dataset, table, plain, cells, row);
    if (!rc && first < plain->columns)
        rc = fill_labels(dataset, &turn, first);
    dataset->count[SPLIT_TRAIN] = cells->rows;
    free(cells->cell);
    cells->cell = NULL;
    return rc;
}
