/*
 * curve.c - trains a network of two numbers and looks at the rates.
 */
#include "curve.h"

#include "base/error.h"
#include "base/series.h"
#include "suite.h"
#include "train/train.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 16, RATE_COLUMN = 3 };

struct seen {
    double *rate;
    size_t count, most;
};

static void look(void *context, enum event event, const struct progress *progress)
{
    struct seen *seen = context;
    if (event != EVENT_FINISHED)
        return;
    const struct series *steps = progress->steps;
    for (seen->count = 0; seen->count < steps->rows && seen->count < seen->most; seen->count++)
        seen->rate[seen->count] = steps->value[seen->count * (size_t)steps->columns + RATE_COLUMN];
}

static int train(const char *schedule, const char *const *assignments, struct seen *seen)
{
    char yaml[1024];
    size_t count = 0;
    struct config *config = NULL;
    struct session *session = NULL;
    snprintf(yaml, sizeof yaml,
             "data: {type: inline, inputs: {x: [[0, 1], [1, 0], [1, 1], [0, 0], [2, 1]]}, "
             "labels: [0, 1, 0, 1, 1], validation: 0}\n"
             "model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}\n"
             "optimizer: {type: sgd, learning_rate: 1, schedule: %s}\n"
             "trainer: {batch_size: 1, max_steps: 20, threads: 1, evaluate: {train: true}}\n",
             schedule);
    while (assignments && assignments[count])
        count++;
    int rc = config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), assignments, count);
    if (rc == TRAINER_OK)
        rc = session_open(&session, config, &(struct session_options){0});
    if (rc == TRAINER_OK)
        rc = session_train(session, NULL, &(struct observer){look, seen}, NULL);
    session_close(session);
    config_free(config);
    return rc;
}

size_t curve_train(const char *schedule, const char *const *assignments, double *rate, size_t most)
{
    struct seen seen = {.rate = rate, .most = most};
    int rc = train(schedule, assignments, &seen);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    return seen.count;
}

const char *curve_refusal(const char *schedule, const char *const *assignments)
{
    double rate[CURVE_STEPS];
    struct seen seen = {.rate = rate, .most = CURVE_STEPS};
    ck_assert_int_eq(train(schedule, assignments, &seen), TRAINER_INVALID);
    return error_text();
}

void curve_check(const char *schedule, const double *wanted, size_t count)
{
    double rate[CURVE_STEPS];
    ck_assert_uint_eq(curve_train(schedule, NULL, rate, CURVE_STEPS), CURVE_STEPS);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(fabs(rate[i] - wanted[i]) <= 1e-12, "%s: step %zu at %.17g, not %.17g",
                      schedule, i, rate[i], wanted[i]);
}
