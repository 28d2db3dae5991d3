/*
 * gradcheck_probe.c - the numerical derivative of f with respect to one element, or along a
 * direction.
 *
 *     D(h) = (f(x + h) - f(x - h)) / ((x + h) - (x - h))      error ~ h^2: stops near 1e-7
 *     n    = (4 D(h/2) - D(h)) / 3                            error ~ h^4: near 1e-9
 *
 * It is divided by the step that floating point made of h. Where some layer takes other branches
 * at x +- h than at x, the derivative is one of a kink and not of f at x: h shrinks until they
 * are the same, or the element is skipped. Where n and backward disagree by no more than n may be
 * wrong, a whole table of steps is extrapolated (Ridders) before anything is said.
 *
 * Only the layers behind what moves are computed again. Whatever was moved is put back bit for bit.
 */
#include "gradcheck_internal.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum {
    SHRINK = 8,    /* of h at a kink */
    SHRINKS = 4,   /* tried before an element is skipped */
    MOVES = 4,     /* of a whole tensor that may have no effect */
    LEVELS = 14,   /* steps of a table, each half of the one before */
    ORDERS = 4,    /* extrapolated from one level */
    DOUBT = 4,     /* disagreement by so many times what n may be wrong is certain */
    ROUNDINGS = 4, /* of f, in units of its last digit */
};

/* --- f ---------------------------------------------------------------------------------------- */

/* f, and in *magnitude the sum of what it adds up, all positive. */
static double sum_outputs(const struct prober *prober, double *magnitude)
{
    const double *projection = prober->check->projection;
    struct layer_facts out = graph_layer_facts(prober->graph, graph_layer_count(prober->graph) - 1);
    const double *y = out.x; /* (rows, shape) */
    double sum = 0, size = 0;
    for (size_t i = 0; i < prober->pass.rows * shape_size(out.out); i++) {
        sum += projection[i] * y[i];
        size += fabs(projection[i] * y[i]);
    }
    *magnitude = size;
    return sum;
}

/* f of the numbers as they are; computes the layers from `first` on. */
static double evaluate(struct prober *prober, size_t first)
{
    double magnitude;
    gradcheck_restore_states(prober->check, prober->graph);
    graph_forward_from(prober->graph, &prober->pass, first);
    prober->evaluations++;
    return prober->check->projection ? sum_outputs(prober, &magnitude)
                                     : graph_loss(prober->graph, prober->pass.rows);
}

double gradcheck_largest_value(const struct graph *graph, size_t rows)
{
    double largest = 0;
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        struct layer_facts facts = graph_layer_facts(graph, i);
        const double *x = facts.x;
        for (size_t j = 0; j < rows * shape_size(facts.out); j++)
            largest = fmax(largest, fabs(x[j]));
    }
    return largest;
}

int prober_start(struct prober *prober, const struct graph_pass *pass)
{
    prober->pass = *pass;
    prober->pass.worker = WORKER_ALONE;
    double f = evaluate(prober, 0), magnitude = fabs(f);
    if (prober->check->projection)
        sum_outputs(prober, &magnitude);
    double largest = gradcheck_largest_value(prober->graph, pass->rows);
    prober->noise = ROUNDINGS * DBL_EPSILON * fmax(magnitude, largest);
    prober->pattern = graph_pattern(prober->graph, &prober->pass);
    prober->dirty = graph_layer_count(prober->graph);
    return isfinite(f)
               ? TRAINER_OK
               : error_set(TRAINER_FAILED, "the %s is %s with these weights",
                           prober->check->projection ? "output" : "loss", isnan(f) ? "nan" : "inf");
}

/* Computes again what an earlier probe left, up to `first`. */
static void settle(struct prober *prober, size_t first)
{
    if (prober->dirty < first)
        evaluate(prober, prober->dirty);
    prober->dirty = first;
}

/* --- moving ----------------------------------------------------------------------------------- */

/* What is moved: an element of a tensor, or all of it along a direction. */
struct mover {
    double *x; /* (count) of the tensor */
    size_t count, element;
    double at;                 /* the element as it was */
    const double *kept, *sign; /* (count); NULL: an element */
};

static struct mover take(struct prober *prober, const struct subject *subject, size_t element)
{
    struct mover mover = {
        .x = subject_x(subject, prober->graph), .count = subject->count, .element = element};
    if (element < subject->count) {
        mover.at = mover.x[element];
        return mover;
    }
    memcpy(prober->kept, mover.x, mover.count * sizeof *mover.x);
    subject_direction(prober->check, subject, element - subject->count, prober->sign);
    mover.kept = prober->kept;
    mover.sign = prober->sign;
    return mover;
}

/* Moves by `by` from where it was; returns by how much floating point moved it. */
static double move(const struct mover *mover, double by)
{
    if (!mover->sign) {
        mover->x[mover->element] = mover->at + by;
        return mover->x[mover->element] - mover->at;
    }
    for (size_t i = 0; i < mover->count; i++)
        mover->x[i] = mover->kept[i] + by * mover->sign[i];
    return by;
}

static void put_back(const struct mover *mover)
{
    if (mover->sign)
        memcpy(mover->x, mover->kept, mover->count * sizeof *mover->x);
    else
        mover->x[mover->element] = mover->at;
}

/* --- differences ------------------------------------------------------------------------------ */

/* D(h). *same stays only where the branches are those of the unmoved numbers on both sides. */
static double difference(struct prober *prober, const struct subject *subject,
                         const struct mover *mover, double h, bool *same)
{
    double above = move(mover, h), f_above = evaluate(prober, subject->first);
    *same = *same && graph_pattern(prober->graph, &prober->pass) == prober->pattern;
    double below = move(mover, -h), f_below = evaluate(prober, subject->first);
    *same = *same && graph_pattern(prober->graph, &prober->pass) == prober->pattern;
    return (f_above - f_below) / (above - below);
}

