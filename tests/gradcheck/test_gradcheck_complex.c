/*
 * test_gradcheck_complex.c - the gradients of smooth layers by a third way: the complex step.
 *
 *     df/dx = Im f(x + ih) / h          h = 1e-100: no difference is taken, so nothing cancels
 *
 * The network is written again below, in complex numbers, and shares no line with the layers.
 * Backward must agree with it to 1e-12, the numerical derivatives of the gradient check to 1e-8.
 */
#include "gradcheck/gradcheck_internal.h"
#include "support/network.h"
#include "support/suite.h"
#include <assert.h>
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 3, IN = 4, HIDDEN = 5, CLASSES = 3 };

/* a = Affine x, s = Sigmoid a, b = Affine x, m = Mul s b, c = Add m s, d = Affine c, softmax. */
static const char yaml[] =
    "seed: 5\n"
    "data: {type: inline, labels: [2, 0, 1], inputs: "
    "{x: [[0.5, -1.25, 2, 1], [1.5, 0.75, -0.5, 0.25], [-1, 0.25, 1, -2]]}}\n"
    "model: {layers: ["
    "{name: a, type: Affine, units: 5, input: x, init: {type: normal, std: 0.6}, "
    "bias_init: {type: normal, std: 1}}, "
    "{name: s, type: Sigmoid}, "
    "{name: b, type: Affine, units: 5, input: x, init: {type: normal, std: 0.6}, "
    "bias_init: {type: normal, std: 1}}, "
    "{name: m, type: Mul, input: [s, b]}, "
    "{name: c, type: Add, input: [m, s]}, "
    "{name: d, type: Affine, units: 3, init: {type: normal, std: 0.6}, "
    "bias_init: {type: normal, std: 1}}, "
    "{type: SoftmaxWithLoss}]}\n";

static const int label[ROWS] = {2, 0, 1};

/* All numbers of the network. Each stands in an array of its own and all in one, `flat`. */
union numbers {
    struct {
        double complex aw[IN][HIDDEN], ab[HIDDEN], bw[IN][HIDDEN], bb[HIDDEN];
        double complex dw[HIDDEN][CLASSES], db[CLASSES], x[ROWS][IN];
    };
    double complex flat[2 * (IN * HIDDEN + HIDDEN) + HIDDEN * CLASSES + CLASSES + ROWS * IN];
};

static_assert(sizeof((union numbers *)0)->flat == sizeof(union numbers), "the parts are the whole");

static double complex sample_loss(const union numbers *n, int row)
{
    double complex c[HIDDEN], score[CLASSES], total = 0;
    for (int j = 0; j < HIDDEN; j++) {
        double complex a = n->ab[j], b = n->bb[j];
        for (int i = 0; i < IN; i++) {
            a += n->x[row][i] * n->aw[i][j];
            b += n->x[row][i] * n->bw[i][j];
        }
        double complex s = 1 / (1 + cexp(-a));
        c[j] = s * b + s;
    }
    for (int k = 0; k < CLASSES; k++) {
        score[k] = n->db[k];
        for (int j = 0; j < HIDDEN; j++)
            score[k] += c[j] * n->dw[j][k];
        total += cexp(score[k]);
    }
    return clog(total) - score[label[row]];
}

static double derivative(union numbers *n, int index)
{
    const double h = 1e-100;
    double complex kept = n->flat[index], loss = 0;
    ((double *)&n->flat[index])[1] += h; /* the imaginary part */
    for (int row = 0; row < ROWS; row++)
        loss += sample_loss(n, row) / ROWS;
    n->flat[index] = kept;
    return cimag(loss) / h;
}

/* A tensor of the network and where it begins in `flat`. */
struct part {
    const char *layer, *name; /* layer NULL: the data */
    int begin, count;
};

static const struct part parts[] = {
    {"a", "weight", 0, IN *HIDDEN},
    {"a", "bias", IN *HIDDEN, HIDDEN},
    {"b", "weight", IN *HIDDEN + HIDDEN, IN *HIDDEN},
    {"b", "bias", 2 * IN *HIDDEN + HIDDEN, HIDDEN},
    {"d", "weight", 2 * (IN * HIDDEN + HIDDEN), HIDDEN *CLASSES},
    {"d", "bias", 2 * (IN * HIDDEN + HIDDEN) + HIDDEN *CLASSES, CLASSES},
    {NULL, "x", 2 * (IN * HIDDEN + HIDDEN) + HIDDEN *CLASSES + CLASSES, ROWS *IN},
};

