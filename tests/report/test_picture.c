/*
 * test_picture.c - pictures inside a page. What they look like is seen by test_report.py.
 */
#include "report/picture.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <string.h>

START_TEST(a_picture_is_an_element_of_its_own)
{
    static const uint8_t rgb[] = {255, 0, 0, 0, 255, 0};
    static const char start[] = "<img alt=\"&lt;a&gt;\" width=\"2\" height=\"1\" "
                                "src=\"data:image/png;base64,iVBORw0KGgo";
    struct text text = {0};
    picture_add(&text, rgb, 1, 2, "<a>");
    ck_assert(strncmp(text_get(&text), start, sizeof start - 1) == 0);
    ck_assert_str_eq(text_get(&text) + text.length - 2, "\">");
    ck_assert(!text.failed);
    text_free(&text);
}
END_TEST

START_TEST(colours_diverge_around_white)
{
    static const struct {
        double value;
        uint8_t rgb[3];
    } cases[] = {{0, {255, 255, 255}}, {1, {178, 24, 43}},     {-1, {33, 102, 172}},
                 {2, {178, 24, 43}},   {0.5, {217, 140, 149}}, {(double)NAN, {0, 0, 0}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t rgb[3];
        picture_diverging(cases[i].value, rgb);
        ck_assert_mem_eq(rgb, cases[i].rgb, sizeof rgb);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_picture_is_an_element_of_its_own, colours_diverge_around_white,
                                  NULL};
    return suite_main("picture", SUITE_FORKED, 1, tests);
}
