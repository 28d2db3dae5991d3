/*
 * graph_sharing.c - whether several processes share the gradient of a weight.
 *
 *     rows       each of R ranks computes all of dW                        sends: rows of X and dY
 *     weights    each computes its rows of dW, and takes the step there    sends: W besides
 *                where a layer can take it itself
 *
 *     weights where  bytes(W) / bandwidth < FLOPs(dW) / speed
 *
 * Of both sides a rank is spared or sends the (R-1)/R-th part. A second exchange has its latency;
 * where all layers together gain less, none takes part. No sum is another in either way, so that
 * the choice changes no bit; it is made from what rank 0 has measured, so that all make the same.
 */
#include "base/clock.h"
#include "base/error.h"
#include "distributed/link.h"
#include "graph_internal.h"
#include "kernels/kernel_table.h"
#include <stdlib.h>

/* --- speed ------------------------------------------------------------------------------------ */

enum { SIDE = 256, TRIES = 5 }; /* of a product that stays in a second-level cache */

int graph_measure_speed(const struct graph *graph, int threads, double *speed)
{
    const struct engine *engine = graph->options.engine;
    const struct worker alone = WORKER_ALONE;
    const size_t bytes = SIDE * SIDE * engine->real_size;
    size_t scratch = (engine->kernels->product_shared_bytes(SIDE, SIDE, SIDE) + 63) / 64 * 64;
    char *memory =
        block_allocate("measuring a product",
                       3 * bytes + scratch + engine->kernels->product_own_bytes(SIDE, SIDE, SIDE));
    double best = 0;
    if (!memory)
        return TRAINER_FAILED;
    const struct product product = {.m = SIDE,
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
    for (int i = 0; i < TRIES; i++) {
        double began = clock_seconds();
        engine->kernels->product(&product, &alone);
        double seconds = clock_seconds() - began;
        best = i == 0 || seconds < best ? seconds : best;
    }
    free(memory);
    *speed = 2.0 * SIDE * SIDE * SIDE * threads / (best > 1e-9 ? best : 1e-9);
    return TRAINER_OK;
}

/* --- what a layer sends ----------------------------------------------------------------------- */

/* Bytes of the parameters whose gradient can be shared. */
static double weight_bytes(const struct graph *graph, const struct layer_plan *plan)
{
    double bytes = 0;
    for (const struct declared *d = plan->first; d; d = d->next)
        if (d->role == ROLE_PARAMETER && d->tensor.by_rows && !d->tensor.frozen)
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
    struct layer_exchange layer = {.weight_bytes = weight_bytes(graph, plan),
                                   .shared = plan->shares};
    size_t before = 0, count;
    for (size_t i = graph->count; i-- > index + 1;)
        graph_add_factors(graph, graph->node[i], rows, &before);
    count = before;
    graph_add_factors(graph, plan, rows, &count);
    for (size_t i = before; i < count; i++)
        layer.row_bytes += (double)(graph->exchanged[i].rows * graph->exchanged[i].row_bytes);
    return layer;
}

/* --- the choice ------------------------------------------------------------------------------- */

void graph_share_weights(struct graph *graph, size_t rows, enum ranks_sharing sharing,
                         const struct link *link, double speed)
{
    double gained = 0;
    for (size_t i = 0; i < graph->count; i++) {
        struct layer_plan *plan = graph->node[i];
        double bytes = weight_bytes(graph, plan);
        double gain = gradient_flops(graph, i, rows) / speed - bytes / link->bandwidth;
        plan->shares =
            bytes > 0 && (sharing == RANKS_WEIGHTS || (sharing == RANKS_AUTO && gain > 0));
        gained += plan->shares ? gain : 0;
    }
    for (size_t i = 0; i < graph->count && sharing == RANKS_AUTO; i++)
        graph->node[i]->shares = graph->node[i]->shares && gained > link->latency;
}

/* Whether backward has an input to give a gradient to. */
static bool reads_trained(const struct graph *graph, const struct layer_plan *plan)
{
    bool reads = false;
    for (int i = 0; i < plan->layer.inputs; i++)
        reads = reads || (plan->source[i].layer >= 0 && graph->node[plan->source[i].layer]->trains);
    return reads;
}

/* Forward, the gradients of rows, and those of parameters take as many each. */
double graph_step_flops(const struct graph *graph, size_t rows, int ranks)
{
    double sum = 0;
    for (size_t i = 0; i < graph->count; i++) {
        const struct layer_plan *plan = graph->node[i];
        double flops = gradient_flops(graph, i, rows);
        sum += flops * (reads_trained(graph, plan) ? 2 : 1) / ranks;
        if (plan->trains && plan->layer.kind->parameters)
            sum += plan->shares ? flops / ranks : flops;
    }
    return sum;
}

double graph_step_bytes(const struct graph *graph, size_t rows, int ranks)
{
    double sum = 0;
    for (size_t i = 0; i < graph->count; i++) {
        struct layer_exchange layer = graph_layer_exchange(graph, i, rows);
        sum += layer.row_bytes + (layer.shared ? layer.weight_bytes : 0);
    }
    return sum * (ranks - 1) / ranks;
}
