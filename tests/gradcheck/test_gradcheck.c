/*
 * test_gradcheck.c - what the gradient check says of right gradients, of kinks, of gradients that
 * are zero, and of options that do not fit. What it says of wrong gradients: check_mutants.sh.
 *
 * TRAINER_LONG=1 tries 200 random networks and 100 seeds of every config, instead of a few.
 */
#include "base/error.h"
#include "base/random.h"
#include "config/config.h"
#include "gradcheck/gradcheck.h"
#include "gradcheck/gradcheck_file.h"
#include "support/child.h"
#include "support/suite.h"
#include <glob.h>
#include <hdf5.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 14 };

static int how_many(int usually, int in_long_mode)
{
    const char *set = getenv("TRAINER_LONG");
    return set && *set ? in_long_mode : usually;
}

/* --- running a check -------------------------------------------------------------------------- */

struct checked {
    struct config *config;
    struct session *session;
    struct gradcheck_report *report; /* NULL where the check was refused */
    int rc;
};

static void finish(struct checked *checked, int rc, const struct gradcheck_options *options)
{
    if (rc == TRAINER_OK) {
        struct session_options view = {.purpose = SESSION_VIEW, .rows = 8};
        rc = session_open(&checked->session, checked->config, &view);
    }
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    checked->rc = gradcheck_run(&checked->report, checked->session, options);
}

static struct checked check_text(const char *yaml, const struct gradcheck_options *options)
{
    struct checked checked = {0};
    static const char *const threads[] = {"trainer.threads=2"};
    int rc = config_read_text(&checked.config, "test.yaml", NULL, yaml, strlen(yaml), threads, 1);
    finish(&checked, rc, options);
    return checked;
}

static struct checked check_right(const char *yaml, const struct gradcheck_options *options)
{
    struct checked checked = check_text(yaml, options);
    ck_assert_msg(checked.rc == TRAINER_OK, "%s", error_text());
    ck_assert_int_eq(checked.report->verdict, GRADCHECK_RIGHT);
    return checked;
}

static void close_checked(struct checked *checked)
{
    gradcheck_free(checked->report);
    session_close(checked->session);
    config_free(checked->config);
}

static const struct gradcheck_row *find_row(const struct checked *checked, const char *tensor)
{
    for (size_t i = 0; i < checked->report->count; i++)
        if (strcmp(checked->report->row[i].tensor, tensor) == 0)
            return &checked->report->row[i];
    ck_abort_msg("no row %s", tensor);
}

static const struct gradcheck_options all = {.elements = GRADCHECK_ALL};

#define XY "data: {type: inline, inputs: {x: [[0.5, -1, 2], [1, 0.25, -2], [-0.5, 1.5, 1]]}}\n"

/* --- right gradients -------------------------------------------------------------------------- */

START_TEST(rows_name_every_parameter_and_the_data)
{
    struct checked checked = check_right(
        XY "model: {layers: [{name: a, type: Affine, units: 2}, {type: Sigmoid}]}\n", &all);
    ck_assert_uint_eq(checked.report->count, 3);
    ck_assert_uint_eq(find_row(&checked, "a/weight")->checked, 6);
    ck_assert_uint_eq(find_row(&checked, "a/bias")->checked, 2);
    ck_assert_uint_eq(find_row(&checked, "x")->checked, 9);
    for (size_t i = 0; i < checked.report->count; i++) {
        ck_assert_double_lt(checked.report->row[i].error, 1e-8);
        ck_assert_double_lt(checked.report->row[i].mean_difference, 1e-10);
        ck_assert_double_gt(fabs(checked.report->row[i].analytic), 0);
    }
    close_checked(&checked);
}
END_TEST

