/*
 * run_lines.c - the lines that tell of a run, as text.
 */
#include "run_lines.h"
#include "evaluate/columns.h"

#include <math.h>
#include <string.h>

static const char dim[] = "\x1b[2m", green[] = "\x1b[32m", plain[] = "\x1b[0m";

static void add_coloured(struct text *text, const struct style *style, const char *colour,
                         const char *words)
{
    bool coloured = style->colour && *words;
    text_print(text, "%s%s%s", coloured ? colour : "", words, coloured ? plain : "");
}

/* ---- header ---- */

void run_lines_header(struct text *text, const struct style *style, const char *const *part,
                      size_t count)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        size_t columns = text_columns(part[i], strlen(part[i]));
        size_t comma = i + 1 < count;
        if (used > 0 && used + 1 + columns + comma > style->width) {
            text_print(text, "\n");
            used = 0;
        }
        size_t room = style->width - used - (used > 0);
        int length = (int)strlen(part[i]);
        bool fits = columns + comma <= room;
        text_print(text, "%s%.*s%s", used > 0 ? " " : "", fits ? length : (int)room, part[i],
                   fits && comma ? "," : "");
        used += (used > 0) + (fits ? columns + comma : room);
    }
    text_print(text, "\n");
}

/* ---- the table of epochs ---- */

static void format_count(char *text, double value)
{
    bool whole = fabs(value - round(value)) < 0.005;
    snprintf(text, TEXT_NUMBER_MAX, isnan(value) ? "-" : whole ? "%.0f" : "%.2f", value);
}

static void format_loss(char *text, double value)
{
    bool plainly = value == 0 || (fabs(value) >= 0.001 && fabs(value) < 10000);
    snprintf(text, TEXT_NUMBER_MAX, isnan(value) ? "-" : plainly ? "%.4f" : "%.3e", value);
}

static void format_share(char *text, double value)
{
    snprintf(text, TEXT_NUMBER_MAX, isnan(value) ? "-" : "%.4f", value);
}

static void format_seconds(char *text, double value)
{
    snprintf(text, TEXT_NUMBER_MAX, isnan(value) ? "-" : value < 1000 ? "%.2f" : "%.0f", value);
}

/* Splits, the one that matters most first. */
static const enum split by_weight[] = {SPLIT_TEST, SPLIT_VALIDATION, SPLIT_TRAIN};
enum { SPLITS = sizeof by_weight / sizeof *by_weight };

static int weight_of(enum split split)
{
    int place = 0;
    while (by_weight[place] != split)
        place++;
    return place;
}

/* How a table of epochs shows a column of the series; heading "" where it does not. The order in
 * which columns are left out: epochs stay longest, then come the metrics that sum a run up, the
 * training loss, steps, the other losses, and seconds go first. */
static struct epoch_column show_column(const struct column_facts *facts)
{
    enum { STEP_WIDTH = 9, EPOCH_WIDTH = 6, SECONDS_WIDTH = 8 };
    enum { EPOCH, METRICS, TRAIN_LOSS = METRICS + SPLITS, STEP, LOSSES, SECONDS = LOSSES + SPLITS };
    struct epoch_column shown = {.width = (int)strlen(facts->heading), .format = format_loss};
    bool metric = facts->kind && facts->kind->headline;
    if (facts->measured == MEASURED_EPOCH)
        shown = (struct epoch_column){.width = EPOCH_WIDTH, .rank = EPOCH, .format = format_count};
    else if (facts->measured == MEASURED_STEP)
        shown = (struct epoch_column){.width = STEP_WIDTH, .rank = STEP, .format = format_count};
    else if (facts->measured == MEASURED_SECONDS)
        shown = (struct epoch_column){
            .width = SECONDS_WIDTH, .rank = SECONDS, .format = format_seconds};
    else if (facts->measured == MEASURED_BATCH_LOSS || facts->split == SPLIT_TRAIN)
        shown.rank = metric ? METRICS + weight_of(SPLIT_TRAIN) : TRAIN_LOSS;
    else if (facts->split != SPLIT_COUNT)
        shown.rank = (metric ? METRICS : LOSSES) + weight_of(facts->split);
    if (metric && facts->kind->format == METRIC_SHARE)
        shown.format = format_share;
    bool hidden = (facts->kind && !metric) || facts->measured == MEASURED_RATE ||
                  facts->measured == MEASURED_SPEED;
    snprintf(shown.heading, sizeof shown.heading, "%s", hidden ? "" : facts->heading);
    return shown;
}

