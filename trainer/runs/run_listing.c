/*
 * run_listing.c - a run as it looks from outside, by its run file and its lock alone.
 */
#include "run_listing.h"
#include "base/clock.h"
#include "base/error.h"
#include "display/format.h"
#include "evaluate/columns.h"
#include "find_run.h"
#include "system/run_folder.h"
#include "system/sandbox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int run_listing_read_file(struct runfile_view *view, const char *folder, const char *path,
                          bool steps, unsigned parts)
{
    *view = (struct runfile_view){0};
    int rc = columns_list(&view->arena, &view->steps, &view->epochs, NULL);
    if (!steps)
        view->steps.columns = 0;
    struct folder_owner owner = run_folder_owner(folder); /* before the file: a run that ends */
    if (rc == TRAINER_OK)
        rc = find_beside(sandbox_read(view, path, RUNFILE_METRICS | parts), path);
    if (rc != TRAINER_OK)
        runfile_view_free(view);
    else if (view->facts.status == RUN_RUNNING && !owner.alive && !owner.elsewhere)
        view->facts.status = RUN_INTERRUPTED;
    return rc;
}

int run_listing_read(struct runfile_view *view, const char *folder, bool steps)
{
    *view = (struct runfile_view){0};
    char *path = run_folder_path(folder, RUN_FILE);
    int rc = path ? run_listing_read_file(view, folder, path, steps, 0) : TRAINER_FAILED;
    free(path);
    return rc;
}

double run_listing_patience(const struct runfile_view *view)
{
    const struct series *epochs = &view->epochs;
    return fmax(SILENCE_LEAST, 5 * series_last(epochs, "seconds") / (double)epochs->rows);
}

double run_listing_silence(const struct runfile_view *view, const struct folder_owner *owner)
{
    double age = run_listing_age(view->updated_time);
    bool foreign = view->facts.status == RUN_RUNNING && owner->elsewhere && !owner->alive;
    return foreign && age > run_listing_patience(view) ? age : 0;
}

const char *run_listing_status(struct arena *arena, enum run_status status, double silence,
                               const char *host)
{
    char age[TEXT_NUMBER_MAX];
    const char *word = run_status_word(status);
    return silence > 0 ? arena_print(arena, "silent for %s on %s", text_age(age, silence), host)
                       : arena_copy(arena, word, strlen(word));
}

double run_listing_age(const char *text)
{
    struct tm parts = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return end && *end == '\0' ? floor(clock_date()) - (double)timegm(&parts) : (double)NAN;
}
