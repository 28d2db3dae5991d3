/*
 * config_origins.c - where each value of a resolved config comes from.
 */
#include "config_origins.h"
#include "base/error.h"
#include "base/text.h"
#include "config_leaves.h"

#include <stdio.h>
#include <string.h>

enum { ORIGIN_MAX = 4096 };

struct listing {
    struct config *given;
    const char *before;
    struct text text;
};

/* Where a value that was given stands. */
static void add_place(struct listing *listing, const struct position *at)
{
    const char *main = config_name(listing->given);
    if (at->line == 0)
        text_string(&listing->text, "command line");
    else
        text_print(&listing->text, "%s %s:%d",
                   main && strcmp(at->file, main) == 0 ? "file" : "include", at->file, at->line);
}

/* The node that has set a key, NULL where none has: `init: he` has set init.type. */
static const struct node *find_given(struct config *config, const char *key)
{
    static const char type[] = ".type";
    char above[LEAF_KEY_MAX];
    const struct node *given = config_find(config, key);
    size_t length = strlen(key), end = strlen(type);
    if (given || length <= end || strcmp(key + length - end, type) != 0)
        return given;
    snprintf(above, sizeof above, "%.*s", (int)(length - end), key);
    given = config_find(config, above);
    return given && given->kind == NODE_SCALAR ? given : NULL;
}

static int add_leaf(void *context, const char *key, const struct node *value)
{
    struct listing *listing = context;
    const struct node *given = find_given(listing->given, key);
    char before[ORIGIN_MAX] = "";
    (void)value;
    if (listing->before && (!given || given->at.line != 0))
        config_origin(listing->before, key, before, sizeof before);
    text_print(&listing->text, "%s\t", key);
    if (*before)
        text_string(&listing->text, before);
    else if (given && given->at.file)
        add_place(listing, &given->at);
    else
        text_string(&listing->text, "default");
    text_string(&listing->text, "\n");
    return TRAINER_OK;
}

char *config_origins(struct config *given, const struct node *resolved, const char *before)
{
    struct listing listing = {.given = given, .before = before};
    config_leaves(resolved, add_leaf, &listing);
    text_string(&listing.text, "");
    if (text_status(&listing.text) == TRAINER_OK)
        return listing.text.data;
    text_free(&listing.text);
    return NULL;
}

char *config_origin(const char *origins, const char *key, char *origin, size_t size)
{
    size_t length = strlen(key);
    *origin = '\0';
    for (const char *line = origins; *line; line += strcspn(line, "\n") + (*line != '\0')) {
        if (strncmp(line, key, length) == 0 && line[length] == '\t') {
            const char *word = line + length + 1;
            snprintf(origin, size, "%.*s", (int)strcspn(word, "\n"), word);
            break;
        }
        if (!strchr(line, '\n'))
            break;
    }
    return origin;
}
