/*
 * sweep_facts.c - see sweep_facts.h.
 */
#include "sweep_facts.h"
#include "base/error.h"
#include "base/hash_index.h"
#include "base/key_end.h"
#include "base/number.h"
#include "config/config.h"
#include "evaluate/columns.h"
#include "sweep/sweep_log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- measured values --- */

static enum sweep_goal goal_of(const struct sweep_facts *facts, size_t column)
{
    bool larger = column == facts->metric
                      ? facts->maximize
                      : columns_facts((int)column).direction == DIRECTION_LARGER;
    return larger ? SWEEP_MAXIMIZE : SWEEP_MINIMIZE;
}

bool sweep_facts_has_best(const struct sweep_facts *facts, size_t column)
{
    return column == facts->metric || columns_facts((int)column).direction != DIRECTION_NONE;
}

/* The last and the best of each column of a row's curve. */
static void find_row(const struct sweep_facts *facts, size_t row, double *last, double *best)
{
    const struct sweep_table_row *from = &facts->table->row[row];
    size_t columns = (size_t)facts->table->metrics.columns;
    for (size_t c = 0; c < columns; c++)
        last[c] = best[c] = (double)NAN;
    for (size_t r = 0; r < from->measured; r++)
        for (size_t c = 0; c < columns; c++) {
            last[c] = from->curve[r * columns + c];
            if (sweep_better(facts->goal[c], last[c], best[c]))
                best[c] = last[c];
        }
}

static int find_values(struct sweep_facts *facts)
{
    const struct sweep_table *table = facts->table;
    size_t columns = (size_t)table->metrics.columns;
    facts->last = arena_array(&facts->arena, table->rows * columns, sizeof(double));
    facts->best = arena_array(&facts->arena, table->rows * columns, sizeof(double));
    facts->goal = arena_array(&facts->arena, columns, sizeof *facts->goal);
    if (!facts->last || !facts->best || !facts->goal)
        return TRAINER_FAILED;
    for (size_t c = 0; c < columns; c++)
        facts->goal[c] = goal_of(facts, c);
    for (size_t i = 0; i < table->rows; i++) {
        const struct sweep_table_row *row = &table->row[i];
        facts->count[row->status]++;
        facts->trial_seconds += isfinite(row->seconds) ? row->seconds : 0;
        find_row(facts, i, facts->last + i * columns, facts->best + i * columns);
    }
    return TRAINER_OK;
}

static double last_of(const struct sweep_facts *facts, size_t row)
{
    return facts->last[row * (size_t)facts->table->metrics.columns + facts->metric];
}

static double best_of(const struct sweep_facts *facts, size_t row)
{
    return facts->best[row * (size_t)facts->table->metrics.columns + facts->metric];
}

/* --- the best --- */

static int compare_rows(const void *a, const void *b, void *context)
{
    const struct sweep_facts *facts = context;
    size_t one = *(const size_t *)a, other = *(const size_t *)b;
    double x = last_of(facts, one), y = last_of(facts, other);
    if (x != y)
        return (x > y) == facts->maximize ? -1 : 1;
    return (one > other) - (one < other);
}

/* Mean and deviation over the completed trials of a point; the first row only where point is -1. */
static struct sweep_summary summary_of(const struct sweep_facts *facts, int64_t point)
{
    struct sweep_summary mean = {0};
    double square[2] = {0};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < facts->table->rows; i++) {
            const struct sweep_table_row *row = &facts->table->row[i];
            if (row->point != point || row->status != SWEEP_TRIAL_COMPLETED)
                continue;
            double last = last_of(facts, i), best = best_of(facts, i);
            mean.count += pass == 0;
            mean.mean_last += pass == 0 ? last : 0;
            mean.mean_best += pass == 0 ? best : 0;
            square[0] += pass ? (last - mean.mean_last) * (last - mean.mean_last) : 0;
            square[1] += pass ? (best - mean.mean_best) * (best - mean.mean_best) : 0;
        }
        if (pass == 0 && mean.count > 0) {
            mean.mean_last /= (double)mean.count;
            mean.mean_best /= (double)mean.count;
        }
    }
    mean.std_last = mean.count > 1 ? sqrt(square[0] / ((double)mean.count - 1)) : (double)NAN;
    mean.std_best = mean.count > 1 ? sqrt(square[1] / ((double)mean.count - 1)) : (double)NAN;
    return mean;
}

/* Sums of the last values of each point's completed trials; points are fewer than rows. */
struct point_sum {
    double sum;
    size_t count, first; /* first: the row that stands first in the order */
};

/* With repeats the best point is the one of the best mean, and of it the best trial. Points are
 * numbers of a plan, which a file may have as large as it likes: a damaged one is no point. */