START_TEST(outputs_are_projected_and_not_summed)
{
    struct checked checked =
        check_right("data: {type: inline, inputs: {x: [[1, 1], [1, 1]], y: [[2, 2], [2, 2]]}}\n"
                    "model: {layers: [{type: Mul, input: [x, y]}]}\n",
                    &all);
    double of_a_sum = 2;
    ck_assert_double_gt(fabs(find_row(&checked, "x")->analytic - of_a_sum), 1e-3);
    close_checked(&checked);
}
END_TEST

START_TEST(float32_is_compared_on_every_instruction_set)
{
    struct checked checked =
        check_right(XY "model: {layers: [{type: Affine, units: 2}, {type: Sigmoid}]}\n", &all);
    size_t engines = 0;
    for (size_t i = 0; i < engine_count; i++)
        engines +=
            engine_list[i]->precision == PRECISION_SINGLE && engine_supported(engine_list[i]);
    ck_assert_uint_eq(checked.report->singles, engines);
    for (size_t i = 0; i < engines; i++) {
        ck_assert(!checked.report->single[i].branches_differ);
        ck_assert_double_gt(checked.report->single[i].error, 0);
        ck_assert_double_lt(checked.report->single[i].error, 1e-5);
    }
    close_checked(&checked);
}
END_TEST

START_TEST(one_layer_is_checked_with_what_it_reads)
{
    struct gradcheck_options options = {.elements = GRADCHECK_ALL, .layer = "r"};
    struct checked checked = check_right(
        XY "model: {layers: [{name: a, type: Affine, units: 4}, {name: r, type: ReLU}]}\n",
        &options);
    ck_assert_uint_eq(checked.report->count, 1);
    ck_assert_uint_eq(find_row(&checked, "a")->count, 12);
    close_checked(&checked);
    options.layer = "a";
    checked = check_right(
        XY "model: {layers: [{name: a, type: Affine, units: 4}, {name: r, type: ReLU}]}\n",
        &options);
    ck_assert_uint_eq(checked.report->count, 3);
    close_checked(&checked);
}
END_TEST

START_TEST(a_large_tensor_gives_elements_and_directions)
{
    struct gradcheck_options options = {.elements = 20};
    struct checked checked = check_right(
        XY "model: {layers: [{name: a, type: Affine, units: 40}, {type: Sigmoid}]}\n", &options);
    ck_assert_uint_eq(find_row(&checked, "a/weight")->checked, 20 + GRADCHECK_DIRECTIONS);
    ck_assert_uint_eq(find_row(&checked, "x")->checked, 9);
    close_checked(&checked);
}
END_TEST

START_TEST(a_frozen_tensor_is_named_as_such)
{
    struct checked checked =
        check_right(XY "model: {layers: [{name: a, type: Affine, units: 2, frozen: true}, "
                       "{name: b, type: Affine, units: 2}]}\n",
                    &all);
    ck_assert_int_eq(find_row(&checked, "a/weight")->result, GRADCHECK_ROW_FROZEN);
    ck_assert_uint_eq(find_row(&checked, "a/weight")->checked, 0);
    ck_assert_int_eq(find_row(&checked, "b/weight")->result, GRADCHECK_ROW_RIGHT);
    close_checked(&checked);
}
END_TEST

/* --- what can't be seen ----------------------------------------------------------------------- */

START_TEST(data_on_a_kink_is_inconclusive)
{
    struct checked checked =
        check_text("data: {type: inline, inputs: {x: [[0, 0, 1], [1, 2, -1]]}}\n"
                   "model: {layers: [{type: ReLU, input: x}]}\n",
                   &all);
    ck_assert_int_eq(checked.rc, TRAINER_OK);
    ck_assert_int_eq(checked.report->verdict, GRADCHECK_INCONCLUSIVE);
    const struct gradcheck_row *row = find_row(&checked, "x");
    ck_assert_int_eq(row->result, GRADCHECK_ROW_KINKS);
    ck_assert_uint_eq(row->skipped, 2);
    ck_assert_uint_eq(row->checked, 4);
    close_checked(&checked);
}
END_TEST

