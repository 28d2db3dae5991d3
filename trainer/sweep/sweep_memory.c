/*
 * sweep_memory.c - how much memory processes of this program may still take.
 *
 * A cgroup counts cached files too, which it gives up under pressure: those that it calls inactive
 * are taken for free. Files that are missing or that can't be read limit nothing.
 */
#include "sweep_memory.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = PATH_MAX + 64, KIB = 1024 };

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

/* What one cgroup has left, in either version's files. */
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

/* The least that a cgroup and those above it, up to the mount, have left. */
static size_t path_left(const char *mount, const char *controller, const char *path)
{
    char folder[PATH_MAX];
    int length = snprintf(folder, sizeof folder, "%s%s%s", mount, controller, path);
    size_t top = strlen(mount) + strlen(controller), least = SIZE_MAX;
    if (length >= (int)sizeof folder)
        return SIZE_MAX;
    for (char *slash = folder; slash; slash = strrchr(folder + top, '/')) {
        if (slash != folder)
            *slash = '\0';
        size_t left = folder_left(folder);
        least = left < least ? left : least;
    }
    return least;
}

static size_t cgroup_left(const char *list, const char *mount)
{
    char line[LINE_SIZE];
    size_t least = SIZE_MAX;
    FILE *file = fopen(list, "re");
    while (file && fgets(line, sizeof line, file)) {
        /* "0::/path" in version 2; "4:memory:/path" in version 1 */
        line[strcspn(line, "\n")] = '\0';
        char *controller = strchr(line, ':');
        char *path = controller ? strchr(controller + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        bool second = controller[1] == '\0';
        if (second || strcmp(controller + 1, "memory") == 0) {
            size_t left = path_left(mount, second ? "" : "/memory", path);
            least = left < least ? left : least;
        }
    }
    if (file)
        fclose(file);
    return least;
}

size_t sweep_memory_read(const char *meminfo, const char *list, const char *mount)
{
    size_t machine = read_line(meminfo, "MemAvailable:");
    size_t cgroup = cgroup_left(list, mount);
    machine = machine < SIZE_MAX / KIB ? machine * KIB : SIZE_MAX;
    return cgroup < machine ? cgroup : machine;
}

size_t sweep_memory_available(void)
{
    return sweep_memory_read("/proc/meminfo", "/proc/self/cgroup", "/sys/fs/cgroup");
}

size_t sweep_memory_own(void)
{
    static const char rollup[] = "/proc/self/smaps_rollup";
    size_t clean = read_line(rollup, "Private_Clean:"), dirty = read_line(rollup, "Private_Dirty:");
    return clean < SIZE_MAX && dirty < SIZE_MAX ? (clean + dirty) * KIB : 0;
}
