/*
 * mpi_ranks.c - ranks that talk by MPI.
 *
 *     an exchange:  of every block, its own rows to each other rank, theirs from each     at once
 *
 * All messages of an exchange are under way together, so that it costs one latency. They are sent
 * from the blocks and received into them: nothing is copied, nothing is summed, so that no order of
 * arrival can change a bit.
 *
 * MPI's own waiting spins. Ours spins for as long as sleeping would cost, then yields the
 * processor, then sleeps, beside training for longer at a time: other programs want processors too.
 * Ranks that share them yield at once, and soon sleep.
 *
 * It also sees whether another rank still answers, as Open MPI waits for ever for a host that is
 * gone:
 *
 *     in training    a rank is silent that others wait for much longer than steps take
 *     beside it      one of which no sign of life comes (beats.h): it may read for any time
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/machine.h"
#include "beats.h"
#include "end_launcher.h"
#include "engine/engine.h"
#include "engine/places.h"
#include "system/launcher.h"

#include <fcntl.h>
#include <math.h>
#include <mpi.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HOST_SIZE = 256, MESSAGE_MAX = 1 << 30 };

static const double SPIN_SECONDS = 50e-6, YIELD_SECONDS = 2e-3, SLEEP_SECONDS = 0.1;

/* No rank that others wait for this long, in seconds, is quiet; nor so many times as long as this
 * rank's own work between two exchanges has ever taken. */
static const double WARN_SECONDS = 10, WARN_TIMES = 5, STALL_TIMES = 20;

/* Nor is one that has sent a sign of life in this time, some beats long. */
static const double SIGN_SECONDS = 2;

struct mpi {
    struct ranks ranks;
    struct beats *beats;
    char (*host)[HOST_SIZE]; /* [count] */
    char *hosts;
    MPI_Request *request; /* [capacity] */
    int *peer;            /* [capacity]: whom each request is for */
    size_t capacity, requests;
    MPI_Status *no_statuses; /* MPI_STATUSES_IGNORE: for gcc MPICH's own is an array of none */
    bool crowded;            /* more ranks than processors here: a wait does not spin */
    int errors;              /* standard error, which only rank 0 has otherwise */
    double left;             /* when the last exchange ended */
    double longest;          /* own work between two exchanges */
};

/* --- the exchange ----------------------------------------------------------------------------- */

/* Ends all ranks; also where the launcher does not hear of it, or cannot reach them. */
static void end_all(const struct mpi *mpi)
{
    enum { PATIENCE = 5, STATUS = 1 };
    close(mpi->errors);
    end_launcher_later(end_launcher_find(), PATIENCE);
    alarm(PATIENCE);
    MPI_Abort(MPI_COMM_WORLD, STATUS);
    _exit(STATUS);
}

/* Of what one rank lacks, in the middle of what all do. */
static void fail_all(const struct mpi *mpi, const char *what)
{
    dprintf(mpi->errors, "trainer: rank %d on %s: %s\n", mpi->ranks.rank, mpi->ranks.host, what);
    end_all(mpi);
}

static void reserve(struct mpi *mpi, size_t more)
{
    size_t wanted = mpi->requests + more;
    if (wanted <= mpi->capacity)
        return;
    mpi->capacity = 2 * wanted;
    mpi->request = realloc(mpi->request, mpi->capacity * sizeof *mpi->request);
    mpi->peer = realloc(mpi->peer, mpi->capacity * sizeof *mpi->peer);
    if (mpi->request && mpi->peer)
        return;
    fail_all(mpi, "out of memory");
}

/* The bytes of a block that are a rank's own. */
static char *part_of(const struct ranks *ranks, int rank, const struct ranks_block *block,
                     size_t *bytes)
{
    size_t begin = 0, end = rank == block->source ? block->rows : 0;
    if (block->each) {
        begin = (size_t)rank;
        end = begin + 1;
    } else if (!block->from_one) {
        ranks_rows(ranks, rank, block->rows, &begin, &end);
    }
    *bytes = (end - begin) * block->row_bytes;
    return (char *)block->x + begin * block->row_bytes;
}

/* Starts to send bytes, or to receive them. A message's length is an int. */
static void start(struct mpi *mpi, bool sends, char *x, size_t bytes, int peer, int tag)
{
    for (size_t begin = 0; begin < bytes; begin += MESSAGE_MAX) {
        int length = (int)(bytes - begin < MESSAGE_MAX ? bytes - begin : MESSAGE_MAX);
        reserve(mpi, 1);
        MPI_Request *request = &mpi->request[mpi->requests];
        mpi->peer[mpi->requests++] = peer;
        if (sends)
            MPI_Isend(x + begin, length, MPI_BYTE, peer, tag, MPI_COMM_WORLD, request);
        else
            MPI_Irecv(x + begin, length, MPI_BYTE, peer, tag, MPI_COMM_WORLD, request);
    }
}

/* Of the ranks that have not answered the one whose last sign of life is the oldest: others may
 * wait for it themselves. This one: there is none. */
