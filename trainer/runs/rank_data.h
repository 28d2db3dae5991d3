/*
 * rank_data.h - rank 0's data set for ranks that have none: --data-from-rank-0.
 *
 *     what is known of the columns    packed, in one message
 *     their values                    each as it is stored, from memory into memory
 *
 * What is fitted or drawn of the values - the split, normalisation - each rank makes anew.
 */
#ifndef TRAINER_RANK_DATA_H
#define TRAINER_RANK_DATA_H

#include "dataset.h"
#include "distributed/ranks.h"

/* All ranks call. own: on rank 0, an open data set whose values are in memory. *received: on the
 * others, for session_options.data and dataset_close; NULL on rank 0. The message of an error is
 * everyone's. */
int rank_data_send(struct ranks *ranks, const struct dataset *own, struct dataset **received);

#endif
