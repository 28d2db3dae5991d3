/*
 * images.c - folders of pictures, PNG and JPEG: a folder a class.
 *
 *     photos/cat/1.jpg  photos/cat/more/2.png  photos/dog/3.jpeg
 *
 *     data:
 *       type: images
 *       train: photos
 *       size: [32, 32]            # height, width; without it all pictures have one size
 *       color: rgb                # or gray
 *       split: {test: 0.2}        # or test: other_photos
 *
 * Gives the columns `inputs`, bytes of shape (height, width) or (3, height, width), and `labels`,
 * whose classes are the training data's folders: in numeric order where all names are whole
 * numbers, else in byte order. Samples stand in the byte order of their paths below the folder.
 *
 * Pictures are the files named .png, .jpg or .jpeg, in any case and any depth; their content says
 * which they are. Hidden names are passed over; other files are counted in one note. A class
 * without a picture is an error. All pictures are decoded when the data is opened, by all threads,
 * so that none can stop a run in the middle.
 */
#include "base/file.h"
#include "base/text.h"
#include "base/vocabulary.h"
#include "dataset.h"
#include "learned.h"
#include "pictures/picture_read.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 32, NAMED_MAX = 20, CLASSES_MAX = 1 << 16, RGB = 3 };

enum bad_images { BAD_ERROR, BAD_SKIP };

struct images {
    const char *train, *test, *validation;
    struct option_numbers size; /* height, width; none: the pictures' own */
    int rgb, fit;
    const char *background;
    int bad_images;
    double scale; /* 0: auto */
};

/* One picture: its path below the split's folder, and its class, -1 where it has none. */
struct item {
    char *path;
    int32_t class;
};

/* What a split's folder holds. Everything is for free(). */
struct listing {
    const char *folder;
    struct item *item; /* [count] */
    size_t count, capacity;
    char **class; /* [classes]: its folders */
    size_t classes;
    size_t others;            /* files that are no pictures */
    struct vocabulary *known; /* the classes that there are */
};

/* --- folders ---------------------------------------------------------------------------------- */

static void free_listing(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        free(listing->item[i].path);
    for (size_t i = 0; i < listing->classes; i++)
        free(listing->class[i]);
    free(listing->item);
    free(listing->class);
}

/* For free(). Either may be missing or empty: then it is the other. */
static char *join(const char *folder, const char *name)
{
    char *path = NULL;
    bool both = folder && name && *name;
    if (asprintf(&path, "%s%s%s", folder ? folder : "", both ? "/" : "", name ? name : "") < 0) {
        error_memory("a path", name ? strlen(name) : 0);
        return NULL;
    }
    return path;
}

static bool is_picture(const char *name)
{
    const char *ending = strrchr(name, '.');
    return ending && (!strcasecmp(ending, ".png") || !strcasecmp(ending, ".jpg") ||
                      !strcasecmp(ending, ".jpeg"));
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void free_entries(struct dirent **entry, int count)
{
    for (int i = 0; i < count; i++)
        free(entry[i]);
    free(entry);
}

/* Takes `path`, below the listing's folder, into the list. */
static int add_item(struct listing *listing, char *path, int32_t class)
{
    if (listing->count == listing->capacity) {
        size_t capacity = listing->capacity ? 2 * listing->capacity : 256;
        struct item *grown = realloc(listing->item, capacity * sizeof *grown);
        if (!grown) {
            free(path);
            return error_memory("the list of pictures", capacity * sizeof *grown);
        }
        listing->item = grown;
        listing->capacity = capacity;
    }
    listing->item[listing->count++] = (struct item){path, class};
    return TRAINER_OK;
}

/* All pictures in a folder, `below` the listing's (NULL: that itself), and in the folders in it. */
static int list_folder(struct listing *listing, const char *below, int32_t class, int depth)
{
    struct dirent **entry = NULL;
    char *folder = join(listing->folder, below);
    if (!folder)
        return TRAINER_FAILED;
    int count = scandir(folder, &entry, visible, by_bytes), rc = TRAINER_OK;
    if (count < 0)
        rc = error_add(TRAINER_INVALID, "%s: cannot open: %s", folder, strerror(errno));
    else if (depth > DEPTH_MAX)
        rc = error_add(TRAINER_INVALID, "%s: folders are nested deeper than %d", folder, DEPTH_MAX);
    for (int i = 0; !rc && i < count; i++) {
        char *path = join(below, entry[i]->d_name), *whole = join(folder, entry[i]->d_name);
        if (!path || !whole)
            rc = TRAINER_FAILED;
        else if (is_folder(whole))
            rc = list_folder(listing, path, class, depth + 1);
        else if (!is_picture(entry[i]->d_name))
            listing->others++;
        else {
            rc = add_item(listing, path, class);
            path = NULL;
        }
        free(path);
        free(whole);
    }
    free_entries(entry, count);
    free(folder);
    return rc;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->path, ((const struct item *)b)->path);
}

