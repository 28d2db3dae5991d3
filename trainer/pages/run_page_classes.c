/*
 * run_page_classes.c - which classes are taken for which: a heat map, a table of the classes, the
 * matrix in counts and in shares of its rows. The matrix is the file's; of a file that has none, as
 * those of earlier versions, the samples are counted anew where the data can be opened.
 */
#include "base/error.h"
#include "base/html.h"
#include "evaluate/class_scores.h"
#include "run_page_sections.h"
#include "sample_walk.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    CLASSES_SHOWN = 200,   /* more are listed without a matrix */
    CLASSES_LABELLED = 20, /* more have no texts in the heat map */
    NAME_SHOWN = 12,
};

/* "7", or the name that the data have for class 7. */
static const char *class_name(const struct page_run *run, size_t class, char number[32])
{
    const struct learned *learned = &run->learned;
    if (learned->class_name && class < learned->classes)
        return learned->class_name[class];
    snprintf(number, 32, "%zu", class);
    return number;
}

static double share(const struct class_scores *scores, size_t row, size_t column)
{
    double support = (double)scores->support[row];
    double count = (double)scores->confusion[row * scores->classes + column];
    return support > 0 ? count / support : 0;
}

/* --- the heat map --- */

struct heat_map {
    double cell, left, top; /* of a square; of the field */
    bool labelled;
};

