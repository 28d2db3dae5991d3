/*
 * plot_text.c - a plot in characters.
 *
 * Series are drawn as dots on a canvas: in a cell of braille there are 2 x 4, else one. A cell has
 * the colour of the series drawn last in it.
 */
#include "plot_text.h"
#include "base/error.h"
#include "base/utf8.h"
#include "palette.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_LEAST = 24, CANVAS_LEAST = 3, TICK_COLUMNS = 14, TICK_LINES = 3 };

/* One character of the canvas. */
struct cell {
    uint8_t dots; /* braille: bit i is dot i + 1 of Unicode's numbering */
    uint8_t
        series; /* 1 + the number of the series drawn last, of those that a byte holds; 0: none */
};

struct canvas {
    bool utf8;
    size_t columns, lines; /* of cells */
    struct cell *cell;     /* [lines * columns] */
};

static void set_dot(struct canvas *canvas, long x, long y, uint8_t series)
{
    static const uint8_t bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    long wide = canvas->utf8 ? 2 : 1, high = canvas->utf8 ? 4 : 1;
    if (x < 0 || y < 0 || x >= wide * (long)canvas->columns || y >= high * (long)canvas->lines)
        return;
    struct cell *cell = &canvas->cell[(size_t)(y / high) * canvas->columns + (size_t)(x / wide)];
    cell->dots |= bit[y % high][x % wide];
    cell->series = series;
}

/* A line that is drawn with gaps, by the dots of its dash. */
struct pen {
    uint8_t series;
    unsigned on, cycle; /* of `cycle` dots the first `on` are drawn */
    unsigned at;
};

static struct pen pen_of(const struct canvas *canvas, size_t dash, uint8_t series)
{
    static const unsigned on[PALETTE_DASHES] = {1, 5, 1, 9}, cycle[] = {1, 8, 3, 12};
    size_t number = canvas->utf8 ? dash % PALETTE_DASHES : 0; /* signs differ as they are */
    return (struct pen){series, on[number], cycle[number], 0};
}

/* Bresenham's line. */
static void draw_line(struct canvas *canvas, struct pen *pen, long x0, long y0, long x1, long y1)
{
    long wide = labs(x1 - x0), high = -labs(y1 - y0), error = wide + high;
    for (;;) {
        if (pen->at++ % pen->cycle < pen->on)
            set_dot(canvas, x0, y0, pen->series);
        if (x0 == x1 && y0 == y1)
            return;
        long twice = 2 * error;
        if (twice >= high) {
            error += high;
            x0 += x0 < x1 ? 1 : -1;
        }
        if (twice <= wide) {
            error += wide;
            y0 += y0 < y1 ? 1 : -1;
        }
    }
}

struct view {
    struct axis x, y;
    struct canvas canvas;
};

/* The dot of a row; false where it has no place. */
static bool dot_of(const struct view *view, const struct plot_series *series, size_t row, long *x,
                   long *y)
{
    double across = axis_place(&view->x, series->x[row]), up = axis_place(&view->y, series->y[row]);
    double wide = (double)view->canvas.columns * (view->canvas.utf8 ? 2 : 1) - 1;
    double high = (double)view->canvas.lines * (view->canvas.utf8 ? 4 : 1) - 1;
    if (isnan(across) || isnan(up))
        return false;
    *x = lround(across * wide);
    *y = lround((1 - up) * high);
    return true;
}

static void draw_series(struct view *view, const struct plot_series *series, uint8_t number)
{
    bool before = false;
    struct pen pen = pen_of(&view->canvas, series->dash, number);
    long x0 = 0, y0 = 0, x, y;
    long bottom = (long)view->canvas.lines * (view->canvas.utf8 ? 4 : 1) - 1;
    size_t rows = series->count - (series->shape == PLOT_BARS && series->count > 0);
    for (size_t row = 0; row < rows; row++) {
        bool there = dot_of(view, series, row, &x, &y);
        if (there && before && series->shape == PLOT_LINE)
            draw_line(&view->canvas, &pen, x0, y0, x, y);
        else if (there && series->shape == PLOT_BARS)
            draw_line(&view->canvas, &pen, x, bottom, x, y);
        else if (there)
            set_dot(&view->canvas, x, y, number);
        before = there;
        x0 = x;
        y0 = y;
    }
}

