/*
 * kernels.c - how fast the products of dense layers are, as a share of what the processor can do.
 *
 *     bench_kernels [--kernels avx2] [--threads 2] [--double] [MxNxK ...]
 *
 * For each shape, GFLOP/s and the share of the peak of the three forms of C (m, n) = A (m, k) B (k,
 * n), which differ in how A and B lie in memory:
 *
 *     X W        both in rows           a layer's output
 *     X' dY      A in columns           the gradient of its weights
 *     dY W'      B in columns           the gradient of its input
 *
 * The peak is a loop of multiply_add in registers, measured on one thread, times the threads.
 * Products are repeated and the fastest repetition counts: the one that was least disturbed. One
 * thread is measured in its processor time, several by the clock on the wall.
 */
#include "base/arena.h"
#include "base/error.h"
#include "engine/engine.h"
#include "engine/team.h"
#include "kernels/kernel_table.h"
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FORMS = 3, LINE = 64 };

static const double measure_seconds = 0.3;
static const double repetition_seconds =
    2e-5; /* so long that looking at the clock does not count */

struct settings {
    const struct engine *engine;
    int threads;
    struct team *team;
    double peak; /* operations a second */
};

struct sizes {
    size_t m, n, k;
};

/* Square; the nets of the benchmarks: wide, middle, 784-50-10 at batches of 100 and less. */
static const struct sizes usual[] = {
    {2048, 2048, 2048}, {256, 2048, 2048}, {2048, 2048, 256}, {256, 2048, 784}, {784, 2048, 256},
    {256, 10, 2048},    {256, 2048, 10},   {2048, 10, 256},   {128, 512, 784},  {784, 512, 128},
    {64, 4096, 4096},   {4096, 4096, 64},  {100, 50, 784},    {784, 50, 100},   {100, 10, 50},
    {50, 10, 100},      {100, 50, 10},     {1, 50, 784},      {8, 50, 784},     {32, 50, 784},
};

static double seconds(const struct settings *settings)
{
    struct timespec now;
    clock_gettime(settings->threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Numbers in [-1, 1), the same on every run. */
static void fill(const struct engine *engine, void *x, size_t count)
{
    uint32_t state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        engine->set(x, i, (double)(state >> 8) / (1 << 23) - 1);
    }
}

static double repeat_product(const struct settings *settings, const struct product *product,
                             size_t own_bytes, size_t repeats)
{
    double begin = seconds(settings);
#pragma omp parallel num_threads(settings->threads)
    {
        struct worker worker = {settings->team, omp_get_thread_num(), settings->threads};
        struct product part = *product;
        part.own = (char *)product->own + (size_t)worker.thread * own_bytes;
        for (size_t i = 0; i < repeats; i++) {
            settings->engine->kernels->product(&part, &worker);
            team_barrier(&worker);
        }
    }
    return (seconds(settings) - begin) / (double)repeats;
}

static double product_seconds(const struct settings *settings, const struct product *product,
                              size_t own_bytes)
{
    double begin = seconds(settings);
    double best = repeat_product(settings, product, own_bytes, 1);
    size_t repeats = best < repetition_seconds ? (size_t)(repetition_seconds / best) + 1 : 1;
    while (seconds(settings) - begin < measure_seconds) {
        double time = repeat_product(settings, product, own_bytes, repeats);
        best = time < best ? time : best;
    }
    return best;
}

static double peak(const struct settings *settings)
{
    enum { ROUNDS = 1000000, TRIES = 5 };
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        double operations;
        double time = settings->engine->kernels->peak_seconds(ROUNDS, &operations);
        double rate = ROUNDS * operations / time;
        best = rate > best ? rate : best;
    }
    return best * settings->threads;
}

