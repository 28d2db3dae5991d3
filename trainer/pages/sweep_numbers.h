/*
 * sweep_numbers.h - the numbers of a sweep's page, for its script: the member "sweep" of its data.
 *
 *     {"name": "rates", "metric": "test_accuracy", "goal": "maximize", "rows": 48, "length": 21,
 *      "keys": [{"name": "optimizer.learning_rate", "label": "learning_rate", "log": 1,
 *                "exact": 1, "bytes": 4, "data": "..."}, {"name": ..., "words": [...], ...}],
 *      "measured": [...], "status": {...}, "ids": [...], "errors": {"17": "..."},
 *      "repeats": 1, "points": "...", "curves": [{"name": ..., "data": "..."}],
 *      "epochs": "...", "own_epochs": 0, "ends": {"bytes": 4, "data": "..."}}
 *
 * data are columns in base64: float32 where seven digits say all that there is to a number, else
 * float64; of words, uint32 indices plus 1, and 0 for what is not set. points are int32. Curves are
 * (rows, length) of float32, NaN where there is none; with own_epochs so are the epochs, else they
 * are one list for all.
 */
#ifndef TRAINER_SWEEP_NUMBERS_H
#define TRAINER_SWEEP_NUMBERS_H

#include "report/page.h"
#include "sweep_facts.h"

/* Bytes of curves that a page holds; of more, only so many evaluations of each trial are taken, at
 * the same distance. */
enum { SWEEP_CURVE_BYTES = 4 << 20 };

/* Every how many evaluations a page takes: 1 is all. */
size_t sweep_numbers_stride(const struct sweep_table *table);

/* TRAINER_FAILED when memory ran out. */
int sweep_numbers_add(struct page *page, const struct sweep_facts *facts);

#endif
