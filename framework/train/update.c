/*
 * update.c - the update of all trained parameters, a piece at a time.
 *
 * A piece stays in the fastest cache while its gradient is shaped, the rule is applied, and what
 * was written is looked at.
 */
#include "update.h"

#include "base/arena.h"
#include "base/error.h"
#include "engine/engine.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Elements of a piece, of a slice of the norm, of a cache line of bytes; the largest number. */
enum { PIECE = 1024, SLICE = 4096, LINE = 64, REAL_MAX = sizeof(double) };

/* What one thread needs for a piece. */
struct scratch {
    _Alignas(64) char g[PIECE * REAL_MAX], x[PIECE * REAL_MAX];
    char state[OPTIMIZER_STATES_MAX][PIECE * REAL_MAX];
};

static const struct optimizer_base *base_of(const struct updater *updater)
{
    return updater->private;
}

static bool wants_state(const struct optimizer_kind *kind, const void *private, int state)
{
    return kind->state_names[state] && (!kind->wants_state || kind->wants_state(private, state));
}

/* --- memory ----------------------------------------------------------------------------------- */

static int add_block(struct updater *updater, void **block, const char *name, size_t bytes)
{
    *block = block_allocate("the optimizer's state", bytes);
    if (!*block)
        return TRAINER_FAILED;
    if (name) {
        updater->block_name[updater->blocks] = name;
        updater->block[updater->blocks++] = *block;
    }
    return TRAINER_OK;
}

int updater_create(struct updater *updater, struct graph *graph,
                   const struct kind_choice *optimizer, const struct optimizer_settings *settings,
                   int64_t passes, bool on_nan_skip)
{
    const struct optimizer_kind *kind = (const struct optimizer_kind *)optimizer->kind;
    const struct engine *engine = graph_engine(graph);
    size_t count = graph_trained(graph).count, bytes = count * engine->real_size;
    *updater = (struct updater){.graph = graph,
                                .engine = engine,
                                .kind = kind,
                                .private = optimizer->private,
                                .settings = settings,
                                .tries = on_nan_skip,
                                .slices = (count + SLICE - 1) / SLICE};
    bool shaped = base_of(updater)->weight_decay > 0 || settings->clip_norm > 0 ||
                  settings->clip_value > 0 || settings->l1 > 0;
    updater->fuses =
        kind->fusable && !shaped && settings->average == 0 && passes == 1 && !on_nan_skip;
    int rc = TRAINER_OK;
    for (int i = 0; rc == TRAINER_OK && i < OPTIMIZER_STATES_MAX; i++)
        if (wants_state(kind, optimizer->private, i))
            rc = add_block(updater, &updater->state[i], kind->state_names[i], bytes);
    if (rc == TRAINER_OK && settings->average > 0)
        rc = add_block(updater, &updater->average, "average", bytes);
    if (rc == TRAINER_OK && passes > 1)
        rc = add_block(updater, &updater->sum, NULL, bytes);
    if (rc == TRAINER_OK && settings->clip_norm > 0 &&
        !(updater->square =
              block_allocate("the gradient's norm", updater->slices * sizeof(double))))
        rc = TRAINER_FAILED;
    return rc;
}

void updater_free(struct updater *updater)
{
    for (int i = 0; i < updater->blocks; i++)
        free(updater->block[i]);
    free(updater->sum);
    free(updater->square);
    *updater = (struct updater){0};
}

size_t updater_bytes(const struct kind_choice *optimizer, const struct optimizer_settings *settings,
                     int64_t passes, size_t bytes)
{
    const struct optimizer_kind *kind = (const struct optimizer_kind *)optimizer->kind;
    size_t blocks = settings->average > 0 ? 1 : 0;
    blocks += passes > 1 ? 1u : 0u;
    for (int i = 0; i < OPTIMIZER_STATES_MAX; i++)
        if (wants_state(kind, optimizer->private, i))
            blocks++;
    return blocks * bytes;
}

/* --- the average ------------------------------------------------------------------------------ */

void updater_start_average(struct updater *updater)
{
    struct graph_block block = graph_trained(updater->graph);
    if (updater->average)
        memcpy(updater->average, block.x, block.count * updater->engine->real_size);
}

void updater_swap_average(const struct updater *updater, const struct worker *worker)
{
    struct graph_block block = graph_trained(updater->graph);
    size_t size = updater->engine->real_size, begin, end;
    char kept[PIECE * REAL_MAX];
    if (!updater->average)
        return;
    team_range(worker, block.count, LINE, &begin, &end);
    for (size_t i = begin; i < end; i += PIECE) {
        size_t bytes = (end - i < PIECE ? end - i : PIECE) * size;
        char *x = (char *)block.x + i * size, *average = (char *)updater->average + i * size;
        memcpy(kept, x, bytes);
        memcpy(x, average, bytes);
        memcpy(average, kept, bytes);
    }
}

