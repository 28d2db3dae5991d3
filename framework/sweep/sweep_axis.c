/*
 * sweep_axis.c - one axis of a sweep: the values that its keys take.
 *
 *     [25, 50]   {values: [25, 50]}            listed
 *     {distribution: uniform,         min: 0, max: 1}
 *     {distribution: log_uniform,     min: 1e-3, max: 1}      uniform in the logarithm
 *     {distribution: int_uniform,     min: 32, max: 256, step: 32}
 *     {distribution: int_log_uniform, min: 1, max: 1000}
 *     {distribution: normal,          mean: 0, std: 1}
 *
 * Number i of an axis is a function of (seed, name of the axis, i): the same on every processor,
 * and whatever other axes there are.
 */
#include "base/error.h"
#include "base/exact_math.h"
#include "base/number.h"
#include "base/random.h"
#include "base/text.h"
#include "config/options.h"
#include "sweep_internal.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 6 };

/* Integers that a double counts. */
#define WHOLE_MAX 9e15

/* --- distributions --- */

static const struct option real_options[] = {
    {"min", OPTION_NUMBER, offsetof(struct sweep_draw, min), .required = true, .help = "smallest"},
    {"max", OPTION_NUMBER, offsetof(struct sweep_draw, max), .required = true, .help = "largest"},
    {0},
};

static const struct option log_options[] = {
    {"min", OPTION_NUMBER, offsetof(struct sweep_draw, min), .required = true,
     .above_minimum = true, .help = "smallest"},
    {"max", OPTION_NUMBER, offsetof(struct sweep_draw, max), .required = true,
     .above_minimum = true, .help = "largest"},
    {0},
};

static const struct option integer_options[] = {
    {"min", OPTION_INTEGER, offsetof(struct sweep_draw, low), .required = true,
     .minimum = -WHOLE_MAX, .maximum = WHOLE_MAX, .help = "smallest"},
    {"max", OPTION_INTEGER, offsetof(struct sweep_draw, high), .required = true,
     .minimum = -WHOLE_MAX, .maximum = WHOLE_MAX, .help = "largest"},
    {"step", OPTION_INTEGER, offsetof(struct sweep_draw, step), .standard = "1", .minimum = 1,
     .maximum = WHOLE_MAX, .help = "between neighbours"},
    {0},
};

static const struct option integer_log_options[] = {
    {"min", OPTION_INTEGER, offsetof(struct sweep_draw, low), .required = true, .minimum = 1,
     .maximum = WHOLE_MAX, .help = "smallest"},
    {"max", OPTION_INTEGER, offsetof(struct sweep_draw, high), .required = true, .minimum = 1,
     .maximum = WHOLE_MAX, .help = "largest"},
    {0},
};

static const struct option normal_options[] = {
    {"mean", OPTION_NUMBER, offsetof(struct sweep_draw, mean), .required = true, .help = "middle"},
    {"std", OPTION_NUMBER, offsetof(struct sweep_draw, std), .required = true,
     .above_minimum = true, .help = "standard deviation"},
    {0},
};

static double draw_uniform(const struct sweep_draw *draw, const struct random_stream *stream,
                           uint64_t index)
{
    return draw->min + (draw->max - draw->min) * random_uniform(stream, index);
}

/* Between the logarithms; the clamp takes back what rounding may add. */
static double draw_between_logs(double low, double high, double u)
{
    double from = exact_log(low), to = exact_log(high);
    return fmin(fmax(exact_exp(from + (to - from) * u), low), high);
}

static double draw_log_uniform(const struct sweep_draw *draw, const struct random_stream *stream,
                               uint64_t index)
{
    return draw_between_logs(draw->min, draw->max, random_uniform(stream, index));
}

static double draw_int_uniform(const struct sweep_draw *draw, const struct random_stream *stream,
                               uint64_t index)
{
    uint64_t values = (uint64_t)((draw->high - draw->low) / draw->step) + 1;
    int64_t steps = (int64_t)random_below(stream, index, values);
    return (double)(draw->low + steps * draw->step);
}

/* Integer k stands for the interval from k to k + 1. */
static double draw_int_log_uniform(const struct sweep_draw *draw,
                                   const struct random_stream *stream, uint64_t index)
{
    double u = random_uniform(stream, index);
    double x = floor(draw_between_logs((double)draw->low, (double)draw->high + 1, u));
    return fmin(x, (double)draw->high);
}

static double draw_normal(const struct sweep_draw *draw, const struct random_stream *stream,
                          uint64_t index)
{
    return draw->mean + draw->std * random_normal(stream, index);
}

