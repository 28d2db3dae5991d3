/*
 * convolutions.c - how fast convolutions are, beside products of the same size.
 *
 *     bench_convolutions [--kernels avx2] [--threads 2]
 *
 * For each shape of the book's convolutional nets and batches of 1 and 100 samples: Y, dX and dW by
 * convolve.h, in turns with our own product of the same numbers of operations, as it would be with
 * the windows' matrix already there (B samples, P pixels of Y, K elements of a filter's window):
 *
 *     Y     (B P, F) = (B P, K) (K, F)
 *     dX    (B P, K) = (B P, F) (F, K)
 *     dW    (K, F)   = (K, B P) (B P, F)
 *
 * A line has the GFLOP/s of both, counted by those products' operations, and the quartiles of the
 * share that the convolution reaches. A thread has samples of its own: one sample is one thread's.
 */
#include "base/arena.h"
#include "base/error.h"
#include "kernels/kernel_table.h"
#include "parts/operands.h"
#include "parts/passive.h"
#include "parts/turns.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 64 };

static const struct turn_settings turns = {
    .turns = 30, .burst_seconds = 0.03, .pause_seconds = 0.002};

/* C, F, the window's rows and columns, rows and columns of x, zeros around x. */
static const struct shape_of_slide {
    size_t channels, filters, window, picture, padding;
} shapes[] = {{1, 30, 5, 28, 0}, {16, 16, 3, 28, 1}, {32, 32, 3, 14, 1}, {64, 64, 3, 7, 1}};

static const size_t batches[] = {1, 100};

/* One shape's pictures and filters. x (B, C, H, W); y (B, F, OH, OW); w (F, C, h, w); of each
 * thread: dw (C h w, slide_row), scratch. */
struct convolutions {
    const struct runner *runner;
    struct slide slide;
    enum form form;
    size_t samples;
    void *x, *y, *w, *dw, *scratch;
    size_t dw_bytes, scratch_bytes;
};

static size_t pixels(const struct slide *slide)
{
    return slide->rows * slide->columns;
}

static size_t window_elements(const struct slide *slide)
{
    return slide->channels * slide->window_height * slide->window_width;
}

static struct slide make_slide(const struct shape_of_slide *shape)
{
    size_t out = shape->picture + 2 * shape->padding - shape->window + 1;
    return (struct slide){.channels = shape->channels,
                          .filters = shape->filters,
                          .height = shape->picture,
                          .width = shape->picture,
                          .window_height = shape->window,
                          .window_width = shape->window,
                          .down = 1,
                          .top = shape->padding,
                          .left = shape->padding,
                          .rows = out,
                          .columns = out};
}

static void convolutions_free(struct convolutions *convolutions)
{
    free(convolutions->x);
    free(convolutions->y);
    free(convolutions->w);
    free(convolutions->dw);
    free(convolutions->scratch);
}

static void *numbers(const struct engine *engine, const char *what, size_t count)
{
    void *x = block_allocate(what, count * engine->real_size);
    if (x)
        operands_fill(engine, x, count);
    return x;
}

/* On failure, with a message, nothing is held. */
static int convolutions_create(struct convolutions *made, const struct runner *runner,
                               const struct shape_of_slide *shape, size_t samples)
{
    const struct engine *engine = runner->engine;
    struct slide slide = make_slide(shape);
    size_t row = engine->kernels->slide_row(&slide), threads = (size_t)runner->threads;
    *made = (struct convolutions){
        .runner = runner,
        .slide = slide,
        .samples = samples,
        .x = numbers(engine, "x", samples * slide.channels * slide.height * slide.width),
        .y = numbers(engine, "y", samples * slide.filters * pixels(&slide)),
        .w = numbers(engine, "w", slide.filters * window_elements(&slide)),
        .dw_bytes = block_round(window_elements(&slide) * row * engine->real_size),
        .scratch_bytes = block_round(engine->kernels->slide_bytes(&slide)),
    };
    made->dw = block_allocate("dw", threads * made->dw_bytes);
    made->scratch = block_allocate("scratch", threads * made->scratch_bytes + LINE);
    if (made->x && made->y && made->w && made->dw && made->scratch)
        return TRAINER_OK;
    convolutions_free(made);
    return TRAINER_FAILED;
}