static size_t layer_index(const struct graph *graph, const char *name)
{
    size_t i = 0;
    while (strcmp(graph_layer_facts(graph, i).name, name) != 0)
        i++;
    return i;
}

static struct subject find_subject(struct graph *graph, const struct part *part)
{
    struct subject subject = {
        .name = part->name, .count = (size_t)part->count, .chosen = (size_t)part->count};
    if (!part->layer) {
        subject.kind = SUBJECT_COLUMN;
        while (strcmp(graph_batch(graph)->column[subject.index].column->name, part->name) != 0)
            subject.index++;
        return subject;
    }
    subject.kind = SUBJECT_PARAMETER;
    while (strcmp(graph_parameter(graph, subject.index)->layer, part->layer) != 0 ||
           strcmp(graph_parameter(graph, subject.index)->name, part->name) != 0)
        subject.index++;
    subject.first = layer_index(graph, part->layer);
    return subject;
}

static void take_numbers(struct graph *graph, union numbers *numbers)
{
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        struct subject subject = find_subject(graph, &parts[p]);
        const double *x = subject_x(&subject, graph);
        for (int i = 0; i < parts[p].count; i++)
            numbers->flat[parts[p].begin + i] = x[i];
    }
}

static void assert_near(const char *what, const struct part *part, int i, double value,
                        double truth, double bound)
{
    ck_assert_msg(fabs(value - truth) <= bound * fmax(1, fabs(truth)),
                  "%s of %s %s[%d] is %.17g, the complex step gives %.17g", what,
                  part->layer ? part->layer : "data", part->name, i, value, truth);
}

START_TEST(backward_and_differences_agree_with_the_complex_step)
{
    struct network network = network_run(yaml);
    union numbers numbers;
    take_numbers(network.graph, &numbers);
    struct gradcheck check = {.session = network.session,
                              .options = {.rtol = 1e-6, .atol = 1e-9, .step = 0x1p-10}};
    struct prober prober = {.check = &check, .graph = network.graph};
    struct graph_pass pass = {.training = true, .rows = ROWS, .worker = WORKER_ALONE};
    ck_assert_int_eq(prober_start(&prober, &pass), TRAINER_OK);
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        struct subject subject = find_subject(network.graph, &parts[p]);
        const double *g = subject_g(&subject, network.graph);
        for (int i = 0; i < parts[p].count; i++) {
            double truth = derivative(&numbers, parts[p].begin + i);
            struct outcome outcome = prober_check(&prober, &subject, (size_t)i, g[i]);
            assert_near("backward", &parts[p], i, g[i], truth, 1e-12);
            assert_near("the difference", &parts[p], i, outcome.numeric, truth, 1e-8);
            ck_assert_int_eq(outcome.state, OUTCOME_RIGHT);
        }
    }
    union numbers after;
    take_numbers(network.graph, &after);
    ck_assert_mem_eq(&after, &numbers, sizeof numbers);
    network_close(&network);
}
END_TEST

START_TEST(a_gradient_that_is_a_little_wrong_is_called_so)
{
    static const double factors[] = {1.01, 1.0005, 1.00001, -1, 0, 2};
    struct network network = network_run(yaml);
    struct gradcheck check = {.session = network.session,
                              .options = {.rtol = 1e-6, .atol = 1e-9, .step = 0x1p-10}};
    struct prober prober = {.check = &check, .graph = network.graph};
    struct graph_pass pass = {.training = true, .rows = ROWS, .worker = WORKER_ALONE};
    ck_assert_int_eq(prober_start(&prober, &pass), TRAINER_OK);
    struct subject subject = find_subject(network.graph, &parts[4]);
    double g = subject_g(&subject, network.graph)[7];
    ck_assert_double_gt(fabs(g), 1e-2);
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        ck_assert_int_eq(prober_check(&prober, &subject, 7, factors[i] * g).state, OUTCOME_WRONG);
    ck_assert_int_eq(prober_check(&prober, &subject, 7, (double)NAN).state, OUTCOME_WRONG);
    network_close(&network);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {backward_and_differences_agree_with_the_complex_step,
                                  a_gradient_that_is_a_little_wrong_is_called_so, NULL};
    return suite_main("gradcheck_complex", SUITE_IN_PROCESS, 1, tests);
}
