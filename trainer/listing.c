/*
 * listing.c - a run as it looks from outside, by its run file and its lock alone.
 */
#include "listing.h"
#include "contain.h"
#include "error.h"
#include "record.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

int listing_read(struct runfile_view *view, const char *folder, bool steps)
{
    *view = (struct runfile_view){0};
    char *path = rundir_path(folder, "run.h5");
    int code =
        path ? record_columns(&view->arena, &view->steps, &view->epochs, NULL) : TRAINER_FAILED;
    if (!steps)
        view->steps.columns = 0;
    struct rundir_owner owner = rundir_owner(folder); /* before the file: a run that ends */
    if (code == TRAINER_OK)
        code = contain_read(view, path, RUNFILE_METRICS);
    free(path);
    if (code != TRAINER_OK)
        runfile_view_free(view);
    else if (view->facts.status == RUN_RUNNING && !owner.alive && !owner.elsewhere)
        view->facts.status = RUN_INTERRUPTED;
    return code;
}

double listing_age(const char *text)
{
    struct tm parts = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return end && *end == '\0' ? difftime(time(NULL), timegm(&parts)) : (double)NAN;
}
