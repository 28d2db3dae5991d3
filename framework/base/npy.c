/*
 * npy.c - reads the one dict that a .npy header is.
 */
#include "npy.h"
#include "error.h"
#include "file_type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PREFIX = 8,              /* magic, version */
    HEADER_MOST = 1 << 20,   /* bytes; a header of numbers has fewer than 1,000 */
    TEXT_SIZE_MOST = 1 << 20 /* bytes of one text */
};

/* A header while it is read. */
struct reader {
    struct data_file *file;
    const char *text, *at; /* NUL-terminated */
    uint64_t begin;        /* of text, in the file */
};

static uint64_t offset_of(const struct reader *reader)
{
    return reader->begin + (uint64_t)(reader->at - reader->text);
}

static int expected(const struct reader *reader, const char *what)
{
    return data_file_error(reader->file, offset_of(reader),
                           "not the header of an array; expected %s", what);
}

static void skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

/* Steps over one character, where it is there. */
static bool take(struct reader *reader, char character)
{
    skip_blanks(reader);
    if (*reader->at != character)
        return false;
    reader->at++;
    return true;
}

static bool take_word(struct reader *reader, const char *word)
{
    skip_blanks(reader);
    size_t length = strlen(word);
    if (strncmp(reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

/* --- the three values --- */

/* Whether the type is of another family than numbers and text, and what it is called. */
static const char *other_type(char letter)
{
    switch (letter) {
    case 'O':
        return "Python objects";
    case 'c':
        return "complex numbers";
    case 'M':
        return "dates";
    case 'm':
        return "time spans";
    case 'V':
        return "structures";
    default:
        return "a type that NumPy does not have";
    }
}

static bool set_type(struct npy *npy, char letter, size_t size)
{
    const bool word = size == 1 || size == 2 || size == 4 || size == 8;
    npy->size = size;
    switch (letter) {
    case 'b':
        npy->type = NPY_BOOL;
        return size == 1;
    case 'i':
        npy->type = NPY_INTEGER;
        return word;
    case 'u':
        npy->type = NPY_UNSIGNED;
        return word;
    case 'f':
        npy->type = NPY_FLOAT;
        return word && size > 1;
    case 'U':
        npy->type = NPY_UNICODE;
        npy->size = 4 * size;
        return size > 0 && size <= TEXT_SIZE_MOST / 4;
    case 'S':
        npy->type = NPY_BYTES;
        return size > 0 && size <= TEXT_SIZE_MOST;
    default:
        return false;
    }
}

/* '<f4': byte order, letter, size. A list is a structured type. */
static int read_descr(struct reader *reader, struct npy *npy)
{
    skip_blanks(reader);
    if (*reader->at == '[')
        return data_file_error(reader->file, reader->begin,
                               "a structured type; expected numbers or text");
    char quote = *reader->at;
    const char *from = reader->at + 1, *end = NULL;
    if (quote == '\'' || quote == '"')
        end = strchr(from, quote);
    if (!end || (size_t)(end - from) >= sizeof npy->descr || end - from < 2)
        return expected(reader, "a type such as '<f4'");
    memcpy(npy->descr, from, (size_t)(end - from));
    npy->descr[end - from] = 0;
    reader->at = end + 1;
    const char *type = npy->descr + (strchr("<>|=", npy->descr[0]) ? 1 : 0);
    char *rest;
    size_t size = strtoul(type + 1, &rest, 10);
    npy->big_endian = npy->descr[0] == '>';
    if (!*rest && set_type(npy, type[0], size))
        return TRAINER_OK;
    return data_file_error(
        reader->file, reader->begin, "type '%s', %s; expected numbers or text", npy->descr,
        strchr("biufUS", type[0]) ? "a size that is not read" : other_type(type[0]));
}

static int read_shape(struct reader *reader, struct npy *npy)
{
    if (!take(reader, '('))
        return expected(reader, "a shape such as (60000, 28, 28)");
    while (!take(reader, ')')) {
        char *end;
        if (npy->rank == NPY_RANK_MAX || *reader->at < '0' || *reader->at > '9')
            return expected(reader, "at most 32 dimensions");
        npy->dim[npy->rank++] = strtoull(reader->at, &end, 10);
        reader->at = end + (*end == 'L'); /* as Python 2 wrote it */
        if (!take(reader, ',') && *reader->at != ')')
            return expected(reader, "',' or ')'");
    }
    return TRAINER_OK;
}

/* The dict: each key once, in any order. */
static int read_dict(struct reader *reader, struct npy *npy)
{
    bool descr = false, order = false, shape = false;
    int rc = take(reader, '{') ? TRAINER_OK : expected(reader, "'{'");
    while (!rc && !take(reader, '}')) {
        if (!descr && take_word(reader, "'descr':")) {
            descr = true;
            rc = read_descr(reader, npy);
        } else if (!order && take_word(reader, "'fortran_order':")) {
            order = true;
            npy->fortran = take_word(reader, "True");
            if (!npy->fortran && !take_word(reader, "False"))
                rc = expected(reader, "True or False");
        } else if (!shape && take_word(reader, "'shape':")) {
            shape = true;
            rc = read_shape(reader, npy);
        } else {
            rc = expected(reader, "the keys 'descr', 'fortran_order' and 'shape'");
        }
        if (!rc && !take(reader, ',') && *reader->at != '}')
            rc = expected(reader, "',' or '}'");
    }
    skip_blanks(reader);
    if (!rc && (*reader->at || !descr || !order || !shape))
        rc = expected(reader, "'descr', 'fortran_order' and 'shape', and nothing else");
    return rc;
}

/* --- the file --- */

static int read_exactly(struct data_file *file, void *bytes, size_t count)
{
    size_t got;
    int rc = data_file_read(file, bytes, count, &got);
    if (!rc && got < count)
        rc = data_file_error(file, data_file_offset(file), "the file ends within its header");
    return rc;
}

static int not_npy(struct data_file *file, const unsigned char *prefix)
{
    unsigned char more[FILE_TYPE_BYTES] = {0};
    size_t got;
    memcpy(more, prefix, PREFIX);
    if (data_file_read(file, more + PREFIX, sizeof more - PREFIX, &got))
        return TRAINER_INVALID;
    const char *type = file_type_of(more, PREFIX + got);
    return data_file_error(file, 0,
                           "%s%snot an array of NumPy's; expected a .npy file, which begins with "
                           "\\x93NUMPY",
                           type ? type : "", type ? ", " : "");
}

/* Magic, version and the header's length. */
static int read_prefix(struct data_file *file, size_t *length)
{
    unsigned char prefix[PREFIX], count[4] = {0};
    int rc = read_exactly(file, prefix, sizeof prefix);
    if (rc)
        return rc;
    if (memcmp(prefix, "\x93NUMPY", 6) != 0)
        return not_npy(file, prefix);
    if (prefix[6] < 1 || prefix[6] > 3)
        return data_file_error(file, 6, "format %d.%d of .npy; expected 1.0 to 3.0", prefix[6],
                               prefix[7]);
    rc = read_exactly(file, count, prefix[6] == 1 ? 2 : 4);
    *length =
        (size_t)count[0] | (size_t)count[1] << 8 | (size_t)count[2] << 16 | (size_t)count[3] << 24;
    if (!rc && *length > HEADER_MOST)
        rc = data_file_error(file, PREFIX, "a header of %zu bytes; expected at most %d", *length,
                             HEADER_MOST);
    return rc;
}

static void count_bytes(struct npy *npy)
{
    npy->bytes = npy->size;
    for (int i = 0; i < npy->rank; i++)
        if (__builtin_mul_overflow(npy->bytes, npy->dim[i], &npy->bytes))
            npy->bytes = UINT64_MAX;
    for (int i = 0; i < npy->rank; i++)
        if (npy->dim[i] == 0)
            npy->bytes = 0;
}

int npy_read(struct data_file *file, struct npy *npy)
{
    size_t length = 0;
    *npy = (struct npy){0};
    int rc = read_prefix(file, &length);
    if (rc)
        return rc;
    char *text = calloc(length + 1, 1);
    if (!text)
        return error_memory(data_file_path(file), length + 1);
    struct reader reader = {
        .file = file, .text = text, .at = text, .begin = data_file_offset(file)};
    rc = read_exactly(file, text, length);
    if (!rc)
        rc = read_dict(&reader, npy);
    free(text);
    npy->begin = data_file_offset(file);
    count_bytes(npy);
    return rc;
}