/* The folders in the split's folder; files beside them are counted. */
static int list_classes(struct listing *listing)
{
    struct dirent **entry = NULL;
    int count = scandir(listing->folder, &entry, visible, by_bytes), rc = TRAINER_OK;
    if (count < 0)
        return error_add(TRAINER_INVALID, "%s: cannot open: %s", listing->folder, strerror(errno));
    listing->class = calloc((size_t)count + 1, sizeof *listing->class);
    if (!listing->class)
        rc = error_memory("the list of classes", (size_t)count * sizeof *listing->class);
    for (int i = 0; !rc && i < count; i++) {
        char *path = join(listing->folder, entry[i]->d_name);
        if (!path)
            rc = TRAINER_FAILED;
        else if (!is_folder(path))
            listing->others++;
        else if (!(listing->class[listing->classes++] = strdup(entry[i]->d_name)))
            rc = error_memory("the list of classes", strlen(entry[i]->d_name));
        free(path);
    }
    free_entries(entry, count);
    if (!rc && listing->classes > CLASSES_MAX)
        rc = error_add(TRAINER_INVALID, "%s: %zu folders; expected at most %d classes",
                       listing->folder, listing->classes, CLASSES_MAX);
    return rc;
}

/* Fills the vocabulary: with the classes that the config or a trained network names, else with the
 * folders. */
static int name_classes(const struct dataset *dataset, const struct listing *listing)
{
    const struct label_options *labels = &dataset->labels;
    struct vocabulary *known = listing->known;
    size_t again;
    if (labels->count) {
        int rc = vocabulary_list(known, labels->name, labels->count, &again);
        return rc != TRAINER_INVALID
                   ? rc
                   : config_error(labels->at, "class '%s' stands there twice", labels->name[again]);
    }
    int32_t number, *rename = calloc(listing->classes + 1, sizeof *rename);
    int rc = rename ? TRAINER_OK : error_memory("the classes", listing->classes * sizeof *rename);
    for (size_t i = 0; !rc && i < listing->classes; i++)
        rc = vocabulary_add(known, listing->class[i], strlen(listing->class[i]), &number);
    if (!rc)
        rc = vocabulary_sort(known, rename);
    free(rename);
    return rc;
}

/* A folder that is none of the classes. */
static int unknown_class(const struct listing *listing, const char *name)
{
    const struct vocabulary *known = listing->known;
    char list[256] = "";
    for (size_t c = 0; c < known->count; c++)
        text_append(list, sizeof list, "%s%s",
                    c == 0                  ? ""
                    : c + 1 == known->count ? " or "
                                            : ", ",
                    known->name[c]);
    return error_add(TRAINER_INVALID, "%s/%s: class '%s'; expected %s, as in the training data",
                     listing->folder, name, name, list);
}

