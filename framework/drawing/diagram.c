/*
 * diagram.c - nodes and arrows as SVG.
 *
 * dot counts inches from the lower left corner; here 72 pixels are an inch, from the upper left.
 */
#include "diagram.h"
#include "base/error.h"
#include "base/html.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INCH = 72, MARGIN = 24, FONT = 13, GLYPH = 8, POINTS_MAX = 256 };

static size_t characters(const char *text)
{
    return text ? utf8_count(text) : 0;
}

/* ---- for dot ---- */

/* Inches that some characters take, with room beside them. */
static double inches(size_t count, int beside)
{
    return (double)(count * GLYPH + (size_t)beside) / INCH;
}

static void add_node(const struct diagram_node *node, size_t number, struct text *out)
{
    static const char *const shapes[] = {"circle", "box", "box", "point"};
    size_t wide = characters(node->inside), under = characters(node->below);
    double width = inches(wide, 20);
    if (node->shape == DIAGRAM_CIRCLE)
        width = fmax(width, 0.5);
    else if (node->shape == DIAGRAM_BOX)
        width = fmax(width, inches(under, 0));
    double height = node->shape == DIAGRAM_CIRCLE ? width : 0.4;
    if (node->shape == DIAGRAM_END)
        width = height = 0.02;
    text_print(out, "    n%zu [shape=%s, width=%.3f, height=%.3f];\n", number, shapes[node->shape],
               width, height);
}

void diagram_dot(const struct diagram *diagram, struct text *out)
{
    size_t longest = 4;
    for (size_t i = 0; i < diagram->arrows; i++) {
        size_t above = characters(diagram->arrow[i].above);
        size_t below = characters(diagram->arrow[i].below);
        longest = above > longest ? above : longest;
        longest = below > longest ? below : longest;
    }
    text_print(out,
               "digraph d {\n    rankdir=LR; nodesep=0.9; ranksep=%.3f;\n"
               "    node [fixedsize=true, label=\"\"];\n",
               inches(longest, 40));
    for (size_t i = 0; i < diagram->nodes; i++)
        add_node(&diagram->node[i], i, out);
    for (size_t i = 0; i < diagram->arrows; i++)
        text_print(out, "    n%zu -> n%zu;\n", diagram->arrow[i].from, diagram->arrow[i].to);
    text_string(out, "}\n");
}

/* ---- of dot ---- */

struct point {
    double x, y;
};

struct drawing {
    const struct diagram *diagram;
    double width, height; /* of dot's picture, in inches */
    bool *drawn;          /* [arrows] */
    struct text *out;
};

static struct point place(const struct drawing *drawing, double x, double y)
{
    return (struct point){MARGIN + INCH * x, MARGIN + INCH * (drawing->height - y)};
}

static void add_text(struct text *out, struct point at, const char *text, const char *colour)
{
    text_print(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\"%s>", at.x, at.y, colour);
    html_text(out, text);
    text_string(out, "</text>\n");
}

/* "node n3 x y width height ...": false where it is something else. */
static bool draw_node(const struct drawing *drawing, const char *line)
{
    size_t number;
    double x, y, width, height;
    if (sscanf(line, "node n%zu %lf %lf %lf %lf", &number, &x, &y, &width, &height) != 5 ||
        number >= drawing->diagram->nodes)
        return false;
    const struct diagram_node *node = &drawing->diagram->node[number];
    struct point middle = place(drawing, x, y);
    if (node->shape == DIAGRAM_CIRCLE)
        text_print(drawing->out,
                   "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"none\" "
                   "stroke=\"currentColor\"/>\n",
                   middle.x, middle.y, width * INCH / 2);
    else if (node->shape == DIAGRAM_BOX)
        text_print(drawing->out,
                   "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"4\" "
                   "fill=\"none\" stroke=\"currentColor\"/>\n",
                   middle.x - width * INCH / 2, middle.y - height * INCH / 2, width * INCH,
                   height * INCH);
    if (node->inside)
        add_text(drawing->out, (struct point){middle.x, middle.y + FONT / 3.0}, node->inside, "");
    if (node->below)
        add_text(drawing->out, (struct point){middle.x, middle.y + height * INCH / 2 + FONT + 2},
                 node->below, " fill-opacity=\"0.8\"");
    return true;
}

/* The middle of a curve of Bezier's pieces: point[0], and three for each piece. *along: of length
 * 1, how it runs there; to the right where it is upright. */
static struct point middle_of(const struct point *point, size_t count, struct point *along)
{
    size_t pieces = (count - 1) / 3, first = pieces / 2 * 3;
    const struct point *p = point + first;
    bool joint = pieces % 2 == 0;
    double dx = joint ? p[1].x - p[-1].x : p[3].x + p[2].x - p[1].x - p[0].x;
    double dy = joint ? p[1].y - p[-1].y : p[3].y + p[2].y - p[1].y - p[0].y;
    double length = dx < 0 ? -hypot(dx, dy) : hypot(dx, dy);
    *along = length != 0 ? (struct point){dx / length, dy / length} : (struct point){1, 0};
    if (joint)
        return *p;
    return (struct point){(p[0].x + 3 * p[1].x + 3 * p[2].x + p[3].x) / 8,
                          (p[0].y + 3 * p[1].y + 3 * p[2].y + p[3].y) / 8};
}

