/*
 * test_csv_read.c - RFC 4180 and its relatives, from files and from pipes; what is refused, where.
 */
#include "base/csv_read.h"
#include "base/error.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct csv_format comma = {.delimiter = ',', .decimal = '.'};

/* A reader of bytes through a temporary file. */
static struct csv_reader *opened(const char *bytes, size_t count, const struct csv_format *format)
{
    char path[] = "/tmp/csv_read.XXXXXX";
    struct csv_reader *reader;
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    unlink(path);
    ck_assert_int_eq(write(descriptor, bytes, count), (ssize_t)count);
    lseek(descriptor, 0, SEEK_SET);
    error_clear();
    ck_assert_int_eq(csv_open(&reader, NULL, descriptor, "a.csv", format), TRAINER_OK);
    return reader;
}

/* Records as text: fields between | and lines behind $. Errors end it. */
static void check_bytes(const char *bytes, size_t count, const struct csv_format *format,
                        const char *expected)
{
    char text[1024] = "";
    struct csv_reader *reader = opened(bytes, count, format);
    const struct csv_field *field;
    size_t fields;
    while (csv_next(reader, &field, &fields) == TRAINER_OK && fields) {
        for (size_t i = 0; i < fields; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", i ? "|" : "",
                     (int)field[i].length, field[i].text);
        strcat(text, "$");
    }
    ck_assert_str_eq(text, expected);
    csv_close(reader);
}

static void check_records(const char *bytes, const char *expected)
{
    check_bytes(bytes, strlen(bytes), &comma, expected);
    ck_assert_str_eq(error_text(), "");
}

static void check_refused(const char *bytes, const char *expected)
{
    struct csv_reader *reader = opened(bytes, strlen(bytes), &comma);
    const struct csv_field *field;
    size_t fields;
    int rc = TRAINER_OK;
    do
        rc = csv_next(reader, &field, &fields);
    while (rc == TRAINER_OK && fields);
    ck_assert_int_eq(rc, TRAINER_INVALID);
    ck_assert_str_eq(error_text(), expected);
    csv_close(reader);
}

START_TEST(records_end_in_any_way_lines_do)
{
    check_records("a,b\nc,d\n", "a|b$c|d$");
    check_records("a,b\r\nc,d\r\n", "a|b$c|d$");
    check_records("a,b\rc,d", "a|b$c|d$");
    check_records("\n\r\na,b\n\n\nc,d\n\n", "a|b$c|d$");
    check_records("", "");
    check_records("\n\n", "");
    check_records("a,\n,b\n,\n", "a|$|b$|$");
}
END_TEST

START_TEST(quotes_hold_delimiters_lines_and_quotes)
{
    check_records("\"a,b\",c\n", "a,b|c$");
    check_records("\"a\r\nb\",c\n", "a\r\nb|c$");
    check_records("\"a \"\"b\"\"\",\"\"\n", "a \"b\"|$");
    check_records("a\"b,c\"d\"\n", "a\"b|c\"d\"$");
    check_records(" \"a\", b \n", " \"a\"| b $");
    check_records("\"a\"", "a$");
}
END_TEST

START_TEST(a_byte_order_mark_is_skipped)
{
    check_records("\xEF\xBB\xBF"
                  "a,b\n",
                  "a|b$");
    check_records("\xEF\xBB\xBF\"a\",b\n", "a|b$");
}
END_TEST

START_TEST(comments_and_lines_before_the_first_are_skipped)
{
    struct csv_format format = {.delimiter = ',', .comment = '#', .skip = 2};
    static const char text[] = "title\nanother, \"line\n#x,y\na,b\n# c\nd,#e\n";
    check_bytes(text, sizeof text - 1, &format, "a|b$d|#e$");
}
END_TEST

START_TEST(the_delimiter_is_the_commonest_outside_quotes)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {{"\na;b;c\n1,5;2;3\n", "a|b|c$1,5|2|3$"},
                 {"a\tb,c\td\n", "a|b,c|d$"},
                 {"a|b\n", "a|b$"},
                 {"\"x;y;z\",b\n", "x;y;z|b$"},
                 {"a,b;c\n", "a|b;c$"},
                 {"alone\n", "alone$"}};
    struct csv_format format = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_bytes(cases[i].text, strlen(cases[i].text), &format, cases[i].expected);
}
END_TEST

