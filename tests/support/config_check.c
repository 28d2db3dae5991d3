/*
 * config_check.c - reads texts, looks at the tree, expects messages.
 */
#include "config_check.h"
#include "base/error.h"

#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct config *read_with(const char *text, const char *argument)
{
    struct config *config = NULL;
    int rc =
        config_read_text(&config, "x.yaml", NULL, text, strlen(text), &argument, argument ? 1 : 0);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    return config;
}

struct config *read_plain(const char *text)
{
    return read_with(text, NULL);
}

void expect_bytes(const char *text, size_t length, const char *argument, const char *message)
{
    struct config *config = NULL;
    int rc = config_read_text(&config, "x.yaml", NULL, text, length, &argument, argument ? 1 : 0);
    ck_assert_str_eq(error_text(), message);
    ck_assert_int_eq(rc, TRAINER_INVALID);
    ck_assert_ptr_null(config);
}

void expect_error(const char *text, const char *message)
{
    expect_bytes(text, strlen(text), NULL, message);
}

const struct node *at(const struct config *config, const char *path)
{
    char copy[128];
    snprintf(copy, sizeof copy, "%s", path);
    const struct node *node = config_root(config);
    char *rest = copy;
    for (const char *part = strsep(&rest, "."); part && node; part = strsep(&rest, ".")) {
        if (node->kind == NODE_MAP) {
            node = node_get(node, part);
            continue;
        }
        int index = atoi(part);
        node = node->first;
        while (node && index-- > 0)
            node = node->next;
    }
    ck_assert_msg(node != NULL, "no %s", path);
    return node;
}

void expect_text(const struct config *config, const char *path, const char *text)
{
    ck_assert_int_eq(at(config, path)->kind, NODE_SCALAR);
    ck_assert_str_eq(at(config, path)->text, text);
}

void expect_place(const struct config *config, const char *path, int line, int column, int key_line,
                  int key_column)
{
    const struct node *node = at(config, path);
    ck_assert_str_eq(node->at.file, "x.yaml");
    ck_assert_int_eq(node->at.line, line);
    ck_assert_int_eq(node->at.column, column);
    ck_assert_int_eq(node->key_at.line, key_line);
    ck_assert_int_eq(node->key_at.column, key_column);
}

char *repeat(const char *text, size_t times)
{
    size_t length = strlen(text);
    char *all = malloc(times * length + 1);
    ck_assert_ptr_nonnull(all);
    for (size_t i = 0; i < times; i++)
        memcpy(all + i * length, text, length);
    all[times * length] = '\0';
    return all;
}

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
