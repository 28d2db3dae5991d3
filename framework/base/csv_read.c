/*
 * csv_read.c - a buffer that holds at least the current record, and one pass over its bytes.
 *
 * Invariants: a NUL and DECIMAL_MARGIN more bytes stand behind the last byte of the buffer, so that
 * scanning needs no bounds; where it meets that NUL before the record ends, the record is moved to
 * the front, more is read, and it is scanned again from its beginning.
 */
#include "csv_read.h"

#include "error.h"
#include "file_type.h"
#include "utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PIECE = 1 << 20,        /* bytes read at a time */
    PIECE_BEHIND = 1 << 16, /* the same behind what csv_seek was asked for */
    FIELDS_FIRST = 64,
    NUMBER_MAX = 512, /* bytes of a number that needs to be copied */
};

/* What a byte is to a field that is not quoted. */
enum { PLAIN, HIGH, STOP };

struct csv_reader {
    struct data_file *source;
    int descriptor;
    const char *name;
    struct csv_format format;
    uint8_t class[256];
    char *buffer; /* capacity + 1 + DECIMAL_MARGIN bytes */
    size_t capacity, begin, end;
    size_t row_most;     /* bytes of a row */
    bool ended;          /* nothing more can be read */
    bool broken;         /* nothing behind the last error can be understood */
    size_t line;         /* of the byte at `begin`, from 1 */
    size_t record, next; /* offsets: of the current record, and behind it */
    size_t record_line, next_line;
    uint64_t bytes;
    bool placed;    /* reads at `bytes` of the source, and not behind what was read last */
    uint64_t until; /* of csv_seek */
    struct csv_field *field;
    size_t fields, room;
    bool numbers; /* all fields of the record are `number` */
    const uint8_t *want;
    size_t wanted;
    char *scratch; /* fields without doubled quotes */
    size_t scratch_size;
};

/* --- places ----------------------------------------------------------------------------------- */

/* Line and column of a byte of the current record. */
static void find_place(const struct csv_reader *reader, size_t at, size_t *line, size_t *column)
{
    const char *text = reader->buffer + reader->record;
    *line = reader->record_line;
    *column = 1;
    for (size_t i = 0; i < at; i++) {
        bool new_line = text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
        *line += new_line;
        if (new_line)
            *column = 1;
        else
            *column += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
}

__attribute__((format(printf, 3, 0))) static int
error_at(const struct csv_reader *reader, size_t at, const char *format, va_list arguments)
{
    char text[1024];
    size_t line, column;
    int length = vsnprintf(text, sizeof text, format, arguments);
    find_place(reader, at, &line, &column);
    return error_add(TRAINER_INVALID, "%s:%zu:%zu: %s", reader->name, line, column,
                     length < 0 ? format : text);
}

__attribute__((format(printf, 3, 4))) static int refuse(const struct csv_reader *reader, size_t at,
                                                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int rc = error_at(reader, at, format, arguments);
    va_end(arguments);
    return rc;
}

int csv_error(const struct csv_reader *reader, const struct csv_field *field, const char *format,
              ...)
{
    va_list arguments;
    va_start(arguments, format);
    int rc = error_at(reader, field ? field->at : 0, format, arguments);
    va_end(arguments);
    return rc;
}

void csv_place(const struct csv_reader *reader, const struct csv_field *field, size_t *line,
               size_t *column)
{
    find_place(reader, field->at, line, column);
}

/* --- the buffer ------------------------------------------------------------------------------- */

/* The same from the byte that the reader has come to. */
static int read_placed(struct csv_reader *reader, char *to, size_t wanted, size_t *got)
{
    uint64_t size = data_file_size(reader->source), at = reader->bytes;
    uint64_t left = at < size ? size - at : 0;
    uint64_t most = at < reader->until ? reader->until - at : PIECE_BEHIND;
    most = most < left ? most : left;
    *got = wanted < most ? wanted : (size_t)most;
    return *got ? data_file_read_at(reader->source, at, to, *got) : TRAINER_OK;
}

static int read_some(struct csv_reader *reader, char *to, size_t wanted, size_t *got)
{
    *got = 0;
    if (reader->placed)
        return read_placed(reader, to, wanted, got);
    if (reader->source)
        return data_file_read(reader->source, to, wanted, got);
    ssize_t done;
    do
        done = read(reader->descriptor, to, wanted);
    while (done < 0 && errno == EINTR);
    if (done < 0)
        return error_add(TRAINER_FAILED, "%s: cannot read: %s", reader->name, strerror(errno));
    *got = (size_t)done;
    return TRAINER_OK;
}

/* Turns count bytes of Latin-1 at the end of the free room into UTF-8 at `to`. */
static size_t widen(char *to, const char *from, size_t count)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned char byte = (unsigned char)from[i];
        if (byte >= 0x80)
            to[used++] = (char)(0xC0 | byte >> 6);
        to[used++] = (char)(byte < 0x80 ? byte : 0x80 | (byte & 0x3F));
    }
    return used;
}

