/*
 * config_read.c - a file, its includes, and the arguments become one tree.
 *
 *     tree(file) = includes in their order, each merged over those before, the file merged over all
 *
 * Time and memory are bounded by the limits of config_internal.h, which all files draw from
 * together.
 */
#include "base/error.h"
#include "base/file.h"
#include "base/file_type.h"
#include "base/text.h"
#include "config_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TEXT_SIZE = 2048 };

/* A file that is being read, and the one that includes it. */
struct open_file {
    const struct open_file *parent; /* NULL: the first */
    const char *name;               /* as messages say it */
    const char *folder;             /* absolute */
    dev_t device;                   /* device and inode tell a file whatever its path; 0: no file */
    ino_t inode;
    int depth;
};

/* The part of a path before its last '/', "." where there is none. In the arena. */
static const char *folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    return arena_copy(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

static const char *absolute_folder(struct arena *arena, const char *folder)
{
    char *real = realpath(folder, NULL);
    if (!real) {
        int error = errno;
        error_set(TRAINER_FAILED, "%s: %s", folder, strerror(error));
        errno = error;
        return NULL;
    }
    const char *copy = arena_copy(arena, real, strlen(real));
    free(real);
    return copy;
}

static const char standard_input[] = "/dev/stdin";

/* Whether the path names a stream that the process was given, so that its folder says nothing. */
static bool in_devices(const char *path)
{
    return strcmp(path, standard_input) == 0 || strncmp(path, "/dev/fd/", 8) == 0 ||
           strncmp(path, "/proc/self/fd/", 14) == 0;
}

const char *config_beside(struct arena *arena, const char *including, const char *path)
{
    const char *slash = in_devices(including) ? NULL : strrchr(including, '/');
    if (*path == '/' || !slash)
        return arena_copy(arena, path, strlen(path));
    return arena_print(arena, "%.*s/%s", (int)(slash - including), including, path);
}

static bool same_file(const struct open_file *a, const struct open_file *b)
{
    return a->inode && a->device == b->device && a->inode == b->inode;
}

/* Whether the file is already being read further out. */
static bool is_loop(const struct open_file *file)
{
    const struct open_file *f = file->parent;
    while (f && !same_file(f, file))
        f = f->parent;
    return f != NULL;
}

/* Reports that a file includes itself, by way of those between. */
static int include_loop(const struct position *at, const struct open_file *file)
{
    const struct open_file *chain[CONFIG_INCLUDE_DEPTH_MAX + 1];
    char text[TEXT_SIZE];
    int count = 0;
    const struct open_file *f = chain[count++] = file;
    do
        f = chain[count++] = f->parent;
    while (!same_file(f, file));
    text[0] = '\0';
    while (count > 0)
        text_append(text, sizeof text, "%s%s", *text ? " -> " : "", chain[--count]->name);
    return config_error(at, "include loop: %s", text);
}

/* Notes which file it is, whatever its path; false with errno where there is none. */
static bool identify(struct open_file *file, const char *path)
{
    struct stat facts;
    if (stat(path, &facts) != 0)
        return false;
    file->device = facts.st_dev;
    file->inode = facts.st_ino;
    return true;
}

/* Whether it is a pipe, terminal or other device, as /dev/stdin and a shell's <(...) are. */
static bool is_stream(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && (S_ISFIFO(facts.st_mode) || S_ISCHR(facts.st_mode));
}

static int read_tree(struct config *config, const struct open_file *file, const char *text,
                     size_t length, struct node **root);

/* Reads a file's bytes into the arena. at: the include that asks for it, or NULL. */
static int load(struct config *config, const char *path, const struct position *at,
                const char **text, size_t *length)
{
    char *bytes;
    int rc = is_stream(path) ? file_read_stream(path, CONFIG_TEXT_MAX, &bytes, length)
                             : file_read(path, CONFIG_TEXT_MAX, &bytes, length);
    if (rc == TRAINER_INVALID && at) {
        char message[TEXT_SIZE];
        snprintf(message, sizeof message, "%s", error_text());
        error_clear();
        return config_error(at, "%s", message);
    }
    if (rc != TRAINER_OK)
        return rc;
    const char *type = file_type_of((const unsigned char *)bytes, *length);
    if (type) {
        free(bytes);
        return at ? config_error(at, "%s: is %s, not a config", path, type)
                  : error_set(TRAINER_INVALID, "%s: is %s, not a config", path, type);
    }
    *text = arena_copy(&config->arena, bytes, *length);
    free(bytes);
    return *text ? TRAINER_OK : TRAINER_FAILED;
}

/* Reads the file that a scalar of `include` names. */
static int read_include(struct config *config, const struct open_file *parent,
                        const struct node *path, struct node **root)
{
    struct arena *arena = &config->arena;
    if (path->kind != NODE_SCALAR || node_is_null(path) || !*path->text)
        return config_error(&path->at, "`include` must be a file or a list of files");
    if (parent->depth == CONFIG_INCLUDE_DEPTH_MAX)
        return config_error(&path->at, "includes go more than 16 files deep");
    const char *real =
        *path->text == '/' ? path->text : arena_print(arena, "%s/%s", parent->folder, path->text);
    struct open_file file = {.parent = parent, .depth = parent->depth + 1};
    file.name = config_beside(arena, parent->name, path->text);
    if (!real || !file.name)
        return TRAINER_FAILED;
    if (!identify(&file, real))
        return config_error(&path->at, "cannot read '%s': %s", file.name, strerror(errno));
    if (is_loop(&file))
        return include_loop(&path->at, &file);
    const char *text = NULL, *folder = folder_of(arena, real);
    size_t length;
    file.folder = folder ? absolute_folder(arena, folder) : NULL;
    if (!file.folder)
        return TRAINER_FAILED;
    int rc = load(config, real, &path->at, &text, &length);
    return rc == TRAINER_OK ? read_tree(config, &file, text, length, root) : rc;
}

/* Takes `include` out of the tree and merges the tree over what it names. */
static int merge_includes(struct config *config, const struct open_file *file, struct node **root)
{
    struct node *include = node_get(*root, "include");
    if (!include)
        return TRAINER_OK;
    node_remove(*root, include);
    if (node_is_null(include))
        return TRAINER_OK;
    struct node *base = NULL;
    bool list = include->kind == NODE_LIST;
    for (const struct node *path = list ? include->first : include; path; path = path->next) {
        struct node *tree;
        int rc = read_include(config, file, path, &tree);
        if (rc != TRAINER_OK)
            return rc;
        if (base)
            node_merge(base, tree);
        else
            base = tree;
    }
    if (base) {
        node_merge(base, *root);
        *root = base;
    }
    return TRAINER_OK;
}

static int read_tree(struct config *config, const struct open_file *file, const char *text,
                     size_t length, struct node **root)
{
    static const char *const kinds[] = {"a value", "a list", "a mapping"};
    struct config_text source = {
        .name = file->name, .folder = file->folder, .text = text, .length = length};
    int rc = config_parse(config, &config->limits, &source, root);
    if (rc != TRAINER_OK)
        return rc;
    if (!*root) {
        struct position start = {file->name, 1, 1};
        return config_error(&start, "the file is empty; a config is a mapping (key: value)");
    }
    if ((*root)->kind != NODE_MAP) {
        return config_error(&(*root)->at, "a config must be a mapping (key: value), not %s",
                            kinds[(*root)->kind]);
    }
    return merge_includes(config, file, root);
}

/* Fills a new config from the first text; frees it on failure. */
static int finish(struct config *made, const struct open_file *first, const char *text,
                  size_t length, const char *const *assignments, size_t count,
                  struct config **config)
{
    made->source = text;
    made->name = first->name;
    int rc = read_tree(made, first, text, length, &made->root);
    if (rc == TRAINER_OK) {
        for (size_t i = 0; i < count && rc != TRAINER_FAILED; i++) {
            int assigned = config_assign(made, assignments[i]);
            rc = assigned != TRAINER_OK ? assigned : rc;
        }
    }
    if (rc != TRAINER_OK) {
        config_free(made);
        return rc;
    }
    *config = made;
    return TRAINER_OK;
}

/* An empty config that knows the current folder. NULL with a message on failure. */
static struct config *new_config(void)
{
    error_clear();
    struct config *config = calloc(1, sizeof *config);
    if (!config) {
        error_memory("the config", sizeof *config);
        return NULL;
    }
    config->limits = config_limits_all();
    config->folder = absolute_folder(&config->arena, ".");
    if (!config->folder && errno == ENOENT) {
        error_clear(); /* the folder was deleted: only relative paths miss it */
        config->folder = ".";
    }
    if (!config->folder) {
        config_free(config);
        return NULL;
    }
    return config;
}

int config_read(struct config **config, const char *path, const char *const *assignments,
                size_t count)
{
    struct config *made = new_config();
    if (!made)
        return TRAINER_FAILED;
    path = strcmp(path, "-") == 0 ? standard_input : path;
    struct open_file file = {.name = arena_copy(&made->arena, path, strlen(path))};
    const char *text;
    const char *folder = in_devices(path) ? "." : folder_of(&made->arena, path);
    size_t length;
    int rc = file.name && folder ? load(made, path, NULL, &text, &length) : TRAINER_FAILED;
    if (rc == TRAINER_OK) {
        file.folder = absolute_folder(&made->arena, folder);
        rc = file.folder ? TRAINER_OK : TRAINER_FAILED;
    }
    if (rc != TRAINER_OK) {
        config_free(made);
        return rc;
    }
    identify(&file, path);
    return finish(made, &file, text, length, assignments, count, config);
}

/* The folder as an absolute path. It need not exist: a config can outlive the place it came
 * from. */
static const char *text_folder(struct config *config, const char *folder)
{
    if (!folder)
        return config->folder;
    return *folder == '/' ? arena_copy(&config->arena, folder, strlen(folder))
                          : arena_print(&config->arena, "%s/%s", config->folder, folder);
}

int config_read_text(struct config **config, const char *name, const char *folder, const char *text,
                     size_t length, const char *const *assignments, size_t count)
{
    struct config *made = new_config();
    if (!made)
        return TRAINER_FAILED;
    struct open_file file = {.name = arena_copy(&made->arena, name, strlen(name)),
                             .folder = text_folder(made, folder)};
    const char *copy = arena_copy(&made->arena, text, length);
    if (!file.name || !file.folder || !copy) {
        config_free(made);
        return TRAINER_FAILED;
    }
    return finish(made, &file, copy, length, assignments, count, config);
}

int config_copy(struct config **copy, const struct config *config)
{
    struct config *made = calloc(1, sizeof *made);
    error_clear();
    if (!made)
        return error_memory("a config", sizeof *made);
    made->source = config->source;
    made->name = config->name;
    made->folder = config->folder;
    made->limits = config->limits;
    made->root = node_copy(made, config->root, NULL, NULL);
    if (!made->root) {
        config_free(made);
        return TRAINER_FAILED;
    }
    *copy = made;
    return TRAINER_OK;
}

void config_free(struct config *config)
{
    if (config) {
        arena_free(&config->arena);
        free(config);
    }
}
