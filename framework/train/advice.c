/*
 * advice.c - looks at losses and classes.
 */
#include "advice.h"

#include <math.h>
#include <stdio.h>

/* Samples of the most frequent class, and those that are told right. */
static size_t count_most(const struct evaluation *classes, size_t *right)
{
    size_t most = 0;
    *right = 0;
    for (size_t i = 0; i < classes->samples; i++)
        *right += classes->true_class[i] == classes->predicted_class[i];
    for (size_t c = 0; c < classes->classes; c++) {
        size_t count = 0;
        for (size_t i = 0; i < classes->samples; i++)
            count += (size_t)classes->true_class[i] == c;
        most = count > most ? count : most;
    }
    return most;
}

bool advice_of(const struct evaluation *classes, double first, double last, char *text, size_t size)
{
    enum { FEW = 20 }; /* samples that chance can tell right, or wrong */
    size_t right, most = count_most(classes, &right), samples = classes->samples;
    if (samples > 1 && most == samples)
        snprintf(text, size, "all %zu samples are of one class: there is nothing to tell apart",
                 samples);
    else if (isfinite(first) && last > 2 * fabs(first) && last > 1)
        snprintf(text, size, "the loss rose from %.4g to %.4g: a smaller learning_rate?", first,
                 last);
    else if (samples >= FEW && right <= most)
        snprintf(text, size,
                 "accuracy %.4f is that of guessing: another learning_rate, other first weights?",
                 (double)right / (double)samples);
    else
        return false;
    return true;
}

bool advice_of_ranks(int ranks, double share, double work, char *text, size_t size)
{
    if (1 - share >= work)
        return false;
    snprintf(
        text, size,
        "%.0f %% of the time goes into exchanges between %d ranks: one process would be faster",
        100 * share, ranks);
    return true;
}
