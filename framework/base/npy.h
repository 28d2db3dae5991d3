/*
 * npy.h - the header of NumPy's array files (.npy), formats 1.0 to 3.0.
 *
 *     \x93NUMPY, major, minor, header length (2 or 4 bytes, little-endian), header, values
 *     header: {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }
 *
 * Nothing is evaluated or unpickled: the header is a Python dict of these three keys and nothing
 * else. Types that are read: bool, integers of 8 to 64 bits, floats of 16, 32 and 64 bits, in
 * either byte order, and text (U, S). Others are refused by name.
 */
#ifndef TRAINER_NPY_H
#define TRAINER_NPY_H

#include "data_file.h"

enum { NPY_RANK_MAX = 32 };

enum npy_type { NPY_BOOL, NPY_INTEGER, NPY_UNSIGNED, NPY_FLOAT, NPY_UNICODE, NPY_BYTES };

struct npy {
    enum npy_type type;
    size_t size; /* bytes of an element; of NPY_UNICODE 4 a character */
    bool big_endian;
    bool fortran; /* the first index runs fastest */
    int rank;
    uint64_t dim[NPY_RANK_MAX];
    uint64_t begin; /* offset of the first value */
    uint64_t bytes; /* of all values; UINT64_MAX where that is more than any file has */
    char descr[24]; /* "<f4", for messages */
};

/* Reads the header from the beginning of a file. TRAINER_INVALID with file and offset; the values
 * follow. */
int npy_read(struct data_file *file, struct npy *npy);

#endif
