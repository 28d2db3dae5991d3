/*
 * run_plots.c - what runs have measured, as plots.
 */
#include "run_plots.h"
#include "base/error.h"
#include "base/suggest.h"
#include "evaluate/columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_MOST = 160, LIST_SIZE = 900 };

/* Splits in the order of their weight: the first that was measured has its best row marked. */
static const enum split by_weight[] = {SPLIT_TEST, SPLIT_VALIDATION, SPLIT_TRAIN};
enum { SPLITS = sizeof by_weight / sizeof *by_weight };

/* The family of a column: "loss", "accuracy", "learning_rate"; "" where it is none to be drawn. */
static const char *family_of(const struct column_facts *facts)
{
    switch (facts->measured) {
    case MEASURED_LOSS:
    case MEASURED_BATCH_LOSS:
        return "loss";
    case MEASURED_METRIC:
        return registry_at(FAMILY_METRIC, facts->metric)->name;
    case MEASURED_RATE:
    case MEASURED_SPEED:
        return facts->name;
    case MEASURED_EPOCH:
    case MEASURED_STEP:
    case MEASURED_SECONDS:
        break;
    }
    return "";
}

static bool is_measured(const struct run_record *record, size_t count, int column)
{
    bool measured = false;
    for (size_t i = 0; i < count && !measured; i++)
        measured = series_measured(&record[i].view.epochs, column);
    return measured;
}

/* Whether a column has two numbers in one run that are not the same. */
static bool changes(const struct run_record *record, size_t count, int column)
{
    for (size_t i = 0; i < count; i++) {
        const struct series *series = &record[i].view.epochs;
        for (size_t row = 1; row < series->rows; row++)
            if (series_at(series, row, column) != series_at(series, row - 1, column) &&
                !isnan(series_at(series, row, column)) &&
                !isnan(series_at(series, row - 1, column)))
                return true;
    }
    return false;
}

/* The losses of batches stand for the training loss where that is not measured. */
static bool is_drawn(const struct run_record *record, size_t count, int column)
{
    int train = columns_place(MEASURED_LOSS, SPLIT_TRAIN, 0);
    bool batches = columns_facts(column).measured == MEASURED_BATCH_LOSS;
    return is_measured(record, count, column) && !(batches && is_measured(record, count, train));
}

/* ---- which columns ---- */

/* A name of --metric: a column, or a family of them. Marks what it means in wanted[]. */
static int choose(bool *wanted, const char *name, size_t length, const struct run_record *record,
                  size_t count)
{
    const char *known[NAMES_MOST];
    struct column_facts facts[NAMES_MOST / 2];
    size_t names = 0;
    bool found = false;
    for (int i = 0; i < columns_count() && i < NAMES_MOST / 2; i++) {
        facts[i] = columns_facts(i);
        const char *family = family_of(&facts[i]);
        if (!*family || !is_measured(record, count, i))
            continue;
        bool whole = strncmp(facts[i].name, name, length) == 0 && !facts[i].name[length];
        bool part = strncmp(family, name, length) == 0 && !family[length];
        wanted[i] |= whole || (part && is_drawn(record, count, i));
        found |= whole || part;
        known[names++] = facts[i].name;
        known[names++] = family;
    }
    char text[LIST_SIZE] = "", word[128];
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    size_t kept = 0;
    for (size_t i = 0; i < names; i++) { /* each once */
        bool before = false;
        for (size_t j = 0; j < kept; j++)
            before |= strcmp(known[j], known[i]) == 0;
        if (!before)
            known[kept++] = known[i];
    }
    return found ? TRAINER_OK
                 : error_set(TRAINER_INVALID, "--metric: no metric '%s' was measured%s", word,
                             suggest_words(text, sizeof text, word, known, kept, true));
}

static int choose_columns(bool *wanted, const struct run_record *record, size_t count,
                          const char *metrics)
{
    int rc = TRAINER_OK;
    for (const char *name = metrics; name && rc == TRAINER_OK;) {
        size_t length = strcspn(name, ",");
        rc = choose(wanted, name, length, record, count);
        name = name[length] ? name + length + 1 : NULL;
    }
    for (int i = 0; !metrics && i < columns_count(); i++) {
        struct column_facts facts = columns_facts(i);
        bool headline = facts.kind && facts.kind->headline;
        bool loss = strcmp(family_of(&facts), "loss") == 0;
        bool rate = facts.measured == MEASURED_RATE && changes(record, count, i);
        wanted[i] = (loss || headline || rate) && is_drawn(record, count, i);
    }
    return rc;
}

/* ---- series ---- */

static size_t place_of(enum split split)
{
    size_t place = 0;
    while (place < SPLITS && by_weight[place] != split)
        place++;
    return place;
}

/* The row with the best value of a column; PLOT_NO_ROW where no way is better. */
static size_t best_row(const struct series *series, int column, enum direction direction)
{
    size_t best = PLOT_NO_ROW;
    for (size_t row = 0; row < series->rows && direction != DIRECTION_NONE; row++) {
        double value = series_at(series, row, column);
        double least = best == PLOT_NO_ROW ? (double)NAN : series_at(series, best, column);
        bool better = direction == DIRECTION_LARGER ? value > least : value < least;
        if (isfinite(value) && (best == PLOT_NO_ROW || better))
            best = row;
    }
    return best;
}

