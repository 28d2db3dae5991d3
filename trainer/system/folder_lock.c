/*
 * folder_lock.c - who may write in a folder.
 */
#include "folder_lock.h"
#include "base/error.h"
#include "base/machine.h"
#include "run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MODE = 0666, HOST_SIZE = sizeof((struct folder_owner){0}.host) };

/* Until the children of a killed process have closed what they share with it; from one look at it
 * to the next. */
static const double WAIT_SECONDS = 60, LOOK_SECONDS = 0.02;

/* A host that has shown no sign of life for so long is gone; from one look for one to the next. */
static const double QUIET_SECONDS = 5 * FOLDER_LOCK_SIGNS, WATCH_SECONDS = 0.5;

/* A lock on the whole file. It belongs to the open file and not to the process, and, unlike
 * flock's, can be asked for without being taken. */
static struct flock whole_file(short type)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET};
}

static void sleep_for(double seconds)
{
    nanosleep(&(struct timespec){.tv_sec = (time_t)seconds,
                                 .tv_nsec = (long)(1e9 * (seconds - (double)(time_t)seconds))},
              NULL);
}

/* --- signatures ------------------------------------------------------------------------------- */

/* The same name as long as this process lives: what it signed stays its own. */
static const char *this_host(void)
{
    static char host[HOST_SIZE];
    return host[0] ? host : machine_hostname(host, sizeof host);
}

static struct folder_owner read_signature(int lock)
{
    struct folder_owner owner = {0};
    char words[HOST_SIZE + 32] = "";
    ssize_t length = pread(lock, words, sizeof words - 1, 0);
    if (length <= 0 || sscanf(words, "%255s %ld", owner.host, &owner.pid) != 2)
        owner = (struct folder_owner){0};
    owner.elsewhere = owner.host[0] && strcmp(owner.host, this_host()) != 0;
    return owner;
}

static bool is_own(const struct folder_owner *owner)
{
    return owner->host[0] && !owner->elsewhere && owner->pid == getpid();
}

/* Other hosts read it when it is on the server. That this fails, on a full disk, stops no run. */
static void sign_lock(int lock, bool kept)
{
    char words[HOST_SIZE + 32];
    int length = snprintf(words, sizeof words, "%s %ld\n", this_host(), (long)getpid());
    if (ftruncate(lock, 0) == 0 && pwrite(lock, words, (size_t)length, 0) < 0)
        (void)!ftruncate(lock, 0);
    if (kept)
        fdatasync(lock);
}

struct folder_owner folder_lock_owner(const char *folder, const char *name)
{
    struct folder_owner owner = {0};
    struct flock held = whole_file(F_WRLCK);
    char *path = run_folder_path(folder, name);
    int lock = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    free(path);
    if (lock < 0)
        return owner;
    owner = read_signature(lock);
    owner.alive = fcntl(lock, F_OFD_GETLK, &held) == 0 && held.l_type != F_UNLCK;
    close(lock);
    return owner;
}

/* --- signs of life ---------------------------------------------------------------------------- */

/* A new file beside the lock's, whose time is the file system's clock: its descriptor, its path for
 * free(). -1: none. */
static int make_beside(const char *path, char **beside)
{
    if (asprintf(beside, "%s.%ld", path, (long)getpid()) < 0) {
        *beside = NULL;
        return -1;
    }
    return open(*beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
}

/* For how long nobody has touched the file at path, by the clock of the one beside it; -1: not
 * known. */
static double seconds_untouched(const char *path, int beside)
{
    struct stat fresh, held;
    return beside >= 0 && fstat(beside, &fresh) == 0 && stat(path, &held) == 0
               ? (double)(fresh.st_mtime - held.st_mtime)
               : -1;
}

/* Opened anew, a file of another host's is as the server has it. */
static struct timespec touched(const char *path)
{
    struct stat facts = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0) {
        (void)!fstat(file, &facts);
        close(file);
    }
    return facts.st_mtim;
}

/* Whether a sign of life comes before the file has been quiet for long enough. */
static bool shows_life(const char *path)
{
    char *beside;
    int file = make_beside(path, &beside);
    struct timespec first = touched(path), now = first;
    double quiet = seconds_untouched(path, file);
    if (file >= 0) {
        close(file);
        unlink(beside);
    }
    free(beside);
    for (; quiet < QUIET_SECONDS; quiet += WATCH_SECONDS) {
        sleep_for(WATCH_SECONDS);
        now = touched(path);
        if (now.tv_sec != first.tv_sec || now.tv_nsec != first.tv_nsec)
            return true;
    }
    return false;
}

