/*
 * test_predict.c - a row's prediction has the same bits alone, at any place of a pass, beside any
 * other rows, on any number of threads; and as training's evaluation has it.
 */
#include "base/error.h"
#include "engine/engine.h"
#include "evaluate/predict.h"
#include "support/suite.h"
#include "train/train.h"
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 75, CLASSES = 10 };

static const char yaml[] =
    "seed: 5\n"
    "data: {type: digits, train: 75, test: 1}\n"
    "model: {layers: [{type: Affine, units: 131, init: {type: normal, std: 0.1}}, {type: ReLU}, "
    "{type: Affine, units: 10, init: {type: normal, std: 0.1}}, {type: SoftmaxWithLoss}]}\n"
    "optimizer: sgd\n"
    "trainer: {max_steps: 1, batch_size: 75}\n";

static struct config *config;
static struct session *session;

static void open_all(void)
{
    int rc = config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), NULL, 0);
    if (rc == TRAINER_OK)
        rc = session_open(&session, config, &(struct session_options){0});
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
}

static void close_all(void)
{
    session_close(session);
    config_free(config);
}

static struct predictor *make(int threads)
{
    struct predictor *predictor;
    int rc =
        predictor_create(&predictor, config, node_get(config_root(config), "model"),
                         session_dataset(session), graph_engine(session_graph(session)), threads);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    graph_initialize(predictor_graph(predictor), 5);
    return predictor;
}

/* Predicts all samples, `piece` rows at a time, into said (SAMPLES, CLASSES). */
static void predict(struct predictor *predictor, size_t piece, float *said)
{
    for (size_t first = 0; first < SAMPLES; first += piece) {
        size_t count = SAMPLES - first < piece ? SAMPLES - first : piece;
        predictor_run(predictor, first, count);
        struct prediction prediction = graph_prediction(predictor_graph(predictor));
        ck_assert_uint_eq(prediction.width, CLASSES);
        memcpy(said + first * CLASSES, prediction.x, count * CLASSES * sizeof *said);
    }
}

START_TEST(a_row_has_the_same_bits_wherever_it_stands)
{
    static float whole[SAMPLES * CLASSES], cut[SAMPLES * CLASSES];
    open_all();
    struct predictor *predictor = make(1);
    predict(predictor, PREDICT_ROWS, whole);
    for (size_t piece = 1; piece < PREDICT_ROWS; piece += 3) {
        predict(predictor, piece, cut);
        ck_assert_mem_eq(whole, cut, sizeof whole);
    }
    predictor_free(predictor);
    for (int threads = 2; threads <= 4; threads++) {
        predictor = make(threads);
        predict(predictor, 7, cut);
        ck_assert_mem_eq(whole, cut, sizeof whole);
        predictor_free(predictor);
    }
    close_all();
}
END_TEST

START_TEST(predictions_are_those_of_an_evaluation)
{
    static float whole[SAMPLES * CLASSES];
    open_all();
    struct predictor *predictor = make(0);
    predict(predictor, PREDICT_ROWS, whole);
    struct graph *graph = session_graph(session);
    const struct graph_pass pass = {.rows = SAMPLES, .worker = WORKER_ALONE};
    batch_take(graph_batch(graph), SPLIT_TRAIN, NULL, 0, SAMPLES, &pass.worker);
    graph_forward(graph, &pass);
    const float *expected = graph_prediction(graph).x;
    for (size_t i = 0; i < SAMPLES * CLASSES; i++)
        ck_assert_double_eq_tol((double)whole[i], (double)expected[i], 1e-6);
    predictor_free(predictor);
    close_all();
}
END_TEST

START_TEST(a_model_that_does_not_fit_is_refused)
{
    struct predictor *predictor;
    struct config *other;
    static const char wrong[] = "model: {layers: [{type: Affine, units: 2, input: pixels}]}\n";
    open_all();
    ck_assert_int_eq(config_read_text(&other, "x.yaml", NULL, wrong, strlen(wrong), NULL, 0),
                     TRAINER_OK);
    ck_assert_int_eq(predictor_create(&predictor, other, node_get(config_root(other), "model"),
                                      session_dataset(session),
                                      graph_engine(session_graph(session)), 1),
                     TRAINER_INVALID);
    ck_assert_ptr_null(predictor);
    config_free(other);
    close_all();
}
END_TEST

int main(void)
{
    return suite_main("predict", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){a_row_has_the_same_bits_wherever_it_stands,
                                        predictions_are_those_of_an_evaluation,
                                        a_model_that_does_not_fit_is_refused, NULL});
}