struct epoch_columns run_lines_choose(const double *first)
{
    struct epoch_columns chosen = {0};
    int train = columns_place(MEASURED_LOSS, SPLIT_TRAIN, 0);
    for (int i = 0; i < columns_count() && chosen.count < LINES_COLUMNS_MAX; i++) {
        struct column_facts facts = columns_facts(i);
        struct epoch_column shown = show_column(&facts);
        bool measured = facts.split == SPLIT_COUNT || !isnan(first[i]);
        bool twice = facts.measured == MEASURED_BATCH_LOSS && !isnan(first[train]);
        shown.index = i;
        if (*shown.heading && measured && !twice)
            chosen.column[chosen.count++] = shown;
    }
    return chosen;
}

/* Leaves out columns, highest rank first, until a line fits. */
static struct epoch_columns fit_columns(struct epoch_columns columns, size_t width)
{
    for (;;) {
        size_t total = 0, worst = 0;
        for (size_t i = 0; i < columns.count; i++) {
            total += (size_t)columns.column[i].width + (i > 0 ? 2 : 0);
            worst = columns.column[i].rank > columns.column[worst].rank ? i : worst;
        }
        if (total <= width || columns.count == 0)
            return columns;
        columns.count--;
        memmove(&columns.column[worst], &columns.column[worst + 1],
                (columns.count - worst) * sizeof columns.column[0]);
    }
}

size_t run_lines_shown(const struct style *style, const struct epoch_columns *columns)
{
    return fit_columns(*columns, style->width).count;
}

void run_lines_heading(struct text *text, const struct style *style,
                       const struct epoch_columns *columns)
{
    struct epoch_columns shown = fit_columns(*columns, style->width);
    struct text line = {0};
    for (size_t i = 0; i < shown.count; i++) {
        text_print(&line, "%s%*s", i > 0 ? "  " : "", shown.column[i].width,
                   shown.column[i].heading);
    }
    add_coloured(text, style, dim, text_get(&line));
    text->failed |= line.failed;
    text_free(&line);
}

void run_lines_epoch(struct text *text, const struct style *style,
                     const struct epoch_columns *columns, const double *row)
{
    struct epoch_columns shown = fit_columns(*columns, style->width);
    for (size_t i = 0; i < shown.count; i++) {
        char number[TEXT_NUMBER_MAX];
        shown.column[i].format(number, row[shown.column[i].index]);
        text_print(text, "%s%*.*s", i > 0 ? "  " : "", shown.column[i].width, shown.column[i].width,
                   number);
    }
}

/* ---- what sums a run up ---- */

/* The last and the best of one column; both NaN where it was never measured. */
static struct summing_up sum_column(const struct series *epochs, int column)
{
    const double nan = (double)NAN;
    int epoch = columns_place(MEASURED_EPOCH, SPLIT_COUNT, 0);
    struct column_facts facts = columns_facts(column);
    struct summing_up score = {.last = nan, .best = nan, .best_epoch = nan};
    bool larger = score.maximize = facts.direction == DIRECTION_LARGER;
    for (size_t i = 0; i < epochs->rows; i++) {
        const double *row = epochs->value + i * (size_t)epochs->columns;
        double value = row[column];
        if (isnan(value))
            continue;
        score.last = value;
        if (isnan(score.best) || (larger ? value > score.best : value < score.best)) {
            score.best = value;
            score.best_epoch = row[epoch];
        }
    }
    snprintf(score.words, sizeof score.words, "%s", facts.title);
    bool loss = facts.measured == MEASURED_LOSS;
    snprintf(score.brief, sizeof score.brief, "%s%s", split_words(facts.split)->brief,
             loss ? " loss" : "");
    return score;
}

