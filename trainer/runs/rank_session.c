/*
 * rank_session.c - see rank_session.h.
 */
#include "rank_session.h"
#include "base/build.h"
#include "base/error.h"
#include "base/hash.h"
#include "data/data.h"
#include "distributed/ranks.h"
#include "rank_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what rank 0 sends ------------------------------------------------------------------------ */

/* Of rank 0's session; on all ranks, for free(). */
struct sent {
    char *config;
    size_t length;
    char kernels[16];
    bool resumes, data; /* whether the data are sent too */
};

static int collect(struct sent *sent, struct session *session, bool resumes)
{
    sent->resumes = resumes;
    sent->data = session_ranks(session)->data_from_first;
    snprintf(sent->kernels, sizeof sent->kernels, "%s", graph_engine(session_graph(session))->isa);
    sent->config = config_emit(session_resolved(session), &sent->length);
    return sent->config ? TRAINER_OK : TRAINER_FAILED;
}

static int send(struct ranks *ranks, struct sent *sent)
{
    ranks_send(ranks, 0, &sent->resumes, sizeof sent->resumes);
    ranks_send(ranks, 0, &sent->data, sizeof sent->data);
    ranks_send(ranks, 0, sent->kernels, sizeof sent->kernels);
    return ranks_send_bytes(ranks, &sent->config, &sent->length);
}

/* Opens what rank 0 has opened. */
static int follow(struct opened *opened, const struct sent *sent, const char *name,
                  const struct session_options *options)
{
    struct session_options same = *options;
    int rc = config_read_text(&opened->config, name, NULL, sent->config, sent->length, NULL, 0);
    if (rc)
        return rc;
    same.resume = sent->resumes ? name : NULL;
    same.kernels = arena_copy(config_arena(opened->config), sent->kernels, strlen(sent->kernels));
    if (!same.kernels)
        return TRAINER_FAILED;
    same.data = opened->data;
    rc = opened->data ? TRAINER_OK : open_session_try_data(opened->config);
    return rc ? rc : session_open(&opened->session, opened->config, &same);
}

/* --- comparing -------------------------------------------------------------------------------- */

enum { FACTS = 4, FACT_SIZE = 128 };

static const char *const fact_name[FACTS] = {"program", "kernels", "config", "data"};

/* What a rank has, in words that are equal where it is. */
struct rank_facts {
    char host[256];
    char fact[FACTS][FACT_SIZE];
};
_Static_assert(sizeof(struct rank_facts) <= RANKS_ROOM, "the facts fit the room");

static int describe(struct rank_facts *facts, struct session *session)
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

/* TRAINER_INVALID on all ranks, with the first one that differs from rank 0, and in what. */
static int compare(struct session *session)
{
    struct ranks *ranks = session_ranks(session);
    struct rank_facts own, *each = ranks->room;
    int rc = ranks_agree(ranks, describe(&own, session));
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

int rank_session_open(struct opened *opened, int rc, bool resumes, const char *name,
                      const struct session_options *options)
{
    struct ranks *ranks = options->ranks;
    struct sent sent = {0};
    if (!ranks)
        return rc;
    bool leads = ranks_lead(ranks);
    if (rc == TRAINER_OK && leads)
        rc = collect(&sent, opened->session, resumes);
    rc = ranks_agree(ranks, rc);
    if (rc == TRAINER_OK)
        rc = send(ranks, &sent);
    if (rc == TRAINER_OK && sent.data)
        rc = rank_data_send(ranks, leads ? session_dataset(opened->session) : NULL, &opened->data);
    if (rc == TRAINER_OK)
        rc = ranks_agree(ranks, leads ? TRAINER_OK : follow(opened, &sent, name, options));
    if (rc == TRAINER_OK)
        rc = compare(opened->session);
    free(sent.config);
    return rc;
}
