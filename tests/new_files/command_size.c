/*
 * command_size.c - `trainer size CONFIG`: how many numbers a network learns, for scripts.
 */
#include "command.h"
#include "print_session.h"

static int fill(struct session *session, const void *beside, struct text *text)
{
    const struct graph *graph = session_graph(session);
    size_t numbers = 0;
    (void)beside;
    for (size_t i = 0; i < graph_parameter_count(graph); i++)
        numbers += shape_size(graph_parameter(graph, i)->shape);
    text_print(text, "%zu\n", numbers);
    return 0;
}

static int run_size(const struct arguments *arguments)
{
    return print_session(arguments, &(struct session_options){.purpose = SESSION_DESCRIBE}, NULL,
                         fill);
}

const struct command command_size = {
    .name = "size",
    .group = GROUP_CONFIG,
    .words = "CONFIG [key=value ...]",
    .summary = "Print how many numbers a network learns",
    .example = "trainer size configs/two_layer.yaml",
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .run = run_size,
};
