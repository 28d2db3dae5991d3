/*
 * test_machine.c - what this process may use of the machine: processors, memory; names.
 */
#include "base/machine.h"
#include "support/folder.h"
#include "support/suite.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 256 };

START_TEST(there_is_at_least_one_processor_and_not_more_than_the_machine_has)
{
    size_t count = 0;
    int *processor = machine_affinity(&count);
    ck_assert_ptr_nonnull(processor);
    ck_assert_uint_ge(count, 1);
    ck_assert_uint_le(count, (size_t)sysconf(_SC_NPROCESSORS_CONF));
    for (size_t i = 1; i < count; i++)
        ck_assert_int_lt(processor[i - 1], processor[i]);
    free(processor);
    ck_assert_int_ge(machine_processor_quota(), 0);
}
END_TEST

/* --- quotas, in a copy of the files that Linux has --- */

/* A file below the folder that stands for /sys/fs/cgroup; "list" stands for /proc/self/cgroup. */
struct file {
    const char *name, *text;
};

static void write_file(const char *folder, const struct file *file)
{
    char path[PATH_LENGTH];
    snprintf(path, sizeof path, "%s/%s", folder, file->name);
    for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_ge(fputs(file->text, stream), 0);
    ck_assert_int_eq(fclose(stream), 0);
}

/* What machine_quota says where there are these files (up to one without a name). */
static int quota_of(const struct file *files)
{
    char folder[] = "/tmp/test_machine.XXXXXX", list[PATH_LENGTH], command[PATH_LENGTH];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (; files->name; files++)
        write_file(folder, files);
    snprintf(list, sizeof list, "%s/list", folder);
    int quota = machine_quota(list, folder);
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
    return quota;
}

#define QUOTA_OF(...) quota_of((const struct file[]){__VA_ARGS__, {NULL, NULL}})

START_TEST(a_quota_of_cgroup_2_is_rounded_down)
{
    ck_assert_int_eq(QUOTA_OF({"list", "0::/a/b\n"}, {"a/b/cpu.max", "250000 100000\n"}), 2);
}
END_TEST

START_TEST(the_tightest_quota_on_the_way_up_counts)
{
    ck_assert_int_eq(QUOTA_OF({"list", "0::/a/b\n"}, {"a/b/cpu.max", "max 100000\n"},
                              {"a/cpu.max", "300000 100000\n"}, {"cpu.max", "800000 100000\n"}),
                     3);
}
END_TEST

START_TEST(a_container_that_sees_only_the_mount_is_limited_by_it)
{
    ck_assert_int_eq(QUOTA_OF({"list", "0::/not/here\n"}, {"cpu.max", "400000 100000\n"}), 4);
}
END_TEST

START_TEST(less_than_one_processor_is_one)
{
    ck_assert_int_eq(QUOTA_OF({"list", "0::/\n"}, {"cpu.max", "10000 100000\n"}), 1);
}
END_TEST

START_TEST(cgroup_1_has_its_quota_in_two_files)
{
    ck_assert_int_eq(QUOTA_OF({"list", "5:memory:/m\n4:cpuacct,cpu:/a\n3:cpuset:/a\n"},
                              {"cpu/a/cpu.cfs_quota_us", "200000\n"},
                              {"cpu/a/cpu.cfs_period_us", "50000\n"}),
                     4);
}
END_TEST

START_TEST(a_quota_of_minus_one_limits_nothing)
{
    ck_assert_int_eq(QUOTA_OF({"list", "4:cpu:/a\n"}, {"cpu/a/cpu.cfs_quota_us", "-1\n"},
                              {"cpu/a/cpu.cfs_period_us", "100000\n"}),
                     0);
}
END_TEST

START_TEST(other_controllers_limit_nothing)
{
    ck_assert_int_eq(QUOTA_OF({"list", "4:cpuset,cpuacct:/a\nno colons here\n"},
                              {"cpu/a/cpu.cfs_quota_us", "100000\n"},
                              {"cpu/a/cpu.cfs_period_us", "100000\n"}),
                     0);
}
END_TEST

