/*
 * sweep_asha.h - stops weak trials early, without waiting for the others.
 *
 *     rung k stands at min_epochs * eta^k epochs
 *     a trial goes on from a rung if fewer than max(1, floor(n / eta)) of the n values that the
 *     rung has so far, its own among them, are better
 *
 * That is asynchronous successive halving (Li et al., "A System for Massively Parallel
 * Hyperparameter Tuning", MLSys 2020) in its stopping form, as Syne Tune and Ray Tune have it: a
 * trial is judged once, when it arrives; it is never paused to be promoted later. So the first to
 * arrive goes on, and until eta values are there, whoever is the best so far or its equal. NaN
 * counts as the worst value.
 *
 * The answers depend on the order of the reports and on nothing else. A report of a trial that the
 * rung knows already is answered as it was the first time, so replaying a log restores everything.
 */
#ifndef TRAINER_SWEEP_ASHA_H
#define TRAINER_SWEEP_ASHA_H

#include "sweep.h"

struct sweep_asha;

/* Free with sweep_asha_free. */
int sweep_asha_create(struct sweep_asha **asha, const struct sweep_stopping_settings *settings,
                      enum sweep_goal goal);

/* NULL is nothing to free. */
void sweep_asha_free(struct sweep_asha *asha);

/* The epochs at which rung k stands; infinite beyond what a double counts. */
double sweep_asha_rung(const struct sweep_stopping_settings *settings, int rung);

/* Trial `id` reports its metric at a rung (0 <= rung < 64): *go_on says whether it goes on.
 * TRAINER_FAILED when memory ran out; nothing is then recorded. */
int sweep_asha_report(struct sweep_asha *asha, const char *id, int rung, double value, bool *go_on);

/* Records a report and its answer as a log has them; one that is there already stays. */
int sweep_asha_restore(struct sweep_asha *asha, const char *id, int rung, double value, bool go_on);

#endif
