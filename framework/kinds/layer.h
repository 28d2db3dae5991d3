/*
 * layer.h - what a layer file may see, and no more.
 *
 * A layer is one file in layers/: its formula and a YAML example, a private struct, an option
 * table, its functions, and last its descriptor `const struct layer_kind NAME(layer_<file's
 * name>)`.
 *
 *     shape      inputs' shapes -> output's; declares parameters, state and scratch. May fail.
 *     forward    in[i].x (rows, in[i].shape) -> out.x (rows, out.shape)
 *     backward   out.g -> in[i].g and the parameters' g
 *     commit     what forward measured -> the states, behind a good step of training alone
 *
 * All threads of the team call forward and backward at once, each with its own `struct pass`; a
 * thread writes only what it owns (pass_rows, team_range) and sums in an order that no thread
 * count changes. The graph puts a barrier behind every call; a layer that hands data between
 * threads within one call puts its own. Private data is read-only in both. The graph owns all
 * memory; nothing allocates after the build.
 */
#ifndef TRAINER_LAYER_H
#define TRAINER_LAYER_H

#include "base/error.h"
#include "base/shape.h"
#include "config/options.h"
#include "config/registry.h"
#include "engine/fused_step.h"
#include "engine/real.h"
#include "engine/team.h"
#include "task.h"
#include <stdbool.h>
#include <stdint.h>

struct list_batch;   /* kernels/list_batch.h */
struct sparse_batch; /* kernels/sparse_data.h */

enum element { ELEMENT_REAL, ELEMENT_INT32 };

enum pass_mode { MODE_TRAIN, MODE_EVALUATE };

/* One call of forward or backward, as one thread sees it. */
struct pass {
    enum pass_mode mode;
    uint64_t seed, step; /* key of whatever a layer draws ... */
    size_t first;        /* ... with the sample's place in the step: first + row */
    size_t rows;         /* samples in this batch, <= layer->rows */
    struct worker worker;
    void *shared;             /* scratch of the team: as large as any layer asked for */
    void *own;                /* scratch of this thread */
    struct fused_step *fused; /* of parameters(): how a layer may take the step itself; or NULL */
};

/* A named array: parameter, state, or a layer's output. */
struct tensor {
    const char *name;   /* "weight" */
    struct shape shape; /* of one sample for outputs; whole for parameters and state */
    real *x;            /* values */
    real *g;            /* gradient of the loss; NULL where nobody wants it */
    const struct kind_choice *initializer; /* NULL: all elements are `first` */
    double first;
    size_t fan_in, fan_out; /* for the initializer */
    bool frozen;            /* has no gradient and is not trained */
    bool decays; /* set by shape() where weight decay is meant for it: weights, not biases, gamma or
                    beta */
    bool stepped; /* the last parameters() took the step instead of storing g */
    bool by_rows; /* set by shape(): of this parameter, see below */
};

/* One edge into a layer. */
struct input {
    const char *name; /* the layer or data column it comes from */
    enum element element;
    struct shape shape; /* of one sample */
    const real *x;      /* (rows, shape), of ELEMENT_REAL */
    /* The rows as lists without zeros, of bytes or of numbers, instead of x; only for kinds with
     * LAYER_READS_SPARSE. */
    const struct sparse_batch *sparse;
    const struct list_batch *lists;
    const int32_t *label; /* (rows, shape), of ELEMENT_INT32 */
    size_t classes;       /* of ELEMENT_INT32: labels are in [0, classes) */
    real *g;              /* (rows, shape); NULL where nobody wants this gradient */
    bool accumulate;      /* add to g; else store (g holds garbage before) */
};

