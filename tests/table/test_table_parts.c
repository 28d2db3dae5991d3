/*
 * test_table_parts.c - a large file has the same values, notes and messages for any number of
 * threads, wherever its parts are cut.
 */
#include "base/error.h"
#include "base/text.h"
#include "data/data.h"
#include "learned.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 40000 /* some 5 MB */, TEAM = 3 };

static char folder[64];

static void set_up(void)
{
    snprintf(folder, sizeof folder, "/tmp/test_parts.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void tear_down(void)
{
    omp_set_num_threads(1);
}

/* What is wrong or odd in a file, and from which row on. */
struct oddity {
    bool quotes;   /* texts with quotes, delimiters and line feeds in them */
    size_t text;   /* of a column of numbers; 0: none */
    size_t large;  /* whole numbers that float32 cannot tell apart */
    size_t wrong;  /* rows with a field too many, every 500th */
    size_t absent; /* numbers that are missing, every 1000th */
    size_t open;   /* a quote that never closes */
    const char *line_end;
};

static void write_table(const struct oddity *odd)
{
    FILE *file = fopen("a.csv", "w");
    const char *end = odd->line_end ? odd->line_end : "\n";
    ck_assert_ptr_nonnull(file);
    fprintf(file, "x,n,size,city,y%s", end);
    for (size_t i = 1; i <= ROWS; i++) {
        fprintf(file, "%.9f", (double)(i * 7919 % 100003) / 1e4 - 5);
        if (odd->text && i >= odd->text && i % 3 == 0)
            fprintf(file, ",none");
        else if (odd->large && i >= odd->large)
            fprintf(file, ",%zu", 20000000 + i);
        else if (odd->absent && i >= odd->absent && i % 1000 == 0)
            fprintf(file, ",");
        else
            fprintf(file, ",%zu", i % 50);
        fprintf(file, odd->quotes ? ",\"%c, \"\"%zu\"\"\n1,2,3,a,b\n\"" : ",%c%zu",
                "SML"[i * i % 3], i / 10000);
        fprintf(file, ",town %80zu,%s", i * 31 % 100 + i / 333, i % 5 ? "yes" : "no");
        if (odd->wrong && i >= odd->wrong && i % 500 == 0)
            fprintf(file, ",more");
        if (odd->open && i == odd->open)
            fprintf(file, "%s\"1", end);
        fprintf(file, "%s", end);
    }
    fclose(file);
}

/* All that a user sees of the file, read by so many threads. */
static char *read_by(int threads, const char *keys)
{
    char config[512], fingerprint[FINGERPRINT_TEXT];
    struct open_data data = {0};
    struct text text = {0};
    snprintf(config, sizeof config, "data: {type: csv, train: a.csv, labels: y%s}", keys);
    omp_set_num_threads(threads);
    error_clear();
    if (open_data(&data, folder, config, 1, false) != TRAINER_OK) {
        text_string(&text, error_text());
    } else {
        const struct learned_table *table = data.dataset->table;
        dataset_fingerprint(data.dataset, fingerprint);
        text_print(&text, "%s %zu rows, %llu bytes\n", fingerprint,
                   data.dataset->count[SPLIT_TRAIN],
                   (unsigned long long)data.dataset->source.bytes);
        for (size_t i = 0; i < table->columns; i++) {
            text_print(&text, "%s %d, %llu missing:", table->column[i].name, table->column[i].type,
                       (unsigned long long)table->column[i].absent);
            for (size_t k = 0; k < table->column[i].categories; k++)
                text_print(&text, " <%s>", table->column[i].category[k]);
        }
        for (const struct dataset_note *note = data.dataset->note; note; note = note->next)
            text_print(&text, "\n%s", note->text);
    }
    char *copy = strdup(text_get(&text));
    ck_assert_ptr_nonnull(copy);
    text_free(&text);
    close_data(&data);
    return copy;
}

/* expected: stands in what is seen. */
static void check_same(const struct oddity *odd, const char *keys, const char *expected)
{
    write_table(odd);
    char *alone = read_by(1, keys), *team = read_by(TEAM, keys);
    ck_assert_str_eq(alone, team);
    ck_assert_msg(strstr(alone, expected) != NULL, "no '%s' in %s", expected, alone);
    free(alone);
    free(team);
}

START_TEST(texts_get_the_numbers_that_one_reader_gives_them)
{
    check_same(&(struct oddity){0}, "", "40000 rows");
    check_same(&(struct oddity){.line_end = "\r\n"}, ", normalize: zscore", "40000 rows");
    check_same(&(struct oddity){.line_end = "\r"}, "", "40000 rows");
}
END_TEST

START_TEST(line_feeds_in_quotes_are_no_ends_of_rows)
{
    check_same(&(struct oddity){.quotes = true}, "", "<S, \"0\"\n1,2,3,a,b\n>");
}
END_TEST

START_TEST(columns_change_their_type_in_any_part)
{
    check_same(&(struct oddity){.text = 33000}, "", "a.csv:33001:");
    check_same(&(struct oddity){.text = 33000, .quotes = true}, "", "are numbers (columns: {n:");
    check_same(&(struct oddity){0}, ", columns: {city: index}", "city 3");
}
END_TEST

START_TEST(large_whole_numbers_are_told_apart_or_warned_of)
{
    check_same(&(struct oddity){.large = 30000}, "", "that float32 cannot tell apart");
}
END_TEST

START_TEST(missing_fields_are_counted_and_the_first_are_named)
{
    check_same(&(struct oddity){.absent = 17000}, ", missing: mean", "n 0, 24 missing");
    check_same(&(struct oddity){.absent = 17000}, "", "a.csv:17001:");
    check_same(&(struct oddity){.absent = 17000, .quotes = true}, "", "nothing in column 'n'");
}
END_TEST

START_TEST(mistakes_are_told_in_their_order)
{
    check_same(&(struct oddity){.wrong = 26500}, "", "a.csv:26501:1: 6 fields; expected 5");
    check_same(&(struct oddity){.open = 36000}, "", "a.csv:36002:1: a quote opens here");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("table_parts");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, texts_get_the_numbers_that_one_reader_gives_them);
    tcase_add_test(tcase, line_feeds_in_quotes_are_no_ends_of_rows);
    tcase_add_test(tcase, columns_change_their_type_in_any_part);
    tcase_add_test(tcase, large_whole_numbers_are_told_apart_or_warned_of);
    tcase_add_test(tcase, missing_fields_are_counted_and_the_first_are_named);
    tcase_add_test(tcase, mistakes_are_told_in_their_order);
    Suite *suite = suite_create("table_parts");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_IN_PROCESS);
}
