/*
 * table_parts.c - the rows of a large file, shared out among threads.
 *
 * A round takes some parts of PART bytes, one behind the other; threads take them as they are free.
 * The first begins at a record. Each other one is taken to begin behind the first line feed in it,
 * which is a guess: that one may stand in quotes. Each part is read by a copy of the table. Then
 * the parts are joined in order:
 *
 *     a part that begins where the one before it ended was guessed right, and what it learned is
 *     what one reader would have learned there
 *
 * and its rows are copied to where they belong, again by all threads.
 *
 * From the first part on that was not, or that met something whose message or effect depends on the
 * rows before - a mistake, a column that turned out to be texts, large whole numbers, of which some
 * may have one float32 - one reader goes on for a part's length, and the next round begins behind
 * that. So values, messages and their order are those of one reader, for any number of threads.
 */
#include "base/error.h"
#include "table_internal.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum {
    PART = 1 << 20,  /* bytes */
    PARTS_MOST = 8,  /* of a round; each takes some 4 MiB */
    MISSES_MOST = 4, /* rounds in a row that were not joined whole; then one reader does the rest */
};

struct part {
    struct csv_reader *reader;
    struct table table; /* a copy with drafts of its own */
    struct table_cells cells;
    bool guessed;         /* it begins behind a line feed, not at `from` */
    uint64_t from, until; /* bytes of the file */
    uint64_t begin, end;  /* those of the records that were read */
    size_t rows, lines;
    bool good;        /* it may be joined */
    size_t row;       /* once joined: its first one, of all */
    int32_t **number; /* (drafts) of its texts, once joined; NULL: as they are */
};

/* --- one part, by one thread ------------------------------------------------------------------ */

/* Whether texts get numbers as they come: a part's own, until it is joined. */
static bool has_own_texts(const struct table_draft *draft)
{
    return draft->texts && !draft->known;
}

static void prepare_draft(struct table_draft *draft, const struct table_draft *of)
{
    *draft = *of;
    draft->numbers = draft->absent = draft->strings = 0;
    draft->fraction = false;
    draft->whole = NULL;
    draft->absences = 0;
    draft->word_at = (struct table_place){0};
    if (!of->known)
        draft->vocabulary = (struct vocabulary){0};
}

static void release_draft(struct table_draft *draft)
{
    if (!draft->known)
        vocabulary_free(&draft->vocabulary);
    free(draft->whole);
}

/* Whether nothing happened that one reader would have to see. */
static bool is_ordinary(const struct part *part, const struct table *of)
{
    for (size_t i = 0; i < of->drafts; i++)
        if (part->table.draft[i].texts != of->draft[i].texts || part->table.draft[i].whole ||
            part->table.draft[i].odd != of->draft[i].odd)
            return false;
    return true;
}

static void read_part(struct part *part, const struct table *of)
{
    struct table_progress progress = {0};
    bool found = true;
    for (size_t i = 0; i < of->drafts; i++)
        prepare_draft(&part->table.draft[i], &of->draft[i]);
    csv_seek(part->reader, part->from, 1, part->until);
    int rc = part->guessed ? csv_skip_line(part->reader, &found) : TRAINER_OK;
    part->begin = csv_offset(part->reader);
    if (!rc && found)
        rc = table_read_rows(&part->table, part->reader, NULL, 0, part->until, &part->cells,
                             &progress);
    part->end = csv_offset(part->reader);
    part->rows = progress.row;
    part->lines = csv_line(part->reader) - 1;
    part->good = !rc && found && is_ordinary(part, of);
    error_clear(); /* one reader will tell it */
}

/* --- joining ---------------------------------------------------------------------------------- */

/* Texts that are new get the numbers that one reader gives them: a part has its own in the order in
 * which they came. */
static int join_texts(struct table_draft *draft, struct part *part, size_t i)
{
    const struct vocabulary *own = &part->table.draft[i].vocabulary;
    int32_t *number = part->number[i] = calloc(own->count + 1, sizeof *number);
    int rc = number ? TRAINER_OK : error_memory("a vocabulary", own->count * sizeof *number);
    for (size_t k = 0; !rc && k < own->count; k++)
        rc = vocabulary_add(&draft->vocabulary, own->name[k], own->length[k], &number[k]);
    return rc;
}

/* lines: of the file before the part. */
static void join_counts(struct table_draft *draft, const struct table_draft *part, size_t lines)
{
    draft->numbers += part->numbers;
    draft->absent += part->absent;
    draft->strings += part->strings;
    draft->fraction = draft->fraction || part->fraction;
    for (size_t k = 0; k < part->absences && draft->absences < TABLE_PLACES; k++) {
        draft->absence[draft->absences] = part->absence[k];
        draft->absence[draft->absences++].line += lines;
    }
    if (!draft->word_at.line && part->word_at.line) {
        draft->word_at = part->word_at;
        draft->word_at.line += lines;
    }
}

static int join_part(struct table *table, struct part *part, size_t row, size_t lines)
{
    int rc = TRAINER_OK;
    part->row = row;
    for (size_t i = 0; !rc && i < table->drafts; i++) {
        struct table_draft *draft = &table->draft[i];
        bool written = draft->again == table->again;
        join_counts(draft, &part->table.draft[i], lines);
        if (written && has_own_texts(draft))
            rc = join_texts(draft, part, i);
    }
    return rc;
}

/* Puts the rows of a part that was joined where they belong. */
static void copy_part(const struct table *table, const struct part *part,
                      const struct table_cells *cells)
{
    size_t bytes = cells->columns * (cells->wide ? sizeof(double) : sizeof(float));
    if (!table->again && part->rows)
        memcpy((char *)cells->cell + part->row * bytes, part->cells.cell, part->rows * bytes);
    for (size_t i = 0; i < table->drafts; i++)
        for (size_t r = 0; part->number[i] && r < part->rows; r++) {
            double value = cell_get(&part->cells, r, i);
            cell_set(cells, part->row + r, i,
                     isnan(value) ? value : part->number[i][(size_t)value]);
        }
}

