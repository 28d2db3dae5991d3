/*
 * test_table_stream.c - rows that are streamed have the bits of rows that are loaded; mistakes,
 * blanks, kept columns.
 */
#include "base/error.h"
#include "data/batch.h"
#include "data/data_learned.h"
#include "support/open_data.h"
#include "support/suite.h"
#include "table/table_stream.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 3 };

static struct open_data data;
static struct arena arena;
static struct learned learned;
static char folder[64];
static const struct worker alone = {.threads = 1};

static void put(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static const char config[] = "data: {type: csv, train: a.csv, labels: y, normalize: zscore, "
                             "missing: mean, columns: {city: index}}";

static void set_up(void)
{
    snprintf(folder, sizeof folder, "/tmp/test_stream.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    put("a.csv", "age,state,city,y\n39,Ohio,x,yes\n,Iowa,y,no\n50.5,Utah,x,no\n");
    ck_assert_msg(open_data(&data, folder, config, 1, false) == TRAINER_OK, "%s", error_text());
    ck_assert_int_eq(data_learned(data.dataset, &arena, &learned), TRAINER_OK);
}

static void tear_down(void)
{
    close_data(&data);
    arena_free(&arena);
}

static struct table_stream *opened(const char *text, const struct table_stream_options *more,
                                   struct data_file **source)
{
    struct table_stream_options options = *more;
    struct table_stream *stream;
    options.name = "new.csv";
    options.origin = "run.h5";
    options.rows = ROWS;
    put("new.csv", text);
    error_clear();
    ck_assert_int_eq(data_file_open(source, "new.csv", NULL), TRAINER_OK);
    table_stream_open(&stream, &learned, *source, -1, &options);
    return stream;
}

/* x[count] and city[count] of the rows of a data set, as a network reads them. */
static void take(const struct dataset *dataset, size_t count, float *x, int32_t *city)
{
    const struct engine *engine;
    struct batch *batch;
    ck_assert_int_eq(engine_find(&engine, PRECISION_SINGLE, "baseline"), TRAINER_OK);
    ck_assert_int_eq(batch_create(&batch, dataset, engine, count, false, NULL, NULL), TRAINER_OK);
    batch_take(batch, SPLIT_TRAIN, NULL, 0, count, &alone);
    memcpy(x, batch->column[0].x, count * batch->column[0].width * sizeof *x);
    memcpy(city, batch->column[1].label, count * sizeof *city);
    batch_free(batch);
}

START_TEST(streamed_rows_have_the_bits_of_loaded_ones)
{
    static const char text[] = "city,more,age,state\nx,1,7.25,Utah\ny,2,,Ohio\nx,3,0.1,Iowa\n"
                               "y,4,1e3,Utah\n";
    float loaded[4 * 4], streamed[4 * 4];
    int32_t cities[4], streamed_cities[4];
    struct data_file *source;
    struct config *other;
    struct dataset *whole;
    struct table_stream *stream = opened(text, &(struct table_stream_options){0}, &source);
    static const char yaml[] = "data: {type: csv, train: new.csv, labels: y}";
    ck_assert_int_eq(config_read_text(&other, "y.yaml", folder, yaml, strlen(yaml), NULL, 0),
                     TRAINER_OK);
    ck_assert_msg(dataset_open_learned(&whole, other, node_get(config_root(other), "data"),
                                       &learned, false) == TRAINER_OK,
                  "%s", error_text());
    ck_assert_uint_eq(whole->count[SPLIT_TRAIN], 4);
    ck_assert_ptr_null(dataset_find(whole, "labels"));
    take(whole, 4, loaded, cities);
    size_t got, row = 0;
    while (table_stream_next(stream, &got) == TRAINER_OK && got) {
        take(table_stream_dataset(stream), got, streamed + 4 * row, streamed_cities + row);
        row += got;
    }
    ck_assert_uint_eq(row, 4);
    ck_assert_mem_eq(loaded, streamed, sizeof loaded);
    ck_assert_mem_eq(cities, streamed_cities, sizeof cities);
    ck_assert_int_eq(cities[1], 1);
    ck_assert(loaded[4] == 0); /* the mean of the training data */
    ck_assert(loaded[3] == 1); /* Utah */
    table_stream_close(stream);
    data_file_close(source);
    dataset_close(whole);
    config_free(other);
}
END_TEST

START_TEST(a_network_of_arrays_reads_their_elements_by_name_or_position)
{
    static const char arrays[] = "data: {type: inline, inputs: {a: [[1, 2], [3, 4]], b: [5, 6]}, "
                                 "labels: [0, 1]}";
    static const char yaml[] = "data: {type: csv, train: b.csv}";
    static const struct {
        const char *text;
        double a[2], b;
        int32_t label;
    } reads[] = {
        {"7,8,9,1\n", {7, 8}, 9, 1},
        {"p,q,r,s\n7,8,9,1.0e+00\n", {7, 8}, 9, 1},
        {"label,q,r,s\n1,7,8,9\n", {7, 8}, 9, 1},
        {"p,labels,r,s\n7,0,8,9\n", {7, 8}, 9, 0},
        {"b,labels,a[1],more,a[0]\n9,0,8,x,7\n", {7, 8}, 9, 0},
    };
    struct open_data trained;
    struct learned known;
    ck_assert_int_eq(open_data(&trained, folder, arrays, 1, false), TRAINER_OK);
    ck_assert_int_eq(data_learned(trained.dataset, &arena, &known), TRAINER_OK);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        struct config *other;
        struct dataset *whole;
        put("b.csv", reads[i].text);
        ck_assert_int_eq(config_read_text(&other, "y.yaml", folder, yaml, strlen(yaml), NULL, 0),
                         TRAINER_OK);
        ck_assert_msg(dataset_open_learned(&whole, other, node_get(config_root(other), "data"),
                                           &known, true) == TRAINER_OK,
                      "%s", error_text());
        ck_assert_uint_eq(whole->count[SPLIT_TRAIN], 1);
        ck_assert_mem_eq(dataset_find(whole, "a")->values[SPLIT_TRAIN], reads[i].a,
                         sizeof reads[i].a);
        ck_assert_mem_eq(dataset_find(whole, "b")->values[SPLIT_TRAIN], &reads[i].b,
                         sizeof reads[i].b);
        ck_assert_mem_eq(dataset_find(whole, "labels")->values[SPLIT_TRAIN], &reads[i].label,
                         sizeof reads[i].label);
        dataset_close(whole);
        config_free(other);
    }
    close_data(&trained);
}
END_TEST

START_TEST(large_numbers_keep_their_differences_until_they_are_normalised)
{
    static const char yaml[] = "data: {type: csv, train: t.csv, labels: y, normalize: zscore}";
    struct open_data trained;
    struct learned known;
    struct config *other;
    struct dataset *whole;
    put("t.csv", "t,y\n1700000001,yes\n1700000002,no\n1700000003,no\n");
    ck_assert_int_eq(open_data(&trained, folder, yaml, 1, false), TRAINER_OK);
    ck_assert_int_eq(data_learned(trained.dataset, &arena, &known), TRAINER_OK);
    ck_assert_int_eq(config_read_text(&other, "y.yaml", folder, yaml, strlen(yaml), NULL, 0),
                     TRAINER_OK);
    struct node *section = node_get(config_root(other), "data");
    ck_assert_int_eq(config_assign(other, "data.normalize=none"), TRAINER_OK);
    ck_assert_int_eq(dataset_open_learned(&whole, other, section, &known, true), TRAINER_OK);
    ck_assert_int_eq(whole->column[0].stored, STORED_DOUBLE);
    ck_assert(((const double *)whole->column[0].values[SPLIT_TRAIN])[2] == 1700000003);
    dataset_close(whole);
    config_free(other);
    close_data(&trained);
}
END_TEST

START_TEST(further_labelled_data_has_the_classes_that_were_learned)
{
    struct config *other;
    struct dataset *whole;
    static const char yaml[] = "data: {type: csv, train: b.csv, labels: y}";
    put("b.csv", "y,age,state,city\nyes,1,Ohio,x\n");
    ck_assert_int_eq(config_read_text(&other, "y.yaml", folder, yaml, strlen(yaml), NULL, 0),
                     TRAINER_OK);
    const struct node *section = node_get(config_root(other), "data");
    ck_assert_int_eq(dataset_open_learned(&whole, other, section, &learned, true), TRAINER_OK);
    const struct column *labels = dataset_find(whole, "labels");
    ck_assert_uint_eq(labels->classes, 2);
    ck_assert_int_eq(((const int32_t *)labels->values[SPLIT_TRAIN])[0], 1);
    ck_assert_ptr_eq(whole->column[0].divisor, learned.input[0].divisor);
    dataset_close(whole);
    put("b.csv", "y,age,state,city\nmaybe,1,Ohio,x\n");
    error_clear();
    ck_assert_int_eq(dataset_open_learned(&whole, other, section, &learned, true), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "b.csv:2:1: class 'maybe' of 'y'; expected no or yes, as in the "
                                   "training data");
    config_free(other);
}
END_TEST

START_TEST(mistakes_are_told_with_those_behind_them)
{
    struct data_file *source;
    size_t got;
    struct table_stream *stream =
        opened("age,state,city\n1, Ohio,x\n2,Iowa\n3,Iowa,z\nx,Utah,x\n5,,x\n",
               &(struct table_stream_options){0}, &source);
    ck_assert_int_eq(table_stream_next(stream, &got), TRAINER_INVALID);
    ck_assert_str_eq(error_text(),
                     "new.csv:2:3: ' Ohio' is none of the 3 categories of 'state'; did you mean "
                     "'Ohio'? (--unseen zeros goes on)\n"
                     "new.csv:3:1: 2 fields; expected 3, as in line 1\n"
                     "new.csv:4:8: 'z' is none of the 2 categories of 'city' (--unseen zeros goes "
                     "on)\n"
                     "new.csv:5:1: 'x' in column 'age'; expected a number");
    table_stream_close(stream);
    data_file_close(source);
    stream = opened("state,city\n", &(struct table_stream_options){0}, &source);
    ck_assert_ptr_null(stream);
    ck_assert_str_eq(error_text(),
                     "new.csv:1:1: no column 'age'; expected the 3 columns of run.h5");
    data_file_close(source);
}
END_TEST

START_TEST(bad_rows_may_be_blank_and_unseen_categories_zeros)
{
    static const char *const keep[] = {"id", "age"};
    const struct table_stream_options options = {
        .unseen_zeros = true, .blank_rows = true, .keep = 2, .column = keep};
    struct data_file *source;
    float x[ROWS * 4];
    int32_t city[ROWS];
    size_t got;
    struct table_stream *stream = opened(
        "age,state,city,id\n1,Texas,x,p\n2,Iowa\n3,Iowa,y,\"r,\"\n4,Iowa,x,s\n", &options, &source);
    ck_assert_int_eq(table_stream_next(stream, &got), TRAINER_OK);
    ck_assert_uint_eq(got, 3);
    ck_assert(!table_stream_bad(stream, 0));
    ck_assert(table_stream_bad(stream, 1));
    ck_assert(!table_stream_bad(stream, 2));
    ck_assert_str_eq(table_stream_text(stream, 0, 0), "p");
    ck_assert_str_eq(table_stream_text(stream, 1, 0), "");
    ck_assert_str_eq(table_stream_text(stream, 2, 0), "r,");
    ck_assert_str_eq(table_stream_text(stream, 2, 1), "3");
    take(table_stream_dataset(stream), got, x, city);
    ck_assert(x[1] == 0 && x[2] == 0 && x[3] == 0);
    ck_assert_int_eq(table_stream_next(stream, &got), TRAINER_OK);
    ck_assert_uint_eq(got, 1);
    ck_assert_str_eq(table_stream_text(stream, 0, 0), "s");
    ck_assert_int_eq(table_stream_next(stream, &got), TRAINER_OK);
    ck_assert_uint_eq(got, 0);
    table_stream_close(stream);
    data_file_close(source);
}
END_TEST

START_TEST(a_pipe_is_answered_row_by_row)
{
    int ends[2];
    size_t got;
    struct table_stream *stream;
    const struct table_stream_options options = {.name = "-", .origin = "run.h5", .rows = ROWS};
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "age,state,city\n1,Ohio,x\n", 24), 24);
    ck_assert_int_eq(table_stream_open(&stream, &learned, NULL, ends[0], &options), TRAINER_OK);
    ck_assert_int_eq(table_stream_next(stream, &got), TRAINER_OK);
    ck_assert_uint_eq(got, 1);
    close(ends[1]);
    ck_assert_int_eq(table_stream_next(stream, &got), TRAINER_OK);
    ck_assert_uint_eq(got, 0);
    table_stream_close(stream);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("table_stream");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, streamed_rows_have_the_bits_of_loaded_ones);
    tcase_add_test(tcase, a_network_of_arrays_reads_their_elements_by_name_or_position);
    tcase_add_test(tcase, large_numbers_keep_their_differences_until_they_are_normalised);
    tcase_add_test(tcase, further_labelled_data_has_the_classes_that_were_learned);
    tcase_add_test(tcase, mistakes_are_told_with_those_behind_them);
    tcase_add_test(tcase, bad_rows_may_be_blank_and_unseen_categories_zeros);
    tcase_add_test(tcase, a_pipe_is_answered_row_by_row);
    Suite *suite = suite_create("table_stream");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