/* Moves what is left to the front and reads more behind it, into a larger buffer where it is full.
 */
static int refill(struct csv_reader *reader)
{
    size_t left = reader->end - reader->begin, got;
    memmove(reader->buffer, reader->buffer + reader->begin, left);
    reader->begin = 0;
    reader->end = left;
    if (left > reader->row_most) {
        reader->broken = true;
        reader->record = 0;
        reader->record_line = reader->line;
        return refuse(reader, 0, "a row of more than %d MiB", CSV_ROW_MAX >> 20);
    }
    if (reader->capacity - left < PIECE) {
        size_t capacity = 2 * reader->capacity;
        char *grown = realloc(reader->buffer, capacity + 1 + DECIMAL_MARGIN);
        if (!grown)
            return error_memory("a row", capacity);
        reader->buffer = grown;
        reader->capacity = capacity;
    }
    char *to = reader->buffer + left;
    size_t room = reader->capacity - left, half = reader->format.latin1 ? room / 2 : 0;
    int rc = read_some(reader, to + half, room - half < PIECE ? room - half : PIECE, &got);
    reader->ended = rc || !got;
    reader->bytes += got;
    reader->end = left + (half ? widen(to, to + half, got) : got);
    memset(reader->buffer + reader->end, 0, 1 + DECIMAL_MARGIN);
    return rc;
}

/* --- one record ------------------------------------------------------------------------------- */

/* What scanning a field came to. */
enum scan { SCANNED, WANTS_MORE, REFUSED };

static inline struct csv_field *add_field(struct csv_reader *reader)
{
    if (reader->fields == reader->room) {
        size_t room = reader->room ? 2 * reader->room : FIELDS_FIRST;
        struct csv_field *grown = realloc(reader->field, room * sizeof *grown);
        if (!grown) {
            error_memory("the fields of a row", room * sizeof *grown);
            return NULL;
        }
        reader->field = grown;
        reader->room = room;
    }
    return &reader->field[reader->fields++];
}

/* Whether the byte at p ends a field; at the end of the buffer only where the file ends too. */
static bool ends_field(const struct csv_reader *reader, const char *p)
{
    return *p == reader->format.delimiter || *p == '\n' || *p == '\r' ||
           (p == reader->buffer + reader->end && reader->ended);
}

/* Tells where a record is broken off for good: the rest of the file makes no sense. */
static enum scan give_up(struct csv_reader *reader)
{
    reader->broken = true;
    return REFUSED;
}

/* The closing quote of a field whose text begins at *p; *p: the byte behind it. */
static enum scan scan_quoted(struct csv_reader *reader, const char **p, struct csv_field *field)
{
    const char *end = reader->buffer + reader->end, *at = *p, *quote;
    for (;; at = quote + 2) {
        quote = memchr(at, '"', (size_t)(end - at));
        if (!quote || (quote + 1 == end && !reader->ended)) {
            if (!reader->ended)
                return WANTS_MORE;
            if (!quote) {
                refuse(reader, field->at,
                       "a quote opens here and never closes; expected '\"' before the file ends");
                return give_up(reader);
            }
        }
        if (quote[1] != '"')
            break;
        field->escaped = true;
    }
    field->text = *p;
    field->length = (size_t)(quote - *p);
    field->high = true; /* not known yet */
    *p = quote + 1;
    if (ends_field(reader, *p))
        return SCANNED;
    char delimiter[] = {reader->format.delimiter == '\t' ? 't' : reader->format.delimiter, '\0'};
    unsigned char byte = (unsigned char)**p;
    char found[8];
    snprintf(found, sizeof found, byte < 0x20 || byte >= 0x7f ? "0x%02x" : "'%c'", byte);
    refuse(reader, (size_t)(*p - (reader->buffer + reader->record)),
           "%s behind a closing quote; expected '%s%s' or the end of the line", found,
           reader->format.delimiter == '\t' ? "\\" : "", delimiter);
    return give_up(reader);
}

