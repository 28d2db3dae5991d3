/*
 * sweep_ranks.c - carries what trials on other ranks say.
 *
 * Invariant: all ranks take the same exchanges; how many follow from what the first one brought.
 */
#include "sweep_ranks.h"
#include "base/error.h"
#include "base/hash.h"
#include "engine/places.h"
#include "hdf5/hdf5_image.h"
#include "sweep_child.h"
#include "system/signals.h"
#include "system/subprocess.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const double SWEEP_RANKS_SECONDS = 0.02;

/* Bytes of a trial that one turn carries: less than a socket holds. */
enum { PIECE = 1 << 14, NONE = -1, EXIT_FAILED = 1 << 8 };

/* What rank 0 wants of a rank. */
struct order {
    int32_t trial;   /* to be started; NONE */
    int32_t threads; /* of it */
    int32_t rc;      /* of the dismissal */
    char answer;     /* for the trial; 0: none */
    bool stop, dismissed;
};

/* What a rank has to say of its trial. */
struct news {
    int32_t bytes;  /* that it has sent */
    int32_t status; /* of waitpid, where it has ended */
    int32_t signal; /* that this rank got; 0: none */
    bool ended;
};

struct sweep_ranks {
    struct ranks *ranks;
    struct order *order;       /* [count] */
    struct news *news;         /* [count] */
    char *piece;               /* (count, PIECE) */
    struct ranks_block *block; /* [count] */
    int *channel;              /* [count]: rank 0's, to its sweep_jobs; -1: no trial */
    int *status;               /* [count]: of trials that have ended */
};

int sweep_ranks_open(struct sweep_ranks **deal, struct ranks *ranks)
{
    size_t count = (size_t)ranks->count;
    struct sweep_ranks *made = calloc(1, sizeof *made);
    *deal = made;
    if (!made)
        return error_memory("the ranks' trials", sizeof *made);
    made->ranks = ranks;
    made->order = calloc(count, sizeof *made->order);
    made->news = calloc(count, sizeof *made->news);
    made->piece = calloc(count, PIECE);
    made->block = calloc(count, sizeof *made->block);
    made->channel = calloc(count, sizeof *made->channel);
    made->status = calloc(count, sizeof *made->status);
    if (!made->order || !made->news || !made->piece || !made->block || !made->channel ||
        !made->status)
        return error_memory("the ranks' trials", count * PIECE);
    for (size_t r = 0; r < count; r++) {
        made->order[r].trial = NONE;
        made->channel[r] = -1;
    }
    return TRAINER_OK;
}

void sweep_ranks_close(struct sweep_ranks *deal)
{
    if (!deal)
        return;
    free(deal->order);
    free(deal->news);
    free(deal->piece);
    free(deal->block);
    free(deal->channel);
    free(deal->status);
    free(deal);
}

int sweep_ranks_compare(struct ranks *ranks, const struct sweep *sweep)
{
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < sweep_trial_count(sweep); i++)
        hash = hash_text(hash, sweep_trial(sweep, i)->id);
    uint64_t first = hash;
    ranks_send(ranks, 0, &first, sizeof first);
    return ranks_agree(ranks, first == hash
                                  ? TRAINER_OK
                                  : error_set(TRAINER_INVALID,
                                              "has other trials than rank 0: another config, other "
                                              "data or another version of the program"));
}

/* Orders and news of all ranks, then the bytes of those that have some. */
static void exchange(struct sweep_ranks *deal)
{
    struct ranks *ranks = deal->ranks;
    size_t count = (size_t)ranks->count, blocks = 0;
    const struct ranks_block both[] = {
        {.x = deal->order, .rows = 1, .row_bytes = count * sizeof *deal->order, .from_one = true},
        {.x = deal->news, .rows = count, .row_bytes = sizeof *deal->news, .each = true}};
    ranks->exchange(ranks, both, 2);
    for (int r = 0; r < ranks->count; r++)
        if (deal->news[r].bytes > 0)
            deal->block[blocks++] = (struct ranks_block){.x = deal->piece + (size_t)r * PIECE,
                                                         .rows = 1,
                                                         .row_bytes = (size_t)deal->news[r].bytes,
                                                         .from_one = true,
                                                         .source = r};
    if (blocks > 0)
        ranks->exchange(ranks, deal->block, blocks);
}

/* --- rank 0 ----------------------------------------------------------------------------------- */

size_t sweep_ranks_count(const struct sweep_ranks *deal)
{
    return (size_t)deal->ranks->count;
}

int sweep_ranks_start(struct sweep_ranks *deal, size_t rank, size_t trial, int threads,
                      int *channel)
{
    int end[2];
    if (sweep_child_socket(end) != TRAINER_OK)
        return TRAINER_FAILED;
    *channel = end[0];
    deal->channel[rank] = end[1];
    deal->order[rank] = (struct order){.trial = (int32_t)trial, .threads = threads};
    return TRAINER_OK;
}

