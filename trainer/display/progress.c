/*
 * progress.c - shows a run while it trains.
 *
 * Invariant: whenever something is printed, the live line is off the screen; drawn says whether it
 * is on.
 */
#include "progress.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "distributed/ranks.h"
#include "system/launcher.h"
#include "system/streams.h"

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 80, WIDTH_PIPED = 120, WIDTH_MOST = 10000, RESERVED = 3 };

static const double DRAW_SECONDS = 0.1;

/* The columns that a line may use: the last one makes some terminals wrap, and two are for the ^C
 * that a terminal echoes. */
static size_t terminal_width(FILE *out)
{
    struct winsize size;
    long columns = 0;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    const char *set = getenv("COLUMNS");
    if (columns <= 0 && set)
        columns = strtol(set, NULL, 10);
    columns = columns > 0 && columns < WIDTH_MOST ? columns : WIDTH_DEFAULT;
    return columns > RESERVED ? (size_t)(columns - RESERVED) : 0;
}

bool progress_utf8(void)
{
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool progress_style(struct style *style, FILE *out)
{
    const char *kind = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    bool able = kind && *kind && strcmp(kind, "dumb") != 0;
    *style = (struct style){.width = WIDTH_PIPED};
    if (!able || !isatty(fileno(out)) || launcher_is_there())
        return false;
    style->utf8 = progress_utf8();
    style->colour = !(no_colour && *no_colour);
    style->width = terminal_width(out);
    return true;
}

void progress_init(struct progress_display *display, FILE *out, bool quiet,
                   struct run_folder *rundir)
{
    *display = (struct progress_display){.out = out, .quiet = quiet, .rundir = rundir};
    display->score = run_lines_sum_up(NULL);
    if (quiet)
        display->style.width = WIDTH_PIPED;
    else
        display->terminal = progress_style(&display->style, out);
}

void progress_free(struct progress_display *display)
{
    text_free(&display->line);
}

/* In the background the line that the cursor is in is the shell's. */
static void erase_live(struct progress_display *display)
{
    if (display->drawn && streams_foreground(display->out))
        fputs("\r\x1b[K", display->out);
    display->drawn = false;
}

/* Draws the live line. A line that memory ran out for is left out. */
static void draw_live(struct progress_display *display, const struct progress *progress,
                      const char *doing)
{
    if (!display->terminal || !streams_foreground(display->out))
        return;
    struct progress shown = *progress;
    if (shown.samples_per_second > 0) /* right after an evaluation there is none yet */
        display->rate = shown.samples_per_second;
    shown.samples_per_second = display->rate;
    display->style.width = terminal_width(display->out);
    fputs("\r", display->out);
    run_lines_live(&display->line, &display->style, &shown, &display->score, doing);
    text_write(&display->line, display->out);
    fputs("\x1b[K", display->out);
    fflush(display->out);
    display->drawn = true;
    display->drawn_at = clock_seconds();
}

static void draw_if_due(struct progress_display *display, const struct progress *progress)
{
    if (display->terminal && clock_seconds() - display->drawn_at >= DRAW_SECONDS)
        draw_live(display, progress, NULL);
}

/* Prints display->line, which ends in a newline, unless quiet. */
static void print_lines(struct progress_display *display)
{
    if (!display->quiet) {
        erase_live(display);
        text_write(&display->line, display->out);
    }
    display->line.length = 0;
}

static void print_line(struct progress_display *display)
{
    text_print(&display->line, "\n");
    print_lines(display);
}

/* Logs display->line, which must be without colours. */
static void log_line(struct progress_display *display)
{
    if (display->rundir)
        run_folder_log(display->rundir, text_get(&display->line));
    display->line.length = 0;
}

void progress_clear(struct progress_display *display)
{
    erase_live(display);
    fflush(display->out);
}

/* Prints words, those of a sentence in lines no wider than a terminal, and logs them in one. */
__attribute__((format(printf, 3, 0))) static void
tell(struct progress_display *display, bool sentence, const char *format, va_list arguments)
{
    enum { INDENT = 2 };
    char words[2048];
    vsnprintf(words, sizeof words, format, arguments);
    utf8_make_plain(words, "");
    text_print(&display->line, "%s", words);
    log_line(display);
    if (sentence && display->terminal)
        text_wrap(&display->line, words, display->style.width, INDENT, "");
    else
        text_print(&display->line, "%s\n", words);
    print_lines(display);
    streams_flush();
}

void progress_tell(struct progress_display *display, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(display, false, format, arguments);
    va_end(arguments);
}

__attribute__((format(printf, 2, 3))) static void tell_sentence(struct progress_display *display,
                                                                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(display, true, format, arguments);
    va_end(arguments);
}

/* Prints and logs the header; the log has it in one line. */
static void tell_parts(struct progress_display *display, const char *const *part, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_print(&display->line, "%s%s", i > 0 ? ", " : "", part[i]);
    log_line(display);
    run_lines_header(&display->line, &display->style, part, count);
    if (!display->quiet)
        text_write(&display->line, display->out);
    display->line.length = 0;
}

static const struct style log_style = {.width = WIDTH_PIPED};

/* Prints the heading of the epochs, for the log only the first time: its lines keep their columns.
 */
static void show_heading(struct progress_display *display)
{
    if (display->headed == 0) {
        run_lines_heading(&display->line, &log_style, &display->columns);
        log_line(display);
    }
    run_lines_heading(&display->line, &display->style, &display->columns);
    print_line(display);
    display->headed = run_lines_shown(&display->style, &display->columns);
}

static void show_epoch(struct progress_display *display, const struct progress *progress)
{
    if (display->terminal)
        display->style.width = terminal_width(display->out);
    if (display->headed == 0)
        display->columns = run_lines_choose(progress->row);
    if (display->headed != run_lines_shown(&display->style, &display->columns))
        show_heading(display);
    display->score = run_lines_sum_up(progress->epochs);
    run_lines_epoch(&display->line, &display->style, &display->columns, progress->row);
    print_line(display);
    run_lines_epoch(&display->line, &log_style, &display->columns, progress->row);
    log_line(display);
    streams_flush();
    draw_live(display, progress, NULL);
}

static void warn(struct progress_display *display, const char *text)
{
    erase_live(display);
    fflush(display->out);
    text_warn("%s", text);
    text_print(&display->line, "warning: %s", text);
    log_line(display);
}

static void show_warning(struct progress_display *display, const struct progress *progress)
{
    warn(display, progress->text);
    draw_live(display, progress, NULL);
}

static void keep_totals(struct progress_display *display, const struct progress *progress)
{
    erase_live(display);
    display->score = run_lines_sum_up(progress->epochs);
    display->steps = progress->step;
    display->seconds = progress->seconds;
}

static void show_event(void *context, enum event event, const struct progress *progress)
{
    struct progress_display *display = context;
    switch (event) {
    case EVENT_STARTED:
        draw_live(display, progress, NULL);
        break;
    case EVENT_PROGRESS:
        draw_if_due(display, progress);
        break;
    case EVENT_EVALUATING:
        draw_live(display, progress, "evaluating");
        break;
    case EVENT_EVALUATED:
        show_epoch(display, progress);
        break;
    case EVENT_WARNING:
        show_warning(display, progress);
        break;
    case EVENT_TRAINED:
        break;
    case EVENT_FINISHED:
        keep_totals(display, progress);
        break;
    }
}

struct observer progress_observer(struct progress_display *display)
{
    return (struct observer){show_event, display};
}

void progress_begin(struct progress_display *display, struct session *session)
{
    enum { PARTS = 4, PART_MAX = 256 };
    const struct graph *graph = session_graph(session);
    const struct session_facts facts = session_facts(session);
    const size_t *samples = session_dataset(session)->count;
    char part[PARTS][PART_MAX], number[TEXT_NUMBER_MAX], other[TEXT_NUMBER_MAX];
    size_t parameters = 0, layers = graph_layer_count(graph);
    for (size_t i = 0; i < layers; i++)
        parameters += graph_layer_facts(graph, i).parameters;
    snprintf(part[0], PART_MAX, "%s: %s", facts.name, text_counted(number, layers, "layer"));
    snprintf(part[1], PART_MAX, "%s", text_counted(number, parameters, "parameter"));
    snprintf(part[2], PART_MAX, "%s to train%s%s%s",
             text_counted(number, samples[SPLIT_TRAIN], "sample"),
             samples[SPLIT_TEST] ? " and " : "",
             samples[SPLIT_TEST] ? text_count(other, samples[SPLIT_TEST]) : "",
             samples[SPLIT_TEST] ? " to test" : "");
    const char *limit = facts.threads_limit ? facts.threads_limit : "";
    const struct ranks *ranks = session_ranks(session);
    char together[TEXT_NUMBER_MAX] = "";
    if (ranks)
        snprintf(together, sizeof together, "%d ranks x ", ranks->count);
    snprintf(part[3], PART_MAX, "%s%d thread%s%s%s%s, %s kernels", together, facts.threads,
             facts.threads == 1 ? "" : "s", *limit ? " (" : "", limit, *limit ? ")" : "",
             graph_engine(graph)->isa);
    const char *const parts[PARTS] = {part[0], part[1], part[2], part[3]};
    tell_parts(display, parts, PARTS);
    if (facts.threads > facts.processors) {
        char words[TEXT_WARNING_MAX];
        bool bound = launcher_is_there() && facts.processors < sysconf(_SC_NPROCESSORS_ONLN);
        text_threads(words, facts.threads, facts.processors);
        if (bound)
            snprintf(words + strlen(words), sizeof words - strlen(words),
                     "; mpirun --bind-to none gives a rank all processors");
        warn(display, words);
    }
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Why the run ended; and how to train longer where there was nothing left to do. */
static void tell_reason(struct progress_display *display, const char *run_path, const char *reason)
{
    static const char nothing[] = "nothing left to do: ";
    const char *slash = strrchr(run_path, '/');
    int folder = slash ? (int)(slash - run_path) : 0;
    if (!begins_with(reason, nothing)) {
        bool early = begins_with(reason, "stopped early");
        tell_sentence(display, "%s%s", early ? "" : "ended: ", reason);
        return;
    }
    const char *bound = reason + strlen(nothing);
    if (begins_with(bound, "max_"))
        progress_tell(display, "%s; trainer resume %.*s %.*s=N trains longer", reason, folder,
                      run_path, (int)strcspn(bound, " "), bound);
    else
        progress_tell(display, "%s; trainer CONFIG model.weights=%s trains on from there", reason,
                      run_path);
}

/* How to look at the run whose file is at run_path. */
static void tell_report(struct progress_display *display, const char *run_path)
{
    struct text folder = {0}, word = {0};
    const char *slash = strrchr(run_path, '/');
    if (slash)
        text_add(&folder, run_path, (size_t)(slash - run_path));
    text_shell_word(&word, slash ? text_get(&folder) : ".");
    progress_tell(display, "look at it: trainer report %s", text_get(&word));
    text_free(&folder);
    text_free(&word);
}

void progress_end(struct progress_display *display, const char *run_path, bool interrupted,
                  const char *reason)
{
    const struct summing_up *score = &display->score;
    char steps[TEXT_NUMBER_MAX], final[256] = "";
    if (*score->words) {
        snprintf(final, sizeof final, "; %s %.4f, best %.4f at epoch %.4g", score->words,
                 score->last, score->best, score->best_epoch);
    }
    tell_sentence(display, "%s%s in %.2f s%s", interrupted ? "interrupted after " : "",
                  text_counted(steps, display->steps, "step"), display->seconds, final);
    if (!interrupted && *reason)
        tell_reason(display, run_path, reason);
    progress_tell(display, "run file: %s", run_path);
    tell_report(display, run_path);
}
