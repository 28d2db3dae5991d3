/*
 * caches.h - how large this processor's caches are.
 */
#ifndef TRAINER_CACHES_H
#define TRAINER_CACHES_H

#include <stddef.h>

/* Bytes of a core's second-level cache, as the processor says, at least 256 KiB; 1 MiB where it
 * says nothing. */
size_t caches_second(void);

/* The same for a block that is to stay in it: at most `most` bytes, a multiple of 64. */
size_t caches_block(size_t most);

#endif