START_TEST(near_a_kink_the_step_shrinks)
{
    struct checked checked =
        check_right("data: {type: inline, inputs: {x: [[1e-5, -1e-5, 1], [1e-4, 2, -1]]}}\n"
                    "model: {layers: [{type: ReLU, input: x}]}\n",
                    &all);
    ck_assert_uint_eq(find_row(&checked, "x")->skipped, 0);
    close_checked(&checked);
}
END_TEST

START_TEST(a_gradient_of_zero_is_inconclusive_after_four_draws)
{
    struct checked checked =
        check_text("data: {type: inline, inputs: {x: [[1, 2], [3, 4]], zero: [[0, 0], [0, 0]]}}\n"
                   "model: {layers: [{name: a, type: Affine, units: 2, input: x}, "
                   "{type: Mul, input: [a, zero]}]}\n",
                   &all);
    ck_assert_int_eq(checked.rc, TRAINER_OK);
    ck_assert_int_eq(checked.report->verdict, GRADCHECK_INCONCLUSIVE);
    ck_assert_int_eq(find_row(&checked, "a/weight")->result, GRADCHECK_ROW_ZERO);
    ck_assert_int_eq(find_row(&checked, "zero")->result, GRADCHECK_ROW_RIGHT);
    ck_assert_int_eq(checked.report->draws, GRADCHECK_DRAWS);
    close_checked(&checked);
}
END_TEST

/* Two biases and a beta that a BatchNorm behind them takes out again. */
START_TEST(what_a_normalisation_takes_out_again_has_no_effect)
{
    struct checked checked = check_text(
        "data: {type: inline, inputs: {x: [[0.5, -1, 2], [1, 0.25, -2], [-0.5, 1.5, 1]]}, "
        "labels: [0, 1, 0]}\n"
        "model:\n  layers:\n"
        "    - {name: a, type: Affine, units: 5}\n"
        "    - {name: n, type: BatchNorm}\n"
        "    - {name: t, type: Tanh}\n"
        "    - {name: l, type: LayerNorm}\n"
        "    - {name: b, type: Affine, units: 4}\n"
        "    - {name: m, type: BatchNorm}\n"
        "    - {name: c, type: Affine, units: 2}\n"
        "    - {type: SoftmaxWithLoss}\n",
        &all);
    ck_assert_msg(checked.rc == TRAINER_OK, "%s", error_text());
    static const char *const without[] = {"a/bias", "l/beta", "b/bias"};
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(find_row(&checked, without[i])->result, GRADCHECK_ROW_NO_EFFECT);
    ck_assert_int_eq(find_row(&checked, "c/bias")->result, GRADCHECK_ROW_RIGHT);
    ck_assert_int_eq(checked.report->verdict, GRADCHECK_RIGHT);
    close_checked(&checked);
}
END_TEST

/* Scores of 1e4, sigmoids that float32 takes for 0 and 1, and what overflows. */
START_TEST(right_gradients_of_huge_or_saturated_networks_are_never_called_wrong)
{
    static const char *const layers[] = {
        "{name: f, type: Affine, units: 2, init: {type: constant, value: 1e4}}",
        "{name: f, type: Affine, units: 2, init: {type: constant, value: 1e5}}",
        "{name: f, type: Affine, units: 2, init: {type: constant, value: 1e30}}",
        ("{name: a, type: Affine, units: 4, init: {type: normal, std: 200}}, {type: Sigmoid}, "
         "{name: f, type: Affine, units: 2, init: {type: normal, std: 50}}"),
    };
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        char yaml[1024];
        snprintf(yaml, sizeof yaml,
                 "data: {type: inline, inputs: {x: [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]}, "
                 "labels: [0, 1, 0]}\nmodel: {layers: [%s, {type: SoftmaxWithLoss}]}\n",
                 layers[i]);
        struct checked checked = check_text(yaml, &all);
        ck_assert_msg(checked.rc == TRAINER_OK, "%s", error_text());
        ck_assert_int_ne(checked.report->verdict, GRADCHECK_WRONG);
        close_checked(&checked);
    }
}
END_TEST

