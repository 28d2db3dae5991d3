/*
 * run_page_config.c - every value of the resolved config and what has set it; the text as given.
 */
#include "base/error.h"
#include "config/config_leaves.h"
#include "config/config_origins.h"
#include "config/option_default.h"
#include "run_page_sections.h"
#include "train/sections.h"

#include <string.h>

enum { ORIGIN_SHOWN = 1024 };

struct listing {
    struct page *page;
    struct config *config; /* resolved */
    const char *origins;   /* "" where the file has none */
};

/* A kind that somebody has to choose: no choice is another one than the default. */
static bool is_choice(const char *key)
{
    const char *dot = strrchr(key, '.');
    return dot && strcmp(dot, ".type") == 0;
}

/* Whether somebody has set another value than the default. */
static bool differs(const struct listing *listing, const char *key, const char *value,
                    const char *origin)
{
    const char *standard = option_default(sections_list, listing->config, key);
    bool set = *origin && strcmp(origin, "default") != 0;
    return set && (standard ? !option_same(value, standard) : !is_choice(key));
}

static int add_value(void *context, const char *key, const struct node *value)
{
    const struct listing *listing = context;
    struct page *page = listing->page;
    struct text words = {0};
    char origin[ORIGIN_SHOWN];
    config_origin(listing->origins, key, origin, sizeof origin);
    config_leaf_text(&words, value);
    (differs(listing, key, text_get(&words), origin) ? page_row_marked : page_row)(page);
    page_row_heading(page, key);
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
    struct listing listing = {page, NULL, facts->config_origins};
    struct config *config = NULL;
    int rc = config_read_text(&config, "config", NULL, yaml, strlen(yaml), NULL, 0);
    if (rc) {
        page_element(page, "p", "The resolved config can't be read: %s.", error_text());
        return rc == TRAINER_FAILED ? rc : TRAINER_OK;
    }
    listing.config = config;
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
                     ? "Values in bold were set, and are not the default."
                     : "The run's file does not say where each value comes from: it was written by "
                       "an earlier version, or nothing was saved.");
    int rc = add_values(page, facts);
    page_element(page, "h3", "As given");
    page_element(page, "pre", "%s", facts->config);
    return rc;
}
