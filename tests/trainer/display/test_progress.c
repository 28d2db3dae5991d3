/*
 * test_progress.c - the lines of a run: their words, that none is wider than it may be, and that a
 * pipe gets no control characters.
 */
#include "display/progress.h"
#include "evaluate/columns.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <string.h>

enum { ROWS = 3, MOST = 256, WIDEST = 200 };

/* Three rows: before training, and after two epochs; the second one is the best. */
static double rows[ROWS * MOST];

static double *row_at(int row)
{
    return rows + row * columns_count();
}

static struct series sample_series(void)
{
    const double n = (double)NAN;
    static const char *const names[] = {"epoch",      "step",           "batch_loss",
                                        "train_loss", "train_accuracy", "train_macro_f1",
                                        "test_loss",  "test_accuracy",  "seconds"};
    enum { COLUMNS = sizeof names / sizeof *names };
    const double values[ROWS][COLUMNS] = {
        {0, 0, n, 2.3026, 0.0993, 0.1, 2.3027, 0.1032, 0.11},
        {1, 600, 0.5, 0.2964, 0.9154, 0.9, 0.2991, 0.9196, 1.25},
        {2, 1200, 0.2532, 0.2511, 0.9266, 0.9, 0.2555, 0.9101, 1234.5},
    };
    ck_assert_int_le(columns_count(), MOST);
    for (int i = 0; i < ROWS * columns_count(); i++)
        rows[i] = n;
    for (int row = 0; row < ROWS; row++)
        for (int i = 0; i < COLUMNS; i++)
            row_at(row)[columns_find(names[i])] = values[row][i];
    return (struct series){
        .columns = columns_count(), .rows = ROWS, .capacity = ROWS, .value = rows};
}

static struct progress sample_progress(void)
{
    return (struct progress){.step = 4200,
                             .max_steps = 10000,
                             .steps_per_epoch = 600,
                             .epoch = 7,
                             .loss = 0.12345,
                             .seconds = 8.4,
                             .samples_per_second = 45123};
}

static const struct summing_up sample_score = {"test accuracy", "test", 0.9512, 0.96, 3, true};

/* ck_assert_str_eq for a text, which is then empty. */
static void check_text(struct text *text, const char *expected)
{
    ck_assert_str_eq(text_get(text), expected);
    text->length = 0;
    if (text->data)
        text->data[0] = '\0';
}

START_TEST(the_live_line_has_everything_where_there_is_room)
{
    struct text text = {0};
    struct style style = {.width = 99, .utf8 = true};
    struct progress progress = sample_progress();
    run_lines_live(&text, &style, &progress, &sample_score, NULL);
    check_text(&text, "epoch  7/17  ████████▍              42 %   4200/10000  "
                      "loss 0.1235  test 0.9512   45k/s  0:12 left ");
    text_free(&text);
}
END_TEST

START_TEST(a_narrow_live_line_keeps_what_matters_most)
{
    static const struct {
        size_t width;
        const char *line;
    } cases[] = {
        {79, "epoch  7/17  ##-----   4200/10000  loss 0.1235  test 0.9512   45k/s  0:12 left "},
        {77, "epoch  7/17  ##---   4200/10000  loss 0.1235  test 0.9512   45k/s  0:12 left "},
        {76, "epoch  7/17  #####-------   4200/10000  loss 0.1235  test 0.9512  0:12 left "},
        {40, "######---------  loss 0.1235  0:12 left "},
        {5, " 42 %"},
        {4, ""},
    };
    struct text text = {0};
    struct progress progress = sample_progress();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct style style = {.width = cases[i].width};
        run_lines_live(&text, &style, &progress, &sample_score, NULL);
        check_text(&text, cases[i].line);
    }
    text_free(&text);
}
END_TEST

START_TEST(a_run_without_an_end_has_no_bar)
{
    struct text text = {0};
    struct style style = {.width = 120};
    struct progress progress = sample_progress();
    progress.max_steps = 0;
    run_lines_live(&text, &style, &progress, &sample_score, "evaluating");
    check_text(&text, "epoch 7  step 4200  loss 0.1235  test 0.9512   45k/s  evaluating");
    ck_assert(isnan(run_lines_fraction(&progress)));
    text_free(&text);
}
END_TEST

START_TEST(the_nearest_end_counts)
{
    struct progress progress = sample_progress();
    ck_assert_double_eq(run_lines_fraction(&progress), 0.42);
    progress.max_seconds = 10;
    ck_assert_double_eq_tol(run_lines_fraction(&progress), 0.84, 1e-12);
    progress.max_epochs = 7;
    ck_assert_double_eq(run_lines_fraction(&progress), 1);
    progress.max_epochs = 3.5;
    ck_assert_double_eq(run_lines_fraction(&progress), 1);
}
END_TEST

