/*
 * truncated_normal - a normal distribution without its ends.
 *
 *     init: {type: truncated_normal, mean: 0, std: 0.05}
 *
 * What lies farther than 2 std from the mean is drawn anew. The deviation of what is left is 0.88
 * std: it is not scaled up again.
 */
#include "initializer.h"
#include <math.h>

struct truncated_normal {
    double mean, std;
};

static const struct option truncated_normal_options[] = {
    {"mean", OPTION_NUMBER, offsetof(struct truncated_normal, mean), .standard = "0",
     .help = "mean"},
    {"std", OPTION_NUMBER, offsetof(struct truncated_normal, std), .standard = "0.05", .minimum = 0,
     .maximum = 1e6, .help = "standard deviation before the ends are cut off"},
    {0},
};

/* Element `index` draws from numbers of its own, so that none depends on another. */
static double draw(const struct random_stream *stream, size_t index)
{
    double x = random_normal(stream, index);
    for (uint64_t again = 1; fabs(x) > 2; again++)
        x = random_normal(stream, index + (again << 48));
    return x;
}

static void truncated_normal_values(const struct initial *initial, size_t first, size_t count,
                                    double *x)
{
    const struct truncated_normal *normal = initial->private;
    for (size_t i = 0; i < count; i++)
        x[i] = normal->mean + normal->std * draw(&initial->stream, first + i);
}

const struct initializer_kind initializer_truncated_normal = {
    .base = {.title = "truncated_normal",
             .help = "a normal distribution cut at 2 deviations",
             .options = truncated_normal_options,
             .private_size = sizeof(struct truncated_normal)},
    .values = truncated_normal_values,
};
