/*
 * test_arguments.c - command lines taken apart, and what is said of wrong ones.
 *
 * Each test runs in a folder of its own with c.yaml, train.yaml and configs/two_layer.yaml.
 */
#include "base/error.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 16 };

static const char *const files[] = {"c.yaml", "train.yaml", "configs/two_layer.yaml"};
static char folder[64];

static void enter_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/test_arguments_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(mkdir("configs", 0777), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        FILE *file = fopen(files[i], "w");
        ck_assert_ptr_nonnull(file);
        fclose(file);
    }
}

static void leave_folder(void)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    rmdir("configs");
    ck_assert_int_eq(rmdir(folder), 0);
}

/* Splits the line at blanks, takes it apart and returns the code. The words live as long as
 * `text`. */
static int parse(struct arguments *arguments, const char *line)
{
    static char text[1024];
    static char *argv[ARGUMENTS_MAX + 1];
    int argc = 0;
    snprintf(text, sizeof text, "trainer %s", line);
    for (char *word = strtok(text, " "); word && argc < ARGUMENTS_MAX; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return arguments_parse(arguments, argc, argv);
}

static void check_good(struct arguments *arguments, const char *line)
{
    int rc = parse(arguments, line);
    ck_assert_msg(rc == TRAINER_OK, "%s: %s", line, error_text());
}

static void check_message(const char *line, const char *message)
{
    struct arguments arguments;
    ck_assert_int_eq(parse(&arguments, line), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), message);
    arguments_free(&arguments);
}

START_TEST(a_config_alone_is_trained)
{
    struct arguments arguments;
    check_good(&arguments, "c.yaml");
    ck_assert_ptr_eq(arguments.command, &command_train);
    ck_assert_uint_eq(arguments.words, 1);
    ck_assert_str_eq(arguments.word[0], "c.yaml");
    ck_assert_uint_eq(arguments.settings, 0);
    arguments_free(&arguments);
}
END_TEST

