/*
 * run_page_worst.c - the samples that the network is most wrong about: those of the largest loss,
 * of classes only ones that are taken for another; pictures where the data are pictures, else rows.
 */
#include "base/error.h"
#include "engine/engine.h"
#include "evaluate/decision.h"
#include "report/picture.h"
#include "run_page_sections.h"
#include "sample_walk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHOWN = 24, FEATURES_SHOWN = 8 };

struct wrong {
    size_t sample; /* of the split */
    double loss;
    int32_t truth, said;           /* of classes */
    double said_share, true_share; /* the network's numbers for both */
};

struct search {
    const struct session_facts *facts;
    double *losses;           /* (evaluation_rows) */
    int32_t *truth, *said;    /* (evaluation_rows) */
    size_t found, wrong;      /* kept; all that are wrong */
    struct wrong list[SHOWN]; /* [found], the largest loss first */
};

/* Puts one into the list where its loss is among the largest. */
static void keep(struct search *search, const struct wrong *wrong)
{
    size_t place = search->found;
    while (place > 0 && !(search->list[place - 1].loss >= wrong->loss))
        place--;
    if (place == SHOWN)
        return;
    search->found += search->found < SHOWN;
    for (size_t i = search->found - 1; i > place; i--)
        search->list[i] = search->list[i - 1];
    search->list[place] = *wrong;
}

static void look(void *context, struct graph *graph, size_t first, size_t rows)
{
    struct search *search = context;
    const struct engine *engine = graph_engine(graph);
    const struct prediction prediction = graph_prediction(graph);
    bool classes = prediction.task & TASK_CLASSES;
    graph_losses(graph, rows, search->losses);
    if (classes) {
        decision_said(engine, &prediction, 0, rows, search->said);
        decision_truth(engine, &prediction, 0, rows, search->truth);
    }
    for (size_t row = 0; row < rows; row++) {
        struct wrong wrong = {.sample = first + row, .loss = search->losses[row]};
        if (classes) {
            wrong.truth = search->truth[row];
            wrong.said = search->said[row];
            if (wrong.truth == wrong.said)
                continue;
            bool many = prediction.task == TASK_CLASS;
            const size_t at = row * prediction.width;
            double one = engine->get(prediction.x, many ? at + (size_t)wrong.said : at);
            wrong.said_share = many || wrong.said == 1 ? one : 1 - one;
            wrong.true_share =
                many ? engine->get(prediction.x, at + (size_t)wrong.truth) : 1 - wrong.said_share;
        }
        search->wrong++;
        keep(search, &wrong);
    }
}

/* --- what is shown --- */

static const char *name_of(const struct page_run *run, int32_t class, char number[32])
{
    const struct learned *learned = &run->learned;
    if (learned->class_name && class >= 0 && (size_t) class < learned->classes)
        return learned->class_name[class];
    snprintf(number, 32, "%d", (int)class);
    return number;
}

/* "4 taken for 9: 0.98 (0.01 for 4), loss 4.6" */
static void describe(struct text *words, const struct page_run *run, const struct wrong *wrong,
                     bool classes)
{
    char truth[32], said[32];
    if (classes)
        text_print(words, "%.40s taken for %.40s: %.3g (%.3g for %.40s), ",
                   name_of(run, wrong->truth, truth), name_of(run, wrong->said, said),
                   wrong->said_share, wrong->true_share, name_of(run, wrong->truth, truth));
    text_print(words, "loss %.4g, sample %zu", wrong->loss, wrong->sample);
}

/* A sample as a picture: its least value black, its greatest white. */
static int add_picture(struct text *out, const struct dataset *dataset, const struct column *column,
                       enum split split, const struct wrong *wrong, const char *words)
{
    size_t channels, height, width;
    sample_picture(column, &channels, &height, &width);
    size_t pixels = height * width;
    uint8_t *rgb = malloc(3 * pixels);
    double least = (double)INFINITY, greatest = -(double)INFINITY;
    if (!rgb)
        return error_memory("a picture", 3 * pixels);
    for (size_t i = 0; i < channels * pixels; i++) {
        double value = sample_value(dataset, column, split, wrong->sample, i);
        least = fmin(least, value);
        greatest = fmax(greatest, value);
    }
    for (size_t i = 0; i < 3 * pixels; i++) {
        size_t element = (channels == 3 ? i % 3 : 0) * pixels + i / 3;
        double value = sample_value(dataset, column, split, wrong->sample, element);
        double part = greatest > least ? (value - least) / (greatest - least) : 0;
        rgb[i] = (uint8_t)lround(255 * (isnan(part) ? 0 : part));
    }
    picture_add(out, rgb, height, width, words);
    free(rgb);
    return TRAINER_OK;
}

