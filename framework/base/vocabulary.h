/*
 * vocabulary.h - distinct texts and their numbers: classes, categories.
 *
 *     yes, no, yes        ->  no 0, yes 1
 *     +1, 10, 2, " 1"     ->  1 0, 2 1, 10 2
 *
 * Texts that all are whole numbers (spaces around and a + dropped, no needless leading 0) are named
 * by the number, in numeric order; all others stand as they are, in byte order.
 */
#ifndef TRAINER_VOCABULARY_H
#define TRAINER_VOCABULARY_H

#include "arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vocabulary {
    size_t count;
    const char **name; /* [count], terminated */
    size_t *length;    /* [count] of each */
    bool whole;        /* after vocabulary_sort or _list: all are whole numbers */
    size_t room;
    int32_t *slot; /* [mask + 1]: number and 1; 0: free */
    size_t mask;
    struct arena arena;
};

/* The number of a text, which is added where it is new, behind the last. TRAINER_FAILED where
 * memory ran out. The vocabulary is zeroed at first; free it with vocabulary_free. */
int vocabulary_add(struct vocabulary *vocabulary, const char *text, size_t length, int32_t *number);

/* The number of a text that is there, in a sorted vocabulary of whole numbers also with spaces or a
 * +; -1 where it is not. */
int32_t vocabulary_find(const struct vocabulary *vocabulary, const char *text, size_t length);

/* Orders the texts. rename[count as it was] gets the new number of each old one: texts that are the
 * same number become one. */
int vocabulary_sort(struct vocabulary *vocabulary, int32_t *rename);

/* Fills an empty vocabulary with names in the order given. TRAINER_INVALID, without a message,
 * where one stands there twice: *again is its number. */
int vocabulary_list(struct vocabulary *vocabulary, const char *const *name, size_t count,
                    size_t *again);

void vocabulary_free(struct vocabulary *vocabulary);

#endif
