/* open_data.c - config text to an open data set. */
#include "open_data.h"

#include "base/error.h"

#include "suite.h"
#include <stdio.h>
#include <string.h>

int open_data(struct open_data *open, const char *folder, const char *text, uint64_t seed,
              bool describe_only)
{
    *open = (struct open_data){0};
    error_clear();
    int rc = config_read_text(&open->config, "x.yaml", folder, text, strlen(text), NULL, 0);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    open->resolved = node_new(open->config, NODE_MAP, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(open->resolved);
    return dataset_open(&open->dataset, open->config, node_get(config_root(open->config), "data"),
                        open->resolved, seed, describe_only);
}

void close_data(struct open_data *open)
{
    dataset_close(open->dataset);
    config_free(open->config);
    *open = (struct open_data){0};
}

int open_data_lines(struct open_data *open, const char *head, const char *keys)
{
    char config[1024];
    close_data(open);
    snprintf(config, sizeof config, "data:\n  %s\n  %s\n", head, keys);
    return open_data(open, NULL, config, 1, false);
}

void check_data_refused(struct open_data *open, const char *head, const char *keys, const char *end)
{
    ck_assert_int_eq(open_data_lines(open, head, keys), TRAINER_INVALID);
    ck_assert_int_eq(error_count(), 1);
    ck_assert_ptr_null(open->dataset);
    const char *text = error_text();
    ck_assert_msg(strlen(text) >= strlen(end) && !strcmp(text + strlen(text) - strlen(end), end),
                  "%s", text);
}
