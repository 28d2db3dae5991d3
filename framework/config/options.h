/*
 * options.h - option tables: what a kind or a section can be told, as data.
 *
 *     static const struct option affine_options[] = {
 *         {"units", OPTION_INTEGER, offsetof(struct affine, units), .required = true,
 *          .minimum = 1, .maximum = 1 << 24, .help = "number of outputs"},
 *         {"init", OPTION_KIND, offsetof(struct affine, init), .family = FAMILY_INITIALIZER,
 *          .standard = "{type: normal, std: 0.01}", .help = "initial weights"},
 *         {0},
 *     };
 *
 * The same table parses a config, writes the resolved one, and prints `trainer layers affine`.
 * Numbers are read by the option's type: 1e-3 is a number; 1_000, 0x10, "5" in quotes are not;
 * booleans are true and false in YAML 1.2's spellings. A plain `null`, `~` or nothing is as if the
 * key weren't there. Every mistake is reported with its place (config_error), and reading goes on.
 */
#ifndef TRAINER_OPTIONS_H
#define TRAINER_OPTIONS_H

#include "config.h"
#include "registry.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_type {
    OPTION_INTEGER,  /* int64_t */
    OPTION_NUMBER,   /* double; finite */
    OPTION_BOOLEAN,  /* bool */
    OPTION_TEXT,     /* const char *, NULL where not given */
    OPTION_PATH,     /* const char *, absolute: relative ones belong to the file that states them */
    OPTION_CHOICE,   /* int: index into the comma-separated `choices` */
    OPTION_NAMES,    /* struct option_names: a word or a list of words */
    OPTION_PATHS,    /* struct option_names: a path or a list of paths, absolute */
    OPTION_SOURCES,  /* struct option_sources: a word or words by name; paths, made absolute, where
                        no key `file` stands beside it */
    OPTION_NUMBERS,  /* struct option_numbers: a list of numbers; where `single`, also one alone */
    OPTION_INTERVAL, /* struct option_interval: never, epoch, N epochs, N steps, N seconds */
    OPTION_SECTION,  /* a struct of its own, filled by the table `section` at this offset */
    OPTION_KIND,     /* struct kind_choice: {type: normal, std: 0.01} or normal, of `family` */
    OPTION_NODE,     /* const struct node *: read by whoever owns the table; NULL: not given */
};

struct option_names {
    size_t count;
    const char **name;        /* [count] */
    const struct node **node; /* [count]: where each was written */
};

struct option_numbers {
    size_t count;        /* 1 where a number stands alone, or the word */
    const double *value; /* [count] */
};

struct option_sources {
    size_t count;       /* 0: not given */
    const char **name;  /* [count]; name[0] NULL: one source alone */
    const char **where; /* [count] */
};

enum interval_unit { INTERVAL_NEVER, INTERVAL_EPOCH, INTERVAL_STEPS, INTERVAL_SECONDS };

struct option_interval {
    enum interval_unit unit;
    int64_t count; /* of epochs, steps or seconds; 0 for never */
};

/* A kind with its private struct filled, in config memory. kind is NULL where not given. */
struct kind_choice {
    const struct kind *kind;
    void *private;
    const struct node *node;
};

struct option {
    const char *key;
    enum option_type type;
    size_t offset;        /* in the struct that the table fills */
    const char *standard; /* default, as YAML text; NULL: zero, or unset */
    bool required;
    double minimum;      /* inclusive, for numbers; both 0: no bounds */
    double maximum;      /* below minimum, or infinite: only the minimum counts */
    bool above_minimum;  /* the minimum itself is excluded; a minimum of 0 then counts */
    bool below_maximum;  /* the maximum itself is excluded */
    bool bare;           /* of OPTION_INTERVAL: a whole number alone is steps; 0 is never */
    const char *word;    /* one word accepted instead of a number, such as "auto" ... */
    double word_value;   /* ... and what it stores; of OPTION_KIND: no kind, for now */
    const char *usual;   /* of OPTION_KIND with a word as default: the type of {std: 0.1} */
    size_t least, most;  /* how many numbers a list may hold; most 0: no upper bound */
    bool whole, single;  /* of OPTION_NUMBERS: integers only; a number alone is accepted */
    const char *choices; /* "shuffle,with_replacement" */
    const struct option *section;
    enum registry_family family;
    const char *help;
};

/* The keys of one section: a table of them, or those of all kinds of a family. */
struct option_group {
    const char *path;           /* "trainer"; "": the config itself; "model.layers": every layer */
    const struct option *table; /* ends with a zero key; NULL: the options of the family's kinds */
    enum registry_family family;
    const char *help;
};

/* What options_read needs around it: who speaks in messages, where values and resolved nodes
 * live. */
struct options_context {
    struct config *config;    /* memory for values */
    const char *owner;        /* "Affine 'affine1'", "trainer": stands in messages */
    struct node *resolved;    /* mapping that gets every option with its value; NULL: not wanted */
    const char *const *known; /* further keys that are allowed; ends with NULL; or NULL */
    const struct kind *kind;  /* whose options these are, for hints; or NULL */
    enum registry_family family;       /* of that kind */
    const struct option_group *groups; /* the whole config's sections, to find a key that was given
                                        * elsewhere; ends with a NULL path; or NULL */
    bool partial;            /* another call reads the same map and reports unknown keys */
    const struct node *type; /* whose kind's options these are; NULL: they belong to no kind */
    size_t variant;          /* index into engine_list: whose descriptor OPTION_KIND takes */
};

/* Fills target from map (NULL: all defaults) by the table (ends with a zero key). TRAINER_INVALID
 * after reporting all mistakes: unknown, missing, mistyped, out of range. Values not given or wrong
 * hold their default; an option without one leaves target as it was. An option that has a value is
 * written to `resolved` so that reading it again gives that value.
 *
 * A section that is not given has its defaults, unless some key of it is required: then it stays
 * untouched and unresolved. */
int options_read(const struct options_context *context, const struct option *table,
                 const struct node *map, void *target);

/* Writes to context->resolved the lists of numbers, and the integers without a default, that were
 * given no value when they were read, and have one by now. TRAINER_FAILED when memory runs out. */
int options_write_rest(const struct options_context *context, const struct option *table,
                       const void *target);

/* Gives every OPTION_KIND of the table that holds its `word` the kind of that name, with its
 * defaults, and writes it to context->resolved. */
int options_choose_kind(const struct options_context *context, const struct option *table,
                        const char *name, void *target);

/* Reads `{type: KIND, ...}` of a family, or the kind alone as a word: looks it up, allocates its
 * private struct in config memory, reads its options. The context's `known` keys belong to the
 * caller. */
int options_read_kind(const struct options_context *context, enum registry_family family,
                      const struct node *map, struct kind_choice *choice);

/* "integer >= 1", "one of shuffle, with_replacement": the type and range in words, into
 * text[size]. */
const char *options_describe(const struct option *option, char *text, size_t size);

#endif