/* Each folder is a class. */
static int list_labelled(struct dataset *dataset, struct listing *listing, bool training)
{
    int rc = list_classes(listing);
    if (!rc && listing->classes == 0)
        rc = error_add(TRAINER_INVALID, "%s: no folder; expected a folder of pictures a class",
                       listing->folder);
    if (!rc && training)
        rc = name_classes(dataset, listing);
    for (size_t c = 0; !rc && c < listing->classes; c++) {
        const char *name = listing->class[c];
        int32_t class = dataset_class(dataset, listing->known, name, strlen(name));
        size_t before = listing->count;
        rc = class < 0 ? unknown_class(listing, name) : list_folder(listing, name, class, 1);
        if (!rc && listing->count == before)
            rc = error_add(TRAINER_INVALID, "%s/%s: no picture; expected .png, .jpg or .jpeg files",
                           listing->folder, name);
    }
    if (listing->count)
        qsort(listing->item, listing->count, sizeof *listing->item, by_path);
    return rc;
}

/* One picture, or all in a folder, whatever folders they stand in there. */
static int list_unlabelled(struct listing *listing)
{
    int rc = TRAINER_OK;
    if (is_folder(listing->folder)) {
        rc = list_folder(listing, NULL, -1, 0);
    } else {
        char *path = strdup("");
        rc = path ? add_item(listing, path, -1) : error_memory("a path", 1);
    }
    if (listing->count)
        qsort(listing->item, listing->count, sizeof *listing->item, by_path);
    return rc;
}

/* --- pictures --------------------------------------------------------------------------------- */

/* How one picture came out. */
struct outcome {
    int rc;
    char *why; /* for free(); NULL: nothing is wrong, or there was no memory to say it */
};

/* What decoding all pictures of a split needs and leaves. */
struct decoding {
    const struct listing *listing;
    struct picture_form form;
    size_t height, width;    /* that every picture must have in the end */
    size_t bytes;            /* of a sample */
    uint8_t *values;         /* (count, bytes) */
    struct outcome *outcome; /* [count] */
};

/* (height, width, 3) -> (3, height, width) */
static void by_channels(const struct picture *picture, uint8_t *to)
{
    size_t pixels = picture->height * picture->width, channels = picture->channels;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < pixels; i++)
            *to++ = picture->pixel[i * channels + c];
}

/* Decodes picture i; all threads call. */
static void decode(const struct decoding *decoding, size_t i)
{
    struct picture picture;
    error_clear();
    char *path = join(decoding->listing->folder, decoding->listing->item[i].path);
    int rc = path ? picture_read(&picture, path, &decoding->form) : TRAINER_FAILED;
    if (!rc && (picture.height != decoding->height || picture.width != decoding->width)) {
        rc = error_set(TRAINER_INVALID,
                       "%s: %zu x %zu pixels; expected %zu x %zu, as the first picture has (size: "
                       "[%zu, %zu] resizes)",
                       path, picture.height, picture.width, decoding->height, decoding->width,
                       decoding->height, decoding->width);
        free(picture.pixel);
    }
    if (!rc) {
        by_channels(&picture, decoding->values + i * decoding->bytes);
        free(picture.pixel);
    } else {
        decoding->outcome[i] = (struct outcome){rc, strdup(error_text())};
    }
    free(path);
}

/* Reports bad pictures: all are errors, or what is left out is a warning each. Where memory or the
 * disk failed, no picture is to blame. */
static int report(struct dataset *dataset, const struct decoding *decoding)
{
    const struct images *images = dataset->private;
    size_t told = 0;
    int rc = TRAINER_OK;
    for (size_t i = 0; i < decoding->listing->count; i++) {
        const struct outcome *outcome = &decoding->outcome[i];
        if (outcome->rc == TRAINER_OK)
            continue;
        if (!outcome->why)
            return error_memory("pictures", decoding->bytes);
        if (outcome->rc == TRAINER_FAILED)
            return error_set(TRAINER_FAILED, "%s", outcome->why);
        if (images->bad_images == BAD_ERROR)
            rc = error_add(TRAINER_INVALID, "%s (bad_images: skip goes on)", outcome->why);
        else if (told++ < NAMED_MAX)
            dataset_note(dataset, true, "left out: %s", outcome->why);
    }
    if (told > NAMED_MAX)
        dataset_note(dataset, true, "%zu pictures are left out", told);
    return rc;
}

