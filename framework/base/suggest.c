/*
 * suggest.c - "did you mean": edit distances between words.
 */
#include "suggest.h"
#include "text.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX = 64, BEGINNING = 3 };

/* The letters that count in a comparison, lower-case, into letters[WORD_MAX]; how many, or -1 where
 * the word is longer than any that is worth a guess. */
static int letters_of(const char *word, char *letters)
{
    int count = 0;
    for (; *word; word++) {
        if (*word == '_' || *word == '-')
            continue;
        if (count == WORD_MAX)
            return -1;
        letters[count++] = (char)tolower((unsigned char)*word);
    }
    return count;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* The number of letters to insert, delete, change or swap with their neighbour to turn a[m] into
 * b[n]. */
static int edit_distance(const char *a, int m, const char *b, int n)
{
    int row[3][WORD_MAX + 1]; /* of i - 2, i - 1 and i, in turns */
    for (int j = 0; j <= n; j++)
        row[0][j] = j;
    for (int i = 1; i <= m; i++) {
        int *now = row[i % 3], *one = row[(i + 2) % 3], *two = row[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= n; j++) {
            now[j] = least(least(one[j], now[j - 1]) + 1, one[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], two[j - 2] + 1);
        }
    }
    return row[m % 3][n];
}

const char *suggest_closest(const char *word, const char *const *candidates, size_t count)
{
    char a[WORD_MAX], b[WORD_MAX];
    int m = letters_of(word, a);
    int best = m / 3 + 1;
    const char *closest = NULL;
    for (size_t i = 0; m > 0 && i < count; i++) {
        int n = letters_of(candidates[i], b);
        int distance = n > 0 ? edit_distance(a, m, b, n) : best;
        if (m >= BEGINNING && n > m && memcmp(a, b, (size_t)m) == 0)
            distance = 1; /* a prefix counts as one wrong letter */
        if (distance < best) {
            best = distance;
            closest = candidates[i];
        }
    }
    return closest;
}

const char *suggest_words(char *text, size_t size, const char *word, const char *const *known,
                          size_t count, bool list)
{
    const char *closest = suggest_closest(word, known, count);
    if (closest)
        text_append(text, size, "; did you mean '%s'?", closest);
    bool names = (list || !closest) && count > 0;
    for (size_t i = 0; names && i < count; i++) {
        const char *before = i > 0 ? ", " : closest ? " known: " : "; known: ";
        text_append(text, size, "%s%s", before, known[i]);
    }
    return text;
}
