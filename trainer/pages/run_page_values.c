/*
 * run_page_values.c - of a network that predicts numbers: predicted against true, and what is left
 * over (residual = predicted - true), in the units of the data.
 */
#include "base/error.h"
#include "engine/engine.h"
#include "evaluate/evaluate.h"
#include "histogram.h"
#include "run_page_sections.h"
#include "sample_walk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TARGETS_SHOWN = 4, SAMPLES = 2000, SIDE = 300, LEFT = 60, TOP = 10 };

struct values {
    struct metric_task task;
    size_t targets, count;
    double *truth, *said; /* (targets, SAMPLES) */
};

static void collect(void *context, struct graph *graph, size_t first, size_t rows)
{
    struct values *values = context;
    const struct engine *engine = graph_engine(graph);
    const struct prediction prediction = graph_prediction(graph);
    for (size_t row = 0; row < rows; row++)
        for (size_t j = 0; j < values->targets; j++) {
            const double *divisor = values->task.divisor, *offset = values->task.offset;
            double scale = divisor ? divisor[j] : 1, shift = divisor ? offset[j] : 0;
            size_t from = row * prediction.width + j, to = j * SAMPLES + first + row;
            values->truth[to] = engine->get(prediction.target, from) * scale + shift;
            values->said[to] = engine->get(prediction.x, from) * scale + shift;
        }
    values->count += rows;
}

/* Points, and the diagonal on which a prediction is right. */
static void draw(struct text *svg, const double *truth, const double *said, size_t count)
{
    double least = (double)INFINITY, most = -(double)INFINITY;
    for (size_t i = 0; i < count; i++) {
        least = fmin(least, fmin(truth[i], said[i]));
        most = fmax(most, fmax(truth[i], said[i]));
    }
    double range = most > least ? most - least : 1;
    text_print(svg,
               "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
               "aria-label=\"Predicted against true\">\n<path d=\"M%d %dV%dH%dV%dzL%d %d\" "
               "fill=\"none\" stroke=\"currentColor\"/>\n",
               LEFT + SIDE + 20, TOP + SIDE + 40, LEFT + SIDE + 20, TOP + SIDE + 40, LEFT,
               TOP + SIDE, TOP, LEFT + SIDE, TOP + SIDE, LEFT + SIDE, TOP);
    for (size_t i = 0; i < count; i++)
        if (isfinite(truth[i]) && isfinite(said[i]))
            text_print(svg, "<circle class=\"hit\" r=\"2\" cx=\"%.1f\" cy=\"%.1f\"/>\n",
                       LEFT + SIDE * (truth[i] - least) / range,
                       TOP + SIDE * (1 - (said[i] - least) / range));
    text_print(svg,
               "<text x=\"%d\" y=\"%d\">%.4g</text><text x=\"%d\" y=\"%d\" "
               "text-anchor=\"end\">%.4g</text><text x=\"%d\" y=\"%d\" "
               "text-anchor=\"middle\">true</text>\n",
               LEFT, TOP + SIDE + 16, least, LEFT + SIDE, TOP + SIDE + 16, most, LEFT + SIDE / 2,
               TOP + SIDE + 32);
    text_print(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.4g</text><text x=\"%d\" y=\"%d\" "
        "text-anchor=\"end\">%.4g</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">predicted"
        "</text></svg>",
        LEFT - 4, TOP + SIDE, least, LEFT - 4, TOP + 10, most, LEFT - 4, TOP + SIDE / 2);
}

static const char *target_name(const struct page_run *run, size_t target, char number[32])
{
    const struct learned *learned = &run->learned;
    if (learned->target_name && target < learned->targets)
        return learned->target_name[target];
    snprintf(number, 32, "target %zu", target);
    return number;
}

static void add_numbers(struct page *page, const char *name, const double *truth,
                        const double *said, size_t count)
{
    page_details(page, "The numbers");
    page_table(page, name, "Each sample");
    page_row(page);
    page_heading(page, "true");
    page_heading(page, "predicted");
    for (size_t i = 0; i < count; i++) {
        page_row(page);
        page_number(page, truth[i], 7);
        page_number(page, said[i], 7);
    }
    page_table_end(page);
    page_details_end(page);
}

static int add_target(struct page *page, const struct page_run *run, const struct values *values,
                      size_t target)
{
    struct text picture = {0}, words = {0};
    char number[32], id[32];
    const char *name = target_name(run, target, number);
    const double *truth = values->truth + target * SAMPLES, *said = values->said + target * SAMPLES;
    double residual[SAMPLES];
    for (size_t i = 0; i < values->count; i++)
        residual[i] = said[i] - truth[i];
    struct histogram left = histogram_of(histogram_number, residual, values->count);
    draw(&picture, truth, said, values->count);
    text_print(&words, "%.80s of %zu samples: points on the diagonal are predicted rightly.", name,
               values->count);
    snprintf(id, sizeof id, "values-%zu", target);
    page_figure(page, id, text_get(&words), text_get(&picture));
    add_numbers(page, name, truth, said, values->count);
    page_element(page, "p", "Residuals, predicted less true: mean %.4g, deviation %.4g.", left.mean,
                 left.deviation);
    page_markup(page, "<div class=\"picture\">");
    histogram_draw(&page->body, &left, "Residuals");
    page_markup(page, "</div>\n");
    page_figure_end(page);
    int rc = text_status(&picture);
    rc = rc == TRAINER_OK ? text_status(&words) : rc;
    text_free(&picture);
    text_free(&words);
    return rc;
}

static int add_values(struct page *page, const struct page_run *run, struct values *values,
                      enum split split)
{
    struct session *session = run->trained.opened.session;
    values->truth = calloc(values->targets * SAMPLES, sizeof(double));
    values->said = calloc(values->targets * SAMPLES, sizeof(double));
    if (!values->truth || !values->said)
        return error_memory("a report", values->targets * SAMPLES * sizeof(double));
    int rc =
        sample_walk(&(struct sample_walk){session, split, WALK_EVALUATE, SAMPLES, collect, values});
    for (size_t j = 0; rc == TRAINER_OK && j < values->targets; j++)
        rc = add_target(page, run, values, j);
    return rc;
}

int run_page_values(struct page *page, struct page_run *run)
{
    if (run->missing)
        return TRAINER_OK;
    struct session *session = run->trained.opened.session;
    const struct prediction prediction = graph_prediction(session_graph(session));
    if (prediction.task != TASK_VALUES || !prediction.target)
        return TRAINER_OK;
    const size_t *count = session_dataset(session)->count;
    enum split split = sample_held_out(session_dataset(session));
    struct values values = {.task = evaluate_task(session_graph(session)),
                            .targets = prediction.width < TARGETS_SHOWN ? prediction.width
                                                                        : TARGETS_SHOWN};
    page_section(page, "values", "Predicted and true");
    page_element(page, "p", "Of the %s%s, in the units of the data.", split_words(split)->data,
                 count[split] > SAMPLES ? ", the first 2,000 samples" : "");
    int rc = add_values(page, run, &values, split);
    free(values.truth);
    free(values.said);
    return rc;
}
