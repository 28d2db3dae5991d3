/*
 * fuzz_idx.c - any bytes as an IDX file, of samples or of labels, plain or gzip.
 *
 * The first byte says what the rest is: bit 0 labels instead of samples, bit 1 to be packed before
 * it is read, so that what is inside of gzip is reached too, bit 2 `classes: 2` in the config.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LABELS = 1, PACKED = 2, CLASSES = 4, PACKED_MAX = 1 << 20 };

static const uint8_t images[28] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0,  0,
                                   0, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
static const uint8_t labels[11] = {0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 1};

static const char *fill(struct fuzz_file *file, const uint8_t *bytes, size_t size, bool packed)
{
    static uint8_t room[PACKED_MAX];
    z_stream stream = {0};
    if (!packed || size > sizeof room / 2)
        return fuzz_file_fill(file, bytes, size);
    uint8_t *copy = malloc(size + 1);
    if (!copy || deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    memcpy(copy, bytes, size);
    stream.next_in = copy;
    stream.avail_in = (uInt)size;
    stream.next_out = room;
    stream.avail_out = sizeof room;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    deflateEnd(&stream);
    free(copy);
    return fuzz_file_fill(file, room, sizeof room - stream.avail_out);
}

/* Every label is a class of the column. */
static void check_data(struct dataset *dataset)
{
    fuzz_check_labels(dataset, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_file inputs_file, labels_file;
    char text[1024];
    unsigned flags = size ? *data++ : 0;
    size -= size > 0;
    bool of_labels = flags & LABELS, packed = flags & PACKED;
    const char *x =
        fill(&inputs_file, of_labels ? images : data, of_labels ? sizeof images : size, packed);
    const char *y =
        fill(&labels_file, of_labels ? data : labels, of_labels ? size : sizeof labels, packed);
    snprintf(text, sizeof text, "{type: idx, %strain: {inputs: %s, labels: %s}}",
             flags & CLASSES ? "classes: 2, " : "", x, y);
    fuzz_open_data(text, false, check_data);
    return 0;
}
