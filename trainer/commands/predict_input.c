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

/* What is to be read. */
struct given {
    const struct registry_entry *entry; /* its kind */
    const struct learned *learned;
    const char *path;
    const char *labels; /* their file; "": they are in the same one; NULL: none are wanted */
};

/* Whether the file holds arrays by name: of HDF5, or an archive of NumPy's. */
static bool is_archive(const struct given *given)
{
    const char *ending = strrchr(given->path, '.'), *kind = given->entry->name;
    return strcmp(kind, "hdf5") == 0 ||
           (strcmp(kind, "npy") == 0 && ending && strcmp(ending, ".npz") == 0);
}

/* The arrays of an archive where the run does not say: called as the columns are. */
static bool name_arrays(struct config *config, struct node *train, const struct learned *learned,
                        bool labelled)
{
    const char *first = learned->inputs ? learned->input->name : "inputs";
    bool one = learned->inputs <= 1 && strcmp(first, "inputs") == 0;
    struct node *inputs = one ? node_new(config, NODE_SCALAR, train, "inputs", "inputs")
                              : node_new(config, NODE_MAP, train, "inputs", NULL);
    for (size_t i = 0; inputs && !one && i < learned->inputs; i++)
        if (!node_new(config, NODE_SCALAR, inputs, learned->input[i].name, learned->input[i].name))
            return false;
    return inputs && (!labelled || node_new(config, NODE_SCALAR, train, "labels", "labels"));
}

/* A file of one array is the network's only column, whatever its name. */
static struct node *name_array(struct config *config, struct node *train, const struct given *given)
{
    const struct learned *learned = given->learned;
    const char *name = learned->inputs == 1 ? learned->input->name : "inputs";
    bool other = strcmp(name, "inputs") != 0 && strcmp(given->entry->name, "npy") == 0;
    struct node *map = other ? node_new(config, NODE_MAP, train, "inputs", NULL) : train;
    return map ? node_new(config, NODE_SCALAR, map, other ? name : "inputs", given->path) : NULL;
}

/* `train` for the file: its arrays are called as those of the run, where that has names for them.
 * own: the run's `train`; same: that is of this kind. */
static bool make_train(struct config *config, struct node *section, const struct node *own,
                       bool same, const struct given *given)
{
    static const char *const of_file[] = {"file", "inputs", "labels", "weights", NULL};
    static const char *const unlabelled[] = {"file", "labels", "weights", NULL};
    static const char *const labelled[] = {"file", "weights", NULL};
    const char *labels = given->labels;
    bool archive = is_archive(given), inside = labels && !*labels;
    struct node *train = node_new(config, NODE_MAP, section, "train", NULL);
    if (!train || !(archive ? node_new(config, NODE_SCALAR, train, "file", given->path)
                            : name_array(config, train, given)))
        return false;
    if (labels && *labels && !node_new(config, NODE_SCALAR, train, "labels", labels))
        return false;
    if (archive && !node_get(own, "file"))
        return name_arrays(config, train, given->learned, inside);
    if (archive)
        return copy_others(config, own, train, inside ? labelled : unlabelled);
    return !same || copy_others(config, own, train, of_file);
}

/* Whether a kind's training data is a mapping such as {inputs: FILE, labels: FILE}. */
static bool takes_mapping(const struct registry_entry *entry)
{
    return train_option(entry)->type == OPTION_SECTION;
}

/* In a table for a network that was trained on arrays: the column that data.labels names. */
static bool copy_label_column(struct config *config, const struct node *own, struct node *section)
{
    const struct node *labels = node_get(own, "labels");
    return !labels || labels->kind != NODE_SCALAR || node_copy(config, labels, section, "labels");
}

static struct node *make_section(struct config *config, const struct given *given)
{
    const struct node *own = node_get(config_root(config), "data"), *type = node_get(own, "type");
    const struct registry_entry *entry = given->entry;
    bool same =
        type && type->kind == NODE_SCALAR && registry_find(FAMILY_DATASET, type->text) == entry;
    struct node *section = node_new(config, NODE_MAP, NULL, "data", NULL);
    if (!section || !node_new(config, NODE_SCALAR, section, "type", entry->name))
        return NULL;
    bool done = takes_mapping(entry)
                    ? make_train(config, section, node_get(own, "train"), same, given)
                    : node_new(config, NODE_SCALAR, section, "train", given->path) != NULL;
    if (done && !same && given->labels && strcmp(entry->name, "csv") == 0)
        done = copy_label_column(config, own, section);
    const struct node *classes = same && given->labels ? node_get(own, "classes") : NULL;
    done = done && (!classes || node_copy(config, classes, section, "classes"));
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
    struct node *section = make_section(config, &(struct given){entry, learned, absolute, labels});
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
