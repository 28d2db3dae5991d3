/*
 * sections.h - every section of a config and the tables of its keys: for listings, and to find a
 * key that was given elsewhere.
 */
#ifndef TRAINER_SECTIONS_H
#define TRAINER_SECTIONS_H

#include "config/options.h"

/* Ends with a group whose path is NULL. Sections of several tables stand there several times. */
extern const struct option_group sections_list[];

#endif
