/*
 * test_config_text.c - which bytes may stand in a config, and what ${VAR} becomes.
 */
#include "base/error.h"
#include "config/config.h"
#include "support/config_check.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(byte_order_mark_and_crlf_change_no_place)
{
    struct config *config = read_plain("\xef\xbb\xbfname: x\r\nseed: 4\r\n");
    expect_place(config, "name", 1, 7, 1, 1);
    expect_place(config, "seed", 2, 7, 2, 1);
    expect_text(config, "name", "x");
    ck_assert_str_eq(config_source(config), "\xef\xbb\xbfname: x\r\nseed: 4\r\n");
    config_free(config);
    config = read_plain("a: 1\rb: 2\r");
    expect_place(config, "b", 2, 4, 2, 1);
    config_free(config);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_refused_with_their_place)
{
    static const struct {
        const char *text;
        size_t length;
        const char *message;
    } cases[] = {
        {"a: 1\nb: \xff\n", 10,
         "x.yaml:2:4: invalid UTF-8 (byte 0xff); is this UTF-16? "
         "save it as UTF-8"},
        {"a: \xc3\xa9\xc3(\n", 8, "x.yaml:1:5: invalid UTF-8 (byte 0xc3)"},
        {"a: \xc0\x80", 5, "x.yaml:1:4: invalid UTF-8 (byte 0xc0)"},
        {"a: \xed\xa0\x80", 6, "x.yaml:1:4: invalid UTF-8 (byte 0xed)"},
        {"a: \xf4\x90\x80\x80", 7, "x.yaml:1:4: invalid UTF-8 (byte 0xf4)"},
        {"a: \xf0\x9f\x98", 6, "x.yaml:1:4: invalid UTF-8 (byte 0xf0)"},
        {"a: \x80", 4, "x.yaml:1:4: invalid UTF-8 (byte 0x80)"},
        {"a:\r\n b\0c", 8, "x.yaml:2:3: a NUL byte; a config is text"},
        {"a: \x7f", 4, "x.yaml:1:4: control character U+007F"},
        {"a: \xc2\x80", 5, "x.yaml:1:4: control character U+0080"},
        {"a: \xef\xbf\xbe", 6, "x.yaml:1:4: control character U+FFFE"},
        {"a: 1\xc2\x85 \x80", 8, "x.yaml:2:2: invalid UTF-8 (byte 0x80)"},
        {"a: 1\xe2\x80\xa8 \x80", 9, "x.yaml:2:2: invalid UTF-8 (byte 0x80)"},
        {"a: 1\xe2\x80\xa9 \x80", 9, "x.yaml:2:2: invalid UTF-8 (byte 0x80)"},
        {"a: 1\r \x80", 7, "x.yaml:2:2: invalid UTF-8 (byte 0x80)"},
        {"a: \x1b[0m\n", 8, "x.yaml:1:4: control character U+001B"},
        {"a: 1\n\xef\xbb\xbf"
         "b: 2\n",
         13, "x.yaml:2:1: a byte order mark may only stand at the start of a file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_bytes(cases[i].text, cases[i].length, NULL, cases[i].message);
}
END_TEST

START_TEST(the_environment_is_read_as_text)
{
    setenv("TRAINER_TEST_A", "[1, 2]: x", 1);
    setenv("TRAINER_TEST_EMPTY", "", 1);
    unsetenv("TRAINER_TEST_NONE");
    struct config *config = read_plain("a: ${TRAINER_TEST_A}\n"
                                       "b: p/${TRAINER_TEST_NONE:-x}/${TRAINER_TEST_EMPTY:-y}\n"
                                       "c: '$${HOME} $$ $'\n"
                                       "d: \"${TRAINER_TEST_EMPTY}\"\n"
                                       "e: ${TRAINER_TEST_NONE:-}\n"
                                       "f: $$${TRAINER_TEST_A}\n");
    expect_text(config, "a", "[1, 2]: x");
    expect_text(config, "b", "p/x/y");
    expect_text(config, "c", "${HOME} $$ $");
    expect_text(config, "d", "");
    ck_assert(!node_is_null(at(config, "d")));
    ck_assert(node_is_null(at(config, "e")));
    expect_text(config, "f", "$${TRAINER_TEST_A}");
    config_free(config);
    config = read_with("a: 1\n", "a='${TRAINER_TEST_A}'");
    expect_text(config, "a", "[1, 2]: x");
    config_free(config);
}
END_TEST

START_TEST(wrong_references_are_told_with_their_place)
{
    unsetenv("TRAINER_TEST_NONE");
    setenv("TRAINER_TEST_EMPTY", "", 1);
    setenv("TRAINER_TEST_BAD", "a\xff", 1);
    expect_error("a: ${TRAINER_TEST_EMPTY}\nb: '${TRAINER_TEST_EMPTY}'\nc:\n- "
                 "${TRAINER_TEST_EMPTY}${TRAINER_TEST_EMPTY}\nd: ${TRAINER_TEST_EMPTY:-}\n",
                 "x.yaml:1:4: '${TRAINER_TEST_EMPTY}' is empty; ${VAR:-} gives the default\n"
                 "x.yaml:4:3: '${TRAINER_TEST_EMPTY}${TRAINER_TEST_EMPTY}' is empty; ${VAR:-} "
                 "gives the default");
    expect_error("a: ${TRAINER_TEST_NONE}\nb:\n  c: 'x${TRAINER_TEST_NONE'\nd: ${1A}\n"
                 "e: ${A:x}\nf: '${}'\ng: ${TRAINER_TEST_BAD}\n",
                 "x.yaml:1:4: the environment variable TRAINER_TEST_NONE is not set; "
                 "${TRAINER_TEST_NONE:-default} gives a default\n"
                 "x.yaml:3:6: '${' without '}'; a literal '${' is written '$${'\n"
                 "x.yaml:4:4: '${1A}' is neither ${VAR} nor ${VAR:-default}\n"
                 "x.yaml:5:4: '${A:x}' is neither ${VAR} nor ${VAR:-default}\n"
                 "x.yaml:6:4: '${}' is neither ${VAR} nor ${VAR:-default}\n"
                 "x.yaml:7:4: the environment variable TRAINER_TEST_BAD is not valid UTF-8");
}
END_TEST

START_TEST(the_environment_cannot_blow_a_config_up)
{
    char *value = repeat("x", 100000), *list = repeat("${TRAINER_TEST_BIG},", 20);
    setenv("TRAINER_TEST_BIG", value, 1);
    char text[1024];
    snprintf(text, sizeof text, "a: ['%s']", list);
    expect_error(text, "x.yaml:1:5: the environment adds more than 1 MiB of text");
    free(value);
    free(list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config_text");
    TCase *tests = tcase_create("config_text");
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, byte_order_mark_and_crlf_change_no_place);
    tcase_add_test(tests, bytes_that_are_no_text_are_refused_with_their_place);
    tcase_add_test(tests, the_environment_is_read_as_text);
    tcase_add_test(tests, wrong_references_are_told_with_their_place);
    tcase_add_test(tests, the_environment_cannot_blow_a_config_up);
    suite_add_tcase(suite, tests);
    return suite_run(suite, SUITE_FORKED);
}
