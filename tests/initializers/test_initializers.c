/*
 * test_initializers.c - deviations by the fans, bounds, orthogonality, what `auto` stands for.
 */
#include "support/network.h"
#include "support/suite.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { IN = 60, OUT = 400 };

/* A network of one Affine (IN, OUT), or Conv2D of OUT filters, with that init. */
static struct network open_init(const char *layer, const char *init)
{
    char yaml[2048];
    int used = snprintf(yaml, sizeof yaml, "data: {type: inline, inputs: {x: [[[[");
    for (int i = 0; i < IN; i++)
        used += snprintf(yaml + used, sizeof yaml - (size_t)used, "%s%d", i ? ", " : "", i);
    snprintf(yaml + used, sizeof yaml - (size_t)used,
             "]]]]}}\nmodel: {layers: [{name: a, %s, init: %s}]}\n", layer, init);
    return network_run(yaml);
}

struct moments {
    double mean, deviation, largest;
};

static struct moments weights_of(const struct network *network, size_t count)
{
    struct moments m = {0};
    for (size_t i = 0; i < count; i++) {
        double x = network_parameter(network, "a", "weight", i);
        m.mean += x / (double)count;
        m.deviation += x * x / (double)count;
        m.largest = fmax(m.largest, fabs(x));
    }
    m.deviation = sqrt(m.deviation - m.mean * m.mean);
    return m;
}

/* The deviation of 24,000 numbers is known to half a percent. */
static const struct {
    const char *init;
    double deviation, largest;
} scaled[] = {
    {"he", 0.1825742, (double)INFINITY}, /* sqrt(2 / 60) */
    {"Kaiming", 0.1825742, (double)INFINITY},
    {"{type: he, mode: fan_out}", 0.0707107, (double)INFINITY}, /* sqrt(2 / 400) */
    {"{type: he, distribution: uniform}", 0.1825742, 0.3162278},
    {"xavier", 0.0659380, (double)INFINITY}, /* sqrt(2 / 460) */
    {"Glorot", 0.0659380, (double)INFINITY},
    {"{type: xavier, distribution: uniform}", 0.0659380, 0.1142080},
    {"lecun", 0.1290994, (double)INFINITY}, /* sqrt(1 / 60) */
    {"{type: lecun, distribution: uniform, mode: fan_out}", 0.05, 0.0866026},
    {"truncated_normal", 0.0439814, 0.1}, /* 0.05 * 0.8796257 */
    {"{type: truncated_normal, std: 0.5}", 0.4398129, 1},
};

START_TEST(deviations_follow_from_the_fans)
{
    struct network network = open_init("type: Affine, units: 400", scaled[_i].init);
    struct moments m = weights_of(&network, IN * OUT);
    ck_assert_double_eq_tol(m.deviation, scaled[_i].deviation, 0.02 * scaled[_i].deviation);
    ck_assert_double_eq_tol(m.mean, 0, 4 * scaled[_i].deviation / sqrt(IN * OUT));
    ck_assert_double_le(m.largest, scaled[_i].largest);
    ck_assert_double_ge(m.largest, isinf(scaled[_i].largest) ? 3 * scaled[_i].deviation
                                                             : 0.98 * scaled[_i].largest);
    network_close(&network);
}
END_TEST

/* 1 channel of 1x3 pixels: fan_in 3, fan_out 600 filters x 3. */
START_TEST(the_fans_of_a_filter_are_its_window_and_the_windows_of_all_filters)
{
    struct network in = open_init("type: Conv2D, filters: 600, kernel: [1, 3]", "lecun");
    struct network out =
        open_init("type: Conv2D, filters: 600, kernel: [1, 3]", "{type: lecun, mode: fan_out}");
    ck_assert_double_eq_tol(weights_of(&in, 1800).deviation, 0.57735, 0.04);
    ck_assert_double_eq_tol(weights_of(&out, 1800).deviation, 0.02357, 0.0016);
    network_close(&in);
    network_close(&out);
}
END_TEST

