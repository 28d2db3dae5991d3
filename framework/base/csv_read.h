/*
 * csv_read.h - reading comma-separated values, record by record, in constant memory.
 *
 *     name,"a ""b"", c"      the fields `name` and `a "b", c`
 *
 * RFC 4180, lines ending in LF, CRLF or CR. A quote inside a field that does not begin with one is
 * itself. Empty lines are skipped, and a UTF-8 byte order mark. Nothing is padded, shifted or
 * dropped: a quote that never closes, text behind a closing one, a NUL, bytes that are not UTF-8, a
 * field above 1 MiB, a row above 16 MiB or of more than 65,536 fields is an error.
 */
#ifndef TRAINER_CSV_READ_H
#define TRAINER_CSV_READ_H

#include "data_file.h"
#include "decimal.h"
#include <stdarg.h>

enum { CSV_FIELDS_MAX = 65536, CSV_FIELD_MAX = 1 << 20, CSV_ROW_MAX = 16 << 20 };

struct csv_format {
    char delimiter; /* 0: found in the first line: tab of .tsv, else the commonest of , ; tab | */
    char comment;   /* lines that begin with it are skipped; 0: none */
    bool latin1;    /* else UTF-8 */
    size_t skip;    /* lines before the first record */
    char decimal;   /* '.' or ',' */
    char thousands; /* between three digits and three more; 0: nothing */
};

/* One field, as it reads without quotes. */
struct csv_field {
    const char *text; /* not terminated; valid until the next csv_next */
    size_t length;
    size_t at;                  /* offset of its first byte from the record's */
    bool quoted, escaped, high; /* in quotes; with doubled ones; with bytes above 0x7f */
    bool number;                /* wanted as a number (csv_want), and it is one, in plain form */
    struct decimal decimal;     /* of `number` */
};

struct csv_reader;

/* Opens records from a source, or where that is NULL from a file descriptor, which may be a pipe:
 * csv_next then returns as soon as a line is there. Both are the caller's. name: for messages,
 * borrowed. TRAINER_FAILED, or TRAINER_INVALID where the file can't be read; *reader is NULL then.
 */
int csv_open(struct csv_reader **reader, struct data_file *source, int descriptor, const char *name,
             const struct csv_format *format);
void csv_close(struct csv_reader *reader);

/* The delimiter in use. */
char csv_delimiter(const struct csv_reader *reader);

/* The line at which the next record is looked for, from 1. */
size_t csv_line(const struct csv_reader *reader);

/* Another reader of the same format for a file that is not packed, in UTF-8: it begins with
 * csv_seek, and a thread of its own may call it. Rows above 1 MiB it refuses. */
int csv_open_again(struct csv_reader **again, const struct csv_reader *reader);

/* Of such a file: goes to the record at a byte of the file, in a line from 1. Reading is meant to
 * end near the byte `until`, and may go on behind it. */
void csv_seek(struct csv_reader *reader, uint64_t offset, size_t line, uint64_t until);

/* The size of such a file, 0 of others; the byte behind the last record. */
uint64_t csv_size(const struct csv_reader *reader);
uint64_t csv_offset(const struct csv_reader *reader);

/* Of such a file: goes on behind the next line feed, if there is one before the byte `until`. */
int csv_skip_line(struct csv_reader *reader, bool *found);

/* Unpacked bytes read so far. */
uint64_t csv_bytes(const struct csv_reader *reader);

/* want[fields] (borrowed): fields that are tried as numbers while they are read, which is cheap. */
void csv_want(struct csv_reader *reader, const uint8_t *want, size_t fields);

/* The next record: *fields of them; 0 at the end. TRAINER_INVALID with its place. After an error of
 * one field the next call goes on behind that record; csv_ended tells where there is no more. */
int csv_next(struct csv_reader *reader, const struct csv_field **field, size_t *fields);

/* Whether the file has ended, or nothing behind an error can be read. */
bool csv_ended(const struct csv_reader *reader);

/* Whether the last error hides what follows, as a quote that never closes does. */
bool csv_broken(const struct csv_reader *reader);

/* The line in which the current record begins. */
size_t csv_record_line(const struct csv_reader *reader);

/* Adds "name:line:column: text" to the message, the place being that of a field of the current
 * record (NULL: of the record); returns TRAINER_INVALID. Columns count characters from 1. */
__attribute__((format(printf, 3, 4))) int
csv_error(const struct csv_reader *reader, const struct csv_field *field, const char *format, ...);

/* Line and column of a field of the current record. */
void csv_place(const struct csv_reader *reader, const struct csv_field *field, size_t *line,
               size_t *column);

/* Whether the field is a number of this format, spaces around it apart; beyond float32 it is none.
 */
bool csv_number(const struct csv_field *field, const struct csv_format *format,
                struct decimal *decimal);

#endif
