/*
 * test_runfile_data.c - what was learned of the data is read from a run file as it was written.
 */
#include "base/error.h"
#include "base/file.h"
#include "data/data_learned.h"
#include "runfile/runfile.h"
#include "runfile/runfile_data.h"
#include "support/folder.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct open_data data;
static struct arena arena;
static char folder[64];

static void set_up(void)
{
    snprintf(folder, sizeof folder, "/tmp/test_learned.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void tear_down(void)
{
    close_data(&data);
    arena_free(&arena);
}

static void put(const char *text)
{
    ck_assert_int_eq(file_replace("a.csv", text, strlen(text)), TRAINER_OK);
}

static void open_text(const char *config)
{
    close_data(&data);
    ck_assert_msg(open_data(&data, folder, config, 1, false) == TRAINER_OK, "%s", error_text());
}

/* Writes what the open data set learned into run.h5, and reads it. */
static void write_and_read(struct learned *written, struct learned *read)
{
    struct run_facts facts = {.error = ""};
    ck_assert_int_eq(data_learned(data.dataset, &arena, written), TRAINER_OK);
    ck_assert_msg(runfile_write("run.h5", &(struct snapshot){.facts = &facts,
                                                             .learned = written}) == TRAINER_OK,
                  "%s", error_text());
    ck_assert_msg(runfile_read_data("run.h5", &arena, read) == TRAINER_OK, "%s", error_text());
}

static void check_names(const char *const *a, const char *const *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(a[i], b[i]);
}

static void check_reals(const double *a, const double *b, size_t count)
{
    ck_assert((a == NULL) == (b == NULL));
    if (a)
        ck_assert_mem_eq(a, b, count * sizeof *a);
}

static void check_table(const struct learned_table *a, const struct learned_table *b)
{
    ck_assert((a == NULL) == (b == NULL));
    if (!a)
        return;
    ck_assert_int_eq(a->header, b->header);
    ck_assert_int_eq(a->delimiter, b->delimiter);
    ck_assert_int_eq(a->decimal, b->decimal);
    ck_assert_int_eq(a->skip, b->skip);
    ck_assert_uint_eq(a->words, b->words);
    check_names(a->word, b->word, a->words);
    ck_assert_uint_eq(a->columns, b->columns);
    for (size_t i = 0; i < a->columns; i++) {
        const struct table_column *x = &a->column[i], *y = &b->column[i];
        ck_assert_str_eq(x->name, y->name);
        ck_assert_int_eq(x->position, y->position);
        ck_assert_int_eq(x->role, y->role);
        ck_assert_int_eq(x->type, y->type);
        ck_assert_int_eq(x->missing, y->missing);
        ck_assert_uint_eq(x->categories, y->categories);
        check_names(x->category, y->category, x->categories);
    }
}

static void check_input(const struct learned_input *a, const struct learned_input *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_int_eq(a->stored, b->stored);
    ck_assert(shape_equal(a->shape, b->shape));
    ck_assert_double_eq(a->scale, b->scale);
    ck_assert_uint_eq(a->channels, b->channels);
    check_reals(a->offset, b->offset, a->channels);
    check_reals(a->divisor, b->divisor, a->channels);
    check_reals(a->fill, b->fill, shape_size(a->shape));
    ck_assert((a->feature == NULL) == (b->feature == NULL));
    for (size_t i = 0; a->feature && i < shape_size(a->shape); i++) {
        ck_assert_str_eq(a->feature[i].name, b->feature[i].name);
        ck_assert_int_eq(a->feature[i].indicator, b->feature[i].indicator);
        ck_assert_int_eq(a->feature[i].mean, b->feature[i].mean);
    }
}

static void check_same(const struct learned *a, const struct learned *b)
{
    ck_assert_str_eq(a->kind, b->kind);
    ck_assert_uint_eq(a->inputs, b->inputs);
    for (size_t i = 0; i < a->inputs; i++)
        check_input(&a->input[i], &b->input[i]);
    ck_assert_int_eq(a->labelled, b->labelled);
    ck_assert_uint_eq(a->classes, b->classes);
    check_names(a->class_name, b->class_name, a->classes);
    ck_assert_uint_eq(a->targets, b->targets);
    if (a->target_name)
        check_names(a->target_name, b->target_name, a->targets);
    check_reals(a->label_offset, b->label_offset, a->targets);
    check_reals(a->label_divisor, b->label_divisor, a->targets);
    check_table(a->table, b->table);
}

START_TEST(a_table_with_categories_and_classes)
{
    struct learned written, read;
    put("age,state,city,rich\n39,Ohio,x,yes\n,Iowa,y,no\n50,\xc3\xa9,x,no\n");
    open_text("data: {type: csv, train: a.csv, labels: rich, normalize: zscore, missing: mean, "
              "columns: {city: index}}");
    write_and_read(&written, &read);
    check_same(&written, &read);
    ck_assert_uint_eq(read.table->columns, 4);
    ck_assert_uint_eq(read.classes, 2);
    ck_assert_str_eq(read.class_name[1], "yes");
    ck_assert_str_eq(read.input[0].feature[3].name, "state=\xc3\xa9");
    ck_assert_double_eq(read.input[0].fill[0], 44.5);
}
END_TEST

START_TEST(values_are_named_and_normalised)
{
    struct learned written, read;
    put("a,u,v\n1,2,3\n4,5,6\n");
    open_text("data: {type: csv, train: a.csv, labels: [v, u], normalize: {labels: zscore}}");
    write_and_read(&written, &read);
    check_same(&written, &read);
    ck_assert_uint_eq(read.targets, 2);
    ck_assert_str_eq(read.target_name[0], "v");
    ck_assert_double_eq(read.label_offset[0], 4.5);
    ck_assert_double_eq(read.label_divisor[1], 1.5);
}
END_TEST

START_TEST(pictures_and_several_inputs)
{
    struct learned written, read;
    open_text("data: {type: digits, train: 50, test: 5, normalize: minmax}");
    write_and_read(&written, &read);
    check_same(&written, &read);
    ck_assert_str_eq(read.kind, "digits");
    ck_assert_str_eq(read.class_name[9], "9");
    open_text("data: {type: inline, inputs: {x: [[1, 2], [3, 5]], y: [1, 2]}, normalize: zscore}");
    write_and_read(&written, &read);
    check_same(&written, &read);
    ck_assert_uint_eq(read.inputs, 2);
    ck_assert(!read.labelled);
}
END_TEST

START_TEST(a_file_without_it_is_told)
{
    struct run_facts facts = {.error = ""};
    struct learned read;
    ck_assert_int_eq(runfile_write("old.h5", &(struct snapshot){.facts = &facts}), TRAINER_OK);
    ck_assert_int_eq(runfile_read_data("old.h5", &arena, &read), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "old.h5: /data is missing: the run is of an earlier version");
}
END_TEST

/* A list that lost an element, or is another thing, is refused. */
START_TEST(what_does_not_fit_is_refused)
{
    static const char *const lists[] = {"data/divisor",      "data/features",
                                        "data/column_types", "data/column_categories",
                                        "data/classes",      "data/shape"};
    struct learned written, read;
    put("a,s,y\n1,p,u\n2,q,v\n");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        open_text("data: {type: csv, train: a.csv, labels: y, normalize: zscore}");
        write_and_read(&written, &read);
        hid_t file = H5Fopen("run.h5", H5F_ACC_RDWR, H5P_DEFAULT);
        ck_assert_int_ge(H5Ldelete(file, lists[i], H5P_DEFAULT), 0);
        hsize_t size = 1;
        hid_t space = H5Screate_simple(1, &size, NULL);
        hid_t dataset =
            H5Dcreate2(file, lists[i], H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        H5Dclose(dataset);
        H5Sclose(space);
        H5Fclose(file);
        ck_assert_msg(runfile_read_data("run.h5", &arena, &read) == TRAINER_INVALID, "%s",
                      lists[i]);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("runfile_data");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_table_with_categories_and_classes);
    tcase_add_test(tcase, values_are_named_and_normalised);
    tcase_add_test(tcase, pictures_and_several_inputs);
    tcase_add_test(tcase, a_file_without_it_is_told);
    tcase_add_test(tcase, what_does_not_fit_is_refused);
    Suite *suite = suite_create("runfile_data");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
