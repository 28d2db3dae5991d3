/*
 * sweep_log.c - the log of a sweep: writing, and reading what a kill may have cut short.
 *
 * One table says which fields an event has, for writing and for reading. The reader takes flat
 * objects of strings, numbers, true, false and null, and passes over keys that it doesn't know.
 */
#include "sweep_log.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORD_SIZE = 32 };

enum field_type {
    FIELD_NUMBER, /* double; null: NaN */
    FIELD_COUNT,  /* int */
    FIELD_TRUTH,  /* bool */
    FIELD_TEXT,   /* const char * */
    FIELD_EVENT,  /* enum sweep_event as its word */
    FIELD_STATUS, /* enum sweep_status as its word */
};

#define EVENT(event) (1u << SWEEP_EVENT_##event)
#define OF_TRIAL     (EVENT(STARTED) | EVENT(REPORTED) | EVENT(ENDED))

static const struct field {
    const char *key;
    enum field_type type;
    size_t offset;
    unsigned events; /* that have it, one bit each */
} fields[] = {
    {"time", FIELD_NUMBER, offsetof(struct sweep_entry, time), OF_TRIAL | EVENT(NOTE)},
    {"event", FIELD_EVENT, offsetof(struct sweep_entry, event), OF_TRIAL | EVENT(NOTE)},
    {"trial", FIELD_TEXT, offsetof(struct sweep_entry, trial), OF_TRIAL},
    {"rung", FIELD_COUNT, offsetof(struct sweep_entry, rung), EVENT(REPORTED)},
    {"value", FIELD_NUMBER, offsetof(struct sweep_entry, value), EVENT(REPORTED)},
    {"go_on", FIELD_TRUTH, offsetof(struct sweep_entry, go_on), EVENT(REPORTED)},
    {"status", FIELD_STATUS, offsetof(struct sweep_entry, status), EVENT(ENDED)},
    {"seconds", FIELD_NUMBER, offsetof(struct sweep_entry, seconds), EVENT(ENDED)},
    {"text", FIELD_TEXT, offsetof(struct sweep_entry, text), EVENT(ENDED) | EVENT(NOTE)},
};
enum { FIELDS = sizeof fields / sizeof *fields };

static const char *const event_words[] = {
    [SWEEP_EVENT_STARTED] = "started",
    [SWEEP_EVENT_REPORTED] = "reported",
    [SWEEP_EVENT_ENDED] = "ended",
    [SWEEP_EVENT_NOTE] = "note",
};

struct sweep_log {
    int descriptor;
    char *path;
};

static int tell(const char *path, const char *what)
{
    return error_set(TRAINER_FAILED, "%s: cannot %s: %s", path, what, strerror(errno));
}

/* --- writing --- */

/* A string with JSON's escapes. */
static void add_string(struct text *line, const char *string)
{
    text_string(line, "\"");
    for (; *string; string++) {
        unsigned char byte = (unsigned char)*string;
        if (byte == '"' || byte == '\\')
            text_print(line, "\\%c", byte);
        else if (byte < ' ')
            text_print(line, "\\u%04x", byte);
        else
            text_add(line, string, 1);
    }
    text_string(line, "\"");
}

static void add_field(struct text *line, const struct field *field, const void *value)
{
    char text[NUMBER_SIZE];
    const char *const *string = value;
    switch (field->type) {
    case FIELD_NUMBER: {
        double number = *(const double *)value;
        text_string(line, isfinite(number) ? number_text(number, 0, text) : "null");
        break;
    }
    case FIELD_COUNT:
        text_print(line, "%d", *(const int *)value);
        break;
    case FIELD_TRUTH:
        text_string(line, *(const bool *)value ? "true" : "false");
        break;
    case FIELD_TEXT:
        add_string(line, *string ? *string : "");
        break;
    case FIELD_EVENT:
        add_string(line, event_words[*(const enum sweep_event *)value]);
        break;
    case FIELD_STATUS:
        add_string(line, sweep_status_word(*(const enum sweep_status *)value));
        break;
    }
}

