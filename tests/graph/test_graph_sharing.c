/*
 * test_graph_sharing.c - which weights ranks share, and what a step then costs; the figures are
 * those of two layers, 2 -> 100 -> 4, at batch 2.
 */
#include "distributed/link.h"
#include "graph/graph.h"
#include "support/network.h"
#include "support/suite.h"

#include <check.h>

enum { ROWS = 2, WIDE = 100 };

static struct network make(void)
{
    return network_run("data: {type: inline, inputs: {x: [[1, 2], [3, -4]]}, labels: [0, 3]}\n"
                       "model:\n  layers:\n"
                       "    - {name: a, type: Affine, units: 100}\n"
                       "    - {name: r, type: ReLU}\n"
                       "    - {name: b, type: Affine, units: 4}\n"
                       "    - {name: loss, type: SoftmaxWithLoss}\n");
}

static bool is_shared(const struct network *network, size_t index)
{
    return graph_layer_exchange(network->graph, index, ROWS).sharing == SHARING_WEIGHTS;
}

/* Bytes and operations of dW: of a 200 and 2 x 400, of b 400 and 2 x 800 numbers. */
START_TEST(a_weight_is_shared_where_sending_it_takes_less_than_its_gradient)
{
    struct network network = make();
    const double size = (double)graph_engine(network.graph)->real_size;
    const struct link fast = {.bandwidth = 4.1 * size}, slow = {.bandwidth = 3.9 * size};
    const double speed = 8; /* a number of W stands for 4 operations: half a second */
    graph_share_gradients(network.graph, ROWS, &(struct ranks){.count = 2, .sharing = RANKS_AUTO},
                          &fast, 2 * speed);
    ck_assert(is_shared(&network, 0) && is_shared(&network, 2));
    ck_assert(!is_shared(&network, 1) && !is_shared(&network, 3));
    graph_share_gradients(network.graph, ROWS, &(struct ranks){.count = 2, .sharing = RANKS_AUTO},
                          &slow, 2 * speed);
    ck_assert(!is_shared(&network, 0) && !is_shared(&network, 2));
    network_close(&network);
}
END_TEST

START_TEST(no_weight_is_shared_where_all_gain_less_than_the_latency)
{
    struct network network = make();
    struct link link = {.bandwidth = 1e30, .latency = 99};
    const double speed = 24; /* 2400 operations: 100 seconds */
    graph_share_gradients(network.graph, ROWS, &(struct ranks){.count = 2, .sharing = RANKS_AUTO},
                          &link, speed);
    ck_assert(is_shared(&network, 0) && is_shared(&network, 2));
    link.latency = 101;
    graph_share_gradients(network.graph, ROWS, &(struct ranks){.count = 2, .sharing = RANKS_AUTO},
                          &link, speed);
    ck_assert(!is_shared(&network, 0) && !is_shared(&network, 2));
    network_close(&network);
}
END_TEST

START_TEST(what_is_wished_is_done)
{
    struct network network = make();
    const struct link link = {.bandwidth = 1, .latency = 1};
    graph_share_gradients(network.graph, ROWS,
                          &(struct ranks){.count = 2, .sharing = RANKS_WEIGHTS}, &link, 1e30);
    ck_assert(is_shared(&network, 0) && is_shared(&network, 2));
    graph_share_gradients(network.graph, ROWS, &(struct ranks){.count = 2, .sharing = RANKS_ROWS},
                          &(struct link){.bandwidth = 1e30}, 1);
    ck_assert(!is_shared(&network, 0) && !is_shared(&network, 2));
    network_close(&network);
}
END_TEST

/* In: data, which nobody sends; out: dY of a, then what b reads and dY of b. */
START_TEST(rows_are_what_gradients_are_made_of_and_sent_once)
{
    struct network network = make();
    const double size = (double)graph_engine(network.graph)->real_size;
    struct layer_exchange a = graph_layer_exchange(network.graph, 0, ROWS);
    struct layer_exchange b = graph_layer_exchange(network.graph, 2, ROWS);
    ck_assert_double_eq(a.row_bytes, ROWS * WIDE * size);
    ck_assert_double_eq(b.row_bytes, ROWS * (WIDE + 4) * size);
    ck_assert_double_eq(a.shared_bytes, 2 * WIDE * size);
    ck_assert_double_eq(b.shared_bytes, WIDE * 4 * size);
    graph_share_gradients(network.graph, ROWS, &(struct ranks){.count = 2, .sharing = RANKS_ROWS},
                          &(struct link){.bandwidth = 1}, 1);
    ck_assert_double_eq(graph_step_cost(network.graph, ROWS, 1).bytes, 0);
    ck_assert_double_eq(graph_step_cost(network.graph, ROWS, 4).bytes,
                        0.75 * (a.row_bytes + b.row_bytes));
    graph_share_gradients(network.graph, ROWS,
                          &(struct ranks){.count = 2, .sharing = RANKS_WEIGHTS},
                          &(struct link){.bandwidth = 1}, 1);
    ck_assert_double_eq(graph_step_cost(network.graph, ROWS, 4).bytes,
                        0.75 * (a.row_bytes + b.row_bytes + a.shared_bytes + b.shared_bytes));
    network_close(&network);
}
END_TEST

