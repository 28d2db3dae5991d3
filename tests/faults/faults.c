/*
 * faults.c - see faults.h. A call that is not named here never fails.
 *
 * What closes something does so even where it fails: nobody could try again.
 */
#include "faults.h"
#include "base/arena.h"
#include "base/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <png.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>
#include <zlib.h>

static atomic_long calls, live;
static atomic_long first = -1; /* the call that fails; -1: none */
static atomic_bool all_after;

void faults_arm(long k, bool onward)
{
    calls = 0;
    all_after = onward;
    first = k;
}

long faults_disarm(void)
{
    first = -1;
    return calls;
}

long faults_live(void)
{
    return live;
}

static bool hit(int error)
{
    long k = ++calls, from = first;
    bool fails = from > 0 && (all_after ? k >= from : k == from);
    if (fails)
        errno = error;
    return fails;
}

/* --- memory --- */

static void *counted(void *memory)
{
    live += memory != NULL;
    return memory;
}

void *fault_malloc(size_t size);
void *fault_malloc(size_t size)
{
    return hit(ENOMEM) ? NULL : counted(malloc(size));
}

void *fault_calloc(size_t count, size_t size);
void *fault_calloc(size_t count, size_t size)
{
    return hit(ENOMEM) ? NULL : counted(calloc(count, size));
}

void *fault_realloc(void *memory, size_t size);
void *fault_realloc(void *memory, size_t size)
{
    if (hit(ENOMEM))
        return NULL;
    return memory ? realloc(memory, size) : counted(malloc(size));
}

void *fault_aligned_alloc(size_t alignment, size_t size);
void *fault_aligned_alloc(size_t alignment, size_t size)
{
    return hit(ENOMEM) ? NULL : counted(aligned_alloc(alignment, size));
}

char *fault_strdup(const char *text);
char *fault_strdup(const char *text)
{
    return hit(ENOMEM) ? NULL : counted(strdup(text));
}

char *fault_strndup(const char *text, size_t size);
char *fault_strndup(const char *text, size_t size)
{
    return hit(ENOMEM) ? NULL : counted(strndup(text, size));
}

char *fault_realpath(const char *path, char *resolved);
char *fault_realpath(const char *path, char *resolved)
{
    return hit(EIO) ? NULL : counted(realpath(path, resolved));
}

__attribute__((format(printf, 2, 0))) int fault_vasprintf(char **text, const char *format,
                                                          va_list arguments);
int fault_vasprintf(char **text, const char *format, va_list arguments)
{
    *text = NULL;
    int length = hit(ENOMEM) ? -1 : vasprintf(text, format, arguments);
    live += length >= 0;
    return length;
}

__attribute__((format(printf, 2, 3))) int fault_asprintf(char **text, const char *format, ...);
int fault_asprintf(char **text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = fault_vasprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

typedef int entry_filter(const struct dirent *entry);
typedef int entry_order(const struct dirent **a, const struct dirent **b);

int fault_scandir(const char *path, struct dirent ***entries, entry_filter *keep,
                  entry_order *order);
int fault_scandir(const char *path, struct dirent ***entries, entry_filter *keep,
                  entry_order *order)
{
    int count = hit(EMFILE) ? -1 : scandir(path, entries, keep, order);
    live += count < 0 ? 0 : count + (*entries != NULL);
    return count;
}

/* glibc's header makes one of the other. */
ssize_t fault___getdelim(char **line, size_t *capacity, int end, FILE *file);
ssize_t fault___getdelim(char **line, size_t *capacity, int end, FILE *file)
{
    bool none = !*line;
    ssize_t length = hit(ENOMEM) ? -1 : getdelim(line, capacity, end, file);
    live += none && *line;
    return length;
}

ssize_t fault_getline(char **line, size_t *capacity, FILE *file);
ssize_t fault_getline(char **line, size_t *capacity, FILE *file)
{
    return fault___getdelim(line, capacity, '\n', file);
}

void fault_free(void *memory)
{
    live -= memory != NULL;
    free(memory);
}

/* --- arenas --- */

/* Few of their pieces need memory of their own; here each may be the one that finds none. The
 * linker gives calls of arena_copy to __wrap_arena_copy (cmake/faults.cmake). */
#define ARENA_FAULT(type, name, parameters, arguments, bytes)                                      \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        if (!hit(ENOMEM))                                                                          \
            return __real_##name arguments;                                                        \
        error_memory("the build", bytes);                                                          \
        return NULL;                                                                               \
    }