/* Milliseconds are enough, and shorter. */
static double now(void)
{
    return floor(clock_date() * 1000) / 1000;
}

/* Closes a line that was cut short, so that the next one stands by itself. */
static int close_torn_line(const struct sweep_log *log)
{
    char last = '\n';
    off_t size = lseek(log->descriptor, 0, SEEK_END);
    if (size < 0 || (size > 0 && pread(log->descriptor, &last, 1, size - 1) != 1))
        return tell(log->path, "read");
    if (last != '\n' && write(log->descriptor, "\n", 1) != 1)
        return tell(log->path, "write");
    return TRAINER_OK;
}

int sweep_log_open(struct sweep_log **out, const char *path)
{
    *out = NULL;
    struct sweep_log *log = calloc(1, sizeof *log);
    char *copy = strdup(path);
    if (!log || !copy) {
        free(log);
        free(copy);
        return error_memory("a log", sizeof *log + strlen(path));
    }
    log->path = copy;
    log->descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, (mode_t)0666);
    int rc = log->descriptor < 0 ? tell(path, "open") : close_torn_line(log);
    if (rc) {
        sweep_log_close(log);
        return rc;
    }
    *out = log;
    return TRAINER_OK;
}

void sweep_log_close(struct sweep_log *log)
{
    if (!log)
        return;
    if (log->descriptor >= 0)
        close(log->descriptor);
    free(log->path);
    free(log);
}

/* The event as one line of JSON. */
static void add_entry(struct text *line, const struct sweep_entry *entry)
{
    text_string(line, "{");
    for (const struct field *field = fields; field < fields + FIELDS; field++) {
        if (!(field->events & 1u << entry->event))
            continue;
        text_string(line, line->length > 1 ? ", " : "");
        add_string(line, field->key);
        text_string(line, ": ");
        add_field(line, field, (const char *)entry + field->offset);
    }
    text_string(line, "}\n");
}

int sweep_log_append(struct sweep_log *log, const struct sweep_entry *entry)
{
    struct sweep_entry timed = *entry;
    struct text line = {0};
    timed.time = now();
    add_entry(&line, &timed);
    int rc = text_status(&line);
    ssize_t written = rc == TRAINER_OK ? write(log->descriptor, line.data, line.length) : 0;
    if (rc == TRAINER_OK && (written < 0 || (size_t)written < line.length)) {
        errno = written < 0 ? errno : ENOSPC;
        rc = tell(log->path, "write");
    }
    text_free(&line);
    return rc;
}

int sweep_log_sync(struct sweep_log *log)
{
    return fdatasync(log->descriptor) == 0 ? TRAINER_OK : tell(log->path, "sync");
}

/* --- reading --- */

static char *skip_space(char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* The character that \X stands for; 0: none that this program writes. */
static char unescape(char **at)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char digits[5] = "", *end;
    const char *name = **at ? strchr(names, **at) : NULL;
    if (name) {
        ++*at;
        return values[name - names];
    }
    if (**at != 'u')
        return 0;
    snprintf(digits, sizeof digits, "%.4s", *at + 1);
    long code = strtol(digits, &end, 16);
    if (end != digits + 4 || code <= 0 || code >= 0x80)
        return 0;
    *at += 5;
    return (char)code;
}

/* Takes a string, unescaped in its place; NULL where there is none. */
static char *take_string(char **line)
{
    char *at = *line, *out;
    if (*at++ != '"')
        return NULL;
    char *text = out = at;
    while (*at != '"') {
        char c = *at++;
        if (c == '\\')
            c = unescape(&at);
        if (c == '\0')
            return NULL;
        *out++ = c;
    }
    *line = at + 1;
    *out = '\0';
    return text;
}

/* Takes a number, true, false or null as a text of its own. */
static bool take_word(char **line, char word[WORD_SIZE])
{
    size_t length = strcspn(*line, ",} \t\r\n");
    snprintf(word, WORD_SIZE, "%.*s", length < WORD_SIZE ? (int)length : 0, *line);
    *line += length;
    return *word != '\0';
}

static size_t find_word(const char *const *words, size_t count, const char *word)
{
    size_t i = 0;
    while (i < count && strcmp(words[i], word) != 0)
        i++;
    return i;
}