START_TEST(latin1_becomes_utf8)
{
    struct csv_format format = {.delimiter = ',', .latin1 = true};
    check_bytes("caf\xE9,\xFC\n", 7, &format, "caf\xC3\xA9|\xC3\xBC$");
}
END_TEST

START_TEST(what_is_wrong_is_told_with_its_place)
{
    check_refused("a,b\n1,2\n1234567,\"x\n\n",
                  "a.csv:3:9: a quote opens here and never closes; expected '\"' before the file "
                  "ends");
    check_refused("a,b\n\"x\",\"aa\"b\n",
                  "a.csv:2:9: 'b' behind a closing quote; expected ',' or the end of the line");
    check_refused("a\nb\n\"q\n\",x\n\"caf\xE9\"\n",
                  "a.csv:5:1: byte 0xe9; expected UTF-8 (encoding: latin1 reads it)");
    check_refused("\xC3\xA9\xC3\xA9,\xED\xA0\x80\n",
                  "a.csv:1:4: byte 0xed; expected UTF-8 (encoding: latin1 reads it)");
}
END_TEST

START_TEST(a_nul_is_refused)
{
    struct csv_reader *reader = opened("a,b\nc,\0\n", 8, &comma);
    const struct csv_field *field;
    size_t fields;
    ck_assert_int_eq(csv_next(reader, &field, &fields), TRAINER_OK);
    ck_assert_int_eq(csv_next(reader, &field, &fields), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "a.csv:2:3: a NUL byte; expected text");
    csv_close(reader);
}
END_TEST

/* Fields of every length around the buffer's pieces, in quotes or not. */
START_TEST(records_that_cross_the_buffer_are_whole)
{
    enum { ROWS = 400, LONG = 9001 };
    char *bytes = malloc(ROWS * (LONG + 32));
    size_t count = 0;
    for (int i = 0; i < ROWS; i++) {
        bool quoted = i % 2;
        bytes[count] = '"';
        count += quoted;
        memset(bytes + count, 'a' + i % 26, LONG);
        count += LONG;
        bytes[count] = '"';
        count += quoted;
        count += (size_t)sprintf(bytes + count, ",%d\r\n", i);
    }
    struct csv_reader *reader = opened(bytes, count, &comma);
    const struct csv_field *field;
    size_t fields;
    static const uint8_t want[] = {0, 1};
    csv_want(reader, want, 2);
    for (int i = 0; i < ROWS; i++) {
        ck_assert_int_eq(csv_next(reader, &field, &fields), TRAINER_OK);
        ck_assert_uint_eq(fields, 2);
        ck_assert_uint_eq(field[0].length, LONG);
        ck_assert_int_eq(field[0].text[LONG - 1], 'a' + i % 26);
        ck_assert(field[1].number);
        ck_assert_double_eq(field[1].decimal.value, i);
        ck_assert_uint_eq(csv_record_line(reader), (size_t)i + 1);
    }
    ck_assert_int_eq(csv_next(reader, &field, &fields), TRAINER_OK);
    ck_assert_uint_eq(fields, 0);
    ck_assert(csv_ended(reader));
    ck_assert_uint_eq(csv_bytes(reader), count);
    csv_close(reader);
    free(bytes);
}
END_TEST

/* Whichever fields are wanted as numbers, text, lines and places stay the same. */
START_TEST(fields_wanted_as_numbers_are_the_same_text)
{
    static const char text[] = "1,-2.5,x\n3,\"4\n5\",6\r\n1e99,7 ,.5\r8,,9";
    static const char *const expected[] = {"1",    "-2.5", "x",  "3", "4\n5", "6",
                                           "1e99", "7 ",   ".5", "8", "",     "9"};
    static const size_t line[] = {1, 2, 4, 5};
    static const uint16_t numbers = 1 | 1 << 1 | 1 << 3 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11;
    for (unsigned set = 0; set < 8; set++) {
        const uint8_t want[] = {set & 1, set >> 1 & 1, set >> 2 & 1};
        struct csv_reader *reader = opened(text, sizeof text - 1, &comma);
        const struct csv_field *field;
        size_t fields;
        csv_want(reader, want, 3);
        for (size_t i = 0; i < 12; i++, field++) {
            if (i % 3 == 0)
                ck_assert_int_eq(csv_next(reader, &field, &fields), TRAINER_OK);
            ck_assert_uint_eq(fields, 3);
            ck_assert_uint_eq(csv_record_line(reader), line[i / 3]);
            ck_assert_uint_eq(field->length, strlen(expected[i]));
            ck_assert_mem_eq(field->text, expected[i], field->length);
            ck_assert_int_eq(field->number, want[i % 3] && numbers >> i & 1);
        }
        csv_close(reader);
    }
}
END_TEST

