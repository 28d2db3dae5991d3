/*
 * test_sandbox.c - what becomes of a child that reads a file is one line, whatever the file does.
 */
#include "base/error.h"
#include "support/child.h"
#include "support/folder.h"
#include "support/runfile_sample.h"
#include "support/suite.h"
#include "system/sandbox.h"

#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MEBIBYTE = 1 << 20 };

static const struct sandbox_limits limits = {.seconds = 1, .bytes = 64 * (size_t)MEBIBYTE};

static int call(int (*work)(void *context), void *context)
{
    error_set(TRAINER_FAILED, "an older message");
    return sandbox_call("x.h5", &limits, work, context);
}

static void check_no_child_is_left(void)
{
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}

/* --- children that end --- */

static int succeed(void *context)
{
    *(int *)context = 1;
    return TRAINER_OK;
}

static int refuse(void *context)
{
    (void)context;
    return error_set(TRAINER_INVALID, "x.h5: says %d", 42);
}

START_TEST(a_verdict_comes_back_and_nothing_else)
{
    int changed = 0;
    ck_assert_int_eq(call(succeed, &changed), TRAINER_OK);
    ck_assert_int_eq(changed, 0);
    ck_assert_int_eq(call(refuse, NULL), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "x.h5: says 42");
    check_no_child_is_left();
}
END_TEST

/* --- children that don't --- */

static int raise_signal(void *context)
{
    signal(*(const int *)context, SIG_DFL);
    raise(*(const int *)context);
    return TRAINER_OK;
}

static int leave(void *context)
{
    (void)context;
    _exit(0);
}

static int spin(void *context)
{
    for (volatile int *forever = context; *forever;) {
    }
    return TRAINER_OK;
}

START_TEST(a_crash_is_one_line)
{
    static const int signals[] = {SIGSEGV, SIGABRT, SIGFPE};
    char expected[256];
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        int number = signals[i];
        ck_assert_int_eq(call(raise_signal, &number), TRAINER_INVALID);
        snprintf(expected, sizeof expected,
                 "x.h5: libhdf5 crashed while it read the file (%s); the file is damaged",
                 strsignal(number));
        ck_assert_str_eq(error_text(), expected);
    }
    ck_assert_int_eq(call(leave, NULL), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "x.h5: libhdf5 crashed while it read the file (it left); the "
                                   "file is damaged");
    check_no_child_is_left();
}
END_TEST

START_TEST(a_hang_is_one_line)
{
    int forever = 1;
    ck_assert_int_eq(call(spin, &forever), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "x.h5: cannot be read within 1 s and 0.0671 GB of memory; the "
                                   "file is damaged");
    check_no_child_is_left();
}
END_TEST

static int sleep_for_ever(void *context)
{
    if (write(*(const int *)context, ".", 1) == 1)
        pause();
    return TRAINER_OK;
}

/* Else it would keep what it inherits: the lock of a folder, which `trainer resume` needs. */
START_TEST(a_child_ends_when_its_parent_is_killed)
{
    int channel[2];
    char byte;
    ck_assert_int_eq(pipe(channel), 0);
    pid_t parent = fork();
    if (parent == 0)
        _exit(call(sleep_for_ever, &channel[1]));
    close(channel[1]);
    ck_assert_int_eq(read(channel[0], &byte, 1), 1);
    ck_assert_int_eq(kill(parent, SIGKILL), 0);
    ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
    struct pollfd end = {.fd = channel[0]};
    ck_assert_msg(poll(&end, 1, 5000) == 1 && end.revents & POLLHUP, "the child lives on");
    close(channel[0]);
}
END_TEST

/* More than the limit can't be had, less can. */
static int take_memory(void *context)
{
    size_t bytes = *(const size_t *)context;
    volatile char *memory = malloc(bytes);
    if (!memory)
        return error_memory("x.h5", bytes);
    memory[bytes / 2] = 1;
    free((void *)(uintptr_t)memory);
    return TRAINER_OK;
}

