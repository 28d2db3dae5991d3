/*
 * run_difference.c - what differs between the configs of runs.
 *
 * A config is flattened to keys and values, "model.layers.affine1.units" and "50". Runs that are
 * compared are a group, which has every key once with the first value seen; a run's pairs refer to
 * those.
 */
#include "run_difference.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/key_end.h"
#include "base/text.h"
#include "config/config_leaves.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* From so many characters on, the rest of a list is left out. */
enum { LIST_SHOWN = 40 };

/* A key of a group's configs. */
struct key {
    const char *name;
    uint64_t hash; /* of the first value */
    size_t runs;   /* that have it */
    bool differs;
};

struct group {
    const char *name;
    size_t runs, keys, capacity;
    struct key *key; /* [keys] */
};

struct pair {
    size_t key; /* of the group */
    uint64_t hash;
    const char *value;
};

struct run {
    size_t group, pairs, capacity;
    struct pair *pair; /* [pairs] */
};

/* A value as it is shown. */
struct shown {
    struct text text;
    bool cut; /* something was left out */
};

struct run_differences {
    enum run_scope which;
    struct arena arena;
    struct group *group;
    struct run *run;
    size_t groups, runs;
    struct shown shown; /* of the value that is taken */
};

struct run_differences *run_differences_new(enum run_scope which)
{
    struct run_differences *differences = calloc(1, sizeof *differences);
    if (differences)
        differences->which = which;
    else
        error_memory("a list of runs", sizeof *differences);
    return differences;
}

void run_differences_free(struct run_differences *differences)
{
    if (!differences)
        return;
    for (size_t i = 0; i < differences->groups; i++)
        free(differences->group[i].key);
    for (size_t i = 0; i < differences->runs; i++)
        free(differences->run[i].pair);
    free(differences->group);
    free(differences->run);
    text_free(&differences->shown.text);
    arena_free(&differences->arena);
    free(differences);
}

/* Room for one more element of `size` bytes in an array of *capacity; false when memory ran out. */
static bool grow(void **array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t more = *capacity ? 2 * *capacity : 64;
    void *grown = realloc(*array, more * size);
    if (!grown) {
        error_memory("a list of runs", more * size);
        return false;
    }
    *array = grown;
    *capacity = more;
    return true;
}

/* ---- flattening ---- */

static bool leaves_numbers_alone(const char *key)
{
    static const char *const alone[] = {"name", "output", "trainer.threads", "trainer.kernels",
                                        "trainer.checkpoint"};
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        size_t length = strlen(alone[i]);
        if (strncmp(key, alone[i], length) == 0 && (key[length] == '\0' || key[length] == '.'))
            return true;
    }
    return false;
}

