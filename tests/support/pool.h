/*
 * pool.h - for tests of layers that make one number of each window of a picture, "MaxPool".
 *
 *      1   5   2   0         1   5   2    0.5
 *      3   4   2   2         3   4   2.5  1.5
 *     -1  -2   7   6        -1  -2   7    6
 *     -3   0   6   7        -3   0   6.5  7.5
 *
 *     the picture           the same, no two numbers alike: where gradients are compared
 */
#ifndef TRAINER_POOL_H
#define TRAINER_POOL_H

/* Windows of 2x2 over the picture: y (2, 2), and dx (4, 4) of dy = 1, 2, 3, 4; by several teams. */
void pool_check_windows(const char *type, const double *y, const double *dx);

/* Windows of 3x3 that overlap and reach into a padding of 1, every second column: y (4, 2) to
 * 1e-14; gradients against differences, several teams. */
void pool_check_padding(const char *type, const double *y);

/* Of 3x5 pixels no window of 2x2 has the last row or column; the first one has 1 2 5 6. */
void pool_check_sizes(const char *type, double first);

/* Kernels larger than the padded picture, padding above half a kernel, what is no picture. */
void pool_check_refusals(const char *type);

#endif
