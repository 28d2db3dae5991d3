/*
 * open.c - reads the config that a command line names and makes a session of it.
 */
#include "open.h"
#include "error.h"

int open_session(struct opened *opened, const struct arguments *arguments,
                 const struct session_options *options)
{
    *opened = (struct opened){0};
    int code =
        config_read(&opened->config, arguments->word[0], arguments->setting, arguments->settings);
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
