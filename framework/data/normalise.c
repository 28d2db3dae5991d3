/*
 * normalise.c - two passes over the training samples: mean, least and most; then the deviation.
 *
 * Threads share channels, never samples: each sum is one chain in the order of the rows.
 */
#include "normalise.h"
#include "base/list_rows.h"
#include "row_window.h"
#include "samples.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 512,          /* elements that are read at a time */
    SLICE = 64,           /* channels of a thread's turn */
    NAMED = 10,           /* constant channels that the warning names */
    WORK_LEAST = 1 << 16, /* elements that are worth more than one thread */
};

/* The elements [element, element + count) of a row of lists, times scale. */
static void read_lists(const struct column *column, const struct list_rows *lists, size_t at,
                       size_t element, size_t count, double *value)
{
    const size_t behind = lists->start[at + 1];
    memset(value, 0, count * sizeof *value);
    for (size_t e = list_rows_find(lists, at, element);
         e < behind && lists->column[e] < element + count; e++)
        value[lists->column[e] - element] = list_rows_value(lists, e) * column->scale;
}

/* value[count] = the elements [element, element + count) of stored sample `at`, times scale; NaN
 * where nothing is stored. */
static void read_scaled(const struct column *column, enum split split, size_t at, size_t element,
                        size_t count, double *value)
{
    const double scale = column->scale;
    const void *stored = column->values[split];
    const size_t from = at * shape_size(column->shape) + element;
    if (column->lists[split]) {
        read_lists(column, column->lists[split], at, element, count, value);
        return;
    }
    switch (column->stored) {
    case STORED_BYTE:
        for (size_t i = 0; i < count; i++)
            value[i] = ((const uint8_t *)stored)[from + i] * scale;
        break;
    case STORED_FLOAT:
        for (size_t i = 0; i < count; i++)
            value[i] = (double)((const float *)stored)[from + i] * scale;
        break;
    case STORED_DOUBLE:
        for (size_t i = 0; i < count; i++)
            value[i] = ((const double *)stored)[from + i] * scale;
        break;
    case STORED_LABEL:
        for (size_t i = 0; i < count; i++)
            value[i] = ((const int32_t *)stored)[from + i];
        break;
    }
}

/* Elements of a channel: 1 of a vector's. */
static size_t channel_size(const struct column *column)
{
    return shape_size(column->shape) / column_channels(column);
}

void normalise_read(const struct column *column, enum split stored, size_t at, size_t element,
                    size_t count, double *value)
{
    read_scaled(column, stored, at, element, count, value);
    for (size_t i = 0; column->fill && i < count; i++)
        value[i] = isnan(value[i]) ? column->fill[element + i] : value[i];
    if (!column->divisor)
        return;
    const size_t size = channel_size(column);
    const double *offset = column->offset, *divisor = column->divisor;
    if (size == 1)
        for (size_t i = 0; i < count; i++)
            value[i] = (value[i] - offset[element + i]) / divisor[element + i];
    for (size_t i = 0, end; size > 1 && i < count; i = end) {
        size_t channel = (element + i) / size;
        end = (channel + 1) * size - element;
        end = end < count ? end : count;
        for (size_t j = i; j < end; j++)
            value[j] = (value[j] - offset[channel]) / divisor[channel];
    }
}

/* What is known of the channels of one column; each (channels). */
struct fit {
    const struct column *column; /* of the window: its rows begin with stored row `first` */
    size_t first;
    struct samples samples;
    size_t channels, size; /* size: elements of a channel */
    double *present;       /* values that are there */
    double *mean, *least, *most;
    double *deviation;   /* population deviation; its square's sum while it grows */
    struct chain *chain; /* (channels) */
};

/* The values of channel c that are there: their sum, least and most. */
struct chain {
    double count, sum, least, most;
};

/* Goes on with channels [begin, end), at most SLICE, by samples [from, to). */
typedef void fit_step(const struct fit *fit, size_t from, size_t to, size_t begin, size_t end);

/* Elements of a sample that are read at a time: of one channel, or where those have one element
 * each, of several. */
