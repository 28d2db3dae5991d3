/*
 * columns.c - the one description of what is measured; names are made here and nowhere else.
 */
#include "columns.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const step_names[] = {"step", "epoch", "train_loss", "learning_rate"};
static const char *const step_units[] = {"1", "1", "1", "1"};
static const char *const step_long[] = {
    "steps done", "epochs done", "mean loss of the step's batch", "learning rate of the step"};

/* Splits in the order of their columns. */
static const enum split split_order[] = {SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST};
enum { SPLITS = sizeof split_order / sizeof *split_order };

/* The columns that belong to no split, before and behind those that do. */
static const struct single {
    enum measured measured;
    enum direction direction;
    const char *name, *unit, *long_name, *title, *heading;
} before[] =
    {
        {MEASURED_EPOCH, DIRECTION_NONE, "epoch", "1", "epochs done", "epoch", "epoch"},
        {MEASURED_STEP, DIRECTION_NONE, "step", "1", "steps done", "step", "step"},
        {MEASURED_BATCH_LOSS, DIRECTION_SMALLER, "batch_loss", "1",
         "mean loss of the batches since the row before", "training loss", "train loss"},
},
  behind[] = {
      {MEASURED_RATE, DIRECTION_NONE, "learning_rate", "1", "learning rate", "learning rate",
       "learning rate"},
      {MEASURED_SECONDS, DIRECTION_NONE, "seconds", "s", "time since training began", "seconds",
       "seconds"},
      {MEASURED_SPEED, DIRECTION_NONE, "samples_per_second", "1/s",
       "training speed since the row before", "samples per second", "samples/s"},
};
enum { BEFORE = sizeof before / sizeof *before, BEHIND = sizeof behind / sizeof *behind };

/* Columns of a split: its loss and its metrics. */
static int split_width(void)
{
    return 1 + (int)registry_count(FAMILY_METRIC);
}

int columns_count(void)
{
    return BEFORE + SPLITS * split_width() + BEHIND;
}

static struct column_facts facts_of_single(const struct single *single)
{
    struct column_facts facts = {.measured = single->measured,
                                 .split = SPLIT_COUNT,
                                 .direction = single->direction,
                                 .unit = single->unit};
    snprintf(facts.name, sizeof facts.name, "%s", single->name);
    snprintf(facts.long_name, sizeof facts.long_name, "%s", single->long_name);
    snprintf(facts.title, sizeof facts.title, "%s", single->title);
    snprintf(facts.heading, sizeof facts.heading, "%s", single->heading);
    return facts;
}

/* Names of what is measured of a split: `word` in a column's name, the others in texts. */
static void name_facts(struct column_facts *facts, const char *word, const char *over,
                       const char *title, const char *heading)
{
    const struct split_words *split = split_words(facts->split);
    snprintf(facts->name, sizeof facts->name, "%s_%s", split->name, word);
    snprintf(facts->long_name, sizeof facts->long_name, "%s over the %s", over, split->data);
    snprintf(facts->title, sizeof facts->title, "%s %s", split->adjective, title);
    snprintf(facts->heading, sizeof facts->heading, "%s %s", split->brief, heading);
}

/* place 0: the loss; from 1 on: metrics. */
static struct column_facts facts_of_split(enum split split, int place)
{
    struct column_facts facts = {.measured = place ? MEASURED_METRIC : MEASURED_LOSS,
                                 .split = split,
                                 .direction = DIRECTION_SMALLER,
                                 .unit = "1"};
    if (place == 0) {
        name_facts(&facts, "loss", "mean loss", "loss", "loss");
        return facts;
    }
    facts.metric = (size_t)place - 1;
    const struct registry_entry *entry = registry_at(FAMILY_METRIC, facts.metric);
    facts.kind = (const struct metric_kind *)registry_kind(entry, 0);
    facts.direction = facts.kind->maximize ? DIRECTION_LARGER : DIRECTION_SMALLER;
    const char *words = facts.kind->words ? facts.kind->words : facts.kind->base.title;
    const char *heading = facts.kind->heading ? facts.kind->heading : facts.kind->base.title;
    name_facts(&facts, entry->name, words, words, heading);
    return facts;
}

struct column_facts columns_facts(int column)
{
    int splits = SPLITS * split_width();
    assert(column >= 0 && column < columns_count());
    if (column < BEFORE)
        return facts_of_single(&before[column]);
    column -= BEFORE;
    if (column < splits)
        return facts_of_split(split_order[column / split_width()], column % split_width());
    return facts_of_single(&behind[column - splits]);
}

int columns_place(enum measured measured, enum split split, size_t metric)
{
    if (measured < MEASURED_LOSS)
        return (int)measured;
    if (measured > MEASURED_METRIC)
        return BEFORE + SPLITS * split_width() + (int)(measured - MEASURED_RATE);
    int order = 0;
    while (split_order[order] != split)
        order++;
    int place = measured == MEASURED_LOSS ? 0 : 1 + (int)metric;
    return BEFORE + order * split_width() + place;
}

int columns_find(const char *name)
{
    for (int i = 0; i < columns_count(); i++)
        if (strcmp(columns_facts(i).name, name) == 0)
            return i;
    return -1;
}

int columns_list(struct arena *arena, struct series *steps, struct series *epochs, double **row)
{
    size_t count = (size_t)columns_count();
    const char **name = arena_array(arena, count, sizeof *name);
    const char **unit = arena_array(arena, count, sizeof *unit);
    const char **long_name = arena_array(arena, count, sizeof *long_name);
    if (!name || !unit || !long_name || (row && !(*row = arena_array(arena, count, sizeof **row))))
        return TRAINER_FAILED;
    for (size_t i = 0; i < count; i++) {
        struct column_facts facts = columns_facts((int)i);
        name[i] = arena_copy(arena, facts.name, strlen(facts.name));
        long_name[i] = arena_copy(arena, facts.long_name, strlen(facts.long_name));
        unit[i] = facts.unit;
        if (!name[i] || !long_name[i])
            return TRAINER_FAILED;
    }
    *epochs =
        (struct series){.columns = (int)count, .name = name, .unit = unit, .long_name = long_name};
    *steps = (struct series){
        .columns = STEP_COLUMNS, .name = step_names, .unit = step_units, .long_name = step_long};
    return TRAINER_OK;
}
