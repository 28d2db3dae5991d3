/*
 * test_key_hints.c - the keys that words of other programs stand for.
 */
#include "config/key_hints.h"
#include "support/suite.h"

#include <check.h>

START_TEST(last_parts_and_synonyms_find_their_key)
{
    static const struct {
        const char *word, *key;
    } cases[] = {{"epochs", "trainer.max_epochs"},
                 {"max_epochs", "trainer.max_epochs"},
                 {"Max-Epochs", "trainer.max_epochs"},
                 {"batch-size", "trainer.batch_size"},
                 {"lr", "optimizer.learning_rate"},
                 {"learning_rate", "optimizer.learning_rate"},
                 {"patience", "trainer.early_stopping.patience"},
                 {"random-state", "seed"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(key_hints_find(cases[i].word), cases[i].key);
}
END_TEST

START_TEST(other_words_have_none)
{
    static const char *const words[] = {"",
                                        ",",
                                        "epo",
                                        "l",
                                        "elephant",
                                        "epochs,epoch",
                                        "seed",
                                        ("a_word_that_is_longer_than_any_key_of_any_program_there_"
                                         "has_ever_been_and_then_some")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        ck_assert_ptr_null(key_hints_find(words[i]));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {last_parts_and_synonyms_find_their_key, other_words_have_none,
                                  NULL};
    return suite_main("key_hints", SUITE_FORKED, 1, tests);
}
