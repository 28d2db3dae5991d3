/*
 * test_trainer.c - the public interface: open, train, look, close; refusals.
 */
#include "support/suite.h"
#include "trainer.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define XOR TRAINER_SOURCE_DIR "/configs/xor.yaml"

START_TEST(a_session_trains_and_shows_what_it_learned)
{
    trainer_session *session;
    char path[] = "/tmp/trainer_test_XXXXXX";
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    close(file);
    ck_assert_int_eq(trainer_session_open(&session, XOR, NULL, 0), 0);
    ck_assert(isnan(trainer_session_metric(session, "train_accuracy")));
    ck_assert_int_eq(trainer_session_train(session, path), 0);
    ck_assert_double_eq(trainer_session_metric(session, "train_accuracy"), 1);
    ck_assert_double_eq(trainer_session_metric(session, "step"), 3000);
    ck_assert(isnan(trainer_session_metric(session, "test_accuracy")));
    ck_assert(isnan(trainer_session_metric(session, "acuracy")));
    trainer_session_close(session);
    ck_assert_int_eq(access(path, R_OK), 0);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

START_TEST(assignments_win_over_the_file)
{
    trainer_session *session;
    size_t count;
    const char *const assignments[] = {"model.layers.affine1.units=3",
                                       "model.layers.affine1.init={mean: 0.5, std: 0}"};
    ck_assert_int_eq(trainer_session_open(&session, XOR, assignments, 2), 0);
    const float *weight = trainer_session_parameter(session, "affine1", "weight", &count);
    ck_assert_ptr_nonnull(weight);
    ck_assert_uint_eq(count, 6);
    for (size_t i = 0; i < count; i++)
        ck_assert_double_eq((double)weight[i], 0.5);
    ck_assert_ptr_null(trainer_session_parameter(session, "affine9", "weight", &count));
    ck_assert_uint_eq(count, 0);
    ck_assert_str_eq(trainer_error(), "the network has no parameter 'affine9/weight'");
    trainer_session_close(session);
}
END_TEST

START_TEST(what_cannot_be_opened_leaves_a_message_and_no_session)
{
    trainer_session *session;
    ck_assert_int_eq(trainer_session_open(&session, "/missing.yaml", NULL, 0), -2);
    ck_assert_ptr_null(session);
    ck_assert_str_eq(trainer_error(), "/missing.yaml: No such file or directory");
    const char *const wrong = "trainer.max_stepz=1";
    ck_assert_int_eq(trainer_session_open(&session, XOR, &wrong, 1), -2);
    ck_assert_ptr_null(session);
    ck_assert_ptr_nonnull(strstr(trainer_error(), "did you mean 'max_steps'?"));
    trainer_session_close(NULL);
}
END_TEST

int main(void)
{
    return suite_main(
        "trainer", SUITE_IN_PROCESS, 1,
        (const TTest *[]){a_session_trains_and_shows_what_it_learned, assignments_win_over_the_file,
                          what_cannot_be_opened_leaves_a_message_and_no_session, NULL});
}
