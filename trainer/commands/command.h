/*
 * command.h - what the file of a command provides, and what it is given.
 *
 * A command is one file, command_<name>.c: its struct of flags, its table of options, its function,
 * and last its `const struct command command_<name>`. The build finds it (cmake/registry.cmake).
 * The same table parses the command line and prints the help:
 *
 *     static const struct argument_option check_options[] = {
 *         {"--samples", ARGUMENT_INTEGER, .offset = offsetof(struct check_flags, samples),
 *          .value = "N", .minimum = 1, .maximum = 1000, .standard = "3", .help = "of the batch"},
 *         {0},
 *     };
 */
#ifndef TRAINER_COMMAND_H
#define TRAINER_COMMAND_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum argument_type {
    ARGUMENT_KEY,      /* a short form: --threads 2 is trainer.threads=2 */
    ARGUMENT_KEY_TEXT, /* the same where the value is text, whatever YAML would make of it */
    ARGUMENT_FLAG,     /* bool: given or not */
    ARGUMENT_TEXT,     /* const char *: as written; NULL where not given */
    ARGUMENT_INTEGER,  /* int64_t */
    ARGUMENT_NUMBER,   /* double; finite */
    ARGUMENT_CHOICE,   /* int: index into `choices`; -1 where not given */
};

/* One option of a command; a table of them ends with a zero name. */
struct argument_option {
    const char *name; /* "--threads"; -o is short for --output everywhere */
    enum argument_type type;
    const char *key;      /* of a short form: "trainer.threads" */
    const char *value;    /* what its value is called in help: "N"; NULL for a flag */
    size_t offset;        /* in the command's struct */
    const char *standard; /* INTEGER, NUMBER, CHOICE: the value where not given; NULL: 0, 0, -1 */
    double minimum;       /* INTEGER, NUMBER: inclusive */
    double maximum;       /* 0: none */
    bool above_minimum;   /* the minimum itself is excluded */
    const char *word;     /* one word accepted instead of a number, such as "auto" ... */
    int64_t word_value;   /* ... and what it stores */
    const char *choices;  /* "train,eval" */
    const char *help;     /* NULL: not listed */
};

/* Help lists the commands group by group, and in a group by rank, then by name. */
enum command_group {
    GROUP_TRAIN,  /* trains something */
    GROUP_RUNS,   /* looks at what was trained */
    GROUP_CONFIG, /* looks at a config before anything is trained */
    GROUP_KINDS,  /* lists what a config may say */
    GROUP_ABOUT,  /* the program itself */
    GROUPS,
};

struct arguments;

struct command {
    const char *name;
    const char *also; /* what others call it, ",list,ls,": suggested; NULL */
    enum command_group group;
    int rank;
    const char *words;   /* in usage: "CONFIG [key=value ...]" */
    const char *summary; /* one line */
    const char *help;    /* what it does, a paragraph that ends with '\n'; NULL: nothing more */
    const char *example; /* a whole command line: "trainer CONFIG" */
    const struct argument_option *options; /* NULL: none */
    size_t private_size;                   /* of the struct that the options fill */
    size_t words_min, words_max;           /* key=value not counted */
    bool settings;                         /* takes key=value */
    bool joins; /* under a launcher of MPI all processes run it; else the first one alone */
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
