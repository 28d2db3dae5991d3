/*
 * test_page.c - the document: what stands where, what may run, what is written over.
 */
#include "base/error.h"
#include "base/file.h"
#include "report/page.h"
#include "support/folder.h"
#include "support/suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What the issuer of a page gives for its hostile title. */
static const char hostile[] = "</title><script>alert(1)</script>";

static void make_page(struct page *page)
{
    const double y[] = {1, -2, 0.5};
    page_open(page, hostile);
    page_section(page, "one", "First & foremost");
    page_element(page, "p class=\"note\"", "%s", "<b>");
    page_section(page, "two", "Second");
    page_table(page, "=name", "caption");
    page_row(page);
    page_cell(page, "x<y");
    page_number(page, 0.1, 0);
    page_table_end(page);
    page_data_open(page, "list", '[');
    page_data_open(page, NULL, '{');
    page_data_text(page, "</script>", hostile);
    page_data_column(page, "y", y, 3, 1);
    page_data_close(page, '}');
    page_data_number(page, NULL, 2.5);
    page_data_close(page, ']');
    page_data_number(page, "none", (double)(1e308 * 10));
    page_close(page);
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        found++;
    return found;
}

START_TEST(nothing_that_was_given_is_markup)
{
    struct page page = {0};
    make_page(&page);
    const char *document = text_get(&page.document);
    ck_assert_uint_eq(count(document, "alert(1)</script>"), 0);
    ck_assert_uint_eq(count(document, "&lt;/title&gt;&lt;script&gt;alert(1)"), 2);
    ck_assert_ptr_nonnull(strstr(document, "<p class=\"note\">&lt;b&gt;</p>"));
    ck_assert_ptr_nonnull(strstr(document, "<td><bdi>x&lt;y</bdi></td><td class=\"n\">0.1</td>"));
    ck_assert_ptr_nonnull(strstr(document, "<li><a href=\"#one\">First &amp; foremost</a></li>"));
    ck_assert_uint_eq(count(document, "<section "), 2);
    ck_assert_uint_eq(count(document, "</section>"), 2);
    ck_assert_uint_eq(count(document, " style="), 0);
    page_free(&page);
}
END_TEST

/* float32: 1 is 3f800000, -2 is c0000000, 0.5 is 3f000000; each byte by byte from the last. */
START_TEST(data_are_json_with_columns_of_float32)
{
    struct page page = {0};
    make_page(&page);
    ck_assert_ptr_nonnull(strstr(
        text_get(&page.document),
        "<script type=\"application/json\" id=\"data\">{\"list\":[{\"\\u003c/script\\u003e\":"
        "\"\\u003c/title\\u003e\\u003cscript\\u003ealert(1)\\u003c/script\\u003e\","
        "\"y\":\"AACAPwAAAMAAAAA/\"},2.5],\"none\":null}</script>"));
    page_free(&page);
}
END_TEST

START_TEST(a_page_without_data_is_small)
{
    struct page page = {0};
    make_page(&page);
    ck_assert_uint_le(page.document.length, 300000);
    page_free(&page);
}
END_TEST

START_TEST(only_a_report_is_written_over)
{
    struct page page = {0};
    char *bytes;
    size_t length;
    folder_enter();
    make_page(&page);
    folder_write("mine.html", "<!DOCTYPE html>\n<p>mine");
    ck_assert_int_eq(page_write(&page, "mine.html"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "mine.html: is there and was not written by `trainer report`; "
                                   "expected another name, by -o");
    ck_assert_int_eq(mkdir("folder", 0777), 0);
    ck_assert_int_eq(page_write(&page, "folder"), TRAINER_INVALID);
    ck_assert_int_eq(page_write(&page, "/dev/null"), TRAINER_INVALID);
    ck_assert_int_eq(page_write(&page, "report.html"), TRAINER_OK);
    ck_assert_int_eq(page_write(&page, "report.html"), TRAINER_OK);
    ck_assert_int_eq(file_read("report.html", 1 << 20, &bytes, &length), TRAINER_OK);
    ck_assert_uint_eq(length, page.document.length);
    free(bytes);
    ck_assert_int_eq(page_write(&page, "nowhere/report.html"), TRAINER_FAILED);
    page_free(&page);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        nothing_that_was_given_is_markup, data_are_json_with_columns_of_float32,
        a_page_without_data_is_small, only_a_report_is_written_over, NULL};
    return suite_main("page", SUITE_FORKED, 1, tests);
}
