/*
 * sweep_labels.c - how a sweep's keys and trials are called on a screen.
 */
#include "sweep_labels.h"
#include "base/key_end.h"
#include "base/utf8.h"
#include "display/format.h"

#include <math.h>
#include <string.h>

static bool is_unique(const struct sweep *sweep, size_t key, const char *end, int dots)
{
    for (size_t i = 0; i < sweep_key_count(sweep); i++)
        if (i != key && strcmp(key_end(sweep_key(sweep, i)->name, dots), end) == 0)
            return false;
    return true;
}

static const char *unique_end(const struct sweep *sweep, size_t key)
{
    const char *name = sweep_key(sweep, key)->name, *end;
    int dots = 1;
    do
        end = key_end(name, dots);
    while (!is_unique(sweep, key, end, dots++) && end > name);
    return end;
}

const char *sweep_labels_key(const struct sweep *sweep, size_t key)
{
    static const struct {
        const char *word, *brief;
    } briefs[] = {{"learning_rate", "lr"}, {"batch_size", "batch"}};
    const char *end = unique_end(sweep, key);
    for (size_t i = 0; i < sizeof briefs / sizeof *briefs; i++)
        if (strcmp(end, briefs[i].word) == 0 && is_unique(sweep, key, briefs[i].brief, 1))
            return briefs[i].brief;
    return end;
}

bool sweep_labels_shows(const struct sweep *sweep, size_t key)
{
    bool any = false;
    for (size_t i = 0; i < sweep_key_count(sweep); i++)
        any = any || sweep_key(sweep, i)->varies;
    return sweep_key(sweep, key)->varies || !any;
}

void sweep_labels_values(struct text *text, const struct sweep *sweep, const char *const *value)
{
    const char *gap = "";
    size_t start = text->length;
    for (size_t i = 0; i < sweep_key_count(sweep); i++) {
        if (!sweep_labels_shows(sweep, i))
            continue;
        text_print(text, "%s%s=%s", gap, sweep_labels_key(sweep, i), value[i]);
        gap = " ";
    }
    if (text->data)
        utf8_make_plain(text->data + start, "");
}

void sweep_labels_trial(struct text *text, const struct sweep *sweep, size_t trial)
{
    sweep_labels_values(text, sweep, sweep_trial(sweep, trial)->value);
}

const char *sweep_labels_value(char *text, double value)
{
    bool plainly = value == 0 || (fabs(value) >= 0.001 && fabs(value) < 10000);
    snprintf(text, TEXT_NUMBER_MAX, isnan(value) ? "-" : plainly ? "%.4f" : "%.3e", value);
    return text;
}