/* A field that is not quoted. */
static enum scan scan_plain(struct csv_reader *reader, const char **p, struct csv_field *field)
{
    const uint8_t *class = reader->class;
    const char *at = *p;
    uint8_t seen = 0;
    for (uint8_t c; (c = class[(unsigned char)*at]) != STOP; at++)
        seen |= c;
    field->text = *p;
    field->length = (size_t)(at - *p);
    field->high = seen & HIGH;
    *p = at;
    if (ends_field(reader, at))
        return SCANNED;
    return at == reader->buffer + reader->end ? WANTS_MORE : SCANNED; /* else a NUL, told later */
}

/* Whether a number rounds to a finite float32. */
static bool is_float(double value)
{
    return fabs(value) < 0x1.ffffffp127;
}

/* Fields from *p on, as long as they are wanted as numbers and are numbers as they stand. *p: the
 * first one that is not, or where *whole the end of the row's last. */
static enum scan scan_numbers(struct csv_reader *reader, const char **p, const char *begin,
                              bool *whole)
{
    struct decimal decimal;
    *whole = false;
    for (; reader->fields < reader->wanted && reader->want[reader->fields]; ++*p) {
        const char *at = *p, *behind = decimal_read(at, &decimal);
        if (!behind || !ends_field(reader, behind) || !is_float(decimal.value))
            break;
        struct csv_field *field = add_field(reader);
        if (!field)
            return give_up(reader);
        *field = (struct csv_field){.text = at,
                                    .length = (size_t)(behind - at),
                                    .at = (size_t)(at - begin),
                                    .number = true,
                                    .decimal = decimal};
        *p = behind;
        *whole = *behind != reader->format.delimiter;
        if (*whole)
            break;
    }
    return SCANNED;
}

/* Index of the first byte that is no UTF-8; length where all is well. */
static size_t first_wrong(const char *text, size_t length)
{
    uint32_t character;
    size_t at = 0, size = 1;
    while (at < length && (size = utf8_decode(text + at, length - at, &character)) > 0)
        at += size;
    return at;
}

/* Looks at the bytes of a field that the scan did not. */
static int check_field(const struct csv_reader *reader, const struct csv_field *field)
{
    if (field->length > CSV_FIELD_MAX)
        return csv_error(reader, field, "a field of more than %d MiB", CSV_FIELD_MAX >> 20);
    if (!field->high)
        return TRAINER_OK;
    if (memchr(field->text, 0, field->length))
        return csv_error(reader, field, "a NUL byte; expected text");
    size_t wrong = first_wrong(field->text, field->length);
    if (wrong < field->length)
        return csv_error(reader, field, "byte 0x%02x; expected UTF-8 (encoding: latin1 reads it)",
                         (unsigned char)field->text[wrong]);
    return TRAINER_OK;
}

/* Copies fields with doubled quotes without them. */
static int unescape(struct csv_reader *reader, struct csv_field *field, size_t *used)
{
    size_t size = reader->next - reader->record;
    if (reader->scratch_size < size) {
        free(reader->scratch);
        reader->scratch = malloc(size);
        reader->scratch_size = reader->scratch ? size : 0;
        if (!reader->scratch)
            return error_memory("a row", size);
    }
    char *to = reader->scratch + *used;
    size_t length = 0;
    for (size_t i = 0; i < field->length; i++) {
        to[length++] = field->text[i];
        i += field->text[i] == '"';
    }
    field->text = to;
    field->length = length;
    *used += length;
    return TRAINER_OK;
}

/* Checks the fields of a record that is whole. All that is wrong is told. */
static int finish_record(struct csv_reader *reader)
{
    int rc = TRAINER_OK;
    size_t used = 0;
    for (size_t i = 0; i < reader->fields && !reader->numbers; i++) {
        struct csv_field *field = &reader->field[i];
        int wrong = field->number ? TRAINER_OK : check_field(reader, field);
        if (!wrong && field->escaped)
            wrong = unescape(reader, field, &used);
        rc = wrong ? wrong : rc;
    }
    return rc;
}

