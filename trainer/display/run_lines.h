/*
 * run_lines.h - the lines that tell of a run, as text: what goes where is progress.h's.
 *
 *     two_layer: 4 layers, 39,760 parameters, 60,000 + 10,000 samples, 2 threads, avx512
 *     epoch     step  train loss  train acc  test acc  seconds
 *         1      600      0.2964     0.9154    0.9196     0.14
 *     epoch  1/17  █▌           9 %    900/10000  loss 0.2532  test 0.9196  900k/s  0:02 left
 *
 * No line is wider than the style's width, whatever it is; what matters less is left out first.
 * Numbers have a decimal point in every locale.
 */
#ifndef TRAINER_RUN_LINES_H
#define TRAINER_RUN_LINES_H

#include "format.h"
#include "train/train.h"

#include <stdbool.h>
#include <stddef.h>

struct style {
    size_t width; /* columns that may be used */
    bool utf8;    /* blocks instead of ASCII */
    bool colour;
};

/* Appends the parts joined by ", ", in as many lines as the width asks for; each ends with '\n'. A
 * part wider than a line is cut. */
void run_lines_header(struct text *text, const struct style *style, const char *const *part,
                      size_t count);

/* The columns of the table of epochs that a run has, in the order printed. */
enum { LINES_COLUMNS_MAX = 16 };

struct epoch_columns {
    size_t count;
    struct epoch_column {
        char heading[64];
        int width, rank;                          /* the highest rank is left out first */
        int index;                                /* in the series */
        void (*format)(char *text, double value); /* into text[TEXT_NUMBER_MAX] */
    } column[LINES_COLUMNS_MAX];
};

/* Chooses the columns by the first row of the epoch series (columns.h): what isn't measured there
 * has none, nor have metrics that don't sum a run up. */
struct epoch_columns run_lines_choose(const double *first);

/* How many of the columns fit. */
size_t run_lines_shown(const struct style *style, const struct epoch_columns *columns);

/* Append the heading and one row (series->columns numbers), without '\n'. */
void run_lines_heading(struct text *text, const struct style *style,
                       const struct epoch_columns *columns);
void run_lines_epoch(struct text *text, const struct style *style,
                     const struct epoch_columns *columns, const double *row);

/* The metric, else the loss, that sums a run up: of the test data, else validation, else training.
 * The series has the columns of columns.h; NULL: nothing was measured. */
struct summing_up {
    char words[96]; /* "test accuracy"; "" where nothing was measured */
    char brief[32]; /* "test" */
    double last, best, best_epoch;
    bool maximize; /* whether larger is better */
};
struct summing_up run_lines_sum_up(const struct series *epochs);

/* Appends the live line, without '\n'. */
void run_lines_live(struct text *text, const struct style *style, const struct progress *progress,
                    const struct summing_up *score, const char *doing);

/* Appends `cells` columns of which `fraction` is filled, by eighths where there are blocks for
 * them. */
void run_lines_bar(struct text *text, const struct style *style, size_t cells, double fraction);

/* The part of the run that is done, 0..1; NaN where no end is known. */
double run_lines_fraction(const struct progress *progress);

#endif