static void add_label(struct text *svg, double x, double y, const char *anchor, const char *words)
{
    text_print(svg, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    html_text_cut(svg, words, NAME_SHOWN);
    text_string(svg, "</text>\n");
}

/* A colour at most half as strong as it is: text of the page's colour stays readable on it, on
 * light and on dark ground. */
static void add_square(struct text *svg, const struct heat_map *map, const struct page_run *run,
                       const struct class_scores *scores, size_t row, size_t column)
{
    char from[32], to[32];
    int64_t count = scores->confusion[row * scores->classes + column];
    double part = share(scores, row, column);
    double x = map->left + map->cell * (double)column, y = map->top + map->cell * (double)row;
    if (count == 0)
        return;
    text_print(svg,
               "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\" "
               "fill-opacity=\"%.3f\"><title>",
               x, y, map->cell, map->cell, row == column ? "hit" : "miss", 0.05 + 0.45 * part);
    html_text_cut(svg, class_name(run, row, from), NAME_SHOWN);
    text_string(svg, " taken for ");
    html_text_cut(svg, class_name(run, column, to), NAME_SHOWN);
    text_print(svg, ": %" PRId64 ", %.1f %%</title></rect>\n", count, 100 * part);
    if (map->labelled)
        text_print(svg, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%" PRId64 "</text>\n",
                   x + map->cell / 2, y + map->cell / 2 + 4, count);
}

static void draw(struct text *svg, const struct page_run *run, const struct class_scores *scores)
{
    size_t classes = scores->classes;
    char number[32];
    const struct heat_map map = {.cell = classes <= CLASSES_LABELLED ? 38 : 560.0 / (double)classes,
                                 .left = 110,
                                 .top = 44,
                                 .labelled = classes <= CLASSES_LABELLED};
    double field = map.cell * (double)classes;
    text_print(svg,
               "<svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\" "
               "aria-label=\"Confusion matrix\" class=\"heat\">\n",
               map.left + field + 10, map.top + field + 10, map.left + field + 10,
               map.top + field + 10);
    add_label(svg, map.left, 14, "start", "predicted");
    add_label(svg, map.left - 8, 14, "end", "true");
    for (size_t row = 0; row < classes; row++) {
        if (map.labelled) {
            double middle = map.cell * ((double)row + 0.5);
            add_label(svg, map.left - 8, map.top + middle + 4, "end", class_name(run, row, number));
            text_print(svg, "<g transform=\"translate(%.1f %.1f) rotate(-35)\">", map.left + middle,
                       map.top - 6);
            add_label(svg, 0, 0, "start", class_name(run, row, number));
            text_string(svg, "</g>\n");
        }
        for (size_t column = 0; column < classes; column++)
            add_square(svg, &map, run, scores, row, column);
    }
    text_print(svg,
               "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" "
               "stroke=\"currentColor\"/>\n</svg>",
               map.left, map.top, field, field);
}

/* --- tables --- */

static void add_classes(struct page *page, const struct page_run *run,
                        const struct class_scores *scores)
{
    static const char *const heading[] = {"class", "precision", "recall", "F1", "samples"};
    char number[32];
    page_table(page, "classes", "Each class at the last evaluation");
    page_row(page);
    for (size_t i = 0; i < sizeof heading / sizeof *heading; i++)
        page_heading(page, heading[i]);
    for (size_t c = 0; c < scores->classes; c++) {
        page_row(page);
        page_row_heading(page, class_name(run, c, number));
        page_number(page, scores->precision[c], 4);
        page_number(page, scores->recall[c], 4);
        page_number(page, scores->f1[c], 4);
        page_number(page, (double)scores->support[c], 0);
    }
    page_table_end(page);
}

static void add_matrix(struct page *page, const struct page_run *run,
                       const struct class_scores *scores, bool shares)
{
    char number[32];
    size_t classes = scores->classes;
    page_table(page, shares ? "confusion_shares" : "confusion",
               shares ? "Shares of the true class: a row for each true class"
                      : "Samples: a row for each true class, a column for each predicted one");
    page_row(page);
    page_heading(page, "true \\ predicted");
    for (size_t c = 0; c < classes; c++)
        page_heading(page, class_name(run, c, number));
    for (size_t row = 0; row < classes; row++) {
        page_row(page);
        page_row_heading(page, class_name(run, row, number));
        for (size_t c = 0; c < classes; c++)
            page_number(
                page, shares ? share(scores, row, c) : (double)scores->confusion[row * classes + c],
                shares ? 3 : 0);
    }
    page_table_end(page);
}

/* "1,234 of 10,000 samples are right; most often 4 is taken for 9: 12 samples." */
static void describe(struct text *words, const struct page_run *run,
                     const struct class_scores *scores)
{
    size_t classes = scores->classes, from = 0, to = 0;
    int64_t right = 0, all = 0, most = 0;
    char one[32], other[32];
    for (size_t row = 0; row < classes; row++)
        for (size_t c = 0; c < classes; c++) {
            int64_t count = scores->confusion[row * classes + c];
            all += count;
            right += row == c ? count : 0;
            if (row != c && count > most) {
                most = count;
                from = row;
                to = c;
            }
        }
    text_print(words, "%" PRId64 " of %" PRId64 " samples are right", right, all);
    if (most > 0)
        text_print(words, "; most often %.40s is taken for %.40s: %" PRId64 " samples",
                   class_name(run, from, one), class_name(run, to, other), most);
    text_string(words, ".");
}

static int add_scores(struct page *page, const struct page_run *run,
                      const struct class_scores *scores)
{
    struct text words = {0}, picture = {0};
    describe(&words, run, scores);
    if (scores->classes <= CLASSES_SHOWN)
        draw(&picture, run, scores);
    page_figure(page, "confusion", text_get(&words), text_get(&picture));
    if (scores->classes <= CLASSES_SHOWN) {
        page_details(page, "The numbers");
        add_matrix(page, run, scores, false);
        add_matrix(page, run, scores, true);
        page_details_end(page);
    } else {
        page_element(page, "p", "A matrix of more than %d classes is not shown.", CLASSES_SHOWN);
    }
    page_figure_end(page);
    add_classes(page, run, scores);
    int rc = text_status(&words);
    rc = rc == TRAINER_OK ? text_status(&picture) : rc;
    text_free(&words);
    text_free(&picture);
    return rc;
}

/* Counts the samples held out of training; scores->classes stays 0 where there are none of
 * classes. */
static int count_anew(struct class_scores *scores, const struct page_run *run)
{
    struct session *session = run->trained.opened.session;
    const struct session_facts facts = session_facts(session);
    const struct dataset *dataset = session_dataset(session);
    enum split split = sample_held_out(dataset);
    struct evaluator *evaluator = NULL;
    if (split == SPLIT_TRAIN || !graph_has_loss(session_graph(session)))
        return TRAINER_OK;
    int rc = evaluator_create(&evaluator, session_graph(session), dataset, facts.evaluation_rows,
                              facts.seed);
    if (rc == TRAINER_OK)
        rc = evaluator_run_team(evaluator, split, facts.threads);
    if (rc == TRAINER_OK && evaluator_classes(evaluator)->classes > 0)
        rc = class_scores_count(scores, evaluator_classes(evaluator));
    evaluator_free(evaluator);
    return rc;
}

int run_page_classes(struct page *page, struct page_run *run)
{
    const struct runfile_view *view = &run->record->view;
    struct class_scores scores = {0};
    int rc = TRAINER_OK;
    if (view->classes > 0)
        rc = class_scores_of(&scores, view->confusion, view->classes);
    else if (!run->missing)
        rc = count_anew(&scores, run);
    if (rc != TRAINER_OK || scores.classes == 0)
        return rc;
    page_section(page, "classes", "Classes");
    if (view->classes == 0)
        page_element(page, "p class=\"note\"",
                     "The run's file has no confusion matrix; it was counted anew from the data.");
    rc = add_scores(page, run, &scores);
    class_scores_free(&scores);
    return rc;
}
