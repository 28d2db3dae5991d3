/*
 * run_record.c - one run as pages, plots and tables show it.
 */
#include "run_record.h"
#include "base/error.h"
#include "base/file.h"
#include "config/config.h"
#include "evaluate/columns.h"
#include "run_listing.h"
#include "system/run_folder.h"

#include <stdlib.h>
#include <string.h>

enum { CONFIG_MOST = 1 << 21 };

/* The config of a run that has saved nothing, as far as it is there. */
static int read_config(struct run_record *record)
{
    struct runfile_view *view = &record->view;
    char *path = run_folder_path(record->place.folder, "config.yaml"), *text = NULL;
    size_t length = 0;
    if (!path)
        return TRAINER_FAILED;
    bool read = file_read(path, CONFIG_MOST, &text, &length) == TRAINER_OK;
    const char *copy = arena_copy(&view->arena, read ? text : "", length);
    view->facts.config = view->facts.config_resolved = copy;
    free(text);
    free(path);
    return copy ? TRAINER_OK : TRAINER_FAILED;
}

/* A run without a file: its process has not saved yet, or was killed before it did. */
static int read_unsaved(struct run_record *record)
{
    struct runfile_view *view = &record->view;
    struct folder_owner owner = run_folder_owner(record->place.folder);
    bool goes_on = owner.alive || owner.elsewhere;
    *view = (struct runfile_view){.kind = "run", .hostname = "", .updated_time = ""};
    view->facts = (struct run_facts){.status = goes_on ? RUN_RUNNING : RUN_INTERRUPTED,
                                     .error = "",
                                     .reason = "",
                                     .start_time = "",
                                     .end_time = "",
                                     .precision = "",
                                     .kernels = "",
                                     .sparse_input = "",
                                     .command_line = "",
                                     .data_fingerprint = "",
                                     .resumed_from = "",
                                     .config_origins = ""};
    int rc = columns_list(&view->arena, &view->steps, &view->epochs, NULL);
    return rc == TRAINER_OK ? read_config(record) : rc;
}

static int find_name(struct run_record *record)
{
    const char *yaml = record->view.facts.config_resolved, *name = record->place.folder;
    struct config *config = NULL;
    int rc = config_read_text(&config, "config", NULL, yaml, strlen(yaml), NULL, 0);
    if (rc == TRAINER_FAILED)
        return rc;
    const struct node *node = rc == TRAINER_OK ? node_get(config_root(config), "name") : NULL;
    if (node && node->text)
        name = node->text;
    record->name = arena_copy(&record->view.arena, name, strlen(name));
    config_free(config);
    return record->name ? TRAINER_OK : TRAINER_FAILED;
}

static int find_status(struct run_record *record)
{
    const struct runfile_view *view = &record->view;
    struct folder_owner owner = run_folder_owner(record->place.folder);
    double silence = *view->updated_time ? run_listing_silence(view, &owner) : 0;
    record->status =
        run_listing_status(&record->view.arena, view->facts.status, silence, owner.host);
    return record->status ? TRAINER_OK : TRAINER_FAILED;
}

int run_record_read(struct run_record *record, const struct run_place *place, bool steps)
{
    *record = (struct run_record){.place = *place};
    int rc = place->file ? run_listing_read_file(&record->view, place->folder, place->file, steps,
                                                 steps ? RUNFILE_CONFUSION : 0)
                         : read_unsaved(record);
    if (rc == TRAINER_OK)
        rc = find_name(record);
    if (rc == TRAINER_OK)
        rc = find_status(record);
    return rc;
}

void run_record_free(struct run_record *record)
{
    runfile_view_free(&record->view);
}
