/*
 * shape.c - the dimensions of a tensor.
 */
#include "shape.h"
#include "text.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>

struct shape shape_scalar(void)
{
    return (struct shape){.rank = 0};
}

struct shape shape_vector(size_t n)
{
    return (struct shape){.rank = 1, .dim = {n}};
}

struct shape shape_matrix(size_t rows, size_t columns)
{
    return (struct shape){.rank = 2, .dim = {rows, columns}};
}

size_t shape_size(struct shape shape)
{
    size_t size = 1;
    for (int i = 0; i < shape.rank; i++)
        if (__builtin_mul_overflow(size, shape.dim[i], &size))
            size = SIZE_MAX;
    return size;
}

bool shape_equal(struct shape a, struct shape b)
{
    bool equal = a.rank == b.rank;
    for (int i = 0; equal && i < a.rank; i++)
        equal = a.dim[i] == b.dim[i];
    return equal;
}

struct shape shape_index(struct shape shape, size_t element)
{
    struct shape at = {.rank = shape.rank};
    for (int i = at.rank - 1; i >= 0; i--) {
        at.dim[i] = element % shape.dim[i];
        element /= shape.dim[i];
    }
    return at;
}

const char *shape_text(struct shape shape, char *text)
{
    assert(shape.rank >= 0 && shape.rank <= SHAPE_RANK_MAX);
    snprintf(text, SHAPE_TEXT_MAX, "(");
    for (int i = 0; i < shape.rank; i++)
        text_append(text, SHAPE_TEXT_MAX, "%s%zu", i > 0 ? ", " : "", shape.dim[i]);
    return text_append(text, SHAPE_TEXT_MAX, ")");
}