/* Checks each line of the text, which is then empty. */
static void check_widths(struct text *text, const struct style *style)
{
    const char *line = text_get(text);
    while (*line) {
        size_t length = strcspn(line, "\n");
        ck_assert_msg(text_columns(line, length) <= style->width, "width %zu: %.*s", style->width,
                      (int)length, line);
        for (size_t i = 0; !style->colour && i < length; i++) {
            unsigned char c = (unsigned char)line[i];
            ck_assert_msg(c >= 0x20 && c != 0x7f, "width %zu: byte %d", style->width, c);
            ck_assert_msg(style->utf8 || c < 0x7f, "width %zu: byte %d", style->width, c);
        }
        line += length + (line[length] == '\n');
    }
    text->length = 0;
}

static struct progress awkward_progress(int which)
{
    struct progress progress = sample_progress();
    if (which == 1) {
        progress = (struct progress){.loss = (double)NAN, .samples_per_second = (double)NAN};
    } else if (which == 2) {
        progress = (struct progress){.step = UINT64_MAX,
                                     .max_steps = UINT64_MAX,
                                     .steps_per_epoch = 1,
                                     .epoch = 1e18,
                                     .loss = -1e300,
                                     .seconds = 1e9,
                                     .samples_per_second = 1e30};
    }
    return progress;
}

START_TEST(no_line_is_wider_than_the_terminal)
{
    static const char *const parts[] = {"a_rather_long_name_of_a_run: 12 layers",
                                        "39,760 parameters", "2 threads"};
    sample_series();
    struct epoch_columns columns = run_lines_choose(rows);
    struct text text = {0};
    for (size_t width = 0; width <= WIDEST; width++) {
        struct style style = {width, _i & 1, _i & 2};
        for (int which = 0; which < 3; which++) {
            struct progress progress = awkward_progress(which);
            run_lines_live(&text, &style, &progress, &sample_score, which ? "evaluating" : NULL);
            check_widths(&text, &style);
        }
        for (int row = 0; row < 3; row++) {
            run_lines_epoch(&text, &style, &columns, row_at(row));
            check_widths(&text, &style);
        }
        run_lines_heading(&text, &style, &columns);
        check_widths(&text, &style);
        run_lines_header(&text, &style, parts, 3);
        check_widths(&text, &style);
    }
    text_free(&text);
}
END_TEST

START_TEST(the_header_breaks_between_its_parts)
{
    static const char *const parts[] = {"net: 4 layers", "39,760 parameters", "2 threads"};
    struct style wide = {.width = 80}, middle = {.width = 34}, narrow = {.width = 8};
    struct text text = {0};
    run_lines_header(&text, &wide, parts, 3);
    check_text(&text, "net: 4 layers, 39,760 parameters, 2 threads\n");
    run_lines_header(&text, &middle, parts, 3);
    check_text(&text, "net: 4 layers, 39,760 parameters,\n2 threads\n");
    run_lines_header(&text, &narrow, parts, 3);
    check_text(&text, "net: 4 l\n39,760 p\n2 thread\n");
    text_free(&text);
}
END_TEST

START_TEST(the_table_of_epochs_has_what_the_first_row_has)
{
    sample_series();
    struct epoch_columns columns = run_lines_choose(rows);
    struct style wide = {.width = 120}, narrow = {.width = 40};
    struct text text = {0};
    run_lines_heading(&text, &wide, &columns);
    check_text(&text, " epoch       step  train loss  train acc  test loss  test acc   seconds");
    run_lines_epoch(&text, &wide, &columns, row_at(1));
    check_text(&text, "     1        600      0.2964     0.9154     0.2991    0.9196      1.25");
    run_lines_epoch(&text, &wide, &columns, row_at(2));
    check_text(&text, "     2       1200      0.2511     0.9266     0.2555    0.9101      1234");
    run_lines_heading(&text, &narrow, &columns);
    check_text(&text, " epoch  train loss  train acc  test acc");
    text_free(&text);
}
END_TEST

START_TEST(without_an_evaluation_of_the_training_data_its_batches_count)
{
    sample_series();
    struct style wide = {.width = 120};
    struct text text = {0};
    rows[columns_find("train_loss")] = rows[columns_find("train_accuracy")] = (double)NAN;
    struct epoch_columns columns = run_lines_choose(rows);
    run_lines_heading(&text, &wide, &columns);
    check_text(&text, " epoch       step  train loss  test loss  test acc   seconds");
    run_lines_epoch(&text, &wide, &columns, rows);
    check_text(&text, "     0          0           -     2.3027    0.1032      0.11");
    run_lines_epoch(&text, &wide, &columns, row_at(1));
    check_text(&text, "     1        600      0.5000     0.2991    0.9196      1.25");
    text_free(&text);
}
END_TEST

