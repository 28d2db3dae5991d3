/*
 * fuzz_picture.c - any bytes as a PNG or JPEG, whose first byte says the form that is asked for.
 */
#include "base/error.h"
#include "fuzz.h"
#include "pictures/picture_read.h"

#include <stdlib.h>

static struct fuzz_file file;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture picture;
    unsigned flags = size ? *data++ : 0;
    size -= size > 0;
    const struct picture_form form = {
        .rgb = flags & 1,
        .height = flags & 2 ? 5 : 0,
        .width = flags & 2 ? 7 : 0,
        .fit = (enum picture_fit)((flags >> 2) % 3),
        .background = {255, 128, 0},
    };
    fuzz_file_fill(&file, data, size);
    error_clear();
    int rc = picture_read(&picture, file.path, &form);
    if (rc == TRAINER_OK && (!picture.pixel || picture.channels != (form.rgb ? 3 : 1)))
        abort();
    if (rc != TRAINER_OK && (picture.pixel || error_count() != 1))
        abort();
    free(picture.pixel);
    return 0;
}
