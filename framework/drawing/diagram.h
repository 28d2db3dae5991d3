/*
 * diagram.h - nodes and arrows as SVG; where they lie is left to Graphviz's dot.
 *
 *     apple ---100--->  (×) ---200---> (×) ---220--->
 *             2.2      mul1    1.1    mul2     1
 *
 * diagram_dot says what dot is to lay out, `dot -Tplain` answers, diagram_svg draws it: texts stand
 * above arrows and below them, and below nodes.
 */
#ifndef TRAINER_DIAGRAM_H
#define TRAINER_DIAGRAM_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum diagram_shape {
    DIAGRAM_CIRCLE,
    DIAGRAM_BOX,
    DIAGRAM_PLAIN, /* text alone */
    DIAGRAM_END,   /* nothing: where an arrow ends that leaves the diagram */
};

struct diagram_node {
    enum diagram_shape shape;
    const char *inside; /* NULL: nothing */
    const char *below;  /* NULL: nothing */
};

struct diagram_arrow {
    size_t from, to;   /* nodes */
    const char *above; /* NULL: nothing */
    const char *below; /* NULL: nothing; in a colour of its own */
};

struct diagram {
    const char *title;
    const struct diagram_node *node; /* [nodes] */
    size_t nodes;
    const struct diagram_arrow *arrow; /* [arrows] */
    size_t arrows;
};

/* Appends the diagram as dot reads it, without any text of it. */
void diagram_dot(const struct diagram *diagram, struct text *out);

/* Appends the drawing, a whole document. plain: what `dot -Tplain` made of the above;
 * TRAINER_INVALID where it is something else. */
int diagram_svg(const struct diagram *diagram, const char *plain, struct text *out);

#endif
