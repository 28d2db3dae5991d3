/*
 * learned.c - the words for what is learned of a table.
 */
#include "learned.h"

const char *const table_type_words[TABLE_TYPE_COUNT] = {
    [TABLE_NUMBER] = "number",
    [TABLE_CATEGORY] = "category",
    [TABLE_ORDER] = "order",
    [TABLE_INDEX] = "index",
};

const char *const table_missing_words[MISSING_COUNT] = {
    [MISSING_ERROR] = "error",
    [MISSING_MEAN] = "mean",
    [MISSING_ZERO] = "zero",
    [MISSING_DROP] = "drop",
};

const char *const table_role_words[TABLE_ROLE_COUNT] = {
    [TABLE_INPUT] = "input",
    [TABLE_LABELS] = "labels",
    [TABLE_WEIGHTS] = "weights",
};
