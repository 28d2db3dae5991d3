/*
 * sweep_facts.h - what the page of a sweep says, worked out from its table.
 *
 * Which parameters matter: the share of the metric's variance between groups of trials that have
 * the same value, beyond what chance gives (epsilon squared of a one-way analysis of variance):
 *
 *     share = (SSB - (k - 1) SSW / (n - k)) / (SSB + SSW), at least 0
 *
 * n trials in k groups, SSB and SSW the sums of squares between and within them. Numbers that have
 * more than SWEEP_GROUPS different values are cut into that many groups of as many trials; trials
 * that lack the key are a group. Each key is looked at alone: what two do only together is in no
 * share.
 */
#ifndef TRAINER_SWEEP_FACTS_H
#define TRAINER_SWEEP_FACTS_H

#include "sweep/sweep_table.h"

enum { SWEEP_GROUPS = 8, SWEEP_SHARE_LEAST = 20, SWEEP_BAND_LEAST = 3 };

/* A key in which trials differ, other than the seed of repeats. */
struct sweep_parameter {
    size_t key;               /* of the table */
    const char *name, *label; /* "model.layers.affine1.units", "units" */
    bool log;                 /* drawn on a log scale: so distributed, or over two decades */
    const char **word;        /* [words], in the file's order; NULL: they are numbers */
    size_t words;
    double *value; /* [rows]: a number, or the index of a word; NaN: not set */
    double share;  /* of the metric's variance; NaN: fewer than SWEEP_SHARE_LEAST trials */
};

/* The other trials at one row of the curves. */
struct sweep_band {
    double epoch, low, middle, high; /* quantiles 0.1, 0.5 and 0.9 */
};

struct sweep_facts {
    struct arena arena;
    const struct sweep_table *table; /* borrowed */
    size_t metric;                   /* its column */
    bool maximize;
    enum sweep_goal *goal;             /* [columns] */
    double *last, *best;               /* (rows, columns) */
    struct sweep_parameter *parameter; /* [parameters] */
    size_t parameters;
    bool repeats;  /* a point has several trials */
    size_t *order; /* [ranked]: rows with a last value, the best first */
    size_t ranked;
    size_t winner;                    /* a row: of the best point the best; where ranked > 0 */
    struct sweep_summary winner_mean; /* of its point's completed repeats */
    double *ended;                    /* [rows]: seconds since the first start; NULL: not known */
    size_t count[SWEEP_STATUS_COUNT];
    double trial_seconds; /* of all trials together */
};

/* Works out all of it. log: [logs] paths of the sweep's logs, for when trials ended; one that can't
 * be read says nothing. TRAINER_INVALID where the table names a metric that is not known. Free with
 * sweep_facts_free whatever is returned. */
int sweep_facts_open(struct sweep_facts *facts, const struct sweep_table *table,
                     const char *const *log, size_t logs);
void sweep_facts_free(struct sweep_facts *facts);

/* Whether there is a best of that column: not of epochs, times and the like. */
bool sweep_facts_has_best(const struct sweep_facts *facts, size_t column);

/* Quantiles of a column over all rows but those of without[count], into band[table->length]; how
 * many rows of the curves have at least SWEEP_BAND_LEAST others. SIZE_MAX when memory ran out. */
size_t sweep_facts_band(const struct sweep_facts *facts, size_t column, const size_t *without,
                        size_t count, struct sweep_band *band);

#endif
