/*
 * sweep_listing.c - a sweep as it looks from outside, by the files in its folder alone.
 */
#include "sweep_listing.h"
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"
#include "config/config.h"
#include "sweep/sweep_log.h"
#include "system/run_folder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FIELDS_MAX = 4096, CSV_MOST = 1 << 28 };

/* ---- sweep.csv ---- */

/* Takes the field at *text, quotes undone in place, and moves on behind its comma or newline.
 * *last: the row ends with it. */
static char *take_field(char **text, bool *last)
{
    char *start = *text, *in = start, *out = start;
    bool quoted = *in == '"';
    for (in += quoted; *in; in++) {
        if (quoted && in[0] == '"' && in[1] == '"')
            in++;
        else if (quoted && *in == '"') {
            quoted = false;
            continue;
        } else if (!quoted && (*in == ',' || *in == '\n')) {
            break;
        }
        *out++ = *in;
    }
    *last = *in != ',';
    *text = in + (*in != '\0');
    *out = '\0';
    return start;
}

/* Splits the row at *text into field[most]; how many there are, 0 at the end of the text. */
static size_t take_row(char **text, char **field, size_t most)
{
    size_t count = 0;
    bool last = **text == '\0';
    while (!last) {
        char *one = take_field(text, &last);
        if (count < most)
            field[count++] = one;
    }
    return count;
}

static size_t find_field(char *const *field, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(field[i], name) != 0)
        i++;
    return i;
}

/* Where a row has what is asked for. */
struct columns {
    size_t count, id, status, first_key, result;
};

static int read_heading(struct listed_sweep *sweep, struct columns *columns, char *const *field,
                        size_t count)
{
    char result[256];
    size_t seed = find_field(field, count, "seed"), epochs = find_field(field, count, "epochs");
    snprintf(result, sizeof result, "final_%s", sweep->metric);
    *columns = (struct columns){.count = count,
                                .id = find_field(field, count, "id"),
                                .status = find_field(field, count, "status"),
                                .first_key = seed + 1,
                                .result = find_field(field, count, result)};
    sweep->keys = epochs < count && epochs > seed ? epochs - seed - 1 : 0;
    sweep->key = arena_array(&sweep->arena, sweep->keys, sizeof *sweep->key);
    for (size_t i = 0; sweep->key && i < sweep->keys; i++)
        if (!(sweep->key[i] = arena_print(&sweep->arena, "%s", field[seed + 1 + i])))
            return TRAINER_FAILED;
    return sweep->key ? TRAINER_OK : TRAINER_FAILED;
}

static int read_trial(struct listed_sweep *sweep, const struct columns *columns, char *const *field)
{
    struct listed_trial *trial = &sweep->trial[sweep->trials];
    trial->id = arena_print(&sweep->arena, "%s", field[columns->id]);
    trial->status = sweep_status_parse(field[columns->status]);
    trial->value = arena_array(&sweep->arena, sweep->keys, sizeof *trial->value);
    trial->result = (double)NAN;
    if (!trial->id || !trial->value)
        return TRAINER_FAILED;
    for (size_t i = 0; i < sweep->keys; i++)
        if (!(trial->value[i] = arena_print(&sweep->arena, "%s", field[columns->first_key + i])))
            return TRAINER_FAILED;
    if (columns->result < columns->count)
        number_parse(field[columns->result], &trial->result);
    if (trial->status == SWEEP_STATUS_COUNT)
        return TRAINER_OK;
    sweep->count[trial->status]++;
    sweep->trials++;
    return TRAINER_OK;
}

static int read_rows(struct listed_sweep *sweep, char *text)
{
    char **field = malloc(FIELDS_MAX * sizeof *field);
    struct columns columns = {0};
    size_t lines = 0, count;
    int rc = field ? TRAINER_OK : error_memory("the fields of a table", FIELDS_MAX * sizeof *field);
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    sweep->trial = arena_array(&sweep->arena, lines, sizeof *sweep->trial);
    if (rc == TRAINER_OK && sweep->trial && (count = take_row(&text, field, FIELDS_MAX)) > 0)
        rc = read_heading(sweep, &columns, field, count);
    bool known = columns.id < columns.count && columns.status < columns.count;
    while (rc == TRAINER_OK && known && sweep->trials < lines &&
           (count = take_row(&text, field, FIELDS_MAX)) > 0)
        if (count == columns.count)
            rc = read_trial(sweep, &columns, field);
    free(field);
    return sweep->trial ? rc : TRAINER_FAILED;
}