static int add_pictures(struct page *page, const struct page_run *run, const struct search *search,
                        const struct column *column, enum split split, bool classes)
{
    const struct dataset *dataset = session_dataset(run->trained.opened.session);
    int rc = TRAINER_OK;
    page_markup(page, "<ul class=\"tiles\">\n");
    for (size_t i = 0; rc == TRAINER_OK && i < search->found; i++) {
        struct text words = {0};
        describe(&words, run, &search->list[i], classes);
        page_markup(page, "<li>");
        rc = add_picture(&page->body, dataset, column, split, &search->list[i], text_get(&words));
        page_text(page, "%s", text_get(&words));
        page_markup(page, "</li>\n");
        rc = rc == TRAINER_OK ? text_status(&words) : rc;
        text_free(&words);
    }
    page_markup(page, "</ul>\n");
    return rc;
}

static void add_row(struct page *page, const struct page_run *run, const struct wrong *wrong,
                    const struct column *column, enum split split, bool classes)
{
    const struct dataset *dataset = session_dataset(run->trained.opened.session);
    size_t width = column ? shape_size(column->shape) : 0;
    char number[32];
    page_row(page);
    page_number(page, (double)wrong->sample, 0);
    page_number(page, wrong->loss, 4);
    if (classes) {
        page_cell(page, name_of(run, wrong->truth, number));
        page_cell(page, name_of(run, wrong->said, number));
        page_number(page, wrong->said_share, 3);
    }
    for (size_t i = 0; i < width && i < FEATURES_SHOWN; i++)
        page_number(page, sample_value(dataset, column, split, wrong->sample, i), 6);
}

static void add_rows(struct page *page, const struct page_run *run, const struct search *search,
                     const struct column *column, enum split split, bool classes)
{
    static const char *const heading[] = {"sample", "loss", "true", "predicted", "its share"};
    size_t width = column ? shape_size(column->shape) : 0;
    page_table(page, "worst", "Samples by their loss, with the first inputs as they are stored");
    page_row(page);
    for (size_t i = 0; i < (classes ? 5 : 2); i++)
        page_heading(page, heading[i]);
    for (size_t i = 0; i < width && i < FEATURES_SHOWN; i++) {
        char number[32];
        snprintf(number, sizeof number, "%s %zu", "input", i);
        page_heading(page, column->feature ? column->feature[i].name : number);
    }
    for (size_t i = 0; i < search->found; i++)
        add_row(page, run, &search->list[i], column, split, classes);
    page_table_end(page);
}

static int show(struct page *page, const struct page_run *run, const struct search *search,
                enum split split)
{
    struct session *session = run->trained.opened.session;
    const struct dataset *dataset = session_dataset(session);
    const struct column *column = sample_inputs(dataset);
    size_t channels, height, width;
    bool classes = graph_prediction(session_graph(session)).task & TASK_CLASSES;
    if (classes)
        page_element(page, "p", "%zu of %zu samples of the %s are taken for another class%s.",
                     search->wrong, dataset->count[split], split_words(split)->data,
                     search->found < search->wrong ? "; those of the largest loss" : "");
    else
        page_element(page, "p", "Of %zu samples of the %s those of the largest loss.",
                     dataset->count[split], split_words(split)->data);
    if (search->found == 0)
        return TRAINER_OK;
    if (column && sample_picture(column, &channels, &height, &width))
        return add_pictures(page, run, search, column, split, classes);
    add_rows(page, run, search, column, split, classes);
    return TRAINER_OK;
}

int run_page_worst(struct page *page, struct page_run *run)
{
    page_section(page, "worst", "Most wrongly predicted");
    if (run->missing) {
        page_element(page, "p", "This needs the data set: %s.", run->missing);
        return TRAINER_OK;
    }
    struct session *session = run->trained.opened.session;
    const struct session_facts facts = session_facts(session);
    const size_t rows = facts.evaluation_rows;
    enum split split = sample_held_out(session_dataset(session));
    struct search search = {.facts = &facts,
                            .losses = calloc(rows, sizeof(double)),
                            .truth = calloc(rows, sizeof(int32_t)),
                            .said = calloc(rows, sizeof(int32_t))};
    int rc = TRAINER_OK;
    if (!graph_has_loss(session_graph(session)))
        page_element(page, "p", "The network has no loss to order samples by.");
    else if (!search.losses || !search.truth || !search.said)
        rc = error_memory("a report", rows * sizeof(double));
    else if ((rc = sample_walk(&(struct sample_walk){session, split, WALK_EVALUATE, 0, look,
                                                     &search})) == TRAINER_OK)
        rc = show(page, run, &search, split);
    free(search.losses);
    free(search.truth);
    free(search.said);
    return rc;
}