/* The product of two rows of the matrix (rows, columns) of weights. */
static double product(const struct network *network, size_t columns, size_t a, size_t b,
                      bool turned)
{
    double sum = 0;
    size_t length = turned ? IN : columns;
    for (size_t j = 0; j < length; j++) {
        size_t p = turned ? j * columns + a : a * columns + j;
        size_t q = turned ? j * columns + b : b * columns + j;
        sum += network_parameter(network, "a", "weight", p) *
               network_parameter(network, "a", "weight", q);
    }
    return sum;
}

START_TEST(the_shorter_side_is_orthonormal)
{
    struct network wide = open_init("type: Affine, units: 90", "orthogonal");
    struct network high = open_init("type: Affine, units: 7", "{type: orthogonal, gain: 2}");
    for (size_t a = 0; a < 7; a++)
        for (size_t b = 0; b < 7; b++) {
            ck_assert_double_eq_tol(product(&wide, 90, a, b, false), a == b, 1e-12);
            ck_assert_double_eq_tol(product(&high, 7, a, b, true), a == b ? 4 : 0, 1e-12);
        }
    network_close(&wide);
    network_close(&high);
}
END_TEST

/* The init that the resolved config names for layer `a`. */
static const char *chosen(const char *after)
{
    static char type[64];
    char yaml[1024];
    snprintf(yaml, sizeof yaml,
             "data: {type: inline, inputs: {x: [[1, 2]]}}\n"
             "model: {layers: [{name: a, type: Affine, units: 2}%s]}\n",
             after);
    struct network network = network_run(yaml);
    const struct node *layers =
        node_get(node_get(session_resolved(network.session), "model"), "layers");
    const struct node *init = node_get(layers->first, "init");
    snprintf(type, sizeof type, "%s", node_get(init, "type")->text);
    network_close(&network);
    return type;
}

START_TEST(auto_is_he_before_a_rectifier_and_xavier_elsewhere)
{
    ck_assert_str_eq(chosen(""), "xavier");
    ck_assert_str_eq(chosen(", {type: ReLU}"), "he");
    ck_assert_str_eq(chosen(", {type: Sigmoid}, {type: ReLU}"), "xavier");
    ck_assert_str_eq(chosen(", {type: Tanh}"), "xavier");
    ck_assert_str_eq(chosen(", {type: BatchNorm}, {type: Dropout}, {type: LeakyReLU}"), "he");
    ck_assert_str_eq(chosen(", {type: Affine, units: 2}, {type: ReLU}"), "xavier");
    ck_assert_str_eq(chosen(", {type: Flatten}, {type: Sigmoid, input: a}, {type: ELU, input: "
                            "flatten1}, {type: Add, input: [sigmoid1, elu1]}"),
                     "he");
}
END_TEST

START_TEST(a_mapping_without_a_type_is_normal)
{
    struct network network = open_init("type: Affine, units: 400", "{std: 0.5}");
    ck_assert_double_eq_tol(weights_of(&network, IN * OUT).deviation, 0.5, 0.01);
    network_close(&network);
}
END_TEST

START_TEST(xavier_has_no_mode)
{
    ck_assert_ptr_nonnull(
        strstr(network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}}\n"
                               "model: {layers: [{type: Affine, units: 2, init: {type: xavier, "
                               "mode: fan_out}}]}\n"),
               "xavier counts both fans; he and lecun have a mode"));
}
END_TEST

int main(void)
{
    int failed = suite_main("initializers scaled", SUITE_IN_PROCESS, sizeof scaled / sizeof *scaled,
                            (const TTest *[]){deviations_follow_from_the_fans, NULL});
    return failed |
           suite_main(
               "initializers", SUITE_IN_PROCESS, 1,
               (const TTest *[]){the_fans_of_a_filter_are_its_window_and_the_windows_of_all_filters,
                                 the_shorter_side_is_orthonormal,
                                 auto_is_he_before_a_rectifier_and_xavier_elsewhere,
                                 a_mapping_without_a_type_is_normal, xavier_has_no_mode, NULL});
}
