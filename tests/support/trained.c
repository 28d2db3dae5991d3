/*
 * trained.c - opens a session, trains, and stops where the observer is told to.
 */
#include "trained.h"

#include "base/error.h"
#include "compare_runs.h"
#include "runfile/runfile.h"
#include "suite.h"
#include "train/train.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int stop_at; /* the step behind which the observer stops the run */
static atomic_int stop;
int trained_warnings;

static void watch(void *context, enum event event, const struct progress *progress)
{
    (void)context;
    trained_warnings += event == EVENT_WARNING;
    if (event == EVENT_EVALUATED && progress->step >= (uint64_t)stop_at)
        stop = 1;
}

int trained(const char *yaml, const char *folder, int end, const char *resume,
            const char *const *settings, size_t count)
{
    struct config *config = NULL;
    struct session *session = NULL;
    struct session_options options = {.command_line = "test", .resume = resume};
    char path[128];
    snprintf(path, sizeof path, "%s/run.h5", folder);
    mkdir(folder, (mode_t)0777);
    stop_at = end;
    stop = 0;
    trained_warnings = 0;
    int rc = config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), settings, count);
    if (rc == TRAINER_OK)
        rc = session_open(&session, config, &options);
    if (rc == TRAINER_OK)
        rc = session_train(session, path, &(struct observer){watch, NULL}, &stop);
    session_close(session);
    config_free(config);
    return rc;
}

void trained_ok(int rc)
{
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
}

struct run_state trained_state(const char *path)
{
    struct runfile_view view = {0};
    ck_assert_msg(runfile_read(&view, path, RUNFILE_STATE) == TRAINER_OK, "%s", error_text());
    struct run_state state = view.state;
    runfile_view_free(&view);
    return state;
}

void trained_same(const char *path, const char *other)
{
    const char *difference = compare_runs(path, other, "config*");
    ck_assert_msg(difference[0] == '\0', "%s", difference);
}
