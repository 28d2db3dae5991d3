/*
 * print_session.c - what the commands that only look at a config share: open it, print, close it.
 */
#include "print_session.h"
#include "base/error.h"
#include "display/format.h"
#include "runs/open_session.h"

int print_session(const struct arguments *arguments, const struct session_options *options,
                  const void *beside,
                  int (*fill)(struct session *session, const void *beside, struct text *text))
{
    struct opened opened;
    struct text text = {0};
    int rc =
        open_session(&opened, arguments->word[0], arguments->setting, arguments->settings, options);
    if (rc != TRAINER_OK)
        return rc;
    rc = fill(opened.session, beside, &text);
    if (rc == TRAINER_OK)
        rc = text_write(&text, stdout);
    text_free(&text);
    open_close(&opened);
    return rc;
}
