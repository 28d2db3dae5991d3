/*
 * sweep_page.c - see sweep_page.h.
 */
#include "sweep_page.h"
#include "base/error.h"
#include "base/number.h"
#include "display/format.h"
#include "sweep_numbers.h"
#include "sweep_pictures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEST_ROWS = 50, REASONS_MOST = 20, DIGITS = 5 };

/* Trial `row`'s last or best value of the metric. */
static double value_of(const struct sweep_facts *facts, const double *values, size_t row)
{
    return values[row * (size_t)facts->table->metrics.columns + facts->metric];
}

/* "0.9779" into text[NUMBER_SIZE]; "-" where there is none. Returns text. */
static const char *number(char *text, double value)
{
    return isfinite(value) ? number_text(value, DIGITS, text) : strcpy(text, "-");
}

/* --- summary --- */

/* "46 completed, 2 failed" into text. */
static void add_counts(struct text *text, const struct sweep_facts *facts)
{
    const char *gap = "";
    for (int s = 0; s < SWEEP_STATUS_COUNT; s++) {
        if (!facts->count[s])
            continue;
        text_print(text, "%s%zu %s", gap, facts->count[s], sweep_status_word((enum sweep_status)s));
        gap = ", ";
    }
}

static void add_head(struct page *page, const struct sweep_facts *facts, const char *status)
{
    const struct sweep_table *table = facts->table;
    char begun[TEXT_NUMBER_MAX], wall[TEXT_NUMBER_MAX], together[TEXT_NUMBER_MAX];
    char planned[TEXT_NUMBER_MAX];
    struct text counts = {0};
    add_counts(&counts, facts);
    page_element(page, "p",
                 "%s: %s of %s trials have begun%s%s. It took %s; its trials together %s.", status,
                 text_count(begun, table->rows), text_count(planned, table->trials),
                 table->rows ? ", " : "", text_get(&counts), text_duration(wall, table->seconds),
                 text_duration(together, facts->trial_seconds));
    page_element(page, "p", "Trials are compared by their last %s; the %s is the best.",
                 table->metric, facts->maximize ? "largest" : "smallest");
    if (*table->error)
        page_element(page, "p class=\"warning\"", "%s", table->error);
    page->body.failed |= counts.failed;
    text_free(&counts);
}

/* --- the best config --- */

/* What bounds the runs: max_epochs where the config or the sweep gives it, else max_steps. */
static bool bounded_by_epochs(const struct sweep_table *table)
{
    return strstr(table->source, "max_epochs") || strstr(table->config, "max_epochs");
}

/* The winner's config trained twice as long, in a run of its own. */
static void add_command(struct page *page, const struct sweep_facts *facts, const char *folder)
{
    const struct sweep_table *table = facts->table;
    const struct sweep_table_row *row = &table->row[facts->winner];
    bool epochs = bounded_by_epochs(table);
    double done = epochs ? ceil(facts->last[facts->winner * (size_t)table->metrics.columns])
                         : (double)row->steps;
    struct text path = {0}, name = {0}, whole = {0};
    text_print(&path, "%s/trials/%s/config.yaml", folder, row->id);
    text_print(&name, "name=%s-best", table->name);
    text_shell_word(&whole, text_get(&path));
    text_print(&whole, " %s=%.0f ", epochs ? "trainer.max_epochs" : "trainer.max_steps", 2 * done);
    text_shell_word(&whole, text_get(&name));
    page_markup(page, "<p>To train it again, twice as long:</p>\n<pre>");
    page_element(page, "code", "trainer %s", text_get(&whole));
    page_markup(page, "</pre>\n");
    text_free(&path);
    text_free(&name);
    text_free(&whole);
}

/* "0.9779; mean 0.976, deviation 0.0012 over 3 repeats" */
static void add_score(struct page *page, const char *which, const char *metric, double value,
                      size_t repeats, double mean, double deviation)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE], heading[160];
    snprintf(heading, sizeof heading, "%s %s", which, metric);
    page_row(page);
    page_row_heading(page, heading);
    if (repeats > 1)
        page_element(page, "td", "%s; mean %s, deviation %s over %zu repeats", number(a, value),
                     number(b, mean), number(c, deviation), repeats);
    else
        page_element(page, "td", "%s", number(a, value));
}

