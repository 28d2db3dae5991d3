/*
 * test_plot_svg.c - plots as SVG: where points lie, and what texts of any origin become.
 */
#include "drawing/plot_svg.h"
#include "support/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double x[] = {0, 1, 2, 3, 4}, y[] = {4, 2, (double)NAN, 1, 3};

/* The drawing of one series, 400 x 300, into static memory. */
static const char *draw(struct plot_series series, bool logarithmic)
{
    static struct text out;
    struct plot plot = {.title = "a title", .series = &series, .count = 1};
    plot.y.logarithmic = logarithmic;
    text_free(&out);
    plot_svg(&plot, &(struct plot_svg){.width = 400, .height = 300}, &out);
    return text_get(&out);
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        found++;
    return found;
}

START_TEST(a_gap_ends_a_line_and_begins_another)
{
    struct plot_series series = {.name = "s", .count = 5, .x = x, .y = y, .best = PLOT_NO_ROW};
    const char *svg = draw(series, false);
    char line[80] = "";
    const char *path = strstr(strstr(svg, "1.75") + 1, "1.75"); /* behind the legend's */
    while (strncmp(path, "<path", 5) != 0)
        path--;
    ck_assert_int_eq(sscanf(path, "<path d=\"%79[^\"]", line), 1);
    ck_assert_uint_eq(count(line, "M"), 2);
    ck_assert_uint_eq(count(line, "L"), 2);
    ck_assert_uint_eq(count(svg, "<circle"), 5); /* four points and the legend's */
}
END_TEST

START_TEST(what_has_no_place_on_a_logarithmic_axis_is_a_gap)
{
    double loss[] = {10, 0, 1, -1, 0.1};
    struct plot_series series = {.count = 5, .x = x, .y = loss, .best = PLOT_NO_ROW};
    const char *svg = draw(series, true);
    ck_assert_uint_eq(count(svg, "<circle"), 3);
    ck_assert_ptr_nonnull(strstr(svg, ">0.1</text>"));
    ck_assert_ptr_nonnull(strstr(svg, ">10</text>"));
}
END_TEST

START_TEST(the_best_row_has_a_marker_of_its_own)
{
    struct plot_series series = {.count = 2, .x = x, .y = y, .best = 1};
    ck_assert_uint_eq(count(draw(series, false), "r=\"6\""), 1);
    series.best = PLOT_NO_ROW;
    ck_assert_uint_eq(count(draw(series, false), "r=\"6\""), 0);
}
END_TEST

START_TEST(a_bar_reaches_from_zero_to_its_number)
{
    double edge[] = {0, 1, 2}, height[] = {1, 3, 0};
    struct plot_series series = {
        .count = 3, .x = edge, .y = height, .shape = PLOT_BARS, .best = PLOT_NO_ROW};
    const char *svg = draw(series, false);
    double first = 0, second = 0;
    const char *rect = strstr(svg, "<rect ");
    ck_assert_ptr_nonnull(rect);
    ck_assert_int_eq(sscanf(strstr(rect, "height"), "height=\"%lf", &first), 1);
    rect = strstr(rect + 1, "<rect ");
    ck_assert_ptr_nonnull(rect);
    ck_assert_int_eq(sscanf(strstr(rect, "height"), "height=\"%lf", &second), 1);
    ck_assert_double_eq_tol(second, 3 * first, 0.3);
}
END_TEST

START_TEST(texts_are_text_whatever_they_hold)
{
    struct plot_series series = {
        .name = "</svg><script>&\"'\x01\xFF", .count = 5, .x = x, .y = y, .best = PLOT_NO_ROW};
    const char *svg = draw(series, false);
    ck_assert_ptr_null(strstr(svg, "<script"));
    ck_assert_uint_eq(count(svg, "</svg>"), 1);
    ck_assert_ptr_nonnull(
        strstr(svg, "&lt;/svg&gt;&lt;script&gt;&amp;&quot;&#39;\xEF\xBF\xBD\xEF\xBF\xBD"));
}
END_TEST

/* Words lie at 0, 1, ... of an axis from half a step before the first to half a step behind the
 * last; where there are many, some have no label. */
START_TEST(words_stand_where_their_numbers_would)
{
    static const char *const few[] = {"xavier", "he", "a word that is longer than its room"};
    static const char *const many[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    struct plot_series series = {.count = 3, .x = x, .y = y, .shape = PLOT_POINTS};
    struct plot plot = {.x = {.word = few, .words = 3}, .series = &series, .count = 1};
    struct text out = {0};
    plot_svg(&plot, &(struct plot_svg){.width = 400, .height = 300}, &out);
    ck_assert_ptr_nonnull(strstr(text_get(&out), ">xavier</text>"));
    ck_assert_ptr_nonnull(strstr(text_get(&out), ">he</text>"));
    ck_assert_ptr_nonnull(strstr(text_get(&out), ">a word...ts room</text>"));
    ck_assert_ptr_null(strstr(text_get(&out), ">0.5</text>"));
    struct axis axis = plot_x_axis(&plot, 5);
    ck_assert_double_eq(axis_place(&axis, 1), 0.5);
    plot.x.word = many;
    plot.x.words = 8;
    axis = plot_x_axis(&plot, 3);
    ck_assert_int_eq(axis.ticks, 3);
    char label[AXIS_LABEL_MAX];
    ck_assert_str_eq(plot_x_label(&plot, &axis, 1, label), "d");
    text_free(&out);
}
END_TEST

START_TEST(between_whole_numbers_there_are_no_ticks)
{
    static const double step[] = {0, 1, 2, 3}, epoch[] = {0, 1, 2, 2.5};
    struct plot_series series = {.count = 4, .x = step, .y = y};
    struct plot plot = {.series = &series, .count = 1};
    struct axis axis = plot_x_axis(&plot, 8);
    char label[AXIS_LABEL_MAX];
    ck_assert_int_eq(axis.ticks, 4);
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq(axis.tick[i], i);
    ck_assert_str_eq(axis_label(&axis, 3, label), "3");
    series.x = epoch;
    axis = plot_x_axis(&plot, 8);
    ck_assert_int_eq(axis.ticks, 6);
    ck_assert_str_eq(axis_label(&axis, 5, label), "2.5");
}
END_TEST

START_TEST(a_plot_of_nothing_has_axes)
{
    struct plot_series series = {.name = "nothing", .x = x, .y = y, .best = PLOT_NO_ROW};
    ck_assert_ptr_nonnull(strstr(draw(series, false), ">1.00</text>"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_gap_ends_a_line_and_begins_another,
                                  what_has_no_place_on_a_logarithmic_axis_is_a_gap,
                                  the_best_row_has_a_marker_of_its_own,
                                  a_bar_reaches_from_zero_to_its_number,
                                  texts_are_text_whatever_they_hold,
                                  words_stand_where_their_numbers_would,
                                  a_plot_of_nothing_has_axes,
                                  between_whole_numbers_there_are_no_ticks,
                                  NULL};
    return suite_main("plot_svg", SUITE_FORKED, 1, tests);
}
