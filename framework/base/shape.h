/*
 * shape.h - the dimensions of a tensor.
 *
 * A value that flows through the graph has the shape of ONE sample; the batch's rows come before it
 * in memory: shape (28, 28) is stored as (rows, 28, 28). Parameters have no rows. Rank 0 is a
 * scalar.
 */
#ifndef TRAINER_SHAPE_H
#define TRAINER_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

enum { SHAPE_RANK_MAX = 8, SHAPE_TEXT_MAX = 192 };

struct shape {
    int rank;
    size_t dim[SHAPE_RANK_MAX];
};

/* Shapes of rank 0, 1 and 2. */
struct shape shape_scalar(void);
struct shape shape_vector(size_t n);
struct shape shape_matrix(size_t rows, size_t columns);

/* Number of elements: the product of the dimensions, 1 for a scalar. Saturates at SIZE_MAX. */
size_t shape_size(struct shape shape);

bool shape_equal(struct shape a, struct shape b);

/* The indices of an element, by its position in memory, as a shape of the same rank. */
struct shape shape_index(struct shape shape, size_t element);

/* "(28, 28)", "(50)", "()" into text[SHAPE_TEXT_MAX]; returns text. */
const char *shape_text(struct shape shape, char *text);

#endif
