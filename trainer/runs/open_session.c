/*
 * open_session.c - reads the config that a command line names and makes a session of it.
 */
#include "open_session.h"
#include "base/error.h"
#include "data/data.h"
#include "find_run.h"
#include "system/sandbox.h"

#include <stdio.h>

/* Weights that the session will load are tried before it may start a thread. */
static int try_weights(struct config *config)
{
    const char *path = session_weights(config);
    return path ? sandbox_try_weights(path) : TRAINER_OK;
}

static int open_data(void *config)
{
    struct dataset *dataset;
    int rc = dataset_open(&dataset, config, config_find(config, "data"), NULL, 0, false);
    dataset_close(dataset);
    return rc;
}

int open_session_try_data(struct config *config)
{
    const struct sandbox_limits limits = {.seconds = 600, .bytes = (size_t)64 << 30};
    const struct node *section = config_find(config, "data"), *type = node_get(section, "type");
    const struct registry_entry *entry =
        type && type->kind == NODE_SCALAR ? registry_find(FAMILY_DATASET, type->text) : NULL;
    const struct dataset_kind *kind =
        entry ? (const struct dataset_kind *)registry_kind(entry, 0) : NULL;
    return kind && kind->foreign ? sandbox_call("data", &limits, open_data, config) : TRAINER_OK;
}

void open_print_notes(const struct dataset *dataset)
{
    for (const struct dataset_note *note = dataset->note; note; note = note->next)
        fprintf(stderr, "trainer: %s: %s\n", note->warning ? "warning" : "note", note->text);
}

int open_session(struct opened *opened, const char *path, const char *const *setting,
                 size_t settings, const struct session_options *options)
{
    *opened = (struct opened){0};
    int rc = find_config(path);
    if (rc == TRAINER_OK)
        rc = config_read(&opened->config, path, setting, settings);
    if (rc == TRAINER_OK && options->purpose != SESSION_DESCRIBE)
        rc = try_weights(opened->config);
    if (rc == TRAINER_OK && !options->data)
        rc = open_session_try_data(opened->config);
    if (rc == TRAINER_OK)
        rc = session_open(&opened->session, opened->config, options);
    if (rc != TRAINER_OK) {
        opened->session = NULL;
        open_close(opened);
        return rc;
    }
    open_print_notes(session_dataset(opened->session));
    return TRAINER_OK;
}

void open_close(struct opened *opened)
{
    if (opened->session)
        session_close(opened->session);
    dataset_close(opened->data);
    if (opened->config)
        config_free(opened->config);
    *opened = (struct opened){0};
}
