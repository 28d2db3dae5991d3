/*
 * option_types.h - reading and writing one option's value; for options.c alone.
 */
#ifndef TRAINER_OPTION_TYPES_H
#define TRAINER_OPTION_TYPES_H

#include "options.h"

/* One option of one struct. */
struct slot {
    const struct options_context *context;
    const struct option *option;
    void *value; /* in the struct */
};

/* Reads a node that is not null into the struct. TRAINER_INVALID after reporting: the struct is as
 * it was. Not for sections and kinds. */
int option_read(const struct slot *slot, const struct node *node);

/* Adds the value to the context's resolved mapping; false when memory ran out. */
bool option_write(const struct slot *slot);

/* Reports that a node is not of the option's type; returns TRAINER_INVALID. */
int option_refuse(const struct slot *slot, const struct node *node);

/* "; the type 'ReLU' is from the command line: ..." where that is elsewhere than this place and may
 * be why something doesn't fit: it was changed alone, or `other` says that another one would do;
 * else "". Into text[size]; returns text. */
const char *option_kind_hint(const struct options_context *context, const struct position *at,
                             bool other, char *text, size_t size);

/* "; a blank is missing behind its ':'" where a mapping is expected and the node is `units:50`,
 * else "". */
const char *option_blank_hint(const struct node *node);

/* "mapping of name, goal": with the keys of a table where they are few. Into text[size]. */
const char *option_mapping(const struct option *table, char *text, size_t size);

/* What a value must be, for messages: options_describe with a section's keys. Into text[size]. */
const char *option_expected(const struct option *option, char *text, size_t size);

/* What a node is, for "..., not X": numbers bare, other text in quotes. Into text[size]. */
const char *option_found(const struct node *node, char *text, size_t size);

#endif