/* Whether a process of this host has ended, be it that nobody has waited for it yet. */
static bool has_ended(long pid)
{
    char path[64], state = 'X';
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *facts = kill((pid_t)pid, 0) == 0 ? fopen(path, "re") : NULL;
    if (!facts)
        return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
    bool known = fscanf(facts, "%*d (%*[^)]) %c", &state) == 1;
    fclose(facts);
    return known && (state == 'Z' || state == 'X');
}

/* Whether who signed the lock holds it, although the kernel grants it. granted: false where the
 * file system has no locks at all, so that the kernel knows nothing of this host's either. */
static bool is_held_by_signature(const char *path, int lock, bool granted)
{
    struct folder_owner owner = read_signature(lock);
    if (owner.pid == 0 || is_own(&owner))
        return false;
    if (owner.elsewhere)
        return shows_life(path);
    return !granted && !has_ended(owner.pid);
}

/* --- taking ----------------------------------------------------------------------------------- */

static int refuse_lock(const char *folder, const struct folder_lock *kind)
{
    struct folder_owner owner = folder_lock_owner(folder, kind->name);
    if (owner.pid == 0)
        return error_set(TRAINER_INVALID, "%s: another %s is writing in this folder", folder,
                         kind->holder);
    return error_set(TRAINER_INVALID,
                     "%s: another %s is writing in this folder (process %ld on %s)", folder,
                     kind->holder, owner.pid, owner.host);
}

/* *watched: it is refused for its signature. */
static int try_lock(const char *folder, const struct folder_lock *kind, bool *watched)
{
    struct flock wanted = whole_file(kind->shared ? F_RDLCK : F_WRLCK);
    char *path = run_folder_path(folder, kind->name);
    if (!path)
        return TRAINER_FAILED;
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    bool granted = lock >= 0 && fcntl(lock, F_OFD_SETLK, &wanted) == 0;
    bool refused = lock >= 0 && !granted && (errno == EAGAIN || errno == EACCES);
    if (lock < 0)
        lock = error_set(TRAINER_FAILED, "%s: %s", path, strerror(errno));
    *watched = lock >= 0 && !refused && kind->kept && is_held_by_signature(path, lock, granted);
    if (lock >= 0 && (refused || *watched)) {
        close(lock);
        lock = refuse_lock(folder, kind);
    } else if (lock >= 0 && !kind->shared) {
        sign_lock(lock, kind->kept);
    }
    free(path);
    return lock;
}

/* Whether to ask again for a lock that was refused: it is free by now, or the process that signed
 * it is gone and only its children hold it, which end soon. */
static bool ask_again(const char *folder, const struct folder_lock *kind)
{
    struct folder_owner owner = folder_lock_owner(folder, kind->name);
    return !owner.alive || (owner.pid > 0 && !owner.elsewhere && has_ended(owner.pid));
}

int folder_lock_take(const char *folder, const struct folder_lock *kind)
{
    bool watched;
    int lock = try_lock(folder, kind, &watched);
    for (double waited = 0;
         lock == TRAINER_INVALID && !watched && waited < WAIT_SECONDS && ask_again(folder, kind);
         waited += LOOK_SECONDS) {
        sleep_for(LOOK_SECONDS);
        lock = try_lock(folder, kind, &watched);
    }
    return lock;
}

void folder_lock_release(int lock)
{
    struct folder_owner owner = read_signature(lock);
    if (is_own(&owner))
        (void)!ftruncate(lock, 0);
    close(lock);
}

/* --- keeping, and taking away ----------------------------------------------------------------- */

bool folder_lock_keep(int lock, const char *folder, const char *name)
{
    struct stat held, named;
    char *path = run_folder_path(folder, name);
    struct folder_owner owner = folder_lock_owner(folder, name);
    bool other = path && fstat(lock, &held) == 0 && stat(path, &named) == 0 &&
                 (held.st_dev != named.st_dev || held.st_ino != named.st_ino);
    bool taken = owner.pid != 0 && (other ? owner.elsewhere : !is_own(&owner));
    if (!taken)
        futimens(lock, NULL); /* that it fails makes the lock look older: others find it held */
    free(path);
    return !taken;
}

bool folder_lock_break(const char *folder, const char *name, const char *host, double seconds)
{
    struct folder_owner owner = folder_lock_owner(folder, name);
    char *path = run_folder_path(folder, name), *beside = NULL;
    bool signed_so = owner.elsewhere && strcmp(owner.host, host) == 0;
    int file = path && signed_so ? make_beside(path, &beside) : -1;
    bool broken =
        file >= 0 && seconds_untouched(path, file) >= seconds && rename(beside, path) == 0;
    if (file >= 0)
        close(file);
    if (file >= 0 && !broken)
        unlink(beside);
    free(beside);
    free(path);
    return broken;
}