ARENA_FAULT(void *, arena_allocate, (struct arena * arena, size_t size), (arena, size), size)
ARENA_FAULT(void *, arena_array, (struct arena * arena, size_t count, size_t size),
            (arena, count, size), count *size)
ARENA_FAULT(char *, arena_copy, (struct arena * arena, const char *text, size_t length),
            (arena, text, length), length)

__attribute__((format(printf, 2, 3))) char *__wrap_arena_print(struct arena *arena,
                                                               const char *format, ...);
char *__wrap_arena_print(struct arena *arena, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    char *copy = length < 0 ? NULL : __wrap_arena_copy(arena, text, (size_t)length);
    free(text);
    return copy;
}

/* --- files --- */

int fault_open(const char *path, int flags, ...);
int fault_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int result = hit(EMFILE) ? -1 : open(path, flags, va_arg(arguments, mode_t));
    va_end(arguments);
    return result;
}

int fault_openat(int folder, const char *path, int flags, ...);
int fault_openat(int folder, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int result = hit(EMFILE) ? -1 : openat(folder, path, flags, va_arg(arguments, mode_t));
    va_end(arguments);
    return result;
}

int fault_close(int descriptor);
int fault_close(int descriptor)
{
    bool fails = hit(EIO);
    int result = close(descriptor);
    return fails ? -1 : result;
}

int fault_fclose(FILE *file);
int fault_fclose(FILE *file)
{
    bool fails = hit(EIO);
    int result = fclose(file);
    return fails ? EOF : result;
}

static _Thread_local bool read_failed;

size_t fault_fread(void *bytes, size_t size, size_t count, FILE *file);
size_t fault_fread(void *bytes, size_t size, size_t count, FILE *file)
{
    read_failed = hit(EIO);
    return read_failed ? 0 : fread(bytes, size, count, file);
}

int fault_ferror(FILE *file);
int fault_ferror(FILE *file)
{
    return read_failed ? 1 : ferror(file);
}

/* --- processes --- */

/* A child is left in peace: what it does, its parent does once more. */
pid_t fault_fork(void);
pid_t fault_fork(void)
{
    pid_t child = hit(EAGAIN) ? -1 : fork();
    if (child == 0)
        first = -1;
    return child;
}

/* Nor does it write what it has counted, where lines are counted (tests/coverage/exit.c). */
void fault___gcov_dump(void);
void fault___gcov_dump(void)
{
}

/* --- others, one line each --- */

/* name(arguments) as the project calls it, and what it returns when it fails. */
#define FAULT(type, failed, error, name, parameters, arguments)                                    \
    type fault_##name parameters;                                                                  \
    type fault_##name parameters                                                                   \
    {                                                                                              \
        return hit(error) ? (failed) : name arguments;                                             \
    }

