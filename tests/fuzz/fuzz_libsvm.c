/*
 * fuzz_libsvm.c - any bytes as a file of LIBSVM, alone and as test data beside a sound one.
 *
 * The first byte chooses options: bit 0 it is test data, bit 1 index: 0, bit 2 normalised, bit 3
 * labels are values.
 */
#include "base/list_rows.h"
#include "data/data.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

enum { TEST = 1, FROM_0 = 2, MAXABS = 4, VALUES = 8 };

static const char sound[] = "1 1:0.5 3:2\n2 2:1\n";

/* Columns ascend in a row and are inputs; the fingerprint reads every byte. */
static void check_data(struct dataset *dataset)
{
    char fingerprint[FINGERPRINT_TEXT];
    const struct column *inputs = dataset_find(dataset, "inputs");
    for (enum split split = 0; split < SPLIT_COUNT; split++) {
        const struct list_rows *lists = inputs->lists[split];
        for (size_t i = 0; lists && i < lists->rows; i++)
            for (size_t e = lists->start[i]; e < lists->start[i + 1]; e++)
                if (lists->column[e] >= shape_size(inputs->shape) ||
                    (e > lists->start[i] && lists->column[e] <= lists->column[e - 1]))
                    abort();
    }
    dataset_fingerprint(dataset, fingerprint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_file fuzzed, whole;
    char text[1024];
    unsigned flags = size ? *data++ : 0;
    size -= size > 0;
    const char *path = fuzz_file_fill(&fuzzed, data, size);
    const char *train = flags & TEST ? fuzz_file_fill(&whole, sound, sizeof sound - 1) : path;
    snprintf(text, sizeof text, "{type: libsvm, train: %s%s%s%s%s%s}", train,
             flags & TEST ? ", test: " : "", flags & TEST ? path : "",
             flags & FROM_0 ? ", index: 0" : "", flags & MAXABS ? ", normalize: maxabs" : "",
             flags & VALUES ? ", labels_as: values" : "");
    fuzz_open_data(text, true, check_data);
    return 0;
}
