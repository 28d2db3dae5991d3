/*
 * sweep_record.c - see sweep_record.h.
 */
#include "sweep_record.h"
#include "base/error.h"
#include "base/file.h"
#include "sweep/sweep_folder.h"
#include "system/folder_lock.h"
#include "system/sandbox.h"

#include <stdlib.h>
#include <string.h>

enum { LOGS_MOST = 4096 };

struct trying {
    struct sweep_table table;
    const char *path;
};

static int try_table(void *context)
{
    struct trying *trying = context;
    int rc = sweep_table_read(&trying->table, trying->path, true);
    sweep_table_free(&trying->table);
    return rc;
}

static int read_table(struct sweep_record *record)
{
    static const struct sandbox_limits limits = {.seconds = 60, .bytes = (size_t)8 << 30};
    const char *path = arena_print(&record->arena, "%s/sweep.h5", record->folder);
    struct trying trying = {.path = path};
    if (!path)
        return TRAINER_FAILED;
    if (!file_exists(path))
        return error_set(TRAINER_INVALID, "%s: no trial has ended yet", record->folder);
    int rc = sandbox_call(path, &limits, try_table, &trying);
    return rc ? rc : sweep_table_read(&record->table, path, true);
}

/* What the file says, unless it says that the sweep goes on and nobody holds its lock. */
static int find_status(struct sweep_record *record)
{
    struct folder_owner owner = folder_lock_owner(record->folder, "sweep.lock");
    bool running = strcmp(record->table.status, run_status_word(RUN_RUNNING)) == 0;
    record->status = record->table.status;
    if (owner.alive || (running && owner.elsewhere))
        record->status = owner.elsewhere ? arena_print(&record->arena, "running on %s", owner.host)
                                         : run_status_word(RUN_RUNNING);
    else if (running)
        record->status = run_status_word(RUN_INTERRUPTED);
    return record->status ? TRAINER_OK : TRAINER_FAILED;
}

struct logs {
    struct arena *arena;
    const char *path[LOGS_MOST];
    size_t count;
};

static int take_log(void *context, const char *path)
{
    struct logs *logs = context;
    if (logs->count == LOGS_MOST)
        return TRAINER_OK;
    logs->path[logs->count] = arena_copy(logs->arena, path, strlen(path));
    return logs->path[logs->count++] ? TRAINER_OK : TRAINER_FAILED;
}

int sweep_record_read(struct sweep_record *record, const char *folder)
{
    *record = (struct sweep_record){.folder = folder};
    struct logs *logs = arena_allocate(&record->arena, sizeof *logs);
    if (!logs)
        return TRAINER_FAILED;
    logs->arena = &record->arena;
    int rc = read_table(record);
    if (rc == TRAINER_OK)
        rc = find_status(record);
    if (rc == TRAINER_OK)
        rc = sweep_folder_logs(&(struct sweep_folder){.path = folder}, take_log, logs);
    if (rc == TRAINER_OK)
        rc = sweep_facts_open(&record->facts, &record->table, logs->path, logs->count);
    return rc;
}

void sweep_record_free(struct sweep_record *record)
{
    sweep_facts_free(&record->facts);
    sweep_table_free(&record->table);
    arena_free(&record->arena);
}