/* Without shared weights a rank of many computes all of their gradients, else nothing. */
START_TEST(shared_weights_leave_a_rank_its_part_of_the_work)
{
    struct network network = make();
    const struct link link = {.bandwidth = 1};
    const double gradients = ROWS * 2.0 * (2 * WIDE + WIDE * 4);
    double alone = graph_step_cost(network.graph, ROWS, 1).flops;
    graph_share_gradients(network.graph, ROWS, &(struct ranks){.count = 2, .sharing = RANKS_ROWS},
                          &link, 1);
    ck_assert_double_eq_tol(graph_step_cost(network.graph, ROWS, 2).flops,
                            (alone - gradients) / 2 + gradients, 1e-9);
    graph_share_gradients(network.graph, ROWS,
                          &(struct ranks){.count = 2, .sharing = RANKS_WEIGHTS}, &link, 1);
    ck_assert_double_eq_tol(graph_step_cost(network.graph, ROWS, 2).flops, alone / 2, 1e-9);
    network_close(&network);
}
END_TEST

/* Of two samples two slices; more ranks than a batch can have slices share none. */
START_TEST(sums_of_slices_take_the_place_of_rows)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[[1, 2, 3], [4, 5, 6], [7, 8, 9]], "
                    "[[1, 0, 0], [0, 1, 0], [0, 0, 1]]]}, labels: [0, 1]}\n"
                    "model:\n  layers:\n"
                    "    - {name: c, type: Conv2D, filters: 2, kernel: 2}\n"
                    "    - {name: f, type: Flatten}\n"
                    "    - {name: a, type: Affine, units: 2}\n"
                    "    - {name: loss, type: SoftmaxWithLoss}\n");
    struct ranks ranks = {.count = 2};
    struct link link = {.bandwidth = 1e30, .latency = 1};
    const double size = (double)graph_engine(network.graph)->real_size;
    const double flops = ROWS * 2 * 8 * 4; /* of the convolution */
    struct layer_exchange c = graph_layer_exchange(network.graph, 0, ROWS);
    ck_assert_double_eq(c.row_bytes, ROWS * 8 * size);
    ck_assert_double_gt(c.shared_bytes, ROWS * (8 + 2) * size - 1);
    ck_assert_int_eq(graph_share_gradients(network.graph, ROWS, &ranks, &link, 1.01 * flops), 0);
    ck_assert_int_eq(graph_share_gradients(network.graph, ROWS, &ranks, &link, 0.99 * flops), 16);
    c = graph_layer_exchange(network.graph, 0, ROWS);
    ck_assert_int_eq(c.sharing, SHARING_SLICES);
    ck_assert_double_eq(c.row_bytes, 0);
    ranks.count = 17;
    ck_assert_int_eq(graph_share_gradients(network.graph, ROWS, &ranks, &link, 1), 0);
    network_close(&network);
}
END_TEST

static void exchange_nothing(struct ranks *ranks, const struct ranks_block *block, size_t blocks)
{
    (void)ranks;
    (void)block;
    (void)blocks;
}

START_TEST(speed_grows_with_threads)
{
    static char room[2][RANKS_ROOM];
    struct network network = make();
    const struct engine *engine = graph_engine(network.graph);
    struct ranks ranks = {.count = 2, .exchange = exchange_nothing, .host = "n1", .room = room};
    struct link link;
    double one, four;
    ck_assert_int_eq(graph_measure_speed(engine, 1, &ranks, &link, &one), 0);
    ck_assert_int_eq(graph_measure_speed(engine, 4, &ranks, &link, &four), 0);
    ck_assert(one > 1e6 && one < 1e13 && four > 0.1 * one);
    network_close(&network);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_weight_is_shared_where_sending_it_takes_less_than_its_gradient,
        no_weight_is_shared_where_all_gain_less_than_the_latency,
        what_is_wished_is_done,
        rows_are_what_gradients_are_made_of_and_sent_once,
        shared_weights_leave_a_rank_its_part_of_the_work,
        sums_of_slices_take_the_place_of_rows,
        speed_grows_with_threads,
        NULL,
    };
    return suite_main("graph_sharing", SUITE_FORKED, 1, tests);
}
