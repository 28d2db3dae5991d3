/*
 * sweep_labels.c - how a sweep's keys and trials are called on a screen.
 */
#include "sweep_labels.h"

#include <math.h>
#include <string.h>

/* The part of a name behind its last `dots` dots but one; all of it where it has fewer. */
static const char *name_end(const char *name, int dots)
{
    const char *end = name + strlen(name);
    while (end > name && (end[-1] != '.' || --dots > 0))
        end--;
    return end;
}

static bool is_unique(const struct sweep *sweep, size_t key, const char *end, int dots)
{
    for (size_t i = 0; i < sweep_key_count(sweep); i++)
        if (i != key && strcmp(name_end(sweep_key(sweep, i)->name, dots), end) == 0)
            return false;
    return true;
}

const char *sweep_labels_key(const struct sweep *sweep, size_t key)
{
    const char *name = sweep_key(sweep, key)->name, *end;
    int dots = 1;
    do
        end = name_end(name, dots);
    while (!is_unique(sweep, key, end, dots++) && end > name);
    return end;
}

void sweep_labels_trial(struct text *text, const struct sweep *sweep, size_t trial)
{
    const char *const *value = sweep_trial(sweep, trial)->value;
    for (size_t i = 0; i < sweep_key_count(sweep); i++)
        text_print(text, "%s%s=%s", i > 0 ? " " : "", sweep_labels_key(sweep, i), value[i]);
}

const char *sweep_labels_value(char *text, double value)
{
    bool plainly = value == 0 || (fabs(value) >= 0.001 && fabs(value) < 10000);
    snprintf(text, TEXT_NUMBER_MAX, isnan(value) ? "-" : plainly ? "%.4f" : "%.3e", value);
    return text;
}
