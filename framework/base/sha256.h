/*
 * sha256.h - SHA-256 (FIPS 180-4): the digest by which a browser knows a script of a page again.
 */
#ifndef TRAINER_SHA256_H
#define TRAINER_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32 };

/* digest[SHA256_SIZE] of bytes[0..count). */
void sha256(const void *bytes, size_t count, uint8_t *digest);

#endif