static size_t next_block(const struct fit *fit, size_t element, size_t end)
{
    size_t stop = fit->size == 1 ? end : (element / fit->size + 1) * fit->size;
    return stop - element < BLOCK ? stop - element : BLOCK;
}

/* The block of sample `at` from `element` on. */
static void read_block(const struct fit *fit, size_t at, size_t element, size_t count,
                       double *value)
{
    read_scaled(fit->column, fit->samples.stored, at - fit->first, element, count, value);
}

static void add_value(struct chain *chain, double value)
{
    if (isnan(value))
        return;
    chain->count++;
    chain->sum += value;
    chain->least = value < chain->least ? value : chain->least;
    chain->most = value > chain->most ? value : chain->most;
}

/* Goes on with the chains of channels [begin, end) by the elements of one sample. */
static void add_sample(const struct fit *fit, size_t at, size_t begin, size_t end,
                       struct chain *chain)
{
    double value[BLOCK];
    const size_t step = fit->size == 1;
    for (size_t first = begin * fit->size, count; first < end * fit->size; first += count) {
        count = next_block(fit, first, end * fit->size);
        read_block(fit, at, first, count, value);
        struct chain *to = chain + (first / fit->size - begin);
        for (size_t i = 0; i < count; i++, to += step)
            add_value(to, value[i]);
    }
}

/* Goes on with the sums of squared differences from the mean. */
static void add_squares(const struct fit *fit, size_t at, size_t begin, size_t end, double *sum)
{
    double value[BLOCK];
    const size_t step = fit->size == 1;
    for (size_t first = begin * fit->size, count; first < end * fit->size; first += count) {
        count = next_block(fit, first, end * fit->size);
        read_block(fit, at, first, count, value);
        const double *mean = fit->mean + first / fit->size;
        double *to = sum + (first / fit->size - begin);
        for (size_t i = 0; i < count; i++, to += step, mean += step) {
            double difference = isnan(value[i]) ? 0 : value[i] - *mean;
            *to += difference * difference;
        }
    }
}

static void fit_chains(const struct fit *fit, size_t from, size_t to, size_t begin, size_t end)
{
    for (size_t i = from; i < to; i++)
        add_sample(fit, samples_at(&fit->samples, i), begin, end, fit->chain + begin);
}

static void fit_squares(const struct fit *fit, size_t from, size_t to, size_t begin, size_t end)
{
    for (size_t i = from; i < to; i++)
        add_squares(fit, samples_at(&fit->samples, i), begin, end, fit->deviation + begin);
}

/* What the chains say. */
static void finish_chains(const struct fit *fit)
{
    for (size_t c = 0; c < fit->channels; c++) {
        const struct chain *of = &fit->chain[c];
        /* The sum of many equal numbers may be off by its last bits; their mean is not. */
        double mean = of->least == of->most ? of->least : of->sum / of->count;
        fit->present[c] = of->count;
        fit->mean[c] = of->count > 0 ? mean : 0;
        fit->least[c] = of->count > 0 ? of->least : 0;
        fit->most[c] = of->count > 0 ? of->most : 0;
    }
}

/* All samples through one step: a window of rows after the other, slices of channels side by side,
 * so that each channel meets the samples in their order. */
static int walk_samples(struct fit *fit, struct row_window *window, fit_step *step)
{
    size_t slices = (fit->channels + SLICE - 1) / SLICE, count = fit->samples.count;
    int rc = TRAINER_OK;
    fit->column = &window->column;
    for (size_t from = 0, to = 0; !rc && from < count; from = to) {
        rc = row_window_seek(window, samples_at(&fit->samples, from));
        fit->first = window->first;
        while (!rc && to < count && samples_at(&fit->samples, to) < window->first + window->rows)
            to++;
#pragma omp parallel for schedule(dynamic) if ((to - from) * fit->channels > WORK_LEAST)
        for (size_t slice = 0; slice < slices; slice++) {
            size_t end = (slice + 1) * SLICE;
            step(fit, from, to, slice * SLICE, end < fit->channels ? end : fit->channels);
        }
    }
    return rc;
}