START_TEST(dead_relus_get_other_weights)
{
    struct checked checked =
        check_right(XY "model: {layers: [{name: a, type: Affine, units: 8, "
                       "bias_init: {type: uniform, min: -30, max: -20}}, {type: ReLU}]}\n",
                    &all);
    ck_assert_int_gt(checked.report->draws, 1);
    close_checked(&checked);
}
END_TEST

START_TEST(an_output_that_overflows_is_an_error)
{
    struct checked checked = check_text("data: {type: inline, inputs: {x: [1e300]}}\n"
                                        "model: {layers: [{type: Mul, input: [x, x]}]}\n",
                                        &all);
    ck_assert_int_eq(checked.rc, TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "the output is inf with these weights");
    ck_assert_ptr_null(checked.report);
    close_checked(&checked);
}
END_TEST

START_TEST(an_unknown_layer_is_refused)
{
    struct gradcheck_options options = {.layer = "afine1"};
    struct checked checked =
        check_text(XY "model: {layers: [{name: affine1, type: Affine, units: 4}]}\n", &options);
    ck_assert_int_eq(checked.rc, TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "the network has no layer 'afine1'; did you mean 'affine1'?");
    close_checked(&checked);
}
END_TEST

/* --- no false alarm --------------------------------------------------------------------------- */

/* A network that is being written. */
struct writer {
    char text[TEXT_MAX];
    size_t length;
    struct random_stream stream;
    uint64_t drawn;
    int layers, width[40];
    bool used[40];
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *writer, const char *format,
                                                      ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length =
        vsnprintf(writer->text + writer->length, TEXT_MAX - writer->length, format, arguments);
    va_end(arguments);
    writer->length += (size_t)length;
    ck_assert_uint_lt(writer->length, TEXT_MAX);
}

static int below(struct writer *writer, int n)
{
    return (int)random_below(&writer->stream, writer->drawn++, (uint64_t)n);
}

static void put_data(struct writer *writer, int width)
{
    enum { ROWS = 4, CLASSES = 3 };
    put(writer, "seed: %d\ndata: {type: inline, inputs: {l0: [", below(writer, 1000));
    for (int i = 0; i < ROWS; i++) {
        put(writer, "%s[", i > 0 ? ", " : "");
        for (int j = 0; j < width; j++)
            put(writer, "%s%.3f", j > 0 ? ", " : "",
                random_normal(&writer->stream, writer->drawn++));
        put(writer, "]");
    }
    put(writer, "]}, labels: [");
    for (int i = 0; i < ROWS; i++)
        put(writer, "%s%d", i > 0 ? ", " : "", i == 0 ? CLASSES - 1 : below(writer, CLASSES));
    put(writer, "]}\nmodel:\n  layers:\n");
}

/* Writes a layer that reads layer `from`, and of Add and Mul also one of the same width. */
static void put_layer(struct writer *writer, const char *kind, int from, int units)
{
    int layer = ++writer->layers;
    writer->width[layer] = units > 0 ? units : writer->width[from];
    writer->used[from] = true;
    put(writer, "    - {name: l%d, type: %s, input: ", layer, kind);
    if (strcmp(kind, "Affine") == 0) {
        put(writer, "l%d, units: %d}\n", from, units);
        return;
    }
    if (strcmp(kind, "Add") != 0 && strcmp(kind, "Mul") != 0) {
        put(writer, "l%d}\n", from);
        return;
    }
    put(writer, "[l%d", from);
    int other = below(writer, layer);
    for (int i = 0; i < 2; i++, other = below(writer, layer))
        if (writer->width[other] == writer->width[from] || writer->width[other] == 1) {
            put(writer, ", l%d", other);
            writer->used[other] = true;
        }
    put(writer, ", l%d]}\n", from);
}

