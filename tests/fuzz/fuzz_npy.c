/*
 * fuzz_npy.c - any bytes as an array of NumPy's, of samples or of labels, or as an archive of both.
 *
 * The first byte says what the rest is: 0 samples, 1 labels, 2 an archive.
 */
#include "base/error.h"
#include "data/data.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char header[] = "\x93NUMPY\1\0\x3a\0{'descr': '|u1', 'fortran_order': False, "
                             "'shape': (3,), }\n\1\2\1";

static struct fuzz_file fuzzed, whole;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzzed = fuzz_file_make();
    whole = fuzz_file_make();
    fuzz_file_fill(&whole, header, sizeof header - 1);
    return 0;
}

/* Every label is a class with a name, and the fingerprint reads every byte. */
static void check_data(struct dataset *dataset)
{
    char fingerprint[FINGERPRINT_TEXT];
    const struct column *column = dataset_find(dataset, "labels");
    const int32_t *label = column->values[SPLIT_TRAIN];
    for (size_t i = 0; column->stored == STORED_LABEL && i < dataset->count[SPLIT_TRAIN]; i++)
        if (label[i] < 0 || (size_t)label[i] >= column->classes || !column->class_name[label[i]])
            abort();
    dataset_fingerprint(dataset, fingerprint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config *config = NULL;
    struct dataset *dataset = NULL;
    char text[1024];
    unsigned kind = size ? *data++ % 3 : 0;
    size -= size > 0;
    fuzz_file_fill(&fuzzed, data, size);
    if (kind == 2)
        snprintf(text, sizeof text, "data: {type: npy, train: {file: %s, inputs: x, labels: y}}",
                 fuzzed.path);
    else
        snprintf(text, sizeof text, "data: {type: npy, train: {inputs: %s, labels: %s}}",
                 kind ? whole.path : fuzzed.path, kind ? fuzzed.path : whole.path);
    if (config_read_text(&config, "x.yaml", NULL, text, strlen(text), NULL, 0) != TRAINER_OK)
        abort();
    int rc = dataset_open(&dataset, config, node_get(config_root(config), "data"), NULL, 1, false);
    if (rc == TRAINER_OK)
        check_data(dataset);
    else if (error_count() != 1)
        abort();
    dataset_close(dataset);
    config_free(config);
    return 0;
}
