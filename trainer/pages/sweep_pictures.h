/*
 * sweep_pictures.h - the plots of a sweep's page where no scripts run: static, and of no more
 * trials than a page should hold as pictures.
 */
#ifndef TRAINER_SWEEP_PICTURES_H
#define TRAINER_SWEEP_PICTURES_H

#include "report/page.h"
#include "sweep_facts.h"

/* Of more trials that have a last value, so many are drawn: each k-th by rank. */
enum { SWEEP_PICTURE_TRIALS = 300 };

/* The last metric against each parameter. */
int sweep_pictures_parameters(struct page *page, const struct sweep_facts *facts);

/* The metric's curves of the best trials, and quantiles over all. */
int sweep_pictures_curves(struct page *page, const struct sweep_facts *facts);

/* The last metric against the seconds that a trial took. */
int sweep_pictures_cost(struct page *page, const struct sweep_facts *facts);

#endif