/* Moves the good pictures together; labels get their classes. Returns how many they are. */
static size_t keep_good(const struct decoding *decoding, int32_t *label)
{
    size_t kept = 0;
    for (size_t i = 0; i < decoding->listing->count; i++) {
        if (decoding->outcome[i].rc)
            continue;
        if (kept != i)
            memcpy(decoding->values + kept * decoding->bytes,
                   decoding->values + i * decoding->bytes, decoding->bytes);
        label[kept++] = decoding->listing->item[i].class;
    }
    return kept;
}

static int decode_all(struct dataset *dataset, const struct decoding *decoding, int32_t *label,
                      size_t *kept)
{
    size_t count = decoding->listing->count;
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < count; i++)
        decode(decoding, i);
    error_clear();
    int rc = report(dataset, decoding);
    *kept = keep_good(decoding, label);
    if (!rc && *kept == 0)
        rc = error_add(TRAINER_INVALID, "%s: not one picture can be read",
                       decoding->listing->folder);
    return rc;
}

/* --- a split ---------------------------------------------------------------------------------- */

/* white, black, gray or #rrggbb */
static int read_background(const struct dataset *dataset, const char *text, uint8_t rgb[RGB])
{
    static const struct {
        const char *name;
        uint8_t value;
    } named[] = {{"white", 255}, {"black", 0}, {"gray", 128}};
    unsigned value;
    char end;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (!strcmp(text, named[i].name)) {
            memset(rgb, named[i].value, RGB);
            return TRAINER_OK;
        }
    if (strlen(text) != 7 || sscanf(text, "#%6x%c", &value, &end) != 1)
        return config_error(dataset_place(dataset, "background"),
                            "background '%s'; expected white, black, gray or #rrggbb", text);
    for (int i = 0; i < RGB; i++)
        rgb[i] = (uint8_t)(value >> 8 * (RGB - 1 - i));
    return TRAINER_OK;
}

static struct shape sample_shape(bool rgb, size_t height, size_t width)
{
    if (rgb)
        return (struct shape){.rank = 3, .dim = {RGB, height, width}};
    return (struct shape){.rank = 2, .dim = {height, width}};
}

/* The size that a trained network's pictures had. */
static bool set_learned(const struct learned *learned, struct picture_form *form)
{
    const struct shape *shape = learned->inputs == 1 ? &learned->input[0].shape : NULL;
    if (!shape || (shape->rank != 2 && shape->rank != 3))
        return false;
    form->rgb = shape->rank == 3;
    form->height = shape->dim[shape->rank - 2];
    form->width = shape->dim[shape->rank - 1];
    return true;
}

/* The shape of a sample that is as large as picture i. */
static int read_shape(const struct listing *listing, size_t i, const struct picture_form *form,
                      struct shape *shape)
{
    struct picture picture;
    char *path = join(listing->folder, listing->item[i].path);
    int rc = path ? picture_read(&picture, path, form) : TRAINER_FAILED;
    if (!rc) {
        *shape = sample_shape(form->rgb, picture.height, picture.width);
        free(picture.pixel);
    }
    free(path);
    return rc;
}

/* The form that the options ask for, and a sample's shape: where they ask for no size, that of the
 * first picture that can be read. */
static int make_form(const struct dataset *dataset, const struct listing *listing,
                     struct picture_form *form, struct shape *shape)
{
    const struct images *images = dataset->private;
    *form = (struct picture_form){.rgb = images->rgb, .fit = (enum picture_fit)images->fit};
    int rc = read_background(dataset, images->background, form->background);
    if (rc)
        return rc;
    if (images->size.count) {
        form->height = (size_t)images->size.value[0];
        form->width = (size_t)images->size.value[images->size.count - 1];
    }
    if (images->size.count || (dataset->learned && set_learned(dataset->learned, form))) {
        *shape = sample_shape(form->rgb, form->height, form->width);
        return TRAINER_OK;
    }
    for (size_t i = 0; i < listing->count; i++) {
        rc = read_shape(listing, i, form, shape);
        if (rc != TRAINER_INVALID)
            return rc;
        error_clear(); /* which pictures are bad is told when all are decoded */
    }
    return read_shape(listing, 0, form, shape);
}

