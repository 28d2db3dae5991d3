/*
 * decision.h - the class that a prediction stands for.
 */
#ifndef TRAINER_DECISION_H
#define TRAINER_DECISION_H

#include "graph/graph.h"

/* How many classes a prediction chooses among: of TASK_CLASSES, else 0. */
size_t decision_classes(const struct prediction *prediction);

/* class[i] = the class that row begin + i of the prediction stands for, or of the labels or targets
 * that it is compared with; i < count. Of TASK_CLASSES alone. */
void decision_said(const struct engine *engine, const struct prediction *prediction, size_t begin,
                   size_t count, int32_t *class);
void decision_truth(const struct engine *engine, const struct prediction *prediction, size_t begin,
                    size_t count, int32_t *class);

#endif
