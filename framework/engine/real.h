/*
 * real.h - one source, several precisions and instruction sets.
 *
 * layers/, optimizers/, metrics/, kernels/ and engine_ops.c are compiled once for each variant:
 *
 *     TRAINER_REAL   TRAINER_ISA                         processors
 *     float          baseline, avx2, avx512              x86-64 (baseline alone elsewhere)
 *     double         baseline, avx2
 *
 * Each public symbol of such a file is written NAME(symbol) and becomes symbol_float_avx2 and so
 * on, so that one binary holds them all; engine.h chooses at start-up. Plain loops over `real` are
 * therefore vectorised for the machine at hand without anything said in the source. A source must
 * give the same bits wherever its operations are the same: contraction to FMA is off; kernels that
 * use FMA say so, see multiply_add.
 */
#ifndef TRAINER_REAL_H
#define TRAINER_REAL_H

#include <stddef.h>
#include <stdint.h>

#ifdef TRAINER_REAL
typedef TRAINER_REAL real;

#define TRAINER_PASTE(symbol, type, isa)  symbol##_##type##_##isa
#define TRAINER_EXPAND(symbol, type, isa) TRAINER_PASTE(symbol, type, isa)
#define NAME(symbol)                      TRAINER_EXPAND(symbol, TRAINER_REAL, TRAINER_ISA)

/* 1 where real is float, 0 where it is double; for #if. */
#define REAL_IS_SINGLE             TRAINER_EXPAND(TRAINER_SINGLE, TRAINER_REAL, real)
#define TRAINER_SINGLE_float_real  1
#define TRAINER_SINGLE_double_real 0

/* a * b + c: rounded once where the instruction set of this variant has FMA, twice elsewhere.
 * What a kernel multiplies and adds goes through this, or through its twin for vectors: tails
 * too. */
static inline real multiply_add(real a, real b, real c)
{
#ifndef __FMA__
    return a * b + c;
#elif REAL_IS_SINGLE
    return __builtin_fmaf(a, b, c);
#else
    return __builtin_fma(a, b, c);
#endif
}
/* The square root in this precision; rounded right, so the same everywhere. */
static inline real real_sqrt(real x)
{
#if REAL_IS_SINGLE
    return __builtin_sqrtf(x);
#else
    return __builtin_sqrt(x);
#endif
}
#else
/* In code that is compiled once, numbers stand behind void *. */
typedef void real;
#endif

#endif