/* The classes' names, in the data set's memory. */
static int keep_names(struct dataset *dataset, const struct listing *listing, struct column *labels)
{
    const struct vocabulary *known = listing->known;
    const char **name = arena_array(&dataset->arena, known->count + 1, sizeof *name);
    for (size_t c = 0; name && c < known->count; c++)
        if (!(name[c] = arena_print(&dataset->arena, "%s", known->name[c])))
            return TRAINER_FAILED;
    labels->classes = known->count;
    labels->class_name = name;
    return name ? TRAINER_OK : TRAINER_FAILED;
}

/* The columns of a split; labels is NULL where no class is known. Those of the training data are
 * made, with the classes' names. */
static int make_columns(struct dataset *dataset, enum split split, const struct listing *listing,
                        struct shape shape, struct column **inputs, struct column **labels)
{
    const struct images *images = dataset->private;
    bool labelled = listing->item[0].class >= 0;
    enum column_match match;
    *labels = NULL;
    *inputs = dataset_split_column(dataset, split, "inputs", STORED_BYTE, shape, &match);
    if (labelled)
        *labels =
            dataset_split_column(dataset, split, "labels", STORED_LABEL, shape_scalar(), &match);
    if (!*inputs || (labelled && !*labels))
        return TRAINER_FAILED;
    (*inputs)->scale = images->scale > 0 ? images->scale : 1.0 / 255;
    return labelled && split == SPLIT_TRAIN ? keep_names(dataset, listing, *labels) : TRAINER_OK;
}

/* What each sample is called, for predictions: its path below the folder, or the file's name. */
static int keep_paths(struct dataset *dataset, const struct decoding *decoding)
{
    const struct listing *listing = decoding->listing;
    const char **name = arena_array(&dataset->arena, listing->count + 1, sizeof *name);
    const char *slash = strrchr(listing->folder, '/');
    const char *file = slash ? slash + 1 : listing->folder;
    size_t kept = 0;
    for (size_t i = 0; name && i < listing->count; i++) {
        const char *path = *listing->item[i].path ? listing->item[i].path : file;
        if (!decoding->outcome[i].rc && !(name[kept++] = arena_print(&dataset->arena, "%s", path)))
            return TRAINER_FAILED;
    }
    dataset->sample_name = name;
    return name ? TRAINER_OK : TRAINER_FAILED;
}

/* Decodes what is listed into the columns. */
static int fill(struct dataset *dataset, enum split split, const struct listing *listing,
                const struct picture_form *form, struct column *inputs, struct column *labels)
{
    size_t count = listing->count, bytes = shape_size(inputs->shape), all;
    if (__builtin_mul_overflow(count, bytes, &all))
        return error_memory("pictures", SIZE_MAX);
    const size_t *dim = inputs->shape.dim + inputs->shape.rank - 2;
    struct decoding decoding = {
        .listing = listing, .form = *form, .height = dim[0], .width = dim[1], .bytes = bytes};
    int32_t *label = dataset_block(dataset, "labels", count * sizeof *label);
    decoding.values = label ? dataset_reserve(dataset, "pictures", all) : NULL;
    decoding.outcome = calloc(count, sizeof *decoding.outcome);
    int rc = decoding.outcome ? TRAINER_FAILED
                              : error_memory("pictures", count * sizeof *decoding.outcome);
    if (decoding.values && decoding.outcome)
        rc = decode_all(dataset, &decoding, label, &dataset->count[split]);
    if (!rc && dataset->learned)
        rc = keep_paths(dataset, &decoding);
    for (size_t i = 0; decoding.outcome && i < count; i++)
        free(decoding.outcome[i].why);
    free(decoding.outcome);
    inputs->values[split] = decoding.values;
    if (labels)
        labels->values[split] = label;
    return rc;
}

