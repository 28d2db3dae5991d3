/*
 * main.c - the program: takes the command line apart, runs one command, says what went wrong.
 *
 * Results go to standard output, messages to standard error. Exit status: 0; 1 the work failed, or
 * its results could not be written; 2 the command line, the config or an input file is wrong;
 * others are a command's own.
 */
#include "base/error.h"
#include "commands/arguments.h"
#include "commands/help.h"
#include "engine/places.h"
#include "system/launcher.h"
#include "system/streams.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>

enum { EXIT_INVALID = 2 };

static int exit_status(int code)
{
    return code >= 0 ? code : code == TRAINER_INVALID ? EXIT_INVALID : EXIT_FAILURE;
}

/* Without arguments: what to type, to standard error. Of several processes the first says it. */
static int run_bare(void)
{
    struct text text = {0};
    if (launcher_follows())
        return EXIT_SUCCESS;
    help_usage(&text);
    text_write(&text, stderr);
    text_free(&text);
    return EXIT_INVALID;
}

static int run_command(int argc, char **argv)
{
    struct arguments arguments;
    int rc = arguments_parse(&arguments, argc, argv);
    if (rc != TRAINER_OK)
        rc = launcher_refuse(rc);
    else if (arguments.command->joins || !launcher_follows())
        rc = arguments.command->run(&arguments);
    if (rc < 0)
        streams_errors();
    arguments_free(&arguments);
    return exit_status(rc);
}

/* glibc gives each thread a heap of its own, which grows a few pages at a call: the thread that
 * writes run files would make a hundred calls for each. Our threads hardly allocate, so one heap
 * serves all. */
static void share_heap(void)
{
#ifdef M_ARENA_MAX
    enum { GROWTH = 4 << 20 };
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, GROWTH);
#endif
}

int main(int argc, char **argv)
{
    share_heap();
    places_release();
    streams_open();
    signal(SIGPIPE, SIG_IGN); /* a reader that left shows as a failed write */
    signal(SIGXFSZ, SIG_IGN); /* and so does a limit on the size of files */
    int status = argc < 2 ? run_bare() : run_command(argc, argv);
    if (streams_close() != TRAINER_OK && status == EXIT_SUCCESS)
        status = EXIT_FAILURE;
    launcher_leave(status != EXIT_SUCCESS);
    return status;
}