struct summing_up run_lines_sum_up(const struct series *epochs)
{
    const double nan = (double)NAN;
    for (int i = 0; epochs && i < SPLITS * (int)(registry_count(FAMILY_METRIC) + 1); i++) {
        size_t metric = (size_t)i / SPLITS;
        enum split split = by_weight[i % SPLITS];
        bool loss = metric == registry_count(FAMILY_METRIC);
        int column = columns_place(loss ? MEASURED_LOSS : MEASURED_METRIC, split, metric);
        if (!loss && !columns_facts(column).kind->headline)
            continue;
        struct summing_up score = sum_column(epochs, column);
        if (!isnan(score.last))
            return score;
    }
    return (struct summing_up){.last = nan, .best = nan, .best_epoch = nan};
}

/* ---- the live line ---- */

double run_lines_fraction(const struct progress *progress)
{
    double fraction = (double)NAN;
    if (progress->max_steps > 0)
        fraction = fmax(0, (double)progress->step / (double)progress->max_steps);
    if (progress->max_epochs > 0)
        fraction = fmax(fraction, progress->epoch / progress->max_epochs);
    if (progress->max_seconds > 0)
        fraction = fmax(fraction, progress->seconds / progress->max_seconds);
    return fraction > 1 ? 1 : fraction;
}

/* The pieces of the live line in the order shown; the bar stands behind PIECE_EPOCH. */
enum piece {
    PIECE_EPOCH,
    PIECE_PERCENT,
    PIECE_STEP,
    PIECE_LOSS,
    PIECE_SCORE,
    PIECE_RATE,
    PIECE_LEFT,
    PIECES
};

/* Which piece goes first where there is no room. The bar says what the percentage does. */
static const enum piece dropped_first[] = {PIECE_PERCENT, PIECE_RATE, PIECE_STEP, PIECE_SCORE,
                                           PIECE_EPOCH,   PIECE_LEFT, PIECE_LOSS};

enum { PIECE_MAX = 80, GAP = 2, BAR_LEAST = 5, BAR_MOST = 40 };

static void write_epoch(char *piece, const struct progress *progress)
{
    char planned[TEXT_NUMBER_MAX];
    double most = progress->max_epochs;
    if (progress->max_steps > 0 && progress->steps_per_epoch > 0) {
        double by_steps = (double)progress->max_steps / (double)progress->steps_per_epoch;
        most = most > 0 ? fmin(most, by_steps) : by_steps;
    }
    int decimals = most > 0 && most <= 3; /* a short run's progress shows in tenths */
    double done = decimals ? floor(progress->epoch * 10) / 10 : floor(progress->epoch);
    format_count(planned, ceil(most));
    int width = (int)strlen(planned) + 2 * decimals;
    if (most > 0)
        snprintf(piece, PIECE_MAX, "epoch %*.*f/%s", width, decimals, done, planned);
    else
        snprintf(piece, PIECE_MAX, "epoch %.0f", done);
}

static void write_step(char *piece, const struct progress *progress)
{
    unsigned long long step = progress->step, most = progress->max_steps;
    if (most > 0) {
        int width = snprintf(NULL, 0, "%llu", most);
        snprintf(piece, PIECE_MAX, "%*llu/%llu", width, step, most);
    } else {
        snprintf(piece, PIECE_MAX, "step %llu", step);
    }
}

static void write_loss(char *piece, const char *name, double value)
{
    char number[TEXT_NUMBER_MAX];
    format_loss(number, value);
    snprintf(piece, PIECE_MAX, "%s %6s", name, number);
}

/* The time left, or what is being done instead of training. */
static void write_left(char *piece, const struct progress *progress, double fraction,
                       const char *doing)
{
    enum { WIDTH = 10 }; /* of "99:59 left", and of "evaluating" */
    double left = progress->seconds * (1 - fraction) / fraction;
    bool known = fraction > 0.001 && progress->seconds > 0.3;
    char duration[TEXT_NUMBER_MAX], words[TEXT_NUMBER_MAX + WIDTH] = "";
    if (known)
        snprintf(words, sizeof words, "%s left", text_duration(duration, left));
    snprintf(piece, PIECE_MAX, "%-*s", WIDTH, doing ? doing : words);
}

