/*
 * summary.h - the tables of `trainer summary`, which a dry run prints too.
 */
#ifndef TRAINER_SUMMARY_H
#define TRAINER_SUMMARY_H

#include "base/text.h"
#include "train/train.h"

/* Appends the tables for a session, which may be one of SESSION_DESCRIBE. */
int summary_add(struct session *session, struct text *text);

#endif
