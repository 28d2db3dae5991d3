/*
 * orthogonal - rows, or columns where they are fewer, that are orthogonal to one another.
 *
 *     init: {type: orthogonal, gain: 1}
 *
 * A tensor of rank above 2 is a matrix of its first dimension and the rest. The shorter of rows and
 * columns are drawn from a normal distribution and made orthonormal one after another, twice each
 * (Gram-Schmidt), then multiplied by gain: no direction is preferred.
 */
#include "initializer.h"
#include <math.h>

struct orthogonal {
    double gain;
};

static const struct option orthogonal_options[] = {
    {"gain", OPTION_NUMBER, offsetof(struct orthogonal, gain), .standard = "1", .minimum = 0,
     .maximum = 1e6, .help = "length of each row or column"},
    {0},
};

/* `count` vectors of `length` numbers: number j of vector i is x[i * next + j * step]. */
struct vectors {
    size_t count, length, next, step;
    double *x;
};

static struct vectors shorter_side(const struct initial *initial, double *x)
{
    size_t rows = initial->shape.rank > 0 ? initial->shape.dim[0] : 1;
    size_t columns = shape_size(initial->shape) / rows;
    if (rows <= columns)
        return (struct vectors){rows, columns, columns, 1, x};
    return (struct vectors){columns, rows, 1, columns, x};
}

static double dot(const struct vectors *v, size_t a, size_t b)
{
    const double *p = v->x + a * v->next, *q = v->x + b * v->next;
    double sum = 0;
    for (size_t j = 0; j < v->length; j++)
        sum += p[j * v->step] * q[j * v->step];
    return sum;
}

/* Takes what vector i has of vector k off it. */
static void take_off(const struct vectors *v, size_t i, size_t k)
{
    double share = dot(v, i, k);
    for (size_t j = 0; j < v->length; j++)
        v->x[i * v->next + j * v->step] -= share * v->x[k * v->next + j * v->step];
}

static void scale(const struct vectors *v, size_t i, double factor)
{
    for (size_t j = 0; j < v->length; j++)
        v->x[i * v->next + j * v->step] *= factor;
}

static void orthogonal_whole(const struct initial *initial, double *x)
{
    const struct orthogonal *orthogonal = initial->private;
    struct vectors v = shorter_side(initial, x);
    random_normals(&initial->stream, 0, shape_size(initial->shape), x);
    for (size_t i = 0; i < v.count; i++) {
        for (int round = 0; round < 2; round++)
            for (size_t k = 0; k < i; k++)
                take_off(&v, i, k);
        scale(&v, i, 1 / sqrt(dot(&v, i, i)));
    }
    for (size_t i = 0; i < v.count; i++)
        scale(&v, i, orthogonal->gain);
}

const struct initializer_kind initializer_orthogonal = {
    .base = {.title = "orthogonal",
             .help = "rows or columns that are orthogonal to one another",
             .options = orthogonal_options,
             .private_size = sizeof(struct orthogonal)},
    .whole = orthogonal_whole,
};