static void add_winner(struct page *page, const struct sweep_facts *facts)
{
    const struct sweep_table *table = facts->table;
    const struct sweep_table_row *row = &table->row[facts->winner];
    const struct sweep_summary *mean = &facts->winner_mean;
    page_table(page, "best", "Its values, and what it reached");
    for (size_t k = 0; k < table->keys; k++) {
        page_row(page);
        page_row_heading(page, table->key[k].name);
        page_cell(page, row->value[k] ? row->value[k] : "not set");
    }
    add_score(page, "last", table->metric, value_of(facts, facts->last, facts->winner), mean->count,
              mean->mean_last, mean->std_last);
    add_score(page, "best", table->metric, value_of(facts, facts->best, facts->winner), mean->count,
              mean->mean_best, mean->std_best);
    page_table_end(page);
}

static void add_best(struct page *page, const struct sweep_facts *facts, const char *folder)
{
    page_section(page, "best", "The best config");
    if (facts->ranked == 0) {
        page_element(page, "p", "No trial has a last %s yet.", facts->table->metric);
        return;
    }
    add_winner(page, facts);
    page_markup(page, "<p>Its run: ");
    page_element(page, "code", "%s/trials/%s", folder, facts->table->row[facts->winner].id);
    page_markup(page, "</p>\n");
    add_command(page, facts, folder);
}

/* --- trials --- */

/* The live table and what steers it; sweep.js fills it. */
static const char live_table[] =
    "<div class=\"scripted screen\"><div class=\"controls\">\n"
    "<label>Filter <input id=\"sweep-filter\" type=\"search\" autocomplete=\"off\" "
    "spellcheck=\"false\"></label>\n"
    "<button type=\"button\" id=\"sweep-best\">The best 10 %</button>\n"
    "<button type=\"button\" id=\"sweep-clear\">Show all</button>\n"
    "<button type=\"button\" id=\"sweep-copy\">Copy rows</button>\n"
    "<button type=\"button\" id=\"sweep-csv\">Save as CSV</button></div>\n"
    "<p class=\"said\" id=\"sweep-found\" aria-live=\"polite\"></p>\n"
    "<details><summary>What a filter may say; columns</summary>\n"
    "<p>Terms with blanks between them must all hold: <code>units&gt;50</code>, "
    "<code>status=failed</code>, <code>units=25|50</code>, <code>units=none</code> where it is not "
    "set, or text that any cell has.</p>\n"
    "<p>A press on a heading sorts. A press on a row, or the space bar, draws its curve thick.</p>"
    "\n<div id=\"sweep-columns\" class=\"controls\"></div></details>\n"
    "<div id=\"sweep-rows\"><table role=\"grid\" tabindex=\"0\" aria-label=\"trials\">"
    "<thead><tr></tr></thead><tbody></tbody></table></div></div>\n";

static void add_row(struct page *page, const struct sweep_facts *facts, size_t row)
{
    const struct sweep_table_row *at = &facts->table->row[row];
    page_row(page);
    page_number(page, (double)row, 0);
    page_cell(page, sweep_status_word(at->status));
    for (size_t p = 0; p < facts->parameters; p++) {
        const char *value = at->value[facts->parameter[p].key];
        page_cell(page, value ? value : "not set");
    }
    page_number(page, value_of(facts, facts->last, row), DIGITS);
    page_number(page, value_of(facts, facts->best, row), DIGITS);
    page_number(page, at->seconds, 3);
}

/* What is there without scripts, and on paper. */
static void add_best_rows(struct page *page, const struct sweep_facts *facts)
{
    size_t count = facts->ranked < BEST_ROWS ? facts->ranked : BEST_ROWS;
    char caption[128], best[160];
    snprintf(caption, sizeof caption, "The best %zu of %zu trials; all are in sweep.csv", count,
             facts->table->rows);
    snprintf(best, sizeof best, "best %s", facts->table->metric);
    page_markup(page, "<div class=\"paper\">");
    page_table(page, "best-trials", caption);
    page_row(page);
    page_heading(page, "trial");
    page_heading(page, "status");
    for (size_t p = 0; p < facts->parameters; p++)
        page_heading(page, facts->parameter[p].label);
    page_heading(page, facts->table->metric);
    page_heading(page, best);
    page_heading(page, "seconds");
    for (size_t r = 0; r < count; r++)
        add_row(page, facts, facts->order[r]);
    page_table_end(page);
    page_markup(page, "</div>\n");
}

/* Failed trials by reason, as often as each was given. */
struct reason {
    const char *words;
    size_t count, first;
};

