/*
 * fuzz.h - what libFuzzer calls, a file for the bytes that it gives, data sets of such files.
 *
 * A target aborts where a promise is broken; sanitizers abort it where it is worse.
 */
#ifndef TRAINER_FUZZ_H
#define TRAINER_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file of its own in $TMPDIR, which whoever made that folder removes. Zero at the start: it is
 * made when it is filled first. */
struct fuzz_file {
    char path[256];
    int descriptor;
};

/* Gives it new content; returns its path. */
const char *fuzz_file_fill(struct fuzz_file *file, const void *bytes, size_t size);

struct dataset;

/* Opens the data set of a section, "{type: npy, ...}", and hands it to check. Aborts where it can't
 * be opened and this is not told: in one line, unless `several` says that it may be in more. */
void fuzz_open_data(const char *section, bool several, void (*check)(struct dataset *dataset));

/* Aborts unless all labels of training samples are classes, named ones where `named`; and reads
 * every byte, for the fingerprint. */
void fuzz_check_labels(struct dataset *dataset, bool named);

#endif
