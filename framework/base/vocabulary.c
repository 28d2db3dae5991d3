/*
 * vocabulary.c - open addressing over texts in an arena; sorted once, when all are there.
 */
#include "vocabulary.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 16 };

/* Fewer than eight bytes in a word. */
static uint64_t few_bytes(const char *text, size_t length)
{
    uint64_t word = 0;
    uint32_t first, last;
    if (length < sizeof first) {
        for (size_t i = 0; i < length; i++)
            word = word << 8 | (unsigned char)text[i];
        return word;
    }
    memcpy(&first, text, sizeof first);
    memcpy(&last, text + length - sizeof last, sizeof last);
    return first | (uint64_t)last << 32;
}

static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = 0x9E3779B97F4A7C15u ^ length, word;
    for (; length >= sizeof word; text += sizeof word, length -= sizeof word) {
        memcpy(&word, text, sizeof word);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    hash = (hash ^ few_bytes(text, length)) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

/* The slot that holds the text, or the free one where it belongs. */
static size_t slot_of(const struct vocabulary *vocabulary, const char *text, size_t length)
{
    size_t i = hash_of(text, length) & vocabulary->mask;
    for (; vocabulary->slot[i]; i = (i + 1) & vocabulary->mask) {
        size_t number = (size_t)vocabulary->slot[i] - 1;
        if (vocabulary->length[number] == length && !memcmp(vocabulary->name[number], text, length))
            break;
    }
    return i;
}

/* Enters all texts into the slots again, of which there are `room` times two. */
static int make_slots(struct vocabulary *vocabulary, size_t room)
{
    int32_t *slot = calloc(2 * room, sizeof *slot);
    if (!slot)
        return error_memory("a vocabulary", 2 * room * sizeof *slot);
    free(vocabulary->slot);
    vocabulary->slot = slot;
    vocabulary->mask = 2 * room - 1;
    for (size_t i = 0; i < vocabulary->count; i++)
        slot[slot_of(vocabulary, vocabulary->name[i], vocabulary->length[i])] = (int32_t)i + 1;
    return TRAINER_OK;
}

static int grow(struct vocabulary *vocabulary)
{
    size_t room = vocabulary->room ? 2 * vocabulary->room : ROOM_FIRST;
    const char **name = realloc(vocabulary->name, room * sizeof *name);
    vocabulary->name = name ? name : vocabulary->name;
    size_t *length = realloc(vocabulary->length, room * sizeof *length);
    vocabulary->length = length ? length : vocabulary->length;
    if (!name || !length || room > INT32_MAX / 4)
        return error_memory("a vocabulary", room * (sizeof *name + sizeof *length));
    vocabulary->room = room;
    return make_slots(vocabulary, room);
}

int vocabulary_add(struct vocabulary *vocabulary, const char *text, size_t length, int32_t *number)
{
    if (vocabulary->count == vocabulary->room && grow(vocabulary))
        return TRAINER_FAILED;
    size_t slot = slot_of(vocabulary, text, length);
    if (!vocabulary->slot[slot]) {
        char *copy = arena_copy(&vocabulary->arena, text, length);
        if (!copy)
            return TRAINER_FAILED;
        vocabulary->name[vocabulary->count] = copy;
        vocabulary->length[vocabulary->count] = length;
        vocabulary->slot[slot] = (int32_t)++vocabulary->count;
    }
    *number = vocabulary->slot[slot] - 1;
    return TRAINER_OK;
}

/* The whole number that a text is, without spaces and +: *text and *length move to it; false where
 * it is none. */
static bool find_whole(const char **text, size_t *length)
{
    const char *at = *text;
    size_t count = *length;
    for (; count && *at == ' '; count--)
        at++;
    while (count && at[count - 1] == ' ')
        count--;
    if (count && *at == '+') {
        at++;
        count--;
    }
    bool minus = count && *at == '-';
    if (count == minus || (at[minus] == '0' && count - minus > 1))
        return false;
    for (size_t i = minus; i < count; i++)
        if (at[i] < '0' || at[i] > '9')
            return false;
    if (minus && at[1] == '0') { /* -0 */
        at++;
        count--;
    }
    *text = at;
    *length = count;
    return true;
}

int32_t vocabulary_find(const struct vocabulary *vocabulary, const char *text, size_t length)
{
    if (!vocabulary->count)
        return -1;
    if (vocabulary->whole && !find_whole(&text, &length))
        return -1;
    return vocabulary->slot[slot_of(vocabulary, text, length)] - 1;
}

/* --- order ------------------------------------------------------------------------------------ */

/* A text, and its number before. */
struct entry {
    const char *name;
    size_t length;
    int32_t number;
};

static int compare_texts(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    size_t length = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->name, y->name, length);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

/* Whole numbers of any length, without needless zeros: the longer is the larger. */
static int compare_numbers(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    bool minus = *x->name == '-';
    if (minus != (*y->name == '-'))
        return minus ? -1 : 1;
    int order = x->length != y->length ? (x->length > y->length) - (x->length < y->length)
                                       : memcmp(x->name, y->name, x->length);
    return minus ? -order : order;
}

/* Whether all texts are whole numbers. */
static bool all_whole(const struct vocabulary *vocabulary)
{
    for (size_t i = 0; i < vocabulary->count; i++) {
        const char *text = vocabulary->name[i];
        size_t length = vocabulary->length[i];
        if (!find_whole(&text, &length))
            return false;
    }
    return vocabulary->count > 0;
}

/* Takes the entries over in their order; those that are the same follow each other. */
static int rebuild(struct vocabulary *vocabulary, const struct entry *entry, size_t count,
                   int32_t *rename)
{
    vocabulary->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!i || compare_texts(&entry[i - 1], &entry[i])) {
            char *name = arena_copy(&vocabulary->arena, entry[i].name, entry[i].length);
            if (!name)
                return TRAINER_FAILED;
            vocabulary->name[vocabulary->count] = name;
            vocabulary->length[vocabulary->count++] = entry[i].length;
        }
        rename[entry[i].number] = (int32_t)vocabulary->count - 1;
    }
    return make_slots(vocabulary, vocabulary->room);
}

