/*
 * sliding.h - what Conv2D and the pools share: options of a window, and the outputs that it has.
 */
#ifndef TRAINER_SLIDING_H
#define TRAINER_SLIDING_H

#include "channels.h"
#include "kernels/window.h"

/* Each is one number, or [vertical, horizontal]. */
struct sliding {
    struct option_numbers kernel, stride, padding;
};

enum { SLIDING_SAME = -1 }; /* as padding: output as large as input */

static inline size_t sliding_number(struct option_numbers numbers, int axis)
{
    return (size_t)numbers.value[numbers.count > 1 ? axis : 0];
}

static inline struct window_axis sliding_axis(const struct sliding *sliding,
                                              struct option_numbers dilation, int axis, size_t in)
{
    struct window_axis made = {.size = sliding_number(sliding->kernel, axis),
                               .stride = sliding_number(sliding->stride, axis),
                               .dilation = dilation.count ? sliding_number(dilation, axis) : 1,
                               .in = in};
    bool same = sliding->padding.value[0] == SLIDING_SAME;
    made.padding = same ? (window_reach(&made) - 1) / 2 : sliding_number(sliding->padding, axis);
    made.out = window_out(&made);
    return made;
}

/* The windows over a picture; their `out` is 0 where none fits, see sliding_check. */
static inline struct window sliding_window(const struct sliding *sliding,
                                           struct option_numbers dilation, struct picture in)
{
    return (struct window){.y = sliding_axis(sliding, dilation, 0, in.height),
                           .x = sliding_axis(sliding, dilation, 1, in.width)};
}

/* Reports a window that is larger than its padded input. */
static inline int sliding_check(const struct layer *layer, const struct window *window)
{
    const struct window_axis *y = &window->y, *x = &window->x;
    if (y->out > 0 && x->out > 0)
        return TRAINER_OK;
    return layer_error(
        layer, "a kernel of %zux%zu pixels is larger than its padded input of %zux%zu",
        window_reach(y), window_reach(x), y->in + 2 * y->padding, x->in + 2 * x->padding);
}

static inline struct shape sliding_shape(const struct window *window, size_t channels)
{
    return picture_shape((struct picture){channels, window->y.out, window->x.out});
}

/* Of a pool: the stride is the kernel's unless it is given; padding is at most half a kernel. */
static inline int sliding_pool(struct layer *layer, struct sliding *sliding, struct window *window)
{
    struct picture in = {0};
    int rc = picture_of_input(layer, &in);
    if (rc)
        return rc;
    if (sliding->stride.count == 0)
        sliding->stride = sliding->kernel;
    *window = sliding_window(sliding, (struct option_numbers){0}, in);
    rc = sliding_check(layer, window);
    if (rc)
        return rc;
    if (window->y.padding > window->y.size / 2 || window->x.padding > window->x.size / 2)
        return layer_error(layer, "padding of %zux%zu is more than half a kernel of %zux%zu",
                           window->y.padding, window->x.padding, window->y.size, window->x.size);
    layer->out.shape = sliding_shape(window, in.channels);
    layer->rowwise = true;
    return TRAINER_OK;
}

/* The option table of a pool whose struct begins with its struct sliding. */
#define SLIDING_POOL_OPTIONS                                                                       \
    {"kernel",                                                                                     \
     OPTION_NUMBERS,                                                                               \
     offsetof(struct sliding, kernel),                                                             \
     .standard = "2",                                                                              \
     .whole = true,                                                                                \
     .single = true,                                                                               \
     .least = 2,                                                                                   \
     .most = 2,                                                                                    \
     .minimum = 1,                                                                                 \
     .maximum = 1 << 16,                                                                           \
     .help = "size of a window: one number, or [height, width]"},                                  \
        {"stride",                                                                                 \
         OPTION_NUMBERS,                                                                           \
         offsetof(struct sliding, stride),                                                         \
         .whole = true,                                                                            \
         .single = true,                                                                           \
         .least = 2,                                                                               \
         .most = 2,                                                                                \
         .minimum = 1,                                                                             \
         .maximum = 1 << 16,                                                                       \
         .help = "pixels from one window to the next; default: the kernel's size"},                \
    {                                                                                              \
        "padding", OPTION_NUMBERS, offsetof(struct sliding, padding),                              \
            .standard = "0", .whole = true, .single = true, .least = 2, .most = 2, .minimum = 0,   \
            .maximum = 1 << 16, .help = "pixels around the picture, at most half a kernel"         \
    }

#endif