struct layer {
    const struct layer_kind *kind;
    const char *name; /* "affine1" */
    void *private;    /* the kind's struct, filled from its options and completed by shape */
    size_t rows;      /* the most samples a pass will have */
    int inputs;
    struct input *in;           /* [inputs] */
    struct tensor out;          /* shape set by shape() */
    bool rowwise;               /* set by shape(): see below */
    bool by_rows;               /* the same */
    size_t slices, slice_bytes; /* the same: of kinds with slices() */
    bool frozen;                /* its parameters and states are to stay as they are */
    /* Of a loss, set by shape(): what the network says, (rows, shape), and what that answers;
     * NULL and TASK_NONE where there is none. */
    struct tensor *prediction;
    enum task task;
    struct layer_plan *plan; /* what shape() declared; the graph's */
};

/* Where parameters() gets a fused step, it may do x -= rate g where it computes g, and then needs
 * not store g; thread 0 notes in tensor->stepped whether it did.
 *
 * `rowwise`: forward and backward read and write only the rows of pass_rows, so that a chain of
 * such layers needs no barrier. Their parameters' gradients, which sum over all rows, are computed
 * in parameters(), behind a barrier; it puts a barrier before it uses pass->shared.
 *
 * `by_rows`: the team together reads and writes only the rows of team_range_of_all, so that several
 * processes can share a batch. Rowwise layers are so too; one that looks at all rows is computed
 * whole by each process.
 *
 * A parameter that is `by_rows`: parameters() writes the rows of team_range_of_all of its gradient,
 * or takes the step in those alone, so that processes can share it. The layer's other parameters
 * are computed whole (team_undivided).
 *
 * A kind with slices() sums its parameters' gradients in two parts: slices() within slices of the
 * rows, of which there are layer->slices, or as many as rows; into pass->shared (slices,
 * slice_bytes), those of team_range_of_all. parameters(), behind a barrier, adds up all slices.
 * Processes can share the first part where there are LAYER_SLICES. */
enum { LAYER_SLICES = 16 };

/* Calls for shape() only. Each returns NULL with a message when memory ran out.
 *
 * A parameter is trained, saved, checked; its gradient is zeroed by nobody: backward stores it.
 * `layer_memory` holds what forward leaves for backward and commit() besides, without rows.
 *
 * State is saved and not trained; all its elements start at `first`. `layer_values` is memory per
 * sample that forward leaves for backward, (rows, shape). */
struct tensor *layer_parameter(struct layer *layer, const char *name, struct shape shape,
                               const struct kind_choice *initializer, size_t fan_in,
                               size_t fan_out);
struct tensor *layer_state(struct layer *layer, const char *name, struct shape shape, double first);
struct tensor *layer_values(struct layer *layer, const char *name, struct shape shape);
struct tensor *layer_memory(struct layer *layer, const char *name, struct shape shape);

/* Scratch bytes in one call: for the team together (pass->shared), and for each thread
 * (pass->own). */
void layer_scratch(struct layer *layer, size_t shared, size_t own);

/* The weights of a loss's classes (count), from its option: none given: *weights is NULL; a list of
 * so many; or, where it holds CLASS_WEIGHTS_BALANCED alone, n / (count n_c) for the n_c of the n
 * training samples whose label, in the target's column, is c. Of a data set that is only described
 * balanced weights are not known: NULL. Reports a list of another length and a class that does not
 * occur. */
enum { CLASS_WEIGHTS_BALANCED = -1 };
int layer_class_weights(const struct layer *layer, const struct option_numbers *option,
                        size_t count, const double **weights);

/* Reports the first sample of the data whose number in the column that input reads is not below
 * `classes`. Of data that comes later the number is held against it as it is read. */
int layer_check_classes(const struct layer *layer, int input, size_t classes);

/* Reports a shape that does not fit: TRAINER_INVALID with the place of the layer in the config,
 * its title and name, and the text. */
__attribute__((format(printf, 2, 3))) int layer_error(const struct layer *layer, const char *format,
                                                      ...);

/* Tells the user, once, what is likely not meant and no error. */
__attribute__((format(printf, 2, 3))) void layer_warn(const struct layer *layer, const char *format,
                                                      ...);

/* Notes that a batch of fewer rows has no statistics. */
void layer_needs_rows(struct layer *layer, size_t rows);

/* Sets out.shape to the one shape of all inputs; inputs of one element go with any. Reports shapes
 * that differ. */