/* Up to eight layers that read any before them; then all loose ends run into one, with or without
 * a loss. */
static void write_network(struct writer *writer, uint64_t seed)
{
    static const char *const kinds[] = {"Affine", "ReLU", "Sigmoid", "Add", "Mul", "Affine"};
    *writer = (struct writer){.stream = random_stream(seed, RANDOM_GRADCHECK, 77, 0)};
    writer->width[0] = 2 + below(writer, 4);
    put_data(writer, writer->width[0]);
    int depth = 1 + below(writer, 8);
    for (int i = 0; i < depth; i++) {
        const char *kind = kinds[below(writer, 6)];
        int from = below(writer, 3) > 0 ? writer->layers : below(writer, writer->layers + 1);
        int units = strcmp(kind, "Affine") == 0 ? 1 + below(writer, 6) : 0;
        put_layer(writer, kind, from, units);
    }
    int last = writer->layers, ends[40], count = 0;
    for (int i = 0; i <= last; i++)
        if (!writer->used[i]) {
            put_layer(writer, "Affine", i, 3);
            ends[count++] = writer->layers;
        }
    put(writer, "    - {name: sum, type: Add, input: [");
    for (int i = 0; i < count; i++)
        put(writer, "l%d, ", ends[i]);
    put(writer, "l%d]}\n", ends[0]);
    if (below(writer, 2))
        put(writer, "    - {type: SoftmaxWithLoss}\n");
}

START_TEST(random_networks_give_no_false_alarm)
{
    int networks = how_many(25, 200), inconclusive = 0;
    static struct writer writer;
    for (int i = 0; i < networks; i++) {
        write_network(&writer, (uint64_t)i);
        struct checked checked = check_text(writer.text, &(struct gradcheck_options){.samples = 4});
        ck_assert_msg(checked.rc == TRAINER_OK, "%s\n%s", error_text(), writer.text);
        for (size_t j = 0; j < checked.report->count; j++)
            ck_assert_msg(checked.report->row[j].result != GRADCHECK_ROW_WRONG,
                          "%s: backward %.12g, numeric %.12g in\n%s", checked.report->row[j].tensor,
                          checked.report->row[j].analytic, checked.report->row[j].numeric,
                          writer.text);
        ck_assert_msg(checked.report->verdict != GRADCHECK_WRONG, "network %d\n%s", i, writer.text);
        inconclusive += checked.report->verdict == GRADCHECK_INCONCLUSIVE;
        close_checked(&checked);
    }
    ck_assert_int_le(inconclusive, networks / 10);
}
END_TEST

/* Never wrong. Returns whether it said enough: few seeds put units within reach of kinks. */
static bool check_config(const char *path, int seed, size_t elements)
{
    struct checked checked = {0};
    char setting[32];
    snprintf(setting, sizeof setting, "seed=%d", seed);
    const char *const settings[] = {setting, "trainer.threads=2", "data.train=16", "data.test=4"};
    bool digits = !strstr(path, "apple") && !strstr(path, "xor") && !strstr(path, "mnist") &&
                  !strstr(path, "iris");
    int rc = config_read(&checked.config, path, settings, digits ? 4 : 2);
    finish(&checked, rc, &(struct gradcheck_options){.elements = elements});
    ck_assert_msg(checked.rc == TRAINER_OK, "%s, seed %d: %s", path, seed, error_text());
    bool right = checked.report->verdict == GRADCHECK_RIGHT;
    ck_assert_msg(checked.report->verdict != GRADCHECK_WRONG, "%s, seed %d", path, seed);
    for (size_t i = 0; strstr(path, "two_layer") && i < checked.report->count; i++)
        ck_assert_double_le(checked.report->row[i].mean_difference, 1e-9);
    close_checked(&checked);
    return right;
}

