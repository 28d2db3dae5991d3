/*
 * graph.h - the network: layers in topological order, their memory, forward and backward.
 *
 *     config -> layers by kind -> wiring by name -> order -> shapes -> memory -> first weights
 *
 * After graph_build nothing is allocated and nothing can fail. Parameters, gradients and values
 * stand in one block each. A graph has one engine (precision, instruction set); two graphs of one
 * config may live side by side, each with its own team.
 */
#ifndef TRAINER_GRAPH_H
#define TRAINER_GRAPH_H

#include "base/shape.h"
#include "config/config.h"
#include "config/options.h"
#include "data/batch.h"
#include "dataset.h"
#include "engine/engine.h"
#include "engine/team.h"
#include "task.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct fused_step; /* fused_step.h */
struct link;       /* link.h */
struct ranks;      /* ranks.h */
struct layer;
struct tensor;
struct input;

/* A parameter or a state as the rest of the framework sees it: numbers behind void *, see
 * engine.h. */
struct parameter {
    const char *layer, *name; /* "affine1", "weight" */
    struct shape shape;
    size_t count;  /* shape_size(shape) */
    size_t offset; /* its first element in the parameter block; of state: in the state block */
    size_t fan_in; /* as its layer declared it, for initializers; 0 of state */
    void *x, *g;   /* g: NULL where frozen, and for state */
    const bool *stepped; /* set where the layer took the step in the last backward */
    bool frozen, state;
    bool decays;        /* weight decay is meant for it: a weight, no bias */
    bool spared;        /* its layer says `decay: false`: nothing decays in it, whoever asks */
    double rate_factor; /* times the learning rate */
};

struct graph;

struct graph_options {
    const struct engine *engine;
    size_t rows; /* the most samples of a pass */
    int threads; /* the largest team */
    uint64_t seed;
    /* Each edge keeps a gradient of its own, data inputs too: `trainer graph`. */
    bool edge_gradients;
    /* Data inputs have gradients, but edges share buffers as in training: the gradient check. */
    bool data_gradients;
    /* Columns that are lists without zeros (sparse_input.h, column->lists) are read so, where all
     * their readers can. */
    bool sparse;
    bool values_only; /* no gradients at all: evaluation, prediction */
    /* Losses end at their prediction and read no labels, so that the data set needs none. With
     * values_only. */
    bool inference;
    bool plan_only; /* shapes and sizes, no memory: the graph can be described, not run */
};

/* Builds the `model` section for the columns of a data set (whose values need not be loaded).
 * resolved: the mapping that gets the resolved model section, or NULL. On TRAINER_INVALID all
 * mistakes found are in the message. */
int graph_build(struct graph **graph, struct config *config, const struct node *model,
                struct node *resolved, const struct dataset *dataset,
                const struct graph_options *options);
void graph_free(struct graph *graph);

/* What every layer may be told, whatever its kind; ends with a zero key. */
extern const struct option graph_layer_options[];

/* Reads the options of the model's layers and no more, where there is no data set to build for. All
 * mistakes found are in the message. */
int graph_check(struct config *config, const struct node *model, const struct engine *engine);

const struct engine *graph_engine(const struct graph *graph);

/* Layers in topological order. */
size_t graph_layer_count(const struct graph *graph);
const struct layer *graph_layer(const struct graph *graph, size_t index);

/* What the layer of that index is, without its precision: for tables and files. */
struct layer_facts {
    const char *name, *title; /* "affine1", "Affine" */
    int inputs;
    struct shape out;
    const void *x, *g; /* out (rows, shape) and its gradient, or NULL */
    size_t parameters; /* elements */
    double flops;      /* of one sample's forward pass */
    unsigned flags;    /* enum layer_flag */
    bool frozen;
};
struct layer_facts graph_layer_facts(const struct graph *graph, size_t index);

/* One edge into a layer. x and g are NULL where it carries labels; g also where nobody wants it. */
struct edge_facts {
    const char *from;
    struct shape shape;
    const void *x, *g;
    bool label;
};
struct edge_facts graph_edge_facts(const struct graph *graph, size_t layer, int input);

/* --- several processes (graph_sharing.c) --- */

/* What ranks exchange of one layer in a step, all of them together: bytes of the rows that the
 * gradients of its parameters are made of, 0 where slices take their place; bytes of what can be
 * shared, whether it is. */
enum sharing { SHARING_NONE, SHARING_WEIGHTS, SHARING_SLICES };
struct layer_exchange {
    double row_bytes, shared_bytes;
    enum sharing sharing;
};
struct layer_exchange graph_layer_exchange(const struct graph *graph, size_t index, size_t rows);

/* What decides it, the same on all ranks, which all call: the link between them, and *speed, the
 * floating-point operations a second of the products of so many threads: of one on the slowest
 * rank, measured, times their number. Tens of milliseconds, and as long as some megabytes take. */
int graph_measure_speed(const struct engine *engine, int threads, struct ranks *ranks,
                        struct link *link, double *speed);

/* Decides for each layer, for steps of `rows` rows, whether ranks share its parameters' gradients.
 * speed: operations a second of one rank. Returns what ranks->slices must be for it. */
int graph_share_gradients(struct graph *graph, size_t rows, const struct ranks *ranks,
                          const struct link *link, double speed);

/* What one rank then does in a step of `rows` rows: operations, bytes that it sends, exchanges.
 * ranks 1: a process alone. */