/* Joins the parts behind the record at *offset, in *line, as far as they can be: *joined of them.
 */
static int join_parts(struct table *table, struct part *part, size_t count,
                      struct table_cells *cells, struct table_progress *progress, uint64_t *offset,
                      size_t *line, size_t *joined)
{
    int rc = TRAINER_OK;
    for (*joined = 0; !rc && *joined < count; ++*joined) {
        struct part *next = &part[*joined];
        if (!next->good || next->begin != *offset || next->rows > TABLE_ROWS_MOST - progress->row)
            break;
        rc = join_part(table, next, progress->row, *line - 1);
        progress->row += next->rows;
        *offset = next->end;
        *line += next->lines;
    }
    return rc ? rc : table_cells_grow(cells, progress->row);
}

static void release_part(struct part *part, size_t drafts)
{
    for (size_t i = 0; i < drafts; i++) {
        release_draft(&part->table.draft[i]);
        free(part->number[i]);
        part->number[i] = NULL;
    }
}

/* --- rounds ----------------------------------------------------------------------------------- */

static int threads_of(size_t parts)
{
    int threads = omp_get_max_threads();
    return threads < (int)parts ? threads : (int)parts;
}

/* Sets the parts behind the record at `offset`: how many there are before the file ends. */
static size_t set_parts(struct part *part, size_t parts, uint64_t offset, uint64_t size)
{
    size_t count = 0;
    for (; count < parts && offset < size; count++, offset += PART) {
        part[count].guessed = count > 0;
        part[count].from = offset - (count > 0); /* the byte before may be the line feed */
        part[count].until = offset + PART;
    }
    return count;
}

/* Reads parts from the record at which the reader stands, and joins what can be joined: the reader
 * then stands behind that. *whole: nothing was left. */
static int read_round(struct table *table, struct csv_reader *reader, struct part *part,
                      size_t parts, struct table_cells *cells, struct table_progress *progress,
                      bool *whole)
{
    uint64_t offset = csv_offset(reader);
    size_t line = csv_line(reader), count = set_parts(part, parts, offset, csv_size(reader));
    size_t joined = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_of(parts))
    for (size_t i = 0; i < count; i++)
        read_part(&part[i], table);
    int rc = join_parts(table, part, count, cells, progress, &offset, &line, &joined);
    const size_t copied = rc ? 0 : joined;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_of(parts))
    for (size_t i = 0; i < copied; i++)
        copy_part(table, &part[i], cells);
    for (size_t i = 0; i < count; i++)
        release_part(&part[i], table->drafts);
    *whole = joined == count;
    csv_seek(reader, offset, line, *whole ? UINT64_MAX : offset + PART);
    return rc;
}

static int open_part(struct part *part, const struct table *table, const struct csv_reader *reader)
{
    part->table = *table;
    part->table.draft = calloc(table->drafts, sizeof *part->table.draft);
    part->number = calloc(table->drafts, sizeof *part->number);
    part->cells = (struct table_cells){.columns = table->drafts, .wide = table->options->wide};
    if (!part->table.draft || !part->number)
        return error_memory("a table", table->drafts * sizeof *part->table.draft);
    return csv_open_again(&part->reader, reader);
}

static void close_part(struct part *part)
{
    csv_close(part->reader);
    free(part->table.draft);
    free(part->number);
    free(part->cells.cell);
}

/* Rounds until the file ends, something is wrong, or guesses keep failing. */
static int read_rounds(struct table *table, struct csv_reader *reader, size_t parts,
                       struct table_cells *cells, struct table_progress *progress)
{
    struct part part[PARTS_MOST] = {0};
    int rc = TRAINER_OK, misses = 0;
    for (size_t i = 0; !rc && i < parts; i++)
        rc = open_part(&part[i], table, reader);
    while (!rc && misses < MISSES_MOST && csv_offset(reader) < csv_size(reader)) {
        bool whole;
        rc = read_round(table, reader, part, parts, cells, progress, &whole);
        misses = whole ? 0 : misses + 1;
        if (!rc && !whole)
            rc =
                table_read_rows(table, reader, NULL, 0, csv_offset(reader) + PART, cells, progress);
    }
    for (size_t i = 0; i < parts; i++)
        close_part(&part[i]);
    return rc;
}

/* How many parts a round has; 1 where one reader does it all. */
static size_t count_parts(const struct table *table, const struct csv_reader *reader)
{
    const struct dataset *dataset = table->dataset;
    bool team = dataset && !dataset->describe_only && !dataset->learned && !omp_in_parallel() &&
                omp_get_max_threads() > 1;
    uint64_t parts = csv_size(reader) / PART;
    if (!team || error_count() || parts < 3)
        return 1;
    return parts < PARTS_MOST ? (size_t)parts : PARTS_MOST;
}

int table_read_parts(struct table *table, struct csv_reader *reader, const struct csv_field *field,
                     size_t fields, struct table_cells *cells, struct table_progress *progress)
{
    size_t parts = count_parts(table, reader);
    int rc = TRAINER_OK;
    if (parts > 1) { /* one part by one reader: types begin to show */
        rc = table_read_rows(table, reader, field, fields, csv_offset(reader) + PART, cells,
                             progress);
        fields = 0;
        if (!rc)
            rc = read_rounds(table, reader, parts, cells, progress);
    }
    if (rc == TRAINER_FAILED)
        return rc;
    int more = table_read_rows(table, reader, field, fields, UINT64_MAX, cells, progress);
    return more ? more : rc;
}
