/*
 * picture.c - PNG (ISO 15948) in its plainest form: 8 bits a channel, no filter, one chunk of data
 * packed by zlib.
 */
#include "picture.h"
#include "base/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CHANNELS = 3, HEADER_SIZE = 13, BITS = 8, COLOUR_RGB = 2 };

static void put_word(uint8_t *to, size_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Length, name, bytes, and a check sum of the last two. */
static void add_chunk(struct text *png, const char *name, const uint8_t *bytes, size_t count)
{
    uint8_t word[4];
    uLong sum = crc32(crc32(0, NULL, 0), (const Bytef *)name, 4);
    sum = count > 0 ? crc32(sum, bytes, (uInt)count) : sum;
    put_word(word, count);
    text_add(png, (const char *)word, sizeof word);
    text_add(png, name, 4);
    text_add(png, (const char *)bytes, count);
    put_word(word, sum);
    text_add(png, (const char *)word, sizeof word);
}

/* The rows, each behind a byte that says "no filter", packed. */
static void add_rows(struct text *png, const uint8_t *rgb, size_t height, size_t width)
{
    size_t row = CHANNELS * width, plain_size = height * (row + 1);
    uLongf packed_size = compressBound(plain_size);
    uint8_t *plain = malloc(plain_size), *packed = malloc(packed_size);
    for (size_t y = 0; plain && y < height; y++) {
        plain[y * (row + 1)] = 0;
        memcpy(plain + y * (row + 1) + 1, rgb + y * row, row);
    }
    if (plain && packed && compress2(packed, &packed_size, plain, plain_size, 9) == Z_OK)
        add_chunk(png, "IDAT", packed, packed_size);
    else
        png->failed = true;
    free(plain);
    free(packed);
}

void picture_add(struct text *out, const uint8_t *rgb, size_t height, size_t width,
                 const char *alternative)
{
    static const char signature[] = "\x89PNG\r\n\x1a\n";
    struct text png = {0};
    uint8_t header[HEADER_SIZE] = {[8] = BITS, [9] = COLOUR_RGB};
    put_word(header, width);
    put_word(header + 4, height);
    text_add(&png, signature, sizeof signature - 1);
    add_chunk(&png, "IHDR", header, sizeof header);
    add_rows(&png, rgb, height, width);
    add_chunk(&png, "IEND", NULL, 0);
    text_string(out, "<img alt=\"");
    html_text(out, alternative);
    text_print(out, "\" width=\"%zu\" height=\"%zu\" src=\"data:image/png;base64,", width, height);
    html_base64(out, png.data, png.failed ? 0 : png.length);
    text_string(out, "\">");
    out->failed |= png.failed;
    text_free(&png);
}

void picture_diverging(double value, uint8_t rgb[3])
{
    static const double low[] = {33, 102, 172}, high[] = {178, 24, 43};
    double part = fmin(fabs(value), 1);
    const double *end = value < 0 ? low : high;
    for (int i = 0; i < 3; i++)
        rgb[i] = isnan(value) ? 0 : (uint8_t)lround(255 + (end[i] - 255) * part);
}