int layer_shape_from_all(struct layer *layer);

/* Elements of one sample of input i: its stride from row to row. */
static inline size_t input_size(const struct layer *layer, int i)
{
    return shape_size(layer->in[i].shape);
}

/* The samples [*begin, *end) that this thread owns in element-wise work. */
static inline void pass_rows(const struct pass *pass, size_t *begin, size_t *end)
{
    team_range(&pass->worker, pass->rows, 1, begin, end);
}

/* The elements [*begin, *begin + *count) of (rows, out.shape) that this thread owns. */
static inline void pass_elements(const struct layer *layer, const struct pass *pass, size_t *begin,
                                 size_t *count)
{
    size_t width = shape_size(layer->out.shape), last;
    pass_rows(pass, begin, &last);
    *count = (last - *begin) * width;
    *begin *= width;
}

/* Slices that so many rows are cut into; slice s begins at row s rows / slices. */
static inline size_t layer_slices(const struct layer *layer, size_t rows)
{
    return rows < layer->slices ? rows : layer->slices;
}

/* Of a kind that computes each element from the one in its place: shape() whole. */
static inline int layer_shape_as_input(struct layer *layer)
{
    layer->out.shape = layer->in[0].shape;
    layer->rowwise = true;
    return TRAINER_OK;
}

enum layer_flag {
    LAYER_LOSS = 1,         /* out is one loss a sample */
    LAYER_RANDOM = 2,       /* draws numbers in training */
    LAYER_TWO_MODES = 4,    /* training and evaluation differ */
    LAYER_READS_SPARSE = 8, /* takes in[i].sparse and in[i].lists where the graph has them */
    /* The input's numbers under another shape: forward and backward are NULL, and values and
     * gradients stand in the input's memory. */
    LAYER_VIEW = 16,
    LAYER_RECTIFIER = 32, /* about half of what it reads goes on: weights before it start larger */
    LAYER_CHOOSES = 128,  /* takes the largest of several: equal ones, common in data, are kinks */
    LAYER_PASSES = 64,    /* what it reads goes on: what follows it decides how weights start */
    LAYER_READS_CLASSES = 256, /* reads columns of whole numbers, in[i].label */
    /* Backward reads an element of out.g only where it writes the same one of in[0].g, and both may
     * be one array. */
    LAYER_IN_PLACE = 1024,
    LAYER_CENTERS = 512, /* subtracts each channel's mean in training: a bias before it is lost */
};

struct layer_kind {
    struct kind base;
    int min_inputs, max_inputs; /* of `input:`; labels of a loss included */
    unsigned flags;             /* enum layer_flag */
    /* Of a loss: the input that holds what was asked for, the column `labels` unless it is named
     * (0: it needs none), and the tasks that it can be given (enum task). In a network for
     * inference the inputs from the target on are left out: shape() sees fewer of them, and
     * predict() is called instead of forward(). */
    int target;
    unsigned tasks;
    int (*shape)(struct layer *layer);
    void (*forward)(const struct layer *layer, const struct pass *pass);
    void (*predict)(const struct layer *layer, const struct pass *pass); /* of a loss: prediction */
    void (*backward)(const struct layer *layer, const struct pass *pass);
    void (*slices)(const struct layer *layer, const struct pass *pass);
    void (*parameters)(const struct layer *layer, const struct pass *pass);
    /* Writes the layer's states; NULL: it has none. Called by all threads behind backward, and only
     * where every output and gradient of the step is good: a step that is skipped leaves states as
     * they were. Forward and backward may read states and never write them. */
    void (*commit)(const struct layer *layer, const struct pass *pass);
    /* Hash of the branches that forward took in the rows of this pass, for the gradient check;
     * NULL: it has none. Called by one thread. */
    uint64_t (*pattern)(const struct layer *layer, const struct pass *pass);
    /* Floating-point operations of one sample's forward; NULL: one per output element. */
    double (*flops)(const struct layer *layer);
};

#endif
