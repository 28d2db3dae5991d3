/*
 * test_suggest.c - which word is close, and the words of the suggestion.
 */
#include "base/suggest.h"
#include "support/suite.h"

#include <string.h>

START_TEST(the_closest_word_is_within_a_third_of_the_length)
{
    static const char *const words[] = {"units", "initializer", "learning_rate", "std"};
    static const char *const cases[][2] = {
        {"unit", "units"},
        {"Units", "units"},
        {"untis", "units"},
        {"learningrate", "learning_rate"},
        {"LEARNING-RATE", "learning_rate"},
        {"initialiser", "initializer"},
        {"unxxs", NULL},
        {"st", NULL},
        {"sdt", "std"},
        {"learn", "learning_rate"},
        {"le", NULL},
        {"", NULL},
        {"momentum", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *closest = suggest_closest(cases[i][0], words, 4);
        ck_assert_msg(!closest == !cases[i][1], "%s", cases[i][0]);
        if (closest)
            ck_assert_str_eq(closest, cases[i][1]);
    }
    char word[5001];
    memset(word, 'u', 5000);
    word[5000] = '\0';
    ck_assert_ptr_null(suggest_closest(word, words, 4));
    const char *const odd[] = {"_", word, "units"};
    ck_assert_str_eq(suggest_closest("unit", odd, 3), "units");
    ck_assert_ptr_null(suggest_closest("units", NULL, 0));
}
END_TEST

START_TEST(a_suggestion_names_the_closest_or_all)
{
    static const char *const words[] = {"units", "init", "bias"};
    static const struct {
        const char *word;
        size_t count;
        bool list;
        const char *text;
    } cases[] = {
        {"unit", 3, false, "no; did you mean 'units'?"},
        {"unit", 3, true, "no; did you mean 'units'? known: units, init, bias"},
        {"momentum", 3, false, "no; known: units, init, bias"},
        {"momentum", 0, true, "no"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256] = "no";
        suggest_words(text, sizeof text, cases[i].word, words, cases[i].count, cases[i].list);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_closest_word_is_within_a_third_of_the_length,
                                  a_suggestion_names_the_closest_or_all, NULL};
    return suite_main("suggest", SUITE_FORKED, 1, tests);
}
