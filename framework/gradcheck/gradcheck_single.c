/*
 * gradcheck_single.c - the gradients of the code that trains: float32 against float64, and one
 * thread against a team.
 *
 *     right: |g32 - g64| <= 1e-4 |g64| + 3e-7 sqrt(count)      norms over a tensor
 *
 * Both start from the same numbers. The second term is what the rounding of float32 leaves of
 * gradients that cancel, as those of a network that makes no mistakes any more. Where a rounded
 * value falls on the other side of a branch the two differ rightly: then nothing is compared, and
 * the report says so.
 */
#include "base/error.h"
#include "base/random.h"
#include "engine/places.h"
#include "engine/team.h"
#include "gradcheck_internal.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static const double RELATIVE = 1e-4, ROUNDING = 3e-7;

static void run_passes(struct graph *graph, const struct graph_pass *pass, struct worker worker)
{
    struct graph_pass own = *pass;
    own.worker = worker;
    graph_forward(graph, &own);
    graph_backward(graph, &own);
    if (own.training)
        graph_commit(graph, &own);
}

/* What backward is to store is filled with NaN, so that whatever it leaves out or adds to shows. */
static void spoil_gradients(struct graph *graph)
{
    const struct engine *engine = graph_engine(graph);
    const struct batch *batch = graph_batch(graph);
    for (size_t i = 0; i < graph_parameter_count(graph); i++) {
        const struct parameter *p = graph_parameter(graph, i);
        if (p->g)
            engine->fill(p->g, p->count, (double)NAN);
    }
    for (int c = 0; c < batch->columns; c++)
        if (batch->column[c].g)
            engine->fill(batch->column[c].g, batch->rows * batch->column[c].width, (double)NAN);
}

int gradcheck_pass_team(struct graph *graph, const struct graph_pass *pass, int threads)
{
    struct team *team;
    int rc = team_create(&team, threads);
    if (rc)
        return rc;
    spoil_gradients(graph);
#pragma omp parallel num_threads(threads)
    {
        struct worker worker = {
            .team = team, .thread = omp_get_thread_num(), .threads = omp_get_num_threads()};
        places_bind(&worker);
        if (worker.threads == threads)
            run_passes(graph, pass, worker);
        else if (worker.thread == 0)
            run_passes(graph, pass, WORKER_ALONE);
    }
    team_free(team);
    return TRAINER_OK;
}

/* --- one thread and a team -------------------------------------------------------------------- */

/* Walks over all gradients and states: keeps them, or compares them with those kept. Returns the
 * name of the first tensor that differs. kept NULL: nothing; *bytes counts what is walked over. */
static const char *walk_gradients(struct graph *graph, char *kept, bool compare, size_t *bytes)
{
    const char *unequal = NULL;
    size_t size = graph_engine(graph)->real_size;
    const struct batch *batch = graph_batch(graph);
    size_t parameters = graph_parameter_count(graph);
    *bytes = 0;
    for (size_t i = 0; i < parameters + (size_t)batch->columns; i++) {
        const struct parameter *p = i < parameters ? graph_parameter(graph, i) : NULL;
        const struct batch_column *column = p ? NULL : &batch->column[i - parameters];
        const void *g = p ? (p->state ? p->x : p->g) : column->g;
        size_t length = (p ? p->count : batch->rows * column->width) * size;
        if (!g)
            continue;
        if (kept && compare && !unequal && memcmp(kept + *bytes, g, length) != 0)
            unequal = p ? p->layer : column->column->name;
        if (kept && !compare)
            memcpy(kept + *bytes, g, length);
        *bytes += length;
    }
    return unequal;
}

/* Passes by a team, then by one thread; *unequal: the layer or column whose gradients differ, or
 * NULL. */
static int compare_threads(const struct gradcheck *check, struct graph *graph,
                           const struct graph_pass *pass, const char **unequal)
{
    size_t bytes;
    walk_gradients(graph, NULL, false, &bytes);
    char *kept = block_allocate("gradients to compare", bytes);
    if (!kept)
        return TRAINER_FAILED;
    int rc = gradcheck_pass_team(graph, pass, check->team);
    if (rc == TRAINER_OK)
        walk_gradients(graph, kept, false, &bytes);
    gradcheck_restore_states(check, graph);
    if (rc == TRAINER_OK)
        rc = gradcheck_pass_team(graph, pass, 1);
    if (rc == TRAINER_OK)
        *unequal = walk_gradients(graph, kept, true, &bytes);
    gradcheck_restore_states(check, graph);
    free(kept);
    return rc;
}

int gradcheck_compare_team(struct gradcheck *check, const struct graph_pass *pass)
{
    const char *unequal = NULL;
    struct arena *arena = &check->report->arena;
    int rc = compare_threads(check, check->reference, pass, &unequal);
    if (rc == TRAINER_OK && unequal) {
        check->report->unequal = arena_copy(arena, unequal, strlen(unequal));
        rc = check->report->unequal ? TRAINER_OK : TRAINER_FAILED;
    }
    return rc;
}

