/*
 * machine.c - the machine, and how much of it this process may use.
 */
#include "machine.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = PATH_MAX + 64, KIB = 1024 };

static const char cgroup_list[] = "/proc/self/cgroup", cgroup_mount[] = "/sys/fs/cgroup";

/* --- cgroups --- */

/* Whether a comma-separated list has the word. */
static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *item = list; item; item = strchr(item, ',')) {
        item += *item == ',';
        if (strncmp(item, word, length) == 0 && (item[length] == ',' || item[length] == '\0'))
            return true;
    }
    return false;
}

/* The least of the limits of a cgroup and those above it, up to the mount. A container often sees
 * only the mount itself: folders that do not exist limit nothing. */
static size_t least_on_path(const char *mount, const char *controller, const char *path,
                            size_t (*limit)(const char *folder))
{
    char folder[PATH_MAX];
    int length = snprintf(folder, sizeof folder, "%s%s%s%s", mount, *controller ? "/" : "",
                          controller, path);
    size_t top = (size_t)length - strlen(path), least = SIZE_MAX;
    if (length >= (int)sizeof folder)
        return SIZE_MAX;
    for (char *slash = folder; slash; slash = strrchr(folder + top, '/')) {
        if (slash != folder)
            *slash = '\0';
        size_t found = limit(folder);
        least = found < least ? found : least;
    }
    return least;
}

/* The least of a limit over all cgroups that this process is in; SIZE_MAX: nothing limits it.
 * limit: that of one cgroup, of either version. */
