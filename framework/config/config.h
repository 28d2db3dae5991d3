/*
 * config.h - YAML as a tree that remembers where everything was written.
 *
 *     text (+ includes + key=value) -> tree of nodes with file:line:column -> structs (options.h)
 *
 * Reading stops with a message at more than 1 MiB of text, 64 levels, 100,000 nodes (what aliases
 * stand for counts), 1,000 keys of one mapping or 1,000 anchors, at invalid UTF-8, a tag, `<<`, a
 * duplicate key, or a second document. After an error there is no config.
 *
 * `include: [a.yaml, b.yaml]` at the top level reads files relative to the file that says so.
 * Mappings merge deeply, everything else replaces: b.yaml beats a.yaml, the file beats both, and
 * `key=value` arguments beat all. A mapping whose `type` names another kind replaces too: nothing
 * of `{type: normal, std: 1}` is left under `{type: uniform}`. In an argument, items of a list are
 * addressed by their name: `model.layers.affine1.units=100`. A layer that becomes another kind
 * keeps its place, its name and its `input`; the names of all others stay what they were.
 *
 * `${VAR}` and `${VAR:-default}` in a scalar read the environment, `$${` is a literal `${`. What
 * comes from there is text of that scalar, never YAML structure.
 */
#ifndef TRAINER_CONFIG_H
#define TRAINER_CONFIG_H

#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

/* Where something was written. file is "configs/x.yaml" as the user named it; for `key=value`
 * arguments it is the argument itself and line is 0. */
struct position {
    const char *file;
    int line, column; /* from 1; columns count characters */
};

struct node {
    enum node_kind kind;
    bool quoted;        /* a scalar in quotes is text, never a number, boolean or null */
    bool retyped;       /* a `type` set alone over another kind: its neighbours may not fit it */
    const char *text;   /* a scalar's value, after ${...}; else NULL */
    const char *key;    /* its key, if it stands in a mapping; else NULL */
    struct position at; /* of the value; what an alias stands for keeps its own */
    struct position key_at;
    const char *folder; /* folder against which a relative path in it is resolved (absolute) */
    struct node *parent;
    struct node *first; /* children of a list or mapping, in the order written */
    struct node *last;
    struct node *next; /* the next child of the same parent */
    size_t count;      /* number of children */
};

struct config;

/* Reads the file ("-": standard input), its includes and the assignments ("trainer.max_steps=100").
 * Free with config_free. Relative paths in standard input and in a shell's <(...) belong to the
 * current folder. The message holds this call's mistakes only. */
int config_read(struct config **config, const char *path, const char *const *assignments,
                size_t count);

/* The same from memory; `name` stands for the file in messages, `folder` (NULL: the current one)
 * for relative paths. */
int config_read_text(struct config **config, const char *name, const char *folder, const char *text,
                     size_t length, const char *const *assignments, size_t count);
void config_free(struct config *config);

/* The path that stands in a file, as one would write it where the program runs: beside that file.
 * In the arena; NULL when memory ran out. */
const char *config_beside(struct arena *arena, const char *file, const char *path);

/* A copy that can be changed. What nodes say of files and folders is borrowed: the original must
 * live as long. */
int config_copy(struct config **copy, const struct config *config);

/* Applies an argument, "trainer.max_steps=100". On an error the config may hold a part of it. */
int config_assign(struct config *config, const char *assignment);

/* Sets the value at "model.layers.affine1.units" to a copy of the node, as an argument would. at:
 * where that key is written, for messages; the value keeps its own place and folder, which are
 * borrowed. */
int config_set(struct config *config, const char *path, const struct node *value,
               const struct position *at);

/* The value at "model.layers.affine1.units", as an argument would address it; NULL where there is
 * none, or memory ran out. */
const struct node *config_find(struct config *config, const char *path);

struct node *config_root(const struct config *config);

/* The first file's text as it was read (without includes), NUL-terminated. */
const char *config_source(const struct config *config);

/* What the first file is called in places: "configs/x.yaml". */
const char *config_name(const struct config *config);

/* Memory that lives as long as the config. */
struct arena *config_arena(struct config *config);

/* The child of a mapping with this key; NULL where there is none, or where node is NULL. */
struct node *node_get(const struct node *node, const char *key);

/* Whether the value counts as not given: a plain `~` or `null`, or nothing at all. NULL does
 * too. */
bool node_is_null(const struct node *node);

/* "x.yaml:3:5", or "the command line: key=value", into text[size]; returns text. */
const char *config_place(const struct position *at, char *text, size_t size);

/* The name of a list item that names none: kind and number, "affine2" for the second Affine of the
 * list (named ones count). Into text[size]; returns text, or NULL where the item states no
 * `type`. */
const char *node_default_name(const struct node *item, char *text, size_t size);

/* New nodes in config's memory, for resolved trees. NULL with a message when memory ran out. The
 * key may be NULL (list items, roots). Given a parent, the node is appended to it. key and text are
 * copied. */
struct node *node_new(struct config *config, enum node_kind kind, struct node *parent,
                      const char *key, const char *text);

/* A scalar that is a text: quoted where another reader could take it for a number, date, boolean or
 * null. */
struct node *node_new_text(struct config *config, struct node *parent, const char *key,
                           const char *text);

/* A deep copy of a node appended to parent under key. Scalars keep `quoted`; all keep their place
 * and folder. */
struct node *node_copy(struct config *config, const struct node *node, struct node *parent,
                       const char *key);

/* The tree as YAML text through libyaml's emitter, for free(): block style, lists of scalars and
 * lists of such lists in flow style. Reading it again gives the same tree but for the spelling of
 * numbers, and readers of YAML 1.1 and 1.2 see the same texts and numbers. NULL with a message on
 * failure. */
char *config_emit(const struct node *node, size_t *length);

/* Adds "file:line:column: text" to the message (error_add) and returns TRAINER_INVALID. For an
 * assignment the prefix is "command line: key=value: ". at NULL: no prefix. */
__attribute__((format(printf, 2, 3))) int config_error(const struct position *at,
                                                       const char *format, ...);

#endif
