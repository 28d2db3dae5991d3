/*
 * rank_check.c - see rank_check.h.
 */
#include "rank_check.h"
#include "base/build.h"
#include "base/error.h"
#include "base/hash.h"
#include "data/data.h"
#include "distributed/ranks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FACTS = 4, FACT_SIZE = 128 };

static const char *const fact_name[FACTS] = {"program", "kernels", "config", "data"};

/* What a rank has, in words that are equal where it is. */
struct rank_facts {
    char host[256];
    char fact[FACTS][FACT_SIZE];
};
_Static_assert(sizeof(struct rank_facts) <= RANKS_ROOM, "the facts fit the room");

static int collect(struct rank_facts *facts, struct session *session)
{
    size_t length;
    char *config = config_emit(session_resolved(session), &length);
    if (!config)
        return TRAINER_FAILED;
    uint64_t hash = hash_bytes(HASH_START, config, length);
    free(config);
    memset(facts, 0, sizeof *facts);
    snprintf(facts->host, sizeof facts->host, "%s", session_ranks(session)->host);
    snprintf(facts->fact[0], FACT_SIZE, "%s %s", build_version, build_git_commit);
    snprintf(facts->fact[1], FACT_SIZE, "%s", graph_engine(session_graph(session))->isa);
    snprintf(facts->fact[2], FACT_SIZE, "%016llx", (unsigned long long)hash);
    dataset_fingerprint(session_dataset(session), facts->fact[3]);
    return TRAINER_OK;
}

int rank_check(struct session *session)
{
    struct ranks *ranks = session_ranks(session);
    struct rank_facts own, *each = ranks ? ranks->room : NULL;
    if (!ranks)
        return TRAINER_OK;
    int rc = ranks_agree(ranks, collect(&own, session));
    if (rc)
        return rc;
    each[ranks->rank] = own;
    ranks_gather(ranks, each, sizeof *each);
    for (int i = 1; i < ranks->count; i++)
        for (int j = 0; j < FACTS; j++)
            if (strcmp(each[i].fact[j], each[0].fact[j]) != 0)
                return error_set(
                    TRAINER_INVALID, "rank %d on %s: its %s is %s, that of rank 0 on %s is %s", i,
                    each[i].host, fact_name[j], each[i].fact[j], each[0].host, each[0].fact[j]);
    return TRAINER_OK;
}