static int find_winner(struct sweep_facts *facts)
{
    const struct sweep_table *table = facts->table;
    struct point_sum *point = arena_array(&facts->arena, table->rows, sizeof *point);
    size_t winner = SIZE_MAX;
    if (!point)
        return TRAINER_FAILED;
    for (size_t r = 0; r < facts->ranked; r++) {
        const struct sweep_table_row *row = &table->row[facts->order[r]];
        if (row->point < 0 || (uint64_t)row->point >= table->rows ||
            row->status != SWEEP_TRIAL_COMPLETED)
            continue;
        struct point_sum *sum = &point[row->point];
        sum->first = sum->count++ ? sum->first : facts->order[r];
        sum->sum += last_of(facts, facts->order[r]);
        facts->repeats = facts->repeats || sum->count > 1;
    }
    for (size_t p = 0; p < table->rows; p++)
        if (point[p].count &&
            (winner == SIZE_MAX ||
             sweep_better(facts->goal[facts->metric], point[p].sum / (double)point[p].count,
                          point[winner].sum / (double)point[winner].count)))
            winner = p;
    if (winner != SIZE_MAX && facts->repeats) {
        facts->winner = point[winner].first;
        facts->winner_mean = summary_of(facts, table->row[facts->winner].point);
    } else if (facts->ranked) {
        facts->winner = facts->order[0];
    }
    return TRAINER_OK;
}

static int rank(struct sweep_facts *facts)
{
    facts->order = arena_array(&facts->arena, facts->table->rows, sizeof *facts->order);
    if (!facts->order)
        return TRAINER_FAILED;
    for (size_t i = 0; i < facts->table->rows; i++)
        if (isfinite(last_of(facts, i)))
            facts->order[facts->ranked++] = i;
    qsort_r(facts->order, facts->ranked, sizeof *facts->order, compare_rows, facts);
    return find_winner(facts);
}

/* --- parameters --- */

/* What a sweep's YAML says of a key: a list, {values: [...]} or {distribution: ...}; NULL: nothing.
 */
static const struct node *spec_of(const struct node *root, const char *key)
{
    const struct node *spec = node_get(node_get(root, "parameters"), key);
    const struct node *zip = node_get(root, "zip");
    for (const struct node *item = zip ? zip->first : NULL; item && !spec; item = item->next)
        spec = node_get(item, key);
    return spec;
}

static bool spans_two_decades(const double *value, size_t count)
{
    double low = (double)INFINITY, high = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(value[i]))
            continue;
        low = value[i] < low ? value[i] : low;
        high = value[i] > high ? value[i] : high;
    }
    return low > 0 && isfinite(high) && high >= 100 * low;
}

/* As the distribution says; without one, where the values span two decades. */
static bool is_log(const struct node *spec, const double *value, size_t count)
{
    const struct node *distribution = node_get(spec, "distribution");
    return distribution && distribution->text ? strstr(distribution->text, "log") != NULL
                                              : spans_two_decades(value, count);
}

static size_t find_word(const struct sweep_parameter *parameter, const char *word)
{
    size_t i = 0;
    while (i < parameter->words && strcmp(parameter->word[i], word) != 0)
        i++;
    return i;
}

/* Words that the YAML lists, in its order; then those that only rows have. A row's word is mostly
 * that of a row shortly before it, so the search is short but for keys of very many words. */
static int take_words(struct sweep_facts *facts, struct sweep_parameter *parameter,
                      const struct node *spec)
{
    enum { WORDS_MOST = 4096 };
    const struct sweep_table *table = facts->table;
    const struct node *list = node_get(spec, "values") ? node_get(spec, "values") : spec;
    size_t most = table->rows < WORDS_MOST ? table->rows : WORDS_MOST;
    size_t listed = list && list->kind == NODE_LIST ? list->count : 0;
    parameter->word = arena_array(&facts->arena, listed + most, sizeof *parameter->word);
    if (!parameter->word)
        return TRAINER_FAILED;
    for (const struct node *n = listed ? list->first : NULL; n; n = n->next)
        if (!(parameter->word[parameter->words++] = sweep_value_text(&facts->arena, n)))
            return TRAINER_FAILED;
    for (size_t i = 0; i < table->rows; i++) {
        const char *word = table->row[i].value[parameter->key];
        size_t at = word ? find_word(parameter, word) : 0;
        if (word && at == parameter->words && at < listed + most)
            parameter->word[parameter->words++] = word;
        parameter->value[i] = word && at < parameter->words ? (double)at : (double)NAN;
    }
    return TRAINER_OK;
}