static int find_silent(struct mpi *mpi)
{
    int silent = mpi->ranks.rank, done;
    double oldest = HUGE_VAL;
    for (size_t i = 0; i < mpi->requests; i++) {
        double heard = beats_heard(mpi->beats, mpi->peer[i]);
        MPI_Test(&mpi->request[i], &done, MPI_STATUS_IGNORE);
        if (!done && heard < oldest) {
            silent = mpi->peer[i];
            oldest = heard;
        }
    }
    return silent;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* For how long the silent rank has been. */
static double silence(const struct mpi *mpi, int silent, double began, double now)
{
    return mpi->ranks.patient ? now - larger(began, beats_heard(mpi->beats, silent)) : now - began;
}

/* How long a rank may be silent before that is said, and before it is given up. */
static double limit(const struct mpi *mpi, bool ends)
{
    const double given = ends ? mpi->ranks.stall : WARN_SECONDS;
    if (mpi->ranks.patient)
        return larger(given, SIGN_SECONDS);
    return larger(given, (ends ? STALL_TIMES : WARN_TIMES) * mpi->longest);
}

/* Says that a rank does not answer, and in the end gives it up. */
static void watch(struct mpi *mpi, double began, double now, bool *warned)
{
    static const struct timespec others_turn = {.tv_nsec = 500000000};
    const struct ranks *ranks = &mpi->ranks;
    const double warn_at = *warned ? HUGE_VAL : limit(mpi, false);
    const double end_at = ranks->stall > 0 ? limit(mpi, true) : HUGE_VAL;
    if (now - began <= warn_at && now - began <= end_at)
        return;
    int silent = find_silent(mpi);
    double waited = silence(mpi, silent, began, now);
    bool ends = waited > end_at;
    if (silent == ranks->rank || (waited <= warn_at && !ends))
        return;
    char line[3 * HOST_SIZE];
    snprintf(line, sizeof line, "%srank %d on %s has waited %.0f s for rank %d on %s%s",
             ends ? "" : "warning: ", ranks->rank, ranks->host, waited, silent, mpi->host[silent],
             ends ? "; the run ends" : "");
    dprintf(mpi->errors, "trainer: %s\n", line);
    if (ranks->note)
        ranks->note(ranks->log, line);
    *warned = true;
    if (!ends)
        return;
    nanosleep(&others_turn, NULL); /* they say it as well, who have waited a little less */
    end_all(mpi);
}

/* Lets others have the processor, the longer the wait. */
static void pause_for(const struct mpi *mpi, double waited)
{
    static const struct timespec nap = {.tv_nsec = 50000}, sleep = {.tv_nsec = 2000000};
    if (mpi->ranks.patient && waited > SLEEP_SECONDS)
        nanosleep(&sleep, NULL);
    else if (waited > (mpi->crowded ? SPIN_SECONDS : YIELD_SECONDS))
        nanosleep(&nap, NULL);
    else if (mpi->crowded || waited > SPIN_SECONDS)
        sched_yield();
}

static void wait_for_all(struct mpi *mpi, double began)
{
    int done = 0;
    bool warned = false;
    for (;;) {
        MPI_Testall((int)mpi->requests, mpi->request, &done, mpi->no_statuses);
        if (done)
            return;
        double now = clock_seconds();
        beats_look(mpi->beats, now);
        watch(mpi, began, now, &warned);
        pause_for(mpi, now - began);
    }
}

static void exchange(struct ranks *ranks, const struct ranks_block *block, size_t blocks)
{
    struct mpi *mpi = ranks->context;
    double began = clock_seconds();
    size_t bytes;
    if (!ranks->patient && mpi->left > 0)
        mpi->longest = larger(mpi->longest, began - mpi->left);
    mpi->requests = 0;
    beats_begin(mpi->beats);
    beats_look(mpi->beats, began);
    for (int sends = 0; sends <= 1; sends++)
        for (size_t b = 0; b < blocks; b++)
            for (int i = 1; i < ranks->count; i++) {
                int peer = (ranks->rank + i) % ranks->count;
                char *x = part_of(ranks, sends ? ranks->rank : peer, &block[b], &bytes);
                start(mpi, sends, x, bytes, peer, (int)b);
                ranks->sent += sends ? bytes : 0;
            }
    wait_for_all(mpi, began);
    beats_end(mpi->beats);
    mpi->left = clock_seconds();
    ranks->seconds += mpi->left - began;
}

/* --- joining ---------------------------------------------------------------------------------- */

/* What this rank prints is lost, but for what goes to mpi->errors. */
static void mute(struct mpi *mpi)
{
    mpi->errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (mpi->ranks.rank == 0 || nothing < 0)
        return;
    fflush(stdout);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    close(nothing);
}

/* Where a rank runs. */
struct place {
    char host[HOST_SIZE];
    cpu_set_t processors;
};
_Static_assert(sizeof(struct place) <= RANKS_ROOM, "a place fits the room");

/* Ranks that were given the same processors divide them: no rank knows of the others' threads. */
static void divide_processors(struct mpi *mpi, const struct place *place)
{
    const struct place *own = &place[mpi->ranks.rank];
    size_t part = 0, parts = 0;
    for (int i = 0; i < mpi->ranks.count; i++) {
        if (strcmp(place[i].host, own->host) != 0 ||
            !CPU_EQUAL(&place[i].processors, &own->processors))
            continue;
        part += i < mpi->ranks.rank;
        parts++;
    }
    mpi->crowded = parts > (size_t)places_processors();
    places_divide(part, parts);
}

/* The hosts' names, each once. */
static int list_hosts(struct mpi *mpi, const struct place *place)
{
    size_t used = 0;
    int count = mpi->ranks.count;
    mpi->host = calloc((size_t)count, HOST_SIZE);
    mpi->hosts = calloc((size_t)count, HOST_SIZE + 1);
    if (!mpi->host || !mpi->hosts)
        return error_memory("the names of hosts", (size_t)count * HOST_SIZE);
    for (int i = 0; i < count; i++) {
        int before = 0;
        memcpy(mpi->host[i], place[i].host, HOST_SIZE);
        while (strcmp(mpi->host[before], mpi->host[i]) != 0)
            before++;
        if (before == i)
            used += (size_t)sprintf(mpi->hosts + used, "%s%s", used ? "," : "", mpi->host[i]);
    }
    mpi->ranks.host = mpi->host[mpi->ranks.rank];
    mpi->ranks.hosts = mpi->hosts;
    return TRAINER_OK;
}

/* Of several kinds of processors the kernels that all have, unless the environment names some. */
static int choose_kernels(struct mpi *mpi)
{
    static const char variable[] = "TRAINER_KERNELS";
    const struct engine *engine;
    int rc = engine_find(&engine, PRECISION_SINGLE, "auto"), *index = mpi->ranks.room;
    if (rc)
        return rc;
    int own = index[mpi->ranks.rank] = (int)engine->variant, least = own, most = own;
    ranks_gather(&mpi->ranks, index, sizeof *index);
    for (int i = 0; i < mpi->ranks.count; i++) {
        least = index[i] < least ? index[i] : least;
        most = index[i] > most ? index[i] : most;
    }
    if (least == most)
        return TRAINER_OK;
    setenv(variable, engine_list[least]->isa, 1);
    if (mpi->ranks.rank == 0)
        fprintf(stderr, "trainer: note: %s kernels, the best that all hosts have\n",
                engine_list[least]->isa);
    return TRAINER_OK;
}

/* Tells the others where this rank is, and learns where they are. */
static int meet(struct mpi *mpi)
{
    struct place *place = mpi->ranks.room, *own = &place[mpi->ranks.rank];
    machine_hostname(own->host, sizeof own->host);
    CPU_ZERO(&own->processors);
    sched_getaffinity(0, sizeof own->processors, &own->processors);
    ranks_gather(&mpi->ranks, place, sizeof *place);
    int rc = list_hosts(mpi, place);
    if (rc)
        return rc;
    divide_processors(mpi, place);
    return choose_kernels(mpi);
}

static void leave(struct ranks *ranks)
{
    struct mpi *mpi = ranks->context;
    beats_stop(mpi->beats);
    MPI_Finalize();
    free(mpi->request);
    free(mpi->peer);
    free(mpi->host);
    free(mpi->hosts);
    free(mpi->ranks.room);
    free(mpi);
}

/* Which MPI this program has, in the first words of its own description. */
static const char *name_of_mpi(char *text)
{
    int length;
    MPI_Get_library_version(text, &length);
    text[strcspn(text, ",\n")] = '\0';
    return text;
}

static int join(struct ranks **out, long processes)
{
    char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int rank, count, provided;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    if (count != processes) {
        MPI_Finalize();
        return error_set(TRAINER_INVALID,
                         "the launcher started %ld processes, and this trainer-mpi sees %d; it was "
                         "built for %s: start it with that one's mpirun",
                         processes, count, name_of_mpi(text));
    }
    struct mpi *mpi = calloc(1, sizeof *mpi);
    void *room = calloc((size_t)count, RANKS_ROOM);
    if (!mpi || !room) {
        free(mpi);
        free(room);
        return error_memory("the ranks", (size_t)count * RANKS_ROOM);
    }
    mpi->no_statuses = MPI_STATUSES_IGNORE;
    mpi->ranks = (struct ranks){.rank = rank,
                                .count = count,
                                .exchange = exchange,
                                .context = mpi,
                                .host = "this host", /* until they meet */
                                .room = room,
                                .patient = true};
    mute(mpi);
    if (beats_start(&mpi->beats, rank, count))
        fail_all(mpi, error_text());
    int rc = meet(mpi);
    if (rc)
        leave(&mpi->ranks);
    else
        *out = &mpi->ranks;
    return rc;
}

static const struct launcher_mpi mpi = {join, leave};
const struct launcher_mpi *const launcher_mpi = &mpi;