void sweep_ranks_stop(struct sweep_ranks *deal, size_t rank)
{
    deal->order[rank].stop = true;
}

int sweep_ranks_status(const struct sweep_ranks *deal, size_t rank)
{
    return deal->status[rank];
}

/* Copies of a socket that children have would keep it open. */
static void end_channel(struct sweep_ranks *deal, int rank)
{
    shutdown(deal->channel[rank], SHUT_RDWR);
    close(deal->channel[rank]);
    deal->channel[rank] = -1;
}

static void take_news(struct sweep_ranks *deal, int rank)
{
    const struct news *news = &deal->news[rank];
    if (news->signal != 0 && signals_stop == 0)
        signals_stop = news->signal;
    if (deal->channel[rank] >= 0 && news->bytes > 0) /* fits: sweep_jobs reads after each turn */
        (void)!send(deal->channel[rank], deal->piece + (size_t)rank * PIECE, (size_t)news->bytes,
                    MSG_NOSIGNAL);
    if (deal->channel[rank] < 0 || !news->ended)
        return;
    deal->status[rank] = news->status;
    end_channel(deal, rank);
}

void sweep_ranks_turn(struct sweep_ranks *deal)
{
    int count = deal->ranks->count;
    for (int r = 1; r < count; r++)
        if (deal->channel[r] >= 0 &&
            recv(deal->channel[r], &deal->order[r].answer, 1, MSG_DONTWAIT) != 1)
            deal->order[r].answer = 0;
    exchange(deal);
    for (int r = 1; r < count; r++) {
        deal->order[r] = (struct order){.trial = NONE};
        take_news(deal, r);
    }
}

void sweep_ranks_dismiss(struct sweep_ranks *deal, int rc)
{
    for (int r = 1; r < deal->ranks->count; r++) {
        deal->order[r] = (struct order){.trial = NONE, .rc = rc, .dismissed = true};
        if (deal->channel[r] >= 0)
            end_channel(deal, r);
    }
    exchange(deal);
}

/* --- the other ranks -------------------------------------------------------------------------- */

/* The trial of this rank. */
struct own {
    pid_t child; /* 0: none */
    int channel;
    bool lost; /* it could not be started */
};

static int start_trial(struct own *own, const struct order *order, const struct sweep_work *work)
{
    static struct sweep_slot slot; /* nobody draws it here */
    char *folder;
    size_t trial = (size_t)order->trial;
    int most = places_processors();
    if (asprintf(&folder, "%s/trials/%s", work->folder, sweep_trial(work->sweep, trial)->id) < 0)
        return error_memory("a path", strlen(work->folder));
    struct sweep_task task = {.sweep = work->sweep,
                              .trial = trial,
                              .folder = folder,
                              .threads = order->threads < most ? order->threads : most,
                              .command_line = work->command_line,
                              .slot = &slot};
    int rc = sweep_data_of(work->data, trial, &task.data);
    if (rc == TRAINER_OK)
        rc = sweep_child_start(&task, NULL, NULL, &own->child, &own->channel);
    free(folder);
    return rc;
}

static void obey(struct own *own, const struct order *order, const struct sweep_work *work)
{
    if (order->trial != NONE)
        own->lost = start_trial(own, order, work) != TRAINER_OK;
    if (own->child > 0 && order->answer)
        (void)!send(own->channel, &order->answer, 1, MSG_NOSIGNAL);
    if (own->child > 0 && order->stop)
        kill(own->child, SIGTERM);
}

static struct news gather_news(struct own *own, char *piece)
{
    struct news news = {
        .signal = signals_stop, .ended = own->lost, .status = own->lost ? EXIT_FAILED : 0};
    own->lost = false;
    if (own->child == 0)
        return news;
    ssize_t got = recv(own->channel, piece, PIECE, MSG_DONTWAIT);
    if (got > 0)
        news.bytes = (int32_t)got;
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)))
        return news;
    news.ended = true;
    news.status = subprocess_wait(own->child);
    close(own->channel);
    own->child = 0;
    return news;
}

int sweep_ranks_work(struct sweep_ranks *deal, const struct sweep_work *work)
{
    int rank = deal->ranks->rank;
    const struct order *order = &deal->order[rank];
    struct own own = {0};
    hdf5_prepare();
    signals_defer(false);
    do {
        struct pollfd polled = {.fd = own.child > 0 ? own.channel : -1, .events = POLLIN};
        if (!own.lost)
            poll(&polled, 1, (int)(1000 * SWEEP_RANKS_SECONDS));
        deal->news[rank] = gather_news(&own, deal->piece + (size_t)rank * PIECE);
        exchange(deal);
        if (!order->dismissed)
            obey(&own, order, work);
    } while (!order->dismissed);
    if (own.child > 0) {
        kill(own.child, SIGKILL);
        subprocess_wait(own.child);
        close(own.channel);
    }
    return order->rc;
}