/* Scans a field at *p that is no number as it stands. */
static enum scan scan_text(struct csv_reader *reader, const char **p, const char *begin)
{
    struct csv_field *field = add_field(reader);
    if (!field)
        return give_up(reader);
    *field = (struct csv_field){.at = (size_t)(*p - begin), .quoted = **p == '"'};
    *p += field->quoted;
    enum scan scan = field->quoted ? scan_quoted(reader, p, field) : scan_plain(reader, p, field);
    reader->numbers = false;
    if (scan != SCANNED || **p != '\0' || *p == reader->buffer + reader->end)
        return scan;
    csv_error(reader, field, "a NUL byte; expected text");
    return give_up(reader);
}

/* Scans the record at p, which is no empty line; *p: behind its line. */
static enum scan scan_record(struct csv_reader *reader, const char **p)
{
    const char *begin = *p, *end = reader->buffer + reader->end, *at = begin;
    reader->fields = 0;
    reader->numbers = true;
    for (;; at++) {
        bool whole;
        enum scan scan = scan_numbers(reader, &at, begin, &whole);
        if (scan != SCANNED)
            return scan;
        if (whole)
            break;
        if (reader->fields == CSV_FIELDS_MAX) {
            refuse(reader, (size_t)(at - 1 - begin), "more than %d fields in a row",
                   CSV_FIELDS_MAX);
            return give_up(reader);
        }
        scan = scan_text(reader, &at, begin);
        if (scan != SCANNED)
            return scan;
        if (*at != reader->format.delimiter)
            break;
    }
    if (*at == '\r' && at + 1 == end && !reader->ended)
        return WANTS_MORE;
    at += *at == '\r' && at[1] == '\n';
    *p = at < end ? at + 1 : end;
    return SCANNED;
}

