/*
 * fuzz_hdf5.c - any bytes as an HDF5 file of samples and their labels.
 *
 * libhdf5 crashes on some; the program has a child read the file first, and run.sh counts those
 * (fuzz_checkpoint.c).
 */
#include "fuzz.h"

#include <stdio.h>

/* Every label is a class with a name. */
static void check_data(struct dataset *dataset)
{
    fuzz_check_labels(dataset, true);
}

/* keys: further ones of the section. */
static void open_with(const char *path, const char *keys)
{
    char text[1024];
    snprintf(text, sizeof text, "{type: hdf5, train: {file: %s, inputs: /x, labels: /y}%s}", path,
             keys);
    fuzz_open_data(text, true, check_data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_file file;
    const char *path = fuzz_file_fill(&file, data, size);
    open_with(path, "");
    open_with(path, ", memory: 1 B, labels_as: values"); /* rows stay in the file */
    return 0;
}
