/* fuzz_data.c - see fuzz.h. */
#include "base/error.h"
#include "data/data.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_open_data(const char *section, bool several, void (*check)(struct dataset *dataset))
{
    struct config *config = NULL;
    struct dataset *dataset = NULL;
    char text[1024];
    snprintf(text, sizeof text, "data: %s", section);
    if (config_read_text(&config, "x.yaml", NULL, text, strlen(text), NULL, 0) != TRAINER_OK)
        abort();
    struct node *resolved = node_new(config, NODE_MAP, NULL, NULL, NULL);
    int rc =
        dataset_open(&dataset, config, node_get(config_root(config), "data"), resolved, 1, false);
    if (rc == TRAINER_OK)
        check(dataset);
    else if (several ? error_count() < 1 : error_count() != 1)
        abort();
    dataset_close(dataset);
    config_free(config);
    error_clear();
}

void fuzz_check_labels(struct dataset *dataset, bool named)
{
    char fingerprint[FINGERPRINT_TEXT];
    for (int c = 0; c < dataset->columns; c++) {
        const struct column *column = &dataset->column[c];
        const int32_t *label = column->values[SPLIT_TRAIN];
        for (size_t i = 0; column->stored == STORED_LABEL && i < dataset->count[SPLIT_TRAIN]; i++)
            if (label[i] < 0 || (size_t)label[i] >= column->classes ||
                (named && !column->class_name[label[i]]))
                abort();
    }
    dataset_fingerprint(dataset, fingerprint);
}
