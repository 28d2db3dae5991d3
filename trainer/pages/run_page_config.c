/*
 * run_page_config.c - every value of the resolved config and what has set it; the text as given.
 */
#include "base/error.h"
#include "config/config_leaves.h"
#include "config/config_origins.h"
#include "run_page_sections.h"

#include <string.h>

enum { ORIGIN_SHOWN = 1024 };

struct listing {
    struct page *page;
    const char *origins; /* "" where the file has none */
};

static int add_value(void *context, const char *key, const struct node *value)
{
    const struct listing *listing = context;
    struct page *page = listing->page;
    struct text words = {0};
    char origin[ORIGIN_SHOWN];
    config_origin(listing->origins, key, origin, sizeof origin);
    bool set = *origin && strcmp(origin, "default") != 0;
    (set ? page_row_marked : page_row)(page);
    page_row_heading(page, key);
    config_leaf_text(&words, value);
    page_cell(page, text_get(&words));
    if (*listing->origins)
        page_cell(page, origin);
    int rc = text_status(&words);
    text_free(&words);
    return rc;
}

static int add_values(struct page *page, const struct run_facts *facts)
{
    const char *yaml = facts->config_resolved;
    struct listing listing = {page, facts->config_origins};
    struct config *config = NULL;
    int rc = config_read_text(&config, "config", NULL, yaml, strlen(yaml), NULL, 0);
    if (rc) {
        page_element(page, "p", "The resolved config can't be read: %s.", error_text());
        return rc == TRAINER_FAILED ? rc : TRAINER_OK;
    }
    page_table(page, "config", "The resolved config");
    page_row(page);
    page_heading(page, "key");
    page_heading(page, "value");
    if (*listing.origins)
        page_heading(page, "set by");
    rc = config_leaves(config_root(config), add_value, &listing);
    page_table_end(page);
    config_free(config);
    return rc;
}

int run_page_config(struct page *page, struct page_run *run)
{
    const struct run_facts *facts = &run->record->view.facts;
    page_section(page, "config", "Config");
    page_element(page, "p", "%s",
                 *facts->config_origins
                     ? "Values in bold were set; the others are the defaults."
                     : "The run's file does not say where each value comes from: it was written by "
                       "an earlier version, or nothing was saved.");
    int rc = add_values(page, facts);
    page_element(page, "h3", "As given");
    page_element(page, "pre", "%s", facts->config);
    return rc;
}