/* Lines that a record of these bytes takes: those inside quotes count too. */
static size_t count_lines(const struct csv_reader *reader, const char *text, size_t length)
{
    size_t lines = 0;
    for (size_t i = 0; i < reader->fields && !reader->numbers; i++) {
        const struct csv_field *field = &reader->field[i];
        for (size_t k = 0; field->quoted && k < field->length; k++)
            lines +=
                field->text[k] == '\n' || (field->text[k] == '\r' && field->text[k + 1] != '\n');
    }
    return lines + (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'));
}

/* Skips a line: to behind its end, or to the end of the file. */
static int skip_line(struct csv_reader *reader)
{
    for (;;) {
        const char *from = reader->buffer + reader->begin, *end = reader->buffer + reader->end;
        const char *at = from;
        while (at < end && *at != '\n' && *at != '\r')
            at++;
        bool sure = at < end && (*at == '\n' || at + 1 < end);
        if (sure || reader->ended) {
            at += at < end && *at == '\r' && at[1] == '\n';
            reader->line += at < end;
            reader->begin = (size_t)((at < end ? at + 1 : end) - reader->buffer);
            return TRAINER_OK;
        }
        int rc = refill(reader);
        if (rc)
            return rc;
    }
}

/* Goes to the next line that holds a record; *found: there is one. */
static int find_record(struct csv_reader *reader, bool *found)
{
    *found = false;
    for (;;) {
        if (reader->begin == reader->end && !reader->ended) {
            int rc = refill(reader);
            if (rc)
                return rc;
            continue;
        }
        if (reader->begin == reader->end)
            return TRAINER_OK;
        char first = reader->buffer[reader->begin];
        bool comment = reader->format.comment && first == reader->format.comment;
        if (!comment && first != '\n' && first != '\r') {
            *found = true;
            return TRAINER_OK;
        }
        int rc = skip_line(reader);
        if (rc)
            return rc;
    }
}

int csv_next(struct csv_reader *reader, const struct csv_field **field, size_t *fields)
{
    bool found;
    *field = NULL;
    *fields = 0;
    reader->begin = reader->next;
    reader->line = reader->next_line;
    int rc = reader->broken ? TRAINER_OK : find_record(reader, &found);
    reader->next = reader->begin;
    reader->next_line = reader->line;
    if (rc || reader->broken || !found)
        return rc;
    for (;;) {
        reader->record = reader->begin;
        reader->record_line = reader->line;
        const char *p = reader->buffer + reader->begin;
        enum scan scan = scan_record(reader, &p);
        if (scan == REFUSED)
            return TRAINER_INVALID;
        if (scan == SCANNED) {
            size_t length = (size_t)(p - (reader->buffer + reader->begin));
            reader->next = reader->begin + length;
            reader->next_line =
                reader->line + count_lines(reader, reader->buffer + reader->begin, length);
            break;
        }
        rc = refill(reader);
        reader->next = reader->begin;
        if (rc)
            return rc;
    }
    rc = finish_record(reader);
    if (rc)
        return rc;
    *field = reader->field;
    *fields = reader->fields;
    return TRAINER_OK;
}

/* --- the file --------------------------------------------------------------------------------- */

/* The commonest of the candidates outside quotes in the first line that is not empty. */
static int find_delimiter(struct csv_reader *reader)
{
    static const char candidates[] = ",;\t|";
    size_t count[sizeof candidates - 1] = {0}, length = strlen(reader->name);
    bool found;
    int rc = find_record(reader, &found);
    if (length >= 4 && !strcmp(reader->name + length - 4, ".tsv")) {
        reader->format.delimiter = '\t';
        return rc;
    }
    bool quoted = false, whole = false;
    while (!rc && !whole) {
        memset(count, 0, sizeof count);
        quoted = false;
        size_t i = reader->begin;
        for (; i < reader->end; i++) {
            char c = reader->buffer[i];
            quoted ^= c == '"';
            if (!quoted && (c == '\n' || c == '\r'))
                break;
            const char *of = quoted || !c ? NULL : strchr(candidates, c);
            if (of)
                count[of - candidates]++;
        }
        whole = i < reader->end || reader->ended;
        if (!whole)
            rc = refill(reader);
    }
    size_t best = 0;
    for (size_t i = 1; i < sizeof count / sizeof *count; i++)
        best = count[i] > count[best] ? i : best;
    reader->format.delimiter = candidates[best];
    return rc;
}

/* The byte order mark, the lines to skip, the delimiter. */
static int start(struct csv_reader *reader)
{
    int rc = TRAINER_OK;
    while (!rc && reader->end < 3 && !reader->ended)
        rc = refill(reader);
    const char *type = file_type_of((const unsigned char *)reader->buffer, reader->end);
    if (!rc && type)
        return error_add(TRAINER_INVALID, "%s: is %s, not a table of text", reader->name, type);
    const char *mark = reader->format.latin1 ? "\xC3\xAF\xC2\xBB\xC2\xBF" : "\xEF\xBB\xBF";
    if (!rc && reader->end >= strlen(mark) && !memcmp(reader->buffer, mark, strlen(mark)))
        reader->begin = strlen(mark);
    for (size_t i = 0; !rc && i < reader->format.skip; i++)
        rc = skip_line(reader);
    if (!rc && !reader->format.delimiter)
        rc = find_delimiter(reader);
    reader->next = reader->begin;
    reader->next_line = reader->line;
    for (int i = 0; i < 256; i++)
        reader->class[i] = i >= 0x80 ? HIGH : PLAIN;
    reader->class[0] = reader->class['\n'] = reader->class['\r'] = STOP;
    reader->class[(unsigned char)reader->format.delimiter] = STOP;
    return rc;
}

int csv_open(struct csv_reader **reader, struct data_file *source, int descriptor, const char *name,
             const struct csv_format *format)
{
    struct csv_reader *opened = calloc(1, sizeof *opened);
    *reader = NULL;
    if (!opened)
        return error_memory("a reader of a table", sizeof *opened);
    *opened = (struct csv_reader){.source = source,
                                  .descriptor = descriptor,
                                  .name = name,
                                  .format = *format,
                                  .capacity = 2 * PIECE,
                                  .row_most = CSV_ROW_MAX,
                                  .line = 1};
    opened->buffer = malloc(opened->capacity + 1 + DECIMAL_MARGIN);
    int rc = opened->buffer ? start(opened) : error_memory("a row", opened->capacity);
    if (rc) {
        csv_close(opened);
        return rc;
    }
    *reader = opened;
    return TRAINER_OK;
}

int csv_open_again(struct csv_reader **again, const struct csv_reader *reader)
{
    struct csv_reader *opened = calloc(1, sizeof *opened);
    *again = NULL;
    if (opened) {
        *opened = (struct csv_reader){.source = reader->source,
                                      .name = reader->name,
                                      .format = reader->format,
                                      .capacity = 2 * PIECE,
                                      .row_most = PIECE,
                                      .want = reader->want,
                                      .wanted = reader->wanted};
        memcpy(opened->class, reader->class, sizeof opened->class);
        opened->buffer = malloc(opened->capacity + 1 + DECIMAL_MARGIN);
    }
    if (!opened || !opened->buffer) {
        free(opened);
        return error_memory("a reader of a table", 2 * PIECE);
    }
    *again = opened;
    return TRAINER_OK;
}

void csv_seek(struct csv_reader *reader, uint64_t offset, size_t line, uint64_t until)
{
    reader->placed = true;
    reader->bytes = offset;
    reader->until = until;
    reader->begin = reader->end = reader->next = 0;
    reader->line = reader->next_line = line;
    reader->ended = reader->broken = false;
    memset(reader->buffer, 0, 1 + DECIMAL_MARGIN);
}

uint64_t csv_size(const struct csv_reader *reader)
{
    bool placeable = reader->source && !data_file_packed(reader->source) && !reader->format.latin1;
    return placeable ? data_file_size(reader->source) : 0;
}

uint64_t csv_offset(const struct csv_reader *reader)
{
    return reader->bytes - (reader->end - reader->next);
}

int csv_skip_line(struct csv_reader *reader, bool *found)
{
    *found = false;
    while (!*found && csv_offset(reader) < reader->until) {
        const char *from = reader->buffer + reader->next;
        const char *feed = memchr(from, '\n', reader->end - reader->next);
        reader->next = feed ? (size_t)(feed + 1 - reader->buffer) : reader->end;
        reader->begin = reader->next;
        *found = feed != NULL;
        int rc = feed || reader->ended ? TRAINER_OK : refill(reader);
        if (rc || reader->ended)
            return rc;
        reader->next = reader->begin;
    }
    return TRAINER_OK;
}

void csv_close(struct csv_reader *reader)
{
    if (!reader)
        return;
    free(reader->buffer);
    free(reader->field);
    free(reader->scratch);
    free(reader);
}

char csv_delimiter(const struct csv_reader *reader)
{
    return reader->format.delimiter;
}

size_t csv_line(const struct csv_reader *reader)
{
    return reader->next_line;
}

uint64_t csv_bytes(const struct csv_reader *reader)
{
    return reader->bytes;
}

void csv_want(struct csv_reader *reader, const uint8_t *want, size_t fields)
{
    bool plain = reader->format.decimal != ',' && !reader->format.thousands;
    reader->want = want;
    reader->wanted = plain ? fields : 0;
}

bool csv_ended(const struct csv_reader *reader)
{
    return reader->broken || (reader->ended && reader->next == reader->end);
}

bool csv_broken(const struct csv_reader *reader)
{
    return reader->broken;
}

size_t csv_record_line(const struct csv_reader *reader)
{
    return reader->record_line;
}

/* Copies a number with a point for `decimal` and without `thousands`, which stand between three
 * digits and three. False where they stand elsewhere. */
static bool plain_number(const char *text, size_t length, const struct csv_format *format,
                         char *plain)
{
    size_t digits = 0; /* since the beginning, or since the last separator */
    bool grouped = false, fraction = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (format->thousands && c == format->thousands && !fraction) {
            if (digits == 0 || digits > 3 || (grouped && digits != 3))
                return false;
            grouped = true;
            digits = 0;
            continue;
        }
        bool ends = c == format->decimal || c == 'e' || c == 'E';
        if (ends && !fraction && grouped && digits != 3)
            return false;
        if (c == '.' && format->decimal != '.')
            return false;
        fraction = fraction || ends;
        digits += c >= '0' && c <= '9';
        *plain++ = c == format->decimal ? '.' : c;
    }
    memset(plain, 0, 1 + DECIMAL_MARGIN);
    return !grouped || fraction || digits == 3;
}

bool csv_number(const struct csv_field *field, const struct csv_format *format,
                struct decimal *decimal)
{
    char plain[NUMBER_MAX + 1 + DECIMAL_MARGIN];
    const char *text = field->text;
    size_t length = field->length;
    while (length && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    if (!length || length > NUMBER_MAX || *text > '9') /* as words do */
        return false;
    if (!plain_number(text, length, format, plain))
        return false;
    const char *behind = decimal_read(plain, decimal);
    return behind && *behind == '\0' && is_float(decimal->value);
}