static int read_split(struct dataset *dataset, enum split split, const char *folder,
                      struct vocabulary *known)
{
    folder = file_short(folder);
    struct listing listing = {.folder = folder, .known = known};
    struct picture_form form;
    struct shape shape;
    struct column *inputs, *labels;
    bool labelled = !dataset->learned || dataset->labelled;
    int rc = labelled ? list_labelled(dataset, &listing, split == SPLIT_TRAIN)
                      : list_unlabelled(&listing);
    if (!rc && listing.count == 0)
        rc = error_add(TRAINER_INVALID, "%s: no picture; expected .png, .jpg or .jpeg files",
                       folder);
    if (!rc && listing.others)
        dataset_note(dataset, false, "%s: %zu other file%s passed over", folder, listing.others,
                     listing.others == 1 ? " is" : "s are");
    if (!rc)
        rc = make_form(dataset, &listing, &form, &shape);
    if (!rc)
        rc = make_columns(dataset, split, &listing, shape, &inputs, &labels);
    dataset->count[split] = listing.count;
    if (!rc && !dataset->describe_only)
        rc = fill(dataset, split, &listing, &form, inputs, labels);
    free_listing(&listing);
    return rc;
}

static int images_open(struct dataset *dataset)
{
    const struct images *images = dataset->private;
    struct vocabulary known = {0};
    if (images->fit != PICTURE_STRETCH && !images->size.count && !dataset->learned)
        return config_error(dataset_place(dataset, "resize"),
                            "'resize' in data needs a size: [HEIGHT, WIDTH]");
    int rc = read_split(dataset, SPLIT_TRAIN, images->train, &known);
    if (!rc && images->test && !dataset->learned)
        rc = read_split(dataset, SPLIT_TEST, images->test, &known);
    if (!rc && images->validation && !dataset->learned)
        rc = read_split(dataset, SPLIT_VALIDATION, images->validation, &known);
    vocabulary_free(&known);
    return rc;
}

static const struct option images_options[] = {
    {"train", OPTION_PATH, offsetof(struct images, train), .required = true,
     .help = "folder of the training data: a folder of pictures a class"},
    {"test", OPTION_PATH, offsetof(struct images, test), .help = "the same of the test data"},
    {"validation", OPTION_PATH, offsetof(struct images, validation),
     .help = "the same of the validation data"},
    {"size", OPTION_NUMBERS, offsetof(struct images, size), .single = true, .whole = true,
     .minimum = 1, .maximum = 65535, .help = "[height, width]; without it all have one size"},
    {"color", OPTION_CHOICE, offsetof(struct images, rgb), .standard = "rgb", .choices = "gray,rgb",
     .help = "gray gives (height, width), rgb (3, height, width)"},
    {"resize", OPTION_CHOICE, offsetof(struct images, fit), .standard = "stretch",
     .choices = "stretch,crop,pad", .help = "how a picture of other proportions gets the size"},
    {"background", OPTION_TEXT, offsetof(struct images, background), .standard = "white",
     .help = "what shows through and around: white, black, gray or #rrggbb"},
    {"bad_images", OPTION_CHOICE, offsetof(struct images, bad_images), .standard = "error",
     .choices = "error,skip",
     .help = "skip leaves out a picture that can't be read, with a warning"},
    {"scale", OPTION_NUMBER, offsetof(struct images, scale), .standard = "auto", .minimum = 0,
     .above_minimum = true, .word = "auto", .word_value = 0,
     .help = "factor of every value; auto: 1/255"},
    {0},
};

const struct dataset_kind dataset_images = {
    .base =
        {
            .title = "Images",
            .help = "folders of PNG and JPEG files, a folder a class",
            .options = images_options,
            .private_size = sizeof(struct images),
        },
    .open = images_open,
    .names_classes = true,
};
