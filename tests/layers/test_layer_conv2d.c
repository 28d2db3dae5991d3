/*
 * test_layer_conv2d.c - a convolution by hand; strides, padding, dilation and groups against plain
 * loops; what does not fit is refused.
 */
#include "support/network.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 3x3 pixels, one filter of 2x2: windows of 1 2 / 4 5 and so on. */
START_TEST(a_filter_sums_each_window)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]], "
                    "k: [[[[1, 2], [3, 4]]]]}}\n"
                    "model: {layers: [{name: y, type: Conv2D, filters: 1, kernel: 2, input: x}, "
                    "{name: o, type: Mul, input: [y, k]}]}\n");
    const double weight[] = {1, 10, 100, 1000}, y[] = {5421.5, 6532.5, 8754.5, 9865.5};
    const double dx[] = {1, 12, 20, 103, 1234, 2040, 300, 3400, 4000}, dw[] = {37, 47, 67, 77};
    for (size_t i = 0; i < 4; i++)
        network_set(&network, "y", "weight", i, weight[i]);
    network_set(&network, "y", "bias", 0, 0.5);
    network_pass(&network, 1);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(network_value(&network, "y", i), y[i]);
        ck_assert_double_eq(network_gradient(&network, "y", "weight", i), dw[i]);
    }
    network_check_edges(&network, "y", 0, dx, 9);
    ck_assert_double_eq(network_gradient(&network, "y", "bias", 0), 10);
    network_close(&network);
}
END_TEST

/* A network of one Conv2D, whose input and weights are numbers of the test's own. */
struct sizes {
    const char *options; /* behind filters */
    size_t rows, channels, height, width, filters, groups;
    size_t kernel[2], stride[2], padding[2], dilation[2];
    size_t out[2];
};

static const struct sizes sizes[] = {
    {"kernel: 3", 2, 2, 5, 6, 3, 1, {3, 3}, {1, 1}, {0, 0}, {1, 1}, {3, 4}},
    {"kernel: 1", 2, 3, 4, 3, 2, 1, {1, 1}, {1, 1}, {0, 0}, {1, 1}, {4, 3}},
    {"kernel: [2, 3], stride: [2, 1], padding: [1, 2]",
     3,
     1,
     4,
     5,
     2,
     1,
     {2, 3},
     {2, 1},
     {1, 2},
     {1, 1},
     {3, 7}},
    {"kernel: 3, padding: same, groups: 2",
     1,
     4,
     3,
     5,
     6,
     2,
     {3, 3},
     {1, 1},
     {1, 1},
     {1, 1},
     {3, 5}},
    {"kernel: 2, dilation: [3, 2], stride: 2, bias: false",
     2,
     2,
     6,
     7,
     1,
     1,
     {2, 2},
     {2, 2},
     {0, 0},
     {3, 2},
     {2, 3}},
    {"kernel: 5, padding: 4, bias: false",
     20,
     1,
     9,
     30,
     17,
     1,
     {5, 5},
     {1, 1},
     {4, 4},
     {1, 1},
     {13, 34}},
    {"kernel: 3, padding: same", 2, 2, 24, 31, 3, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {24, 31}},
    {"kernel: [3, 5], padding: same, dilation: [1, 2]",
     2,
     1,
     7,
     3,
     2,
     1,
     {3, 5},
     {1, 1},
     {1, 4},
     {1, 2},
     {7, 3}},
    {"kernel: [4, 1], padding: [2, 0], bias: false",
     1,
     1,
     2,
     40,
     3,
     1,
     {4, 1},
     {1, 1},
     {2, 0},
     {1, 1},
     {3, 40}},
};
enum { SIZES = sizeof sizes / sizeof *sizes };

static double number(size_t i, size_t salt)
{
    return (double)((i * 7 + salt * 5) % 23) / 8 - 1.25;
}

static struct network open_sizes(const struct sizes *s)
{
    char *yaml = NULL;
    size_t size, index = 0;
    FILE *text = open_memstream(&yaml, &size);
    fprintf(text, "data: {type: inline, inputs: {x: [");
    for (size_t r = 0; r < s->rows; r++)
        for (size_t c = 0; c < s->channels; c++)
            for (size_t i = 0; i < s->height; i++)
                for (size_t j = 0; j < s->width; j++)
                    fprintf(text, "%s%s%s%s%.17g%s%s%s",
                            j             ? ", "
                            : i || c || r ? ", "
                                          : "",
                            j == 0 && i == 0 && c == 0 ? "[" : "", j == 0 && i == 0 ? "[" : "",
                            j == 0 ? "[" : "", number(index++, 0), j + 1 == s->width ? "]" : "",
                            j + 1 == s->width && i + 1 == s->height ? "]" : "",
                            j + 1 == s->width && i + 1 == s->height && c + 1 == s->channels ? "]"
                                                                                            : "");
    fprintf(text, "]}}\nmodel: {layers: [{name: y, type: Conv2D, filters: %zu, %s}]}\n", s->filters,
            s->options);
    fclose(text);
    struct network network = network_run(yaml);
    free(yaml);
    return network;
}

