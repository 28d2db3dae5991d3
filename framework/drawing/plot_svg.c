/*
 * plot_svg.c - a plot as SVG.
 *
 *     title
 *     -- train loss   - - test loss      the legend, as many lines as it takes
 *     y label, ticks |  frame  |
 *                    x ticks
 *                    x label
 */
#include "plot_svg.h"
#include "base/html.h"
#include "base/utf8.h"
#include "palette.h"

#include <math.h>
#include <string.h>

enum {
    FONT = 12,        /* pixels */
    GLYPH = 7,        /* the widest that a character of ordinary text is on average */
    LINE = 18,        /* from one line of text to the next */
    GAP = 8,          /* between things that must not touch */
    SAMPLE = 28,      /* a legend's piece of line */
    TICK_X = 90,      /* the least room of a label on the x axis */
    TICK_Y = 36,      /* and on the y axis */
    MARKERS_MOST = 12 /* on one line */
};

struct frame {
    struct axis x, y;
    double left, top, right, bottom; /* of the frame, in pixels */
};

static double pixel_x(const struct frame *frame, double value)
{
    return frame->left + axis_place(&frame->x, value) * (frame->right - frame->left);
}

static double pixel_y(const struct frame *frame, double value)
{
    return frame->bottom - axis_place(&frame->y, value) * (frame->bottom - frame->top);
}

