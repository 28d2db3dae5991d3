/*
 * run_outlines.c - the runs and sweeps below a folder, each in a few words.
 */
#include "run_outlines.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/key_end.h"
#include "display/run_lines.h"
#include "run_listing.h"
#include "run_places.h"
#include "sweep_listing.h"
#include "system/run_folder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONFIG_MOST = 1 << 21 };

/* A new outline, nothing known; NULL with a message when memory ran out. */
static struct run_outline *add_outline(struct run_outlines *outlines, const char *folder)
{
    if (outlines->count == outlines->capacity) {
        size_t capacity = outlines->capacity ? 2 * outlines->capacity : 64;
        struct run_outline *grown = realloc(outlines->outline, capacity * sizeof *grown);
        if (!grown) {
            error_memory("a list of runs", capacity * sizeof *grown);
            return NULL;
        }
        outlines->outline = grown;
        outlines->capacity = capacity;
    }
    struct run_outline *outline = &outlines->outline[outlines->count];
    *outline = (struct run_outline){.last = (double)NAN, .best = (double)NAN, .age = (double)NAN};
    outline->folder = arena_copy(&outlines->arena, folder, strlen(folder));
    outlines->count += outline->folder != NULL;
    return outline->folder ? outline : NULL;
}

/* ---- runs ---- */

static int fill_run(struct run_outlines *outlines, struct run_outline *outline,
                    const struct runfile_view *view)
{
    struct summing_up score = run_lines_sum_up(&view->epochs);
    struct folder_owner owner = run_folder_owner(outline->folder);
    outline->status = run_listing_status(&outlines->arena, view->facts.status,
                                         run_listing_silence(view, &owner), owner.host);
    outline->epochs = view->facts.epochs_done;
    outline->steps = view->facts.steps_done;
    outline->result =
        *score.words ? arena_copy(&outlines->arena, score.words, strlen(score.words)) : NULL;
    outline->last = score.last;
    outline->best = score.best;
    outline->maximize = score.maximize;
    outline->age = run_listing_age(view->facts.start_time);
    return outline->status && (outline->result || !*score.words) ? TRAINER_OK : TRAINER_FAILED;
}

/* A run that can't be read is listed too: it does not hide the others. One that was killed before
 * its first save has a lock and no file. */
static int fill_unreadable(struct run_outlines *outlines, struct run_outline *outline, bool saved)
{
    struct folder_owner owner = run_folder_owner(outline->folder);
    const char *word = owner.alive       ? "starting"
                       : saved           ? "unreadable"
                       : owner.elsewhere ? "starting"
                                         : run_status_word(RUN_INTERRUPTED);
    outline->status = arena_copy(&outlines->arena, word, strlen(word));
    return outline->status ? TRAINER_OK : TRAINER_FAILED;
}

/* Notes the run's config: the one in its file, else config.yaml. */
static int add_config(struct run_outlines *outlines, struct run_outline *outline,
                      const char *resolved)
{
    char *path = run_folder_path(outline->folder, "config.yaml"), *text = NULL;
    size_t length;
    if (!resolved && path)
        resolved = file_read(path, CONFIG_MOST, &text, &length) == TRAINER_OK ? text : "";
    outline->config = outlines->count - 1;
    int rc = run_differences_add(outlines->differences, resolved ? resolved : "");
    free(text);
    free(path);
    return rc;
}

static int add_run(struct run_outlines *outlines, const struct run_place *place)
{
    struct runfile_view view;
    const char *folder = place->folder;
    struct run_outline *outline = add_outline(outlines, folder);
    if (!outline)
        return TRAINER_FAILED;
    int rc = run_listing_read(&view, folder, false);
    bool readable = rc == TRAINER_OK;
    if (rc == TRAINER_FAILED)
        return rc;
    rc = readable ? fill_run(outlines, outline, &view)
                  : fill_unreadable(outlines, outline, place->file);
    if (rc == TRAINER_OK)
        rc = add_config(outlines, outline, readable ? view.facts.config_resolved : NULL);
    if (readable)
        runfile_view_free(&view);
    return rc;
}

/* ---- sweeps ---- */

/* "test accuracy" of "test_accuracy". */
static const char *spaced(struct arena *arena, const char *column)
{
    char *words = arena_copy(arena, column, strlen(column));
    for (char *c = words; c && *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return words;
}

/* The ends of the keys, joined by ", ". */
static const char *list_keys(struct arena *arena, const struct listed_sweep *sweep)
{
    const char *list = arena_copy(arena, "", 0);
    for (size_t i = 0; list && i < sweep->keys; i++)
        list = arena_print(arena, "%s%s%s", list, i > 0 ? ", " : "",
                           key_end_unique(sweep->key, sweep->keys, i));
    return list;
}

static int fill_sweep(struct run_outlines *outlines, struct run_outline *outline,
                      const struct listed_sweep *sweep)
{
    struct arena *arena = &outlines->arena;
    double now = clock_date(), silent = now - sweep->changed;
    bool foreign = sweep->status == RUN_RUNNING && !sweep->owner.alive;
    outline->sweep = true;
    outline->status = run_listing_status(
        arena, sweep->status, foreign && silent > SILENCE_LEAST ? silent : 0, sweep->owner.host);
    outline->trials = sweep->trials;
    outline->failed = sweep->count[SWEEP_TRIAL_FAILED] + sweep->count[SWEEP_TRIAL_KILLED];
    outline->age = now - sweep->started;
    outline->maximize = sweep->maximize;
    outline->varied = list_keys(arena, sweep);
    if (sweep->best) {
        outline->result = spaced(arena, sweep->metric);
        outline->last = outline->best = sweep->best->result;
        outline->best_trial = arena_print(arena, "%s/trials/%s", outline->folder, sweep->best->id);
    }
    bool good = outline->status && outline->varied && (!sweep->best || outline->result) &&
                (!sweep->best || outline->best_trial);
    return good ? TRAINER_OK : TRAINER_FAILED;
}

static int add_sweep(struct run_outlines *outlines, const char *folder)
{
    struct listed_sweep sweep;
    struct run_outline *outline = add_outline(outlines, folder);
    if (!outline)
        return TRAINER_FAILED;
    int rc = sweep_listing_read(&sweep, folder);
    if (rc == TRAINER_OK)
        rc = fill_sweep(outlines, outline, &sweep);
    sweep_listing_free(&sweep);
    outline->config = outlines->count - 1;
    return rc == TRAINER_OK ? run_differences_add(outlines->differences, "") : rc;
}

int run_outlines_find(struct run_outlines *outlines, const char *folder)
{
    struct run_places places = {0};
    *outlines = (struct run_outlines){.differences = run_differences_new(RUNS_OF_ONE_NAME)};
    int rc = outlines->differences ? run_places_below(&places, folder) : TRAINER_FAILED;
    for (size_t i = 0; rc == TRAINER_OK && i < places.count; i++)
        rc = places.place[i].sweep ? add_sweep(outlines, places.place[i].folder)
                                   : add_run(outlines, &places.place[i]);
    run_places_free(&places);
    return rc;
}

void run_outlines_free(struct run_outlines *outlines)
{
    run_differences_free(outlines->differences);
    free(outlines->outline);
    arena_free(&outlines->arena);
    *outlines = (struct run_outlines){0};
}
