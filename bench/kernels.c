/*
 * kernels.c - how fast the products of dense layers are.
 *
 *     bench_kernels [--kernels avx2] [--threads 2] [--double] [MxNxK ...]
 *     bench_kernels ... --blas LIBRARY          beside OpenBLAS, in this process
 *     bench_kernels ... --against PROGRAM       beside another build's bench_kernels
 *     bench_kernels ... --self                  beside itself: shows the noise
 *
 * For each shape, the three forms of C (m, n) = A (m, k) B (k, n), which differ in how A and B lie
 * in memory (parts/operands.h). Alone: GFLOP/s and the share of the peak, a loop of multiply_add in
 * registers on one thread, times the threads; products are repeated and the fastest repetition
 * counts. Beside another: both take turns in bursts of BURST_SECONDS (parts/turns.h), and a line
 * has the GFLOP/s of both, medians, and the quartiles of how many times the other's time is ours.
 */
#include "base/error.h"
#include "kernels/kernel_table.h"
#include "parts/blas.h"
#include "parts/operands.h"
#include "parts/other_build.h"
#include "parts/passive.h"
#include "parts/turns.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double measure_seconds = 0.3;
static const double repetition_seconds =
    2e-5; /* so long that looking at the clock does not count */

static const struct turn_settings usual_turns = {
    .turns = 60, .burst_seconds = 0.03, .pause_seconds = 0.002};

struct settings {
    struct runner runner;
    const char *isa;
    enum precision precision;
    const char *blas_path, *against;
    bool self, serve;
    struct turn_settings turns;
    double peak; /* operations a second */
    struct blas *blas;
    struct other_build other;
};

/* Square; of the jobs wide, middle, higgs, table; 784-50-10 at batches of 100 and less. */
static const struct sizes usual[] = {
    {2048, 2048, 2048}, {256, 2048, 2048}, {2048, 2048, 256}, {256, 2048, 784}, {784, 2048, 256},
    {256, 10, 2048},    {256, 2048, 10},   {2048, 10, 256},   {128, 512, 784},  {784, 512, 128},
    {64, 4096, 4096},   {4096, 4096, 64},  {100, 300, 300},   {300, 300, 100},  {256, 128, 128},
    {4096, 128, 128},   {256, 64, 30},     {100, 50, 784},    {784, 50, 100},   {100, 10, 50},
    {50, 10, 100},      {100, 50, 10},     {1, 50, 784},      {8, 50, 784},     {32, 50, 784},
};

/* --- alone ------------------------------------------------------------------------------------ */

static double product_seconds(struct operands *operands)
{
    double begin = runner_seconds(operands->runner);
    double best = operands_burst(operands, 1);
    size_t repeats = best < repetition_seconds ? (size_t)(repetition_seconds / best) + 1 : 1;
    while (runner_seconds(operands->runner) - begin < measure_seconds) {
        double time = operands_burst(operands, repeats);
        best = time < best ? time : best;
    }
    return best;
}

static double find_peak(const struct runner *runner)
{
    enum { ROUNDS = 1000000, TRIES = 5 };
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        double operations;
        double time = runner->engine->kernels->peak_seconds(ROUNDS, &operations);
        double rate = ROUNDS * operations / time;
        best = rate > best ? rate : best;
    }
    return best * runner->threads;
}

static double operations(const struct sizes *size)
{
    return 2.0 * (double)size->m * (double)size->n * (double)size->k;
}

static void print_shares(const struct settings *settings, struct operands *operands)
{
    const struct sizes *size = &operands->size;
    printf("%5zu %5zu %5zu", size->m, size->n, size->k);
    for (int form = 0; form < FORMS; form++) {
        operands->form = (enum form)form;
        double rate = operations(size) / product_seconds(operands);
        printf("  %8.1f %4.0f %%", rate * 1e-9, 100 * rate / settings->peak);
    }
    printf("\n");
}

/* --- beside another --------------------------------------------------------------------------- */

static bool has_rival(const struct settings *settings)
{
    return settings->blas_path || settings->against || settings->self;
}

static int print_ratios(struct settings *settings, struct operands *operands)
{
    struct blas_product blas = {settings->blas, operands};
    struct other_product other = {&settings->other, operands};
    struct side sides[2] = {{operands_burst, operands}, {operands_burst, operands}};
    if (settings->blas)
        sides[1] = (struct side){blas_burst, &blas};
    else if (settings->against)
        sides[1] = (struct side){other_build_burst, &other};
    for (int form = 0; form < FORMS; form++) {
        struct turn_result result;
        operands->form = (enum form)form;
        int rc = turns_take(&result, sides, &settings->turns);
        if (rc)
            return rc;
        const struct sizes *size = &operands->size;
        double giga = operations(size) * 1e-9;
        printf("%5zu %5zu %5zu  %-6s %9.1f %9.1f  %7.3f  %7.3f  %7.3f  %8.3f\n", size->m, size->n,
               size->k, form_names[form], giga / result.median[0], giga / result.median[1],
               result.ratio, result.low_ratio, result.high_ratio,
               result.least[1] / result.least[0]);
        fflush(stdout);
    }
    return TRAINER_OK;
}

