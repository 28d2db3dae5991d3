/*
 * evaluate.h - loss and metrics over a whole split, by all threads of a team.
 */
#ifndef TRAINER_EVALUATE_H
#define TRAINER_EVALUATE_H

#include "dataset.h"
#include "engine/team.h"
#include "metric.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct graph;
struct ranks; /* ranks.h */

/* What a network is measured by, and whether the metric of that index in the registry applies to
 * it; the network may be a plan only. */
struct metric_task evaluate_task(const struct graph *graph);
bool evaluate_applies(const struct metric_task *task, size_t metric);

/* The last evaluation of the test split (or of validation, where there is no test split). */
struct evaluation {
    size_t samples, classes;  /* 0: none */
    int32_t *true_class;      /* (samples) */
    int32_t *predicted_class; /* (samples) */
};

/* One evaluation: the mean loss and each metric over a split. */
struct scores {
    double loss;
    double *metric; /* [registry_count(FAMILY_METRIC)]; NaN where it does not apply */
};

struct evaluator;

/* Memory to evaluate a network on a data set, `rows` samples at a time; both are borrowed. seed:
 * key of what layers draw. Free with evaluator_free. */
int evaluator_create(struct evaluator **evaluator, struct graph *graph,
                     const struct dataset *dataset, size_t rows, uint64_t seed);
void evaluator_free(struct evaluator *evaluator);

/* From here on these processes share the rows: all call evaluator_run alike, and all get the same
 * scores. Borrowed. */
void evaluator_share(struct evaluator *evaluator, struct ranks *ranks);

/* Whether in the last run another rank could not read its samples: the scores are worthless. */
bool evaluator_unread(const struct evaluator *evaluator);

const struct metric_task *evaluator_task(const struct evaluator *evaluator);

/* Evaluates a split; all threads of the team call. Afterwards, behind a barrier, evaluator_scores
 * and, where `keep` was set and the labels are classes, evaluator_classes hold the result. */
void evaluator_run(struct evaluator *evaluator, enum split split, bool keep,
                   const struct worker *worker);
const struct scores *evaluator_scores(const struct evaluator *evaluator);
const struct evaluation *evaluator_classes(const struct evaluator *evaluator);

/* evaluator_run by a team of so many threads, made for it; keeps the classes of any split. */
int evaluator_run_team(struct evaluator *evaluator, enum split split, int threads);

/* Takes the classes of an evaluation that another run of the same network has made; one of other
 * samples is left alone. */
void evaluator_restore(struct evaluator *evaluator, const struct evaluation *classes);

#endif
