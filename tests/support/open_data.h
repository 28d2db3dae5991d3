/*
 * open_data.h - a `data` section opened from the text of a config, for tests.
 */
#ifndef TRAINER_OPEN_DATA_H
#define TRAINER_OPEN_DATA_H

#include "config/config.h"
#include "data/data.h"

struct open_data {
    struct config *config;
    struct node *resolved;   /* the resolved `data` section */
    struct dataset *dataset; /* NULL after an error */
};

/* Reads text as x.yaml in a folder (NULL: the current one) and opens its `data` section. Returns
 * what dataset_open returned; the message is left. Close it after an error too. */
int open_data(struct open_data *open, const char *folder, const char *text, uint64_t seed,
              bool describe_only);
void close_data(struct open_data *open);

/* Closes what is open, then opens `head` and `keys`, lines of the section such as "type: csv" and
 * "train: a.csv\n  labels: y", in the current folder. */
int open_data_lines(struct open_data *open, const char *head, const char *keys);

/* The same, refused by one line that ends so. */
void check_data_refused(struct open_data *open, const char *head, const char *keys,
                        const char *end);

#endif