static void find_best(struct listed_sweep *sweep)
{
    enum sweep_goal goal = sweep->maximize ? SWEEP_MAXIMIZE : SWEEP_MINIMIZE;
    for (size_t i = 0; i < sweep->trials; i++) {
        const struct listed_trial *trial = &sweep->trial[i];
        if (isfinite(trial->result) &&
            (!sweep->best || sweep_better(goal, trial->result, sweep->best->result)))
            sweep->best = trial;
    }
}

static int read_table(struct listed_sweep *sweep, const char *folder)
{
    char *path = run_folder_path(folder, "sweep.csv"), *text = NULL;
    size_t length;
    struct stat facts;
    int rc = path ? TRAINER_OK : TRAINER_FAILED;
    if (path && stat(path, &facts) == 0 && file_read(path, CSV_MOST, &text, &length) == TRAINER_OK)
        rc = read_rows(sweep, text);
    if (path && stat(stat(path, &facts) == 0 ? path : folder, &facts) == 0)
        sweep->changed = (double)facts.st_mtim.tv_sec;
    find_best(sweep);
    free(text);
    free(path);
    return rc;
}

/* ---- the other files ---- */

static const char *text_of(const struct node *node)
{
    return node && node->text ? node->text : "";
}

/* The name is the folder's where sweep.yaml does not state one. */
static int read_settings(struct listed_sweep *sweep, const char *folder)
{
    struct config *config = NULL;
    char *path = run_folder_path(folder, "sweep.yaml");
    int rc = path ? config_read(&config, path, NULL, 0) : TRAINER_FAILED;
    const struct node *root = rc == TRAINER_OK ? config_root(config) : NULL;
    const struct node *metric = node_get(root, "metric");
    const char *name = text_of(node_get(root, "name")), *slash = strrchr(folder, '/');
    if (!*name)
        name = slash && slash[1] ? slash + 1 : folder;
    sweep->name = arena_print(&sweep->arena, "%s", name);
    sweep->metric = arena_print(&sweep->arena, "%s", text_of(node_get(metric, "name")));
    sweep->maximize = strcmp(text_of(node_get(metric, "goal")), "minimize") != 0;
    if (config)
        config_free(config);
    free(path);
    return sweep->name && sweep->metric ? TRAINER_OK : TRAINER_FAILED;
}

/* Stops the reading at the first event. */
static int take_time(void *context, const struct sweep_entry *entry)
{
    *(double *)context = entry->time;
    return TRAINER_INVALID;
}

static int read_start(struct listed_sweep *sweep, const char *folder)
{
    char *path = run_folder_path(folder, "log.jsonl");
    sweep->started = (double)NAN;
    if (!path)
        return TRAINER_FAILED;
    sweep_log_read(path, take_time, &sweep->started, NULL);
    free(path);
    return TRAINER_OK;
}

static enum run_status status_of(const struct listed_sweep *sweep)
{
    size_t unfinished = 0;
    for (int i = 0; i < SWEEP_STATUS_COUNT; i++)
        unfinished += sweep_status_unfinished((enum sweep_status)i) ? sweep->count[i] : 0;
    if (sweep->owner.alive || (sweep->owner.elsewhere && unfinished > 0))
        return RUN_RUNNING;
    return unfinished > 0 || sweep->trials == 0 ? RUN_INTERRUPTED : RUN_COMPLETED;
}

bool sweep_listing_found(const char *folder)
{
    struct stat facts;
    char *yaml = run_folder_path(folder, "sweep.yaml"), *trials = run_folder_path(folder, "trials");
    bool found = yaml && trials && stat(yaml, &facts) == 0 && S_ISREG(facts.st_mode) &&
                 stat(trials, &facts) == 0 && S_ISDIR(facts.st_mode);
    free(yaml);
    free(trials);
    return found;
}

int sweep_listing_read(struct listed_sweep *sweep, const char *folder)
{
    *sweep = (struct listed_sweep){0};
    sweep->owner = folder_lock_owner(folder, "sweep.lock"); /* before what it writes */
    int rc = read_settings(sweep, folder);
    if (rc == TRAINER_OK)
        rc = read_start(sweep, folder);
    if (rc == TRAINER_OK)
        rc = read_table(sweep, folder);
    sweep->status = status_of(sweep);
    return rc;
}

void sweep_listing_free(struct listed_sweep *sweep)
{
    arena_free(&sweep->arena);
    *sweep = (struct listed_sweep){0};
}
