/*
 * registry.h - every kind of layer, dataset, optimizer, initializer, metric and schedule, by name.
 *
 * The build lists layers/, datasets/, framework/optimizers/, initializers/, metrics/ and schedules/
 * and generates the tables, so a new kind is one new file. A kind's name is its file's name; the
 * file defines `const struct <family>_kind NAME(<family>_<name>)`, or without NAME() where the
 * family is compiled once (datasets, initializers, schedules). A descriptor starts with a
 * `struct kind`.
 *
 * Names are looked up without regard to case, '_' and '-': `SoftmaxWithLoss`, `softmax_with_loss`.
 */
#ifndef TRAINER_REGISTRY_H
#define TRAINER_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

enum registry_family {
    FAMILY_LAYER,
    FAMILY_DATASET,
    FAMILY_OPTIMIZER,
    FAMILY_INITIALIZER,
    FAMILY_METRIC,
    FAMILY_SCHEDULE,
    FAMILY_COUNT,
};

struct option;

/* What every descriptor starts with. */
struct kind {
    const char *title;            /* as people write it: "ReLU" */
    const char *aliases;          /* comma-separated other names, or NULL: "Dense,Linear" */
    const char *help;             /* one line */
    const struct option *options; /* ends with a zero key; NULL: none */
    size_t private_size;          /* of the struct that the options fill */
    /* What is wrong with options that are each right by themselves, or NULL: one line, and *key is
     * the option whose place it bears. NULL: they go together however they are. */
    const char *(*refuse)(const void *private, const char **key);
    /* Keys that people bring from elsewhere, and what to write here. Ends with a zero key; or
     * NULL. */
    const struct kind_hint *hints;
    /* The same for names of kinds: "nesterov". */
    const struct kind_hint *meant;
};

struct kind_hint {
    const char *key, *text; /* "momentum", "write type: momentum" */
};

/* One entry of a generated table: a file's name, and its place in the tables of descriptors. */
struct registry_entry {
    const char *name;
    enum registry_family family;
    size_t index;
};

/* The entry's descriptor for a variant (see real.h; an index into engine_list). Datasets,
 * initializers and schedules are compiled once: theirs is the same for all. */
const struct kind *registry_kind(const struct registry_entry *entry, size_t variant);

/* "layer", "dataset", ... as in messages. */
const char *registry_family_name(enum registry_family family);

/* The entries of a family, sorted by name. */
size_t registry_count(enum registry_family family);
const struct registry_entry *registry_at(enum registry_family family, size_t index);

/* The entry of that name or alias; NULL where there is none. */
const struct registry_entry *registry_find(enum registry_family family, const char *name);

/* Whether it is the name of a kind of any family. */
bool registry_has(const char *name);

/* Whether two names mean one kind: the same but for case, '_' and '-', or names of one entry of
 * some family. */
bool registry_same_kind(const char *a, const char *b);

/* The entry that a descriptor belongs to. */
const struct registry_entry *registry_entry_of(enum registry_family family,
                                               const struct kind *kind);

/* "unknown layer 'Afine'; did you mean 'Affine'? known: Add, Affine, ..." into text[size]. */
const char *registry_unknown(enum registry_family family, const char *name, char *text,
                             size_t size);

#endif
