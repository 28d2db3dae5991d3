/*
 * picture_resize.c - bilinear with a support that grows with the reduction, as PIL's BILINEAR.
 *
 *     out[x] = sum of w[i] in[i] over |i + 1/2 - c| < s,  c = begin + (x + 1/2) scale
 *     w[i] = max(0, 1 - |i + 1/2 - c| / s) / (sum of these),  s = max(scale, 1)
 *
 * Rows first, then columns; weights have 22 fractional bits, and what stands between the two passes
 * is rounded to bytes, as PIL does it.
 */
#include "base/error.h"
#include "picture_internal.h"

#include <math.h>
#include <stdlib.h>

enum { BITS = 22 };

/* The inputs [first, first + count) of one output, and their weights. */
struct taps {
    size_t first, count;
    const int32_t *weight; /* [count] */
};

/* The taps of all outputs of one direction. */
struct filter {
    struct taps *taps;
    int32_t *weight;
};

static double triangle(double x)
{
    x = fabs(x);
    return x < 1 ? 1 - x : 0;
}

static void free_filter(struct filter *filter)
{
    free(filter->taps);
    free(filter->weight);
}

/* The taps of output `x`, whose weights go to weight[0..most). */
static struct taps make_taps(size_t in, double center, double support, int32_t *weight)
{
    double low = center - support + 0.5, high = center + support + 0.5, sum = 0;
    size_t first = low > 0 ? (size_t)low : 0;
    size_t end = high < (double)in ? (size_t)high : in;
    for (size_t i = first; i < end; i++)
        sum += triangle(((double)i - center + 0.5) / support);
    for (size_t i = first; i < end; i++) {
        double share = triangle(((double)i - center + 0.5) / support);
        share = sum > 0 ? share / sum : share;
        weight[i - first] = (int32_t)floor(0.5 + share * (1 << BITS));
    }
    return (struct taps){.first = first, .count = end - first, .weight = weight};
}

/* `out` outputs from the part [begin, begin + length) of `in` inputs. */
static bool make_filter(struct filter *filter, size_t in, double begin, double length, size_t out)
{
    double scale = length / (double)out, support = scale > 1 ? scale : 1;
    size_t most = (size_t)ceil(support) * 2 + 1;
    filter->taps = calloc(out, sizeof *filter->taps);
    filter->weight = calloc(out * most, sizeof *filter->weight);
    if (!filter->taps || !filter->weight)
        return false;
    for (size_t x = 0; x < out; x++) {
        double center = begin + ((double)x + 0.5) * scale;
        filter->taps[x] = make_taps(in, center, support, filter->weight + x * most);
    }
    return true;
}

static uint8_t clip(int64_t sum)
{
    sum >>= BITS;
    return sum < 0 ? 0 : sum > 255 ? 255 : (uint8_t)sum;
}

/* One output: inputs lie `step` bytes apart. */
static uint8_t weigh(const uint8_t *from, size_t step, const struct taps *taps)
{
    int64_t sum = (int64_t)1 << (BITS - 1);
    from += taps->first * step;
    for (size_t i = 0; i < taps->count; i++)
        sum += (int64_t)from[i * step] * taps->weight[i];
    return clip(sum);
}

/* (height, in, channels) -> (height, out, channels) */
static void resize_rows(const uint8_t *from, size_t height, size_t in, size_t channels,
                        const struct filter *filter, size_t out, uint8_t *to)
{
    for (size_t y = 0; y < height; y++, from += in * channels)
        for (size_t x = 0; x < out; x++)
            for (size_t c = 0; c < channels; c++)
                *to++ = weigh(from + c, channels, &filter->taps[x]);
}

/* (in, stride) -> (out, stride) */
static void resize_columns(const uint8_t *from, size_t stride, const struct filter *filter,
                           size_t out, uint8_t *to)
{
    for (size_t y = 0; y < out; y++)
        for (size_t x = 0; x < stride; x++)
            *to++ = weigh(from + x, stride, &filter->taps[y]);
}

int picture_resize(struct picture *picture, struct picture_window window, size_t height,
                   size_t width)
{
    size_t channels = picture->channels;
    struct filter across = {0}, down = {0};
    uint8_t *rows = malloc(picture->height * width * channels);
    uint8_t *whole = malloc(height * width * channels);
    int rc = TRAINER_OK;
    if (!rows || !whole ||
        !make_filter(&across, picture->width, window.left, window.width, width) ||
        !make_filter(&down, picture->height, window.top, window.height, height))
        rc = error_memory("a picture", height * width * channels);
    if (!rc) {
        resize_rows(picture->pixel, picture->height, picture->width, channels, &across, width,
                    rows);
        resize_columns(rows, width * channels, &down, height, whole);
        free(picture->pixel);
        *picture = (struct picture){height, width, channels, whole};
        whole = NULL;
    }
    free(rows);
    free(whole);
    free_filter(&across);
    free_filter(&down);
    return rc;
}
