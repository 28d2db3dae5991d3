/*
 * config_internal.h - what the files behind config.h share.
 *
 *     config_tree.c     nodes, lookup, merging, positions
 *     config_text.c     which bytes may stand in a text; ${VAR}
 *     config_scalar.c   scalars that every reader of YAML takes for the same thing
 *     config_syntax.c   what is probably wrong where libyaml stopped
 *     config_yaml.c     libyaml's events -> nodes -> libyaml's emitter
 *     config_assign.c   key=value arguments; names of list items
 *     config_read.c     files and their includes
 */
#ifndef TRAINER_CONFIG_INTERNAL_H
#define TRAINER_CONFIG_INTERNAL_H

#include "base/arena.h"
#include "base/text.h"
#include "config.h"

enum {
    CONFIG_TEXT_MAX = 1 << 20, /* bytes, includes and what the environment adds counted apart */
    CONFIG_DEPTH_MAX = 64,     /* levels of lists and mappings */
    CONFIG_NODES_MAX = 100000, /* of all files and arguments together */
    CONFIG_KEYS_MAX = 1000,    /* of one mapping as written: looking for duplicates is quadratic */
    CONFIG_ANCHORS_MAX = 1000, /* of one file */
    CONFIG_INCLUDE_DEPTH_MAX = 16, /* files that include each other in a row */
};

/* What may still be read. */
struct config_limits {
    size_t bytes; /* of text */
    size_t nodes;
    size_t environment; /* bytes that ${...} may add */
};

struct config {
    struct arena arena;
    struct node *root;
    const char *source; /* the first file's text */
    const char *name;   /* and what it is called */
    const char *folder; /* the current folder, absolute */
    struct config_limits limits;
};

/* Text to read, and what its nodes say of where they come from. */
struct config_text {
    const char *name;   /* "configs/x.yaml", or an argument */
    const char *folder; /* absolute */
    const char *text;   /* [length] */
    size_t length;
    bool argument; /* positions have line 0 */
    size_t depth;  /* levels above the root, for the depth limit */
};

/* The limits before anything was read. */
struct config_limits config_limits_all(void);

/* Takes the byte order mark off the start. */
void config_text_skip_mark(struct config_text *text);

/* Takes the text's bytes from the limit, and reports the first that no config may have: invalid
 * UTF-8, NUL and other control characters, a byte order mark that isn't first. */
int config_text_check(const struct config_text *text, struct config_limits *limits);

/* What is probably wrong near a line (from 0) at which the text is no YAML: its place, and into
 * words[size] what it is. false: no idea. */
bool config_syntax_guess(const struct config_text *text, size_t line, struct position *at,
                         char *words, size_t size);

/* Whether the text looks like a key and its value without the blank between them, `units:50`. */
bool config_misses_blank(const char *text);

/* The position of a line and column, both from 0. */
struct position config_text_position(const struct config_text *text, size_t line, size_t column);

/* Replaces ${VAR}, ${VAR:-default} and $${ in a scalar's text (an arena copy). */
int config_text_expand(struct config *config, struct config_limits *limits,
                       const struct position *at, const char **text);

/* Reads one document. *root is NULL where the text has none. Semantic mistakes are all reported; a
 * syntax error or a limit ends the reading. */
int config_parse(struct config *config, struct config_limits *limits,
                 const struct config_text *text, struct node **root);

/* Whether a text could be a number, date, boolean or null where it stands without quotes, to some
 * reader of YAML. Careful rather than exact. */
bool scalar_is_typed(const char *text);

/* Whether a plain scalar that is typed is what options read as a number, boolean or interval: then
 * it cannot be quoted, and every other one can be. */
bool scalar_is_ours(const char *text);

/* Adds a number (number_parse) in the spelling that all readers take for one. */
void scalar_number(struct text *out, const char *text);

/* Adds a child at the end; takes it out (it must be one). */
void node_append(struct node *parent, struct node *child);
void node_remove(struct node *parent, struct node *child);

/* The text of a mapping's `type`; NULL where it states none. */
const char *node_type(const struct node *node);

/* Whether both are mappings that state a `type`, and not of the same kind. */
bool node_changes_kind(const struct node *base, const struct node *over);

/* Whether it is a word that names a kind, which is short for {type: WORD}. */
bool node_is_kind(const struct node *node);

/* Puts the mapping, which has no `type`, in the place of such a word, which becomes its `type`. */
void node_spell_out(struct node *word, struct node *map);

/* Merges the children of `over` into `base`, both mappings; `over` is taken apart. */
void node_merge(struct node *base, struct node *over);

/* Gives the mapping this child under its key: merged where both are mappings, unless their `type`s
 * name different kinds; under a word that names a kind, `normal` and {std: 1} become {std: 1, type:
 * normal}; else in the place of the one that was there, or at the end. */
void node_set(struct node *map, struct node *child);

/* Puts a node where another one of the same parent stood. */
void node_replace(struct node *old, struct node *replacement);

#endif