START_TEST(without_readable_files_nothing_is_limited)
{
    ck_assert_int_eq(QUOTA_OF({"other", "0::/a\n"}, {"cpu.max", "100000 100000\n"}), 0);
    ck_assert_int_eq(QUOTA_OF({"list", "0::/a\n"}), 0);
    ck_assert_int_eq(QUOTA_OF({"list", "0::/a\n"}, {"cpu.max", "garbage\n"}), 0);
}
END_TEST

/* --- memory --- */

START_TEST(memory_is_what_the_machine_and_every_cgroup_above_leave)
{
    folder_enter();
    folder_write("meminfo", "MemTotal: 9000 kB\nMemAvailable:    4000 kB\n");
    folder_write("list", "3:cpu:/\n0::/a/b\n");
    ck_assert_int_eq(system("mkdir -p mount/a/b"), 0);
    ck_assert_uint_eq(machine_memory_read("meminfo", "list", "mount"), 4000 * 1024);
    folder_write("mount/a/memory.max", "3000000\n");
    folder_write("mount/a/memory.current", "1000000\n");
    ck_assert_uint_eq(machine_memory_read("meminfo", "list", "mount"), 2000000);
    folder_write("mount/a/memory.stat", "anon 1\ninactive_file 400000\n");
    ck_assert_uint_eq(machine_memory_read("meminfo", "list", "mount"), 2400000);
    folder_write("mount/a/b/memory.max", "max\n");
    folder_write("mount/a/b/memory.current", "999999999\n");
    ck_assert_uint_eq(machine_memory_read("meminfo", "list", "mount"), 2400000);
    folder_write("list", "4:memory:/x\n");
    ck_assert_int_eq(system("mkdir -p mount/memory/x"), 0);
    folder_write("mount/memory/x/memory.limit_in_bytes", "500\n");
    folder_write("mount/memory/x/memory.usage_in_bytes", "700\n");
    ck_assert_uint_eq(machine_memory_read("meminfo", "list", "mount"), 0);
    ck_assert_uint_gt(machine_memory(), 0);
    folder_leave();
}
END_TEST

START_TEST(without_files_memory_is_not_known)
{
    folder_enter();
    ck_assert_uint_eq(machine_memory_read("meminfo", "list", "mount"), SIZE_MAX);
    folder_leave();
}
END_TEST

START_TEST(a_process_knows_its_own_memory)
{
    enum { BYTES = 32 << 20 };
#if defined __has_feature
#if __has_feature(thread_sanitizer)
    return; /* its allocator has memory of its own at hand */
#endif
#endif
    size_t before = machine_memory_own();
    char *block = malloc(BYTES);
    ck_assert_ptr_nonnull(block);
    memset(block, 1, BYTES);
    if (before > 0)
        ck_assert_uint_ge(machine_memory_own(), before + BYTES / 2);
    free(block);
}
END_TEST

START_TEST(names_are_cut_to_their_buffer)
{
    char name[256], cut[4];
    ck_assert_ptr_eq(machine_hostname(name, sizeof name), name);
    ck_assert_uint_gt(strlen(name), 0);
    ck_assert_ptr_eq(machine_cpu_model(name, sizeof name), name);
    ck_assert_uint_gt(strlen(name), 0);
    machine_cpu_model(cut, sizeof cut);
    ck_assert_uint_lt(strlen(cut), sizeof cut);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        there_is_at_least_one_processor_and_not_more_than_the_machine_has,
        a_quota_of_cgroup_2_is_rounded_down,
        the_tightest_quota_on_the_way_up_counts,
        a_container_that_sees_only_the_mount_is_limited_by_it,
        less_than_one_processor_is_one,
        cgroup_1_has_its_quota_in_two_files,
        a_quota_of_minus_one_limits_nothing,
        other_controllers_limit_nothing,
        without_readable_files_nothing_is_limited,
        memory_is_what_the_machine_and_every_cgroup_above_leave,
        without_files_memory_is_not_known,
        a_process_knows_its_own_memory,
        names_are_cut_to_their_buffer,
        NULL,
    };
    return suite_main("machine", SUITE_FORKED, 1, tests);
}
