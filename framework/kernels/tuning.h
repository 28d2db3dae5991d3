/*
 * tuning.h - constants of gemm: what is best for one instruction set or cache, and not for another.
 *
 * They say how memory is read and how much of it at a time, never in which order a sum's terms are
 * added: results are the same bits whatever stands here. What is changed for one instruction set is
 * measured on the others before it stays (make bench ARGS="kernels --against BUILD").
 *
 *                      AVX-512  AVX2  others
 *     fetches_often    yes      no    yes     Ask ahead for rows of B also where many rows of A
 *                                             read them: 1 to 4 % of a wide step with AVX-512,
 *                                             where two requests stand beside 24 multiply-adds.
 *                                             Beside AVX2's 12 they cost a fifth on Zen 3, nothing
 *                                             on Emerald Rapids. (Where only 8 rows read 4096 x
 *                                             4096 they save a sixth there.)
 *     terms_together   1        8     1       Terms of a sum without a jump between them. AVX2's
 *                                             term has 20 instructions that work and 5 that count;
 *                                             fewer of these are 2 to 10 % where another thread
 *                                             shares the core. With AVX-512 nothing changes.
 *     depth_bytes      1536     2048  1536    Of a block's row of A: 6 rows of AVX2's tile are
 *                                             12 KiB of the first-level cache, 8 of AVX-512's as
 *                                             much. 3 % of a wide step on Zen 3, nothing on Emerald
 *                                             Rapids.
 *     group_bytes      524288 on all          Of a block of B, or the second-level cache where that
 *                                             is smaller. With 512 KiB of cache 128 and 256 KiB are
 *                                             slower (Zen 3); with 2 MiB a block of 1 MiB is no
 *                                             faster: 0.98 to 1.03 (Xeon, AVX-512).
 */
#ifndef TRAINER_TUNING_H
#define TRAINER_TUNING_H

#if defined __AVX512F__ || !defined __AVX2__
#define TUNING_FETCHES_OFTEN true
#define TUNING_TERMS_TOGETHER
#define TUNING_DEPTH_BYTES 1536
#else
#define TUNING_FETCHES_OFTEN  false
#define TUNING_TERMS_TOGETHER _Pragma("GCC unroll 8")
#define TUNING_DEPTH_BYTES    2048
#endif
#define TUNING_GROUP_BYTES (512 * 1024)

#endif