/* Mixes a value into a hash (FNV-1a) and appends it to what is shown, unless that is long. */
static uint64_t take_value(const struct node *node, uint64_t hash, struct shown *shown)
{
    static const char ends[] = "[]";
    const char *text = node->kind == NODE_SCALAR ? (node->text ? node->text : "null") : ends;
    for (const char *c = text; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3U;
    shown->cut = shown->text.length >= LIST_SHOWN;
    if (node->kind == NODE_SCALAR && !shown->cut)
        text_string(&shown->text, text);
    for (const struct node *child = node->first; child; child = child->next) {
        if (child != node->first && shown->text.length < LIST_SHOWN)
            text_string(&shown->text, ",");
        hash = take_value(child, hash * 31, shown);
    }
    return hash;
}

static bool add_pair(struct run_differences *all, struct run *run, const char *key,
                     const struct node *value)
{
    struct group *group = &all->group[run->group];
    struct shown *shown = &all->shown;
    shown->text.length = 0;
    uint64_t hash = take_value(value, 0xcbf29ce484222325U, shown);
    text_string(&shown->text, shown->cut ? "..." : "");
    /* Configs have their keys in one order: mostly this is the key behind the last one. */
    size_t place = run->pairs > 0 ? run->pair[run->pairs - 1].key + 1 : 0, tried = 0;
    while (tried < group->keys && strcmp(group->key[place % group->keys].name, key) != 0) {
        place++;
        tried++;
    }
    place = group->keys > 0 ? place % group->keys : 0;
    if (tried == group->keys) {
        place = group->keys;
        if (!grow((void **)&group->key, group->keys, &group->capacity, sizeof *group->key))
            return false;
        const char *name = arena_copy(&all->arena, key, strlen(key));
        group->key[group->keys++] = (struct key){name, hash, 0, false};
        if (!name)
            return false;
    }
    group->key[place].runs++;
    group->key[place].differs |= group->key[place].hash != hash;
    if (!grow((void **)&run->pair, run->pairs, &run->capacity, sizeof *run->pair))
        return false;
    const char *copy = arena_copy(&all->arena, text_get(&shown->text), shown->text.length);
    run->pair[run->pairs++] = (struct pair){place, hash, copy};
    return copy && text_status(&shown->text) == TRAINER_OK;
}

struct flattening {
    struct run_differences *all;
    struct run *run;
};

static int add_leaf(void *context, const char *key, const struct node *value)
{
    const struct flattening *to = context;
    bool good = leaves_numbers_alone(key) || add_pair(to->all, to->run, key, value);
    return good ? TRAINER_OK : TRAINER_FAILED;
}

/* The group of that name, made where there is none; SIZE_MAX when memory ran out. */
static size_t find_group(struct run_differences *all, const char *name)
{
    for (size_t i = all->groups; i-- > 0;)
        if (strcmp(all->group[i].name, name) == 0)
            return i;
    struct group *grown = realloc(all->group, (all->groups + 1) * sizeof *grown);
    const char *copy = arena_copy(&all->arena, name, strlen(name));
    all->group = grown ? grown : all->group;
    if (!grown || !copy) {
        error_memory("a list of runs", sizeof *grown);
        return SIZE_MAX;
    }
    all->group[all->groups] = (struct group){.name = copy};
    return all->groups++;
}

int run_differences_add(struct run_differences *all, const char *yaml)
{
    struct config *config = NULL;
    struct run *grown = realloc(all->run, (all->runs + 1) * sizeof *grown);
    if (!grown)
        return error_memory("a list of runs", (all->runs + 1) * sizeof *grown);
    all->run = grown;
    struct run *run = &all->run[all->runs++];
    *run = (struct run){.group = SIZE_MAX};
    int rc = config_read_text(&config, "config", NULL, yaml, strlen(yaml), NULL, 0);
    if (rc != TRAINER_OK)
        return rc == TRAINER_FAILED ? rc : TRAINER_OK;
    const struct node *name = node_get(config_root(config), "name");
    bool by_name = all->which == RUNS_OF_ONE_NAME && name && name->text;
    run->group = find_group(all, by_name ? name->text : "");
    bool good = run->group != SIZE_MAX;
    if (good) {
        all->group[run->group].runs++;
        struct flattening to = {all, run};
        good = config_leaves(config_root(config), add_leaf, &to) == TRAINER_OK;
    }
    config_free(config);
    return good ? TRAINER_OK : TRAINER_FAILED;
}

/* ---- asking ---- */

static bool differs(const struct group *group, size_t key)
{
    return group->key[key].differs || group->key[key].runs != group->runs;
}

static const char *brief_name(const struct group *group, size_t key)
{
    const char *name = group->key[key].name, *end = name;
    bool unique = false;
    for (int parts = 1; !unique; parts++) {
        end = key_end(name, parts);
        unique = true;
        for (size_t i = 0; i < group->keys && unique && end > name; i++)
            unique = i == key || !differs(group, i) ||
                     strcmp(key_end(group->key[i].name, parts), end) != 0;
    }
    return end;
}

size_t run_differences_of(const struct run_differences *differences, size_t index,
                          struct run_difference *list, size_t most)
{
    const struct run *run = &differences->run[index];
    size_t count = 0;
    for (size_t i = 0; i < run->pairs; i++) {
        const struct group *group = &differences->group[run->group];
        const struct pair *pair = &run->pair[i];
        if (!differs(group, pair->key))
            continue;
        if (count < most)
            list[count] = (struct run_difference){group->key[pair->key].name,
                                                  brief_name(group, pair->key), pair->value};
        count++;
    }
    return count;
}
