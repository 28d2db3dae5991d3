/*
 * test_sweep_shard.c - shards as they are written, and as the schedulers' variables say.
 */
#include "base/error.h"
#include "support/suite.h"
#include "sweep/sweep_shard.h"

#include <check.h>
#include <stdlib.h>

/* A task of a job array: its variables as "NAME=VALUE", what --shard says, and what comes of it. */
static const struct {
    const char *variable[4], *text;
    size_t number, of; /* of 0: refused ... */
    const char *message;
} shards[] = {
    {{NULL}, NULL, 1, 1, NULL},
    {{NULL}, "2/8", 2, 8, NULL},
    {{NULL}, "3/2", 0, 0, "--shard must be I/N with 1 <= I <= N, such as 2/4, or auto, not '3/2'"},
    {{NULL}, "0/2", 0, 0, "--shard must be I/N with 1 <= I <= N, such as 2/4, or auto, not '0/2'"},
    {{NULL},
     "1/2x",
     0,
     0,
     "--shard must be I/N with 1 <= I <= N, such as 2/4, or auto, not '1/2x'"},
    {{NULL},
     "auto",
     0,
     0,
     "--shard auto: this is no task of a job array: SLURM_ARRAY_TASK_ID, SGE_TASK_ID and "
     "PBS_ARRAY_INDEX are not set"},
    {{"SLURM_ARRAY_TASK_ID=3"}, "auto/x", 0, 0, "--shard must be auto or auto/N, not 'auto/x'"},
    /* --array=1-8, 0-7, 1-15:2 */
    {{"SLURM_ARRAY_TASK_ID=3", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_COUNT=8",
      "SLURM_ARRAY_TASK_STEP=1"},
     "auto",
     3,
     8,
     NULL},
    {{"SLURM_ARRAY_TASK_ID=0", "SLURM_ARRAY_TASK_MIN=0", "SLURM_ARRAY_TASK_COUNT=8",
      "SLURM_ARRAY_TASK_STEP=1"},
     "auto",
     1,
     8,
     NULL},
    {{"SLURM_ARRAY_TASK_ID=15", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_COUNT=8",
      "SLURM_ARRAY_TASK_STEP=2"},
     "auto",
     8,
     8,
     NULL},
    /* --array=3,7 */
    {{"SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_MIN=3", "SLURM_ARRAY_TASK_COUNT=2",
      "SLURM_ARRAY_TASK_STEP=1"},
     "auto",
     0,
     0,
     "--shard auto: SLURM_ARRAY_TASK_ID=7 does not say of how many shards; give their number: "
     "--shard auto/8"},
    {{"SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_MIN=3", "SLURM_ARRAY_TASK_COUNT=2",
      "SLURM_ARRAY_TASK_STEP=4"},
     "auto/8",
     7,
     8,
     NULL},
    /* --array=1,7: the step does not fit the count */
    {{"SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_COUNT=2",
      "SLURM_ARRAY_TASK_STEP=1"},
     "auto",
     0,
     0,
     "--shard auto: SLURM_ARRAY_TASK_ID=7 does not say of how many shards; give their number: "
     "--shard auto/8"},
    /* --array=1-15:2, 0-14:2 */
    {{"SLURM_ARRAY_TASK_ID=15", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_COUNT=8",
      "SLURM_ARRAY_TASK_STEP=2"},
     "auto/8",
     8,
     8,
     NULL},
    {{"SLURM_ARRAY_TASK_ID=6", "SLURM_ARRAY_TASK_MIN=0", "SLURM_ARRAY_TASK_COUNT=8",
      "SLURM_ARRAY_TASK_STEP=2"},
     "auto",
     4,
     8,
     NULL},
    {{"SLURM_ARRAY_TASK_ID=9"},
     "auto/8",
     0,
     0,
     "--shard auto/8: SLURM_ARRAY_TASK_ID=9 is no shard from 1 to 8"},
    {{"SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_MIN=0", "SLURM_ARRAY_TASK_COUNT=8"},
     "auto/8",
     8,
     8,
     NULL},
    {{"SGE_TASK_ID=5", "SGE_TASK_FIRST=1", "SGE_TASK_LAST=7", "SGE_TASK_STEPSIZE=2"},
     "auto",
     3,
     4,
     NULL},
    {{"SGE_TASK_ID=undefined", "PBS_ARRAY_INDEX=2"}, "auto/4", 2, 4, NULL},
    {{"PBS_ARRAY_INDEX=2"},
     "auto",
     0,
     0,
     "--shard auto: PBS_ARRAY_INDEX=2 does not say of how many shards; give their number: --shard "
     "auto/8"},
};
enum { SHARDS = sizeof shards / sizeof *shards };

START_TEST(a_shard_is_as_written_or_as_the_array_says)
{
    struct sweep_shard shard;
    for (size_t i = 0; i < 4 && shards[_i].variable[i]; i++)
        ck_assert_int_eq(putenv((char *)(uintptr_t)shards[_i].variable[i]), 0);
    int rc = sweep_shard_read(&shard, shards[_i].text);
    ck_assert_int_eq(rc, shards[_i].of ? TRAINER_OK : TRAINER_INVALID);
    if (shards[_i].of) {
        ck_assert_uint_eq(shard.number, shards[_i].number);
        ck_assert_uint_eq(shard.of, shards[_i].of);
    } else {
        ck_assert_str_eq(error_text(), shards[_i].message);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_shard");
    TCase *tcase = tcase_create("sweep_shard");
    tcase_add_loop_test(tcase, a_shard_is_as_written_or_as_the_array_says, 0, SHARDS);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