/* A derivative, and how far it may be off. */
struct estimate {
    double value, error;
};

/* From two steps. Its own error is of a higher order than this one, which is D(h/2)'s. */
static struct estimate extrapolate(struct prober *prober, const struct subject *subject,
                                   const struct mover *mover, double h, bool *same)
{
    double wide = difference(prober, subject, mover, h, same);
    double narrow = difference(prober, subject, mover, h / 2, same);
    double value = (4 * narrow - wide) / 3;
    return (struct estimate){value, fabs(value - narrow) + 2 * prober->noise / h};
}

/* From a whole table of steps: that entry which differs least from its neighbours. Steps over a
 * kink are left out. */
static struct estimate tabulate(struct prober *prober, const struct subject *subject,
                                const struct mover *mover, double h)
{
    double table[LEVELS][ORDERS + 1];
    struct estimate best = {(double)NAN, (double)INFINITY};
    int first = 0;
    for (int level = 0; level < LEVELS; level++, h /= 2) {
        bool same = true;
        table[level][0] = difference(prober, subject, mover, h, &same);
        if (!same)
            first = level + 1;
        double power = 4;
        for (int order = 1; order <= ORDERS && order <= level - first; order++, power *= 4) {
            double near = table[level][order - 1], far = table[level - 1][order - 1];
            double value = table[level][order] = near + (near - far) / (power - 1);
            double error = fmax(fabs(value - near), fabs(value - far)) + prober->noise / h;
            if (error < best.error)
                best = (struct estimate){value, error};
        }
    }
    return best;
}

double prober_step(const struct prober *prober, const struct subject *subject, size_t element)
{
    double step = prober->check->options.step;
    if (element >= subject->count) /* as far as one element moves a sum over one side of a matrix */
        return step * exp2(-floor(log2((double)subject->count) / 4));
    double size = fabs(subject_x(subject, prober->graph)[element]);
    return size > 1 ? step * exp2(ceil(log2(size))) : step;
}

/* --- the check of one element ----------------------------------------------------------------- */

static enum outcome_state judge(const struct prober *prober, double analytic,
                                struct estimate numeric)
{
    const struct gradcheck_options *options = &prober->check->options;
    double apart = fabs(analytic - numeric.value);
    double allowed = options->atol + options->rtol * fmax(fabs(analytic), fabs(numeric.value));
    if (apart <= allowed)
        return OUTCOME_RIGHT;
    if (!isfinite(analytic) || apart > allowed + DOUBT * numeric.error)
        return OUTCOME_WRONG;
    return OUTCOME_SKIPPED;
}

static struct outcome check_moved(struct prober *prober, const struct subject *subject,
                                  const struct mover *mover, double h, double analytic)
{
    bool same = true;
    struct estimate numeric = extrapolate(prober, subject, mover, h, &same);
    for (int i = 0; i < SHRINKS && !same; i++) {
        h /= SHRINK;
        same = true;
        numeric = extrapolate(prober, subject, mover, h, &same);
    }
    struct outcome outcome = {analytic, numeric.value, OUTCOME_SKIPPED};
    if (!same)
        return outcome;
    outcome.state = judge(prober, analytic, numeric);
    if (outcome.state == OUTCOME_SKIPPED) {
        numeric = tabulate(prober, subject, mover, h);
        outcome.numeric = numeric.value;
        outcome.state = judge(prober, analytic, numeric);
    }
    /* So far from a large number f may have bent out of sight: nearer it is seen. */
    double least = prober->check->options.step;
    if (outcome.state == OUTCOME_WRONG && h > least) {
        numeric = tabulate(prober, subject, mover, least);
        outcome.numeric = numeric.value;
        outcome.state = judge(prober, analytic, numeric);
    }
    return outcome;
}

struct outcome prober_check(struct prober *prober, const struct subject *subject, size_t element,
                            double analytic)
{
    settle(prober, subject->first);
    double h = prober_step(prober, subject, element);
    struct mover mover = take(prober, subject, element);
    struct outcome outcome = check_moved(prober, subject, &mover, h, analytic);
    put_back(&mover);
    return outcome;
}

/* --- tensors without effect ------------------------------------------------------------------- */

/* More than f may differ by rounding, in units of its noise. */
static const double NOTICEABLE = 1e6;

/* A number that changes with the values of that layer. */
static double signature(const struct prober *prober, size_t layer)
{
    struct layer_facts facts = graph_layer_facts(prober->graph, layer);
    const double *x = facts.x;
    double sum = 0;
    for (size_t i = 0; i < prober->pass.rows * shape_size(facts.out); i++)
        sum += x[i] * (double)(i % 7 + 1);
    return sum;
}

bool prober_without_effect(struct prober *prober, const struct subject *subject)
{
    static const double far[MOVES] = {1, -1, 10, -0.1};
    double size = 1;
    settle(prober, subject->first);
    double f = evaluate(prober, subject->first), values = signature(prober, subject->first);
    bool same = isfinite(f), moves = true;
    for (int i = 0; i < MOVES && same && moves; i++) {
        struct mover mover = take(prober, subject, subject->count + (size_t)i);
        for (size_t j = 0; j < mover.count; j++)
            size = fmax(size, fabs(mover.kept[j]));
        move(&mover, far[i] * size);
        double moved = evaluate(prober, subject->first);
        same = fabs(moved - f) <= NOTICEABLE * prober->noise * fmax(1, fabs(far[i]) * size);
        moves = signature(prober, subject->first) != values;
        put_back(&mover);
    }
    return same && moves;
}
