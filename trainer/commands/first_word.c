/*
 * first_word.c - what the user may have meant by a first word that is neither a command nor a file.
 *
 * Config files are looked for in the folder that the word names, in the current one and in
 * configs/; names are compared without folder and ending, so that `two_layr` finds
 * configs/two_layer.yaml.
 */
#include "first_word.h"
#include "base/error.h"
#include "base/suggest.h"
#include "commands.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { FILES_MAX = 512 };

/* The config files found: paths, and their names without folder and ending, in step. */
struct files {
    struct arena *arena;
    size_t count;
    const char *path[FILES_MAX], *stem[FILES_MAX];
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_config(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot > name && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static char *stem_of(struct arena *arena, const char *name)
{
    size_t length = is_config(name) ? (size_t)(strrchr(name, '.') - name) : strlen(name);
    return arena_copy(arena, name, length);
}

/* Adds the config files of a folder ("" or "configs/"); one that can't be read has none. Returns
 * false when memory ran out. */
static bool add_folder(struct files *files, const char *folder)
{
    DIR *stream = opendir(*folder ? folder : ".");
    struct dirent *entry;
    bool good = true;
    while (good && stream && files->count < FILES_MAX && (entry = readdir(stream))) {
        if (!is_config(entry->d_name))
            continue;
        size_t i = files->count++;
        files->path[i] = arena_print(files->arena, "%s%s", folder, entry->d_name);
        files->stem[i] = stem_of(files->arena, entry->d_name);
        good = files->path[i] && files->stem[i];
    }
    if (stream)
        closedir(stream);
    return good;
}

/* The config file whose name is closest to the word's; NULL where none is close. */
static bool closest_file(struct arena *arena, const char *word, const char **path)
{
    struct files *files = arena_allocate(arena, sizeof *files);
    const char *name = base_name(word);
    char *folder = arena_copy(arena, word, (size_t)(name - word));
    char *stem = stem_of(arena, name);
    if (!files || !folder || !stem)
        return false;
    files->arena = arena;
    bool good = add_folder(files, folder) && (!*folder || add_folder(files, ""));
    good = good && (strcmp(folder, "configs/") == 0 || add_folder(files, "configs/"));
    const char *closest = good ? suggest_closest(stem, files->stem, files->count) : NULL;
    *path = NULL;
    for (size_t i = 0; closest && !*path; i++)
        *path = files->stem[i] == closest ? files->path[i] : NULL;
    return good;
}

int first_word_suggest(struct arena *arena, const char *word)
{
    const char *command = commands_closest(word);
    const char *file;
    if (!closest_file(arena, word, &file))
        return TRAINER_FAILED;
    char meant[1024] = "`trainer help` lists the commands";
    if (command && file) {
        snprintf(meant, sizeof meant, "did you mean the command '%s' or the file '%s'?", command,
                 file);
    } else if (command || file) {
        snprintf(meant, sizeof meant, "did you mean the %s '%s'?", command ? "command" : "file",
                 command ? command : file);
    }
    return error_set(TRAINER_INVALID, "'%s' is neither a command nor a config file; %s", word,
                     meant);
}