static size_t least_in_cgroups(const char *list, const char *mount, const char *controller,
                               size_t (*limit)(const char *folder))
{
    char line[LINE_SIZE];
    size_t least = SIZE_MAX;
    FILE *file = fopen(list, "re");
    while (file && fgets(line, sizeof line, file)) {
        /* "0::/path" in version 2; "4:cpu,cpuacct:/path" in version 1 */
        line[strcspn(line, "\n")] = '\0';
        char *names = strchr(line, ':');
        char *path = names ? strchr(names + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        bool second = *++names == '\0';
        if (second || list_has(names, controller)) {
            size_t found = least_on_path(mount, second ? "" : controller, path, limit);
            least = found < least ? found : least;
        }
    }
    if (file)
        fclose(file);
    return least;
}

/* --- processors --- */

/* The numbers of a set, for free(). */
static int *list_set(const cpu_set_t *set, size_t bytes, size_t *count)
{
    int *processor = calloc((size_t)CPU_COUNT_S(bytes, set) + 1, sizeof *processor);
    for (size_t i = 0; processor && i < 8 * bytes; i++)
        if (CPU_ISSET_S(i, bytes, set))
            processor[(*count)++] = (int)i;
    return processor;
}

int *machine_affinity(size_t *count)
{
    *count = 0;
    /* Grows until the kernel's mask fits: machines with more than 1024 processors exist. */
    for (size_t size = 1024; size <= 1 << 20; size *= 2) {
        cpu_set_t *set = CPU_ALLOC(size);
        size_t bytes = CPU_ALLOC_SIZE(size);
        int rc = set ? sched_getaffinity(0, bytes, set) : -1, reason = set ? errno : ENOMEM;
        int *processor = rc == 0 ? list_set(set, bytes, count) : NULL;
        CPU_FREE(set);
        if (rc == 0 || reason != EINVAL)
            return processor;
    }
    return NULL;
}

/* The first `count` numbers of a file; false where there are fewer ("max" is none). */
static bool read_numbers(const char *folder, const char *name, int count, long long *number)
{
    char path[LINE_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return false;
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    int found = 0;
    while (found < count && fscanf(file, "%lld", &number[found]) == 1)
        found++;
    fclose(file);
    return found == count;
}

/* The quota of one cgroup, in whole processors. */
static size_t folder_quota(const char *folder)
{
    long long number[2]; /* microseconds of processor time, in a period of microseconds */
    bool limited = read_numbers(folder, "cpu.max", 2, number) ||
                   (read_numbers(folder, "cpu.cfs_quota_us", 1, &number[0]) &&
                    read_numbers(folder, "cpu.cfs_period_us", 1, &number[1]));
    if (!limited || number[0] <= 0 || number[1] <= 0)
        return SIZE_MAX;
    return number[0] < number[1] ? 1 : (size_t)(number[0] / number[1]);
}

int machine_quota(const char *list, const char *mount)
{
    size_t quota = least_in_cgroups(list, mount, "cpu", folder_quota);
    return quota < INT_MAX ? (int)quota : 0;
}

int machine_processor_quota(void)
{
    static atomic_int known = -1; /* a dozen files are read once, not for each of 10,000 configs */
    int quota = known;
    if (quota < 0)
        known = quota = machine_quota(cgroup_list, cgroup_mount);
    return quota;
}

/* --- memory --- */

/* The number behind "NAME" and blanks at the start of a line; SIZE_MAX where there is none. */
static size_t read_line(const char *path, const char *name)
{
    char line[LINE_SIZE];
    size_t length = strlen(name);
    unsigned long long number;
    bool found = false;
    FILE *file = fopen(path, "re");
    while (file && !found && fgets(line, sizeof line, file))
        found = strncmp(line, name, length) == 0 && sscanf(line + length, " %llu", &number) == 1;
    if (file)
        fclose(file);
    return found ? (size_t)number : SIZE_MAX;
}

static size_t read_file(const char *folder, const char *file, const char *name)
{
    char path[LINE_SIZE];
    int length = snprintf(path, sizeof path, "%s/%s", folder, file);
    return length < (int)sizeof path ? read_line(path, name) : SIZE_MAX;
}

/* The bytes that one cgroup has left. It counts cached files too, which it gives up under pressure:
 * those that it calls inactive are taken for free. */
static size_t folder_left(const char *folder)
{
    static const struct {
        const char *limit, *usage, *inactive;
    } versions[] = {
        {"memory.max", "memory.current", "inactive_file "},
        {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "},
    };
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        size_t limit = read_file(folder, versions[i].limit, "");
        size_t usage = read_file(folder, versions[i].usage, "");
        size_t inactive = read_file(folder, "memory.stat", versions[i].inactive);
        if (limit == SIZE_MAX || usage == SIZE_MAX)
            continue;
        usage -= inactive < usage ? inactive : 0;
        return usage < limit ? limit - usage : 0;
    }
    return SIZE_MAX;
}

size_t machine_memory_read(const char *meminfo, const char *list, const char *mount)
{
    size_t machine = read_line(meminfo, "MemAvailable:");
    size_t cgroup = least_in_cgroups(list, mount, "memory", folder_left);
    machine = machine < SIZE_MAX / KIB ? machine * KIB : SIZE_MAX;
    return cgroup < machine ? cgroup : machine;
}

size_t machine_memory(void)
{
    return machine_memory_read("/proc/meminfo", cgroup_list, cgroup_mount);
}

size_t machine_memory_own(void)
{
    static const char rollup[] = "/proc/self/smaps_rollup";
    size_t clean = read_line(rollup, "Private_Clean:"), dirty = read_line(rollup, "Private_Dirty:");
    return clean < SIZE_MAX && dirty < SIZE_MAX ? (clean + dirty) * KIB : 0;
}

/* --- names --- */

const char *machine_hostname(char *text, size_t size)
{
    if (gethostname(text, size - 1) != 0 || !text[0])
        snprintf(text, size, "unknown");
    text[size - 1] = '\0';
    return text;
}

const char *machine_cpu_model(char *text, size_t size)
{
    char line[LINE_SIZE], model[LINE_SIZE] = "unknown";
    FILE *file = fopen("/proc/cpuinfo", "re");
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file))
        found = sscanf(line, "model name : %[^\n]", model) == 1;
    if (file)
        fclose(file);
    snprintf(text, size, "%s", model);
    return text;
}
