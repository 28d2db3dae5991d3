/*
 * test_registry.c - kinds by name, alias and variant; what a wrong name is told.
 */
#include "config/registry.h"
#include "config/registry_tables.h"
#include "support/suite.h"

#include <check.h>

/* --- a registry of three layers in two variants ----------------------------------------------- */

static const struct kind affine = {.title = "Affine", .aliases = "Dense,Fully_Connected"};
static const struct kind affine_fast = {.title = "Affine", .aliases = "Dense,Fully_Connected"};
static const struct kind relu = {.title = "ReLU"};
static const struct kind loss = {.title = "SoftmaxWithLoss", .aliases = "CrossEntropy"};
static const struct kind *const plain[] = {&affine, &relu, &loss};
static const struct kind *const fast[] = {&affine_fast, &relu, &loss};
static const struct kind *const *const variants[] = {plain, fast};
static const struct registry_entry entries[] = {
    {"affine", FAMILY_LAYER, 0}, {"relu", FAMILY_LAYER, 1}, {"softmax_with_loss", FAMILY_LAYER, 2}};
const struct registry_table registry_tables[FAMILY_COUNT] = {
    [FAMILY_LAYER] = {"layer", 3, entries, variants},
    [FAMILY_METRIC] = {"metric", 0, NULL, NULL},
};

START_TEST(a_kind_is_found_by_name_and_alias_whatever_case_and_separators)
{
    static const struct {
        const char *name;
        int index; /* -1: none */
    } cases[] = {
        {"affine", 0},
        {"AFFINE", 0},
        {"Dense", 0},
        {"fully-connected", 0},
        {"FullyConnected", 0},
        {"relu", 1},
        {"Re_LU", 1},
        {"re lu", 1},
        {"SoftmaxWithLoss", 2},
        {"softmax with loss", 2},
        {"cross_entropy", 2},
        {"crossentropy,", -1},
        {"Dense,FullyConnected", -1},
        {"aff", -1},
        {"affine1", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct registry_entry *entry = registry_find(FAMILY_LAYER, cases[i].name);
        const struct registry_entry *expected =
            cases[i].index < 0 ? NULL : &entries[cases[i].index];
        ck_assert_msg(entry == expected, "'%s'", cases[i].name);
    }
    ck_assert_ptr_null(registry_find(FAMILY_METRIC, "affine"));
}
END_TEST

START_TEST(names_of_one_kind_are_the_same)
{
    static const char *const same[][2] = {{"Affine", "affine"},
                                          {"dense", "Affine"},
                                          {"Dense", "fully_connected"},
                                          {"Unknown_one", "unknownone"}};
    static const char *const other[][2] = {
        {"affine", "relu"}, {"Dense", "ReLU"}, {"unknown", "affine"}, {"a", "b"}, {"", "affine"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        ck_assert_msg(registry_same_kind(same[i][0], same[i][1]), "%s", same[i][0]);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        ck_assert_msg(!registry_same_kind(other[i][0], other[i][1]), "%s", other[i][0]);
    ck_assert(registry_has("dense") && !registry_has("conv") && !registry_has(""));
}
END_TEST

START_TEST(entries_lead_to_the_descriptor_of_a_variant_and_back)
{
    ck_assert_uint_eq(registry_count(FAMILY_LAYER), 3);
    ck_assert_ptr_eq(registry_at(FAMILY_LAYER, 1), &entries[1]);
    ck_assert_ptr_eq(registry_kind(&entries[0], 0), &affine);
    ck_assert_ptr_eq(registry_kind(&entries[0], 1), &affine_fast);
    ck_assert_ptr_eq(registry_entry_of(FAMILY_LAYER, &affine_fast), &entries[0]);
    ck_assert_str_eq(registry_family_name(FAMILY_METRIC), "metric");
}
END_TEST

START_TEST(a_wrong_name_is_told_what_there_is)
{
    char text[256];
    ck_assert_str_eq(registry_unknown(FAMILY_LAYER, "Afine", text, sizeof text),
                     "unknown layer 'Afine'; did you mean 'Affine'? known: Affine, ReLU, "
                     "SoftmaxWithLoss");
    ck_assert_str_eq(registry_unknown(FAMILY_LAYER, "conv", text, sizeof text),
                     "unknown layer 'conv'; known: Affine, ReLU, SoftmaxWithLoss");
    ck_assert_str_eq(registry_unknown(FAMILY_LAYER, "conv", text, 20), "unknown layer 'conv");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_kind_is_found_by_name_and_alias_whatever_case_and_separators,
                                  names_of_one_kind_are_the_same,
                                  entries_lead_to_the_descriptor_of_a_variant_and_back,
                                  a_wrong_name_is_told_what_there_is, NULL};
    return suite_main("registry", SUITE_FORKED, 1, tests);
}
