/*
 * fingerprint.c - 64 bits that tell one data set from another.
 */
#include "base/list_rows.h"
#include "data.h"
#include "row_window.h"
#include "samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

/* Eight bytes at a time as the machine reads them, which is little-endian wherever this runs; the
 * rest as a word filled up with zeros. The length goes in too. */
static uint64_t mix_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    uint64_t word;
    hash = mix(hash, count);
    for (; count >= sizeof word; at += sizeof word, count -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, at, count);
    return count ? mix(hash, word) : hash;
}

enum { PIECE = 1 << 20 };

/* The values of one split: a sum over pieces that threads share, each mixed from its number on. */
static uint64_t mix_values(uint64_t hash, const unsigned char *bytes, size_t count)
{
    uint64_t sum = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : sum) if (count > PIECE)
    for (size_t i = 0; i < count; i += PIECE)
        sum += mix_bytes(i, bytes + i, count - i < PIECE ? count - i : PIECE);
    return mix(mix(hash, count), sum);
}

/* The same of values that stay in their file. A file that can't be read gives another number; who
 * wants its values is told why. */
static uint64_t mix_file(uint64_t hash, const struct dataset *dataset, const struct column *column,
                         enum split split)
{
    struct row_window window;
    size_t count = samples_bytes(dataset, column, split), done = 0, filled = 0;
    size_t row = shape_size(column->shape) * stored_size(column->stored);
    unsigned char *piece = malloc(PIECE);
    uint64_t sum = 0;
    bool good = piece && row_window_open(&window, dataset, column, split) == TRAINER_OK;
    for (size_t at = 0; good && at < window.stored; at += window.rows) {
        good = row_window_seek(&window, at) == TRAINER_OK;
        const unsigned char *bytes = window.buffer;
        for (size_t left = window.rows * row, part; left; left -= part, bytes += part) {
            part = PIECE - filled < left ? PIECE - filled : left;
            memcpy(piece + filled, bytes, part);
            filled += part;
            if (filled < PIECE && done + filled < count)
                continue;
            sum += mix_bytes(done, piece, filled);
            done += filled;
            filled = 0;
        }
    }
    if (piece)
        row_window_close(&window);
    free(piece);
    return mix(mix(hash, count), sum);
}

static uint64_t mix_lists(uint64_t hash, const struct column *column, const struct list_rows *lists)
{
    const size_t elements = lists->start[lists->rows];
    hash = mix_values(hash, (const unsigned char *)lists->start,
                      (lists->rows + 1) * sizeof *lists->start);
    hash = mix_values(hash, (const unsigned char *)lists->column, elements * sizeof *lists->column);
    return mix_values(hash, lists->value, elements * stored_size(column->stored));
}

static uint64_t mix_column(uint64_t hash, const struct dataset *dataset,
                           const struct column *column)
{
    hash = mix_bytes(hash, column->name, strlen(column->name));
    hash = mix(hash, (uint64_t)column->stored);
    hash = mix_bytes(hash, &column->scale, sizeof column->scale);
    hash = mix(hash, column->classes);
    hash = mix(hash, (uint64_t)column->shape.rank);
    for (int i = 0; i < column->shape.rank; i++)
        hash = mix(hash, column->shape.dim[i]);
    for (size_t i = 0; column->class_name && i < column->classes; i++)
        hash = mix_bytes(hash, column->class_name[i], strlen(column->class_name[i]));
    for (size_t i = 0; column->feature && i < shape_size(column->shape); i++)
        hash = mix_bytes(hash, column->feature[i].name, strlen(column->feature[i].name));
    for (enum split split = 0; split < SPLIT_COUNT; split++)
        if (column->lists[split])
            hash = mix_lists(hash, column, column->lists[split]);
        else if (column->file[split])
            hash = mix_file(hash, dataset, column, split);
        else if (column->values[split])
            hash = mix_values(hash, column->values[split], samples_bytes(dataset, column, split));
    return hash;
}

void dataset_fingerprint(const struct dataset *dataset, char text[FINGERPRINT_TEXT])
{
    uint64_t hash = 0;
    if (dataset->fingerprint) {
        memcpy(text, dataset->fingerprint, FINGERPRINT_TEXT);
        return;
    }
    for (enum split split = 0; split < SPLIT_COUNT; split++)
        hash = mix(hash, samples_stored(dataset, split));
    for (int i = 0; i < dataset->columns; i++)
        hash = mix_column(hash, dataset, &dataset->column[i]);
    snprintf(text, FINGERPRINT_TEXT, "%016" PRIx64, hash);
}
