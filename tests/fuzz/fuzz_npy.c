/*
 * fuzz_npy.c - any bytes as an array of NumPy's, of samples or of labels, or as an archive of both.
 *
 * The first byte says what the rest is: 0 samples, 1 labels, 2 an archive.
 */
#include "fuzz.h"

#include <stdio.h>

static const char header[] = "\x93NUMPY\1\0\x3a\0{'descr': '|u1', 'fortran_order': False, "
                             "'shape': (3,), }\n\1\2\1";

/* Every label is a class with a name. */
static void check_data(struct dataset *dataset)
{
    fuzz_check_labels(dataset, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_file fuzzed, whole;
    char text[1024];
    unsigned kind = size ? *data++ % 3 : 0;
    size -= size > 0;
    const char *path = fuzz_file_fill(&fuzzed, data, size);
    const char *sound = fuzz_file_fill(&whole, header, sizeof header - 1);
    if (kind == 2)
        snprintf(text, sizeof text, "{type: npy, train: {file: %s, inputs: x, labels: y}}", path);
    else
        snprintf(text, sizeof text, "{type: npy, train: {inputs: %s, labels: %s}}",
                 kind ? sound : path, kind ? path : sound);
    fuzz_open_data(text, false, check_data);
    return 0;
}
