/*
 * child.c - see child.h.
 */
#include "child.h"
#include "suite.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 32, TEXT_MAX = 1 << 16, STREAMS = 3 };

/* Stops at the calls by which files change. */
static const int watched[] = {
    SYS_write, SYS_fsync,   SYS_fdatasync, SYS_ftruncate, SYS_rename, SYS_renameat,
    SYS_link,  SYS_linkat,  SYS_unlink,    SYS_unlinkat,  SYS_openat, SYS_open,
    SYS_mkdir, SYS_mkdirat, SYS_symlinkat, SYS_pwrite64,  SYS_writev, SYS_renameat2,
};
enum { WATCHED = sizeof watched / sizeof *watched };

static void install_filter(void)
{
    struct sock_filter code[WATCHED + 3];
    size_t n = 0;
    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < WATCHED; i++)
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)watched[i],
                                                 (unsigned char)(WATCHED - i), 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    struct sock_fprog program = {.len = (unsigned short)n, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        _exit(99);
}

static void redirect(const char *path, int descriptor)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, (mode_t)0666);
    if (file < 0 || dup2(file, descriptor) < 0)
        _exit(98);
    close(file);
}

/* The child's side of the fork. */
static _Noreturn void become(const char *const *arguments, long size_limit, bool traced)
{
    const char *program = getenv("TRAINER_PROGRAM");
    const char *argv[ARGUMENTS_MAX] = {program ? program : TRAINER_PROGRAM};
    for (int i = 0; arguments[i] && i < ARGUMENTS_MAX - 2; i++)
        argv[i + 1] = arguments[i];
    redirect("out", STDOUT_FILENO);
    redirect("err", STDERR_FILENO);
    if (size_limit > 0)
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){(rlim_t)size_limit, (rlim_t)size_limit});
    if (size_limit > 0) {
        /* What counts lines would write its files until they hit the limit, and damage them. */
        setenv("GCOV_PREFIX", "/dev/null", 1);
        setenv("GCOV_ERROR_FILE", "/dev/null", 1);
    }
    if (traced) {
        /* The leak checker traces too, which only one can. */
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        install_filter();
    }
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(97);
}

static int shell_status(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#ifdef __x86_64__
/* Whether it is one of the files that a build which counts lines writes as it ends: no part of what
 * is tested, and one that is damaged spoils the report. */
static bool is_tally(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcmp(dot, ".gcda") == 0;
}

static bool opens_tally(pid_t thread, unsigned long long address)
{
    char memory[64], path[PATH_MAX] = "";
    snprintf(memory, sizeof memory, "/proc/%d/mem", (int)thread);
    int file = open(memory, O_RDONLY);
    ssize_t length = file < 0 ? 0 : pread(file, path, sizeof path - 1, (off_t)address);
    path[length > 0 ? length : 0] = '\0';
    if (file >= 0)
        close(file);
    return is_tally(path);
}

static bool writes_tally(pid_t thread, unsigned long long descriptor)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)thread, (int)descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    return is_tally(path);
}

/* Whether the call that the thread is about to make changes a file. */
static bool counts(pid_t thread, struct user_regs_struct *call)
{
    ptrace(PTRACE_GETREGS, thread, NULL, call);
    if (call->orig_rax == SYS_openat)
        return call->rdx & (O_WRONLY | O_RDWR) && !opens_tally(thread, call->rsi);
    if (call->orig_rax == SYS_open)
        return call->rsi & (O_WRONLY | O_RDWR) && !opens_tally(thread, call->rdi);
    if (call->orig_rax == SYS_write || call->orig_rax == SYS_writev)
        return call->rdi >= STREAMS && !writes_tally(thread, call->rdi);
    return true;
}

/* Makes the call fail: an unknown number, and the result is the error. */
static void let_fail(pid_t thread, struct user_regs_struct *call, int error)
{
    call->orig_rax = (unsigned long long)-1;
    call->rax = (unsigned long long)-error;
    ptrace(PTRACE_SETREGS, thread, NULL, call);
}

bool child_traceable(void)
{
    return true;
}

bool child_limitable(void)
{
#ifdef __has_feature
#if __has_feature(thread_sanitizer)
    return false;
#endif
#endif
    return true;
}

static void meet_call(const struct child_plan *plan, struct child_end *end, pid_t child,
                      pid_t thread)
{
    struct user_regs_struct call;
    if (!counts(thread, &call))
        return;
    int number = ++end->calls;
    if (plan->error && number >= plan->from && number < plan->until)
        let_fail(thread, &call, plan->error);
    if (plan->signal && (number == plan->from || number == plan->again))
        kill(child, plan->signal);
}

static struct child_end trace(const struct child_plan *plan, pid_t child)
{
    const long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                         PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC;
    struct child_end end = {0};
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(ptrace(PTRACE_SETOPTIONS, child, NULL, options), 0);
    ptrace(PTRACE_CONT, child, NULL, NULL);
    for (;;) {
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0)
            ck_abort_msg("waitpid: %s", strerror(errno));
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (thread != child)
                continue;
            end.status = shell_status(status);
            return end;
        }
        int event = status >> 16, stop = WSTOPSIG(status);
        if (event == PTRACE_EVENT_SECCOMP)
            meet_call(plan, &end, child, thread);
        bool passed_on = event == 0 && stop != SIGTRAP && stop != SIGSTOP;
        ptrace(PTRACE_CONT, thread, NULL, (void *)(uintptr_t)(passed_on ? (unsigned)stop : 0));
    }
}
#else
bool child_traceable(void)
{
    return false;
}

static struct child_end trace(const struct child_plan *plan, pid_t child)
{
    (void)plan;
    return child_wait(child);
}
#endif

struct child_end child_run(const struct child_plan *plan)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        become(plan->argv, plan->size_limit, plan->traced);
    return plan->traced ? trace(plan, child) : child_wait(child);
}

int child_start(const char *const *argv)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        become(argv, 0, false);
    return child;
}

struct child_end child_wait(int child)
{
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return (struct child_end){.status = shell_status(status)};
}

void child_pause(double seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds};
    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    while (nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

const char *child_read(const char *path)
{
    static char text[TEXT_MAX];
    FILE *file = fopen(path, "re");
    if (file && fseek(file, -(long)(sizeof text - 1), SEEK_END) != 0)
        rewind(file);
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[length] = '\0';
    if (file)
        fclose(file);
    return text;
}

int child_count(int light)
{
    const char *soak = getenv("TRAINER_SOAK");
    double count = light * (soak ? strtod(soak, NULL) : 1);
    return count > 1 ? (int)count : 1;
}

int child_draw(int limit)
{
    static unsigned long long state;
    struct timespec now;
    if (state == 0) {
        clock_gettime(CLOCK_REALTIME, &now);
        state = (unsigned long long)now.tv_nsec * 2654435761u + (unsigned long long)now.tv_sec;
    }
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int)((state >> 33) % (unsigned long long)limit);
}