START_TEST(memory_is_bounded)
{
    size_t bytes = 16 * (size_t)MEBIBYTE;
    ck_assert_int_eq(call(take_memory, &bytes), TRAINER_OK);
    /* A sanitizer's allocator ends the process instead, which is a line too. */
    bytes = 128 * (size_t)MEBIBYTE;
    ck_assert_int_ne(call(take_memory, &bytes), TRAINER_OK);
    ck_assert_int_eq(error_count(), 1);
}
END_TEST

/* --- files --- */

static void write_checkpoint(void)
{
    static const struct run_state state = {.step = 20};
    struct image_contents contents = sample_contents();
    contents.kind = "checkpoint";
    contents.state = &state;
    ck_assert_int_eq(sample_write("checkpoint.h5", &contents), TRAINER_OK);
}

static char *read_bytes(size_t *count)
{
    char *bytes = malloc(MEBIBYTE);
    FILE *file = fopen("checkpoint.h5", "rb");
    ck_assert(bytes && file);
    *count = fread(bytes, 1, MEBIBYTE, file);
    ck_assert_int_eq(fclose(file), 0);
    return bytes;
}

START_TEST(a_sound_file_is_read_as_without)
{
    struct runfile_view view = {0};
    folder_enter();
    write_checkpoint();
    ck_assert_msg(sandbox_read(&view, "checkpoint.h5", RUNFILE_STATE) == TRAINER_OK, "%s",
                  error_text());
    ck_assert_str_eq(view.kind, "checkpoint");
    ck_assert_int_eq(view.state.step, 20);
    runfile_view_free(&view);
    ck_assert_int_eq(sandbox_try_config("checkpoint.h5"), TRAINER_OK);
    ck_assert_int_eq(sandbox_try_weights("checkpoint.h5"), TRAINER_OK);
    ck_assert_int_eq(sandbox_try_weights("none.h5"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "none.h5: No such file or directory");
    folder_leave();
}
END_TEST

/* Some bytes at random; what they do to libhdf5 is up to it. The seed changes with each run. */
START_TEST(random_changes_of_bytes_are_read_or_told_in_one_line)
{
    struct timespec now;
    size_t count;
    int refused = 0, cases = child_count(60);
    clock_gettime(CLOCK_REALTIME, &now);
    unsigned long long random = (unsigned long long)now.tv_nsec;
    folder_enter();
    write_checkpoint();
    char *bytes = read_bytes(&count), *changed = malloc(count);
    ck_assert_ptr_nonnull(changed);
    for (int i = 0; i < cases; i++) {
        struct runfile_view view = {0};
        memcpy(changed, bytes, count);
        for (int change = 0; change < 1 << i % 7; change++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            changed[(random >> 20) % count] = (char)(random >> 56);
        }
        folder_write_bytes("checkpoint.h5", changed, random >> 60 ? count : (random >> 20) % count);
        int rc = sandbox_read(&view, "checkpoint.h5", RUNFILE_STATE);
        ck_assert_msg(rc == TRAINER_OK || (rc == TRAINER_INVALID && error_count() == 1),
                      "seed %ld: %s", now.tv_nsec, error_text());
        refused += rc != TRAINER_OK;
        runfile_view_free(&view);
    }
    printf("%d changed files, %d refused\n", cases, refused);
    ck_assert_int_gt(refused, cases / 4);
    free(changed);
    free(bytes);
    folder_leave();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_verdict_comes_back_and_nothing_else,
                                  a_crash_is_one_line,
                                  a_hang_is_one_line,
                                  a_child_ends_when_its_parent_is_killed,
                                  memory_is_bounded,
                                  a_sound_file_is_read_as_without,
                                  random_changes_of_bytes_are_read_or_told_in_one_line,
                                  NULL};
    return suite_main("contain", SUITE_FORKED, 1, tests);
}