static int by_count(const void *a, const void *b)
{
    const struct reason *one = a, *other = b;
    if (one->count != other->count)
        return one->count < other->count ? 1 : -1;
    return (one->first > other->first) - (one->first < other->first);
}

static int by_words(const void *a, const void *b)
{
    const struct reason *one = a, *other = b;
    int order = strcmp(one->words, other->words);
    return order ? order : (one->first > other->first) - (one->first < other->first);
}

/* The reasons of the rows that have one, the most frequent first; how many. */
static size_t gather(struct reason *reason, const struct sweep_table *table)
{
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < table->rows; i++)
        if (*table->row[i].error)
            reason[count++] = (struct reason){table->row[i].error, 1, i};
    qsort(reason, count, sizeof *reason, by_words);
    for (size_t i = 0; i < count; i++)
        if (kept && strcmp(reason[kept - 1].words, reason[i].words) == 0)
            reason[kept - 1].count++;
        else
            reason[kept++] = reason[i];
    qsort(reason, kept, sizeof *reason, by_count);
    return kept;
}

static int add_reasons(struct page *page, const struct sweep_table *table)
{
    struct reason *reason = calloc(table->rows + 1, sizeof *reason);
    if (!reason)
        return error_memory("reasons", table->rows * sizeof *reason);
    size_t count = gather(reason, table), shown = count < REASONS_MOST ? count : REASONS_MOST;
    if (count) {
        page_table(page, "reasons", "Why trials failed or were stopped");
        page_row(page);
        page_heading(page, "trials");
        page_heading(page, "the first");
        page_heading(page, "reason");
    }
    for (size_t i = 0; i < shown; i++) {
        page_row(page);
        page_number(page, (double)reason[i].count, 0);
        page_number(page, (double)reason[i].first, 0);
        page_cell(page, reason[i].words);
    }
    if (count)
        page_table_end(page);
    if (count > shown)
        page_element(page, "p class=\"note\"", "And %zu other reasons.", count - shown);
    free(reason);
    return TRAINER_OK;
}

static int add_trials(struct page *page, const struct sweep_facts *facts)
{
    page_section(page, "trials", "Trials");
    if (facts->table->rows == 0)
        return page_element(page, "p", "No trial has ended yet."), TRAINER_OK;
    page_markup(page, live_table);
    add_best_rows(page, facts);
    return add_reasons(page, facts->table);
}

/* --- parameters --- */

static const char needs_scripts[] =
    "<p class=\"static note\">This needs a browser that runs scripts.</p>\n";

static int add_parameters(struct page *page, const struct sweep_facts *facts)
{
    page_section(page, "parameters", "The metric against each parameter");
    if (facts->parameters == 0) {
        page_element(page, "p", "Trials differ in no parameter.");
        return TRAINER_OK;
    }
    int rc = sweep_pictures_parameters(page, facts);
    page_markup(page,
                "<div class=\"scripted\"><p class=\"controls\"><label>Value <select "
                "id=\"sweep-value\"><option value=\"final\">last</option><option value=\"best\">"
                "best</option></select></label></p>\n"
                "<p>A dot is a completed trial, a square one that was stopped early, a diamond one "
                "that is not done, a cross one that failed. Those without a value stand at the "
                "lower edge.");
    if (facts->repeats)
        page_markup(page, " A dash is the mean of a point's repeats.");
    page_markup(page, "</p>\n<div id=\"sweep-scatter\" class=\"plots\"></div></div>\n");
    page_section(page, "parallel", "Parallel coordinates");
    page_markup(page, needs_scripts);
    page_markup(page,
                "<div class=\"scripted\"><p id=\"sweep-parallel-said\"></p>\n"
                "<p class=\"screen\">Drag along an axis to narrow the trials, here and in all "
                "other parts; press the axis to have all again. A filter of the table does "
                "the same.</p>\n<div id=\"sweep-parallel\" class=\"wide\"></div></div>\n");
    return rc;
}

static void add_share(struct page *page, const struct sweep_parameter *parameter)
{
    char bar[160];
    page_row(page);
    page_row_heading(page, parameter->name);
    if (isnan(parameter->share)) {
        page_markup(page, "<td class=\"n\">-</td><td>every trial has a value of its own</td>");
        return;
    }
    page_element(page, "td class=\"n\"", "%.0f %%", 100 * parameter->share);
    snprintf(bar, sizeof bar,
             "<td><svg width=\"120\" height=\"14\" aria-hidden=\"true\"><rect class=\"bar\" "
             "width=\"%.1f\" height=\"14\"/></svg></td>",
             120 * parameter->share);
    page_markup(page, bar);
}