int vocabulary_sort(struct vocabulary *vocabulary, int32_t *rename)
{
    size_t count = vocabulary->count;
    if (!count)
        return TRAINER_OK;
    struct entry *entry = malloc(count * sizeof *entry);
    if (!entry)
        return error_memory("a vocabulary", count * sizeof *entry);
    vocabulary->whole = all_whole(vocabulary);
    for (size_t i = 0; i < count; i++) {
        entry[i] = (struct entry){vocabulary->name[i], vocabulary->length[i], (int32_t)i};
        if (vocabulary->whole)
            find_whole(&entry[i].name, &entry[i].length);
    }
    qsort(entry, count, sizeof *entry, vocabulary->whole ? compare_numbers : compare_texts);
    int rc = rebuild(vocabulary, entry, count, rename);
    free(entry);
    return rc;
}

int vocabulary_list(struct vocabulary *vocabulary, const char *const *name, size_t count,
                    size_t *again)
{
    bool whole = count > 0;
    for (size_t i = 0; i < count; i++) {
        const char *text = name[i];
        size_t length = strlen(text);
        whole = whole && find_whole(&text, &length);
    }
    for (size_t i = 0; i < count; i++) {
        const char *text = name[i];
        size_t length = strlen(text);
        int32_t number;
        if (whole)
            find_whole(&text, &length);
        if (vocabulary_add(vocabulary, text, length, &number))
            return TRAINER_FAILED;
        *again = i;
        if ((size_t)number < i)
            return TRAINER_INVALID;
    }
    vocabulary->whole = whole;
    return TRAINER_OK;
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    free(vocabulary->name);
    free(vocabulary->length);
    free(vocabulary->slot);
    arena_free(&vocabulary->arena);
    *vocabulary = (struct vocabulary){0};
}
