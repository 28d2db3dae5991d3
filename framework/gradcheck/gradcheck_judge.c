/*
 * gradcheck_judge.c - outcomes of elements -> a row for each tensor -> the verdict.
 *
 * A row is wrong where one element is. It says nothing where too many elements lie at kinks, or
 * where every gradient is so small that even an error of 1 % would be within the tolerance. Of
 * tensors that f does not depend on at all, however far they are moved, there is nothing to say.
 */
#include "gradcheck_internal.h"
#include <math.h>

static const double KINKS_MAX = 0.05;
static const double ERROR_TO_SEE = 0.01;

/* Adds one outcome to its row; returns |a - n|. */
static double add_outcome(struct gradcheck_row *row, const struct gradcheck_report *report,
                          const struct outcome *outcome, size_t element)
{
    if (outcome->state == OUTCOME_SKIPPED) {
        row->skipped++;
        return 0;
    }
    double apart = fabs(outcome->analytic - outcome->numeric);
    double size = fmax(fabs(outcome->analytic), fabs(outcome->numeric));
    double error = apart / (report->atol / report->rtol + size);
    bool first = row->checked++ == 0;
    row->wrong += outcome->state == OUTCOME_WRONG;
    if (first || error > row->error || isnan(error)) {
        row->error = error;
        row->where = element;
        row->analytic = outcome->analytic;
        row->numeric = outcome->numeric;
    }
    return apart;
}

/* The largest |gradient| of the tensor, by backward or numerically. */
static double largest_gradient(const struct gradcheck *check, const struct subject *subject)
{
    const double *g = subject_g(subject, check->reference);
    double largest = 0;
    for (size_t i = 0; i < subject->count; i++)
        largest = fmax(largest, fabs(g[i]));
    for (size_t i = 0; i < subject->chosen; i++) {
        const struct outcome *outcome = &check->outcome[subject->job + i];
        if (outcome->state != OUTCOME_SKIPPED)
            largest = fmax(largest, fabs(outcome->numeric));
    }
    return largest;
}

/* Whether gradients arrive at the layer that the tensor belongs to: they would show an error in its
 * own, unless they cancel out. */
static bool reached(const struct gradcheck *check, const struct subject *subject)
{
    struct layer_facts facts = graph_layer_facts(check->reference, subject->first);
    const double *g = facts.g;
    double largest = 0;
    for (size_t i = 0; g && i < check->rows * shape_size(facts.out); i++)
        largest = fmax(largest, fabs(g[i]));
    return ERROR_TO_SEE * largest > check->report->atol + check->report->rtol * largest;
}

static enum gradcheck_result row_result(const struct gradcheck_row *row,
                                        const struct gradcheck_report *report,
                                        size_t elements_skipped, size_t chosen, double largest)
{
    if (row->wrong > 0)
        return GRADCHECK_ROW_WRONG;
    if (ERROR_TO_SEE * largest <= report->atol + report->rtol * largest)
        return GRADCHECK_ROW_ZERO;
    if ((double)elements_skipped > KINKS_MAX * (double)chosen)
        return GRADCHECK_ROW_KINKS;
    return GRADCHECK_ROW_RIGHT;
}

static void judge_subject(const struct gradcheck *check, const struct subject *subject,
                          struct gradcheck_row *row)
{
    const struct outcome *outcome = check->outcome + subject->job;
    double sum = 0;
    for (size_t i = 0; i < subject->chosen; i++)
        sum += add_outcome(row, check->report, &outcome[i], subject_element(subject, i));
    size_t elements = row->checked, skipped = row->skipped;
    row->mean_difference = elements > 0 ? sum / (double)elements : (double)NAN;
    for (size_t i = subject->chosen; i < subject->chosen + subject->directions; i++)
        add_outcome(row, check->report, &outcome[i], subject_element(subject, i));
    row->result =
        row_result(row, check->report, skipped, subject->chosen, largest_gradient(check, subject));
    if (row->result == GRADCHECK_ROW_ZERO && reached(check, subject) &&
        prober_without_effect(&check->prober[0], subject))
        row->result = GRADCHECK_ROW_NO_EFFECT;
}

void gradcheck_judge(struct gradcheck *check, bool training)
{
    for (size_t s = 0; s < check->subjects; s++) {
        const struct subject *subject = &check->subject[s];
        struct gradcheck_row *row = &check->report->row[check->report->count++];
        *row = (struct gradcheck_row){.tensor = subject->name,
                                      .shape = subject->shape,
                                      .count = subject->count,
                                      .training = training,
                                      .result = GRADCHECK_ROW_FROZEN};
        if (!subject->frozen)
            judge_subject(check, subject, row);
    }
}

void gradcheck_conclude(struct gradcheck_report *report)
{
    bool wrong = report->unequal != NULL, unclear = false, compared = false;
    for (size_t i = 0; i < report->count; i++) {
        enum gradcheck_result result = report->row[i].result;
        wrong = wrong || result == GRADCHECK_ROW_WRONG;
        unclear = unclear || result == GRADCHECK_ROW_KINKS || result == GRADCHECK_ROW_ZERO;
        compared = compared || report->row[i].checked > 0;
    }
    for (size_t i = 0; i < report->singles; i++)
        wrong = wrong || report->single[i].wrong;
    report->verdict = wrong                  ? GRADCHECK_WRONG
                      : unclear || !compared ? GRADCHECK_INCONCLUSIVE
                                             : GRADCHECK_RIGHT;
}
