/*
 * graph_internal.h - what the files graph_*.c share.
 *
 *     graph_build.c          a build: the three below in turn, then the first weights
 *     graph_read.c           the model section -> named layers with their options
 *     graph_wire.c           names -> edges, topological order, layers that nothing uses
 *     graph_plan.c           shapes, declared tensors, who wants gradients, where memory goes
 *     graph_weights.c        first weights: what `auto` stands for, and drawing them
 *     graph_class_weights.c  the weights of a loss's classes, counted in the training data
 *     graph_class_limits.c   whole numbers of the data that a layer has no class for
 *     graph_notes.c          what is no error and should be known
 *     graph_pass.c           forward, backward
 *     graph_exchange.c       what processes that share the rows tell each other
 *     graph_sharing.c        whether they share the gradient of a weight, too
 *     graph.c                what others may ask
 */
#ifndef TRAINER_GRAPH_INTERNAL_H
#define TRAINER_GRAPH_INTERNAL_H

#include "graph.h"
#include "layer.h"

/* Where a value comes from: a layer, or a column of the batch. */
struct edge_source {
    int layer;  /* index into graph->node before ordering; -1: a column */
    int column; /* -1: a layer */
};

enum role { ROLE_PARAMETER, ROLE_STATE, ROLE_VALUES, ROLE_MEMORY };

/* One tensor that a layer's shape() declared. */
struct declared {
    struct tensor tensor;
    enum role role;
    struct declared *next;
};

/* A layer and what the graph knows of it. `layer` comes first: layer->plan points here. */
struct layer_plan {
    struct layer layer;
    struct graph *graph;
    const struct node *at;     /* its mapping in the config */
    struct node *resolved;     /* its mapping in the resolved config, or NULL */
    const char *written;       /* its type as the config has it */
    struct option_names input; /* as written; none: the layer before */
    bool frozen;
    double rate_factor;         /* of its parameters */
    bool decay;                 /* its weights may decay */
    struct edge_source *source; /* [layer.inputs] */
    struct declared *first, *last;
    size_t shared, own; /* scratch bytes */
    size_t least_rows;  /* see layer_needs_rows */
    bool trains;        /* it or a layer before it has a trained parameter */
    bool failed;        /* its shape is not known */
    bool loss;
    bool shares; /* processes share the gradients of its parameters: by_rows, or slices */
    bool output; /* what the network ends in: graph_backward gives its out.g */
    int edges;   /* how many inputs its value feeds */
};

struct graph {
    struct arena arena;
    struct graph_options options;
    struct config *config;
    const struct dataset *dataset;
    size_t count;
    struct layer_plan **node; /* [count], after graph_wire in topological order */
    struct batch *batch;
    struct sparse_batch *sparse[DATASET_COLUMNS_MAX]; /* of columns that are read so; else NULL */
    struct list_batch *lists[DATASET_COLUMNS_MAX];    /* the same, of lists of numbers */
    size_t class_limit[DATASET_COLUMNS_MAX];          /* see graph_class_limit */
    struct graph_note *note;
    size_t parameter_count;
    struct parameter *parameter;
    size_t trained;            /* elements of the trained block, padding included */
    size_t states;             /* where the states begin in the parameter block */
    size_t parameter_elements; /* of the whole parameter block: trained, frozen, states */
    size_t value_elements;
    size_t shared, own;             /* scratch bytes: of the team, of each thread */
    char *x, *g, *values, *scratch; /* the blocks */
    struct ranks_block *exchanged;  /* room for all that an exchange may have */
    atomic_bool unfinite;           /* a fused step of this process, or of another, is not finite */
};

/* Each reports all mistakes it can tell apart and returns TRAINER_INVALID. */
int graph_read_layers(struct graph *graph, const struct node *model, struct node *resolved);
int graph_wire(struct graph *graph);
int graph_choose_weights(struct graph *graph);
int graph_plan(struct graph *graph);
int graph_plan_exchange(struct graph *graph);

/* Whether each of several processes computes rows of its own in this layer; else all rows. */
static inline bool graph_shares_rows(const struct layer_plan *plan)
{
    return plan->layer.rowwise || plan->layer.by_rows;
}

/* Exchanges, by thread 0 and behind a barrier: the values that a layer reads; the gradient that it
 * is given; what all gradients of parameters are made of. */
void graph_exchange_inputs(const struct graph *graph, const struct layer_plan *plan,
                           const struct graph_pass *in);
void graph_exchange_gradient(const struct graph *graph, const struct layer_plan *plan,
                             const struct graph_pass *in);
void graph_exchange_factors(const struct graph *graph, const struct graph_pass *in);

/* The same of what each has computed its rows of: gradients, or weights that have taken the step.
 * Whether one of those is not finite is everyone's in graph->unfinite. */
void graph_exchange_parameters(struct graph *graph, const struct graph_pass *in);

/* The same of the slices of one layer, which stand in the team's scratch. */
void graph_exchange_slices(const struct graph *graph, const struct layer_plan *plan,
                           const struct graph_pass *in);

/* Adds what graph_exchange_factors exchanges for one layer to graph->exchanged[*count]. */
void graph_add_factors(const struct graph *graph, const struct layer_plan *plan, size_t rows,
                       size_t *count);

static inline bool graph_is_view(const struct layer_plan *plan)
{
    return plan->layer.kind->flags & LAYER_VIEW;
}

/* "Affine 'affine1'" in the graph's memory. */
const char *graph_owner(struct graph *graph, const struct layer_plan *plan);

/* Whether data columns have gradients, and with them every layer. */
static inline bool graph_checks_data(const struct graph *graph)
{
    return graph->options.edge_gradients || graph->options.data_gradients;
}

/* Index of the column of that name; -1 where there is none. */
int graph_find_column(const struct graph *graph, const char *name);

#endif
