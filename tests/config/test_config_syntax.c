/*
 * test_config_syntax.c - mistakes that libyaml meets a line later are told at their own line.
 */
#include "config/config.h"
#include "support/config_check.h"
#include "support/suite.h"

#include <check.h>

/* Texts, and the messages. */
static const char *const blanks[][2] = {
    {"t:\n  size:4\n  steps: 5\n", "x.yaml:2:7: a blank is missing behind the ':' of 'size'"},
    {"t:\n  steps: 5\n  size:4\n", "x.yaml:3:7: a blank is missing behind the ':' of 'size'"},
    {"t:\n  steps: 5\n  size:4\nx: 1\n", "x.yaml:3:7: a blank is missing behind the ':' of 'size'"},
    {"t:\n  steps: 5\n  size:4\n\n# c\n  x: 1\n",
     "x.yaml:3:7: a blank is missing behind the ':' of 'size'"},
    {"l:\n  - type:A\n    units: 5\n", "x.yaml:2:9: a blank is missing behind the ':' of 'type'"},
    {"name:x\nseed: 1\n", "x.yaml:1:5: a blank is missing behind the ':' of 'name'"},
    {"path: 1\nb: c: d\n", "x.yaml:2:5: mapping values are not allowed in this context"},
    {"a: http://x\nb: c: d\n", "x.yaml:2:5: mapping values are not allowed in this context"},
};

static const char *const indents[][2] = {
    {"t:\n  size: 4\n   steps: 5\n", "x.yaml:3:4: 'steps' is indented otherwise than the keys "
                                     "above it; the keys of a mapping begin "
                                     "in one column"},
    {"t:\n    size: 4\n  steps: 5\n", "x.yaml:3:3: 'steps' is indented otherwise than the keys "
                                      "above it; the keys of a mapping begin "
                                      "in one column"},
    {" name: x\nseed: 1\n",
     "x.yaml:2:1: 'seed' is indented otherwise than the keys above it; the keys of a mapping begin "
     "in one column"},
    {"l:\n  - type: A\n   units: 5\n", "x.yaml:3:4: 'units' is indented otherwise than the keys "
                                       "above it; the keys of a mapping begin "
                                       "in one column"},
    {"l:\n  - type: A\n     units: 5\n", "x.yaml:3:6: 'units' is indented otherwise than the keys "
                                         "above it; the keys of a mapping begin "
                                         "in one column"},
    {"l:\n  - {a: 1}\n - {a: 2}\n", "x.yaml:3:2: this item is indented otherwise than those above "
                                    "it; the items of a list begin in one column"},
    {"l:\n  - {a: 1}\n   - {a: 2}\n", "x.yaml:3:4: this item is indented otherwise than those "
                                      "above it; the items of a list begin in one column"},
    {"a: {b: 1\n  c: 2}\n", "x.yaml:2:4: did not find expected ',' or '}', while parsing a flow "
                            "mapping that begins in line 1"},
};

START_TEST(a_missing_blank_is_told_at_its_own_line)
{
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        expect_error(blanks[i][0], blanks[i][1]);
}
END_TEST

START_TEST(a_wrong_indent_is_told_with_its_key)
{
    for (size_t i = 0; i < sizeof indents / sizeof *indents; i++)
        expect_error(indents[i][0], indents[i][1]);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_missing_blank_is_told_at_its_own_line,
                                  a_wrong_indent_is_told_with_its_key, NULL};
    return suite_main("config_syntax", SUITE_FORKED, 1, tests);
}