static void add_shares(struct page *page, const struct sweep_facts *facts)
{
    page_section(page, "matter", "Which parameters matter");
    if (facts->parameters == 0)
        page_element(page, "p", "Trials differ in no parameter.");
    else if (facts->ranked < SWEEP_SHARE_LEAST)
        page_element(page, "p", "Too few trials to say: %zu have a last %s, and %d are needed.",
                     facts->ranked, facts->table->metric, SWEEP_SHARE_LEAST);
    if (facts->parameters == 0 || facts->ranked < SWEEP_SHARE_LEAST)
        return;
    page_element(page, "p",
                 "The share of the variance of the last %s over %zu trials that each parameter "
                 "alone explains: between groups of trials with the same value (numbers: %d groups "
                 "of as many trials), less what chance gives (epsilon squared). What parameters do "
                 "only together is in no share.",
                 facts->table->metric, facts->ranked, SWEEP_GROUPS);
    page_table(page, "shares", "Share of the variance that a parameter explains");
    page_row(page);
    page_heading(page, "parameter");
    page_heading(page, "share");
    page_markup(page, "<td></td>");
    for (size_t p = 0; p < facts->parameters; p++)
        add_share(page, &facts->parameter[p]);
    page_table_end(page);
}

/* --- curves and cost --- */

/* The metric's quantiles over all trials, as numbers. */
static int add_band(struct page *page, const struct sweep_facts *facts)
{
    const struct sweep_table *table = facts->table;
    struct sweep_band *band = calloc(table->length + 1, sizeof *band);
    size_t count = band ? sweep_facts_band(facts, facts->metric, NULL, 0, band) : SIZE_MAX;
    if (count == SIZE_MAX) {
        free(band);
        return TRAINER_FAILED;
    }
    page_details(page, "Numbers");
    page_table(page, "quantiles", "Quantiles of the metric over all trials");
    page_row(page);
    page_heading(page, "epoch");
    page_heading(page, "10 %");
    page_heading(page, "median");
    page_heading(page, "90 %");
    for (size_t i = 0; i < count; i++) {
        page_row(page);
        page_number(page, band[i].epoch, DIGITS);
        page_number(page, band[i].low, DIGITS);
        page_number(page, band[i].middle, DIGITS);
        page_number(page, band[i].high, DIGITS);
    }
    page_table_end(page);
    page_details_end(page);
    free(band);
    return TRAINER_OK;
}

static int add_curves(struct page *page, const struct sweep_facts *facts)
{
    size_t stride = sweep_numbers_stride(facts->table);
    page_section(page, "curves", "Curves");
    page_element(page, "p",
                 "The best 20 of the trials that pass the filter, and those that were chosen, in "
                 "colour; of the others the middle 80 %% as a band, and their median.");
    if (stride > 1)
        page_element(page, "p class=\"note\"", "One of %zu evaluations is drawn.", stride);
    int rc = sweep_pictures_curves(page, facts);
    page_markup(page, "<div class=\"scripted\"><p class=\"controls\"><label>Measured <select "
                      "id=\"sweep-curve\"></select></label> <label><input type=\"checkbox\" "
                      "id=\"sweep-log\">logarithmic</label></p>\n<div id=\"sweep-curves\"></div>\n"
                      "<ol id=\"sweep-legend\"></ol></div>\n");
    return rc == TRAINER_OK ? add_band(page, facts) : rc;
}

int sweep_page_make(struct page *page, const struct sweep_record *record)
{
    const struct sweep_facts *facts = &record->facts;
    page_open(page, facts->table->name);
    page->plain = true;
    page_script(page, page_file_figures());
    page_script(page, page_file_sweep());
    add_head(page, facts, record->status);
    add_best(page, facts, record->folder);
    int rc = add_trials(page, facts);
    if (facts->table->rows > 0) {
        rc = rc ? rc : add_parameters(page, facts);
        add_shares(page, facts);
        rc = rc ? rc : add_curves(page, facts);
        page_section(page, "cost", "Cost");
        rc = rc ? rc : sweep_pictures_cost(page, facts);
        page_markup(page, "<div id=\"sweep-cost\" class=\"scripted plots\"></div>\n");
    }
    if (rc == TRAINER_OK)
        rc = sweep_numbers_add(page, facts);
    page_close(page);
    return rc;
}
