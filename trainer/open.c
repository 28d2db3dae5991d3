/*
 * open.c - reads the config that a command line names and makes a session of it.
 */
#include "open.h"
#include "contain.h"
#include "error.h"

/* Weights that the session will load are tried before it may start a thread. */
static int try_weights(struct config *config)
{
    const char *path = session_weights(config);
    return path ? contain_try_weights(path) : TRAINER_OK;
}

int open_session(struct opened *opened, const struct arguments *arguments,
                 const struct session_options *options)
{
    *opened = (struct opened){0};
    int code =
        config_read(&opened->config, arguments->word[0], arguments->setting, arguments->settings);
    if (code == TRAINER_OK && !options->describe_only)
        code = try_weights(opened->config);
    if (code == TRAINER_OK)
        code = session_open(&opened->session, opened->config, options);
    if (code != TRAINER_OK) {
        opened->session = NULL;
        open_close(opened);
    }
    return code;
}

void open_close(struct opened *opened)
{
    if (opened->session)
        session_close(opened->session);
    if (opened->config)
        config_free(opened->config);
    *opened = (struct opened){0};
}