/* ---- text ---- */

static void start_colour(struct text *out, const struct plot_text *how, size_t colour)
{
    if (how->colour)
        text_print(out, "\033[38;5;%dm", palette_colour(colour)->terminal);
}

static void end_colour(struct text *out, const struct plot_text *how)
{
    if (how->colour)
        text_string(out, "\033[0m");
}

/* What stands for a series where there is no braille, by its number. */
static char sign_of(size_t series)
{
    static const char signs[] = "*+ox#";
    return signs[series % (sizeof signs - 1)];
}

static void add_cell(struct text *out, const struct plot *plot, const struct plot_text *how,
                     const struct cell *cell)
{
    if (cell->series == 0) {
        text_string(out, " ");
        return;
    }
    const struct plot_series *series = &plot->series[cell->series - 1];
    start_colour(out, how, series->colour);
    if (how->utf8)
        text_print(out, "\xE2%c%c", 0xA0 + (cell->dots >> 6), 0x80 + (cell->dots & 0x3F));
    else
        text_print(out, "%c", sign_of(cell->series - 1U));
    end_colour(out, how);
}

/* The tick whose number stands beside a line of the canvas; -1 where none does. */
static int tick_of_line(const struct view *view, size_t line)
{
    for (int i = 0; i < view->y.ticks; i++) {
        double down = 1 - axis_place(&view->y, view->y.tick[i]);
        if ((size_t)lround(down * ((double)view->canvas.lines - 1)) == line)
            return i;
    }
    return -1;
}

static void add_canvas(struct text *out, const struct plot *plot, const struct plot_text *how,
                       const struct view *view, int margin)
{
    char label[AXIS_LABEL_MAX];
    for (size_t line = 0; line < view->canvas.lines; line++) {
        int tick = tick_of_line(view, line);
        text_print(out, "%*s %s", margin, tick < 0 ? "" : axis_label(&view->y, tick, label),
                   tick < 0    ? how->utf8 ? "│" : "|"
                   : how->utf8 ? "┤"
                               : "+");
        const struct cell *cell = &view->canvas.cell[line * view->canvas.columns];
        size_t used = view->canvas.columns;
        while (used > 0 && cell[used - 1].series == 0)
            used--;
        for (size_t i = 0; i < used; i++)
            add_cell(out, plot, how, &cell[i]);
        text_string(out, "\n");
    }
}

/* The x axis: a line with its ticks, and their numbers below. */
static int add_x_axis(struct text *out, const struct plot *plot, const struct plot_text *how,
                      const struct view *view, int margin)
{
    size_t wide = view->canvas.columns, end = 0;
    char label[AXIS_LABEL_MAX], *numbers = calloc(2, wide + AXIS_LABEL_MAX);
    if (!numbers)
        return error_memory("a plot", 2 * (wide + AXIS_LABEL_MAX));
    char *ticks = numbers + wide + AXIS_LABEL_MAX;
    memset(numbers, ' ', wide);
    for (int i = 0; i < view->x.ticks; i++) {
        size_t at = (size_t)lround(axis_place(&view->x, view->x.tick[i]) * ((double)wide - 1));
        size_t length = strlen(axis_label(&view->x, i, label));
        size_t from = at > length / 2 ? at - length / 2 : 0;
        from = from + length > wide ? wide - length : from;
        if (end > 0 && from <= end)
            continue;
        memcpy(numbers + from, label, length);
        end = from + length;
        ticks[at] = 1;
    }
    text_print(out, "%*s %s", margin, "", how->utf8 ? "└" : "+");
    for (size_t i = 0; i < wide; i++)
        text_string(out, ticks[i] ? how->utf8 ? "┬" : "+" : how->utf8 ? "─" : "-");
    numbers[end] = '\0';
    text_print(out, "\n%*s  %s", margin, "", numbers);
    bool room = plot->x.label && end + 2 + strlen(plot->x.label) <= wide;
    if (plot->x.label)
        text_print(out, "%s%*s", room ? "" : "\n",
                   (int)(room ? wide - end : (size_t)margin + 2 + wide), plot->x.label);
    text_string(out, "\n");
    free(numbers);
    return TRAINER_OK;
}