static int take_numbers(const struct sweep_facts *facts, struct sweep_parameter *parameter)
{
    for (size_t i = 0; i < facts->table->rows; i++) {
        const char *text = facts->table->row[i].value[parameter->key];
        if (!text || !number_parse(text, &parameter->value[i]))
            parameter->value[i] = (double)NAN;
    }
    return TRAINER_OK;
}

static int read_parameter(struct sweep_facts *facts, struct sweep_parameter *parameter, size_t key,
                          const struct node *root)
{
    const struct sweep_table *table = facts->table;
    const struct node *spec = spec_of(root, table->key[key].name);
    enum sweep_type type = table->key[key].type;
    bool words = type == SWEEP_TEXT || type == SWEEP_BOOLEAN;
    *parameter = (struct sweep_parameter){.key = key, .name = table->key[key].name};
    parameter->value = arena_array(&facts->arena, table->rows, sizeof *parameter->value);
    if (!parameter->value)
        return TRAINER_FAILED;
    int rc = words ? take_words(facts, parameter, spec) : take_numbers(facts, parameter);
    parameter->log = !words && is_log(spec, parameter->value, table->rows);
    return rc;
}

/* --- which parameters matter --- */

struct sample {
    double value, metric;
};

/* Not set (NaN) last. */
static int compare_samples(const void *a, const void *b)
{
    double x = ((const struct sample *)a)->value, y = ((const struct sample *)b)->value;
    return isnan(x) || isnan(y) ? isnan(x) - isnan(y) : (x > y) - (x < y);
}

static bool same_value(double x, double y)
{
    return x == y || (isnan(x) && isnan(y));
}

/* Where the group that begins at `first` of the sorted samples ends: after `size` of them, but not
 * within a value, nor where values begin to be missing. */
static size_t group_end(const struct sample *sample, size_t count, size_t first, size_t size)
{
    size_t end = first + 1;
    while (end < count && (same_value(sample[end].value, sample[end - 1].value) ||
                           (end - first < size && !isnan(sample[end].value))))
        end++;
    return end;
}

static double share_of(struct sample *sample, size_t count, bool words)
{
    double mean = 0, total = 0, between = 0;
    size_t groups = 0, values = 0, size = 0;
    qsort(sample, count, sizeof *sample, compare_samples);
    for (size_t i = 0; i < count; i = group_end(sample, count, i, 0))
        values++;
    if (!words && values > SWEEP_GROUPS)
        size = (count + SWEEP_GROUPS - 1) / SWEEP_GROUPS;
    for (size_t i = 0; i < count; i++)
        mean += sample[i].metric / (double)count;
    for (size_t i = 0; i < count; i++)
        total += (sample[i].metric - mean) * (sample[i].metric - mean);
    for (size_t i = 0, end; i < count; i = end, groups++) {
        double sum = 0;
        end = group_end(sample, count, i, size);
        for (size_t j = i; j < end; j++)
            sum += sample[j].metric - mean;
        between += sum * sum / (double)(end - i);
    }
    if (!(total > 0) || groups >= count)
        return total > 0 ? (double)NAN : 0;
    double chance = (double)(groups - 1) * (total - between) / (double)(count - groups);
    double share = (between - chance) / total;
    return share > 0 ? share : 0;
}

static int find_shares(struct sweep_facts *facts)
{
    struct sample *sample = arena_array(&facts->arena, facts->ranked, sizeof *sample);
    if (!sample)
        return TRAINER_FAILED;
    for (size_t p = 0; p < facts->parameters; p++) {
        struct sweep_parameter *parameter = &facts->parameter[p];
        for (size_t r = 0; r < facts->ranked; r++)
            sample[r] =
                (struct sample){parameter->value[facts->order[r]], last_of(facts, facts->order[r])};
        parameter->share = facts->ranked < SWEEP_SHARE_LEAST
                               ? (double)NAN
                               : share_of(sample, facts->ranked, parameter->word != NULL);
    }
    return TRAINER_OK;
}

static int find_parameters(struct sweep_facts *facts, const struct node *root)
{
    const struct sweep_table *table = facts->table;
    const char **name = arena_array(&facts->arena, table->keys, sizeof *name);
    facts->parameter = arena_array(&facts->arena, table->keys, sizeof *facts->parameter);
    if (!name || !facts->parameter)
        return TRAINER_FAILED;
    for (size_t k = 0; k < table->keys; k++) {
        if (!table->key[k].varies || strcmp(table->key[k].name, "seed") == 0)
            continue;
        name[facts->parameters] = table->key[k].name;
        if (read_parameter(facts, &facts->parameter[facts->parameters++], k, root))
            return TRAINER_FAILED;
    }
    for (size_t p = 0; p < facts->parameters; p++)
        facts->parameter[p].label = key_end_unique(name, facts->parameters, p);
    return find_shares(facts);
}

