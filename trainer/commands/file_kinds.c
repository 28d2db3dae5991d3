/*
 * file_kinds.c - see file_kinds.h.
 */
#include "file_kinds.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *ending, *kind;
    bool part; /* of a data set that is several files */
} endings[] = {
    {".csv", "csv", false},       {".tsv", "csv", false},         {".csv.gz", "csv", false},
    {".tsv.gz", "csv", false},    {".npy", "npy", false},         {".npz", "npy", false},
    {".h5", "hdf5", false},       {".hdf5", "hdf5", false},       {".svm", "libsvm", false},
    {".libsvm", "libsvm", false}, {".svmlight", "libsvm", false}, {".libsvm.gz", "libsvm", false},
    {".svm.gz", "libsvm", false}, {".png", "images", true},       {".jpg", "images", true},
    {".jpeg", "images", true},    {"-ubyte", "idx", true},        {"-ubyte.gz", "idx", true},
    {".idx", "idx", true},
};

bool file_ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), own = strlen(ending);
    return length > own && strcmp(path + length - own, ending) == 0;
}

const char *file_kind(const char *path, bool whole)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (file_ends_in(path, endings[i].ending))
            return whole && endings[i].part ? NULL : endings[i].kind;
    return NULL;
}