/* Prints one line of the table. */
static int measure_shape(const struct settings *settings, const struct sizes *size)
{
    size_t m = size->m, n = size->n, k = size->k, real_size = settings->engine->real_size;
    const struct kernel_table *kernels = settings->engine->kernels;
    size_t own_bytes = block_round(kernels->product_own_bytes(m, n, k));
    void *a = block_allocate("A", m * k * real_size);
    void *b = block_allocate("B", k * n * real_size);
    void *c = block_allocate("C", m * n * real_size);
    void *shared = block_allocate("scratch", kernels->product_shared_bytes(m, n, k) + LINE);
    void *own = block_allocate("scratch", own_bytes * (size_t)settings->threads + LINE);
    bool ready = a && b && c && shared && own;
    if (ready) {
        fill(settings->engine, a, m * k);
        fill(settings->engine, b, k * n);
        printf("%5zu %5zu %5zu", m, n, k);
        for (int form = 0; form < FORMS; form++) {
            bool turn_a = form == 1, turn_b = form == 2;
            struct product product = {
                .m = m,
                .n = n,
                .k = k,
                .a = a,
                .a_row = turn_a ? 1 : k,
                .a_column = turn_a ? m : 1,
                .b = b,
                .b_row = turn_b ? 1 : n,
                .b_column = turn_b ? k : 1,
                .c = c,
                .c_row = n,
                .shared = shared,
                .own = own,
            };
            double time = product_seconds(settings, &product, own_bytes);
            double rate = 2.0 * (double)m * (double)n * (double)k / time;
            printf("  %8.1f %4.0f %%", rate * 1e-9, 100 * rate / settings->peak);
        }
        printf("\n");
        fflush(stdout);
    }
    free(a);
    free(b);
    free(c);
    free(shared);
    free(own);
    return ready ? TRAINER_OK : TRAINER_FAILED;
}

static int measure_all(struct settings *settings, char **shapes, int count)
{
    settings->peak = peak(settings);
    printf("%s kernels, %s, %d threads; peak %.1f GFLOP/s\n", settings->engine->isa,
           settings->engine->precision == PRECISION_SINGLE ? "float" : "double", settings->threads,
           settings->peak * 1e-9);
    printf("    m     n     k  X W: GFLOP/s  peak  X' dY          dY W'\n");
    int result = TRAINER_OK;
    for (size_t i = 0; count == 0 && result == TRAINER_OK && i < sizeof usual / sizeof usual[0];
         i++)
        result = measure_shape(settings, &usual[i]);
    for (int i = 0; result == TRAINER_OK && i < count; i++) {
        struct sizes size;
        if (sscanf(shapes[i], "%zux%zux%zu", &size.m, &size.n, &size.k) != 3)
            return error_set(TRAINER_INVALID, "'%s' is no shape like 100x50x784", shapes[i]);
        result = measure_shape(settings, &size);
    }
    return result;
}

int main(int count, char **words)
{
    const char *isa = "auto";
    enum precision precision = PRECISION_SINGLE;
    struct settings settings = {.threads = 1};
    int next = 1;
    for (; next < count && strncmp(words[next], "--", 2) == 0; next++)
        if (strcmp(words[next], "--double") == 0)
            precision = PRECISION_DOUBLE;
        else if (strcmp(words[next], "--kernels") == 0 && next + 1 < count)
            isa = words[++next];
        else if (strcmp(words[next], "--threads") == 0 && next + 1 < count)
            settings.threads = atoi(words[++next]);
    int result = TRAINER_OK;
    if (settings.threads < 1)
        result = error_set(TRAINER_INVALID, "--threads needs a number from 1 on");
    if (result == TRAINER_OK)
        result = engine_find(&settings.engine, precision, isa);
    if (result == TRAINER_OK)
        result = team_create(&settings.team, settings.threads);
    if (result == TRAINER_OK)
        result = measure_all(&settings, words + next, count - next);
    if (result != TRAINER_OK)
        fprintf(stderr, "%s\n", error_text());
    team_free(settings.team);
    return -result;
}
