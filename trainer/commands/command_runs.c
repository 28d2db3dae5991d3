/*
 * command_runs.c - `trainer runs [DIR]`: the runs and sweeps of a folder, as a table or JSON.
 *
 *     run                   status       epochs     steps  differs            result         age
 *     runs/rates            completed         -  6 trials  learning_rate      test acc ...   1 h
 *     runs/two_layer/0001   completed        16    10,000  learning_rate=0.1  test acc ...   3 min
 *
 * "differs": between runs of one name, what their configs have different; of a sweep, what it
 * varies. What does not fit on a terminal is left out, the least needed first.
 */
#include "base/error.h"
#include "command.h"
#include "display/json.h"
#include "display/progress.h"
#include "display/table.h"
#include "runs/run_outlines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct runs_flags {
    int sort;
    bool json;
};

enum sort { SORT_NAME, SORT_AGE, SORT_RESULT, SORT_STEPS, SORT_STATUS };

static const struct argument_option runs_options[] = {
    {"--sort", ARGUMENT_CHOICE, .offset = offsetof(struct runs_flags, sort), .value = "BY",
     .choices = "name,age,result,steps,status", .standard = "name",
     .help = "name, age (the newest first), result (the best first), steps or status"},
    {"--json", ARGUMENT_FLAG, .offset = offsetof(struct runs_flags, json),
     .help = "print a list for programs"},
    {0},
};

/* ---- order ---- */

/* -1, 0 or 1; what is not known (NaN) comes last. */
static int compare(double a, double b)
{
    return isnan(a) || isnan(b) ? isnan(a) - isnan(b) : (a > b) - (a < b);
}

static int by_age(const void *a, const void *b)
{
    const struct run_outline *one = a, *other = b;
    int order = compare(one->age, other->age);
    return order ? order : strcmp(one->folder, other->folder);
}

/* Those measured by an accuracy or the like before those measured by a loss. */
static int by_result(const void *a, const void *b)
{
    const struct run_outline *one = a, *other = b;
    int order = (other->result != NULL) - (one->result != NULL);
    if (order == 0 && one->result)
        order = other->maximize - one->maximize;
    if (order == 0)
        order = one->maximize ? compare(-one->last, -other->last) : compare(one->last, other->last);
    return order ? order : strcmp(one->folder, other->folder);
}

static int by_steps(const void *a, const void *b)
{
    const struct run_outline *one = a, *other = b;
    int order = (one->steps < other->steps) - (one->steps > other->steps);
    return order ? order : strcmp(one->folder, other->folder);
}

static int by_status(const void *a, const void *b)
{
    const struct run_outline *one = a, *other = b;
    int order = strcmp(one->status, other->status);
    return order ? order : strcmp(one->folder, other->folder);
}

static void sort_runs(struct run_outlines *runs, enum sort sort)
{
    static int (*const order[])(const void *, const void *) = {
        [SORT_AGE] = by_age,
        [SORT_RESULT] = by_result,
        [SORT_STEPS] = by_steps,
        [SORT_STATUS] = by_status,
    };
    if (sort != SORT_NAME)
        qsort(runs->outline, runs->count, sizeof *runs->outline, order[sort]);
}

/* ---- the table ---- */

enum { DIFFERENCES_MAX = 64, DIFFERS_LEAST = 12, DIFFERS_MOST = 60 };

/* "learning_rate=0.1 units=50", cut to so many columns; "" where nothing differs. */
static void add_differences(struct text *text, const struct run_outlines *runs,
                            const struct run_outline *run, size_t most)
{
    struct run_difference list[DIFFERENCES_MAX];
    struct text words = {0};
    size_t count = run_differences_of(runs->differences, run->config, list, DIFFERENCES_MAX);
    count = count < DIFFERENCES_MAX ? count : DIFFERENCES_MAX;
    if (run->sweep)
        text_print(&words, "%s", run->varied);
    for (size_t i = 0; i < count; i++)
        text_print(&words, "%s%s=%s", i > 0 ? " " : "", list[i].brief, list[i].value);
    text_shortened(text, text_get(&words), most);
    text->failed |= words.failed;
    text_free(&words);
}

/* Which columns there are, and how wide "differs" may be. */
struct layout {
    bool epochs, steps, differs, age;
    size_t differs_most;
};

static void add_cells(struct table *table, const struct layout *layout,
                      const struct run_outlines *runs, const struct run_outline *run)
{
    char text[TEXT_NUMBER_MAX];
    table_cell(table, "%s", run->folder);
    table_cell(table, "%s", run->status);
    if (layout->epochs)
        table_cell(table, "%s", run->epochs > 0 ? text_count(text, run->epochs) : "-");
    if (layout->steps && run->sweep)
        table_cell(table, "%s trial%s", text_count(text, run->trials), run->trials == 1 ? "" : "s");
    else if (layout->steps)
        table_cell(table, "%s", run->steps > 0 ? text_count(text, run->steps) : "-");
    if (layout->differs) {
        struct text words = {0};
        add_differences(&words, runs, run, layout->differs_most);
        table_cell(table, "%s", text_get(&words));
        table->cell.failed |= words.failed;
        text_free(&words);
    }
    if (run->result)
        table_cell(table, "%s %.4f", run->result, run->last);
    else
        table_cell(table, "-");
    if (layout->age)
        table_cell(table, "%s", text_age(text, run->age));
}

