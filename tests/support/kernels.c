/*
 * kernels.c - see kernels.h.
 */
#include "kernels.h"
#include "suite.h"
#include <float.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 64, GUARD_BYTES = 256, GUARD = 0xA5 };

/* What stands in the line before an array. */
struct header {
    size_t bytes;
};

const int team_sizes[TEAM_SIZES] = {1, 2, 3, 5, 8, 16};

const struct engine *kernels_engine(int index)
{
    if ((size_t)index >= engine_count || !engine_supported(engine_list[index]))
        return NULL;
    return engine_list[index];
}

void *kernels_bytes(size_t bytes)
{
    size_t whole = (LINE + bytes + GUARD_BYTES + LINE - 1) / LINE * LINE;
    struct header *header = aligned_alloc(LINE, whole);
    ck_assert_ptr_nonnull(header);
    header->bytes = bytes;
    char *array = (char *)header + LINE;
    memset(array, 0, bytes);
    memset(array + bytes, GUARD, GUARD_BYTES);
    return array;
}

void *kernels_array(const struct engine *engine, size_t count)
{
    return kernels_bytes(count * engine->real_size);
}

void kernels_free(void *array)
{
    struct header *header = (void *)((char *)array - LINE);
    const unsigned char *guard = (unsigned char *)array + header->bytes;
    size_t whole = 0;
    while (whole < GUARD_BYTES && guard[whole] == GUARD)
        whole++;
    ck_assert_msg(whole == GUARD_BYTES, "byte %zu behind an array of %zu was written", whole,
                  header->bytes);
    free(header);
}

uint32_t kernels_random(uint32_t *state, uint32_t limit)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)*state * limit >> 32);
}

void kernels_fill(const struct engine *engine, void *x, size_t count, double zeros, uint32_t *state)
{
    for (size_t i = 0; i < count; i++) {
        bool zero = kernels_random(state, 1000) < zeros * 1000;
        double value = (double)kernels_random(state, 1u << 24) / (1 << 23) - 1;
        engine->set(x, i, zero ? 0 : value);
    }
}

void *kernels_random_array(const struct engine *engine, size_t count, uint32_t *state)
{
    void *x = kernels_array(engine, count);
    kernels_fill(engine, x, count, 0.05, state);
    return x;
}

void kernels_team(int threads, void (*work)(void *context, const struct worker *worker),
                  void *context)
{
    struct team *team;
    ck_assert_int_eq(team_create(&team, threads), 0);
#pragma omp parallel num_threads(threads)
    {
        struct worker worker = {.team = team, .thread = omp_get_thread_num(), .threads = threads};
        work(context, &worker);
    }
    team_free(team);
}

double kernels_rounding(const struct engine *engine)
{
    return engine->precision == PRECISION_SINGLE ? (double)FLT_EPSILON / 2 : DBL_EPSILON / 2;
}