START_TEST(a_command_wins_over_a_file_of_its_name)
{
    struct arguments arguments;
    FILE *file = fopen("summary", "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    check_good(&arguments, "summary c.yaml");
    ck_assert_ptr_eq(arguments.command, commands_find("summary"));
    ck_assert_str_eq(arguments.word[0], "c.yaml");
    arguments_free(&arguments);
    unlink("summary");
}
END_TEST

START_TEST(options_stand_anywhere_and_both_spellings_are_one)
{
    static const char *const lines[] = {
        "--threads 2 c.yaml --seed=7 model.x=1",
        "c.yaml --threads=2 --seed 7 model.x=1",
        "train --threads 2 --seed 7 c.yaml model.x=1",
        "--threads=2 train --seed=7 model.x=1 c.yaml",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct arguments arguments;
        check_good(&arguments, lines[i]);
        ck_assert_ptr_eq(arguments.command, &command_train);
        ck_assert_uint_eq(arguments.words, 1);
        ck_assert_str_eq(arguments.word[0], "c.yaml");
        ck_assert_uint_eq(arguments.settings, 3);
        ck_assert_str_eq(arguments.setting[0], "trainer.threads=2");
        ck_assert_str_eq(arguments.setting[1], "seed=7");
        ck_assert_str_eq(arguments.setting[2], "model.x=1");
        arguments_free(&arguments);
    }
}
END_TEST

START_TEST(a_path_is_text_whatever_yaml_and_the_environment_make_of_it)
{
    struct arguments arguments;
    char *argv[] = {"trainer", "gradcheck", "c.yaml", "--weights", "[a: \"b\"]\\\n${HOME}", NULL};
    ck_assert_int_eq(arguments_parse(&arguments, 5, argv), TRAINER_OK);
    ck_assert_str_eq(arguments.setting[0], "model.weights=\"[a: \\\"b\\\"]\\\\\\x0a$${HOME}\"");
    arguments_free(&arguments);
}
END_TEST

START_TEST(an_empty_path_is_refused)
{
    struct arguments arguments;
    char *argv[] = {"trainer", "c.yaml", "--output", "", NULL};
    ck_assert_int_eq(arguments_parse(&arguments, 4, argv), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "--output must be a DIR, not ''");
    arguments_free(&arguments);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
    struct arguments arguments;
    FILE *file = fopen("--odd.yaml", "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    check_good(&arguments, "train seed=1 -- --odd.yaml a.b=2");
    ck_assert_str_eq(arguments.word[0], "--odd.yaml");
    ck_assert_uint_eq(arguments.settings, 2);
    ck_assert_str_eq(arguments.setting[1], "a.b=2");
    arguments_free(&arguments);
    unlink("--odd.yaml");
}
END_TEST

START_TEST(a_path_with_an_equals_sign_is_a_file)
{
    struct arguments arguments;
    check_good(&arguments, "train ./a=b.yaml");
    ck_assert_uint_eq(arguments.words, 1);
    ck_assert_uint_eq(arguments.settings, 0);
    arguments_free(&arguments);
}
END_TEST

START_TEST(help_and_version_win_over_all_else)
{
    struct arguments arguments;
    check_good(&arguments, "train --nonsense --help a b c");
    ck_assert_ptr_eq(arguments.command, &command_help);
    ck_assert_uint_eq(arguments.words, 1);
    ck_assert_str_eq(arguments.word[0], "train");
    arguments_free(&arguments);
    check_good(&arguments, "-h");
    ck_assert_ptr_eq(arguments.command, &command_help);
    ck_assert_uint_eq(arguments.words, 0);
    arguments_free(&arguments);
    check_good(&arguments, "missing.yaml --version");
    ck_assert_ptr_eq(arguments.command, &command_version);
    arguments_free(&arguments);
}
END_TEST

START_TEST(an_option_after_two_dashes_is_no_help)
{
    check_message("train c.yaml -- --help",
                  "'--help' is one word too many; usage: trainer train CONFIG [key=value ...]");
}
END_TEST

START_TEST(the_command_line_is_kept_as_a_shell_reads_it)
{
    struct arguments arguments;
    char *argv[] = {"/usr/bin/trainer", "c.yaml", "name=it's", "a=b c", "", NULL};
    arguments_parse(&arguments, 5, argv);
    ck_assert_str_eq(arguments.line, "trainer c.yaml 'name=it'\\''s' 'a=b c' ''");
    arguments_free(&arguments);
}
END_TEST

START_TEST(wrong_command_lines_say_what_is_wrong)
{
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"c.yaml --thread 2", "unknown option '--thread'; did you mean '--threads'?"},
        {"c.yaml --colour=red", "unknown option '--colour'; see `trainer help train`"},
        {"summary c.yaml --foces", "unknown option '--foces'; see `trainer help summary`"},
        {"c.yaml --threads", "option '--threads' needs a value: --threads N"},
        {"c.yaml --force=yes", "option '--force' takes no value, but is given 'yes'"},
        {"c.yaml max_steps 5", "'max_steps' is one word too many; usage: trainer train CONFIG "
                               "[key=value ...]\n"
                               "'5' is one word too many; usage: trainer train CONFIG "
                               "[key=value ...]"},
        {"layers seed=3", "'seed=3': `trainer layers` takes no key=value"},
        {"train", "CONFIG is missing; usage: trainer train CONFIG [key=value ...]"},
        {"--threads 2", "CONFIG is missing; usage: trainer train CONFIG [key=value ...]"},
        {"config", "CONFIG|RUN is missing; usage: trainer config CONFIG|RUN [key=value ...]"},
        {"version now", "'now' is one word too many; usage: trainer version"},
        {"c.yaml -v", "unknown option '-v'; did you mean '--version'?"},
        {"c.yaml -q", "unknown option '-q'; did you mean '--quiet'?"},
        {"c.yaml -x", "unknown option '-x'; see `trainer help train`"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_message(cases[i].line, cases[i].message);
}
END_TEST

START_TEST(what_other_programs_write_is_told_as_key_and_value)
{
    static const char settings[] = "settings are key=value: ";
    static const struct {
        const char *line, *option, *setting;
    } cases[] = {
        {"c.yaml --epochs 5", "--epochs", "trainer.max_epochs=5"},
        {"--epochs=5 c.yaml", "--epochs", "trainer.max_epochs=5"},
        {"c.yaml --learning-rate 0.1", "--learning-rate", "optimizer.learning_rate=0.1"},
        {"c.yaml --lr=0.1", "--lr", "optimizer.learning_rate=0.1"},
        {"sweep c.yaml --batch-size 3", "--batch-size", "trainer.batch_size=3"},
        {"c.yaml --model.layers.a.units 7", "--model.layers.a.units", "model.layers.a.units=7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[256];
        snprintf(message, sizeof message, "unknown option '%s'; %s%s", cases[i].option, settings,
                 cases[i].setting);
        check_message(cases[i].line, message);
    }
    check_message("layers --epochs 5", "unknown option '--epochs'; see `trainer help layers`");
    check_message("--config c.yaml",
                  "unknown option '--config'; a file is named without it: trainer train c.yaml");
    check_message("summary --config", "unknown option '--config'; a file is named without it: "
                                      "trainer summary CONFIG [key=value ...]");
}
END_TEST

START_TEST(blanks_around_the_equals_sign_are_one_mistake)
{
    struct arguments arguments;
    char *quoted[] = {"trainer", "c.yaml", "trainer.batch_size = 3", NULL};
    check_message("c.yaml trainer.x = 3", "'trainer.x = 3': write it without blanks: trainer.x=3");
    check_message("c.yaml trainer.x= 3", "'trainer.x= 3': write it without blanks: trainer.x=3");
    check_message("c.yaml trainer.x =3", "'trainer.x =3': write it without blanks: trainer.x=3");
    check_message("c.yaml trainer.x =", "'trainer.x = ': write it without blanks: trainer.x=VALUE");
    check_message("c.yaml +trainer.x=3", "'+trainer.x=3': write it without '+': trainer.x=3");
    ck_assert_int_eq(arguments_parse(&arguments, 3, quoted), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "'trainer.batch_size = 3': write it without blanks: "
                                   "trainer.batch_size=3");
    arguments_free(&arguments);
    check_message("c.yaml max_epochs",
                  "'max_epochs' is one word too many; did you mean trainer.max_epochs=VALUE?");
    check_message("resume c.yaml max_epochs",
                  "'max_epochs' is one word too many; did you mean max_epochs=VALUE?");
    check_good(&arguments, "trainer.x= c.yaml");
    ck_assert_str_eq(arguments.word[0], "c.yaml");
    arguments_free(&arguments);
}
END_TEST

START_TEST(a_file_with_an_equals_sign_in_its_name_is_told)
{
    FILE *file = fopen("a=b.yaml", "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    check_message("train a=b.yaml", "'a=b.yaml' is read as key=value; the file is ./a=b.yaml");
    unlink("a=b.yaml");
}
END_TEST

START_TEST(what_others_call_a_command_is_suggested)
{
    static const struct {
        const char *word, *command;
    } cases[] = {{"list", "runs"},
                 {"ls", "runs"},
                 {"fit", "train"},
                 {"continue", "resume"},
                 {"inspect", "summary"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(commands_closest(cases[i].word), cases[i].command);
    ck_assert_ptr_null(commands_closest("l"));
    ck_assert_ptr_null(commands_closest(","));
    for (size_t i = 0; i < command_count; i++) {
        const char *also = command_list[i]->also;
        ck_assert(!also || (also[0] == ',' && also[strlen(also) - 1] == ','));
    }
}
END_TEST

START_TEST(a_first_word_that_is_nothing_gets_both_suggestions)
{
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"trian", "'trian' is neither a command nor a config file; "
                  "did you mean the command 'train' or the file 'train.yaml'?"},
        {"sumary", "'sumary' is neither a command nor a config file; "
                   "did you mean the command 'summary'?"},
        {"two_layr.yaml", "'two_layr.yaml' is neither a command nor a config file; "
                          "did you mean the file 'configs/two_layer.yaml'?"},
        {"configs/two_layr", "'configs/two_layr' is neither a command nor a config file; "
                             "did you mean the file 'configs/two_layer.yaml'?"},
        {"elephant", "'elephant' is neither a command nor a config file; "
                     "`trainer help` lists the commands"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_message(cases[i].line, cases[i].message);
}
END_TEST

START_TEST(tables_of_options_are_whole)
{
    for (size_t i = 0; command_list[i]; i++) {
        const struct command *command = command_list[i];
        ck_assert_ptr_nonnull(command->run);
        ck_assert_ptr_nonnull(command->summary);
        ck_assert_ptr_eq(commands_find(command->name), command);
        ck_assert_msg(command->rank > 0 && command->group < GROUPS, "%s", command->name);
        ck_assert_msg(strlen(command->summary) <= 64, "%s: %s", command->name, command->summary);
        for (const struct argument_option *o = command->options; o && o->name; o++) {
            bool key = o->type == ARGUMENT_KEY || o->type == ARGUMENT_KEY_TEXT;
            ck_assert_msg(strncmp(o->name, "--", 2) == 0, "%s", o->name);
            ck_assert_msg(key == (o->key != NULL), "%s", o->name);
            ck_assert_msg((o->type != ARGUMENT_FLAG) == (o->value != NULL), "%s", o->name);
            ck_assert_msg(key || o->offset < command->private_size, "%s", o->name);
            ck_assert_msg(!key || command->settings, "%s", o->name);
            ck_assert_msg((o->type == ARGUMENT_CHOICE) == (o->choices != NULL), "%s", o->name);
        }
    }
}
END_TEST

START_TEST(the_example_of_each_command_is_right)
{
    static const char program[] = "trainer ";
    for (size_t i = 0; i < command_count; i++) {
        struct arguments arguments;
        const char *example = command_list[i]->example;
        ck_assert_msg(example && strncmp(example, program, strlen(program)) == 0, "%s",
                      command_list[i]->name);
        check_good(&arguments, example + strlen(program));
        ck_assert_ptr_eq(arguments.command, command_list[i]);
        arguments_free(&arguments);
    }
}
END_TEST

START_TEST(o_is_short_for_output_in_every_command_that_has_it)
{
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = command_list[i];
        const struct argument_option *o = command->options;
        char line[256];
        while (o && o->name && strcmp(o->name, "--output") != 0)
            o++;
        snprintf(line, sizeof line, "%s -o x%s", command->name,
                 command->words_min > 1   ? " c.yaml c.csv"
                 : command->words_min > 0 ? " c.yaml"
                                          : "");
        struct arguments brief;
        int rc = parse(&brief, line);
        ck_assert_msg((rc == TRAINER_OK) == (o && o->name), "%s: %s", line, error_text());
        arguments_free(&brief);
    }
    struct arguments arguments;
    check_good(&arguments, "c.yaml -o=out");
    ck_assert_str_eq(*(const char **)arguments.private, "out");
    arguments_free(&arguments);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arguments");
    TCase *lines = tcase_create("lines");
    tcase_add_checked_fixture(lines, enter_folder, leave_folder);
    tcase_add_test(lines, a_config_alone_is_trained);
    tcase_add_test(lines, a_command_wins_over_a_file_of_its_name);
    tcase_add_test(lines, options_stand_anywhere_and_both_spellings_are_one);
    tcase_add_test(lines, a_path_is_text_whatever_yaml_and_the_environment_make_of_it);
    tcase_add_test(lines, an_empty_path_is_refused);
    tcase_add_test(lines, two_dashes_end_the_options);
    tcase_add_test(lines, a_path_with_an_equals_sign_is_a_file);
    tcase_add_test(lines, help_and_version_win_over_all_else);
    tcase_add_test(lines, an_option_after_two_dashes_is_no_help);
    tcase_add_test(lines, the_command_line_is_kept_as_a_shell_reads_it);
    tcase_add_test(lines, wrong_command_lines_say_what_is_wrong);
    tcase_add_test(lines, a_first_word_that_is_nothing_gets_both_suggestions);
    tcase_add_test(lines, what_other_programs_write_is_told_as_key_and_value);
    tcase_add_test(lines, blanks_around_the_equals_sign_are_one_mistake);
    tcase_add_test(lines, a_file_with_an_equals_sign_in_its_name_is_told);
    tcase_add_test(lines, what_others_call_a_command_is_suggested);
    tcase_add_test(lines, tables_of_options_are_whole);
    tcase_add_test(lines, the_example_of_each_command_is_right);
    tcase_add_test(lines, o_is_short_for_output_in_every_command_that_has_it);
    suite_add_tcase(suite, lines);

    return suite_run(suite, SUITE_FORKED);
}