/* Stores a string; false where the field is of another type. */
static bool store_string(const struct field *field, void *value, const char *text)
{
    size_t event = find_word(event_words, SWEEP_EVENT_COUNT, text);
    enum sweep_status status = sweep_status_parse(text);
    switch (field->type) {
    case FIELD_TEXT:
        *(const char **)value = text;
        return true;
    case FIELD_EVENT:
        *(enum sweep_event *)value = (enum sweep_event)event;
        return event < SWEEP_EVENT_COUNT;
    case FIELD_STATUS:
        *(enum sweep_status *)value = status;
        return status < SWEEP_STATUS_COUNT;
    default:
        return false;
    }
}

static bool store_word(const struct field *field, void *value, const char *word)
{
    bool truth = strcmp(word, "true") == 0;
    int64_t count;
    switch (field->type) {
    case FIELD_NUMBER:
        *(double *)value = (double)NAN;
        return strcmp(word, "null") == 0 || number_parse(word, value);
    case FIELD_COUNT:
        if (!number_parse_integer(word, &count) || count < 0 || count > INT32_MAX)
            return false;
        *(int *)value = (int)count;
        return true;
    case FIELD_TRUTH:
        *(bool *)value = truth;
        return truth || strcmp(word, "false") == 0;
    default:
        return false;
    }
}

static const struct field *find_field(const char *key)
{
    const struct field *field = fields;
    while (field < fields + FIELDS && strcmp(field->key, key) != 0)
        field++;
    return field < fields + FIELDS ? field : NULL;
}

/* Takes `"key": value` into the entry; *found gets the field's bit. */
static bool take_pair(char **line, struct sweep_entry *entry, unsigned *found)
{
    char word[WORD_SIZE], *key = take_string(line);
    const struct field *field = key ? find_field(key) : NULL;
    *line = skip_space(*line);
    if (!key || *(*line)++ != ':')
        return false;
    *line = skip_space(*line);
    char *text = **line == '"' ? take_string(line) : NULL;
    if (!text && !take_word(line, word))
        return false;
    if (!field)
        return true;
    *found |= 1u << (field - fields);
    void *value = (char *)entry + field->offset;
    return text ? store_string(field, value, text) : store_word(field, value, word);
}

/* Whether all fields of the event are there, and the id is none that is too long. */
static bool is_whole(const struct sweep_entry *entry, unsigned found)
{
    unsigned wanted = 0;
    for (size_t i = 0; i < FIELDS; i++)
        wanted |= fields[i].events & 1u << entry->event ? 1u << i : 0;
    return (found & wanted) == wanted && (!entry->trial || strlen(entry->trial) < SWEEP_ID_SIZE);
}

/* The event of a line, which is changed in its place; false where it is none. */
static bool parse(char *line, struct sweep_entry *entry)
{
    unsigned found = 0;
    *entry = (struct sweep_entry){.event = SWEEP_EVENT_NOTE};
    line = skip_space(line);
    if (*line++ != '{')
        return false;
    do {
        line = skip_space(line);
        if (!take_pair(&line, entry, &found))
            return false;
        line = skip_space(line);
    } while (*line++ == ',');
    return line[-1] == '}' && *skip_space(line) == '\0' && is_whole(entry, found);
}

int sweep_log_read(const char *path, int (*entry)(void *context, const struct sweep_entry *entry),
                   void *context, size_t *skipped)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0, wrong = 0;
    int rc = TRAINER_OK;
    if (skipped)
        *skipped = 0;
    if (!file)
        return errno == ENOENT ? TRAINER_OK : tell(path, "open");
    while (rc == TRAINER_OK && getline(&line, &size, file) >= 0) {
        struct sweep_entry read;
        if (parse(line, &read))
            rc = entry(context, &read);
        else
            wrong++;
    }
    if (rc == TRAINER_OK && !feof(file)) /* a line without memory is no error of the file's */
        rc = tell(path, "read");
    if (skipped)
        *skipped = wrong;
    free(line);
    fclose(file);
    return rc;
}
