/*
 * trainer.c - the public functions, on top of the framework's own.
 */
#include "trainer.h"
#include "build.h"
#include "error.h"

const char *trainer_version(void)
{
    return build_version;
}

const char *trainer_error(void)
{
    return error_text();
}
