/*
 * data_open.c - opens the `data` section of a config alone, or makes one for a bare file.
 */
#include "data_open.h"

#include "base/error.h"
#include "base/number.h"
#include "data/data.h"
#include "file_kinds.h"
#include "runs/find_run.h"
#include "runs/open_session.h"
#include "train/sections.h"
#include "train/settings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The kind of data set that a file's name tells, or a folder; NULL: none. */
static const char *kind_of(const char *path)
{
    struct stat status;
    const char *kind = file_kind(path, true);
    return kind ? kind : stat(path, &status) == 0 && S_ISDIR(status.st_mode) ? "images" : NULL;
}

/* Has mistakes in a node told as those of the command line: they are in no config. */
static bool place_node(struct config *config, struct node *node, const char *words)
{
    const char *copy = node ? arena_copy(config_arena(config), words, strlen(words)) : NULL;
    if (copy)
        node->at = node->key_at = (struct position){.file = copy};
    return copy != NULL;
}

/* A config of one section for a bare file: built as nodes, so that no path needs quoting. */
static int make_config(struct data_source *source, const char *path, const char *labels,
                       const char *const *setting, size_t settings)
{
    static const char start[] = "data: {}";
    int64_t position;
    int rc = config_read_text(&source->config, path, NULL, start, strlen(start), NULL, 0);
    if (rc)
        return rc;
    struct config *config = source->config;
    struct node *data = node_get(config_root(config), "data");
    if (!place_node(config, data, path))
        return TRAINER_FAILED;
    bool hdf5 = !strcmp(source->kind, "hdf5"), mapping = hdf5 || !strcmp(source->kind, "npy");
    const char *ending = strrchr(path, '.');
    bool archive = hdf5 || (mapping && ending && !strcmp(ending, ".npz"));
    const char *key = archive ? "file" : mapping ? "inputs" : "train";
    char *absolute = realpath(path, NULL);
    struct node *train = mapping ? node_new(config, NODE_MAP, data, "train", NULL) : data;
    struct node *file =
        train ? node_new(config, NODE_SCALAR, train, key, absolute ? absolute : path) : NULL;
    if (file && archive) /* in HDF5 as `trainer data --write` names them */
        file = node_new(config, NODE_SCALAR, train, "inputs", hdf5 ? "/train/inputs" : "inputs");
    struct node *name =
        labels ? node_new(config, NODE_SCALAR, mapping ? train : data, "labels", labels) : data;
    free(absolute);
    if (labels && !place_node(config, name, "--labels"))
        return TRAINER_FAILED;
    if (!file || !name || !node_new(config, NODE_SCALAR, data, "type", source->kind))
        return TRAINER_FAILED;
    if (labels && !number_parse_integer(labels, &position))
        name->quoted = true;
    /* A table is looked at although fields are missing. */
    if (!strcmp(source->kind, "csv") && !node_new(config, NODE_SCALAR, data, "missing", "mean"))
        return TRAINER_FAILED;
    for (size_t i = 0; !rc && i < settings; i++)
        rc = config_assign(config, setting[i]);
    return rc;
}

/* The keys of the config itself, of which `data` alone must be there: the seed, by which samples
 * are split off. */
static int read_root(struct config *config, struct root_settings *root)
{
    enum { KEYS_MAX = 16 };
    struct option table[KEYS_MAX] = {0};
    struct options_context context = {
        .config = config, .owner = "the config", .groups = sections_list};
    for (size_t i = 0; i + 1 < KEYS_MAX && settings_root[i].key; i++) {
        table[i] = settings_root[i];
        table[i].required = false;
    }
    return options_read(&context, table, config_root(config), root);
}

int data_source_open(struct data_source *source, const char *path, const char *labels,
                     const char *const *setting, size_t settings)
{
    *source = (struct data_source){.kind = kind_of(path)};
    int rc = find_data(path);
    if (rc)
        return rc;
    rc = source->kind ? make_config(source, path, labels, setting, settings)
                      : config_read(&source->config, path, setting, settings);
    if (!rc && !source->kind)
        rc = session_refuse_sweep(source->config);
    if (!rc)
        rc = open_session_try_data(source->config);
    if (rc)
        return rc;
    error_clear();
    struct root_settings root = {0};
    int root_rc = read_root(source->config, &root);
    rc =
        dataset_open(&source->dataset, source->config, root.data, NULL, (uint64_t)root.seed, false);
    rc = root_rc ? root_rc : rc;
    if (!rc)
        open_print_notes(source->dataset);
    return rc;
}

void data_source_close(struct data_source *source)
{
    dataset_close(source->dataset);
    if (source->config)
        config_free(source->config);
    *source = (struct data_source){0};
}