/* A name of a series as a line of so many columns can show it. */
static void set_name(struct text *name, const struct plot_series *series, size_t columns)
{
    name->length = 0;
    text_shortened(name, series->name, columns);
    utf8_make_plain(name->data, "");
}

/* Names in as many lines as they take; returns how many. out: NULL to count them. */
static size_t add_legend(struct text *out, const struct plot *plot, const struct plot_text *how,
                         size_t columns)
{
    static const char *const sample[PALETTE_DASHES] = {"──", "╌╌", "··", "─·"};
    enum { SAMPLE = 3 };
    size_t used = 0, lines = 0;
    struct text name = {0};
    for (size_t i = 0; i < plot->count; i++) {
        const struct plot_series *series = &plot->series[i];
        if (!series->name)
            continue;
        set_name(&name, series, columns - SAMPLE);
        size_t wide = SAMPLE + utf8_count(text_get(&name));
        bool fresh = used == 0 || used + 3 + wide > columns;
        lines += fresh;
        used = fresh ? wide : used + 3 + wide;
        if (!out)
            continue;
        text_string(out, !fresh ? "   " : lines > 1 ? "\n" : "");
        start_colour(out, how, series->colour);
        if (how->utf8)
            text_string(out, sample[series->dash % PALETTE_DASHES]);
        else
            text_print(out, "%c%c", sign_of(i), sign_of(i));
        end_colour(out, how);
        text_print(out, " %s", text_get(&name));
    }
    if (out && lines > 0)
        text_string(out, "\n");
    if (out)
        out->failed |= name.failed;
    text_free(&name);
    return lines;
}

/* Whether dashes alone tell all series apart. */
static bool dashes_differ(const struct plot *plot)
{
    for (size_t i = 0; i < plot->count; i++)
        for (size_t j = 0; j < i; j++)
            if (plot->series[i].dash % PALETTE_DASHES == plot->series[j].dash % PALETTE_DASHES)
                return false;
    return true;
}

int plot_text(const struct plot *plot, const struct plot_text *asked, struct text *out)
{
    struct plot_text told_apart = *asked;
    const struct plot_text *how = &told_apart;
    told_apart.utf8 = asked->utf8 && (asked->colour || dashes_differ(plot));
    size_t columns = how->columns < COLUMNS_LEAST ? COLUMNS_LEAST : how->columns;
    size_t taken = add_legend(NULL, plot, how, columns) + 3 + (plot->title != NULL);
    struct view view = {.canvas.utf8 = how->utf8};
    bool room = how->lines > taken + CANVAS_LEAST;
    view.canvas.lines = room ? how->lines - taken : CANVAS_LEAST;
    view.y = plot_y_axis(plot, 1 + (int)view.canvas.lines / TICK_LINES);
    int margin = axis_label_width(&view.y);
    view.canvas.columns = columns > (size_t)margin + 10 ? columns - (size_t)margin - 2 : 8;
    view.x = plot_x_axis(plot, 2 + (int)view.canvas.columns / TICK_COLUMNS);
    view.canvas.cell = calloc(view.canvas.lines * view.canvas.columns, sizeof *view.canvas.cell);
    if (!view.canvas.cell)
        return error_memory("a plot", view.canvas.lines * view.canvas.columns);
    for (size_t i = 0; i < plot->count; i++)
        draw_series(&view, &plot->series[i], (uint8_t)(i < UINT8_MAX ? i + 1 : UINT8_MAX));
    if (plot->title)
        text_print(out, "%s\n", plot->title);
    add_canvas(out, plot, how, &view, margin);
    int rc = add_x_axis(out, plot, how, &view, margin);
    add_legend(out, plot, how, columns);
    free(view.canvas.cell);
    return rc ? rc : text_status(out);
}

int plot_text_panels(const struct plot *plot, size_t count, const struct plot_text *how,
                     struct text *out)
{
    int rc = TRAINER_OK;
    for (size_t i = 0; i < count && rc == TRAINER_OK; i++) {
        text_string(out, i > 0 ? "\n" : "");
        rc = plot_text(&plot[i], how, out);
    }
    return rc;
}
