/*
 * runfile_model.h - the groups of a run file that hold tensors: /model and /optimizer.
 */
#ifndef TRAINER_RUNFILE_MODEL_H
#define TRAINER_RUNFILE_MODEL_H

#include "hdf5/hdf5_image.h"
#include "runfile_layout.h"

void runfile_put_model(struct image *image, const struct image_contents *contents);
void runfile_put_optimizer(struct image *image, const struct image_contents *contents);

#endif