START_TEST(the_best_epoch_is_found)
{
    struct series series = sample_series();
    struct summing_up score = run_lines_sum_up(&series);
    ck_assert_str_eq(score.words, "test accuracy");
    ck_assert_double_eq(score.last, 0.9101);
    ck_assert_double_eq(score.best, 0.9196);
    ck_assert_double_eq(score.best_epoch, 1);
    ck_assert_str_eq(run_lines_sum_up(NULL).words, "");
}
END_TEST

/* Sends a short run's events to a display on a file; returns what it printed, in text. */
static void show_run(bool quiet, char *text, size_t size)
{
    struct progress_display display;
    struct series series = sample_series();
    FILE *out = tmpfile();
    ck_assert_ptr_nonnull(out);
    progress_init(&display, out, quiet, NULL);
    struct observer observer = progress_observer(&display);
    struct progress progress = sample_progress();
    progress.epochs = &series;
    observer.event(observer.context, EVENT_STARTED, &progress);
    for (size_t row = 0; row < 3; row++) {
        progress.row = row_at((int)row);
        observer.event(observer.context, EVENT_PROGRESS, &progress);
        observer.event(observer.context, EVENT_EVALUATING, &progress);
        observer.event(observer.context, EVENT_EVALUATED, &progress);
    }
    observer.event(observer.context, EVENT_FINISHED, &progress);
    progress_end(&display, "runs/net/0001/run.h5", false, "max_steps is 4200");
    progress_free(&display);
    rewind(out);
    size_t length = fread(text, 1, size - 1, out);
    text[length] = '\0';
    fclose(out);
}

START_TEST(a_pipe_gets_one_line_an_epoch)
{
    char text[4096];
    show_run(false, text, sizeof text);
    ck_assert_str_eq(text,
                     " epoch       step  train loss  train acc  test loss  test acc   seconds\n"
                     "     0          0      2.3026     0.0993     2.3027    0.1032      0.11\n"
                     "     1        600      0.2964     0.9154     0.2991    0.9196      1.25\n"
                     "     2       1200      0.2511     0.9266     0.2555    0.9101      1234\n"
                     "4,200 steps in 8.40 s; test accuracy 0.9101, best 0.9196 at epoch 1\n"
                     "ended: max_steps is 4200\n"
                     "run file: runs/net/0001/run.h5\n"
                     "look at it: trainer report runs/net/0001\n");
}
END_TEST

START_TEST(quiet_prints_nothing)
{
    char text[4096];
    show_run(true, text, sizeof text);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(numbers_read_as_people_write_them)
{
    char text[TEXT_NUMBER_MAX];
    ck_assert_str_eq(text_count(text, 0), "0");
    ck_assert_str_eq(text_count(text, 999), "999");
    ck_assert_str_eq(text_count(text, 39760), "39,760");
    ck_assert_str_eq(text_count(text, UINT64_MAX), "18,446,744,073,709,551,615");
    ck_assert_str_eq(text_bytes(text, 999), "999 B");
    ck_assert_str_eq(text_bytes(text, 47040000), "47.0 MB");
    ck_assert_str_eq(text_bytes(text, 999999), "1.0 MB");
    ck_assert_str_eq(text_rate(text, 45123), "45k");
    ck_assert_str_eq(text_rate(text, 1234567), "1.2M");
    ck_assert_str_eq(text_rate(text, (double)NAN), "-");
    ck_assert_str_eq(text_duration(text, 59.7), "1:00");
    ck_assert_str_eq(text_duration(text, 3723), "1:02:03");
    ck_assert_str_eq(text_duration(text, HUGE_VAL), "-");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("progress");
    TCase *lines = tcase_create("lines");
    tcase_add_test(lines, the_live_line_has_everything_where_there_is_room);
    tcase_add_test(lines, a_narrow_live_line_keeps_what_matters_most);
    tcase_add_test(lines, a_run_without_an_end_has_no_bar);
    tcase_add_test(lines, the_nearest_end_counts);
    tcase_add_loop_test(lines, no_line_is_wider_than_the_terminal, 0, 4);
    tcase_add_test(lines, the_header_breaks_between_its_parts);
    tcase_add_test(lines, the_table_of_epochs_has_what_the_first_row_has);
    tcase_add_test(lines, without_an_evaluation_of_the_training_data_its_batches_count);
    tcase_add_test(lines, the_best_epoch_is_found);
    tcase_add_test(lines, a_pipe_gets_one_line_an_epoch);
    tcase_add_test(lines, quiet_prints_nothing);
    tcase_add_test(lines, numbers_read_as_people_write_them);
    suite_add_tcase(suite, lines);

    return suite_run(suite, SUITE_FORKED);
}
