/*
 * graph_sharing.c - whether several processes share the gradients of a layer's parameters.
 *
 *     rows       each of R ranks computes all of dW                        sends: rows of X and dY
 *     weights    each computes its rows of dW, and takes the step there    sends: W besides
 *                where a layer can take it itself
 *     slices     each sums its slices of the batch, all add up those       sends: slices instead
 *
 *     weights where  bytes(W) / bandwidth < FLOPs(dW) / speed
 *     slices where   (bytes(slices) - bytes(rows)) / bandwidth + latency < FLOPs(dW) / speed
 *
 * Of both sides a rank is spared or sends the (R-1)/R-th part. Weights of all layers go in one
 * exchange, which has its latency; where all together gain less, none takes part. No sum is
 * another in any way, so that the choice changes no bit; all ranks make it from the same figures,
 * those of the slowest.
 */
#include "base/clock.h"
#include "base/error.h"
#include "distributed/link.h"
#include "graph_internal.h"
#include "kernels/kernel_table.h"
#include <stdlib.h>

/* --- speed ------------------------------------------------------------------------------------ */

enum { SIDE = 256 }; /* of a product that stays in a second-level cache */

/* Of a measurement: as long as a busy processor lets a thread work in one piece. */
static const double SPEED_SECONDS = 5e-3;

struct measured_product {
    const struct engine *engine;
    char *memory;
    struct product product;
};

static int make_product(struct measured_product *measured, const struct engine *engine)
{
    const size_t bytes = SIDE * SIDE * engine->real_size;
    size_t scratch = (engine->kernels->product_shared_bytes(SIDE, SIDE, SIDE) + 63) / 64 * 64;
    char *memory =
        block_allocate("measuring a product",
                       3 * bytes + scratch + engine->kernels->product_own_bytes(SIDE, SIDE, SIDE));
    measured->engine = engine;
    measured->memory = memory;
    if (!memory)
        return TRAINER_FAILED;
    measured->product = (struct product){.m = SIDE,
                                         .n = SIDE,
                                         .k = SIDE,
                                         .a = memory,
                                         .a_row = SIDE,
                                         .a_column = 1,
                                         .b = memory + bytes,
                                         .b_row = SIDE,
                                         .b_column = 1,
                                         .c = memory + 2 * bytes,
                                         .c_row = SIDE,
                                         .shared = memory + 3 * bytes,
                                         .own = memory + 3 * bytes + scratch};
    engine->fill(memory, 3 * SIDE * SIDE, 0);
    return TRAINER_OK;
}

static double time_product(void *context)
{
    const struct measured_product *measured = context;
    const struct worker alone = WORKER_ALONE;
    double began = clock_seconds(), seconds;
    int products = 0;
    do {
        measured->engine->kernels->product(&measured->product, &alone);
        products++;
        seconds = clock_seconds() - began;
    } while (seconds < SPEED_SECONDS);
    return seconds / products;
}

int graph_measure_speed(const struct engine *engine, int threads, struct ranks *ranks,
                        struct link *link, double *speed)
{
    struct measured_product measured;
    double seconds;
    int rc = ranks_agree(ranks, make_product(&measured, engine));
    if (rc == TRAINER_OK)
        rc = link_measure(ranks, time_product, &measured, link, &seconds);
    free(measured.memory);
    if (rc == TRAINER_OK)
        *speed = 2.0 * SIDE * SIDE * SIDE * threads / seconds;
    return rc;
}

/* --- what a layer sends ----------------------------------------------------------------------- */

static bool has_slices(const struct layer_plan *plan)
{
    return plan->layer.kind->slices && plan->layer.slices == LAYER_SLICES;
}

/* Bytes of all ranks' parts of what they share; 0: there is nothing that they can. */
static double shared_bytes(const struct graph *graph, const struct layer_plan *plan, size_t rows)
{
    double bytes = 0;
    for (const struct declared *d = plan->first; d; d = d->next)
        if (d->role != ROLE_PARAMETER || d->tensor.frozen)
            continue;
        else if (has_slices(plan))
            bytes = (double)(layer_slices(&plan->layer, rows) * plan->layer.slice_bytes);
        else if (d->tensor.by_rows)
            bytes += (double)(shape_size(d->tensor.shape) * graph->options.engine->real_size);
    return bytes;
}

