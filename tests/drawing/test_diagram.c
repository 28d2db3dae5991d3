/*
 * test_diagram.c - what dot is asked, and what is drawn of its answer.
 */
#include "base/error.h"
#include "drawing/diagram.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static const struct diagram_node nodes[] = {
    {DIAGRAM_PLAIN, "a<b", NULL}, {DIAGRAM_CIRCLE, "×", "mul"}, {.shape = DIAGRAM_END}};
static const struct diagram_arrow arrows[] = {
    {0, 1, "100", "2.2"}, {0, 1, "3", NULL}, {1, 2, "", "1"}};
static const struct diagram diagram = {"apples", nodes, 3, arrows, 3};

/* dot's answer to it, shortened. */
static const char answer[] = "graph 1 4 2\n"
                             "node n0 0.5 1 1 0.4 \"\" solid box black lightgrey\n"
                             "node n1 2 1 0.5 0.5 \"\" solid circle black lightgrey\n"
                             "node n2 3.5 1 0.02 0.02 \"\" solid point black black\n"
                             "edge n0 n1 4 1 1 1.2 1 1.4 1 1.6 1 solid black\n"
                             "edge n0 n1 4 1 0.9 1.2 0.9 1.4 0.9 1.6 0.9 solid black\n"
                             "edge n1 n2 7 2.3 1 2.4 1 2.5 1 2.6 1 2.7 1 2.8 1 3.3 1 solid black\n"
                             "stop\n";

START_TEST(dot_is_told_of_sizes_and_of_no_text)
{
    struct text out = {0};
    diagram_dot(&diagram, &out);
    ck_assert_ptr_nonnull(strstr(text_get(&out), "n1 [shape=circle, width=0.500, height=0.500];"));
    ck_assert_ptr_nonnull(strstr(text_get(&out), "    n0 -> n1;\n    n0 -> n1;\n    n1 -> n2;\n"));
    ck_assert_ptr_null(strstr(text_get(&out), "mul"));
    text_free(&out);
}
END_TEST

START_TEST(values_stand_above_arrows_gradients_below_and_names_below_nodes)
{
    struct text out = {0};
    ck_assert_int_eq(diagram_svg(&diagram, answer, &out), TRAINER_OK);
    const char *svg = text_get(&out);
    /* The middle of the first arrow is at 1.3 inches, 1 inch from the top: 24 + 93.6, 24 + 72. */
    ck_assert_ptr_nonnull(strstr(svg, "<text x=\"117.6\" y=\"89.8\" text-anchor=\"middle\">100<"));
    ck_assert_ptr_nonnull(strstr(svg, "x=\"117.6\" y=\"110.8\""));
    ck_assert_ptr_nonnull(strstr(svg, ">2.2</text>"));
    /* The circle: 2 inches from the left, its radius 0.25 inches; its name below. */
    ck_assert_ptr_nonnull(strstr(svg, "<circle cx=\"168.0\" cy=\"96.0\" r=\"18.0\""));
    ck_assert_ptr_nonnull(strstr(svg, "<text x=\"168.0\" y=\"129.0\""));
    ck_assert_ptr_nonnull(strstr(svg, ">a&lt;b</text>"));
    /* A line of two pieces has its text where they meet. */
    ck_assert_ptr_nonnull(strstr(svg, "x=\"211.2\" y=\"110.8\""));
    text_free(&out);
}
END_TEST

START_TEST(texts_of_a_slanted_arrow_keep_off_its_line)
{
    static const struct diagram_arrow slanted = {0, 1, "100", "2.2"};
    const struct diagram two = {"slanted", nodes, 2, &slanted, 1};
    struct text out = {0};
    ck_assert_int_eq(diagram_svg(&two,
                                 "graph 1 4 2\nnode n0 0.5 1 1 0.4\nnode n1 2 1 0.5 0.5\n"
                                 "edge n0 n1 4 1 1 1.2 0.85 1.6 0.55 1.8 0.4 solid black\n",
                                 &out),
                     TRAINER_OK);
    /* The middle is at 24 + 1.4 * 72, 24 + 1.3 * 72; it runs along (0.8, 0.6). Texts of 24 x 13
     * move 12 * 0.6 + 6.5 * 0.8 + 4 = 16.4 across it; base lines lie 13 / 3 lower. */
    ck_assert_ptr_nonnull(strstr(text_get(&out), "<text x=\"134.6\" y=\"108.8\""));
    ck_assert_ptr_nonnull(strstr(text_get(&out), "<text x=\"115.0\" y=\"135.1\""));
    text_free(&out);
}
END_TEST

START_TEST(any_other_answer_is_refused)
{
    static const char *const wrong[] = {"",
                                        "graph 1",
                                        "graph 1 4 2\nstop\n",
                                        "graph 1 4 2\nnode n7 1 1 1 1\n",
                                        "graph 1 4 2\nedge n0 n1 400 1 1\n",
                                        "graph 1 4 2\nedge n1 n0 4 1 1 1 1 1 1 1 1\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct text out = {0};
        ck_assert_int_eq(diagram_svg(&diagram, wrong[i], &out), TRAINER_INVALID);
        text_free(&out);
    }
    for (size_t cut = 0; cut < strlen(answer) - strlen("\nstop\n") - 20; cut++) {
        char part[sizeof answer];
        struct text out = {0};
        snprintf(part, sizeof part, "%.*s", (int)cut, answer);
        ck_assert_int_eq(diagram_svg(&diagram, part, &out), TRAINER_INVALID);
        text_free(&out);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {dot_is_told_of_sizes_and_of_no_text,
                                  values_stand_above_arrows_gradients_below_and_names_below_nodes,
                                  texts_of_a_slanted_arrow_keep_off_its_line,
                                  any_other_answer_is_refused, NULL};
    return suite_main("diagram", SUITE_FORKED, 1, tests);
}
