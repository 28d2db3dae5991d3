/*
 * list_kinds.h - what `trainer layers [KIND]` and its siblings print: the kinds of a family, or the
 * options of one.
 */
#ifndef TRAINER_LIST_KINDS_H
#define TRAINER_LIST_KINDS_H

#include "command.h"
#include "config/registry.h"

/* Prints the family's kinds, or describes the one that the first word names. */
int list_kinds(enum registry_family family, const struct arguments *arguments);

#endif