/* clang-format off */
typedef void *thread_main(void *);
FAULT(FILE *, NULL, EMFILE, fopen, (const char *path, const char *mode), (path, mode))
FAULT(FILE *, NULL, ENOMEM, fdopen, (int file, const char *mode), (file, mode))
FAULT(DIR *, NULL, ENOMEM, fdopendir, (int folder), (folder))
FAULT(char *, NULL, EIO, fgets, (char *text, int size, FILE *file), (text, size, file))
FAULT(ssize_t, -1, EIO, read, (int file, void *bytes, size_t n), (file, bytes, n))
FAULT(ssize_t, -1, EIO, pread, (int file, void *bytes, size_t n, off_t at), (file, bytes, n, at))
FAULT(ssize_t, -1, ENOSPC, write, (int file, const void *bytes, size_t n), (file, bytes, n))
FAULT(int, -1, EIO, fsync, (int file), (file))
FAULT(int, -1, EIO, fdatasync, (int file), (file))
FAULT(int, -1, EIO, syncfs, (int file), (file))
FAULT(int, -1, EIO, ftruncate, (int file, off_t size), (file, size))
FAULT(int, -1, EIO, fstat, (int file, struct stat *facts), (file, facts))
FAULT(int, -1, EACCES, stat, (const char *path, struct stat *facts), (path, facts))
FAULT(int, -1, EROFS, rename, (const char *from, const char *to), (from, to))
FAULT(int, -1, EROFS, link, (const char *from, const char *to), (from, to))
FAULT(int, -1, EROFS, unlink, (const char *path), (path))
FAULT(int, -1, EROFS, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
FAULT(int, -1, EROFS, mkdir, (const char *path, mode_t mode), (path, mode))
FAULT(int, -1, EROFS, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
FAULT(int, -1, EROFS, symlinkat, (const char *to, int folder, const char *path), (to, folder, path))
FAULT(int, -1, EROFS, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
FAULT(int, -1, EFAULT, gethostname, (char *name, size_t size), (name, size))
FAULT(int, -1, ENOMEM, madvise, (void *memory, size_t size, int advice), (memory, size, advice))
FAULT(int, -1, EMFILE, socketpair, (int domain, int type, int protocol, int *ends),
      (domain, type, protocol, ends))
FAULT(int, -1, EMFILE, pipe2, (int *ends, int flags), (ends, flags))
FAULT(int, EAGAIN, 0, pthread_create,
      (pthread_t *thread, const pthread_attr_t *with, thread_main *run, void *context),
      (thread, with, run, context))

FAULT(int, Z_MEM_ERROR, 0, inflateInit2_,
      (z_streamp stream, int bits, const char *version, int size),
      (stream, bits, version, size))
FAULT(int, Z_STREAM_ERROR, 0, inflateReset, (z_streamp stream), (stream))
FAULT(int, Z_MEM_ERROR, 0, inflate, (z_streamp stream, int flush), (stream, flush))

FAULT(png_structp, NULL, 0, png_create_read_struct,
      (const char *version, png_voidp at, png_error_ptr fail, png_error_ptr warn),
      (version, at, fail, warn))
FAULT(png_infop, NULL, 0, png_create_info_struct, (png_const_structrp png), (png))

FAULT(int, 0, 0, yaml_parser_initialize, (yaml_parser_t *parser), (parser))
FAULT(int, 0, 0, yaml_emitter_initialize, (yaml_emitter_t *emitter), (emitter))
FAULT(int, 0, 0, yaml_stream_start_event_initialize,
      (yaml_event_t *event, yaml_encoding_t encoding),
      (event, encoding))
FAULT(int, 0, 0, yaml_stream_end_event_initialize, (yaml_event_t *event), (event))
FAULT(int, 0, 0, yaml_document_start_event_initialize,
      (yaml_event_t *event, yaml_version_directive_t *version, yaml_tag_directive_t *begin,
       yaml_tag_directive_t *end, int implicit),
      (event, version, begin, end, implicit))
FAULT(int, 0, 0, yaml_document_end_event_initialize,
      (yaml_event_t *event, int implicit),
      (event, implicit))
FAULT(int, 0, 0, yaml_scalar_event_initialize,
      (yaml_event_t *event, const yaml_char_t *anchor, const yaml_char_t *tag,
       const yaml_char_t *value, int length, int plain, int quoted, yaml_scalar_style_t style),
      (event, anchor, tag, value, length, plain, quoted, style))
FAULT(int, 0, 0, yaml_sequence_start_event_initialize,
      (yaml_event_t *event, const yaml_char_t *anchor, const yaml_char_t *tag, int implicit,
       yaml_sequence_style_t style),
      (event, anchor, tag, implicit, style))
FAULT(int, 0, 0, yaml_sequence_end_event_initialize, (yaml_event_t *event), (event))
FAULT(int, 0, 0, yaml_mapping_start_event_initialize,
      (yaml_event_t *event, const yaml_char_t *anchor, const yaml_char_t *tag, int implicit,
       yaml_mapping_style_t style),
      (event, anchor, tag, implicit, style))
FAULT(int, 0, 0, yaml_mapping_end_event_initialize, (yaml_event_t *event), (event))

FAULT(hid_t, -1, 0, H5Acreate2,
      (hid_t at, const char *name, hid_t type, hid_t space, hid_t a, hid_t b),
      (at, name, type, space, a, b))
FAULT(htri_t, -1, 0, H5Aexists, (hid_t at, const char *name), (at, name))
FAULT(hid_t, -1, 0, H5Aget_space, (hid_t at), (at))
FAULT(hid_t, -1, 0, H5Aget_type, (hid_t at), (at))
FAULT(hid_t, -1, 0, H5Aopen, (hid_t at, const char *name, hid_t list), (at, name, list))
FAULT(herr_t, -1, 0, H5Aread, (hid_t at, hid_t type, void *data), (at, type, data))
FAULT(herr_t, -1, 0, H5Awrite, (hid_t at, hid_t type, const void *data), (at, type, data))
FAULT(herr_t, -1, 0, H5DSattach_scale, (hid_t at, hid_t scale, unsigned axis), (at, scale, axis))
FAULT(herr_t, -1, 0, H5DSset_scale, (hid_t at, const char *name), (at, name))
FAULT(hid_t, -1, 0, H5Dcreate2,
      (hid_t at, const char *name, hid_t type, hid_t space, hid_t a, hid_t b, hid_t c),
      (at, name, type, space, a, b, c))
FAULT(hid_t, -1, 0, H5Dget_create_plist, (hid_t at), (at))
FAULT(hid_t, -1, 0, H5Dget_space, (hid_t at), (at))
FAULT(hsize_t, 0, 0, H5Dget_storage_size, (hid_t at), (at))
FAULT(hid_t, -1, 0, H5Dget_type, (hid_t at), (at))
FAULT(hid_t, -1, 0, H5Dopen2, (hid_t at, const char *name, hid_t list), (at, name, list))
FAULT(herr_t, -1, 0, H5Dread,
      (hid_t at, hid_t type, hid_t a, hid_t b, hid_t list, void *data),
      (at, type, a, b, list, data))
FAULT(herr_t, -1, 0, H5Dwrite,
      (hid_t at, hid_t type, hid_t a, hid_t b, hid_t list, const void *data),
      (at, type, a, b, list, data))
FAULT(herr_t, -1, 0, H5Ewalk2,
      (hid_t stack, H5E_direction_t way, H5E_walk2_t visit, void *context),
      (stack, way, visit, context))
FAULT(hid_t, -1, 0, H5Fcreate,
      (const char *path, unsigned flags, hid_t a, hid_t b),
      (path, flags, a, b))
FAULT(herr_t, -1, 0, H5Fget_filesize, (hid_t at, hsize_t *size), (at, size))
FAULT(herr_t, -1, 0, H5Fflush, (hid_t at, H5F_scope_t scope), (at, scope))
FAULT(ssize_t, -1, 0, H5Fget_file_image, (hid_t at, void *bytes, size_t size), (at, bytes, size))
FAULT(htri_t, -1, 0, H5Fis_hdf5, (const char *path), (path))
FAULT(hid_t, -1, 0, H5Fopen, (const char *path, unsigned flags, hid_t list), (path, flags, list))
FAULT(hid_t, -1, 0, H5Gcreate2,
      (hid_t at, const char *name, hid_t a, hid_t b, hid_t c),
      (at, name, a, b, c))
FAULT(herr_t, -1, 0, H5Gget_info, (hid_t at, H5G_info_t *info), (at, info))
FAULT(hid_t, -1, 0, H5Gopen2, (hid_t at, const char *name, hid_t list), (at, name, list))
FAULT(hid_t, -1, 0, H5Iget_file_id, (hid_t at), (at))
FAULT(ssize_t, -1, 0, H5Iget_name, (hid_t at, char *name, size_t size), (at, name, size))
FAULT(H5I_type_t, H5I_BADID, 0, H5Iget_type, (hid_t at), (at))
FAULT(htri_t, -1, 0, H5Lexists, (hid_t at, const char *name, hid_t list), (at, name, list))
FAULT(herr_t, -1, 0, H5Lget_info,
      (hid_t at, const char *name, H5L_info_t *info, hid_t list),
      (at, name, info, list))
FAULT(ssize_t, -1, 0, H5Lget_name_by_idx,
      (hid_t at, const char *group, H5_index_t by, H5_iter_order_t order, hsize_t n, char *name,
       size_t size, hid_t list),
      (at, group, by, order, n, name, size, list))
FAULT(hid_t, -1, 0, H5Oopen, (hid_t at, const char *name, hid_t list), (at, name, list))
FAULT(hid_t, -1, 0, H5Pcopy, (hid_t list), (list))
FAULT(hid_t, -1, 0, H5Pcreate, (hid_t kind), (kind))
FAULT(int, -1, 0, H5Pget_chunk, (hid_t list, int rank, hsize_t *size), (list, rank, size))
FAULT(int, -1, 0, H5Pget_external_count, (hid_t list), (list))
FAULT(H5Z_filter_t, -1, 0, H5Pget_filter2,
      (hid_t list, unsigned i, unsigned *flags, size_t *n, unsigned *values, size_t size,
       char *name, unsigned *config),
      (list, i, flags, n, values, size, name, config))
FAULT(H5D_layout_t, H5D_LAYOUT_ERROR, 0, H5Pget_layout, (hid_t list), (list))
FAULT(int, -1, 0, H5Pget_nfilters, (hid_t list), (list))
FAULT(herr_t, -1, 0, H5Pset_attr_creation_order, (hid_t list, unsigned order), (list, order))
FAULT(herr_t, -1, 0, H5Pset_attr_phase_change,
      (hid_t list, unsigned most, unsigned least),
      (list, most, least))
FAULT(herr_t, -1, 0, H5Pset_buffer,
      (hid_t list, size_t size, void *a, void *b),
      (list, size, a, b))
FAULT(herr_t, -1, 0, H5Pset_chunk, (hid_t list, int rank, const hsize_t *size), (list, rank, size))
FAULT(herr_t, -1, 0, H5Pset_fapl_core,
      (hid_t list, size_t growth, hbool_t store),
      (list, growth, store))
FAULT(herr_t, -1, 0, H5Pset_fclose_degree, (hid_t list, H5F_close_degree_t degree), (list, degree))
FAULT(herr_t, -1, 0, H5Pset_file_locking,
      (hid_t list, hbool_t use, hbool_t ignore),
      (list, use, ignore))
FAULT(herr_t, -1, 0, H5Pset_fletcher32, (hid_t list), (list))
FAULT(herr_t, -1, 0, H5Pset_libver_bounds,
      (hid_t list, H5F_libver_t low, H5F_libver_t high),
      (list, low, high))
FAULT(herr_t, -1, 0, H5Pset_link_creation_order, (hid_t list, unsigned order), (list, order))
FAULT(hid_t, -1, 0, H5Screate, (H5S_class_t kind), (kind))
FAULT(hid_t, -1, 0, H5Screate_simple,
      (int rank, const hsize_t *size, const hsize_t *most),
      (rank, size, most))
FAULT(int, -1, 0, H5Sget_simple_extent_dims,
      (hid_t space, hsize_t *size, hsize_t *most),
      (space, size, most))
FAULT(int, -1, 0, H5Sget_simple_extent_ndims, (hid_t space), (space))
FAULT(hssize_t, -1, 0, H5Sget_simple_extent_npoints, (hid_t space), (space))
FAULT(H5S_class_t, H5S_NO_CLASS, 0, H5Sget_simple_extent_type, (hid_t space), (space))
FAULT(hid_t, -1, 0, H5Tcopy, (hid_t type), (type))
FAULT(htri_t, -1, 0, H5Tequal, (hid_t type, hid_t other), (type, other))
FAULT(H5T_class_t, H5T_NO_CLASS, 0, H5Tget_class, (hid_t type), (type))
FAULT(H5T_cset_t, H5T_CSET_ERROR, 0, H5Tget_cset, (hid_t type), (type))
FAULT(size_t, 0, 0, H5Tget_size, (hid_t type), (type))
FAULT(htri_t, -1, 0, H5Tis_variable_str, (hid_t type), (type))
FAULT(herr_t, -1, 0, H5Tset_cset, (hid_t type, H5T_cset_t set), (type, set))
FAULT(herr_t, -1, 0, H5Tset_size, (hid_t type, size_t size), (type, size))
/* clang-format on */

herr_t fault_H5Fclose(hid_t file);
herr_t fault_H5Fclose(hid_t file)
{
    bool fails = hit(0);
    herr_t status = H5Fclose(file);
    return fails ? -1 : status;
}

int fault_H5Idec_ref(hid_t handle);
int fault_H5Idec_ref(hid_t handle)
{
    bool fails = hit(0);
    int status = H5Idec_ref(handle);
    return fails ? -1 : status;
}

/* libyaml fails for want of memory only, but for what is wrong with the text. */
int fault_yaml_parser_parse(yaml_parser_t *parser, yaml_event_t *event);
int fault_yaml_parser_parse(yaml_parser_t *parser, yaml_event_t *event)
{
    if (!hit(0))
        return yaml_parser_parse(parser, event);
    parser->error = YAML_MEMORY_ERROR;
    return 0;
}

/* Takes the event over whatever happens. */
int fault_yaml_emitter_emit(yaml_emitter_t *emitter, yaml_event_t *event);
int fault_yaml_emitter_emit(yaml_emitter_t *emitter, yaml_event_t *event)
{
    if (!hit(0))
        return yaml_emitter_emit(emitter, event);
    yaml_event_delete(event);
    return 0;
}
