/*
 * test_plot_text.c - plots in characters, as they look.
 */
#include "drawing/plot_text.h"
#include "support/suite.h"

#include <math.h>
#include <string.h>

static double x[] = {0, 1, 2, 3}, y[] = {3, 2, 1, 0};

static const struct plot_series falling = {
    .name = "falling", .count = 4, .x = x, .y = y, .best = PLOT_NO_ROW};

/* The plot of some series in static memory. */
static const char *draw(const struct plot_series *series, size_t count, struct plot_text how)
{
    static struct text out;
    struct plot plot = {.title = "loss", .x = {.label = "step"}, .series = series, .count = count};
    text_free(&out);
    ck_assert_int_eq(plot_text(&plot, &how, &out), 0);
    return text_get(&out);
}

START_TEST(a_line_falls_from_corner_to_corner)
{
    ck_assert_str_eq(draw(&falling, 1, (struct plot_text){.columns = 24, .lines = 10}),
                     "loss\n"
                     "  | ***\n"
                     "2 +    *****\n"
                     "  |         ***\n"
                     "  |            ****\n"
                     "0 +                ****\n"
                     "  +-+-----------+-------\n"
                     "    0           2   step\n"
                     "** falling\n");
}
END_TEST

START_TEST(dots_of_braille_are_finer)
{
    ck_assert_str_eq(
        draw(&falling, 1, (struct plot_text){.columns = 24, .lines = 10, .utf8 = true}),
        "loss\n"
        "  │⠐⠢⢄⡀\n"
        "2 ┤   ⠈⠑⠢⢄⣀\n"
        "  │        ⠉⠒⠢⠤⣀\n"
        "  │             ⠉⠑⠢⢄⡀\n"
        "0 ┤                 ⠈⠑⠢⠄\n"
        "  └─┬───────────┬───────\n"
        "    0           2   step\n"
        "── falling\n");
}
END_TEST

START_TEST(no_line_is_wider_and_there_are_no_more_than_asked_for)
{
    struct plot_series many[40];
    for (size_t i = 0; i < 40; i++)
        many[i] = falling;
    for (size_t columns = 24; columns < 210; columns += 3) {
        for (size_t lines = 10; lines < 21; lines++) {
            size_t count = 1 + columns % 3, found = 0;
            const char *text =
                draw(many, count, (struct plot_text){.columns = columns, .lines = lines});
            for (; *text; text += strcspn(text, "\n") + 1, found++)
                ck_assert_uint_le(strcspn(text, "\n"), columns);
            ck_assert_uint_le(found, lines);
        }
    }
}
END_TEST

START_TEST(colours_are_there_only_where_asked_for)
{
    struct plot_text how = {.columns = 40, .lines = 10, .utf8 = true};
    ck_assert_ptr_null(strchr(draw(&falling, 1, how), '\033'));
    how.colour = true;
    ck_assert_ptr_nonnull(strstr(draw(&falling, 1, how), "\033[38;5;32m"));
}
END_TEST

START_TEST(series_that_only_a_colour_would_tell_apart_have_signs)
{
    struct plot_series two[2] = {falling, falling};
    struct plot_text how = {.columns = 40, .lines = 12, .utf8 = true};
    two[1].y = x;
    ck_assert_ptr_nonnull(strstr(draw(two, 2, how), "** falling   ++ falling"));
    two[1].dash = 1;
    ck_assert_ptr_nonnull(strstr(draw(two, 2, how), "── falling   ╌╌ falling"));
    how.colour = true;
    two[1].dash = 0;
    ck_assert_ptr_null(strstr(draw(two, 2, how), "**"));
}
END_TEST

START_TEST(a_gap_is_left_open)
{
    double gap[] = {0, (double)NAN, (double)NAN, 0};
    struct plot_series series = {.count = 4, .x = x, .y = gap, .best = PLOT_NO_ROW};
    const char *text = draw(&series, 1, (struct plot_text){.columns = 24, .lines = 9});
    size_t signs = 0;
    for (; *text; text++)
        signs += *text == '*';
    ck_assert_uint_eq(signs, 2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_line_falls_from_corner_to_corner,
                                  dots_of_braille_are_finer,
                                  no_line_is_wider_and_there_are_no_more_than_asked_for,
                                  colours_are_there_only_where_asked_for,
                                  series_that_only_a_colour_would_tell_apart_have_signs,
                                  a_gap_is_left_open,
                                  NULL};
    return suite_main("plot_text", SUITE_FORKED, 1, tests);
}
