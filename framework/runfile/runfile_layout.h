/*
 * runfile_layout.h - the layout of a run file, and reading weights from it: plain arrays in and
 * out.
 *
 *     /                    facts of the run as attributes; config, config_resolved,
 *                          config_origins
 *     /metrics/step        one dataset a column, (step)
 *     /metrics/epoch       one dataset a column, (epoch)
 *     /evaluation          confusion_matrix (true_class, predicted_class), precision, recall, ...
 *     /data                what was learned of the training data (runfile_data.h)
 *     /model               attribute `layers`, their order; LAYER/PARAMETER for each tensor
 *
 * A checkpoint has more, all that is needed to resume from it:
 *
 *     /state               the state of the run (struct run_state) as attributes; the classes of
 *                          the last evaluation, true_class and predicted_class (sample)
 *     /optimizer           STATE/LAYER/PARAMETER for each block of state and each trained tensor
 *
 * and a failure, which is a checkpoint without metrics from which a step fails again:
 *
 *     /batch               sample: positions in the stored training data (row)
 *
 * Knows no graph and no thread: snapshot.c and runfile.c connect it to both.
 */
#ifndef TRAINER_RUNFILE_LAYOUT_H
#define TRAINER_RUNFILE_LAYOUT_H

#include "base/series.h"
#include "base/shape.h"
#include "learned.h"
#include "run.h"
#include <stddef.h>

struct image_layer {
    const char *name, *kind; /* "affine1", "Affine" */
};

/* A parameter or state. x is (shape) floats where real_size is 4, doubles where it is 8. */
struct image_tensor {
    const char *layer, *name; /* "affine1", "weight" */
    struct shape shape;
    size_t real_size;
    void *x;
};

/* One block of the optimizer's state, cut into the tensors that were trained. */
struct image_state {
    const char *name; /* "velocity" */
    struct image_tensor *tensor;
    size_t tensors;
};

/* What runfile.c reads from the system. */
struct image_machine {
    const char *hostname, *cpu_model;
    const char *updated_time; /* ISO 8601, UTC */
};

/* No text in it is NULL. */
struct image_contents {
    const char *kind; /* "run", "checkpoint", "failure" */
    struct run_facts facts;
    const struct learned *learned; /* NULL: left out */
    struct image_machine machine;
    struct series steps, epochs;  /* columns 0: left out */
    struct evaluation evaluation; /* samples 0: left out */
    const struct image_layer *layer;
    size_t layers; /* 0: no model */
    const struct image_tensor *tensor;
    size_t tensors;
    const struct run_state *state; /* NULL: left out; so are the two below */
    const struct image_state *optimizer;
    size_t optimizer_states;
    const uint32_t *sample; /* of the batch that failed */
    size_t samples;         /* 0: left out */
};

/* Builds the file in memory. *bytes is for free(). `path` is for messages only. TRAINER_FAILED with
 * libhdf5's reason. */
int runfile_image(void **bytes, size_t *count, const char *path,
                  const struct image_contents *contents);

/* runfile_weights.c: fills x of every tensor from /model of the file, and of every state from
 * /optimizer, all or none.
 * See runfile_load_weights. */
int runfile_load_tensors(const char *path, const struct image_tensor *tensors, size_t count,
                         const struct image_state *states, size_t state_count);

#endif