static int add_table(struct text *text, const struct layout *layout,
                     const struct run_outlines *runs)
{
    const struct {
        bool shown;
        char alignment;
        const char *heading;
    } columns[] = {{true, 'l', "run"},
                   {true, 'l', "status"},
                   {layout->epochs, 'r', "epochs"},
                   {layout->steps, 'r', "steps"},
                   {layout->differs, 'l', "differs"},
                   {true, 'l', "result"},
                   {layout->age, 'r', "age"}};
    const char *heading[TABLE_COLUMNS_MAX];
    char alignment[TABLE_COLUMNS_MAX + 1] = "";
    size_t count = 0;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        if (columns[i].shown) {
            heading[count] = columns[i].heading;
            alignment[count++] = columns[i].alignment;
        }
    }
    struct table table;
    table_start(&table, alignment, heading);
    for (size_t i = 0; i < runs->count; i++)
        add_cells(&table, layout, runs, &runs->outline[i]);
    return table_finish(&table, 0, text);
}

static bool any_differs(const struct run_outlines *runs)
{
    bool any = false;
    for (size_t i = 0; i < runs->count && !any; i++) {
        const struct run_outline *run = &runs->outline[i];
        any = run->sweep || run_differences_of(runs->differences, run->config, NULL, 0) > 0;
    }
    return any;
}

/* The columns of the widest line. */
static size_t widest_line(const struct text *text)
{
    size_t widest = 0;
    for (const char *line = text_get(text); *line;) {
        size_t length = strcspn(line, "\n"), columns = text_columns(line, length);
        widest = columns > widest ? columns : widest;
        line += length + (line[length] == '\n');
    }
    return widest;
}

/* Leaves out one thing more; false where nothing is left that may go. */
static bool give_way(struct layout *layout, size_t excess)
{
    if (layout->epochs) {
        layout->epochs = false;
    } else if (layout->differs && layout->differs_most > DIFFERS_LEAST) {
        size_t most = layout->differs_most;
        layout->differs_most = most > DIFFERS_LEAST + excess ? most - excess : DIFFERS_LEAST;
    } else if (layout->steps) {
        layout->steps = false;
    } else if (layout->age) {
        layout->age = false;
    } else if (layout->differs) {
        layout->differs = false;
    } else {
        return false;
    }
    return true;
}

static int print_table(const struct run_outlines *runs, struct text *text)
{
    struct layout layout = {true, true, any_differs(runs), true, DIFFERS_MOST};
    struct style style;
    bool terminal = progress_style(&style, stdout), again = true;
    int rc = TRAINER_OK;
    while (rc == TRAINER_OK && again) {
        text->length = 0;
        rc = add_table(text, &layout, runs);
        size_t width = widest_line(text);
        again = terminal && width > style.width && give_way(&layout, width - style.width);
    }
    return rc;
}

/* ---- JSON ---- */

static void add_object(struct json *json, const struct run_outlines *runs,
                       const struct run_outline *run)
{
    struct run_difference list[DIFFERENCES_MAX];
    size_t count = run_differences_of(runs->differences, run->config, list, DIFFERENCES_MAX);
    json_open(json, NULL, '{');
    json_string(json, "folder", run->folder);
    json_string(json, "kind", run->sweep ? "sweep" : "run");
    json_string(json, "status", run->status);
    if (run->sweep) {
        json_count(json, "trials", run->trials);
        json_count(json, "failed", run->failed);
        json_string(json, "varied", run->varied);
        json_string(json, "best_trial", run->best_trial);
    } else {
        json_count(json, "epochs", run->epochs);
        json_count(json, "steps", run->steps);
    }
    json_string(json, "result", run->result);
    json_number(json, "last", run->last);
    json_number(json, "best", run->best);
    json_number(json, "age_seconds", run->age);
    json_open(json, "differs", '{');
    for (size_t i = 0; i < count && i < DIFFERENCES_MAX; i++)
        json_string(json, list[i].key, list[i].value);
    json_close(json, '}');
    json_close(json, '}');
}

static void print_json(const struct run_outlines *runs, struct text *text)
{
    struct json json = {.text = text};
    json_open(&json, NULL, '[');
    for (size_t i = 0; i < runs->count; i++)
        add_object(&json, runs, &runs->outline[i]);
    json_close(&json, ']');
}

static int run_runs(const struct arguments *arguments)
{
    const struct runs_flags *flags = arguments->private;
    struct run_outlines runs;
    struct text text = {0};
    int rc = run_outlines_find(&runs, arguments->words > 0 ? arguments->word[0] : "runs");
    if (rc == TRAINER_OK)
        sort_runs(&runs, (enum sort)flags->sort);
    if (rc == TRAINER_OK && flags->json)
        print_json(&runs, &text);
    else if (rc == TRAINER_OK)
        rc = print_table(&runs, &text);
    if (rc == TRAINER_OK)
        rc = text_write(&text, stdout);
    text_free(&text);
    run_outlines_free(&runs);
    return rc;
}

const struct command command_runs = {
    .name = "runs",
    .also = ",list,ls,ps,status,jobs,history,",
    .group = GROUP_RUNS,
    .rank = 1,
    .words = "[DIR]",
    .summary = "List runs and sweeps: status, steps, what differs, result, age",
    .help =
        "DIR is where to look, runs/ unless named; the trials of a sweep are listed where it is "
        "DIR. Nothing is written. Runs of one name show what their configs have different. A run "
        "whose process is gone is listed as interrupted, one of another host that has not saved "
        "for long as silent.\n",
    .example = "trainer runs --sort result",
    .options = runs_options,
    .private_size = sizeof(struct runs_flags),
    .words_max = 1,
    .run = run_runs,
};
