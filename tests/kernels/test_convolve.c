/*
 * test_convolve.c - convolutions of drawn sizes against the formula: within (terms + 2) roundings
 * of the sum of the sizes of its terms.
 */
#include "support/kernels.h"
#include "support/suite.h"
#include <math.h>
#include <stdlib.h>

enum { DRAWN = 40 };

/* By hand: of several strips; a single pixel; the shipped nets'. */
static const struct slide chosen[] = {
    {.channels = 3,
     .filters = 5,
     .height = 80,
     .width = 81,
     .window_height = 3,
     .window_width = 3,
     .down = 1,
     .top = 1,
     .left = 1},
    {.channels = 40,
     .filters = 3,
     .height = 70,
     .width = 9,
     .window_height = 2,
     .window_width = 4,
     .down = 3,
     .top = 0,
     .left = 2},
    {.channels = 1,
     .filters = 1,
     .height = 1,
     .width = 1,
     .window_height = 1,
     .window_width = 2,
     .down = 1,
     .top = 0,
     .left = 1},
    {.channels = 1,
     .filters = 30,
     .height = 28,
     .width = 28,
     .window_height = 5,
     .window_width = 5,
     .down = 1,
     .top = 0,
     .left = 0},
    {.channels = 16,
     .filters = 16,
     .height = 28,
     .width = 28,
     .window_height = 3,
     .window_width = 3,
     .down = 1,
     .top = 1,
     .left = 1},
    {.channels = 32,
     .filters = 32,
     .height = 14,
     .width = 14,
     .window_height = 3,
     .window_width = 3,
     .down = 1,
     .top = 2,
     .left = 2},
};
enum { CHOSEN = sizeof chosen / sizeof *chosen };

static size_t draw(uint32_t *state, uint32_t from, uint32_t to)
{
    return from + kernels_random(state, to - from + 1);
}

static struct slide draw_slide(uint32_t *state)
{
    struct slide slide = {.channels = draw(state, 1, 9),
                          .filters = draw(state, 1, 25),
                          .window_height = draw(state, 1, 5),
                          .window_width = draw(state, 1, 8),
                          .down = draw(state, 1, 3)};
    size_t reach = slide.down * (slide.window_height - 1) + 1;
    slide.height = reach + draw(state, 0, 12);
    slide.width = slide.window_width + draw(state, 0, 40);
    slide.top = draw(state, 0, (uint32_t)reach - 1);
    slide.left = draw(state, 0, (uint32_t)slide.window_width - 1);
    return slide;
}

/* The arrays of one convolution. */
struct arrays {
    const struct engine *engine;
    struct slide slide;
    void *x, *w, *bias, *y, *dy, *dx, *dw, *scratch;
    size_t in, out, weights; /* elements of x, y, w */
};

static struct arrays make_arrays(const struct engine *engine, struct slide slide, uint32_t *state)
{
    slide.rows = slide.height + 2 * slide.top - slide.down * (slide.window_height - 1);
    slide.columns = slide.width + 2 * slide.left - (slide.window_width - 1);
    struct arrays a = {.engine = engine, .slide = slide};
    a.in = slide.channels * slide.height * slide.width;
    a.out = slide.filters * slide.rows * slide.columns;
    a.weights = slide.filters * slide.channels * slide.window_height * slide.window_width;
    a.x = kernels_array(engine, a.in);
    a.dx = kernels_array(engine, a.in);
    a.w = kernels_array(engine, a.weights);
    a.bias = kernels_array(engine, slide.filters);
    a.y = kernels_array(engine, a.out);
    a.dy = kernels_array(engine, a.out);
    a.dw = kernels_array(engine, a.weights / slide.filters * engine->kernels->slide_row(&slide));
    a.scratch = kernels_bytes(engine->kernels->slide_bytes(&slide));
    kernels_fill(engine, a.x, a.in, 0.2, state);
    kernels_fill(engine, a.w, a.weights, 0.1, state);
    kernels_fill(engine, a.bias, slide.filters, 0, state);
    kernels_fill(engine, a.dy, a.out, 0.2, state);
    return a;
}

static void free_arrays(const struct arrays *a)
{
    void *const arrays[] = {a->x, a->dx, a->w, a->bias, a->y, a->dy, a->dw, a->scratch};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        kernels_free(arrays[i]);
}

/* A sum of products, how many there are and how large they are. */
struct sum {
    double value, size, terms;
};

static void add(struct sum *sum, double a, double b)
{
    sum->value += a * b;
    sum->size += fabs(a * b);
    sum->terms++;
}

/* The formula's side of a convolution: its inputs, and what each output is a sum of. */
struct sums {
    const struct slide *slide;
    double *x, *w, *dy;
    struct sum *y, *dx, *dw;
};

