/*
 * command_version.c - `trainer --version`: what this program is and how it was built.
 */
#include "base/build.h"
#include "base/error.h"
#include "commands.h"
#include "engine/engine.h"
#include "hdf5/hdf5_image.h"

#include <stdio.h>

/* The instruction sets of a precision that this machine runs, and the one that is taken. */
static int print_kernels(const char *label, enum precision precision)
{
    const struct engine *chosen;
    int rc = engine_find(&chosen, precision, NULL);
    if (rc != TRAINER_OK)
        return rc;
    printf("%s %s (available:", label, chosen->isa);
    for (size_t i = 0; i < engine_count; i++)
        if (engine_list[i]->precision == precision && engine_supported(engine_list[i]))
            printf(" %s", engine_list[i]->isa);
    printf(")\n");
    return TRAINER_OK;
}

static int run_version(const struct arguments *arguments)
{
    (void)arguments;
    printf("trainer %s\n", build_version);
    printf("commit   %s\n", build_git_commit);
    printf("compiler %s\n", build_compiler);
    printf("HDF5     %s\n", hdf5_version());
    int rc = print_kernels("float32 ", PRECISION_SINGLE);
    return rc == TRAINER_OK ? print_kernels("float64 ", PRECISION_DOUBLE) : rc;
}

const struct command command_version = {
    .name = "version",
    .also = ",about,",
    .group = GROUP_ABOUT,
    .rank = 2,
    .example = "trainer --version",
    .words = "",
    .summary = "Print the version, commit, compiler, HDF5 version and kernels",
    .run = run_version,
};
