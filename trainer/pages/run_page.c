/*
 * run_page.c - the page of one run: its sections in their order.
 */
#include "run_page.h"
#include "base/error.h"
#include "data/data.h"
#include "run_page_sections.h"
#include "system/sandbox.h"

#include <string.h>

/* Opens the run's data and network as `trainer eval` does, files of libhdf5 in a sandbox first. */
static int open_network(struct page_run *run)
{
    const struct run_facts *facts = &run->record->view.facts;
    struct config *config = NULL;
    char fingerprint[FINGERPRINT_TEXT];
    int rc = trained_run_read(&run->trained, run->record->place.file);
    if (rc == TRAINER_OK)
        rc = config_read_text(&config, run->record->place.file, NULL, facts->config_resolved,
                              strlen(facts->config_resolved), NULL, 0);
    if (rc == TRAINER_OK)
        rc = open_session_try_data(config);
    config_free(config);
    if (rc == TRAINER_OK)
        rc = trained_run_open(&run->trained, NULL, 0, &(struct session_options){0});
    if (rc)
        return rc;
    dataset_fingerprint(session_dataset(run->trained.opened.session), fingerprint);
    if (strcmp(fingerprint, facts->data_fingerprint) != 0)
        return error_set(TRAINER_INVALID,
                         "the data are not those of the run: their fingerprint is %s, not %s",
                         fingerprint, facts->data_fingerprint);
    return TRAINER_OK;
}

/* What can't be opened leaves its reason, and the page is made without it. */
static int open_run(struct page_run *run)
{
    const char *file = run->record->place.file;
    if (!file) {
        run->missing = "the run has saved nothing yet";
        return TRAINER_OK;
    }
    if (sandbox_read_data(file, &run->arena, &run->learned) != TRAINER_OK)
        run->learned = (struct learned){0};
    if (open_network(run) == TRAINER_OK)
        return TRAINER_OK;
    const char *why = error_text();
    run->missing = arena_copy(&run->arena, why, strcspn(why, "\n"));
    return run->missing ? TRAINER_OK : TRAINER_FAILED;
}

int run_page_make(struct page *page, const struct run_record *record)
{
    static int (*const section[])(struct page *, struct page_run *) = {
        run_page_head,    run_page_curves,  run_page_classes, run_page_values, run_page_worst,
        run_page_weights, run_page_tensors, run_page_network, run_page_config, run_page_provenance,
    };
    struct page_run run = {.record = record};
    int rc = open_run(&run);
    page_open(page, record->name);
    for (size_t i = 0; rc == TRAINER_OK && i < sizeof section / sizeof *section; i++)
        rc = section[i](page, &run);
    page_close(page);
    trained_run_free(&run.trained);
    arena_free(&run.arena);
    return rc;
}
