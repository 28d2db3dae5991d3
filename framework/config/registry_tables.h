/*
 * registry_tables.h - the tables that the build generates; registry.c alone reads them.
 */
#ifndef TRAINER_REGISTRY_TABLES_H
#define TRAINER_REGISTRY_TABLES_H

#include "registry.h"

/* One family: its name in messages, its entries, and for each variant the descriptors by entry. */
struct registry_table {
    const char *family;
    size_t count;
    const struct registry_entry *entry;          /* [count] */
    const struct kind *const *const *descriptor; /* [variants][count] */
};

extern const struct registry_table registry_tables[]; /* [FAMILY_COUNT] */

#endif
