/*
 * test_option_find.c - the full key of a key that was given elsewhere, in part, or as others call
 * it.
 */
#include "base/error.h"
#include "config/options.h"
#include "config/registry_tables.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

/* --- a registry of one layer and one optimizer ------------------------------------------------ */

static const struct option affine_options[] = {{.key = "units", .type = OPTION_INTEGER}, {0}};
static const struct option sgd_options[] = {{.key = "learning_rate", .type = OPTION_NUMBER},
                                            {.key = "momentum", .type = OPTION_NUMBER},
                                            {0}};
static const struct kind affine = {.title = "Affine", .options = affine_options};
static const struct kind sgd = {.title = "sgd", .options = sgd_options};
static const struct kind *const layers[] = {&affine}, *const optimizers[] = {&sgd};
static const struct kind *const *const layer_variants[] = {layers};
static const struct kind *const *const optimizer_variants[] = {optimizers};
static const struct registry_entry layer_entries[] = {{"affine", FAMILY_LAYER, 0}};
static const struct registry_entry optimizer_entries[] = {{"sgd", FAMILY_OPTIMIZER, 0}};
const struct registry_table registry_tables[FAMILY_COUNT] = {
    [FAMILY_LAYER] = {"layer", 1, layer_entries, layer_variants},
    [FAMILY_OPTIMIZER] = {"optimizer", 1, optimizer_entries, optimizer_variants},
};

/* --- the sections ----------------------------------------------------------------------------- */

static const struct option root_options[] = {{.key = "name", .type = OPTION_NODE},
                                             {.key = "model", .type = OPTION_NODE},
                                             {.key = "trainer", .type = OPTION_NODE},
                                             {0}};
static const struct option stopping_options[] = {{.key = "patience", .type = OPTION_NODE}, {0}};
static const struct option trainer_options[] = {
    {.key = "max_epochs", .type = OPTION_NODE},
    {.key = "batch_size", .type = OPTION_NODE},
    {.key = "early_stopping", .type = OPTION_SECTION, .section = stopping_options},
    {0}};
static const struct option evaluate_options[] = {{.key = "batch_size", .type = OPTION_NODE}, {0}};
/* What `type: sgd` stands in for: a section whose kinds have keys of their own. */
static const struct option_group groups[] = {
    {.path = "", .table = root_options},
    {.path = "model.layers", .family = FAMILY_LAYER},
    {.path = "optimizer", .family = FAMILY_OPTIMIZER},
    {.path = "trainer", .table = trainer_options},
    {.path = "trainer.evaluate", .table = evaluate_options},
    {0}};

/* What is told of a line at the end of a config, or in its `trainer`. */
static void expect_told(const char *line, bool in_trainer, const char *told)
{
    const void *values[8];
    char text[256], message[256];
    struct config *config;
    snprintf(text, sizeof text,
             "model: {layers: [{type: Affine}, {type: affine, name: out}]}\n%s%s\n",
             in_trainer ? "trainer: " : "", line);
    ck_assert_int_eq(config_read_text(&config, "x", NULL, text, strlen(text), NULL, 0), TRAINER_OK);
    struct options_context context = {
        .config = config, .owner = in_trainer ? "trainer" : "the config", .groups = groups};
    const struct node *map = config_root(config);
    ck_assert_int_eq(options_read(&context, in_trainer ? trainer_options : root_options,
                                  in_trainer ? node_get(map, "trainer") : map, values),
                     TRAINER_INVALID);
    snprintf(message, sizeof message, "%s", error_text());
    ck_assert_msg(strstr(message, told) != NULL, "%s: not '%s' but: %s", line, told, message);
    config_free(config);
}

START_TEST(the_full_key_is_found)
{
    static const char *const cases[][2] = {
        {"max_epochs: 1", "in the config; did you mean 'trainer.max_epochs'?"},
        {"Max-Epochs: 1", "; did you mean 'trainer.max_epochs'?"},
        {"epochs: 1", "; did you mean 'trainer.max_epochs'?"},
        {"lr: 1", "; did you mean 'optimizer.learning_rate'?"},
        {"momentum: 1", "; did you mean 'optimizer.momentum'?"},
        {"batch_size: 1", "; did you mean 'trainer.batch_size' or 'trainer.evaluate.batch_size'?"},
        {"early_stopping: {patience: 1}", "; did you mean 'trainer.early_stopping.patience'?"},
        {"patience: 1", "; did you mean 'trainer.early_stopping.patience'?"},
        {"affine1: {units: 1}", "; did you mean 'model.layers.affine1.units'?"},
        {"out: {a: 1, b: 2}", "; did you mean 'model.layers.out'?"},
        {"units: 1", "; did you mean 'model.layers.affine1.units' or 'model.layers.out.units'?"},
        {"nmae: x", "; did you mean 'name'?"},
        {"zzz: 1", "; known: name, model, trainer"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_told(cases[i][0], false, cases[i][1]);
}
END_TEST

START_TEST(keys_of_the_section_come_first)
{
    static const char *const cases[][2] = {
        {"{epochs: 1}", "in trainer; did you mean 'max_epochs'?"},
        {"{size: 1}", "; did you mean 'batch_size'?"},
        {"{batchsize: 1}", "; did you mean 'batch_size'?"},
        {"{lr: 1}", "; did you mean 'optimizer.learning_rate'?"},
        {"{patience: 1}", "; did you mean 'trainer.early_stopping.patience'?"},
        {"{zzz: 1}", "; known: max_epochs, batch_size, early_stopping"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_told(cases[i][0], true, cases[i][1]);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_full_key_is_found, keys_of_the_section_come_first, NULL};
    return suite_main("option_find", SUITE_FORKED, 1, tests);
}
