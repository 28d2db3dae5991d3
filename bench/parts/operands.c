/*
 * operands.c - the matrices of one shape.
 */
#include "operands.h"
#include "base/arena.h"
#include "base/error.h"
#include "kernels/kernel_table.h"
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum { LINE = 64 };

const char *const form_names[FORMS] = {"X W", "X' dY", "dY W'"};

double runner_seconds(const struct runner *runner)
{
    struct timespec now;
    clock_gettime(runner->threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double runner_call(const struct runner *runner,
                   void (*work)(void *context, const struct worker *worker), void *context)
{
    double begin = runner_seconds(runner);
#pragma omp parallel num_threads(runner->threads)
    {
        struct worker worker = {
            .team = runner->team, .thread = omp_get_thread_num(), .threads = runner->threads};
        work(context, &worker);
    }
    return runner_seconds(runner) - begin;
}

void operands_fill(const struct engine *engine, void *x, size_t count)
{
    uint32_t state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        engine->set(x, i, (double)(state >> 8) / (1 << 23) - 1);
    }
}

int operands_create(struct operands *operands, const struct runner *runner,
                    const struct sizes *size)
{
    const struct kernel_table *kernels = runner->engine->kernels;
    size_t m = size->m, n = size->n, k = size->k, real_size = runner->engine->real_size;
    *operands = (struct operands){
        .runner = runner,
        .size = *size,
        .a = block_allocate("A", m * k * real_size),
        .b = block_allocate("B", k * n * real_size),
        .c = block_allocate("C", m * n * real_size),
        .own_bytes = block_round(kernels->product_own_bytes(m, n, k)),
    };
    operands->shared = block_allocate("scratch", kernels->product_shared_bytes(m, n, k) + LINE);
    operands->own = block_allocate("scratch", operands->own_bytes * (size_t)runner->threads + LINE);
    if (!operands->a || !operands->b || !operands->c || !operands->shared || !operands->own) {
        operands_free(operands);
        return TRAINER_FAILED;
    }
    operands_fill(runner->engine, operands->a, m * k);
    operands_fill(runner->engine, operands->b, k * n);
    return TRAINER_OK;
}

void operands_free(struct operands *operands)
{
    free(operands->a);
    free(operands->b);
    free(operands->c);
    free(operands->shared);
    free(operands->own);
    *operands = (struct operands){0};
}

static struct product make_product(const struct operands *operands)
{
    const struct sizes *size = &operands->size;
    bool turn_a = operands->form == FORM_WEIGHTS, turn_b = operands->form == FORM_INPUT;
    return (struct product){
        .m = size->m,
        .n = size->n,
        .k = size->k,
        .a = operands->a,
        .a_row = turn_a ? 1 : size->k,
        .a_column = turn_a ? size->m : 1,
        .b = operands->b,
        .b_row = turn_b ? 1 : size->n,
        .b_column = turn_b ? size->k : 1,
        .c = operands->c,
        .c_row = size->n,
        .shared = operands->shared,
    };
}

struct burst {
    const struct operands *operands;
    size_t repeats;
};

static void multiply(void *context, const struct worker *worker)
{
    const struct burst *burst = context;
    const struct operands *operands = burst->operands;
    struct product part = make_product(operands);
    part.own = (char *)operands->own + (size_t)worker->thread * operands->own_bytes;
    for (size_t i = 0; i < burst->repeats; i++) {
        operands->runner->engine->kernels->product(&part, worker);
        team_barrier(worker);
    }
}

double operands_burst(void *context, size_t repeats)
{
    const struct operands *operands = context;
    return runner_call(operands->runner, multiply, &(struct burst){operands, repeats}) /
           (double)repeats;
}