struct step_cost {
    double flops, bytes;
    int exchanges;
};
struct step_cost graph_step_cost(const struct graph *graph, size_t rows, int ranks);

/* All parameters in the order of the block: trained ones first, then frozen ones, then states. */
size_t graph_parameter_count(const struct graph *graph);
const struct parameter *graph_parameter(const struct graph *graph, size_t index);

/* The block of trained parameters and its gradients: count elements each, from the first parameter
 * on. Padding between tensors is zero in both. */
struct graph_block {
    void *x, *g;
    size_t count;
};
struct graph_block graph_trained(const struct graph *graph);

/* The block of states: g is NULL, count 0 where no layer has one. */
struct graph_block graph_states(const struct graph *graph);

/* The ranges [*begin, *end) of that block that a worker is to update, one a call, starting from
 * *parameter = 0; false when there are no more. Together the workers have every element once, but
 * for those whose layer has taken the step. */
bool graph_next_range(const struct graph *graph, const struct worker *worker, size_t *parameter,
                      size_t *begin, size_t *end);

/* The batch that forward reads: batch_take fills it. */
struct batch *graph_batch(struct graph *graph);

/* Called by all threads of the team at once, with the same arguments but for worker; both end with
 * a barrier. backward follows a forward of the same rows. The sum of the losses' means is
 * differentiated, or of the last layer's elements where the network has no loss. */
struct graph_pass {
    bool training; /* MODE_TRAIN or MODE_EVALUATE */
    uint64_t seed, step;
    size_t rows;
    /* Of a step in several passes: samples of the step before this pass, and all of them, over
     * which the mean is taken (0: rows). */
    size_t first, step_rows;
    /* The gradient of what is differentiated with respect to the last layer's elements (rows,
     * shape), where the network has no loss; NULL: ones. */
    const void *output_gradient;
    struct worker worker;
    /* The processes that share the rows, each with the whole batch: all call. NULL: no others. */
    struct ranks *ranks;
    /* Of backward: the step, which layers may take where they compute gradients; NULL: they store
     * them. No layer does anything more once `hold` is set, which is read behind a barrier. */
    struct fused_step *fused;
    const atomic_bool *hold;
};
void graph_forward(struct graph *graph, const struct graph_pass *pass);
void graph_backward(struct graph *graph, const struct graph_pass *pass);

/* Behind forward, and a barrier; one thread of each rank calls. The losses of all rows; what they
 * are compared with too (prediction), or all outputs, each for who wants them. *flags becomes those
 * of all ranks. Does nothing where pass->ranks is NULL. */
enum graph_results { GRAPH_LOSSES, GRAPH_PREDICTION, GRAPH_OUTPUTS };
void graph_exchange_results(struct graph *graph, const struct graph_pass *pass,
                            enum graph_results results, unsigned char *flags);

/* Behind forward and backward of a good step, by all threads with the same pass: the layers write
 * their states. Ends with a barrier. */
void graph_commit(struct graph *graph, const struct graph_pass *pass);

/* Whether any layer has states to write. */
bool graph_commits(const struct graph *graph);

/* Forward of the layers from index `first` on; what is before them keeps the values of an earlier
 * forward. */
void graph_forward_from(struct graph *graph, const struct graph_pass *pass, size_t first);

/* After forward: the mean loss of the rows, summed over the loss layers; the same bits for any
 * team. One thread calls. NaN where the network has no loss, or is for inference. */
double graph_loss(const struct graph *graph, size_t rows);

/* Each sample's loss (rows), summed over loss layers, as double. Not of a network for inference. */
void graph_losses(const struct graph *graph, size_t rows, double *losses);
bool graph_has_loss(const struct graph *graph);

/* The first loss layer's prediction (rows, width), and the labels (rows) or targets (rows, width)
 * that it is compared with; all NULL and TASK_NONE where there is none, and of a network for
 * inference the latter two. */
struct prediction {
    enum task task;
    size_t width;
    const void *x;
    const int32_t *label;
    const void *target;
    const struct column *column; /* the data column that it is compared with; NULL: a layer's */
};
struct prediction graph_prediction(const struct graph *graph);

/* Hash of the branches taken in the last forward; 0 where no layer branches. One thread calls. */
uint64_t graph_pattern(const struct graph *graph, const struct graph_pass *pass);

/* Sets all parameters and states to their first values; fails where memory runs out. */
int graph_initialize(struct graph *graph, uint64_t seed);

/* Whether there is a column that all of its readers could read as lists without zeros. */
bool graph_can_read_lists(const struct graph *graph);

/* Numbers of a column of classes must be below this: the smallest table that they are looked up in;
 * 0: there is none. */
size_t graph_class_limit(const struct graph *graph, int column);

/* What layers warn of, a line each; NULL: nothing. */
struct graph_note {
    const char *text;
    struct graph_note *next;
};
const struct graph_note *graph_notes(const struct graph *graph);

/* The first layer that has no statistics of a batch of so few rows; NULL: there is none. */
const char *graph_needs_rows(const struct graph *graph, size_t rows);

/* The layer that takes the bias of layer `index` out again, so that it has no effect; NULL: it has
 * none, or it has an effect. */
const char *graph_removes_bias(const struct graph *graph, size_t index);

/* Bytes: parameters, gradients, values of all layers at `rows`, scratch. */
struct graph_memory {
    size_t parameters, gradients, values, scratch;
};
struct graph_memory graph_memory(const struct graph *graph);

#endif