/* --- gradients -------------------------------------------------------------------------------- */

void updater_add_pass(struct updater *updater, int64_t pass, int64_t passes,
                      const struct worker *worker)
{
    const struct engine *engine = updater->engine;
    struct graph_block block = graph_trained(updater->graph);
    size_t begin, end;
    if (passes == 1)
        return;
    team_range(worker, block.count, LINE, &begin, &end);
    size_t offset = begin * engine->real_size, bytes = (end - begin) * engine->real_size;
    char *sum = (char *)updater->sum + offset, *g = (char *)block.g + offset;
    if (pass == 0)
        memcpy(sum, g, bytes);
    else
        engine->accumulate(sum, g, end - begin);
    if (pass == passes - 1)
        memcpy(g, sum, bytes);
}

/* The norm of all gradients; a barrier lies in it. */
static double norm_of(struct updater *updater, const struct worker *worker)
{
    const struct engine *engine = updater->engine;
    struct graph_block block = graph_trained(updater->graph);
    size_t begin, end;
    double sum = 0;
    team_range(worker, updater->slices, 1, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        size_t left = block.count - i * SLICE;
        updater->square[i] =
            engine->sum_squares((const char *)block.g + i * SLICE * engine->real_size,
                                left < SLICE ? left : SLICE, updater->settings->clip_value);
    }
    team_barrier(worker);
    for (size_t i = 0; i < updater->slices; i++)
        sum += updater->square[i];
    return sqrt(sum);
}

void updater_begin(struct updater *updater, uint64_t updates, double rate, struct update_step *step,
                   const struct worker *worker)
{
    *step = (struct update_step){.rate = rate, .scale = 1};
    if (updater->kind->constants)
        updater->kind->constants(updater->private, updates + 1, step->constants);
    if (!updater->square)
        return;
    double limit = updater->settings->clip_norm, norm = norm_of(updater, worker);
    if (!isfinite(norm))
        step->scale = (double)NAN;
    else if (norm > limit)
        step->scale = limit / norm;
}

/* --- pieces ----------------------------------------------------------------------------------- */

/* The piece of `count` elements of a parameter from element `first` of the block on; its gradient
 * is shaped in scratch, where there is anything to shape. */
static struct update make_piece(const struct updater *updater, const struct update_step *step,
                                const struct parameter *parameter, size_t first, size_t count,
                                struct scratch *scratch)
{
    const struct graph_block block = graph_trained(updater->graph);
    const struct optimizer_settings *settings = updater->settings;
    size_t offset = first * updater->engine->real_size;
    bool decays = parameter->decays || (settings->decay_biases && !parameter->spared);
    double decay = decays ? base_of(updater)->weight_decay : 0;
    struct gradient_terms terms = {.limit = settings->clip_value,
                                   .scale = step->scale,
                                   .decay = updater->kind->decoupled ? 0 : decay,
                                   .l1 = decays ? settings->l1 : 0};
    struct update update = {.private = updater->private,
                            .learning_rate = step->rate * parameter->rate_factor,
                            .decay = updater->kind->decoupled ? decay : 0,
                            .constants = step->constants,
                            .count = count,
                            .x = (char *)block.x + offset,
                            .g = (const char *)block.g + offset};
    for (int i = 0; i < OPTIMIZER_STATES_MAX; i++)
        update.state[i] = updater->state[i] ? (char *)updater->state[i] + offset : NULL;
    if (terms.limit > 0 || terms.scale != 1 || terms.decay > 0 || terms.l1 > 0) {
        updater->engine->shape_gradient(scratch->g, update.g, update.x, count, &terms);
        update.g = scratch->g;
    }
    return update;
}

/* Points the piece at copies of all that it would write. */
static void copy_piece(const struct updater *updater, struct update *update,
                       struct scratch *scratch)
{
    size_t bytes = update->count * updater->engine->real_size;
    update->x = memcpy(scratch->x, update->x, bytes);
    for (int i = 0; i < OPTIMIZER_STATES_MAX; i++)
        if (update->state[i])
            update->state[i] = memcpy(scratch->state[i], update->state[i], bytes);
}

static bool is_finite(const struct updater *updater, const struct update *update)
{
    size_t count = update->count;
    bool finite = updater->engine->first_bad(update->x, count) == count;
    for (int i = 0; i < OPTIMIZER_STATES_MAX; i++)
        if (update->state[i])
            finite = finite && updater->engine->first_bad(update->state[i], count) == count;
    return finite;
}