/* Fills the pieces; "" is one that isn't shown. Each keeps its width during a run, so that
 * the bar does not jump. */
static void write_pieces(char piece[PIECES][PIECE_MAX], const struct progress *progress,
                         const struct summing_up *score, const char *doing)
{
    double fraction = run_lines_fraction(progress);
    char rate[TEXT_NUMBER_MAX];
    memset(piece, 0, PIECES * sizeof piece[0]);
    write_epoch(piece[PIECE_EPOCH], progress);
    if (!isnan(fraction))
        snprintf(piece[PIECE_PERCENT], PIECE_MAX, "%3.0f %%", floor(100 * fraction));
    write_step(piece[PIECE_STEP], progress);
    write_loss(piece[PIECE_LOSS], "loss", progress->loss);
    if (*score->words)
        write_loss(piece[PIECE_SCORE], score->brief, score->last);
    snprintf(piece[PIECE_RATE], PIECE_MAX, "%4s/s", text_rate(rate, progress->samples_per_second));
    write_left(piece[PIECE_LEFT], progress, fraction, doing);
}

/* Columns of all pieces and a bar of `cells`, with the gaps between them. */
static size_t pieces_width(char piece[PIECES][PIECE_MAX], size_t cells)
{
    size_t total = cells;
    for (int i = 0; i < PIECES; i++) {
        size_t own = strlen(piece[i]);
        total += own ? own + (total > 0 ? GAP : 0) : 0;
    }
    return total;
}

/* Drops pieces until they fit beside a bar of at least `least` columns; returns the bar's width.
 * Where the bar would stand alone, the percentage takes its place. */
static size_t fit_pieces(char piece[PIECES][PIECE_MAX], size_t width, size_t least)
{
    char percent[PIECE_MAX];
    memcpy(percent, piece[PIECE_PERCENT], sizeof percent);
    for (size_t i = 0; i < PIECES && pieces_width(piece, least) > width; i++)
        piece[dropped_first[i]][0] = '\0';
    size_t used = pieces_width(piece, 0);
    if (used == 0 && strlen(percent) <= width)
        memcpy(piece[PIECE_PERCENT], percent, sizeof percent);
    if (used == 0 || least == 0)
        return 0;
    size_t room = width - used - GAP;
    return room < BAR_MOST ? room : BAR_MOST;
}

void run_lines_bar(struct text *text, const struct style *style, size_t cells, double fraction)
{
    static const char *const eighth[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    enum { EIGHTHS = 8 };
    size_t filled = (size_t)(fraction * (double)cells * EIGHTHS);
    size_t whole = filled / EIGHTHS, part = style->utf8 ? filled % EIGHTHS : 0;
    struct text bar = {0};
    for (size_t i = 0; i < whole; i++)
        text_print(&bar, "%s", style->utf8 ? "█" : "#");
    text_print(&bar, "%s", eighth[part]);
    add_coloured(text, style, green, text_get(&bar));
    for (size_t i = whole + (part > 0); i < cells; i++)
        text_print(text, "%s", style->utf8 ? " " : "-");
    text->failed |= bar.failed;
    text_free(&bar);
}

void run_lines_live(struct text *text, const struct style *style, const struct progress *progress,
                    const struct summing_up *score, const char *doing)
{
    char piece[PIECES][PIECE_MAX];
    double fraction = run_lines_fraction(progress);
    write_pieces(piece, progress, score, doing);
    size_t cells = fit_pieces(piece, style->width, isnan(fraction) ? 0 : BAR_LEAST);
    const char *gap = "";
    for (int i = 0; i < PIECES; i++) {
        if (i == PIECE_PERCENT && cells > 0) {
            text_print(text, "%s", gap);
            run_lines_bar(text, style, cells, fraction);
            gap = "  ";
        }
        if (piece[i][0]) {
            text_print(text, "%s%s", gap, piece[i]);
            gap = "  ";
        }
    }
}
