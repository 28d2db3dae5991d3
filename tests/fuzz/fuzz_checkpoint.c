/*
 * fuzz_checkpoint.c - any bytes as a checkpoint: facts, metrics, state, weights.
 *
 * libhdf5 crashes on some of them; the program has a child read the file first. So run.sh lets the
 * fuzzer go on after a crash, and only counts those whose stack ends in a file of ours.
 */
#include "base/error.h"
#include "evaluate/columns.h"
#include "fuzz.h"
#include "runfile/runfile_layout.h"
#include "train/record.h"

#include <math.h>
#include <stdlib.h>

enum { WEIGHTS = 12 };

static struct fuzz_file file;

static void read_view(void)
{
    struct runfile_view view = {0};
    if (columns_list(&view.arena, &view.steps, &view.epochs, NULL) != TRAINER_OK)
        abort();
    if (runfile_read(&view, file.path, RUNFILE_METRICS | RUNFILE_STATE) != TRAINER_OK &&
        error_text()[0] == '\0')
        abort();
    runfile_view_free(&view);
}

/* All are loaded or none, and finite. */
static void load_weights(void)
{
    float x[WEIGHTS] = {0};
    double velocity[WEIGHTS] = {0};
    const struct image_tensor weight = {"affine1", "weight", {2, {4, 3}}, sizeof *x, x};
    struct image_tensor moved = {"affine1", "weight", {2, {4, 3}}, sizeof *velocity, velocity};
    const struct image_state state = {"velocity", &moved, 1};
    int rc = runfile_load_tensors(file.path, &weight, 1, &state, 1);
    for (int i = 0; i < WEIGHTS; i++)
        if (!isfinite(x[i]) || !isfinite(velocity[i]) ||
            (rc != TRAINER_OK && (x[i] != 0 || velocity[i] != 0)))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_file_fill(&file, data, size);
    read_view();
    load_weights();
    runfile_try_weights(file.path);
    return 0;
}
