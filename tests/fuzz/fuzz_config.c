/*
 * fuzz_config.c - any bytes as a config: read, written, read again, and opened as far as a session
 * goes without its data.
 *
 * What stands behind the first NUL is a key=value argument. $TMPDIR, which becomes the current
 * folder, gets files that can be included: base.yaml, and loop.yaml, which includes itself.
 */
#include "base/error.h"
#include "fuzz.h"
#include "train/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = getenv("TMPDIR");
    (void)argc;
    (void)argv;
    if (chdir(folder ? folder : "/tmp") != 0)
        abort();
    write_file("base.yaml", "name: base\nseed: 3\ntrainer: {max_steps: 5}\n");
    write_file("loop.yaml", "include: loop.yaml\n");
    return 0;
}

/* What is written reads back, and is written in the same way again. */
static void check_round_trip(const struct config *config)
{
    struct config *again = NULL;
    char *text = config_emit(config_root(config), NULL), *second = NULL;
    if (!text)
        abort();
    /* A text near the limit may pass it when it is written with less abbreviation. */
    if (config_read_text(&again, "again.yaml", NULL, text, strlen(text), NULL, 0) == TRAINER_OK)
        second = config_emit(config_root(again), NULL);
    if (second && strcmp(text, second) != 0)
        abort();
    free(second);
    free(text);
    config_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    size_t length = strlen(text);
    const char *argument = length < size ? text + length + 1 : NULL;
    struct config *config = NULL;
    struct session *session = NULL;
    int rc = config_read_text(&config, "x.yaml", NULL, text, length, &argument, argument ? 1 : 0);
    if (rc == TRAINER_OK) {
        check_round_trip(config);
        struct session_options options = {.purpose = SESSION_DESCRIBE};
        rc = session_open(&session, config, &options);
    }
    if (rc != TRAINER_OK && error_text()[0] == '\0')
        abort();
    session_close(session);
    config_free(config);
    free(text);
    return 0;
}
