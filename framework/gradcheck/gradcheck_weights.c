/*
 * gradcheck_weights.c - the numbers to check at.
 *
 * Weights are the config's own first ones. A tensor of equal numbers (biases of 0) would hide
 * what is mixed up among its elements, and one of tiny numbers (0.01 times a normal) makes every
 * gradient tiny: the first is spread, the second made larger, to about 1 / sqrt(fan_in), with
 * which sums of fan_in terms are about as large as a term. Where a gradient is zero throughout
 * all the same, all weights are drawn anew with that spread.
 *
 * Every number is rounded to one of float32, so that float32 and float64 start from the same.
 */
#include "base/random.h"
#include "gradcheck_internal.h"
#include "layer.h"
#include "runfile/runfile.h"
#include <math.h>
#include <string.h>

/* --- weights ---------------------------------------------------------------------------------- */

/* What the numbers of a tensor should spread by. */
static double wanted_spread(const struct parameter *p)
{
    return 1 / sqrt(p->fan_in > 0 ? (double)p->fan_in : 4.0);
}

static bool all_equal(const double *x, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (x[i] != x[0])
            return false;
    return true;
}

static double root_mean_square(const double *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i] * x[i];
    return sqrt(sum / (double)count);
}

/* Sets x[i] = center + spread * normal. */
static void draw(const struct gradcheck *check, const struct parameter *p, int number,
                 double center)
{
    uint64_t key = random_hash(p->layer) * 31 + random_hash(p->name);
    struct random_stream stream =
        random_stream((uint64_t)check->session->seed, RANDOM_GRADCHECK, key, (uint64_t)number);
    double *x = p->x, spread = wanted_spread(p);
    for (size_t i = 0; i < p->count; i++)
        x[i] = center + spread * random_normal(&stream, i);
}

static void enlarge(const struct gradcheck *check, const struct parameter *p)
{
    double *x = p->x, spread = root_mean_square(x, p->count);
    if (all_equal(x, p->count))
        draw(check, p, 0, x[0]);
    else if (spread < wanted_spread(p))
        for (size_t i = 0; i < p->count; i++)
            x[i] *= wanted_spread(p) / spread;
}

/* States that start at 0 or 1 throughout would hide what is done with them: means are drawn from
 * -1 to 1, what starts at 1 and so may be a variance from 0.5 to 2. */
static void draw_state(const struct gradcheck *check, const struct parameter *p, int number)
{
    uint64_t key = random_hash(p->layer) * 31 + random_hash(p->name);
    struct random_stream stream =
        random_stream((uint64_t)check->session->seed, RANDOM_GRADCHECK, key, (uint64_t)number);
    double *x = p->x;
    bool positive = x[0] > 0;
    if (!all_equal(x, p->count))
        return;
    for (size_t i = 0; i < p->count; i++) {
        double share = random_uniform(&stream, i);
        x[i] = positive ? 0.5 + 1.5 * share : 2 * share - 1;
    }
}

static int set_weights(struct gradcheck *check, int number)
{
    struct graph *graph = check->reference;
    if (check->options.weights) {
        gradcheck_copy_numbers(check->options.weights, graph);
        return TRAINER_OK;
    }
    int rc = graph_initialize(graph, (uint64_t)check->session->seed);
    if (rc)
        return rc;
    if (check->session->weights)
        return runfile_load_weights(check->session->weights, graph);
    for (size_t i = 0; i < graph_parameter_count(graph); i++) {
        const struct parameter *p = graph_parameter(graph, i);
        if (p->state)
            draw_state(check, p, number);
        else if (number == 0)
            enlarge(check, p);
        else
            draw(check, p, number, 0);
    }
    return TRAINER_OK;
}

static void round_to_single(double *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        x[i] = (double)(float)x[i];
}

bool gradcheck_moves_data(const struct gradcheck *check)
{
    unsigned flags = 0;
    for (size_t i = 0; i < graph_layer_count(check->reference); i++)
        flags |= graph_layer_facts(check->reference, i).flags;
    return flags & LAYER_CHOOSES;
}

