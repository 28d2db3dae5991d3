/*
 * rank_session.h - of several processes that train together: all open the session of the first.
 *
 *     rank 0    reads config, checkpoint and weights; sends them
 *     others    read the data, which each has at the same path, unless rank 0 sends those as well
 *
 * Then they compare: program, kernels, config, data.
 */
#ifndef TRAINER_RANK_SESSION_H
#define TRAINER_RANK_SESSION_H

#include "open_session.h"

/* Rank 0 has opened its session, or could not (rc); nothing is open on the others. All ranks call.
 * TRAINER_OK: all have the session, and are alike. Else the message is that of the first rank that
 * fails or differs, and the caller closes what is open. resumes: on rank 0, whether it goes on from
 * a checkpoint. name: of the config, in messages. options: of rank 0's session; without ranks this
 * returns rc. */
int rank_session_open(struct opened *opened, int rc, bool resumes, const char *name,
                      const struct session_options *options);

#endif
