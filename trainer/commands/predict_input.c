/*
 * predict_input.c - a `data` section for one file, made from that of the run.
 */
#include "predict_input.h"
#include "base/error.h"
#include "data/data.h"
#include "file_kinds.h"
#include "system/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a kind's key `train` is; NULL where it has none. */
static const struct option *train_option(const struct registry_entry *entry)
{
    const struct option *option = registry_kind(entry, 0)->options;
    while (option && option->key && strcmp(option->key, "train") != 0)
        option++;
    return option && option->key ? option : NULL;
}

/* Whether the kind's samples lie in files that `train` names. */
static bool reads_files(const struct registry_entry *entry)
{
    const struct option *train = train_option(entry);
    return train && (train->type == OPTION_PATH || train->type == OPTION_PATHS ||
                     train->type == OPTION_SECTION);
}

static bool is_config(const char *path)
{
    const char *ending = strrchr(path, '.');
    return ending && (strcmp(ending, ".yaml") == 0 || strcmp(ending, ".yml") == 0);
}

/* The registered kind that the file is of; NULL with a message. */
static const struct registry_entry *find_kind(const char *kind, const char *path,
                                              const struct node *type)
{
    static const char known[] = "a file of samples: .csv, .tsv, .npy, .npz, .h5, .svm, .png, .jpg";
    char text[1024];
    if (!kind && is_config(path)) {
        error_set(TRAINER_INVALID, "%s: a config, not data; expected %s", path, known);
        return NULL;
    }
    const char *own = type && type->kind == NODE_SCALAR ? type->text : "";
    const char *name = kind ? kind : strcmp(path, "-") == 0 ? "csv" : file_kind(path, false);
    const struct registry_entry *entry = registry_find(FAMILY_DATASET, name ? name : own);
    if (!entry)
        error_set(TRAINER_INVALID, "--type: %s",
                  registry_unknown(FAMILY_DATASET, name ? name : own, text, sizeof text));
    if (!entry || reads_files(entry))
        return entry;
    if (kind)
        error_set(TRAINER_INVALID, "--type %s: no kind of file", kind);
    else
        error_set(TRAINER_INVALID,
                  "%s: expected %s, or --type KIND; the run's own data, %s, is of "
                  "no file",
                  path, known, entry->name);
    return NULL;
}

/* Keys of the run's section that are not of one file's inputs. */
static bool is_of_training(const char *key)
{
    static const char *const keys[] = {"type",      "train",  "test",      "validation", "split",
                                       "normalize", "labels", "labels_as", "classes",    "weights"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

static bool copy_others(struct config *config, const struct node *from, struct node *to,
                        const char *const *left_out)
{
    bool done = true;
    for (const struct node *item = from ? from->first : NULL; done && item; item = item->next) {
        bool out = left_out ? false : is_of_training(item->key);
        for (size_t i = 0; left_out && left_out[i]; i++)
            out = out || strcmp(item->key, left_out[i]) == 0;
        done = out || node_copy(config, item, to, item->key);
    }
    return done;
}

/* `train` for the file: as the run has it where that is the same kind, else {inputs: PATH}. labels:
 * the file of labels, "" where they are in the same file; NULL: none are wanted. */
static bool make_train(struct config *config, struct node *section, const struct node *own,
                       const char *path, const char *labels)
{
    static const char *const of_file[] = {"file", "inputs", "labels", "weights", NULL};
    static const char *const unlabelled[] = {"file", "labels", "weights", NULL};
    static const char *const labelled[] = {"file", "weights", NULL};
    bool file = node_get(own, "file") != NULL;
    struct node *train = node_new(config, NODE_MAP, section, "train", NULL);
    if (!train || !node_new(config, NODE_SCALAR, train, file ? "file" : "inputs", path))
        return false;
    if (labels && *labels && !node_new(config, NODE_SCALAR, train, "labels", labels))
        return false;
    return copy_others(config, own, train,
                       !file                ? of_file
                       : labels && !*labels ? labelled
                                            : unlabelled);
}

/* Whether a kind's training data is a mapping such as {inputs: FILE, labels: FILE}. */
static bool takes_mapping(const struct registry_entry *entry)
{
    return train_option(entry)->type == OPTION_SECTION;
}

static struct node *make_section(struct config *config, const struct registry_entry *entry,
                                 const char *path, const char *labels)
{
    const struct node *own = node_get(config_root(config), "data"), *type = node_get(own, "type");
    bool same =
        type && type->kind == NODE_SCALAR && registry_find(FAMILY_DATASET, type->text) == entry;
    struct node *section = node_new(config, NODE_MAP, NULL, "data", NULL);
    if (!section || !node_new(config, NODE_SCALAR, section, "type", entry->name))
        return NULL;
    const struct node *train = same ? node_get(own, "train") : NULL;
    bool done = takes_mapping(entry)
                    ? make_train(config, section, train, path, labels)
                    : node_new(config, NODE_SCALAR, section, "train", path) != NULL;
    return done && (!same || copy_others(config, own, section, NULL)) ? section : NULL;
}

int predict_input_kind(const char **kind, struct config *config, const char *type, const char *path)
{
    const struct node *own = node_get(node_get(config_root(config), "data"), "type");
    const struct registry_entry *entry = find_kind(type, path, own);
    *kind = entry ? entry->name : NULL;
    return entry ? TRAINER_OK : TRAINER_INVALID;
}

/* What is opened. */
struct opening {
    struct dataset **dataset;
    struct config *config;
    const struct node *section;
    const struct learned *learned;
    bool labelled;
};

static int open_section(void *context)
{
    const struct opening *opening = context;
    return opening->learned->kind
               ? dataset_open_learned(opening->dataset, opening->config, opening->section,
                                      opening->learned, opening->labelled)
               : dataset_open(opening->dataset, opening->config, opening->section, NULL, 0, false);
}

int predict_input_open(struct dataset **dataset, struct config *config,
                       const struct learned *learned, const char *kind, const char *path,
                       const char *labels)
{
    const struct registry_entry *entry = registry_find(FAMILY_DATASET, kind);
    *dataset = NULL;
    char *absolute = realpath(path, NULL);
    if (!absolute)
        return error_set(TRAINER_INVALID, "%s: %s", path, strerror(errno));
    struct node *section = make_section(config, entry, absolute, labels);
    free(absolute);
    if (!section)
        return TRAINER_FAILED;
    error_clear();
    struct opening opening = {dataset, config, section, learned, labels != NULL};
    const struct sandbox_limits limits = {.seconds = 600, .bytes = (size_t)64 << 30};
    bool foreign = ((const struct dataset_kind *)registry_kind(entry, 0))->foreign;
    int rc = foreign ? sandbox_call(path, &limits, open_section, &opening) : TRAINER_OK;
    return rc ? rc : open_section(&opening);
}