/* Moves each number of a column by up to a tenth of their size. */
static void move_apart(const struct gradcheck *check, const struct batch_column *column)
{
    size_t count = check->rows * column->width;
    double *x = column->x, size = root_mean_square(x, count);
    struct random_stream stream = random_stream((uint64_t)check->session->seed, RANDOM_GRADCHECK,
                                                random_hash(column->column->name), 0);
    for (size_t i = 0; i < count; i++)
        x[i] += 0.2 * size * (random_uniform(&stream, i) - 0.5);
}

int gradcheck_set_numbers(struct gradcheck *check, int number)
{
    struct graph *graph = check->reference;
    const struct batch *batch = graph_batch(graph);
    int rc = set_weights(check, number);
    if (rc)
        return rc;
    struct worker alone = WORKER_ALONE;
    batch_take(batch, SPLIT_TRAIN, NULL, 0, check->rows, &alone);
    for (size_t i = 0; i < graph_parameter_count(graph); i++)
        round_to_single(graph_parameter(graph, i)->x, graph_parameter(graph, i)->count);
    for (int c = 0; c < batch->columns; c++)
        if (batch->column[c].x) {
            if (gradcheck_moves_data(check))
                move_apart(check, &batch->column[c]);
            round_to_single(batch->column[c].x, check->rows * batch->column[c].width);
        }
    return TRAINER_OK;
}

/* --- copies ----------------------------------------------------------------------------------- */

/* to[0..count) = from[0..count), each of its graph's precision. */
static void copy_reals(const struct graph *source, const void *from, const struct graph *target,
                       void *to, size_t count)
{
    const struct engine *in = graph_engine(source), *out = graph_engine(target);
    for (size_t i = 0; i < count; i++)
        out->set(to, i, in->get(from, i));
}

void gradcheck_copy_numbers(const struct graph *from, struct graph *to)
{
    for (size_t i = 0; i < graph_parameter_count(from); i++)
        copy_reals(from, graph_parameter(from, i)->x, to, graph_parameter(to, i)->x,
                   graph_parameter(from, i)->count);
}

void gradcheck_copy_batch(struct graph *from, struct graph *to)
{
    const struct batch *in = graph_batch(from), *out = graph_batch(to);
    for (int c = 0; c < in->columns; c++) {
        size_t count = in->rows * in->column[c].width;
        if (out->column[c].x)
            copy_reals(from, in->column[c].x, to, out->column[c].x, count);
        else if (out->column[c].label)
            memcpy(out->column[c].label, in->column[c].label, count * sizeof(int32_t));
    }
}

bool gradcheck_same_numbers(struct graph *a, struct graph *b)
{
    size_t size = graph_engine(a)->real_size;
    const struct batch *left = graph_batch(a), *right = graph_batch(b);
    for (size_t i = 0; i < graph_parameter_count(a); i++) {
        const struct parameter *p = graph_parameter(a, i);
        if (!p->state && memcmp(p->x, graph_parameter(b, i)->x, p->count * size) != 0)
            return false;
    }
    for (int c = 0; c < left->columns; c++)
        if (left->column[c].x && memcmp(left->column[c].x, right->column[c].x,
                                        left->rows * left->column[c].width * size) != 0)
            return false;
    return true;
}

/* --- states ----------------------------------------------------------------------------------- */

size_t gradcheck_count_states(const struct graph *graph)
{
    size_t count = 0;
    for (size_t i = 0; i < graph_parameter_count(graph); i++)
        count += graph_parameter(graph, i)->state ? graph_parameter(graph, i)->count : 0;
    return count;
}

void gradcheck_save_states(const struct gradcheck *check)
{
    double *kept = check->states;
    for (size_t i = 0; i < graph_parameter_count(check->reference); i++) {
        const struct parameter *p = graph_parameter(check->reference, i);
        if (!p->state)
            continue;
        memcpy(kept, p->x, p->count * sizeof *kept);
        kept += p->count;
    }
}

void gradcheck_restore_states(const struct gradcheck *check, struct graph *graph)
{
    const struct engine *engine = graph_engine(graph);
    const double *kept = check->states;
    for (size_t i = 0; kept && i < graph_parameter_count(graph); i++) {
        const struct parameter *p = graph_parameter(graph, i);
        for (size_t j = 0; p->state && j < p->count; j++)
            engine->set(p->x, j, *kept++);
    }
}
