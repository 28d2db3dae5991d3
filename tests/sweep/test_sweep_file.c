/*
 * test_sweep_file.c - results to sweep.h5 and sweep.csv, and back; files that someone damaged.
 *
 *     test_sweep_file --write FOLDER     writes s.h5 and s.csv there, for other programs' tests
 */
#include "base/error.h"
#include "base/file.h"
#include "hdf5/hdf5_image.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"
#include "sweep/sweep_file.h"
#include "sweep/sweep_table.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE "optimizer.learning_rate"

static const char sample[] = "parameters:\n"
                             "  " RATE ": [0.5, 1]\n"
                             "  model.layers.affine1.units: [3]\n"
                             "  trainer.evaluate.train: [true, false]\n"
                             "  trainer.max_epochs: [unlimited]\n"
                             "repeats: {seed: [1, 2]}\n";

static const struct sweep_status_facts moment = {
    .status = RUN_INTERRUPTED, .command_line = "trainer sweep sweep.yaml", .seconds = 12.5};

static struct sweep_results *open_results(const struct sweep *sweep)
{
    struct sweep_results *results;
    ck_assert_int_eq(sweep_results_open(&results, sweep), TRAINER_OK);
    return results;
}

/* Trial i has i % 3 rows of accuracies i / 8 + 1/16, 2/16, ...; the fourth failed. */
static void fill(struct sweep_results *results)
{
    size_t trials = sweep_trial_count(sweep_results_sweep(results));
    for (size_t i = 0; i < trials; i++) {
        double accuracy[3];
        for (size_t r = 0; r < 3; r++)
            accuracy[r] = (double)i / 8 + (double)(r + 1) / 16;
        struct series epochs = sweep_sample_epochs(results, accuracy, i % 3);
        struct sweep_outcome outcome = {.status = SWEEP_TRIAL_COMPLETED,
                                        .seconds = 0.25 + (double)i,
                                        .steps = 10 * i,
                                        .epochs = &epochs};
        if (i == 3) {
            outcome.status = SWEEP_TRIAL_FAILED;
            outcome.error = "a \"strange\", ü\nerror";
        }
        ck_assert_int_eq(sweep_results_put(results, i, &outcome), TRAINER_OK);
        series_free(&epochs);
    }
}

static void save(const struct sweep_results *results)
{
    int rc = sweep_file_write("s.h5", "s.csv", results, &moment);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
}

static struct sweep_results *load(const struct sweep *sweep)
{
    struct sweep_results *results = open_results(sweep);
    int rc = sweep_file_read("s.h5", results);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    return results;
}

static void expect_numbers(const double *a, const double *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(a[i] == b[i] || (isnan(a[i]) && isnan(b[i])), "number %zu", i);
}

static void expect_row(const struct sweep_row *a, const struct sweep_row *b, size_t metrics)
{
    ck_assert_str_eq(a->id, b->id);
    ck_assert_str_eq(a->path, b->path);
    ck_assert_str_eq(a->error, b->error);
    ck_assert_int_eq(a->status, b->status);
    ck_assert_int_eq(a->seed, b->seed);
    ck_assert_int_eq(a->steps, b->steps);
    ck_assert_double_eq(a->seconds, b->seconds);
    ck_assert_double_eq(a->epochs, b->epochs);
    ck_assert_uint_eq(a->measured, b->measured);
    expect_numbers(a->last, b->last, metrics);
    expect_numbers(a->best, b->best, metrics);
    expect_numbers(a->curve, b->curve, metrics * a->measured);
}

