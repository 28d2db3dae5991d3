/*
 * compare_runs.c - see compare_runs.h.
 */
#include "compare_runs.h"
#include "hdf5/hdf5_image.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char difference[512];

struct comparison {
    hid_t other;
    const char *but;
    int objects;
};

/* Texts one behind the other, each with its NUL, for free(); theirs is taken. */
static void *join(char **text, size_t count, size_t *bytes)
{
    char *all = NULL;
    *bytes = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(text[i]) + 1;
        all = realloc(all, *bytes + length);
        memcpy(all + *bytes, text[i], length);
        *bytes += length;
        H5free_memory(text[i]);
    }
    free(text);
    return all;
}

/* A dataset's numbers or texts, for free(). */
static void *read_all(hid_t file, const char *name, size_t *bytes)
{
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    if (dataset < 0)
        return NULL;
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    size_t count = (size_t)H5Sget_simple_extent_npoints(space);
    bool text = H5Tget_class(type) == H5T_STRING;
    *bytes = count * H5Tget_size(type);
    void *data = calloc(1, *bytes + 1);
    H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
    if (text)
        data = join(data, count, bytes);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(dataset);
    return data;
}

static bool may_differ(const char *name, const char *but)
{
    bool found = false;
    for (; but && *but && !found; but += strcspn(but, ",") + (strchr(but, ',') != NULL)) {
        size_t length = strcspn(but, "*,");
        found = strncmp(name, but, length) == 0 && (but[length] == '*' || name[length] == '\0');
    }
    return found;
}

static herr_t compare_object(hid_t file, const char *name, const H5O_info_t *info, void *context)
{
    static const char *const clocks[] = {"seconds", "samples_per_second"};
    struct comparison *comparison = context;
    const char *last = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    comparison->objects++;
    if (info->type != H5O_TYPE_DATASET || may_differ(name, comparison->but))
        return 0;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        if (strcmp(last, clocks[i]) == 0)
            return 0;
    size_t bytes = 0, other_bytes = 0;
    void *data = read_all(file, name, &bytes);
    void *other = read_all(comparison->other, name, &other_bytes);
    bool same = data && other && bytes == other_bytes && memcmp(data, other, bytes) == 0;
    free(data);
    free(other);
    if (!same)
        snprintf(difference, sizeof difference, "%s differs", name);
    return !same;
}

static void read_attribute(hid_t file, const char *name, char *text, size_t size)
{
    hid_t attribute = H5Aopen(file, name, H5P_DEFAULT), type = H5Aget_type(attribute);
    if (H5Tget_class(type) == H5T_STRING) {
        char *words = NULL;
        H5Aread(attribute, type, &words);
        snprintf(text, size, "%s", words ? words : "none");
        H5free_memory(words);
    } else {
        long long number = -1;
        H5Aread(attribute, H5T_NATIVE_LLONG, &number);
        snprintf(text, size, "%lld", number);
    }
    H5Tclose(type);
    H5Aclose(attribute);
}

static void compare_facts(hid_t file, hid_t other)
{
    static const char *const names[] = {"kind",        "status",     "error",
                                        "epochs_done", "steps_done", "seed",
                                        "precision",   "kernels",    "data_fingerprint"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[256], other_text[256];
        read_attribute(file, names[i], text, sizeof text);
        read_attribute(other, names[i], other_text, sizeof other_text);
        if (strcmp(text, other_text) != 0)
            snprintf(difference, sizeof difference, "%s is %.100s and %.100s", names[i], text,
                     other_text);
    }
}

const char *compare_runs(const char *path, const char *other_path, const char *but)
{
    struct comparison comparison = {.but = but}, back = {.but = but};
    difference[0] = '\0';
    hdf5_enter();
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t other = H5Fopen(other_path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0 || other < 0) {
        snprintf(difference, sizeof difference, "%s can't be opened", file < 0 ? path : other_path);
    } else {
        comparison.other = other;
        back.other = file;
        compare_facts(file, other);
        H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, compare_object, &comparison);
        H5Ovisit(other, H5_INDEX_NAME, H5_ITER_INC, compare_object, &back);
        if (!difference[0] && comparison.objects < 10)
            snprintf(difference, sizeof difference, "%s holds next to nothing", path);
    }
    if (other >= 0)
        H5Fclose(other);
    if (file >= 0)
        H5Fclose(file);
    hdf5_leave();
    return difference;
}