/* --- float32 ---------------------------------------------------------------------------------- */

/* --- how far float32 may be off --------------------------------------------------------------- */

/* What a gradient moves by when all numbers are rounded to float32 otherwise, times this, is no
 * error: each operation rounds as well, a sum of a thousand terms a thousand times and at random.
 * It counts in networks alone that make much of rounding, such as a BatchNorm of few samples that
 * are nearly the same. */
static const double ROUNDED_OFTEN = 64;

/* Copies the numbers of all subjects, one behind the other, to `kept` or back. */
static void carry_numbers(const struct gradcheck *check, bool back, double *kept)
{
    for (size_t s = 0; s < check->subjects; s++) {
        size_t count = check->subject[s].count;
        double *x = subject_x(&check->subject[s], check->reference);
        memcpy(back ? x : kept, back ? kept : x, count * sizeof *x);
        kept += count;
    }
}

static void keep_gradients(const struct gradcheck *check, double *kept)
{
    for (size_t s = 0; s < check->subjects; s++) {
        size_t count = check->subject[s].count;
        const double *g = subject_g(&check->subject[s], check->reference);
        if (g)
            memcpy(kept, g, count * sizeof *g);
        kept += count;
    }
}

/* Moves every number up or down by that share of it. */
static void nudge(const struct gradcheck *check, double share)
{
    struct random_stream stream =
        random_stream((uint64_t)check->session->seed, RANDOM_GRADCHECK, random_hash("rounding"), 0);
    uint64_t index = 0;
    for (size_t s = 0; s < check->subjects; s++) {
        double *x = subject_x(&check->subject[s], check->reference);
        for (size_t i = 0; i < check->subject[s].count; i++)
            x[i] *= 1 + (random_bits(&stream, index++) & 1 ? share : -share);
    }
}

/* How far each subject's gradient is from before[...], times `scale`. */
static void set_sensitivities(struct gradcheck *check, const double *before, double scale)
{
    for (size_t s = 0; s < check->subjects; before += check->subject[s++].count) {
        struct subject *subject = &check->subject[s];
        const double *after = subject_g(subject, check->reference);
        double sum = 0;
        for (size_t i = 0; after && i < subject->count; i++)
            sum += (after[i] - before[i]) * (after[i] - before[i]);
        subject->sensitivity = isfinite(sum) ? scale * sqrt(sum) : 0;
    }
}

/* Sets each subject's `sensitivity`: how much its gradient changes where all numbers move by a last
 * place of float32. Where branches change with them they move less, and the change is scaled up;
 * where that does not help nothing is known, and it is 0. */
static int measure_sensitivity(struct gradcheck *check, const struct graph_pass *pass)
{
    static const double shares[] = {0x1p-23, 0x1p-26, 0x1p-29};
    struct graph *graph = check->reference;
    size_t count = 0;
    for (size_t s = 0; s < check->subjects; s++) {
        count += check->subject[s].count;
        check->subject[s].sensitivity = 0;
    }
    double *x = block_allocate("numbers to compare", 2 * count * sizeof *x);
    if (!x)
        return TRAINER_FAILED;
    double *g = x + count;
    struct graph_pass own = *pass;
    own.worker = WORKER_ALONE;
    carry_numbers(check, false, x);
    keep_gradients(check, g);
    uint64_t pattern = graph_pattern(graph, &own);
    int rc = TRAINER_OK;
    bool same = false;
    for (size_t i = 0; !same && rc == TRAINER_OK && i < sizeof shares / sizeof *shares; i++) {
        nudge(check, shares[i]);
        rc = gradcheck_pass_team(graph, &own, 1);
        same = graph_pattern(graph, &own) == pattern;
        if (same && rc == TRAINER_OK)
            set_sensitivities(check, g, shares[0] / shares[i]);
        carry_numbers(check, true, x);
        gradcheck_restore_states(check, graph);
    }
    if (rc == TRAINER_OK)
        rc = gradcheck_pass_team(graph, &own, 1);
    gradcheck_restore_states(check, graph);
    free(x);
    return rc;
}

/* How far float32 may be off: by a share of a tensor's gradients, and an element by rounding of the
 * largest gradient and value of the network, on which it is built. */
struct limits {
    double relative, absolute;
};

static struct limits make_limits(const struct gradcheck *check)
{
    double largest = 1, value = gradcheck_largest_value(check->reference, check->rows);
    for (size_t s = 0; s < check->subjects; s++) {
        const struct subject *subject = &check->subject[s];
        const double *g = subject_g(subject, check->reference);
        for (size_t i = 0; g && i < subject->count; i++)
            largest = fmax(largest, fabs(g[i]));
    }
    return (struct limits){RELATIVE + ROUNDING * value, ROUNDING * largest * fmax(1, value)};
}

