/*
 * live_plots.c - plots on a terminal that are drawn anew in their place.
 */
#include "live_plots.h"
#include "base/error.h"
#include "drawing/plot_text.h"
#include "progress.h"
#include "system/streams.h"

#include <string.h>
#include <sys/ioctl.h>

enum { ROWS_DEFAULT = 24, ROWS_BELOW = 2, PANEL_LEAST = 9, PANEL_MOST = 18 };

static size_t terminal_rows(FILE *out)
{
    struct winsize size;
    bool known = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
    return known ? size.ws_row : ROWS_DEFAULT;
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; (text = strchr(text, '\n')); text++)
        lines++;
    return lines;
}

/* To the first line of the former plots. A terminal of another size has moved its lines: then all
 * begins anew at the top. */
static void go_up(const struct live_plots *live, bool resized, struct text *out)
{
    if (live->lines > 0 && resized)
        text_string(out, "\x1b[H\x1b[J");
    else if (live->lines > 0)
        text_print(out, "\r\x1b[%zuA", live->lines);
}

/* Each line, and the erasing of what stands behind it. */
static void add_lines(struct text *out, const char *drawing)
{
    while (*drawing) {
        size_t length = strcspn(drawing, "\n");
        text_add(out, drawing, length);
        text_string(out, "\x1b[K\n");
        drawing += length + (drawing[length] == '\n');
    }
}

/* The plots in characters, in at most `room` lines where they have so many at least. */
static int draw(struct text *drawing, const struct style *style, const struct plot *plot,
                size_t count, size_t room)
{
    while (count > 1 && (room + 1) / count < PANEL_LEAST + 1)
        count--;
    size_t lines = count > 0 ? (room + 1) / count - 1 : 0;
    const struct plot_text how = {.columns = style->width,
                                  .lines = lines < PANEL_MOST ? lines : PANEL_MOST,
                                  .utf8 = style->utf8,
                                  .colour = style->colour};
    return plot_text_panels(plot, count, &how, drawing);
}

int live_plots_draw(struct live_plots *live, FILE *out, const struct plot *plot, size_t count)
{
    struct style style;
    struct text drawing = {0}, whole = {0};
    size_t rows = terminal_rows(out), room = rows > ROWS_BELOW ? rows - ROWS_BELOW : 0;
    if (!progress_style(&style, out) || !streams_foreground(out))
        return TRAINER_OK;
    int rc = draw(&drawing, &style, plot, count, room);
    size_t lines = rc == TRAINER_OK ? count_lines(text_get(&drawing)) : 0;
    if (rc == TRAINER_OK && lines <= room) {
        go_up(live, style.width != live->columns || rows != live->rows, &whole);
        add_lines(&whole, text_get(&drawing));
        text_string(&whole, lines < live->lines ? "\x1b[J" : "");
        rc = text_write(&whole, out);
        *live = (struct live_plots){lines, style.width, rows};
    }
    text_free(&drawing);
    text_free(&whole);
    return rc;
}