/* The samples of one thread. */
static void convolve_samples(const struct convolutions *all, const struct worker *worker)
{
    const struct engine *engine = all->runner->engine;
    const struct slide *slide = &all->slide;
    size_t x_bytes = slide->channels * slide->height * slide->width * engine->real_size;
    size_t y_bytes = slide->filters * pixels(slide) * engine->real_size;
    char *scratch = (char *)all->scratch + (size_t)worker->thread * all->scratch_bytes;
    char *dw = (char *)all->dw + (size_t)worker->thread * all->dw_bytes;
    size_t begin, end;
    team_range(worker, all->samples, 1, &begin, &end);
    if (all->form == FORM_WEIGHTS)
        memset(dw, 0, all->dw_bytes);
    for (size_t i = begin; i < end; i++) {
        char *x = (char *)all->x + i * x_bytes, *y = (char *)all->y + i * y_bytes;
        if (all->form == FORM_OUTPUT)
            engine->kernels->slide_forward(slide, x, all->w, NULL, false, y, scratch);
        else if (all->form == FORM_INPUT)
            engine->kernels->slide_back(slide, y, all->w, false, x, scratch);
        else
            engine->kernels->slide_weights(slide, x, y, dw, scratch);
    }
}

struct burst {
    const struct convolutions *convolutions;
    size_t repeats;
};

static void convolve(void *context, const struct worker *worker)
{
    const struct burst *burst = context;
    for (size_t i = 0; i < burst->repeats; i++) {
        convolve_samples(burst->convolutions, worker);
        team_barrier(worker);
    }
}

/* turns.h's burst, of a struct convolutions. */
static double convolutions_burst(void *context, size_t repeats)
{
    const struct convolutions *all = context;
    return runner_call(all->runner, convolve, &(struct burst){all, repeats}) / (double)repeats;
}

/* The product of the same operations. */
static struct sizes product_of(const struct convolutions *all)
{
    size_t rows = all->samples * pixels(&all->slide), k = window_elements(&all->slide);
    if (all->form == FORM_INPUT)
        return (struct sizes){.m = rows, .n = k, .k = all->slide.filters};
    if (all->form == FORM_WEIGHTS)
        return (struct sizes){.m = k, .n = all->slide.filters, .k = rows};
    return (struct sizes){.m = rows, .n = all->slide.filters, .k = k};
}

static int measure_form(struct convolutions *all)
{
    static const char *const names[FORMS] = {"Y", "dW", "dX"};
    const struct slide *slide = &all->slide;
    struct sizes size = product_of(all);
    struct operands operands;
    struct turn_result result;
    int rc = operands_create(&operands, all->runner, &size);
    if (rc)
        return rc;
    operands.form = all->form;
    rc = turns_take(
        &result, (struct side[2]){{convolutions_burst, all}, {operands_burst, &operands}}, &turns);
    operands_free(&operands);
    if (rc)
        return rc;
    double giga = 2e-9 * (double)size.m * (double)size.n * (double)size.k;
    printf("%zux%zux%zu -> %-2zu at %-2zu  %5zu  %-2s %9.1f %9.1f  %5.2f  %5.2f  %5.2f\n",
           slide->window_height, slide->window_width, slide->channels, slide->filters,
           slide->height, all->samples, names[all->form], giga / result.median[0],
           giga / result.median[1], result.ratio, result.low_ratio, result.high_ratio);
    fflush(stdout);
    return TRAINER_OK;
}

static int measure_shape(const struct runner *runner, const struct shape_of_slide *shape,
                         size_t samples)
{
    static const enum form forms[] = {FORM_OUTPUT, FORM_INPUT, FORM_WEIGHTS};
    struct convolutions all;
    int rc = convolutions_create(&all, runner, shape, samples);
    if (rc)
        return rc;
    for (int i = 0; rc == TRAINER_OK && i < FORMS; i++) {
        all.form = forms[i];
        rc = measure_form(&all);
    }
    convolutions_free(&all);
    return rc;
}

static int measure_all(const struct runner *runner)
{
    int rc = TRAINER_OK;
    printf("%s kernels, float, %d thread%s\n", runner->engine->isa, runner->threads,
           runner->threads > 1 ? "s" : "");
    printf("window, filters, at  batch        GFLOP/s   product  share  lower  upper\n");
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (size_t b = 0; rc == TRAINER_OK && b < sizeof batches / sizeof batches[0]; b++)
            rc = measure_shape(runner, &shapes[i], batches[b]);
    return rc;
}

int main(int count, char **words)
{
    passive_start(words);
    struct runner runner = {.threads = 1};
    const char *isa = "auto";
    for (int i = 1; i + 1 < count; i += 2)
        if (strcmp(words[i], "--kernels") == 0)
            isa = words[i + 1];
        else if (strcmp(words[i], "--threads") == 0)
            runner.threads = atoi(words[i + 1]);
    int rc = engine_find(&runner.engine, PRECISION_SINGLE, isa);
    if (rc == TRAINER_OK)
        rc = team_create(&runner.team, runner.threads);
    if (rc == TRAINER_OK)
        rc = measure_all(&runner);
    if (rc)
        fprintf(stderr, "%s\n", error_text());
    team_free(runner.team);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