/* The sum under one window, by the formula. */
static double window_sum(const struct sizes *s, size_t row, size_t f, size_t oy, size_t ox)
{
    size_t channels = s->channels / s->groups, first = f / (s->filters / s->groups) * channels;
    double sum = 0;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < s->kernel[0]; i++)
            for (size_t j = 0; j < s->kernel[1]; j++) {
                size_t y = oy * s->stride[0] + i * s->dilation[0] - s->padding[0];
                size_t x = ox * s->stride[1] + j * s->dilation[1] - s->padding[1];
                size_t at = ((row * s->channels + first + c) * s->height + y) * s->width + x;
                size_t w = ((f * channels + c) * s->kernel[0] + i) * s->kernel[1] + j;
                if (y < s->height && x < s->width)
                    sum += number(at, 0) * number(w, 1);
            }
    return sum;
}

START_TEST(every_option_is_what_the_formula_says)
{
    const struct sizes *s = &sizes[_i];
    struct network network = open_sizes(s);
    size_t weights = s->filters * s->channels / s->groups * s->kernel[0] * s->kernel[1];
    struct shape out = graph_layer_facts(network.graph, 0).out;
    ck_assert_uint_eq(out.dim[0], s->filters);
    ck_assert_uint_eq(out.dim[1], s->out[0]);
    ck_assert_uint_eq(out.dim[2], s->out[1]);
    for (size_t i = 0; i < weights; i++)
        network_set(&network, "y", "weight", i, number(i, 1));
    network_pass(&network, 1);
    for (size_t row = 0, index = 0; row < s->rows; row++)
        for (size_t f = 0; f < s->filters; f++)
            for (size_t oy = 0; oy < s->out[0]; oy++)
                for (size_t ox = 0; ox < s->out[1]; ox++, index++)
                    ck_assert_double_eq_tol(network_value(&network, "y", index),
                                            window_sum(s, row, f, oy, ox), 1e-12);
    if (s->rows < 10)
        network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

/* Networks that are refused, and the message. */
static const struct {
    const char *layer, *message;
} refused[] = {
    {"kernel: 5, padding: [0, 1]", "a kernel of 5x5 pixels is larger than its padded input of 4x6"},
    {"kernel: 3, dilation: 2", "a kernel of 5x5 pixels is larger than its padded input of 4x4"},
    {"kernel: 2, padding: same",
     "padding 'same' needs stride 1 and kernels of odd size; write the padding as numbers, such as "
     "padding: [0, 0]"},
    {"kernel: 3, padding: same, stride: 2",
     "padding 'same' needs stride 1 and kernels of odd size; write the padding as numbers, such as "
     "padding: [1, 1]"},
    {"kernel: 3, groups: 2", "1 channels and 3 filters are not both divisible by 2 groups"},
    {"kernel: 3, input: flat",
     "input 'flat' has shape (2), not (channels, height, width); add Reshape before"},
};
enum { REFUSED = sizeof refused / sizeof *refused };

START_TEST(what_does_not_fit_is_refused)
{
    char yaml[1024], wanted[512];
    snprintf(yaml, sizeof yaml,
             "data: {type: inline, inputs: {inputs: [[[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4], "
             "[1, 2, 3, 4]]], flat: [[1, 2]]}}\n"
             "model: {layers: [{name: c, type: Conv2D, filters: 3, %s}]}\n",
             refused[_i].layer);
    snprintf(wanted, sizeof wanted, "test.yaml:2:18: Conv2D 'c': %s", refused[_i].message);
    ck_assert_str_eq(network_refusal(yaml), wanted);
}
END_TEST

int main(void)
{
    int failed = suite_main("layer conv2d", SUITE_IN_PROCESS, 1,
                            (const TTest *[]){a_filter_sums_each_window, NULL});
    failed |= suite_main("layer conv2d sizes", SUITE_IN_PROCESS, SIZES,
                         (const TTest *[]){every_option_is_what_the_formula_says, NULL});
    return failed | suite_main("layer conv2d refusals", SUITE_IN_PROCESS, REFUSED,
                               (const TTest *[]){what_does_not_fit_is_refused, NULL});
}