/* Least and most of lists, whose zeros are not stored: for all that keeps them. */
static void fit_lists(const struct fit *fit)
{
    const struct list_rows *lists = fit->column->lists[fit->samples.stored];
    for (size_t i = 0; i < fit->samples.count; i++) {
        size_t at = samples_at(&fit->samples, i);
        for (size_t e = lists->start[at]; e < lists->start[at + 1]; e++) {
            const size_t c = lists->column[e];
            const double value = list_rows_value(lists, e) * fit->column->scale;
            bool first = fit->present[c]++ == 0;
            fit->least[c] = first || value < fit->least[c] ? value : fit->least[c];
            fit->most[c] = first || value > fit->most[c] ? value : fit->most[c];
        }
    }
    for (size_t c = 0; c < fit->channels; c++)
        if (fit->present[c] < (double)fit->samples.count) {
            fit->least[c] = fmin(fit->least[c], 0);
            fit->most[c] = fmax(fit->most[c], 0);
        }
}

/* For free(fit->present), whatever is returned. */
static int fit_channels(const struct dataset *dataset, const struct column *column, struct fit *fit)
{
    *fit = (struct fit){.column = column, .samples = samples_of(dataset, SPLIT_TRAIN)};
    fit->channels = column_channels(column);
    fit->size = channel_size(column);
    fit->present = block_allocate("statistics of the data", 9 * fit->channels * sizeof(double));
    if (!fit->present)
        return TRAINER_FAILED;
    fit->mean = fit->present + fit->channels;
    fit->least = fit->mean + fit->channels;
    fit->most = fit->least + fit->channels;
    fit->deviation = fit->most + fit->channels;
    fit->chain = (struct chain *)(void *)(fit->deviation + fit->channels);
    if (column->lists[fit->samples.stored]) {
        fit_lists(fit);
        return TRAINER_OK;
    }
    for (size_t c = 0; c < fit->channels; c++)
        fit->chain[c] = (struct chain){.least = HUGE_VAL, .most = -HUGE_VAL};
    struct row_window window;
    int rc = row_window_open(&window, dataset, column, fit->samples.stored);
    if (!rc)
        rc = walk_samples(fit, &window, fit_chains);
    finish_chains(fit);
    if (!rc)
        rc = walk_samples(fit, &window, fit_squares);
    for (size_t c = 0; c < fit->channels; c++)
        fit->deviation[c] =
            sqrt(fit->deviation[c] / ((double)fit->samples.count * (double)fit->size));
    row_window_close(&window);
    fit->column = column;
    return rc;
}

/* --- offset, divisor, fill -------------------------------------------------------------------- */

/* Constant channels: how many, and the names of the first. */
struct constants {
    size_t count, used;
    char names[512];
};

static void note_constant(struct constants *constants, const struct column *column, size_t channel)
{
    size_t room = sizeof constants->names - constants->used;
    const char *comma = constants->count ? ", " : "";
    int length = 0;
    if (constants->count++ < NAMED) {
        if (column->feature)
            length = snprintf(constants->names + constants->used, room, "%s%s", comma,
                              column->feature[channel].name);
        else if (column_channels(column) > 1)
            length = snprintf(constants->names + constants->used, room, "%s%s[%zu]", comma,
                              column->name, channel);
        else
            length =
                snprintf(constants->names + constants->used, room, "%s%s", comma, column->name);
    }
    constants->used += length < 0 ? 0 : (size_t)length < room ? (size_t)length : room - 1;
}

static void warn_of_constants(struct dataset *dataset, const struct constants *constants)
{
    if (constants->count)
        dataset_note(dataset, true,
                     "%zu column%s the same in all training samples (%s%s): divisor 1",
                     constants->count, constants->count == 1 ? " is" : "s are", constants->names,
                     constants->count > NAMED ? ", ..." : "");
}