START_TEST(a_row_of_more_fields_than_may_be_is_refused)
{
    enum { MOST = CSV_FIELDS_MAX };
    static char bytes[2 * (MOST + 1)];
    static uint8_t want[MOST];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = i % 2 ? ',' : '7';
    bytes[sizeof bytes - 1] = '\n';
    for (int wanted = 0; wanted < 2; wanted++)
        for (size_t count = MOST; count <= MOST + 1; count++) {
            struct csv_reader *reader = opened(bytes + sizeof bytes - 2 * count, 2 * count, &comma);
            const struct csv_field *field;
            size_t fields;
            memset(want, wanted, MOST);
            csv_want(reader, want, MOST);
            int rc = csv_next(reader, &field, &fields);
            ck_assert_int_eq(rc, count > MOST ? TRAINER_INVALID : TRAINER_OK);
            ck_assert_uint_eq(fields, rc ? 0 : count);
            if (rc)
                ck_assert_str_eq(error_text(), "a.csv:1:131072: more than 65536 fields in a row");
            csv_close(reader);
        }
}
END_TEST

/* A line of a pipe is answered although the pipe stays open. */
START_TEST(a_line_of_a_pipe_is_there_at_once)
{
    int ends[2];
    struct csv_reader *reader;
    const struct csv_field *field;
    size_t fields;
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "a,b\n1,", 6), 6);
    ck_assert_int_eq(csv_open(&reader, NULL, ends[0], "-", &comma), TRAINER_OK);
    ck_assert_int_eq(csv_next(reader, &field, &fields), TRAINER_OK);
    ck_assert_uint_eq(fields, 2);
    ck_assert_int_eq(write(ends[1], "2\n", 2), 2);
    ck_assert_int_eq(csv_next(reader, &field, &fields), TRAINER_OK);
    ck_assert_uint_eq(fields, 2);
    close(ends[1]);
    ck_assert_int_eq(csv_next(reader, &field, &fields), TRAINER_OK);
    ck_assert_uint_eq(fields, 0);
    csv_close(reader);
}
END_TEST

START_TEST(numbers_with_a_comma_and_thousands)
{
    static const struct csv_format german = {.decimal = ',', .thousands = '.'};
    static const struct {
        const char *text;
        bool number;
        double value;
    } cases[] = {{"1,5", true, 1.5},
                 {"1.234,5", true, 1234.5},
                 {"12.345.678", true, 12345678},
                 {"1.23", false, 0},
                 {"1234.567", false, 0},
                 {" 7 ", true, 7},
                 {"1.234.5", false, 0},
                 {"", false, 0},
                 {"1,2,3", false, 0},
                 {"-1.000", true, -1000},
                 {"3e39", false, 0},
                 {"1.5", false, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct csv_field field = {.text = cases[i].text, .length = strlen(cases[i].text)};
        struct decimal decimal;
        ck_assert_msg(csv_number(&field, &german, &decimal) == cases[i].number, "%s",
                      cases[i].text);
        if (cases[i].number)
            ck_assert_double_eq(decimal.value, cases[i].value);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("csv_read");
    tcase_add_test(tcase, records_end_in_any_way_lines_do);
    tcase_add_test(tcase, quotes_hold_delimiters_lines_and_quotes);
    tcase_add_test(tcase, a_byte_order_mark_is_skipped);
    tcase_add_test(tcase, comments_and_lines_before_the_first_are_skipped);
    tcase_add_test(tcase, the_delimiter_is_the_commonest_outside_quotes);
    tcase_add_test(tcase, latin1_becomes_utf8);
    tcase_add_test(tcase, what_is_wrong_is_told_with_its_place);
    tcase_add_test(tcase, a_nul_is_refused);
    tcase_add_test(tcase, records_that_cross_the_buffer_are_whole);
    tcase_add_test(tcase, fields_wanted_as_numbers_are_the_same_text);
    tcase_add_test(tcase, a_row_of_more_fields_than_may_be_is_refused);
    tcase_add_test(tcase, a_line_of_a_pipe_is_there_at_once);
    tcase_add_test(tcase, numbers_with_a_comma_and_thousands);
    Suite *suite = suite_create("csv_read");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
