/*
 * fuzz.h - what libFuzzer calls, and a file for the bytes that it gives.
 *
 * A target aborts where a promise is broken; sanitizers abort it where it is worse.
 */
#ifndef TRAINER_FUZZ_H
#define TRAINER_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file of its own in $TMPDIR, which whoever made that folder removes; and its new content. */
struct fuzz_file {
    int descriptor;
    char path[256];
};
struct fuzz_file fuzz_file_make(void);
void fuzz_file_fill(const struct fuzz_file *file, const void *bytes, size_t size);

#endif