START_TEST(rows_of_planned_trials_are_read_back)
{
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *results = open_results(sweep);
    fill(results);
    save(results);
    struct sweep_results *read = load(sweep);
    ck_assert_uint_eq(sweep_results_rows(read), 8);
    for (size_t i = 0; i < 8; i++)
        expect_row(sweep_results_of(read, i), sweep_results_of(results, i),
                   (size_t)sweep_results_metrics(results)->columns);
    sweep_results_close(read);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

/* Through another sweep, whose file holds the rows as older ones: nothing of them is lost. */
START_TEST(rows_of_another_plan_are_kept_with_their_values)
{
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *results = open_results(sweep);
    fill(results);
    save(results);
    struct sweep *other = sweep_sample_open("parameters: {trainer.max_steps: [5]}\n");
    for (int i = 0; i < 2; i++) {
        struct sweep_results *read = load(other);
        const struct sweep_row *row[8];
        size_t metrics = (size_t)sweep_results_metrics(results)->columns;
        ck_assert_uint_eq(sweep_results_rows(read), 8);
        ck_assert_uint_eq(sweep_results_keys(read), 6);
        sweep_results_list(read, row);
        for (size_t t = 0; t < 8; t++) {
            const struct sweep_trial *trial = sweep_trial(sweep, t);
            expect_row(row[t], sweep_results_of(results, t), metrics);
            ck_assert_int_eq(row[t]->point, -1);
            ck_assert_ptr_null(row[t]->value[0]);
            for (size_t k = 0; k < sweep_key_count(sweep); k++) {
                ck_assert_str_eq(sweep_results_key(read, k + 1)->name, sweep_key(sweep, k)->name);
                ck_assert_str_eq(row[t]->value[k + 1], trial->value[k]);
            }
        }
        save(read);
        sweep_results_close(read);
    }
    sweep_close(other);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(the_file_alone_tells_what_was_swept)
{
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *results = open_results(sweep);
    struct sweep_table table;
    fill(results);
    save(results);
    int rc = sweep_table_read(&table, "s.h5", true);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    ck_assert_str_eq(table.metric, "test_accuracy");
    ck_assert_str_eq(table.goal, "maximize");
    ck_assert_str_eq(table.status, "interrupted");
    ck_assert_double_eq(table.seconds, 12.5);
    ck_assert_uint_eq(table.trials, 8);
    ck_assert_ptr_nonnull(strstr(table.source, "repeats: {seed: [1, 2]}"));
    ck_assert_ptr_nonnull(strstr(table.config, "type: inline"));
    ck_assert_uint_eq(table.rows, 8);
    ck_assert_uint_eq(table.length, 2);
    ck_assert_uint_eq(table.keys, 5);
    ck_assert_str_eq(table.key[0].name, RATE);
    ck_assert(table.key[0].varies && !table.key[1].varies && table.key[2].varies);
    const struct sweep_table_row *row = &table.row[5];
    ck_assert_str_eq(row->id, sweep_trial(sweep, 5)->id);
    ck_assert_str_eq(row->value[0], "1");
    ck_assert_str_eq(row->value[2], "true");
    ck_assert_int_eq(row->point, 2);
    ck_assert_int_eq(row->seed, 2);
    ck_assert_uint_eq(row->measured, 2);
    size_t column = sweep_sample_column(results, "test_accuracy");
    ck_assert_double_eq(row->curve[(size_t)table.metrics.columns + column], 0.75);
    ck_assert_int_eq(table.row[3].status, SWEEP_TRIAL_FAILED);
    ck_assert_str_eq(table.row[3].error, "a \"strange\", ü\nerror");
    sweep_table_free(&table);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(results_without_rows_are_a_file_too)
{
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *results = open_results(sweep);
    save(results);
    struct sweep_results *read = load(sweep);
    ck_assert_uint_eq(sweep_results_rows(read), 0);
    sweep_results_close(read);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_file_that_is_not_there_has_no_rows)
{
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *read = load(sweep);
    ck_assert_uint_eq(sweep_results_rows(read), 0);
    sweep_results_close(read);
    sweep_close(sweep);
}
END_TEST

START_TEST(the_csv_has_the_same_columns)
{
    char *text;
    size_t length;
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *results = open_results(sweep);
    char expected[2048];
    fill(results);
    save(results);
    ck_assert_int_eq(file_read("s.csv", 1 << 20, &text, &length), TRAINER_OK);
    snprintf(expected, sizeof expected,
             "run,id,path,status,error,point,seed," RATE ",model.layers.affine1.units,"
             "trainer.evaluate.train,trainer.max_epochs,epochs,steps,seconds,evaluations,"
             "final_test_loss,final_test_accuracy,best_test_loss,best_test_accuracy\n"
             "0,%1$s,trials/%1$s,completed,,0,1,0.5,3,true,unlimited,0,0,0.25,0,,,,\n",
             sweep_trial(sweep, 0)->id);
    ck_assert_int_eq(strncmp(text, expected, strlen(expected)), 0);
    snprintf(expected, sizeof expected,
             "3,%1$s,trials/%1$s,failed,\"a \"\"strange\"\", ü\nerror\",1,2,0.5,3,false,unlimited,"
             "0,30,3.25,0,,,,\n",
             sweep_trial(sweep, 3)->id);
    ck_assert_ptr_nonnull(strstr(text, expected));
    snprintf(expected, sizeof expected,
             "5,%1$s,trials/%1$s,completed,,2,2,1,3,true,unlimited,2,50,5.25,2,0.25,0.75,0.25,"
             "0.75\n",
             sweep_trial(sweep, 5)->id);
    ck_assert_ptr_nonnull(strstr(text, expected));
    free(text);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_file_that_cannot_be_written_leaves_the_old_one)
{
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *results = open_results(sweep);
    fill(results);
    save(results);
    ck_assert_int_eq(sweep_file_write("no/s.h5", "s.csv", results, &moment), TRAINER_FAILED);
    ck_assert_int_eq(strncmp(error_text(), "no/s.h5.", strlen("no/s.h5.")), 0);
    ck_assert_ptr_nonnull(strstr(error_text(), ".tmp: cannot create: No such file or directory"));
    struct sweep_results *read = load(sweep);
    ck_assert_uint_eq(sweep_results_rows(read), 8);
    sweep_results_close(read);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_file_that_is_cut_off_is_refused)
{
    char *bytes;
    size_t count;
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep *other = sweep_sample_open("parameters: {trainer.max_steps: [5]}\n");
    struct sweep_results *results = open_results(sweep);
    fill(results);
    save(results);
    ck_assert_int_eq(file_read("s.h5", 1 << 24, &bytes, &count), TRAINER_OK);
    for (size_t cut = 0; cut < 40; cut++) {
        struct sweep_results *read = open_results(other);
        ck_assert_int_eq(file_replace("s.h5", bytes, count * cut / 41), TRAINER_OK);
        ck_assert_int_eq(sweep_file_read("s.h5", read), TRAINER_INVALID);
        ck_assert_uint_eq(sweep_results_rows(read), 0);
        sweep_results_close(read);
    }
    free(bytes);
    sweep_results_close(results);
    sweep_close(other);
    sweep_close(sweep);
}
END_TEST

START_TEST(another_file_of_this_program_is_refused)
{
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *read = open_results(sweep);
    folder_write("s.h5", "no HDF5");
    ck_assert_int_eq(sweep_file_read("s.h5", read), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "s.h5: is not an HDF5 file");
    ck_assert_int_eq(sweep_file_read("s.h5/s.h5", read), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "s.h5/s.h5: Not a directory");
    sweep_results_close(read);
    sweep_close(sweep);
}
END_TEST

/* --- damages --- */

/* A list in the place of what is there. */
static void put_list(hid_t file, const char *name, hid_t type, hsize_t length, const void *data)
{
    hid_t space = H5Screate_simple(1, &length, NULL);
    H5Ldelete(file, name, H5P_DEFAULT);
    hid_t list = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Dwrite(list, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
    H5Dclose(list);
    H5Sclose(space);
}

static hid_t text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    return type;
}

/* Eight texts, all the same. */
static void put_texts(hid_t file, const char *name, const char *text)
{
    const char *const texts[] = {text, text, text, text, text, text, text, text};
    hid_t type = text_type();
    put_list(file, name, type, 8, texts);
    H5Tclose(type);
}

static const int32_t few[8] = {0, 1, 2};

static void drop_steps(hid_t file)
{
    H5Ldelete(file, "runs/steps", H5P_DEFAULT);
}

static void drop_runs(hid_t file)
{
    H5Ldelete(file, "runs", H5P_DEFAULT);
}

static void drop_epochs(hid_t file)
{
    H5Ldelete(file, "curves/epochs", H5P_DEFAULT);
}

static void make_ids_numbers(hid_t file)
{
    put_list(file, "runs/id", H5T_NATIVE_INT32, 8, few);
}

static void make_ids_short_texts(hid_t file)
{
    put_list(file, "runs/id", H5T_C_S1, 8, "abcdefgh");
}

static void make_seconds_wide(hid_t file)
{
    put_list(file, "runs/seconds", H5T_NATIVE_LDOUBLE, 8, (const long double[8]){0});
}

static void make_seeds_few(hid_t file)
{
    put_list(file, "runs/seed", H5T_NATIVE_INT32, 3, few);
}

static void make_rows_a_table(hid_t file)
{
    hid_t space = H5Screate_simple(2, (const hsize_t[]){2, 4}, NULL);
    H5Ldelete(file, "runs/run", H5P_DEFAULT);
    H5Dclose(
        H5Dcreate2(file, "runs/run", H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
}

static void claim_rows(hid_t file)
{
    const hsize_t length = 1ull << 40;
    hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &length, NULL);
    H5Pset_chunk(list, 1, (const hsize_t[]){1});
    H5Ldelete(file, "runs/run", H5P_DEFAULT);
    H5Dclose(H5Dcreate2(file, "runs/run", H5T_STD_I64LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
    H5Sclose(space);
    H5Pclose(list);
}

static void shorten_ids(hid_t file)
{
    put_texts(file, "runs/id", "0123456789abcde");
}

static void misspell_ids(hid_t file)
{
    put_texts(file, "runs/id", "0123456789abcdeg");
}

static void make_status_unknown(hid_t file)
{
    put_texts(file, "runs/status", "done");
}

static void make_evaluations_negative(hid_t file)
{
    put_list(file, "runs/evaluations", H5T_NATIVE_INT32, 8, (const int32_t[8]){-1});
}

static void make_evaluations_many(hid_t file)
{
    put_list(file, "runs/evaluations", H5T_NATIVE_INT32, 8, (const int32_t[8]){0, 0, 3});
}

static void set_keys(hid_t file, hid_t type, hsize_t count, const void *data)
{
    hid_t space = H5Screate_simple(1, &count, NULL);
    H5Adelete_by_name(file, "runs", "keys", H5P_DEFAULT);
    hid_t keys =
        H5Acreate_by_name(file, "runs", "keys", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Awrite(keys, type, data), 0);
    H5Aclose(keys);
    H5Sclose(space);
}

static void drop_keys(hid_t file)
{
    H5Adelete_by_name(file, "runs", "keys", H5P_DEFAULT);
}

static void make_keys_numbers(hid_t file)
{
    set_keys(file, H5T_NATIVE_INT32, 3, few);
}

static void make_keys_many(hid_t file)
{
    const char *texts[5000] = {NULL};
    hid_t type = text_type();
    /* Larger attributes than 64 kB take the newer format. */
    texts[0] = RATE;
    H5Fset_libver_bounds(file, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    set_keys(file, type, 5000, texts);
    H5Tclose(type);
}

static void name_a_key_that_is_not_there(hid_t file)
{
    const char *texts[] = {"optimizer.momentum"};
    hid_t type = text_type();
    set_keys(file, type, 1, texts);
    H5Tclose(type);
}

static void make_a_key_bits(hid_t file)
{
    put_list(file, "runs/" RATE, H5T_STD_B8LE, 8, few);
}

static const struct {
    void (*damage)(hid_t file);
    const char *expected;
} damages[] = {
    {drop_runs, "s.h5: has no /runs/run"},
    {drop_steps, "s.h5: has no /runs/steps"},
    {drop_epochs, "s.h5: has no /curves/epochs"},
    {make_ids_numbers, "s.h5: /runs/id is not a column of (8)"},
    {make_ids_short_texts, "s.h5: /runs/id is not a column of (8)"},
    {make_seconds_wide, "s.h5: /runs/seconds is not a column of (8)"},
    {make_seeds_few, "s.h5: /runs/seed is not a column of (8)"},
    {make_rows_a_table, "s.h5: /runs/run is not a list"},
    {claim_rows, "s.h5: /runs/run is not a column of (1099511627776)"},
    {shorten_ids, "s.h5: row 0 of /runs is damaged"},
    {misspell_ids, "s.h5: row 0 of /runs is damaged"},
    {make_status_unknown, "s.h5: row 0 of /runs is damaged"},
    {make_evaluations_negative, "s.h5: row 0 of /runs is damaged"},
    {make_evaluations_many, "s.h5: row 2 of /runs is damaged"},
    {drop_keys, "s.h5: attribute 'keys' of /runs is not a list of texts"},
    {make_keys_numbers, "s.h5: attribute 'keys' of /runs is not a list of texts"},
    {make_keys_many, "s.h5: attribute 'keys' of /runs is not a list of texts"},
    {name_a_key_that_is_not_there, "s.h5: has no /runs/optimizer.momentum"},
    {make_a_key_bits, "s.h5: /runs/" RATE " has no type of a key"},
};

/* Writes s.h5 of the sample and damages it. */
static void save_damaged(void (*damage)(hid_t file))
{
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *results = open_results(sweep);
    fill(results);
    save(results);
    hid_t file = H5Fopen("s.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    ck_assert_int_ge(file, 0);
    damage(file);
    ck_assert_int_ge(H5Fclose(file), 0);
    sweep_results_close(results);
    sweep_close(sweep);
}

/* By a sweep of other trials, for which all columns are read. */
START_TEST(a_file_that_is_not_as_expected_is_refused)
{
    save_damaged(damages[_i].damage);
    struct sweep *other = sweep_sample_open("parameters: {trainer.max_steps: [5]}\n");
    struct sweep_results *read = open_results(other);
    ck_assert_int_eq(sweep_file_read("s.h5", read), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), damages[_i].expected);
    ck_assert_uint_eq(sweep_results_rows(read), 0);
    ck_assert_int_eq(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    sweep_results_close(read);
    sweep_close(other);
}
END_TEST

static void drop_errors_and_losses(hid_t file)
{
    put_texts(file, "runs/error", NULL);
    ck_assert_int_ge(H5Ldelete(file, "curves/test_loss", H5P_DEFAULT), 0);
}

START_TEST(what_a_file_lacks_is_empty_or_nan)
{
    save_damaged(drop_errors_and_losses);
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *read = load(sweep);
    const struct sweep_row *row = sweep_results_of(read, 2);
    ck_assert_str_eq(row->error, "");
    ck_assert(isnan(row->last[sweep_sample_column(read, "test_loss")]));
    ck_assert_double_eq(row->last[sweep_sample_column(read, "test_accuracy")], 0.375);
    sweep_results_close(read);
    sweep_close(sweep);
}
END_TEST

/* A row of the first sweep has no value of the second one's key, which is a text. */
START_TEST(a_text_that_a_row_does_not_have_stays_away)
{
    struct sweep *sweep = sweep_sample_open(sample), *next, *last;
    struct sweep_results *results = open_results(sweep);
    fill(results);
    save(results);
    next = sweep_sample_open("parameters: {trainer.sampling: [shuffle]}\n");
    struct sweep_results *between = load(next);
    struct series epochs = sweep_sample_epochs(between, (double[]){0.5}, 1);
    const struct sweep_outcome outcome = {.status = SWEEP_TRIAL_COMPLETED, .epochs = &epochs};
    ck_assert_int_eq(sweep_results_put(between, 0, &outcome), TRAINER_OK);
    save(between);
    last = sweep_sample_open("parameters: {trainer.max_steps: [5]}\n");
    struct sweep_results *read = load(last);
    const struct sweep_row *row[9];
    ck_assert_uint_eq(sweep_results_rows(read), 9);
    ck_assert_str_eq(sweep_results_key(read, 1)->name, "trainer.sampling");
    sweep_results_list(read, row);
    ck_assert_str_eq(row[0]->value[1], "shuffle");
    ck_assert_ptr_null(row[1]->value[1]);
    series_free(&epochs);
    struct sweep_results *const all[] = {results, between, read};
    struct sweep *const sweeps[] = {sweep, next, last};
    for (int i = 0; i < 3; i++) {
        sweep_results_close(all[i]);
        sweep_close(sweeps[i]);
    }
}
END_TEST

/* For the tests in Python: s.h5 and s.csv of the sample, in this folder. */
static const char *write_to;

START_TEST(the_sample_is_written)
{
    char command[1024];
    struct sweep *sweep = sweep_sample_open(sample);
    struct sweep_results *results = open_results(sweep);
    fill(results);
    save(results);
    snprintf(command, sizeof command, "cp s.h5 s.csv '%s'", write_to);
    ck_assert_int_eq(system(command), 0);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

int main(int count, char **arguments)
{
    bool writes = count == 3 && strcmp(arguments[1], "--write") == 0;
    const TTest *const tests[] = {
        rows_of_planned_trials_are_read_back,
        rows_of_another_plan_are_kept_with_their_values,
        the_file_alone_tells_what_was_swept,
        results_without_rows_are_a_file_too,
        a_file_that_is_not_there_has_no_rows,
        the_csv_has_the_same_columns,
        a_file_that_cannot_be_written_leaves_the_old_one,
        a_file_that_is_cut_off_is_refused,
        another_file_of_this_program_is_refused,
        what_a_file_lacks_is_empty_or_nan,
        a_text_that_a_row_does_not_have_stays_away,
    };
    Suite *suite = suite_create("runfile_sweep");
    TCase *tcase = tcase_create("runfile_sweep");
    tcase_add_checked_fixture(tcase, sweep_sample_start, folder_leave);
    for (size_t i = 0; i < sizeof tests / sizeof *tests && !writes; i++)
        tcase_add_test(tcase, tests[i]);
    if (!writes)
        tcase_add_loop_test(tcase, a_file_that_is_not_as_expected_is_refused, 0,
                            sizeof damages / sizeof *damages);
    if (writes) {
        write_to = arguments[2];
        tcase_add_test(tcase, the_sample_is_written);
    }
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
