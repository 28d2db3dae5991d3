/*
 * suggest.h - "did you mean": the known word that is closest to one that is not known.
 */
#ifndef TRAINER_SUGGEST_H
#define TRAINER_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* The candidate closest to word, for "did you mean": NULL where none is within a third of its
 * length (Damerau-Levenshtein, case, '_' and '-' ignored) or begins with its three or more letters.
 * candidates[count]. */
const char *suggest_closest(const char *word, const char *const *candidates, size_t count);

/* Appends "; did you mean 'x'?" and, where `list` says so or nothing is close, the known words
 * ("; known: a, b") to text[size]. Returns text. */
const char *suggest_words(char *text, size_t size, const char *word, const char *const *known,
                          size_t count, bool list);

#endif
