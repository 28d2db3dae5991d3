/*
 * config_leaves.c - a config as a list of keys with their values.
 */
#include "config_leaves.h"
#include "base/error.h"

#include <string.h>

struct walk {
    int (*visit)(void *context, const char *key, const struct node *value);
    void *context;
    char key[LEAF_KEY_MAX];
};

static bool has_names(const struct node *node)
{
    return node->kind == NODE_LIST && node->first && node_get(node->first, "name");
}

/* Visits what is below a node, whose key so far is walk->key[0..length). */
static int visit_below(struct walk *walk, const struct node *node, size_t length)
{
    bool named = has_names(node);
    int rc = TRAINER_OK;
    walk->key[length] = '\0';
    if (node->kind != NODE_MAP && !named)
        return walk->visit(walk->context, walk->key, node);
    for (const struct node *child = node->first; rc == TRAINER_OK && child; child = child->next) {
        const struct node *name = named ? node_get(child, "name") : NULL;
        const char *part = named ? (name && name->text ? name->text : "?") : child->key;
        size_t more = strlen(part) + (length > 0);
        if ((named && child->kind != NODE_MAP) || length + more >= sizeof walk->key)
            continue;
        if (length > 0)
            walk->key[length] = '.';
        memcpy(walk->key + length + (length > 0), part, strlen(part));
        rc = visit_below(walk, child, length + more);
    }
    return rc;
}

int config_leaves(const struct node *node,
                  int (*visit)(void *context, const char *key, const struct node *value),
                  void *context)
{
    struct walk walk = {.visit = visit, .context = context};
    return visit_below(&walk, node, 0);
}

void config_leaf_text(struct text *text, const struct node *value)
{
    if (value->kind == NODE_SCALAR) {
        text_string(text, value->text ? value->text : "null");
        return;
    }
    bool list = value->kind == NODE_LIST;
    text_string(text, list ? "[" : "{");
    for (const struct node *child = value->first; child; child = child->next) {
        text_string(text, child == value->first ? "" : ", ");
        if (!list)
            text_print(text, "%s: ", child->key);
        config_leaf_text(text, child);
    }
    text_string(text, list ? "]" : "}");
}