static double *copy_numbers(const struct engine *engine, const void *x, size_t count)
{
    double *copy = malloc(count * sizeof *copy);
    ck_assert_ptr_nonnull(copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = engine->get(x, i);
    return copy;
}

/* Adds the triples of a row of outputs, a row of a filter and the row of inputs under it: where
 * each row begins. */
static void add_row(const struct sums *sums, size_t out, size_t weight, size_t in)
{
    const struct slide *s = sums->slide;
    for (size_t column = 0; column < s->columns; column++)
        for (size_t j = 0; j < s->window_width; j++) {
            size_t x = column + j - s->left;
            if (x >= s->width)
                continue;
            size_t o = out + column, w = weight + j, i = in + x;
            add(&sums->y[o], sums->w[w], sums->x[i]);
            add(&sums->dx[i], sums->w[w], sums->dy[o]);
            add(&sums->dw[w], sums->x[i], sums->dy[o]);
        }
}

static void add_all(const struct sums *sums)
{
    const struct slide *s = sums->slide;
    size_t lines = s->channels * s->window_height; /* of a filter */
    for (size_t out = 0; out < s->filters * s->rows; out++)
        for (size_t line = 0; line < lines; line++) {
            size_t filter = out / s->rows, channel = line / s->window_height;
            size_t y = out % s->rows + line % s->window_height * s->down - s->top;
            if (y < s->height)
                add_row(sums, out * s->columns, (filter * lines + line) * s->window_width,
                        (channel * s->height + y) * s->width);
        }
}

static struct sums make_sums(const struct arrays *a)
{
    struct sums sums = {.slide = &a->slide,
                        .x = copy_numbers(a->engine, a->x, a->in),
                        .w = copy_numbers(a->engine, a->w, a->weights),
                        .dy = copy_numbers(a->engine, a->dy, a->out),
                        .y = calloc(a->out, sizeof *sums.y),
                        .dx = calloc(a->in, sizeof *sums.dx),
                        .dw = calloc(a->weights, sizeof *sums.dw)};
    ck_assert(sums.y && sums.dx && sums.dw);
    add_all(&sums);
    return sums;
}

static void free_sums(const struct sums *sums)
{
    void *const arrays[] = {sums->x, sums->w, sums->dy, sums->y, sums->dx, sums->dw};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

static void check(const struct arrays *a, const char *what, const void *found, size_t index,
                  const struct sum *wanted, double start)
{
    double bound =
        kernels_rounding(a->engine) * (wanted->terms + 2) * (wanted->size + fabs(start)) * 1.01;
    double value = a->engine->get(found, index);
    ck_assert_msg(fabs(value - (wanted->value + start)) <= bound, "%s[%zu]: %.17g, not %.17g", what,
                  index, value, wanted->value + start);
}

static void check_all(const struct arrays *a)
{
    const struct slide *s = &a->slide;
    const struct kernel_table *kernels = a->engine->kernels;
    size_t row = kernels->slide_row(s), terms = a->weights / s->filters;
    struct sums sums = make_sums(a);
    kernels->slide_forward(s, a->x, a->w, a->bias, false, a->y, a->scratch);
    for (size_t o = 0; o < a->out; o++)
        check(a, "y", a->y, o, &sums.y[o], a->engine->get(a->bias, o / (s->rows * s->columns)));
    for (int add = 0; add < 2; add++) {
        kernels->slide_back(s, a->dy, a->w, add, a->dx, a->scratch);
        for (size_t i = 0; i < a->in; i++)
            check(a, add ? "dx twice" : "dx", a->dx, i, &sums.dx[i], add ? sums.dx[i].value : 0);
    }
    kernels->slide_weights(s, a->x, a->dy, a->dw, a->scratch);
    for (size_t i = 0; i < a->weights; i++)
        check(a, "dw", a->dw, i % terms * row + i / terms, &sums.dw[i], 0);
    free_sums(&sums);
}

START_TEST(every_size_is_what_the_formula_says)
{
    const struct engine *engine = kernels_engine(_i);
    uint32_t state = 7;
    for (int n = 0; engine && n < CHOSEN + DRAWN; n++) {
        struct slide slide = n < CHOSEN ? chosen[n] : draw_slide(&state);
        struct arrays arrays = make_arrays(engine, slide, &state);
        check_all(&arrays);
        free_arrays(&arrays);
    }
}
END_TEST

int main(void)
{
    return suite_main("convolve", SUITE_IN_PROCESS, (int)engine_count,
                      (const TTest *[]){every_size_is_what_the_formula_says, NULL});
}