/* Beside a line through `middle` that runs `along`: where the middle of a text's base line lies
 * that is on the side of `side` (-1: above, 1: below). The text is a box, and moves across the line
 * until no corner of it is nearer than GAP. */
static struct point beside(struct point middle, struct point along, int side, const char *text)
{
    enum { GAP = 4 };
    const double wide = (double)characters(text) * GLYPH / 2, high = FONT / 2.0, base = FONT / 3.0;
    double away = wide * fabs(along.y) + high * along.x + GAP;
    return (struct point){middle.x - side * away * along.y,
                          middle.y + side * away * along.x + base};
}

/* The head of an arrow whose line ends at point[count - 1]. */
static void draw_head(struct text *out, const struct point *point, size_t count)
{
    enum { LENGTH = 10 };
    const double half = 3.5;
    struct point end = point[count - 1], before = point[count - 2];
    double dx = end.x - before.x, dy = end.y - before.y, length = hypot(dx, dy);
    dx = length > 0 ? dx / length : 1;
    dy = length > 0 ? dy / length : 0;
    text_print(out, "<polygon points=\"%.1f,%.1f %.1f,%.1f %.1f,%.1f\"/>\n", end.x + LENGTH * dx,
               end.y + LENGTH * dy, end.x - half * dy, end.y + half * dx, end.x + half * dy,
               end.y - half * dx);
}

static void draw_curve(const struct drawing *drawing, const struct diagram_arrow *arrow,
                       const struct point *point, size_t count)
{
    struct text *out = drawing->out;
    text_print(out, "<path d=\"M%.1f %.1fC", point[0].x, point[0].y);
    for (size_t i = 1; i < count; i++)
        text_print(out, "%s%.1f %.1f", i > 1 ? " " : "", point[i].x, point[i].y);
    text_string(out, "\" fill=\"none\" stroke=\"currentColor\"/>\n");
    draw_head(out, point, count);
    struct point along, middle = middle_of(point, count, &along);
    if (arrow->above)
        add_text(out, beside(middle, along, -1, arrow->above), arrow->above, "");
    if (arrow->below)
        add_text(out, beside(middle, along, 1, arrow->below), arrow->below,
                 " class=\"f1\" fill=\"#c04a00\"");
}

/* The first arrow between two nodes that is not drawn yet; NULL where there is none. */
static const struct diagram_arrow *next_arrow(const struct drawing *drawing, size_t from, size_t to)
{
    for (size_t i = 0; i < drawing->diagram->arrows; i++) {
        const struct diagram_arrow *arrow = &drawing->diagram->arrow[i];
        if (!drawing->drawn[i] && arrow->from == from && arrow->to == to) {
            drawing->drawn[i] = true;
            return arrow;
        }
    }
    return NULL;
}

/* "edge n0 n3 4 x y x y x y x y ..." */
static bool draw_arrow(const struct drawing *drawing, const char *line)
{
    struct point point[POINTS_MAX];
    size_t from, to, count, given = 0;
    int used = 0;
    double x, y;
    if (sscanf(line, "edge n%zu n%zu %zu%n", &from, &to, &count, &used) != 3 || count < 4 ||
        count > POINTS_MAX || count % 3 != 1)
        return false;
    for (line += used; given < count && sscanf(line, "%lf %lf%n", &x, &y, &used) == 2; given++) {
        point[given] = place(drawing, x, y);
        line += used;
    }
    const struct diagram_arrow *arrow = next_arrow(drawing, from, to);
    if (given == count && arrow)
        draw_curve(drawing, arrow, point, count);
    return given == count && arrow;
}

static void open_svg(const struct drawing *drawing)
{
    enum { BELOW = 20 }; /* names below the lowest nodes */
    double width = INCH * drawing->width + 2 * MARGIN;
    double height = INCH * drawing->height + 2 * MARGIN + BELOW;
    text_print(drawing->out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
               "viewBox=\"0 0 %.0f %.0f\" role=\"img\" color=\"#1b1f24\" fill=\"currentColor\" "
               "font-family=\"system-ui, 'Liberation Sans', Arial, sans-serif\" "
               "font-size=\"%d\">\n<title>",
               width, height, width, height, FONT);
    html_text(drawing->out, drawing->diagram->title);
    text_print(drawing->out, "</title>\n<rect width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\"/>\n",
               width, height);
}

int diagram_svg(const struct diagram *diagram, const char *plain, struct text *out)
{
    struct drawing drawing = {.diagram = diagram, .out = out};
    bool good = sscanf(plain, "graph %*f %lf %lf", &drawing.width, &drawing.height) == 2;
    size_t nodes = 0, arrows = 0;
    drawing.drawn = calloc(diagram->arrows + 1, sizeof *drawing.drawn);
    if (!drawing.drawn)
        return error_memory("a diagram", diagram->arrows + 1);
    if (good)
        open_svg(&drawing);
    for (const char *line = plain; good && *line; line += strcspn(line, "\n")) {
        line += *line == '\n';
        if (strncmp(line, "node ", 5) == 0) {
            good = draw_node(&drawing, line);
            nodes++;
        } else if (strncmp(line, "edge ", 5) == 0) {
            good = draw_arrow(&drawing, line);
            arrows++;
        }
    }
    text_string(out, "</svg>\n");
    free(drawing.drawn);
    if (!good || nodes != diagram->nodes || arrows != diagram->arrows)
        return error_set(TRAINER_INVALID, "dot -Tplain has answered something else");
    return text_status(out);
}