/* Adds one tensor to the comparison. */
static void compare_tensor(struct gradcheck_single *single, const struct limits *limits,
                           const struct engine *engine, const char *name, const void *g32,
                           const double *g64, size_t count, double sensitivity)
{
    double apart = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        double difference = engine->get(g32, i) - g64[i];
        apart += difference * difference;
        size += g64[i] * g64[i];
    }
    apart = sqrt(apart);
    size = sqrt(size);
    /* A tensor of rounding alone, next to the others, has no error of its own. */
    bool tiny = size <= limits->absolute * sqrt((double)count);
    double error = tiny ? apart : apart / size;
    if (!(apart <= limits->relative * size + limits->absolute * sqrt((double)count) +
                       ROUNDED_OFTEN * sensitivity))
        single->wrong = true;
    if (!single->tensor || !(error <= single->error)) {
        single->error = error;
        single->tensor = name;
    }
}

static void compare_tensors(const struct gradcheck *check, struct graph *graph,
                            struct gradcheck_single *single)
{
    struct limits limits = make_limits(check);
    for (size_t s = 0; s < check->subjects; s++) {
        const struct subject *subject = &check->subject[s];
        const void *g32 = subject->kind == SUBJECT_VALUE ? NULL : subject_g(subject, graph);
        if (g32)
            compare_tensor(single, &limits, graph_engine(graph), subject->name, g32,
                           subject_g(subject, check->reference), subject->count,
                           subject->sensitivity);
    }
}

/* Builds the network for an engine as training would, or with gradients of the data where nothing
 * is trained; with the reference's numbers. */
static int build_like(struct graph **graph, const struct gradcheck *check,
                      const struct engine *engine)
{
    struct session *session = check->session;
    struct graph_options options = {
        .engine = engine,
        .rows = check->rows,
        .threads = check->team,
        .data_gradients = graph_trained(check->reference).count == 0,
        .sparse = !gradcheck_moves_data(check),
    };
    int rc = graph_build(graph, session->config, node_get(config_root(session->config), "model"),
                         NULL, session->dataset, &options);
    if (rc)
        return rc;
    struct worker alone = WORKER_ALONE;
    batch_take(graph_batch(*graph), SPLIT_TRAIN, NULL, 0, check->rows, &alone);
    gradcheck_copy_numbers(check->reference, *graph);
    gradcheck_copy_batch(check->reference, *graph);
    return TRAINER_OK;
}

/* The projection in an engine's precision, for free(); *copy NULL where there is none. */
static int copy_projection(const struct gradcheck *check, const struct engine *engine, void **copy)
{
    *copy = NULL;
    if (!check->projection)
        return TRAINER_OK;
    struct layer_facts out =
        graph_layer_facts(check->reference, graph_layer_count(check->reference) - 1);
    size_t count = check->rows * shape_size(out.out);
    *copy = block_allocate("a projection", count * engine->real_size);
    if (!*copy)
        return TRAINER_FAILED;
    for (size_t i = 0; i < count; i++)
        engine->set(*copy, i, check->projection[i]);
    return TRAINER_OK;
}

static int compare_single(struct gradcheck *check, const struct graph_pass *pass,
                          const struct engine *engine)
{
    struct gradcheck_report *report = check->report;
    struct gradcheck_single *single = &report->single[report->singles++];
    const char *unequal = NULL;
    void *projection = NULL;
    struct graph *graph = NULL;
    *single = (struct gradcheck_single){.isa = engine->isa, .training = pass->training};
    int rc = build_like(&graph, check, engine);
    if (rc == TRAINER_OK)
        rc = copy_projection(check, engine, &projection);
    struct graph_pass own = *pass;
    own.output_gradient = projection;
    if (rc == TRAINER_OK)
        rc = compare_threads(check, graph, &own, &unequal);
    if (rc == TRAINER_OK) {
        own.worker = WORKER_ALONE;
        single->branches_differ =
            graph_pattern(graph, &own) != graph_pattern(check->reference, &own);
        if (!single->branches_differ)
            compare_tensors(check, graph, single);
        single->wrong = single->wrong || unequal;
    }
    graph_free(graph);
    free(projection);
    return rc;
}

int gradcheck_compare_singles(struct gradcheck *check, const struct graph_pass *pass)
{
    int rc = measure_sensitivity(check, pass);
    for (size_t i = 0; i < engine_count && rc == TRAINER_OK; i++)
        if (engine_list[i]->precision == PRECISION_SINGLE && engine_supported(engine_list[i]))
            rc = compare_single(check, pass, engine_list[i]);
    return rc;
}
