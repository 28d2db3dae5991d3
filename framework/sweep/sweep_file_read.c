/*
 * sweep_file_read.c - the rows of a sweep.h5 that someone else may have made, back among results.
 */
#include "sweep_file.h"
#include "sweep_table.h"
#include <errno.h>
#include <unistd.h>

static int add_row(struct sweep_results *results, const struct sweep_table *table,
                   const struct sweep_table_row *row)
{
    struct series epochs = table->metrics;
    epochs.rows = row->measured;
    epochs.value = row->curve;
    struct sweep_found found = {
        .id = row->id,
        .seed = (uint64_t)row->seed,
        .key = table->key,
        .value = row->value,
        .keys = table->keys,
        .outcome = {.status = row->status,
                    .error = row->error,
                    .seconds = row->seconds,
                    .steps = (uint64_t)row->steps,
                    .epochs = &epochs},
    };
    return sweep_results_add(results, &found);
}

int sweep_file_read(const char *h5, struct sweep_results *results)
{
    struct sweep_table table;
    if (access(h5, F_OK) != 0 && errno == ENOENT)
        return TRAINER_OK;
    int rc = sweep_table_read(&table, h5, false);
    for (size_t i = 0; i < table.rows && rc == TRAINER_OK; i++)
        rc = add_row(results, &table, &table.row[i]);
    sweep_table_free(&table);
    return rc;
}
