/*
 * machine.h - the machine, and how much of it this process may use: processors, memory, names.
 *
 * A limit is the tightest of the cgroup that the process is in and of those above it, in either
 * version's files. Files that are missing or can't be read limit nothing. The functions that take
 * `list` (a file like /proc/self/cgroup) and `mount` (a folder like /sys/fs/cgroup) are the bodies
 * of those that take nothing, for their tests.
 */
#ifndef TRAINER_MACHINE_H
#define TRAINER_MACHINE_H

#include <stddef.h>

/* The processors that the calling thread may run on, by the kernel's numbers, for free(); NULL, and
 * *count 0, where memory ran out or the kernel does not say. */
int *machine_affinity(size_t *count);

/* The processors that the cgroups' quotas allow, rounded down but at least 1; 0 where nothing
 * limits them. The first is as it was at the first call. */
int machine_processor_quota(void);
int machine_quota(const char *list, const char *mount);

/* Bytes of memory that may still be taken: what the kernel calls available, or less where a cgroup
 * has a limit. SIZE_MAX where nothing is known. meminfo: a file like /proc/meminfo. */
size_t machine_memory(void);
size_t machine_memory_read(const char *meminfo, const char *list, const char *mount);

/* Bytes that this process has for itself alone: pages shared with another are not counted. 0 where
 * the kernel does not tell. */
size_t machine_memory_own(void);

/* The machine's name and its processor's, into text[size]; "unknown" where the kernel does not say.
 * Both return text. */
const char *machine_hostname(char *text, size_t size);
const char *machine_cpu_model(char *text, size_t size);

#endif