/* Offset and divisor of one channel; false where it is constant. */
static bool choose_factors(const struct fit *fit, size_t channel, enum normalise how,
                           double *offset, double *divisor)
{
    const double least = fit->least[channel], most = fit->most[channel];
    double by[] = {[NORMALISE_NONE] = 1,
                   [NORMALISE_ZSCORE] = fit->deviation[channel],
                   [NORMALISE_MINMAX] = most - least,
                   [NORMALISE_MAXABS] = fmax(fabs(least), fabs(most))};
    *offset = how == NORMALISE_ZSCORE ? fit->mean[channel] : how == NORMALISE_MINMAX ? least : 0;
    *divisor = least == most || by[how] == 0 ? 1 : by[how];
    return least != most && by[how] != 0;
}

static int set_factors(struct dataset *dataset, struct column *column, const struct fit *fit,
                       enum normalise how, const struct position *at, struct constants *constants)
{
    double *offset = arena_array(&dataset->arena, fit->channels, sizeof *offset);
    double *divisor = arena_array(&dataset->arena, fit->channels, sizeof *divisor);
    size_t normalised = 0;
    if (!offset || !divisor)
        return TRAINER_FAILED;
    for (size_t c = 0; c < fit->channels; c++) {
        divisor[c] = 1;
        if (column->feature && column->feature[c].indicator)
            continue;
        normalised++;
        if (!choose_factors(fit, c, how, &offset[c], &divisor[c]))
            note_constant(constants, column, c);
        if (!isfinite(offset[c]) || !isfinite(divisor[c]))
            return config_error(at, "'%s' has numbers that are too large to be normalised",
                                column->feature ? column->feature[c].name : column->name);
    }
    column->offset = normalised ? offset : NULL;
    column->divisor = normalised ? divisor : NULL;
    return TRAINER_OK;
}

/* Fill values are means; elements of named columns are channels of their own. */
static int set_fill(struct dataset *dataset, struct column *column, const struct fit *fit)
{
    double *fill = arena_array(&dataset->arena, fit->channels, sizeof *fill);
    if (!fill)
        return TRAINER_FAILED;
    for (size_t c = 0; c < fit->channels; c++)
        fill[c] = column->feature[c].mean ? fit->mean[c] : 0;
    column->fill = fill;
    return TRAINER_OK;
}

/* Whether NaN stands for a mean anywhere in the column. */
static bool is_filled(const struct column *column)
{
    bool filled = false;
    for (size_t i = 0; column->feature && i < shape_size(column->shape); i++)
        filled = filled || column->feature[i].mean;
    return filled;
}

static int fit_column(struct dataset *dataset, struct column *column, enum normalise how,
                      const struct position *at, struct constants *constants)
{
    bool filled = is_filled(column);
    struct fit fit;
    if ((how == NORMALISE_NONE && !filled) ||
        (!column->values[SPLIT_TRAIN] && !column->lists[SPLIT_TRAIN] && !column->file[SPLIT_TRAIN]))
        return TRAINER_OK;
    if (column->lists[SPLIT_TRAIN] && how != NORMALISE_MAXABS)
        return config_error(at, "'normalize' of lists, whose zeros stay 0, must be none or maxabs");
    int rc = fit_channels(dataset, column, &fit);
    if (!rc && filled)
        rc = set_fill(dataset, column, &fit);
    if (!rc && how != NORMALISE_NONE)
        rc = set_factors(dataset, column, &fit, how, at, constants);
    free(fit.present);
    return rc;
}

int normalise_fit(struct dataset *dataset, const struct position *at)
{
    struct constants constants = {0};
    int rc = TRAINER_OK;
    for (int i = 0; !rc && i < dataset->columns; i++) {
        struct column *column = &dataset->column[i];
        bool labels = !strcmp(column->name, "labels"), weights = !strcmp(column->name, "weights");
        enum normalise how = labels ? dataset->normalise_labels : dataset->normalise_inputs;
        if (column->stored != STORED_LABEL)
            rc = fit_column(dataset, column, weights ? NORMALISE_NONE : how, at, &constants);
        else if (labels && how != NORMALISE_NONE)
            rc = config_error(at, "labels are %zu classes; only values can be normalised",
                              column->classes);
    }
    warn_of_constants(dataset, &constants);
    return rc;
}