START_TEST(no_config_gives_a_false_alarm)
{
    glob_t found;
    int seeds = how_many(2, 100), checks = 0, unclear = 0;
    const char *mnist = getenv("TRAINER_MNIST"); /* where real MNIST lies, if it is there */
    ck_assert_int_eq(glob(TRAINER_SOURCE_DIR "/configs/*.yaml", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        bool slow = strstr(path, "convnet");
        if (slow && child_count(2) < 2) /* every_layer checks convolutions under sanitizers */
            continue;
        for (int seed = 0; seed < (slow ? how_many(1, 100) : seeds); seed++)
            if (mnist || !strstr(path, "mnist")) {
                checks++;
                unclear += !check_config(path, seed, slow ? (size_t)how_many(2, 12) : 12);
            }
    }
    printf("%d of %d checks of configs were inconclusive\n", unclear, checks);
    ck_assert_int_le(unclear, checks / 100);
    globfree(&found);
}
END_TEST

/* --- the program ------------------------------------------------------------------------------ */

/* The exit status of the program with these arguments, which a shell reads. */
static int run_program(const char *arguments)
{
    char command[2048];
    snprintf(command, sizeof command, "cd '%s' && '%s' gradcheck %s >/dev/null 2>&1",
             TRAINER_SOURCE_DIR, TRAINER_PROGRAM, arguments);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(the_exit_status_is_the_verdict)
{
    ck_assert_int_eq(run_program("configs/buy_apple.yaml"), 0);
    ck_assert_int_eq(run_program("configs/buy_apple.yaml --layer pear"), 2);
    ck_assert_int_eq(run_program("configs/xor.yaml --samples 0"), 2);
    ck_assert_int_eq(run_program("configs/xor.yaml --elements some"), 2);
    ck_assert_int_eq(run_program("configs/xor.yaml --mode test"), 2);
    ck_assert_int_eq(run_program("configs/xor.yaml 'data.inputs.inputs=[[0, 0], [0, 0], [0, 0], "
                                 "[0, 0]]'"),
                     3);
}
END_TEST

START_TEST(trained_weights_can_be_checked)
{
    ck_assert_int_eq(run_program("configs/xor.yaml --after 50 --book"), 0);
}
END_TEST

START_TEST(the_rows_are_written_as_hdf5)
{
    struct checked checked =
        check_right(XY "model: {layers: [{name: a, type: Affine, units: 2}]}\n", &all);
    char path[] = "/tmp/test_gradcheck_XXXXXX";
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    ck_assert_msg(gradcheck_file_write(path, checked.report) == TRAINER_OK, "%s", error_text());
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, "tensors/analytic", H5P_DEFAULT);
    double analytic[3];
    ck_assert_int_ge(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, analytic),
                     0);
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq(analytic[i], checked.report->row[i].analytic);
    H5Dclose(dataset);
    H5Fclose(file);
    unlink(path);
    close_checked(&checked);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        rows_name_every_parameter_and_the_data,
        outputs_are_projected_and_not_summed,
        float32_is_compared_on_every_instruction_set,
        one_layer_is_checked_with_what_it_reads,
        a_large_tensor_gives_elements_and_directions,
        a_frozen_tensor_is_named_as_such,
        data_on_a_kink_is_inconclusive,
        near_a_kink_the_step_shrinks,
        a_gradient_of_zero_is_inconclusive_after_four_draws,
        what_a_normalisation_takes_out_again_has_no_effect,
        right_gradients_of_huge_or_saturated_networks_are_never_called_wrong,
        dead_relus_get_other_weights,
        an_output_that_overflows_is_an_error,
        an_unknown_layer_is_refused,
        random_networks_give_no_false_alarm,
        no_config_gives_a_false_alarm,
        the_exit_status_is_the_verdict,
        trained_weights_can_be_checked,
        the_rows_are_written_as_hdf5,
        NULL,
    };
    return suite_main("gradcheck", SUITE_IN_PROCESS, 1, tests);
}
