/*
 * ranks.c - see ranks.h.
 */
#include "ranks.h"
#include "base/error.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ranks_rows(const struct ranks *ranks, int rank, size_t rows, size_t *begin, size_t *end)
{
    const struct worker worker = {
        .threads = 1, .rank = rank, .ranks = ranks->count, .slices = ranks->slices};
    team_range(&worker, rows, 1, begin, end);
}

struct worker ranks_worker(const struct ranks *ranks, const struct worker *worker)
{
    struct worker place = *worker;
    if (ranks) {
        place.rank = ranks->rank;
        place.ranks = ranks->count;
        place.slices = ranks->slices;
    }
    return place;
}

void ranks_gather(struct ranks *ranks, void *each, size_t bytes)
{
    const struct ranks_block block = {
        .x = each, .rows = (size_t)ranks->count, .row_bytes = bytes, .each = true};
    ranks->exchange(ranks, &block, 1);
}

void ranks_send(struct ranks *ranks, int source, void *x, size_t bytes)
{
    const struct ranks_block block = {
        .x = x, .rows = 1, .row_bytes = bytes, .from_one = true, .source = source};
    ranks->exchange(ranks, &block, 1);
}

/* --- errors ----------------------------------------------------------------------------------- */

/* What a rank has to say. */
struct verdict {
    int rc;
    char host[256];
    char text[RANKS_ROOM - 256 - sizeof(int)];
};
_Static_assert(sizeof(struct verdict) <= RANKS_ROOM, "a verdict fits the room");

/* Makes a message of several lines this thread's, each with `before` in front. */
static void set_lines(int rc, const char *before, const char *text)
{
    error_clear();
    while (*text) {
        size_t length = strcspn(text, "\n");
        error_add(rc, "%s%.*s", before, (int)length, text);
        text += length + (text[length] == '\n');
    }
}

int ranks_agree(struct ranks *ranks, int rc)
{
    if (!ranks)
        return rc;
    struct verdict *each = ranks->room, *own = &each[ranks->rank];
    char before[300] = "";
    int first = 0;
    own->rc = rc;
    snprintf(own->host, sizeof own->host, "%s", ranks->host);
    snprintf(own->text, sizeof own->text, "%s", rc < 0 ? error_text() : "");
    ranks_gather(ranks, each, sizeof *each);
    while (first < ranks->count && each[first].rc == TRAINER_OK)
        first++;
    if (first == ranks->count)
        return TRAINER_OK;
    if (first > 0)
        snprintf(before, sizeof before, "rank %d on %s: ", first, each[first].host);
    set_lines(each[first].rc, before, each[first].text);
    return each[first].rc;
}

int ranks_send_bytes(struct ranks *ranks, char **bytes, size_t *count)
{
    ranks_send(ranks, 0, count, sizeof *count);
    int rc = TRAINER_OK;
    if (ranks->rank > 0)
        *bytes = *count > 0 ? malloc(*count + 1) : NULL;
    if (*count > 0 && !*bytes)
        rc = error_memory("what rank 0 sends", *count);
    rc = ranks_agree(ranks, rc);
    if (rc == TRAINER_OK && *count > 0)
        ranks_send(ranks, 0, *bytes, *count);
    return rc;
}
