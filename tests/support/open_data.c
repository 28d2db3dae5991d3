/* open_data.c - config text to an open data set. */
#include "open_data.h"

#include "base/error.h"

#include "suite.h"
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