/* The YAML is as it was given when the sweep was read; one that can't be read says nothing. */
static int read_parameters(struct sweep_facts *facts)
{
    struct config *config = NULL;
    const char *source = facts->table->source;
    int rc = config_read_text(&config, "sweep.yaml", NULL, source, strlen(source), NULL, 0);
    if (rc == TRAINER_INVALID)
        error_clear();
    if (rc == TRAINER_FAILED)
        return rc;
    rc = find_parameters(facts, config ? config_root(config) : NULL);
    if (config)
        config_free(config);
    return rc;
}

/* --- when trials ended --- */

struct history {
    struct sweep_facts *facts;
    struct hash_index rows; /* by id */
    double start;           /* of the first event of all logs; NaN: none yet */
};

static int take_event(void *context, const struct sweep_entry *entry)
{
    struct history *history = context;
    if (!(entry->time >= history->start))
        history->start = entry->time;
    if (entry->event == SWEEP_EVENT_ENDED && entry->trial) {
        size_t row = hash_index_find(&history->rows, strtoull(entry->trial, NULL, 16));
        if (row != SIZE_MAX)
            history->facts->ended[row] = entry->time;
    }
    return TRAINER_OK;
}

static int read_logs(struct sweep_facts *facts, const char *const *log, size_t logs)
{
    size_t rows = facts->table->rows;
    struct history history = {.facts = facts, .start = (double)NAN};
    double *ended = arena_array(&facts->arena, rows, sizeof *ended);
    if (!ended || hash_index_open(&history.rows, &facts->arena, rows))
        return TRAINER_FAILED;
    facts->ended = ended;
    for (size_t i = 0; i < rows; i++) {
        hash_index_add(&history.rows, strtoull(facts->table->row[i].id, NULL, 16), i);
        ended[i] = (double)NAN;
    }
    for (size_t i = 0; i < logs; i++)
        if (sweep_log_read(log[i], take_event, &history, NULL) != TRAINER_OK)
            error_clear();
    bool any = false;
    for (size_t i = 0; i < rows; i++) {
        ended[i] -= history.start;
        any = any || isfinite(ended[i]);
    }
    facts->ended = any ? ended : NULL;
    return TRAINER_OK;
}

/* --- quantiles --- */

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

size_t sweep_facts_band(const struct sweep_facts *facts, size_t column, const size_t *without,
                        size_t count, struct sweep_band *band)
{
    const struct sweep_table *table = facts->table;
    size_t columns = (size_t)table->metrics.columns, bands = 0;
    double *value = calloc(table->rows + 1, sizeof *value);
    bool *skip = calloc(table->rows + 1, sizeof *skip);
    for (size_t i = 0; skip && i < count; i++)
        skip[without[i]] = true;
    for (size_t r = 0; value && skip && r < table->length; r++) {
        double epochs = 0;
        size_t n = 0;
        for (size_t i = 0; i < table->rows; i++) {
            const double *at = table->row[i].curve + r * columns;
            if (skip[i] || r >= table->row[i].measured || !isfinite(at[column]))
                continue;
            value[n++] = at[column];
            epochs += at[0];
        }
        if (n < SWEEP_BAND_LEAST)
            continue;
        qsort(value, n, sizeof *value, compare_numbers);
        size_t low = (size_t)lround(0.1 * (double)(n - 1)), middle = (n - 1) / 2;
        band[bands++] =
            (struct sweep_band){epochs / (double)n, value[low], value[middle], value[n - 1 - low]};
    }
    bool made = value && skip;
    free(value);
    free(skip);
    if (!made)
        error_memory("quantiles", table->rows * sizeof *value);
    return made ? bands : SIZE_MAX;
}

/* --- all of it --- */

int sweep_facts_open(struct sweep_facts *facts, const struct sweep_table *table,
                     const char *const *log, size_t logs)
{
    *facts = (struct sweep_facts){.table = table, .maximize = strcmp(table->goal, "minimize") != 0};
    int column = columns_find(table->metric);
    if (column < 0)
        return error_set(TRAINER_INVALID, "the sweep's metric '%s' is not known to this program",
                         table->metric);
    facts->metric = (size_t)column;
    int rc = find_values(facts);
    if (rc == TRAINER_OK)
        rc = rank(facts);
    if (rc == TRAINER_OK)
        rc = read_parameters(facts);
    if (rc == TRAINER_OK)
        rc = read_logs(facts, log, logs);
    return rc;
}

void sweep_facts_free(struct sweep_facts *facts)
{
    arena_free(&facts->arena);
    *facts = (struct sweep_facts){0};
}