/* By enum sweep_distribution, as in the list of choices below. */
static const struct distribution {
    const struct option *options;
    enum sweep_type type;
    double (*draw)(const struct sweep_draw *draw, const struct random_stream *stream,
                   uint64_t index);
} distributions[] = {
    [SWEEP_UNIFORM] = {real_options, SWEEP_NUMBER, draw_uniform},
    [SWEEP_LOG_UNIFORM] = {log_options, SWEEP_NUMBER, draw_log_uniform},
    [SWEEP_INT_UNIFORM] = {integer_options, SWEEP_INTEGER, draw_int_uniform},
    [SWEEP_INT_LOG_UNIFORM] = {integer_log_options, SWEEP_INTEGER, draw_int_log_uniform},
    [SWEEP_NORMAL] = {normal_options, SWEEP_NUMBER, draw_normal},
};

static const struct option distribution_options[] = {
    {"distribution", OPTION_CHOICE, offsetof(struct sweep_draw, distribution),
     .choices = "choice,uniform,log_uniform,int_uniform,int_log_uniform,normal",
     .standard = "choice", .help = "how values are drawn"},
    {0},
};

struct listed {
    const struct node *values;
};

static const struct option listed_options[] = {
    {"values", OPTION_NODE, offsetof(struct listed, values), .required = true,
     .help = "the list of values"},
    {0},
};

static struct random_stream stream_of(const struct sweep *sweep, const struct sweep_axis *axis)
{
    return random_stream((uint64_t)sweep->settings.seed, RANDOM_SWEEP, random_hash(axis->name), 0);
}

/* --- texts of values --- */

/* "{type: normal, std: 0.1}", "[1, 2]" */
static void add_node(struct text *text, const struct node *node)
{
    static const char *const open[] = {"", "[", "{"}, *const shut[] = {"", "]", "}"};
    text_string(text, node->kind == NODE_SCALAR ? node->text : open[node->kind]);
    for (const struct node *child = node->first; child; child = child->next) {
        if (child->key)
            text_print(text, "%s: ", child->key);
        add_node(text, child);
        text_string(text, child->next ? ", " : "");
    }
    text_string(text, shut[node->kind]);
}

const char *sweep_value_text(struct arena *arena, const struct node *node)
{
    struct text text = {0};
    if (node_is_null(node))
        return "null";
    add_node(&text, node);
    const char *copy =
        text_status(&text) == TRAINER_OK ? arena_copy(arena, text_get(&text), text.length) : NULL;
    text_free(&text);
    return copy;
}

/* --- types --- */

static enum sweep_type type_of(const struct node *node)
{
    static const char *const booleans[] = {"false", "False", "FALSE", "true", "True", "TRUE"};
    int64_t whole;
    double number;
    if (node->kind != NODE_SCALAR || node->quoted)
        return SWEEP_TEXT;
    if (number_parse_integer(node->text, &whole))
        return SWEEP_INTEGER;
    if (node_is_null(node) || number_parse(node->text, &number))
        return SWEEP_NUMBER;
    for (size_t i = 0; i < sizeof booleans / sizeof *booleans; i++)
        if (strcmp(node->text, booleans[i]) == 0)
            return SWEEP_BOOLEAN;
    return SWEEP_TEXT;
}

/* The type that holds both: integers among numbers are numbers, all else mixed is text. */
static enum sweep_type wider(enum sweep_type a, enum sweep_type b)
{
    if (a == b)
        return a;
    return a <= SWEEP_NUMBER && b <= SWEEP_NUMBER ? SWEEP_NUMBER : SWEEP_TEXT;
}

/* --- reading --- */

/* The list that a spec stands for: itself, or its `values`. NULL: a distribution, or a mistake. */
static int find_list(struct sweep *sweep, struct sweep_axis *axis, const struct node *spec,
                     const struct node **list)
{
    *list = NULL;
    struct options_context context = {
        .config = sweep->config, .owner = axis->name, .partial = true};
    if (spec->kind == NODE_LIST) {
        *list = spec;
        return TRAINER_OK;
    }
    if (spec->kind != NODE_MAP)
        return config_error(&spec->at,
                            "'%s' must be a list of values, {values: [...]} or "
                            "{distribution: ...}",
                            axis->name);
    if (!node_get(spec, "values") && !node_get(spec, "distribution"))
        return config_error(&spec->at, "%s needs `values` or a `distribution`", axis->name);
    int rc = options_read(&context, distribution_options, spec, &axis->draw);
    if (rc || axis->draw.distribution != SWEEP_CHOICE)
        return rc;
    static const char *const known[] = {"distribution", NULL};
    struct listed listed = {0};
    context.partial = false;
    context.known = known;
    rc = options_read(&context, listed_options, spec, &listed);
    if (rc == TRAINER_OK && listed.values->kind != NODE_LIST)
        return config_error(&listed.values->at, "'values' of %s must be a list", axis->name);
    *list = listed.values;
    return rc;
}

