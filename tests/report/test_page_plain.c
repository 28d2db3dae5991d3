/*
 * test_page_plain.c - the document as a build makes it that found no Chart.js.
 *
 * The embedded files are compiled into this test without it, in the place of the library's.
 */
#undef PAGE_CHART
#include "report/page_files.c"

#include "report/page.h"
#include "support/suite.h"

#include <check.h>
#include <string.h>

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        found++;
    return found;
}

START_TEST(without_chart_js_a_page_has_its_pictures_and_names_the_package)
{
    struct page page = {0};
    page_open(&page, "two_layer");
    page_section(&page, "curves", "Curves");
    page_figure(&page, "loss", "Loss across training.", "<svg></svg>");
    page_figure_end(&page);
    page_close(&page);
    const char *document = text_get(&page.document);
    ck_assert_uint_eq(page_file_chart().count, 0);
    ck_assert_ptr_nonnull(strstr(document, "<div class=\"picture\"><svg></svg></div>"));
    ck_assert_ptr_nonnull(strstr(document, "built without Chart.js, of the package "
                                           "<code>libjs-chart.js</code>"));
    ck_assert_ptr_null(strstr(document, "Licence of Chart.js"));
    ck_assert_uint_eq(count(document, "'sha256-"), 2); /* of the style and of page.js */
    ck_assert_uint_eq(count(document, "<script>"), 1);
    ck_assert_uint_le(page.document.length, 60000);
    page_free(&page);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {without_chart_js_a_page_has_its_pictures_and_names_the_package,
                                  NULL};
    return suite_main("page_plain", SUITE_FORKED, 1, tests);
}
