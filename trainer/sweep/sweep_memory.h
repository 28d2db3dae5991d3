/*
 * sweep_memory.h - how much memory processes of this program may still take.
 */
#ifndef TRAINER_SWEEP_MEMORY_H
#define TRAINER_SWEEP_MEMORY_H

#include <stddef.h>

/* Bytes: what the kernel calls available, or less where a cgroup has a limit. SIZE_MAX where
 * nothing is known. */
size_t sweep_memory_available(void);

/* The same from other files: `meminfo` like /proc/meminfo, `list` like /proc/self/cgroup, `mount` a
 * folder like /sys/fs/cgroup. For the one above and its test. */
size_t sweep_memory_read(const char *meminfo, const char *list, const char *mount);

/* Bytes that this process has for itself alone: pages shared with another are not counted. 0 where
 * the kernel does not tell. */
size_t sweep_memory_own(void);

#endif
