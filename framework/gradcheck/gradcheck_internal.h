/*
 * gradcheck_internal.h - what the files gradcheck*.c share.
 *
 *     gradcheck.c           graphs, modes, draws of weights; the report
 *     gradcheck_subject.c   what is checked: tensors, and which of their elements
 *     gradcheck_weights.c   the numbers to check at
 *     gradcheck_probe.c     the numerical derivative of one element
 *     gradcheck_judge.c     outcomes -> rows -> verdict
 *     gradcheck_single.c    float32 against float64; one thread against a team
 *
 * There is one reference graph, which has the gradients, and for each thread a graph of its own
 * to probe, with the same numbers. Both are of float64: their numbers are read as double here.
 */
#ifndef TRAINER_GRADCHECK_INTERNAL_H
#define TRAINER_GRADCHECK_INTERNAL_H

#include "gradcheck.h"
#include "train/session.h"

enum subject_kind { SUBJECT_PARAMETER, SUBJECT_COLUMN, SUBJECT_VALUE };

/* A tensor that is checked: a parameter, a column of the batch, or what a layer put out. */
struct subject {
    enum subject_kind kind;
    size_t index; /* of the parameter, column or layer in the graph */
    const char *name;
    struct shape shape; /* whole: rows come first */
    size_t count;
    size_t first; /* the first layer that reads it */
    bool frozen;
    size_t chosen;         /* elements to check */
    const size_t *element; /* [chosen], ascending; NULL: all */
    size_t directions;
    size_t job;         /* of its first element; its directions come behind */
    double sensitivity; /* of its gradient, to rounding: see gradcheck_single.c */
};

enum outcome_state { OUTCOME_RIGHT, OUTCOME_WRONG, OUTCOME_SKIPPED };

struct outcome {
    double analytic, numeric;
    enum outcome_state state;
};

/* A graph to probe, with one thread. */
struct prober {
    const struct gradcheck *check;
    struct graph *graph;
    struct graph_pass pass;
    size_t dirty;     /* layers from here on do not hold the values of the unmoved numbers */
    uint64_t pattern; /* branches taken at the unmoved numbers */
    double noise;     /* of one evaluation of f: what rounding may do to it */
    double *kept,
        *sign; /* a tensor as it was, and the direction that it is moved in; NULL: none is */
    uint64_t evaluations;
};

struct gradcheck {
    struct session *session;
    struct gradcheck_options options; /* defaults filled in */
    struct gradcheck_report *report;
    size_t rows;
    int team; /* threads of the team that is compared with one thread */
    struct graph *reference;
    size_t probers;
    struct prober *prober; /* [probers] */
    double
        *projection; /* (rows, width of the output): f = projection . output; NULL: f is the loss */
    double *states;  /* the states as they were, one after another */
    size_t subjects;
    struct subject *subject; /* [subjects] */
    size_t jobs;
    struct outcome *outcome; /* [jobs] */
};

/* --- gradcheck_subject.c ---------------------------------------------------------------------- */

/* Lists what is checked and chooses elements. TRAINER_INVALID where options.layer is no layer, or
 * there is nothing to check. */
int gradcheck_list_subjects(struct gradcheck *check);

double *subject_x(const struct subject *subject, const struct graph *graph);
const double *subject_g(const struct subject *subject, const struct graph *graph);

/* The element of job `subject->job + index`; past the last one, count + the direction's number. */
size_t subject_element(const struct subject *subject, size_t index);

/* Whether the data are moved apart, so that a layer which chooses among equal ones has no kinks. */
bool gradcheck_moves_data(const struct gradcheck *check);

/* The largest |value| of any layer in the last forward: what f is rounded with. */
double gradcheck_largest_value(const struct graph *graph, size_t rows);

/* A direction of the tensor: sign[i] = 1 or -1 for each of its elements. */
void subject_direction(const struct gradcheck *check, const struct subject *subject,
                       size_t direction, double *sign);

/* --- gradcheck_weights.c ---------------------------------------------------------------------- */

/* Sets the reference's numbers, float32 ones all: weights of that draw, data, states. */
int gradcheck_set_numbers(struct gradcheck *check, int draw);

/* Parameters and states, or the batch, of one graph into another of any precision. A column that
 * the other reads as a list without zeros stays as batch_take left it. */
void gradcheck_copy_numbers(const struct graph *from, struct graph *to);
void gradcheck_copy_batch(struct graph *from, struct graph *to);

/* Whether both graphs, of one precision, hold the same bits in parameters and batch, states
 * aside. */
bool gradcheck_same_numbers(struct graph *a, struct graph *b);

/* Forward passes in training may change states: check->states keeps the reference's as they were,
 * and puts them into any graph, of any precision. NULL where there are none. */
size_t gradcheck_count_states(const struct graph *graph);
void gradcheck_save_states(const struct gradcheck *check);
void gradcheck_restore_states(const struct gradcheck *check, struct graph *graph);

/* --- gradcheck_probe.c ------------------------------------------------------------------------ */

/* Makes the prober ready for passes of a mode: f, noise and branches at the unmoved numbers.
 * TRAINER_FAILED where f is not finite. */
int prober_start(struct prober *prober, const struct graph_pass *pass);

/* Whether f stays the same however far the tensor is moved, though its layer's values change: what
 * is taken out again behind it, such as a bias before a normalisation. */
bool prober_without_effect(struct prober *prober, const struct subject *subject);

/* The step at an element. */
double prober_step(const struct prober *prober, const struct subject *subject, size_t element);

/* The numerical derivative, held against `analytic`. */
struct outcome prober_check(struct prober *prober, const struct subject *subject, size_t element,
                            double analytic);

/* --- gradcheck_judge.c ------------------------------------------------------------------------ */

/* Appends a row for each subject of this mode. */
void gradcheck_judge(struct gradcheck *check, bool training);

/* Sets report->verdict from rows, float32 comparisons and teams. */
void gradcheck_conclude(struct gradcheck_report *report);

/* --- gradcheck_single.c ----------------------------------------------------------------------- */

/* Runs forward and backward on a graph with that many threads. */
int gradcheck_pass_team(struct graph *graph, const struct graph_pass *pass, int threads);

/* Holds the reference's gradients by one thread against those by a team; leaves those of one
 * thread. report->unequal names the first tensor that differs. */
int gradcheck_compare_team(struct gradcheck *check, const struct graph_pass *pass);

/* The float32 gradients of every instruction set; appends to report->single. */
int gradcheck_compare_singles(struct gradcheck *check, const struct graph_pass *pass);

#endif