/* How many columns of a panel were measured by a run, and whether one weighs more than this. */
static bool weighs_most(const struct run_record *record, const bool *wanted, int column)
{
    struct column_facts facts = columns_facts(column);
    for (int i = 0; i < columns_count(); i++) {
        struct column_facts other = columns_facts(i);
        if (wanted[i] && strcmp(family_of(&other), family_of(&facts)) == 0 &&
            place_of(other.split) < place_of(facts.split) && is_measured(record, 1, i))
            return false;
    }
    return facts.split != SPLIT_COUNT;
}

/* What a series is called: by the run where there are several, by the split where a panel has
 * several. */
static const char *name_series(struct arena *arena, const char *run,
                               const struct column_facts *facts, bool splits)
{
    const char *split = facts->measured == MEASURED_BATCH_LOSS ? "train (batches)"
                        : facts->split == SPLIT_COUNT          ? facts->title
                                                               : split_words(facts->split)->brief;
    if (run && splits)
        return arena_print(arena, "%s %s", run, split);
    return run ? run : arena_copy(arena, split, strlen(split));
}

struct making {
    struct arena *arena;
    const struct run_record *record;
    const char *const *label; /* NULL: there is one run */
    size_t count;
    const struct run_plots_choice *choice;
    const bool *wanted; /* [columns_count()] */
};

static int add_series(const struct making *making, struct plot *plot, size_t run, int column,
                      bool splits)
{
    static const char *const x_names[] = {"step", "epoch", "seconds"};
    const struct series *series = &making->record[run].view.epochs;
    struct column_facts facts = columns_facts(column);
    int x_column = series_find(series, x_names[making->choice->x]);
    double *x = arena_array(making->arena, series->rows + 1, sizeof *x);
    double *y = arena_array(making->arena, series->rows + 1, sizeof *y);
    size_t place = facts.split == SPLIT_COUNT ? SPLITS - 1 : place_of(facts.split);
    struct plot_series *added = (struct plot_series *)&plot->series[plot->count];
    if (!x || !y)
        return TRAINER_FAILED;
    for (size_t row = 0; row < series->rows; row++) {
        x[row] = series_at(series, row, x_column);
        y[row] = series_at(series, row, column);
    }
    *added = (struct plot_series){.count = series->rows, .x = x, .y = y, .best = PLOT_NO_ROW};
    added->name =
        name_series(making->arena, making->label ? making->label[run] : NULL, &facts, splits);
    added->colour = making->label ? run : SPLITS - 1 - place;
    added->dash = splits                       ? place /* what colours leave open */
                  : making->label              ? run
                  : facts.split == SPLIT_COUNT ? 0
                                               : place;
    if (weighs_most(&making->record[run], making->wanted, column))
        added->best = best_row(series, column, facts.direction);
    plot->count++;
    return added->name ? TRAINER_OK : TRAINER_FAILED;
}

/* The panel of one family, whose columns are wanted[]. */
static int make_plot(const struct making *making, struct plot *plot, const char *family)
{
    static const char *const labels[] = {"step", "epoch", "seconds"};
    size_t columns = 0;
    for (int i = 0; i < columns_count(); i++) {
        struct column_facts facts = columns_facts(i);
        columns += making->wanted[i] && strcmp(family_of(&facts), family) == 0;
    }
    *plot = (struct plot){.title = arena_copy(making->arena, family, strlen(family)),
                          .x = {.label = labels[making->choice->x]},
                          .y = {.logarithmic = making->choice->logarithmic}};
    plot->description = arena_print(making->arena, "%s by %s of %zu run%s", family, plot->x.label,
                                    making->count, making->count == 1 ? "" : "s");
    plot->series = arena_array(making->arena, columns * making->count, sizeof *plot->series);
    if (!plot->title || !plot->description || !plot->series)
        return TRAINER_FAILED;
    for (size_t run = 0; run < making->count; run++)
        for (int i = 0; i < columns_count(); i++) {
            struct column_facts facts = columns_facts(i);
            if (!making->wanted[i] || strcmp(family_of(&facts), family) != 0 ||
                !is_measured(&making->record[run], 1, i))
                continue;
            int rc = add_series(making, plot, run, i, columns > 1);
            if (rc)
                return rc;
        }
    return TRAINER_OK;
}

int run_plots_make(struct run_plots *plots, const struct run_record *record,
                   const char *const *label, size_t count, const struct run_plots_choice *choice)
{
    bool *wanted = arena_array(&plots->arena, (size_t)columns_count(), sizeof *wanted);
    plots->plot = arena_array(&plots->arena, (size_t)columns_count(), sizeof *plots->plot);
    if (!wanted || !plots->plot)
        return TRAINER_FAILED;
    const struct making making = {&plots->arena, record, count > 1 ? label : NULL,
                                  count,         choice, wanted};
    int rc = choose_columns(wanted, record, count, choice->metrics);
    for (int i = 0; i < columns_count() && rc == TRAINER_OK; i++) {
        struct column_facts facts = columns_facts(i);
        bool made = false;
        for (size_t j = 0; j < plots->count; j++)
            made |= strcmp(plots->plot[j].title, family_of(&facts)) == 0;
        if (wanted[i] && !made)
            rc = make_plot(&making, &plots->plot[plots->count++], family_of(&facts));
    }
    if (rc == TRAINER_OK && plots->count == 0)
        rc = error_set(TRAINER_INVALID, "%s: nothing was measured yet", record[0].place.folder);
    return rc;
}

void run_plots_free(struct run_plots *plots)
{
    arena_free(&plots->arena);
    *plots = (struct run_plots){0};
}
