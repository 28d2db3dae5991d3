/*
 * test_sweep_script.c - the batch script of a sweep.
 *
 * The script starts the program that wrote it: this one, which prints the words it was given.
 */
#include "base/error.h"
#include "support/folder.h"
#include "support/suite.h"
#include "sweep/sweep_script.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
                                 .processors = 4,
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
    expect_line(&text, "#SBATCH --open-mode=append");
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

static const char *const hostile[] = {
    "name=it's",    "a=$HOME `date` $(date)",        "b=\"q\" \\ !x * ~ #",
    "c=two\nlines", "d=[{type: normal, std: 1}, 2]", ""};
enum { HOSTILE = sizeof hostile / sizeof *hostile };

/* What the program says when the script runs in another folder. */
static void read_words(char *words, size_t size)
{
    FILE *output = popen("cd / && SLURM_ARRAY_TASK_ID=3 sh \"$OLDPWD/job.sh\"", "r");
    ck_assert_ptr_nonnull(output);
    words[fread(words, 1, size - 1, output)] = '\0';
    ck_assert_int_eq(pclose(output), 0);
}

START_TEST(a_shell_hands_every_word_on_as_it_was)
{
    struct sweep_script script = sample();
    struct text text = {0}, expected = {0};
    char here[4096], words[1 << 14];
    ck_assert_int_eq(mkdir("$(x) 'it' \"q\" 100%A \\", 0777), 0);
    ck_assert_int_eq(chdir("$(x) 'it' \"q\" 100%A \\"), 0);
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    folder_write("$x y.yaml", "");
    script.path = "$x y.yaml";
    script.argument = hostile;
    script.arguments = HOSTILE;
    ck_assert_int_eq(sweep_script_write(&text, &script), TRAINER_OK);
    folder_write("job.sh", text_get(&text));
    read_words(words, sizeof words);
    text_print(&expected, "%s|sweep|%s/$x y.yaml|", here, here);
    for (size_t i = 0; i < HOSTILE; i++)
        text_print(&expected, "%s|", hostile[i]);
    text_print(&expected, "--output|%s/runs/study|--shard|3/8|--quiet|", here);
    ck_assert_str_eq(words, text_get(&expected));
    text_free(&expected);
    text_free(&text);
    ck_assert_int_eq(chdir(".."), 0);
    folder_leave();
}
END_TEST

START_TEST(a_path_with_a_line_break_is_refused)
{
    struct sweep_script script = sample();
    struct text text = {0};
    script.folder = "runs/a\nrm -rf b";
    ck_assert_int_eq(sweep_script_write(&text, &script), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "--slurm: a path with a line break fits in no comment");
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

/* "FOLDER|sweep|...|": where it was started, and its words. */
static int print_words(int argc, char **argv)
{
    char here[4096];
    printf("%s|", getcwd(here, sizeof here));
    for (int i = 1; i < argc; i++)
        printf("%s|", argv[i]);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "sweep") == 0)
        return print_words(argc, argv);
    Suite *suite = suite_create("sweep_script");
    TCase *tcase = tcase_create("sweep_script");
    tcase_add_test(tcase, the_script_is_complete);
    tcase_add_test(tcase, a_shell_hands_every_word_on_as_it_was);
    tcase_add_test(tcase, a_path_with_a_line_break_is_refused);
    tcase_add_test(tcase, a_line_break_in_the_options_is_refused);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
