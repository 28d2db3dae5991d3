/*
 * run_set.c - some runs side by side.
 */
#include "run_set.h"
#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { DIFFERENCES_MAX = 64, VALUE_SHOWN = 40 };

/* Sweeps become their trials: places gets what each word stands for, runs alone. */
static int find_runs(struct run_set *set, const char *const *word, size_t words)
{
    struct run_places found = {0};
    int rc = TRAINER_OK;
    for (size_t i = 0; i < words && rc == TRAINER_OK; i++)
        rc = run_places_of(&found, word[i]);
    for (size_t i = 0; i < found.count && rc == TRAINER_OK; i++) {
        const struct run_place *place = &found.place[i];
        const char *path = place->file ? place->file : place->folder;
        rc = place->sweep ? run_places_below(&set->places, place->folder)
                          : run_places_of(&set->places, path);
    }
    run_places_free(&found);
    if (rc == TRAINER_OK && set->places.count > RUN_SET_MOST)
        rc = error_set(TRAINER_INVALID, "%s: %zu runs; expected at most %d", word[0],
                       set->places.count, RUN_SET_MOST);
    return rc;
}

static int read_runs(struct run_set *set, bool steps)
{
    size_t count = set->places.count;
    set->record = calloc(count, sizeof *set->record);
    set->differences = run_differences_new(RUNS_OF_ONE_NAME);
    if (!set->record || !set->differences)
        return error_memory("runs", count * sizeof *set->record);
    for (size_t i = 0; i < count; i++) {
        struct run_record *record = &set->record[i];
        set->count++;
        int rc = run_record_read(record, &set->places.place[i], steps);
        if (rc == TRAINER_OK)
            rc = run_differences_add(set->differences, record->view.facts.config_resolved);
        if (rc)
            return rc;
    }
    return TRAINER_OK;
}

/* ---- labels ---- */

static bool have_one_name(const struct run_set *set)
{
    for (size_t i = 1; i < set->count; i++)
        if (strcmp(set->record[i].name, set->record[0].name) != 0)
            return false;
    return true;
}

static void add_differences(const struct run_set *set, size_t run, struct text *label)
{
    struct run_difference list[DIFFERENCES_MAX];
    size_t count = run_differences_of(set->differences, run, list, DIFFERENCES_MAX);
    for (size_t i = 0; i < count && i < DIFFERENCES_MAX; i++) {
        text_print(label, "%s%s=", label->length > 0 ? i > 0 ? ", " : " " : "", list[i].brief);
        text_shortened(label, list[i].value, VALUE_SHOWN);
    }
}

static bool is_taken(const struct run_set *set, size_t run)
{
    for (size_t i = 0; i < set->count; i++)
        if (i != run && strcmp(set->label[i], set->label[run]) == 0)
            return true;
    return false;
}

static int name_runs(struct run_set *set)
{
    bool one_name = have_one_name(set);
    set->label = arena_array(&set->arena, set->count, sizeof *set->label);
    if (!set->label)
        return TRAINER_FAILED;
    for (size_t i = 0; i < set->count; i++) {
        struct text label = {0};
        if (!one_name)
            text_string(&label, set->record[i].name);
        add_differences(set, i, &label);
        set->label[i] = arena_copy(&set->arena, text_get(&label), label.length);
        bool failed = label.failed || !set->label[i];
        text_free(&label);
        if (failed)
            return error_memory("names of runs", 1);
    }
    for (size_t i = set->count; i-- > 0;)
        if (!*set->label[i] || is_taken(set, i))
            set->label[i] = set->record[i].place.folder;
    return TRAINER_OK;
}

int run_set_read(struct run_set *set, const char *const *word, size_t words, bool steps)
{
    int rc = find_runs(set, word, words);
    if (rc == TRAINER_OK)
        rc = read_runs(set, steps);
    return rc == TRAINER_OK ? name_runs(set) : rc;
}

void run_set_free(struct run_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        run_record_free(&set->record[i]);
    free(set->record);
    run_differences_free(set->differences);
    run_places_free(&set->places);
    arena_free(&set->arena);
    *set = (struct run_set){0};
}
