/*
 * fuzz_hdf5.c - any bytes as an HDF5 file of samples and their labels.
 *
 * libhdf5 crashes on some; the program has a child read the file first, and run.sh counts those
 * (fuzz_checkpoint.c).
 */
#include "base/error.h"
#include "data/data.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fuzz_file file;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    file = fuzz_file_make();
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

/* keys: further ones of the section. */
static void open_with(const char *keys)
{
    struct config *config = NULL;
    struct dataset *dataset = NULL;
    char text[1024];
    snprintf(text, sizeof text, "data: {type: hdf5, train: {file: %s, inputs: /x, labels: /y}%s}",
             file.path, keys);
    if (config_read_text(&config, "x.yaml", NULL, text, strlen(text), NULL, 0) != TRAINER_OK)
        abort();
    int rc = dataset_open(&dataset, config, node_get(config_root(config), "data"), NULL, 1, false);
    if (rc == TRAINER_OK)
        check_data(dataset);
    else if (error_count() < 1)
        abort();
    dataset_close(dataset);
    config_free(config);
    error_clear();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_file_fill(&file, data, size);
    open_with("");
    open_with(", memory: 1 B, labels_as: values"); /* rows stay in the file */
    return 0;
}
