/*
 * rank_check.h - whether all processes of a training have the same program, config and data.
 */
#ifndef TRAINER_RANK_CHECK_H
#define TRAINER_RANK_CHECK_H

#include "train/train.h"

/* TRAINER_INVALID on all ranks, with a line for the first rank that differs from rank 0: its host,
 * and in what. All ranks call; TRAINER_OK where the session has none. */
int rank_check(struct session *session);

#endif
