/*
 * test_sweep_script.c - the batch script of a sweep.
 */
#include "base/error.h"
#include "support/folder.h"
#include "support/suite.h"
#include "sweep/sweep_script.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const arguments[] = {"optimizer.learning_rate=1,2", "name=a b"};

static struct sweep_script sample(void)
{
    folder_enter();
    folder_write("it's.yaml", "");
    return (struct sweep_script){.name = "study",
                                 .path = "it's.yaml",
                                 .folder = "runs/study",
                                 .argument = arguments,
                                 .arguments = 2,
                                 .shards = 8,
                                 .threads = 4,
                                 .sbatch = "--time=2:00:00 --mem=4G"};
}

static void expect_line(const struct text *text, const char *line)
{
    const char *found = strstr(text_get(text), line);
    ck_assert_msg(found && (found == text_get(text) || found[-1] == '\n') &&
                      found[strlen(line)] == '\n',
                  "no line '%s' in\n%s", line, text_get(text));
}

START_TEST(the_script_is_complete)
{
    struct sweep_script script = sample();
    struct text text = {0};
    char here[4096], line[2 * sizeof here + 256];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    ck_assert_int_eq(sweep_script_write(&text, &script), TRAINER_OK);
    ck_assert_int_eq(strncmp(text_get(&text), "#!/bin/bash\n#SBATCH ", 20), 0);
    expect_line(&text, "#SBATCH --array=1-8");
    expect_line(&text, "#SBATCH --cpus-per-task=4");
    expect_line(&text, "#SBATCH --requeue");
    expect_line(&text, "#SBATCH --signal=B:TERM@60");
    expect_line(&text, "#SBATCH --output=study-%A_%a.out");
    expect_line(&text, "#SBATCH --time=2:00:00 --mem=4G");
    snprintf(line, sizeof line,
             " sweep '%s/it'\\''s.yaml' optimizer.learning_rate=1,2 'name=a b' --output "
             "%s/runs/study --shard \"$SLURM_ARRAY_TASK_ID/8\" --quiet\n",
             here, here);
    ck_assert_msg(strstr(text_get(&text), line) != NULL, "%s", text_get(&text));
    ck_assert_ptr_nonnull(strstr(text_get(&text), "\nexec /"));
    ck_assert_ptr_nonnull(strstr(text_get(&text), "sbatch --dependency=afterany:ID --wrap='/"));
    folder_write("job.sh", text_get(&text));
    ck_assert_int_eq(system("bash -n job.sh"), 0);
    text_free(&text);
    folder_leave();
}
END_TEST

START_TEST(a_line_break_in_the_options_is_refused)
{
    struct sweep_script script = sample();
    struct text text = {0};
    script.sbatch = "--mem=4G\nrm -rf /";
    ck_assert_int_eq(sweep_script_write(&text, &script), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "--sbatch must be one line of options");
    text_free(&text);
    folder_leave();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_script");
    TCase *tcase = tcase_create("sweep_script");
    tcase_add_test(tcase, the_script_is_complete);
    tcase_add_test(tcase, a_line_break_in_the_options_is_refused);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
