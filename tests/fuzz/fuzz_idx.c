/*
 * fuzz_idx.c - any bytes as an IDX file, of samples or of labels, plain or gzip.
 *
 * The first byte says what the rest is: bit 0 labels instead of samples, bit 1 to be packed before
 * it is read, so that what is inside of gzip is reached too, bit 2 `classes: 2` in the config.
 */
#include "base/error.h"
#include "data/data.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LABELS = 1, PACKED = 2, CLASSES = 4, PACKED_MAX = 1 << 20 };

static const uint8_t images[28] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0,  0,
                                   0, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
static const uint8_t labels[11] = {0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 1};

static struct fuzz_file inputs_file, labels_file;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    inputs_file = fuzz_file_make();
    labels_file = fuzz_file_make();
    return 0;
}

static void fill(const struct fuzz_file *file, const uint8_t *bytes, size_t size, bool packed)
{
    static uint8_t room[PACKED_MAX];
    z_stream stream = {0};
    if (!packed || size > sizeof room / 2) {
        fuzz_file_fill(file, bytes, size);
        return;
    }
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
    fuzz_file_fill(file, room, sizeof room - stream.avail_out);
    deflateEnd(&stream);
    free(copy);
}

/* Every label is a class of the column, and the fingerprint reads every byte. */
static void check_data(struct dataset *dataset)
{
    char fingerprint[FINGERPRINT_TEXT];
    const struct column *column = dataset_find(dataset, "labels");
    const int32_t *label = column->values[SPLIT_TRAIN];
    for (size_t i = 0; i < dataset->count[SPLIT_TRAIN]; i++)
        if (label[i] < 0 || (size_t)label[i] >= column->classes)
            abort();
    dataset_fingerprint(dataset, fingerprint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config *config = NULL;
    struct dataset *dataset = NULL;
    char text[1024];
    unsigned flags = size ? *data++ : 0;
    size -= size > 0;
    bool of_labels = flags & LABELS, packed = flags & PACKED;
    fill(&inputs_file, of_labels ? images : data, of_labels ? sizeof images : size, packed);
    fill(&labels_file, of_labels ? data : labels, of_labels ? size : sizeof labels, packed);
    snprintf(text, sizeof text, "data: {type: idx, %strain: {inputs: %s, labels: %s}}",
             flags & CLASSES ? "classes: 2, " : "", inputs_file.path, labels_file.path);
    if (config_read_text(&config, "x.yaml", NULL, text, strlen(text), NULL, 0) != TRAINER_OK)
        abort();
    struct node *resolved = node_new(config, NODE_MAP, NULL, NULL, NULL);
    int code =
        dataset_open(&dataset, config, node_get(config_root(config), "data"), resolved, 1, false);
    if (code == TRAINER_OK)
        check_data(dataset);
    else if (error_count() != 1)
        abort();
    dataset_close(dataset);
    config_free(config);
    return 0;
}