static void add_label(struct text *out, double x, double y, const char *anchor, const char *text)
{
    text_print(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    html_text(out, text);
    text_string(out, "</text>\n");
}

/* ---- series ---- */

/* The colour of a series as the attribute `what`, and the class that stands for it. */
static void add_colour(struct text *out, const struct plot_series *series, const char *what)
{
    text_print(out, " class=\"%c%zu\" %s=\"%s\"", what[0], series->colour % PALETTE_COLOURS, what,
               palette_colour(series->colour)->light);
}

/* A marker goes with each dash. The best row's is larger and hollow. */
static void add_marker(struct text *out, const struct plot_series *series, double x, double y,
                       bool best)
{
    static const struct {
        int corners;
        double x[4], y[4];
    } shape[PALETTE_DASHES] = {
        {0, {0}, {0}}, /* a disc */
        {4, {-0.9, 0.9, 0.9, -0.9}, {-0.9, -0.9, 0.9, 0.9}},
        {3, {0, 1.1, -1.1}, {-1.2, 0.8, 0.8}},
        {4, {0, 1.2, 0, -1.2}, {-1.2, 0, 1.2, 0}},
    };
    size_t look = series->dash % PALETTE_DASHES;
    double size = best ? 6 : 3;
    if (shape[look].corners == 0)
        text_print(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.0f\"", x, y, size);
    else
        text_string(out, "<polygon points=\"");
    for (int i = 0; i < shape[look].corners; i++)
        text_print(out, "%s%.1f,%.1f", i > 0 ? " " : "", x + size * shape[look].x[i],
                   y + size * shape[look].y[i]);
    if (shape[look].corners > 0)
        text_string(out, "\"");
    add_colour(out, series, best ? "stroke" : "fill");
    text_string(out, best ? " fill=\"none\" stroke-width=\"2\"/>\n" : "/>\n");
}

/* The attributes of a series' line, and the end of its element. */
static void end_line(struct text *out, const struct plot_series *series)
{
    const char *dash = palette_dash(series->dash);
    text_string(out, " fill=\"none\" stroke-width=\"1.75\" stroke-linejoin=\"round\"");
    if (*dash)
        text_print(out, " stroke-dasharray=\"%s\"", dash);
    add_colour(out, series, "stroke");
    text_string(out, "/>\n");
}

static bool has_place(const struct frame *frame, const struct plot_series *series, size_t row)
{
    return row < series->count && !isnan(axis_place(&frame->x, series->x[row])) &&
           !isnan(axis_place(&frame->y, series->y[row]));
}

/* The pieces between gaps, as one path. */
static void add_line(struct text *out, const struct frame *frame, const struct plot_series *series)
{
    bool drawing = false;
    text_string(out, "<path d=\"");
    for (size_t row = 0; row < series->count; row++) {
        bool there = has_place(frame, series, row);
        if (there)
            text_print(out, "%s%.1f %.1f", drawing ? "L" : "M", pixel_x(frame, series->x[row]),
                       pixel_y(frame, series->y[row]));
        drawing = there;
    }
    text_string(out, "\"");
    end_line(out, series);
}

/* On a line a few points have markers; those that no line touches all have one. */
static void add_markers(struct text *out, const struct frame *frame,
                        const struct plot_series *series)
{
    size_t every = series->shape == PLOT_POINTS ? 1 : 1 + (series->count - 1) / MARKERS_MOST;
    for (size_t row = 0; row < series->count; row++) {
        bool alone =
            (row == 0 || !has_place(frame, series, row - 1)) && !has_place(frame, series, row + 1);
        if (has_place(frame, series, row) && (row % every == 0 || alone))
            add_marker(out, series, pixel_x(frame, series->x[row]), pixel_y(frame, series->y[row]),
                       false);
    }
    if (has_place(frame, series, series->best))
        add_marker(out, series, pixel_x(frame, series->x[series->best]),
                   pixel_y(frame, series->y[series->best]), true);
}

static void add_bars(struct text *out, const struct frame *frame, const struct plot_series *series)
{
    for (size_t row = 0; row + 1 < series->count; row++) {
        if (!has_place(frame, series, row))
            continue;
        double left = pixel_x(frame, series->x[row]), right = pixel_x(frame, series->x[row + 1]);
        double place = fmax(axis_place(&frame->y, 0), 0), y = pixel_y(frame, series->y[row]);
        double zero =
            isnan(place) ? frame->bottom : frame->bottom - place * (frame->bottom - frame->top);
        text_print(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", left,
                   fmin(y, zero), fmax(right - left - 1, 0.5), fabs(zero - y));
        add_colour(out, series, "fill");
        text_string(out, "/>\n");
    }
}

static void add_series(struct text *out, const struct frame *frame,
                       const struct plot_series *series)
{
    if (series->count == 0)
        return;
    if (series->shape == PLOT_BARS) {
        add_bars(out, frame, series);
        return;
    }
    if (series->shape == PLOT_LINE)
        add_line(out, frame, series);
    add_markers(out, frame, series);
}

/* ---- the legend ---- */

/* A series' entry with its left end at x. */
static void add_entry(struct text *out, const struct plot_series *series, const char *name,
                      double x, double y)
{
    double middle = y - FONT / 3.0;
    if (series->shape == PLOT_LINE) {
        text_print(out, "<path d=\"M%.1f %.1fh%d\"", x, middle, SAMPLE);
        end_line(out, series);
    }
    add_marker(out, series, x + SAMPLE / 2.0, middle, false);
    add_label(out, x + SAMPLE + GAP, y, "start", name);
}

/* Draws the legend from `top` on; returns where it ends. A name that is wider than the plot is
 * shortened in its middle. */
static double add_legend(struct text *out, const struct plot *plot, double top, double width)
{
    const double beside = SAMPLE + 3 * GAP;
    struct text name = {0};
    double x = GAP, y = top;
    for (size_t i = 0; i < plot->count; i++) {
        const struct plot_series *series = &plot->series[i];
        if (!series->name)
            continue;
        name.length = 0;
        text_shortened(&name, series->name, (size_t)((width - beside) / GLYPH));
        double wide = beside + GLYPH * (double)utf8_count(text_get(&name));
        if (x > GAP && x + wide > width) {
            x = GAP;
            y += LINE;
        }
        add_entry(out, series, text_get(&name), x, y + FONT);
        x += wide;
    }
    out->failed |= name.failed;
    text_free(&name);
    return x > GAP ? y + LINE : y;
}

/* ---- the frame ---- */

static void add_tick_line(struct text *out, double x, double y, double right, double bottom)
{
    text_print(
        out, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"currentColor\" stroke-opacity=\"0.15\"/>\n",
        x, y, right, bottom);
}

static void add_frame(struct text *out, const struct plot *plot, const struct frame *frame)
{
    char label[AXIS_LABEL_MAX];
    struct text words = {0};
    double room = (frame->right - frame->left) / (frame->x.ticks > 0 ? frame->x.ticks : 1);
    for (int i = 0; i < frame->x.ticks; i++) {
        double x = pixel_x(frame, frame->x.tick[i]);
        add_tick_line(out, x, frame->top, x, frame->bottom);
        words.length = 0;
        text_shortened(&words, plot_x_label(plot, &frame->x, i, label), (size_t)(room / GLYPH));
        add_label(out, x, frame->bottom + GAP + FONT, "middle", text_get(&words));
    }
    out->failed |= words.failed;
    text_free(&words);
    for (int i = 0; i < frame->y.ticks; i++) {
        double y = pixel_y(frame, frame->y.tick[i]);
        add_tick_line(out, frame->left, y, frame->right, y);
        add_label(out, frame->left - GAP, y + FONT / 3.0, "end", axis_label(&frame->y, i, label));
    }
    text_print(out,
               "<path d=\"M%.1f %.1fV%.1fH%.1f\" fill=\"none\" stroke=\"currentColor\" "
               "stroke-opacity=\"0.6\"/>\n",
               frame->left, frame->top, frame->bottom, frame->right);
    if (plot->x.label)
        add_label(out, (frame->left + frame->right) / 2, frame->bottom + GAP + FONT + LINE,
                  "middle", plot->x.label);
    if (plot->y.label) {
        double middle = (frame->top + frame->bottom) / 2;
        text_print(out, "<g transform=\"translate(%d %.1f) rotate(-90)\">", FONT, middle);
        add_label(out, 0, 0, "middle", plot->y.label);
        text_string(out, "</g>\n");
    }
}

/* Ends and places of the frame, whose top is known. */
static struct frame lay_out(const struct plot *plot, double top, double width, double bottom)
{
    struct frame frame = {.top = top + GAP, .right = width - 2 * GAP};
    frame.bottom = bottom - LINE - GAP - (plot->x.label ? LINE : 0);
    frame.y = plot_y_axis(plot, (int)fmax(2, (frame.bottom - frame.top) / TICK_Y));
    frame.left = (plot->y.label ? LINE : 0) + GLYPH * axis_label_width(&frame.y) + 2 * GAP;
    frame.x = plot_x_axis(plot, (int)fmax(2, (frame.right - frame.left) / TICK_X));
    return frame;
}

/* Title, legend, frame and series between two heights. */
static void add_plot(struct text *out, const struct plot *plot, double top, double width,
                     double bottom)
{
    if (plot->title) {
        text_print(out, "<text x=\"%d\" y=\"%.1f\" font-weight=\"bold\">", GAP, top + GAP + FONT);
        html_text(out, plot->title);
        text_string(out, "</text>\n");
        top += LINE + GAP;
    }
    struct frame frame = lay_out(plot, add_legend(out, plot, top, width), width, bottom);
    add_frame(out, plot, &frame);
    for (size_t i = 0; i < plot->count; i++)
        add_series(out, &frame, &plot->series[i]);
}

static void open_svg(struct text *out, const struct plot_svg *how, int height, const char *title,
                     const char *description)
{
    if (how->file)
        text_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text_print(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
               "viewBox=\"0 0 %d %d\" role=\"img\" color=\"#1b1f24\" fill=\"currentColor\" "
               "font-family=\"system-ui, 'Liberation Sans', Arial, sans-serif\" "
               "font-size=\"%d\">\n",
               how->width, height, how->width, height, FONT);
    if (title) {
        text_string(out, "<title>");
        html_text(out, title);
        text_string(out, "</title>\n");
    }
    if (description) {
        text_string(out, "<desc>");
        html_text(out, description);
        text_string(out, "</desc>\n");
    }
    if (how->file)
        text_print(out, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", how->width,
                   height);
}

void plot_svg(const struct plot *plot, const struct plot_svg *how, struct text *out)
{
    open_svg(out, how, how->height, plot->title, plot->description);
    add_plot(out, plot, 0, how->width, how->height);
    text_string(out, "</svg>\n");
}

void plot_svg_panels(const struct plot *plot, size_t count, const struct plot_svg *how,
                     struct text *out)
{
    open_svg(out, how, how->height * (int)count, count ? plot->title : NULL,
             count ? plot->description : NULL);
    for (size_t i = 0; i < count; i++)
        add_plot(out, &plot[i], how->height * (double)i, how->width, how->height * (double)(i + 1));
    text_string(out, "</svg>\n");
}