/* The same program's words for the other build's server. */
static int start_other(struct settings *settings)
{
    char threads[16], isa[32];
    snprintf(threads, sizeof threads, "%d", settings->runner.threads);
    snprintf(isa, sizeof isa, "%s", settings->isa);
    char program[4096], kernels_word[] = "--kernels", threads_word[] = "--threads";
    char serve_word[] = "--serve", double_word[] = "--double";
    snprintf(program, sizeof program, "%s", settings->against);
    char *words[] = {program, kernels_word, isa, threads_word, threads, serve_word, NULL, NULL};
    if (settings->precision == PRECISION_DOUBLE)
        words[6] = double_word;
    return other_build_start(&settings->other, words);
}

static int start_rival(struct settings *settings)
{
    int rc = TRAINER_OK;
    if (settings->blas_path)
        rc = blas_open(&settings->blas, settings->blas_path, settings->precision,
                       settings->runner.threads);
    else if (settings->against)
        rc = start_other(settings);
    if (rc)
        return rc;
    printf("beside %s\n", settings->blas      ? blas_title(settings->blas)
                          : settings->against ? settings->against
                                              : "itself");
    return TRAINER_OK;
}

/* --- all of it -------------------------------------------------------------------------------- */

static int measure_shape(struct settings *settings, const struct sizes *size)
{
    struct operands operands;
    int rc = operands_create(&operands, &settings->runner, size);
    if (rc)
        return rc;
    if (has_rival(settings))
        rc = print_ratios(settings, &operands);
    else
        print_shares(settings, &operands);
    fflush(stdout);
    operands_free(&operands);
    return rc;
}

static void print_head(const struct settings *settings)
{
    printf("%s kernels, %s, %d threads; peak %.1f GFLOP/s\n", settings->runner.engine->isa,
           settings->precision == PRECISION_SINGLE ? "float" : "double", settings->runner.threads,
           settings->peak * 1e-9);
    if (has_rival(settings))
        printf(
            "    m     n     k  form     GFLOP/s    theirs    times  lower q  upper q     least\n");
    else
        printf("    m     n     k  X W: GFLOP/s  peak  X' dY          dY W'\n");
}

static int measure_all(struct settings *settings, char **shapes, int count)
{
    int rc = start_rival(settings);
    settings->peak = find_peak(&settings->runner);
    if (rc == TRAINER_OK)
        print_head(settings);
    for (size_t i = 0; count == 0 && rc == TRAINER_OK && i < sizeof usual / sizeof usual[0]; i++)
        rc = measure_shape(settings, &usual[i]);
    for (int i = 0; rc == TRAINER_OK && i < count; i++) {
        struct sizes size;
        if (sscanf(shapes[i], "%zux%zux%zu", &size.m, &size.n, &size.k) != 3)
            return error_set(TRAINER_INVALID, "'%s' is no shape like 100x50x784", shapes[i]);
        rc = measure_shape(settings, &size);
    }
    return rc;
}

/* Takes the options; gives the index of the first shape, or 0 where a number is wrong. */
static int read_options(struct settings *settings, int count, char **words)
{
    int next = 1;
    for (; next < count && strncmp(words[next], "--", 2) == 0; next++) {
        const char *word = words[next], *value = next + 1 < count ? words[next + 1] : "";
        bool takes_value = true;
        if (strcmp(word, "--kernels") == 0)
            settings->isa = value;
        else if (strcmp(word, "--threads") == 0)
            settings->runner.threads = atoi(value);
        else if (strcmp(word, "--turns") == 0)
            settings->turns.turns = (size_t)strtoul(value, NULL, 10);
        else if (strcmp(word, "--blas") == 0)
            settings->blas_path = value;
        else if (strcmp(word, "--against") == 0)
            settings->against = value;
        else
            takes_value = false;
        settings->self = settings->self || strcmp(word, "--self") == 0;
        settings->serve = settings->serve || strcmp(word, "--serve") == 0;
        if (strcmp(word, "--double") == 0)
            settings->precision = PRECISION_DOUBLE;
        next += takes_value;
    }
    if (settings->runner.threads < 1 || settings->turns.turns < 1)
        next = 0;
    return next;
}

int main(int count, char **words)
{
    passive_start(words);
    struct settings settings = {
        .runner.threads = 1, .isa = "auto", .precision = PRECISION_SINGLE, .turns = usual_turns};
    int next = read_options(&settings, count, words);
    int rc = TRAINER_OK;
    if (!next)
        rc = error_set(TRAINER_INVALID, "--threads and --turns need a number from 1 on");
    if (rc == TRAINER_OK)
        rc = engine_find(&settings.runner.engine, settings.precision, settings.isa);
    if (rc == TRAINER_OK)
        rc = team_create(&settings.runner.team, settings.runner.threads);
    if (rc == TRAINER_OK)
        rc = settings.serve ? other_build_serve(&settings.runner)
                            : measure_all(&settings, words + next, count - next);
    if (rc)
        fprintf(stderr, "%s\n", error_text());
    other_build_end(&settings.other);
    blas_close(settings.blas);
    team_free(settings.runner.team);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