/* Floating-point operations of dW, of all rows: as many as forward takes. */
static double gradient_flops(const struct graph *graph, size_t index, size_t rows)
{
    return graph_layer_facts(graph, index).flops * (double)rows;
}

struct layer_exchange graph_layer_exchange(const struct graph *graph, size_t index, size_t rows)
{
    const struct layer_plan *plan = graph->node[index];
    struct layer_exchange layer = {.shared_bytes = shared_bytes(graph, plan, rows)};
    size_t before = 0, count;
    for (size_t i = graph->count; i-- > index + 1;)
        graph_add_factors(graph, graph->node[i], rows, &before);
    count = before;
    graph_add_factors(graph, plan, rows, &count);
    for (size_t i = before; i < count; i++)
        layer.row_bytes += (double)(graph->exchanged[i].rows * graph->exchanged[i].row_bytes);
    if (plan->shares)
        layer.sharing = has_slices(plan) ? SHARING_SLICES : SHARING_WEIGHTS;
    return layer;
}

/* --- the choice ------------------------------------------------------------------------------- */

/* Whether a layer shares, but for the latency of the weights' exchange; adds to *gained what that
 * one spares. */
static bool wants_to_share(const struct graph *graph, size_t index, size_t rows,
                           const struct link *link, double speed, double *gained)
{
    const struct layer_plan *plan = graph->node[index];
    struct layer_exchange layer = graph_layer_exchange(graph, index, rows);
    double gain = gradient_flops(graph, index, rows) / speed - layer.shared_bytes / link->bandwidth;
    if (layer.shared_bytes == 0)
        return false;
    if (has_slices(plan))
        return gain + layer.row_bytes / link->bandwidth > link->latency;
    *gained += gain > 0 ? gain : 0;
    return gain > 0;
}

/* Ranks beyond the slices would have no rows. */
static bool can_share(const struct graph *graph, const struct layer_plan *plan, size_t rows,
                      const struct ranks *ranks)
{
    return ranks->sharing != RANKS_ROWS && shared_bytes(graph, plan, rows) > 0 &&
           (!has_slices(plan) || ranks->count <= LAYER_SLICES);
}

int graph_share_gradients(struct graph *graph, size_t rows, const struct ranks *ranks,
                          const struct link *link, double speed)
{
    double gained = 0, again = 0;
    int slices = 0;
    for (size_t i = 0; i < graph->count; i++)
        graph->node[i]->shares = false;
    for (size_t i = 0; i < graph->count; i++)
        wants_to_share(graph, i, rows, link, speed, &gained);
    for (size_t i = 0; i < graph->count; i++) {
        struct layer_plan *plan = graph->node[i];
        bool pays = wants_to_share(graph, i, rows, link, speed, &again) &&
                    (has_slices(plan) || gained > link->latency);
        plan->shares =
            can_share(graph, plan, rows, ranks) && (pays || ranks->sharing == RANKS_WEIGHTS);
        if (plan->shares && has_slices(plan))
            slices = LAYER_SLICES;
    }
    return slices;
}

/* Whether backward has an input to give a gradient to. */
static bool reads_trained(const struct graph *graph, const struct layer_plan *plan)
{
    bool reads = false;
    for (int i = 0; i < plan->layer.inputs; i++)
        reads = reads || (plan->source[i].layer >= 0 && graph->node[plan->source[i].layer]->trains);
    return reads;
}

/* Forward, the gradients of rows, and those of parameters take as many operations each. */
struct step_cost graph_step_cost(const struct graph *graph, size_t rows, int ranks)
{
    struct step_cost cost = {.exchanges = 3}; /* losses, rows, weights */
    for (size_t i = 0; i < graph->count; i++) {
        const struct layer_plan *plan = graph->node[i];
        struct layer_exchange layer = graph_layer_exchange(graph, i, rows);
        double flops = gradient_flops(graph, i, rows);
        cost.flops += flops * (reads_trained(graph, plan) ? 2 : 1) / ranks;
        if (plan->trains && plan->layer.kind->parameters)
            cost.flops += plan->shares ? flops / ranks : flops;
        cost.bytes += layer.row_bytes + (plan->shares ? layer.shared_bytes : 0);
        cost.exchanges += layer.sharing == SHARING_SLICES;
    }
    cost.bytes *= (double)(ranks - 1) / ranks;
    return cost;
}
