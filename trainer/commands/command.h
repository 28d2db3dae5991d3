/*
 * command.h - what a file of a subcommand provides, and what it is given.
 *
 * A subcommand is one file: its struct of flags, its table of options, its function, and last its
 * `const struct command command_<name>`, which commands.c lists. The same table parses the command
 * line and prints the help.
 */
#ifndef TRAINER_COMMAND_H
#define TRAINER_COMMAND_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum argument_type {
    ARGUMENT_KEY,      /* a short form: --threads 2 is trainer.threads=2 */
    ARGUMENT_KEY_TEXT, /* the same where the value is text, whatever YAML would make of it */
    ARGUMENT_FLAG,     /* bool at offset: given or not */
    ARGUMENT_TEXT,     /* const char * at offset: as written; NULL where not given */
};

/* One option of a command; a table of them ends with a zero name. */
struct argument_option {
    const char *name; /* "--threads" */
    enum argument_type type;
    const char *key;   /* of a short form: "trainer.threads" */
    const char *value; /* what its value is called in help: "N"; NULL for a flag */
    size_t offset;     /* in the command's struct */
    const char *help;  /* NULL: not listed */
};

struct arguments;

struct command {
    const char *name;
    const char *words;   /* in usage: "CONFIG [key=value ...]" */
    const char *summary; /* one line */
    const char *help; /* what it does, some lines that end with '\n'; NULL: the summary says it */
    const struct argument_option *options; /* NULL: none */
    size_t private_size;                   /* of the struct that the options fill */
    size_t words_min, words_max;           /* key=value not counted */
    bool settings;                         /* takes key=value */
    int which; /* told apart by a function that serves several commands */
    /* TRAINER_OK, an error code with its message, or a positive exit status. */
    int (*run)(const struct arguments *arguments);
};

/* A command line taken apart. All memory is in the arena but for words of argv. */
struct arguments {
    struct arena arena;
    const struct command *command;
    const void *private; /* the command's struct, filled from its options */
    size_t words, settings;
    const char **word;    /* [words]: CONFIG, KIND, ... */
    const char **setting; /* [settings]: "trainer.threads=2", in the order given */
    const char *line;     /* the whole command line, quoted for a shell */
};

#endif