bool updater_try(const struct updater *updater, const struct update_step *step,
                 const struct worker *worker)
{
    struct scratch scratch;
    size_t parameter = 0, begin, end;
    bool finite = true;
    while (finite && graph_next_range(updater->graph, worker, &parameter, &begin, &end))
        for (; finite && begin < end; begin += PIECE) {
            struct update update =
                make_piece(updater, step, graph_parameter(updater->graph, parameter - 1), begin,
                           end - begin < PIECE ? end - begin : PIECE, &scratch);
            copy_piece(updater, &update, &scratch);
            updater->kind->step(&update);
            finite = is_finite(updater, &update);
        }
    return finite;
}

bool updater_take(const struct updater *updater, const struct update_step *step,
                  const struct worker *worker)
{
    struct scratch scratch;
    size_t parameter = 0, begin, end, size = updater->engine->real_size;
    bool finite = true;
    while (graph_next_range(updater->graph, worker, &parameter, &begin, &end))
        for (; begin < end; begin += PIECE) {
            struct update update =
                make_piece(updater, step, graph_parameter(updater->graph, parameter - 1), begin,
                           end - begin < PIECE ? end - begin : PIECE, &scratch);
            updater->kind->step(&update);
            finite = is_finite(updater, &update) && finite;
            if (updater->average)
                updater->engine->average((char *)updater->average + begin * size, update.x,
                                         update.count, updater->settings->average);
        }
    return finite;
}

/* --- words ------------------------------------------------------------------------------------ */

/* Names the first bad element of x, which stands at element `first` of the parameter: "the gradient
 * of 'affine1' weight is inf at (12, 7)". */
static bool describe(const struct updater *updater, const struct parameter *parameter, size_t first,
                     const void *x, size_t count, const char *const words[2], char *text,
                     size_t size)
{
    size_t bad = updater->engine->first_bad(x, count);
    if (bad == count)
        return false;
    char place[SHAPE_TEXT_MAX];
    double value = updater->engine->get(x, bad);
    snprintf(text, size, "%s'%s' %s %s %s at %s", words[0], parameter->layer, parameter->name,
             words[1],
             isnan(value) ? "nan"
             : value > 0  ? "inf"
                          : "-inf",
             shape_text(shape_index(parameter->shape, first + bad), place));
    return true;
}

/* The same of what the step makes, or has made, of one piece. */
static bool describe_piece(const struct updater *updater, const struct parameter *parameter,
                           size_t first, const struct update *update, const char *verb, char *text,
                           size_t size)
{
    if (describe(updater, parameter, first, update->x, update->count,
                 (const char *const[]){"", verb}, text, size))
        return true;
    for (int i = 0; i < OPTIMIZER_STATES_MAX; i++) {
        char of[64];
        snprintf(of, sizeof of, "%s's %s of ", updater->kind->base.title,
                 updater->kind->state_names[i] ? updater->kind->state_names[i] : "");
        if (update->state[i] && describe(updater, parameter, first, update->state[i], update->count,
                                         (const char *const[]){of, verb}, text, size))
            return true;
    }
    return false;
}

/* Of one parameter: its gradient, else what the step makes of it. */
static bool describe_parameter(const struct updater *updater, const struct update_step *step,
                               const struct parameter *parameter, bool taken, char *text,
                               size_t size)
{
    static const char *const gradient[] = {"the gradient of ", "is"};
    struct scratch scratch;
    if (!taken &&
        describe(updater, parameter, 0, parameter->g, parameter->count, gradient, text, size))
        return true;
    for (size_t i = 0; i < parameter->count; i += PIECE) {
        size_t count = parameter->count - i < PIECE ? parameter->count - i : PIECE;
        struct update update =
            make_piece(updater, step, parameter, parameter->offset + i, count, &scratch);
        if (!taken) {
            copy_piece(updater, &update, &scratch);
            updater->kind->step(&update);
        }
        if (describe_piece(updater, parameter, i, &update, taken ? "became" : "would become", text,
                           size))
            return true;
    }
    return false;
}

bool updater_describe(const struct updater *updater, const struct update_step *step, bool taken,
                      uint64_t number, char *text, size_t size)
{
    int used = snprintf(text, size, "step %llu: ", (unsigned long long)number);
    for (size_t i = 0; i < graph_parameter_count(updater->graph); i++) {
        const struct parameter *parameter = graph_parameter(updater->graph, i);
        if (parameter->g &&
            describe_parameter(updater, step, parameter, taken, text + used, size - (size_t)used))
            return true;
    }
    return false;
}