static int read_distribution(struct sweep *sweep, struct sweep_axis *axis, const struct node *spec)
{
    static const char *const known[] = {"distribution", NULL};
    struct options_context context = {.config = sweep->config, .owner = axis->name, .known = known};
    const struct distribution *distribution = &distributions[axis->draw.distribution];
    struct sweep_draw *draw = &axis->draw;
    if (sweep->settings.method == SWEEP_GRID)
        return config_error(&node_get(spec, "distribution")->at,
                            "%s has a distribution, but a grid needs `values`; or say "
                            "`method: random`",
                            axis->name);
    int rc = options_read(&context, distribution->options, spec, draw);
    if (rc == TRAINER_OK && (draw->min > draw->max || draw->low > draw->high))
        rc = config_error(&node_get(spec, "max")->at, "'max' of %s is below its 'min', %s",
                          axis->name, node_get(spec, "min")->text);
    axis->spec = spec;
    sweep->key[axis->first].type = distribution->type;
    return rc;
}

/* Lists of one length beside each other, each in the column of its key. */
static int read_lists(struct sweep *sweep, struct sweep_axis *axis, const struct node *const *list)
{
    struct arena *arena = config_arena(sweep->config);
    axis->count = list[0]->count;
    if (axis->count == 0)
        return config_error(&list[0]->at, "%s has no values", sweep->key[axis->first].name);
    axis->value = arena_array(arena, axis->count * axis->keys, sizeof *axis->value);
    axis->text = arena_array(arena, axis->count * axis->keys, sizeof *axis->text);
    if (!axis->value || !axis->text)
        return TRAINER_FAILED;
    for (size_t k = 0; k < axis->keys; k++) {
        struct sweep_key *key = &sweep->key[axis->first + k];
        size_t i = k;
        if (list[k]->count != axis->count)
            return config_error(&list[k]->at,
                                "%s has %zu values, but %s before it has %zu; keys of one zip "
                                "vary together",
                                key->name, list[k]->count, sweep->key[axis->first].name,
                                axis->count);
        key->type = type_of(list[k]->first);
        for (const struct node *n = list[k]->first; n; n = n->next, i += axis->keys) {
            key->type = wider(key->type, type_of(n));
            axis->value[i] = n;
            if (!(axis->text[i] = sweep_value_text(arena, n)))
                return TRAINER_FAILED;
        }
    }
    return TRAINER_OK;
}

int sweep_axis_read(struct sweep *sweep, struct sweep_axis *axis, const struct node *const *spec)
{
    const struct node **list = arena_array(config_arena(sweep->config), axis->keys, sizeof *list);
    if (!list)
        return TRAINER_FAILED;
    if (axis->keys == 1) {
        int rc = find_list(sweep, axis, spec[0], &list[0]);
        if (rc || !list[0])
            return rc ? rc : read_distribution(sweep, axis, spec[0]);
        return read_lists(sweep, axis, list);
    }
    for (size_t k = 0; k < axis->keys; k++) {
        if (spec[k]->kind != NODE_LIST)
            return config_error(&spec[k]->at, "'%s' in zip must be a list of values", spec[k]->key);
        list[k] = spec[k];
    }
    return read_lists(sweep, axis, list);
}

/* --- taking values --- */

size_t sweep_axis_choice(const struct sweep *sweep, const struct sweep_axis *axis, size_t point)
{
    struct random_stream stream = stream_of(sweep, axis);
    return (size_t)random_below(&stream, point, axis->count);
}

/* A drawn number as a node that says where its distribution is written. */
static struct node *draw_node(struct sweep *sweep, const struct sweep_axis *axis, size_t point)
{
    const struct distribution *distribution = &distributions[axis->draw.distribution];
    struct random_stream stream = stream_of(sweep, axis);
    double x = distribution->draw(&axis->draw, &stream, point);
    char text[NUMBER_SIZE];
    if (distribution->type == SWEEP_INTEGER)
        snprintf(text, sizeof text, "%" PRId64, (int64_t)x);
    else
        number_text(x, DIGITS, text);
    struct node *node = node_new(sweep->config, NODE_SCALAR, NULL, NULL, text);
    if (node)
        node->at = axis->spec->at;
    return node;
}

int sweep_axis_take(struct sweep *sweep, const struct sweep_axis *axis, size_t point, size_t choice,
                    const struct node **node, const char **text)
{
    for (size_t k = 0; k < axis->keys && axis->count; k++) {
        node[axis->first + k] = axis->value[choice * axis->keys + k];
        text[axis->first + k] = axis->text[choice * axis->keys + k];
    }
    if (axis->count)
        return TRAINER_OK;
    const struct node *drawn = draw_node(sweep, axis, point);
    if (!drawn)
        return TRAINER_FAILED;
    node[axis->first] = drawn;
    text[axis->first] = drawn->text;
    return TRAINER_OK;
}
