/*
 * columns.c - the names of what is measured, in the order of the series.
 */
#include "columns.h"
#include "dataset.h"
#include "metric.h"

/* The columns of /metrics/step. */
static const char *const step_names[] = {"step", "epoch", "train_loss", "learning_rate"};
static const char *const step_units[] = {"1", "1", "1", "1"};
static const char *const step_long[] = {
    "steps done", "epochs done", "mean loss of the step's batch", "learning rate of the step"};
enum { STEP_COLUMNS = sizeof step_names / sizeof *step_names };

static const struct {
    enum split split;
    const char *name, *long_name;
} split_columns[] = {{SPLIT_TRAIN, "train", "training data"},
                     {SPLIT_VALIDATION, "validation", "validation data"},
                     {SPLIT_TEST, "test", "test data"}};

/* The columns of /metrics/epoch while they are being listed. */
struct columns {
    struct arena *arena;
    int count;
    const char **name, **unit, **long_name;
};

static void add_column(struct columns *columns, const char *name, const char *unit,
                       const char *long_name)
{
    columns->name[columns->count] = name;
    columns->unit[columns->count] = unit;
    columns->long_name[columns->count++] = long_name;
}

/* "test" + "accuracy" -> test_accuracy; false when memory ran out. */
static bool add_split_columns(struct columns *columns, size_t split)
{
    const char *name = split_columns[split].name, *long_name = split_columns[split].long_name;
    add_column(columns, arena_print(columns->arena, "%s_loss", name), "1",
               arena_print(columns->arena, "mean loss over the %s", long_name));
    for (size_t i = 0; i < registry_count(FAMILY_METRIC); i++) {
        const char *metric = registry_at(FAMILY_METRIC, i)->name;
        add_column(columns, arena_print(columns->arena, "%s_%s", name, metric), "1",
                   arena_print(columns->arena, "%s over the %s", metric, long_name));
    }
    for (int i = 0; i < columns->count; i++)
        if (!columns->name[i] || !columns->long_name[i])
            return false;
    return true;
}

int columns_list(struct arena *arena, struct series *steps, struct series *epochs, double **row)
{
    enum { OTHERS = 6, SPLITS = sizeof split_columns / sizeof *split_columns };
    size_t most = OTHERS + SPLITS * (1 + registry_count(FAMILY_METRIC));
    struct columns columns = {.arena = arena};
    columns.name = arena_array(arena, most, sizeof *columns.name);
    columns.unit = arena_array(arena, most, sizeof *columns.unit);
    columns.long_name = arena_array(arena, most, sizeof *columns.long_name);
    if (!columns.name || !columns.unit || !columns.long_name)
        return TRAINER_FAILED;
    if (row && !(*row = arena_array(arena, most, sizeof **row)))
        return TRAINER_FAILED;
    add_column(&columns, "epoch", "1", "epochs done");
    add_column(&columns, "step", "1", "steps done");
    add_column(&columns, "batch_loss", "1", "mean loss of the batches since the row before");
    for (size_t i = 0; i < SPLITS; i++)
        if (!add_split_columns(&columns, i))
            return TRAINER_FAILED;
    add_column(&columns, "learning_rate", "1", "learning rate");
    add_column(&columns, "seconds", "s", "time since training began");
    add_column(&columns, "samples_per_second", "1/s", "training speed since the row before");
    *epochs = (struct series){.columns = columns.count,
                              .name = columns.name,
                              .unit = columns.unit,
                              .long_name = columns.long_name};
    *steps = (struct series){
        .columns = STEP_COLUMNS, .name = step_names, .unit = step_units, .long_name = step_long};
    return TRAINER_OK;
}
