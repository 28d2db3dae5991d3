/*
 * divide.h - how a whole is divided: a product into tiles, its columns into panels.
 */
#ifndef TRAINER_DIVIDE_H
#define TRAINER_DIVIDE_H

#include <stddef.h>

/* Most parts of small products are one: a division takes longer than to see that. */
static inline size_t divide_up(size_t a, size_t b)
{
    return a <= b ? a != 0 : a / b + (a % b != 0);
}

static inline size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The size, from 1 to `most`, of parts of `whole` that are alike but for a smaller last one. */
static inline size_t even_part(size_t whole, size_t most)
{
    return whole == 0 ? 1 : whole <= most ? whole : divide_up(whole, divide_up(whole, most));
}

#endif
