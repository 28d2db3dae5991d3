/*
 * test_table.c - columns that are aligned, and that stack where a line has no room for all.
 */
#include "display/table.h"
#include "support/suite.h"

#include <check.h>
#include <string.h>

/* Two rows of four columns, in lines of so many columns. */
static void expect_table(size_t width, size_t indent, const char *expected)
{
    static const char *const headings[] = {"trial", "units", "loss", "status"};
    struct text text = {0};
    struct table table;
    table_start(&table, "lrrl", headings);
    table.width = width;
    table_cell(&table, "a");
    table_cell(&table, "%d", 100);
    table_cell(&table, "0.25");
    table_cell(&table, "done");
    table_cell(&table, "bb");
    table_cell(&table, "%d", 5);
    table_cell(&table, "-");
    table_cell(&table, "two\nlines");
    ck_assert_int_eq(table_finish(&table, indent, &text), 0);
    ck_assert_str_eq(text_get(&text), expected);
    text_free(&text);
}

START_TEST(columns_are_aligned)
{
    expect_table(0, 0,
                 "trial  units  loss  status\n"
                 "a        100  0.25  done\n"
                 "bb         5     -  two\n"
                 "                    lines\n");
    expect_table(28, 2,
                 "  trial  units  loss  status\n"
                 "  a        100  0.25  done\n"
                 "  bb         5     -  two\n"
                 "                      lines\n");
}
END_TEST

START_TEST(columns_that_do_not_fit_stand_below)
{
    expect_table(25, 0,
                 "trial  units  loss\n"
                 "       status\n"
                 "a        100  0.25\n"
                 "       done\n"
                 "bb         5     -\n"
                 "       two\n"
                 "       lines\n");
    expect_table(8, 0,
                 "trial\n"
                 "  units\n"
                 "  loss\n"
                 "  status\n"
                 "a\n"
                 "    100\n"
                 "  0.25\n"
                 "  done\n"
                 "bb\n"
                 "      5\n"
                 "     -\n"
                 "  two\n"
                 "  lines\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table");
    TCase *tcase = tcase_create("table");
    tcase_add_test(tcase, columns_are_aligned);
    tcase_add_test(tcase, columns_that_do_not_fit_stand_below);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
