/*
 * engine.c - which variants this processor runs, and which one a run gets.
 */
#include "engine.h"
#include "base/error.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 128 };

#if defined __x86_64__ || defined __i386__
static bool processor_runs(const char *isa)
{
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (strcmp(isa, "avx2") == 0)
        return avx2;
    if (strcmp(isa, "avx512") == 0)
        return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    return strcmp(isa, "baseline") == 0;
}
#else
static bool processor_runs(const char *isa)
{
    return strcmp(isa, "baseline") == 0;
}
#endif

bool engine_supported(const struct engine *engine)
{
    return processor_runs(engine->isa);
}

/* Names of the single-precision engines, which are all there are: "baseline, avx2". */
static const char *list_names(bool supported_only, char names[NAMES_MAX])
{
    names[0] = '\0';
    for (size_t i = 0; i < engine_count; i++) {
        const struct engine *engine = engine_list[i];
        if (engine->precision != PRECISION_SINGLE || (supported_only && !engine_supported(engine)))
            continue;
        text_append(names, NAMES_MAX, "%s%s", *names ? ", " : "", engine->isa);
    }
    return names;
}

static bool isa_known(const char *isa)
{
    for (size_t i = 0; i < engine_count; i++)
        if (strcmp(engine_list[i]->isa, isa) == 0)
            return true;
    return false;
}

static int reject(const char *isa, bool known)
{
    char all[NAMES_MAX], supported[NAMES_MAX];
    list_names(false, all);
    list_names(true, supported);
    if (known)
        return error_add(TRAINER_INVALID, "this machine cannot run the kernels '%s', but: auto, %s",
                         isa, supported);
    return error_add(TRAINER_INVALID,
                     "unknown kernels '%s'; known: auto, %s; this machine runs: %s", isa, all,
                     supported);
}

int engine_find(const struct engine **engine, enum precision precision, const char *isa)
{
    if (!isa || strcmp(isa, "auto") == 0)
        isa = getenv("TRAINER_KERNELS");
    bool any = !isa || *isa == '\0' || strcmp(isa, "auto") == 0;
    bool known = any || isa_known(isa);
    if (!known || (!any && !processor_runs(isa)))
        return reject(isa, known);
    /* The list goes from slow to fast: the last one that runs, up to the one asked for. */
    const struct engine *best = NULL;
    for (size_t i = 0; i < engine_count; i++) {
        const struct engine *candidate = engine_list[i];
        if (candidate->precision != precision || !engine_supported(candidate))
            continue;
        best = candidate;
        if (!any && strcmp(candidate->isa, isa) == 0)
            break;
    }
    if (!best)
        return error_set(TRAINER_FAILED, "this program has no kernels of that precision");
    *engine = best;
    return TRAINER_OK;
}
